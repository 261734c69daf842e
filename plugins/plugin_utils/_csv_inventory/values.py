# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one cell to the value of a declared field: its type, its check, and the marks that a spreadsheet leaves on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ...module_utils._options.declaration import Field
from ...module_utils._options.declared_text import SEVERAL_LINES, check_text
from ...module_utils.errors import InvalidInput
from .._controller.words import plain

MANGLED = "format the column as text in the spreadsheet, enter the value again, and export it again"
# What a spreadsheet or an export has done to a value: (pattern, what happened, what to do). Reported, never repaired.
DAMAGE = (
    (r"\A#+\Z", "the spreadsheet's column was too narrow, and signs were exported in place of the value", "widen the column, export again"),
    (
        r"\A#(?:N/A|REF!|VALUE!|VALEUR!|NAME\?|NOM\?|DIV/0!|NULL!|NUL!|NUM!|NOMBRE!)\Z",
        "a formula of the spreadsheet failed",
        "mend the formula",
    ),
    (r"\A=", "a formula stands in place of its value", "export the values"),
    (r"\A[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+\Z", "a spreadsheet has turned it into a number and lost digits", MANGLED),
    (
        r"Ã[\u0080-\u00bf\u0152-\u0178\u2018-\u203a\u20ac\u2122]|â€|\ufffd",
        "an earlier export has broken its accents",
        "export it as UTF-8 from its origin",
    ),
)
MONTHS = "janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc|jan|feb|mar|apr|may|jun|jul|aug|sep|dec"
# In a field of free text only: a number or a day there was something else once.
DATES = (
    (
        r"\A[0-9]+(?:[.,][0-9]+)?\Z",
        "a number where words are expected; a spreadsheet may have turned a date, or what looked like one, into it",
        MANGLED,
    ),
    (
        rf"\A(?:[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?: .*)?|[0-9]{{1,2}}-(?:{MONTHS})\.?|(?:{MONTHS})\.?-[0-9]{{1,4}})\Z",
        "a date where words are expected; a spreadsheet may have made it",
        MANGLED,
    ),
)
IN_CHECKED, IN_FREE = (re.compile("|".join(pattern for pattern, *_words in table)) for table in (DAMAGE, DAMAGE + DATES))
LONGEST = 1000
YES = ("oui", "vrai", "yes", "true", "o", "y", "x", "1")
NO = ("non", "faux", "no", "false", "n", "0")


def value_of(field: Field, path: str, text: str) -> Any:
    """The value, of the field's type. text: not empty, without white space around it. Raises InvalidInput, naming the field by its path."""
    checked = check_text(text, path, several_lines=field.name in SEVERAL_LINES)
    text = text if field.type == "path" else checked
    _refuse_damage(field, path, text)
    converted = CONVERT.get(field.type, _text)(field, path, text)
    return field.checked(converted, path) if isinstance(converted, str) else converted


def _refuse_damage(field: Field, path: str, text: str) -> None:
    if len(text) > LONGEST:
        raise InvalidInput(path, f"has {len(text)} characters, more than any value has", "a quote may be missing before it", value=text)
    free = field.type == "str" and not field.check and not field.choices
    if (IN_FREE if free else IN_CHECKED).search(text):
        happened, todo = next(words for pattern, *words in DAMAGE + DATES if re.search(pattern, text))
        raise InvalidInput(path, f"{text!r}: {happened}", todo, value=text)


def _text(field: Field, path: str, text: str) -> str:
    if not field.choices or text in field.choices:
        return text
    choices = [choice for choice in field.choices if plain(choice) == plain(text)]
    if len(choices) != 1:
        raise InvalidInput(path, f"{text!r} is none of {', '.join(field.choices)}", "write one of these", value=text)
    return choices[0]


def _bool(_field: Field, path: str, text: str) -> bool:
    word = plain(text)
    if word not in YES and word not in NO:
        raise InvalidInput(path, f"{text!r} is neither yes nor no", "write oui or non, yes or no, true or false, 1 or 0", value=text)
    return word in YES


def _float(_field: Field, path: str, text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?", text):
        raise InvalidInput(path, f"{text!r} is not a number", "write digits, with a point or a comma", value=text)
    return float(text.replace(",", "."))


CONVERT: dict[str, Callable[[Field, str, str], Any]] = {"bool": _bool, "float": _float}
