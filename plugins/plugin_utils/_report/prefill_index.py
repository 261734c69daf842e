# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of the conventions to be signed: one line for each collectivité, with what is missing. A CSV that a French Excel opens right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .layout import aligned
from .spreadsheet import safe, sheet, siret_cell
from .table import by_text, written
from .words import about, counted

# Of its JSON form: docs/conventions.schema.json.
SCHEMA = 1
COLUMNS = {
    "fr": (
        "Collectivité",
        "SIRET",
        "Cycle",
        "État",
        "À déclarer",
        "Champs sans correspondance",
        "Trop long",
        "Caractères impossibles",
        "Choix impossible",
        "Absent du formulaire",
        "À remplir à la main",
        "Document",
        "Erreur",
    ),
    "en": (
        "Collectivité",
        "SIRET",
        "Cycle",
        "State",
        "To declare",
        "Fields without mapping",
        "Too long",
        "Impossible characters",
        "Impossible choice",
        "Not in the form",
        "To fill by hand",
        "Document",
        "Error",
    ),
}
STATES = {
    "fr": {"ready": "prête à signer", "incomplete": "incomplète", "none": "absente", "failed": "échec"},
    "en": {"ready": "ready to sign", "incomplete": "incomplete", "none": "none", "failed": "failed"},
}
# Places of the columns that the terminal has room for.
ON_THE_TERMINAL = (0, 1, 2, 3, 11)
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
    return sheet([list(COLUMNS[language]), *(_row(each, language) for each in _ordered(lines))])


def text(lines: list[dict[str, Any]], language: str, most: int, files: Iterable[str]) -> str:
    """For the terminal: a table of at most so many rows, below it what is missing for whom, how many are ready, and where it is written."""
    titles, states = COLUMNS[language], STATES[language]
    shown = _ordered(lines)[:most]
    rows = [[titles[place] for place in ON_THE_TERMINAL]]
    rows += [[each["name"], each["siret"] or "-", each["cycle"] or "-", states[each["state"]], each["document"] or "-"] for each in shown]
    more = [counted("and_more", len(lines) - most, language)] if len(lines) > most else []
    gaps = [
        (each["name"], about(titles[4 + place], ", ".join(each["gaps"][kind]), language))
        for each in shown
        for place, kind in enumerate(KINDS)
        if each["gaps"][kind] and each["state"] != "ready"
    ]
    missing = [*gaps, *((each["name"], each["failure"]) for each in shown if each["failure"])]
    counts = [(state, sum(each["state"] == state for each in lines)) for state in states]
    summed = ", ".join(about(states[state], count, language) for state, count in counts if count)
    told = by_text(missing, language)
    return "\n".join(
        [*aligned(rows), *more, "", *told, *([""] if told else []), f"{summed[:1].upper()}{summed[1:]}.", *written(files, language)]
    )


def _ordered(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda entry: entry["state"] == "ready")


def _row(each: dict[str, Any], language: str) -> list[str]:
    gaps = [", ".join(each["gaps"][kind]) for kind in KINDS]
    others = (each["cycle"], STATES[language][each["state"]], *gaps, each["document"], each["failure"])
    return [_cell(each["name"]), siret_cell(each["siret"]), *(_cell(cell) for cell in others)]


def _cell(value: Any) -> str:
    return safe(" ".join(str(value or "").split()))
