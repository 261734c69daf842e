# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The renewal of a whole wave of conventions (R6): who is due, what is missing, what came back, what ANTAI countersigned, who is late. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...module_utils._plan.steps import STEPS
from ...module_utils._texts.renewals import COLUMNS, MORE_COLUMNS, STATES, YES
from ...module_utils._texts.report import COUNTED, TEXTS
from ...module_utils._texts.text import with_colon
from .contents import alphabetical
from .layout import aligned
from .spreadsheet import safe, sheet, siret_cell
from .table import NOTHING, action, by_text, changes, day, waiting_for, written

# Of its JSON form: docs/renewals.schema.json.
SCHEMA = 1
Line = dict[str, Any]

COMING = ("refused", "to_sign", "submitted")
# Of a convention that counts while none is in force.
WITHOUT = {"upcoming": "secured", "unknown": "unknown"}


def line(host: str, name: str, siret: str, result: dict[str, Any], prefill: dict[str, Any], late_days: int) -> Line:
    """result, prefill: what antai_convention and antai_convention_prefill answered for this host; empty where they did not run.

    {host, name, siret, cycle, end, days_left, state, late, steps, waiting, missing, document, failure}. late: ended, or late_days or fewer are left.
    steps: what check mode foresees; whom its outcome would wait for, nobody waits for yet.
    """
    failed = next((str(each.get("msg", "")) for each in (result, prefill) if each.get("failed")), None)
    convention, renewal, waiting = result.get("convention"), result.get("renewal") or {}, result.get("ahead") or result.get("waiting") or []
    if convention is None:
        convention, failed = {}, failed if failed is not None else "not looked at in this play"
    document = prefill.get("prefill") or {}
    foreseen, filled = (_planned(each) for each in (result, prefill))
    if any(not STEPS[step["code"]].leaves_waiting for step in foreseen):
        waiting = []
    state = "failed" if failed is not None else _state(convention, renewal)
    late = state == "lapsed" or (state in COMING and renewal.get("due", False) and renewal["days_left"] <= late_days)
    return {
        "host": host,
        "name": name,
        "siret": siret,
        "cycle": convention.get("cycle"),
        "end": convention.get("lapsed") or convention.get("end"),
        "days_left": renewal.get("days_left"),
        "state": state,
        "late": late,
        "steps": [{"code": step["code"], "target": step["target"]} for step in (*foreseen, *filled)],
        "waiting": waiting,
        "missing": [each["label"] for each in document.get("gaps", []) if each["what"] != "by_hand"],
        "document": document.get("document"),
        "failure": failed,
    }


def _planned(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for step in result.get("steps") or [] if step["outcome"] == "planned"]


def ordered(lines: list[Line]) -> list[Line]:
    """Who is late first, then the worst state, then the nearest end."""
    states = list(STATES)
    return sorted(
        lines,
        key=lambda each: (not each["late"], states.index(each["state"]), each["end"] or "9999", alphabetical(each["name"]), each["host"]),
    )


def counted(lines: list[Line]) -> dict[str, int]:
    """How many there are, are late, and are in each state."""
    found = {"collectivites": len(lines), "late": sum(each["late"] for each in lines)}
    return found | {state: count for state in STATES if (count := sum(each["state"] == state for each in lines))}


def text(lines: list[Line], language: str, most: int, files: Iterable[str] = ()) -> str:
    """The table, at most so many rows of it, and its sum. files: where all of it was written."""
    shown = ordered(lines)[:most]
    rows = [
        [COLUMNS[name].text(language) for name in COLUMNS],
        *([_cells(each, language)[name] or NOTHING for name in COLUMNS] for each in shown),
    ]
    more = [COUNTED["and_more"].text(language, len(lines) - most)] if len(lines) > most else []
    todo = by_text([(each["name"], told) for each in shown for told in _todo(each)], language)
    left = by_text([(each["name"], changes(each["steps"], language)) for each in shown if each["steps"]], language)
    pending = [TEXTS["pending"].text(language), *(f"  {each}" for each in left), ""] if left else []
    counts = counted(lines)
    total = ", ".join(with_colon(STATES[state].text(language), counts[state], language) for state in STATES if state in counts)
    summed = TEXTS["renewals"].text(language, late=counts["late"], states=total[:1].upper() + total[1:])
    return "\n".join([*aligned(rows), *more, "", *todo, *([""] if todo else []), *pending, summed, *written(files, language)])


def csv_bytes(lines: list[Line], language: str) -> bytes:
    words = COLUMNS | MORE_COLUMNS
    cells = [_cells(each, language) | _for_a_file(each) for each in ordered(lines)]
    return sheet([[words[name].text(language) for name in words], *([each[name] for name in words] for each in cells)])


def _state(convention: dict[str, Any], renewal: dict[str, Any]) -> str:
    if renewal:
        return str(renewal["state"])
    return "lapsed" if convention["lapsed"] else WITHOUT.get(convention["state"], "first")


def _cells(each: Line, language: str) -> dict[str, str]:
    waiting = waiting_for(each, language)
    return {
        "name": each["name"],
        "siret": each["siret"],
        "cycle": each["cycle"] or "",
        "end": day(each["end"]) if each["end"] else "",
        "days_left": "" if each["days_left"] is None else str(each["days_left"]),
        "state": STATES[each["state"]].text(language),
        "late": YES.text(language) if each["late"] else "",
        "waiting_for": " | ".join(dict.fromkeys(who for who, _since in waiting)),
        "since": " | ".join(since for _who, since in waiting if since != NOTHING),
    }


def _for_a_file(each: Line) -> dict[str, str]:
    return {
        "name": safe(each["name"]),
        "siret": siret_cell(each["siret"]),
        "missing": safe(", ".join(each["missing"])),
        "document": safe(each["document"] or ""),
        "next_action": safe(" | ".join(_todo(each))),
    }


def _todo(each: Line) -> list[str]:
    return [each["failure"]] if each["failure"] is not None else [action(one) for one in each["waiting"]]
