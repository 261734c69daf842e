# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into each field of a form, and what does not: nothing is left blank, cut or replaced in silence. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .appearance import fitting_size
from .fields import OFF, FormField
from .font import compose_accents, unprintable_characters
from .form_mapping import FieldRule, Values

# What can be wrong with a field, in the order of the index's columns. by_hand is wanted, and listed all the same.
PROBLEMS = ("missing", "unmapped", "too_long", "unprintable", "no_choice", "not_in_form")
BY_HAND = "by_hand"


@dataclass(frozen=True)
class Gap:
    """One field that is not filled. problem: one of PROBLEMS, or by_hand. source: the declared field behind it, or None. reason: why, in English."""

    field: str
    label: str
    problem: str
    source: str | None
    reason: str

    def as_dict(self) -> dict[str, str | None]:
        return {"field": self.field, "label": self.label, "what": self.problem, "source": self.source, "about": self.reason}


@dataclass(frozen=True)
class Filling:
    """values: by field of the form, as it is written there, "" for a button that is to be off. gaps: in the order of the form, then what the
    form does not have.
    """

    values: dict[str, str]
    gaps: tuple[Gap, ...]

    @property
    def problems(self) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.problem != BY_HAND)

    @property
    def foreign_fields(self) -> tuple[str, ...]:
        """Fields that are not ours: what a person wrote there stays."""
        return tuple(gap.field for gap in self.gaps if gap.problem in (BY_HAND, "unmapped"))


def fill_fields(fields: dict[str, FormField], rules: dict[str, FieldRule], declared: Values) -> Filling:
    """declared: by the names of mapping.SOURCES, None or empty where it is not declared."""
    values: dict[str, str] = {}
    gaps: list[Gap] = []
    for name, field in fields.items():
        if field.kind == "signature" and field.value:
            continue  # its publisher's seal: nothing is left to do there
        filled = _fill_field(field, rules.get(name), declared)
        if isinstance(filled, Gap):
            gaps.append(filled)
        else:
            values[name] = filled
    return Filling(values, (*gaps, *_not_in_form(fields, rules)))


def _fill_field(field: FormField, rule: FieldRule | None, declared: Values) -> str | Gap:
    def gap(problem: str, reason: str) -> Gap:
        return Gap(field.name, field.label, problem, rule.source if rule else None, reason)

    if field.kind == "signature":
        return gap(BY_HAND, rule.by_hand if rule and rule.by_hand else "the signature")
    if rule is None:
        return gap("unmapped", "the form has this field, and the mapping does not name it")
    if rule.source is None:
        return gap(BY_HAND, rule.by_hand)
    value = (declared.get(rule.source) or "").strip()
    if not value:
        return gap("missing", f"{rule.source} is not declared")
    return _written(field, compose_accents(rule.written(value)), gap)


def _written(field: FormField, value: str, gap: Callable[[str, str], Gap]) -> str | Gap:
    """The value, or why the field cannot hold it."""
    if field.kind == "button":
        return _checked(field, value, gap)
    if field.hidden_value:
        return gap("unprintable", "the form does not show what is written there: it is a password")
    if field.choices and value not in field.choices and not field.open_choice:
        return gap("no_choice", f"{value!r} is none of {', '.join(field.choices)}")
    strange = unprintable_characters(value)
    if strange:
        return gap(
            "unprintable", f"the font cannot show {' '.join(f'{character} (U+{ord(character):04X})' for character in strange)} of {value!r}"
        )
    if field.max_length is not None and len(value) > field.max_length:
        return gap("too_long", f"{value!r} has {len(value)} characters, the field takes {field.max_length}")
    if any(fitting_size(value, box) is None for box in field.boxes):
        return gap("too_long", f"{value!r} does not fit the field, even in small letters")
    return value


def _checked(field: FormField, value: str, gap: Callable[[str, str], Gap]) -> str | Gap:
    if value == OFF:
        return ""
    if not field.choices:
        return gap("no_choice", "the form does not draw what it looks like when it is checked: by hand")
    return value if value in field.choices else gap("no_choice", f"{value!r} is none of {', '.join((*field.choices, OFF))}")


def keepable(field: FormField, value: str) -> bool:
    """Whether what a person wrote in the field can be written there again."""
    return value in field.choices if field.choices and not field.open_choice else is_drawable(field, value)


def is_drawable(field: FormField, text: str) -> bool:
    """Whether our font has the text, and it fits into the field."""
    return not unprintable_characters(text) and all(fitting_size(text, box) for box in field.boxes)


def _not_in_form(fields: dict[str, FormField], rules: dict[str, FieldRule]) -> Iterator[Gap]:
    for name, rule in rules.items():
        if name not in fields:
            yield Gap(name, name, "not_in_form", rule.source, "the mapping names this field, and the form has it not: another edition?")
