# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which field of the form holds what, as data: the real form's field names are not public, so whoever has the form writes them down.

version: 1
name: my-form
source: where the form comes from
fields:
  nom: name                                              # form field: what is declared
  date_delib: {from: deliberation_date, format: dd/mm/yyyy}
  case_cycle: {from: cycle, values: {complet: CC, partiel: CP}}
  lieu: {by_hand: who signs writes it}
cycles: {partiel: {fields: {...}}}                       # what only one cycle's form has
says: {cycle: {complet: cycle complet, partiel: cycle partiel}, sirets: []}   # printed on the form itself
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .._options.choices import CYCLES
from ..errors import InvalidInput

SOURCES = (
    "siret",
    "siren",
    "name",
    "departement",
    "cycle",
    "address",
    "address.street",
    "address.postal_code",
    "address.city",
    "contact_email",
    "agent_name",
    "agent_email",
    "signatory_name",
    "signatory_function",
    "deliberation_number",
    "deliberation_date",
)
DATES = ("deliberation_date",)
NUMBERS = {"siret": (3, 3, 3, 5), "siren": (3, 3, 3)}
DATE_FORMAT = re.compile(r"(?:dd|mm|yyyy|yy|month|[ ./-])+")
MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]
KNOWN = {"version", "name", "source", "fields", "cycles", "says"}
OPTIONS = {"from", "format", "values", "by_hand"}
Values = Mapping[str, "str | None"]


@dataclass(frozen=True)
class FieldRule:
    """How one field of the form is filled. source: one of SOURCES, or None where a person fills it, and by_hand says why."""

    source: str | None = None
    format: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    by_hand: str = ""

    def written(self, value: str) -> str:
        """The declared value as the form wants it."""
        if self.values:
            return self.values.get(value, value)
        if self.format == "upper":
            return value.upper()
        if self.format == "grouped" and self.source in NUMBERS:
            return _grouped(value, NUMBERS[self.source])
        return _dated(date.fromisoformat(value), self.format) if self.format else value


@dataclass(frozen=True)
class FormMapping:
    """rules: by cycle, then by field of the form. phrases: by cycle, what only its form says. sirets: printed on the form, nobody's."""

    name: str = "none"
    rules: dict[str, dict[str, FieldRule]] = field(default_factory=dict)
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sirets: tuple[str, ...] = ()

    def of(self, cycle: str) -> dict[str, FieldRule]:
        return self.rules.get(cycle, {})


def parse_form_mapping(content: Any, option: str = "form") -> FormMapping:
    """The mapping that a YAML document describes. Raises InvalidInput with all its problems."""
    if not isinstance(content, dict) or content.get("version") != 1:
        raise InvalidInput(
            option,
            "is no form mapping: it wants `version: 1` and `fields`",
            "plugins/plugin_utils/_shipped/forms/sandbox.yml is an example",
        )
    problems = [f"does not know {key!r}" for key in sorted(map(str, set(content) - KNOWN))]
    common, wrong = _rules(content.get("fields"), "fields")
    problems += wrong
    own = content.get("cycles") or {}
    if not isinstance(own, dict) or not set(own) <= set(CYCLES):
        problems.append(f"cycles: must be a mapping of {' and '.join(CYCLES)}")
        own = {}
    rules = {}
    for cycle in CYCLES:
        of_cycle, wrong = _rules((own.get(cycle) or {}).get("fields"), f"cycles.{cycle}.fields")
        rules[cycle] = common | of_cycle
        problems += wrong
    phrases, sirets, wrong = _printed(content.get("says"))
    problems += wrong
    if not problems and not any(rules.values()):
        problems.append("fields: names no field of the form")
    if problems:
        raise InvalidInput(
            option,
            "; ".join(problems),
            "correct the mapping; plugins/plugin_utils/_shipped/forms/sandbox.yml is an example",
            problems=problems,
        )
    return FormMapping(str(content.get("name") or "unnamed"), rules, phrases, sirets)


