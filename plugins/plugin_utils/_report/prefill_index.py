# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of the conventions to be signed: one line for each collectivité, with what is missing. A CSV that a French Excel opens right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...module_utils._texts.prefill_index import COLUMNS, STATES
from ...module_utils._texts.report import COUNTED
from ...module_utils._texts.text import with_colon
from .layout import aligned
from .spreadsheet import safe, sheet, siret_cell
from .table import by_text, written

# Of its JSON form: docs/conventions.schema.json.
SCHEMA = 1
# The columns that the terminal has room for.
ON_THE_TERMINAL = ("name", "siret", "cycle", "state", "document")
# In the order of the columns.
KINDS = ("missing", "unmapped", "too_long", "unprintable", "no_choice", "not_in_form", "by_hand")


def line(name: str, siret: str, prefill: dict[str, Any] | None, failure: str = "") -> dict[str, Any]:
    """One entry: what the module antai_convention_prefill answered (its `prefill`), or None and why not."""
    found = prefill or {}
    gaps: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for gap in found.get("gaps", ()):
        gaps[gap["what"]].append(f"{gap['label']} ({gap['source']})" if gap["source"] else gap["label"])
    state = "failed" if failure else found.get("state", "none")
    return {
        "name": name,
        "siret": siret,
        "cycle": found.get("cycle"),
        "state": state,
        "gaps": gaps,
        "document": found.get("document"),
        "failure": failure,
    }


def csv_bytes(lines: Iterable[dict[str, Any]], language: str) -> bytes:
    """The whole file; those that are not ready come first, else in the order given."""
    return sheet([[title.text(language) for title in COLUMNS.values()], *(_row(each, language) for each in _ordered(lines))])


def text(lines: list[dict[str, Any]], language: str, most: int, files: Iterable[str]) -> str:
    """For the terminal: a table of at most so many rows, below it what is missing for whom, how many are ready, and where it is written."""
    shown = _ordered(lines)[:most]
    rows = [[COLUMNS[name].text(language) for name in ON_THE_TERMINAL]]
    rows += [
        [each["name"], each["siret"] or "-", each["cycle"] or "-", STATES[each["state"]].text(language), each["document"] or "-"]
        for each in shown
    ]
    more = [COUNTED["and_more"].text(language, len(lines) - most)] if len(lines) > most else []
    gaps = [
        (each["name"], with_colon(COLUMNS[kind].text(language), ", ".join(each["gaps"][kind]), language))
        for each in shown
        for kind in KINDS
        if each["gaps"][kind] and each["state"] != "ready"
    ]
    missing = [*gaps, *((each["name"], each["failure"]) for each in shown if each["failure"])]
    counts = [(state, sum(each["state"] == state for each in lines)) for state in STATES]
    summed = ", ".join(with_colon(STATES[state].text(language), count, language) for state, count in counts if count)
    told = by_text(missing, language)
    return "\n".join(
        [*aligned(rows), *more, "", *told, *([""] if told else []), f"{summed[:1].upper()}{summed[1:]}.", *written(files, language)]
    )


def _ordered(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda entry: entry["state"] == "ready")


def _row(each: dict[str, Any], language: str) -> list[str]:
    gaps = [", ".join(each["gaps"][kind]) for kind in KINDS]
    others = (each["cycle"], STATES[each["state"]].text(language), *gaps, each["document"], each["failure"])
    return [_cell(each["name"]), siret_cell(each["siret"]), *(_cell(cell) for cell in others)]


def _cell(value: Any) -> str:
    return safe(" ".join(str(value or "").split()))
