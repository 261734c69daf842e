# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of the conventions to be signed: one line for each collectivité, with what is missing. A CSV that a French Excel opens right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypedDict

from ...module_utils._texts.prefill_index import COLUMNS, STATES
from ...module_utils._texts.report import COUNTED
from ...module_utils._texts.text import with_colon
from .column import Column, csv_file, grid
from .layout import by_text, files_written
from .model import TaskResult

# Of its JSON form: docs/conventions.schema.json.
SCHEMA = 1
# Kinds of gaps, in the order of their columns.
KINDS = ("missing", "unmapped", "too_long", "unprintable", "no_choice", "not_in_form", "by_hand")


class PrefillView(TypedDict):
    """One collectivité. state: of STATES; gaps: by kind, what is missing; document: path of the one to be signed; failure: "" where there is none."""

    name: str
    siret: str
    cycle: str | None
    state: str
    gaps: dict[str, list[str]]
    document: str | None
    failure: str


def line(name: str, siret: str, prefill: TaskResult | None, failure: str = "") -> PrefillView:
    """prefill: what the module antai_convention_prefill answered (its `prefill`), or None and why not."""
    answer = prefill or {}
    gaps: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for gap in answer.get("gaps", ()):
        gaps[gap["what"]].append(f"{gap['label']} ({gap['source']})" if gap["source"] else gap["label"])
    return {
        "name": name,
        "siret": siret,
        "cycle": answer.get("cycle"),
        "state": "failed" if failure else answer.get("state", "none"),
        "gaps": gaps,
        "document": answer.get("document"),
        "failure": failure,
    }


def csv_bytes(prefills: Iterable[PrefillView], language: str) -> bytes:
    """The whole file; those that are not ready come first, else in the order given."""
    return csv_file(PREFILL_COLUMNS, _ordered(prefills), language)


def text(prefills: Sequence[PrefillView], language: str, most: int, files: Iterable[str]) -> str:
    """For the terminal: a table of at most so many rows, below it what is missing for whom, how many are ready, and where it is written."""
    shown = _ordered(prefills)[:most]
    more = [COUNTED["and_more"].text(language, len(prefills) - most)] if len(prefills) > most else []
    gaps = [
        (prefill["name"], with_colon(COLUMNS[kind].text(language), ", ".join(prefill["gaps"][kind]), language))
        for prefill in shown
        for kind in KINDS
        if prefill["gaps"][kind] and prefill["state"] != "ready"
    ]
    missing = by_text([*gaps, *((prefill["name"], prefill["failure"]) for prefill in shown if prefill["failure"])], language)
    counts = [(state, sum(prefill["state"] == state for prefill in prefills)) for state in STATES]
    total = ", ".join(with_colon(STATES[state].text(language), count, language) for state, count in counts if count)
    rows = grid(PREFILL_COLUMNS, shown, language)
    return "\n".join(
        [*rows, *more, "", *missing, *([""] if missing else []), f"{total[:1].upper()}{total[1:]}.", *files_written(files, language)]
    )


def _ordered(prefills: Iterable[PrefillView]) -> list[PrefillView]:
    return sorted(prefills, key=lambda prefill: prefill["state"] == "ready")


def _one_line(value: str | None) -> str:
    return " ".join((value or "").split())


def _gaps(kind: str) -> Callable[[PrefillView, str], str]:
    return lambda prefill, _language: _one_line(", ".join(prefill["gaps"][kind]))


PREFILL_COLUMNS: dict[str, Column[PrefillView]] = {
    "name": Column(COLUMNS["name"], lambda prefill, _language: _one_line(prefill["name"])),
    "siret": Column(COLUMNS["siret"], lambda prefill, _language: prefill["siret"], is_siret=True),
    "cycle": Column(COLUMNS["cycle"], lambda prefill, _language: _one_line(prefill["cycle"])),
    "state": Column(COLUMNS["state"], lambda prefill, language: STATES[prefill["state"]].text(language)),
    **{kind: Column(COLUMNS[kind], _gaps(kind), on_terminal=False) for kind in KINDS},
    "document": Column(COLUMNS["document"], lambda prefill, _language: _one_line(prefill["document"])),
    "failure": Column(COLUMNS["failure"], lambda prefill, _language: _one_line(prefill["failure"]), on_terminal=False),
}