def _rules(declared: object, place: str) -> tuple[dict[str, FieldRule], list[str]]:
    """(the rules by field, what is wrong)."""
    if declared is None:
        return {}, []
    if not isinstance(declared, dict):
        return {}, [f"{place}: is no mapping of the form's fields"]
    wrong = {name: _wrong(rule) for name, rule in declared.items()}
    rules = {str(name): _rule(rule) for name, rule in declared.items() if not wrong[name]}
    return rules, [f"{place}.{name}: {reason}" for name, reason in wrong.items() if reason]


def _rule(declared: Any) -> FieldRule:
    if isinstance(declared, str):
        return FieldRule(declared)
    values = {str(key): str(value) for key, value in (declared.get("values") or {}).items()}
    return FieldRule(declared.get("from"), declared.get("format"), values, str(declared.get("by_hand") or ""))


def _wrong(declared: Any) -> str:
    """What is wrong with one rule, or nothing."""
    if isinstance(declared, str):
        return "" if declared in SOURCES else f"{declared!r} is not declared; known: {', '.join(SOURCES)}"
    if not isinstance(declared, dict):
        return "must name a declared field, or hold `from` or `by_hand`"
    unknown = sorted(map(str, set(declared) - OPTIONS))
    if unknown:
        return f"does not know {', '.join(unknown)}"
    if ("from" in declared) == ("by_hand" in declared):
        return "needs either `from` or `by_hand`"
    if "by_hand" in declared:
        return (
            ""
            if isinstance(declared["by_hand"], str) and declared["by_hand"].strip() and len(declared) == 1
            else "`by_hand` says why, alone"
        )
    return _wrong_source(declared["from"], declared)


def _wrong_source(source: object, declared: Mapping[str, object]) -> str:
    if source not in SOURCES:
        return f"{source!r} is not declared; known: {', '.join(SOURCES)}"
    if not isinstance(declared.get("values") or {}, dict):
        return "`values` is no mapping"
    pattern = declared.get("format")
    if pattern is None or pattern == "upper" or (pattern == "grouped" and source in NUMBERS):
        return ""
    if source in DATES and isinstance(pattern, str) and DATE_FORMAT.fullmatch(pattern):
        return ""
    return f"format {pattern!r} does not fit {source} (upper; grouped for a number; dd, mm, yy, yyyy, month for a date)"


def _printed(printed: Any) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...], list[str]]:
    """What the form itself says: phrases of each cycle, and SIRETs that are not the collectivité's; and what is wrong."""
    printed = printed or {}
    if not isinstance(printed, dict) or not set(printed) <= {"cycle", "sirets"}:
        return {}, (), ["says: knows `cycle` and `sirets`"]
    cycles, sirets = printed.get("cycle") or {}, printed.get("sirets") or []
    if not isinstance(cycles, dict) or not set(cycles) <= set(CYCLES) or not isinstance(sirets, list):
        return {}, (), ["says: `cycle` is a mapping of cycles to phrases, `sirets` a list"]
    phrases = {cycle: tuple(map(str, text if isinstance(text, list) else [text])) for cycle, text in cycles.items()}
    return phrases, tuple(re.sub(r"\s", "", str(siret)) for siret in sirets), []


def _grouped(digits: str, sizes: tuple[int, ...]) -> str:
    ends = [sum(sizes[: rank + 1]) for rank in range(len(sizes))]
    return " ".join(digits[end - size : end] for end, size in zip(ends, sizes, strict=True))


def _dated(day: date, pattern: str | None) -> str:
    parts = {"dd": f"{day:%d}", "mm": f"{day:%m}", "yyyy": f"{day:%Y}", "yy": f"{day:%y}", "month": MONTHS[day.month - 1]}
    return re.sub(r"yyyy|yy|month|dd|mm", lambda match: parts[match.group()], pattern or "")
