# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The renewal of a whole wave of conventions (R6): who is due, what is missing, what came back, what ANTAI countersigned, who is late. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from ...module_utils._plan.steps import STEPS
from ...module_utils._plan.waiting import WaitingView
from ...module_utils._texts.failures import failure_text
from ...module_utils._texts.renewals import COLUMNS, NOT_EXAMINED, STATES, YES
from ...module_utils._texts.report import COUNTED, TEXTS
from ...module_utils._texts.text import with_colon
from .column import Column, csv_file, grid
from .contents import alphabetical
from .layout import by_text, files_written
from .model import StepView, TaskResult
from .report_columns import action, day, steps_text, waiting_for

# Of its JSON form: docs/renewals.schema.json.
SCHEMA = 1
COMING = ("refused", "to_sign", "submitted")
# Of a convention that counts while none is in force.
WITHOUT = {"upcoming": "secured", "unknown": "unknown"}


class RenewalView(TypedDict):
    """One collectivité. end: the last day of its convention; days_left: until then; state: of STATES; late: ended, or too few days are left.

    steps: what check mode foresees; whom its outcome would wait for, nobody waits for yet. missing: labels of what is to be declared for the document.
    """

    host: str
    name: str
    siret: str
    cycle: str | None
    end: str | None
    days_left: int | None
    state: str
    late: bool
    steps: list[StepView]
    waiting: list[WaitingView]
    missing: list[str]
    document: str | None
    failure: str | None


def line(host: str, name: str, siret: str, result: TaskResult, prefill: TaskResult, late_days: int, language: str = "en") -> RenewalView:
    """result, prefill: what antai_convention and antai_convention_prefill answered for this host; empty where they did not run.

    late_days: who has so many left, or fewer, is late.
    """
    failure = failure_text(result, language) or failure_text(prefill, language)
    convention, renewal, waiting = result.get("convention"), result.get("renewal") or {}, result.get("ahead") or result.get("waiting") or []
    if convention is None:
        convention, failure = {}, failure if failure is not None else NOT_EXAMINED.text(language)
    document = prefill.get("prefill") or {}
    steps = _planned_steps(result)
    if any(not STEPS[step["code"]].leaves_waiting for step in steps):
        waiting = []
    state = "failed" if failure is not None else _state(convention, renewal)
    return {
        "host": host,
        "name": name,
        "siret": siret,
        "cycle": convention.get("cycle"),
        "end": convention.get("lapsed") or convention.get("end"),
        "days_left": renewal.get("days_left"),
        "state": state,
        "late": state == "lapsed" or (state in COMING and renewal.get("due", False) and renewal["days_left"] <= late_days),
        "steps": steps + _planned_steps(prefill),
        "waiting": waiting,
        "missing": [gap["label"] for gap in document.get("gaps", []) if gap["what"] != "by_hand"],
        "document": document.get("document"),
        "failure": failure,
    }


def _planned_steps(result: TaskResult) -> list[StepView]:
    return [{"code": step["code"], "target": step["target"]} for step in result.get("steps") or [] if step["outcome"] == "planned"]


def _state(convention: Mapping[str, Any], renewal: Mapping[str, Any]) -> str:
    if renewal:
        return str(renewal["state"])
    return "lapsed" if convention["lapsed"] else WITHOUT.get(convention["state"], "first")


def ordered(renewals: list[RenewalView]) -> list[RenewalView]:
    """Who is late first, then the worst state, then the nearest end."""
    states = list(STATES)

    def rank(renewal: RenewalView) -> tuple[bool, int, str, str, str]:
        state = states.index(renewal["state"])
        return (not renewal["late"], state, renewal["end"] or "9999", alphabetical(renewal["name"]), renewal["host"])

    return sorted(renewals, key=rank)


def counted(renewals: list[RenewalView]) -> dict[str, int]:
    """How many there are, are late, and are in each state."""
    totals = {"collectivites": len(renewals), "late": sum(renewal["late"] for renewal in renewals)}
    return totals | {state: count for state in STATES if (count := sum(renewal["state"] == state for renewal in renewals))}


def text(renewals: list[RenewalView], language: str, most: int, files: Iterable[str] = ()) -> str:
    """The table, at most so many rows of it, and its sum. files: where all of it was written."""
    shown = ordered(renewals)[:most]
    more = [COUNTED["and_more"].text(language, len(renewals) - most)] if len(renewals) > most else []
    todo = by_text([(renewal["name"], action) for renewal in shown for action in _actions(renewal)], language)
    steps = by_text([(renewal["name"], steps_text(renewal["steps"], language)) for renewal in shown if renewal["steps"]], language)
    pending = [TEXTS["pending"].text(language), *(f"  {step}" for step in steps), ""] if steps else []
    rows = grid(RENEWAL_COLUMNS, shown, language)
    return "\n".join(
        [*rows, *more, "", *todo, *([""] if todo else []), *pending, _sum(renewals, language), *files_written(files, language)]
    )


def _sum(renewals: list[RenewalView], language: str) -> str:
    counts = counted(renewals)
    states = ", ".join(with_colon(STATES[state].text(language), counts[state], language) for state in STATES if state in counts)
    return TEXTS["renewals"].text(language, late=counts["late"], states=states[:1].upper() + states[1:])


def csv_bytes(renewals: list[RenewalView], language: str) -> bytes:
    return csv_file(RENEWAL_COLUMNS, ordered(renewals), language)


def _actions(renewal: RenewalView) -> list[str]:
    return [renewal["failure"]] if renewal["failure"] is not None else [action(waiting) for waiting in renewal["waiting"]]


def _waiting_names(renewal: RenewalView, language: str) -> str:
    return " | ".join(dict.fromkeys(name for name, _since in waiting_for(renewal, language)))


def _waiting_dates(renewal: RenewalView, language: str) -> str:
    return " | ".join(since for _name, since in waiting_for(renewal, language) if since)


def _days_left(renewal: RenewalView, _language: str) -> str:
    return "" if renewal["days_left"] is None else str(renewal["days_left"])


# By name, in their order; those that only the file has come last.
RENEWAL_COLUMNS: dict[str, Column[RenewalView]] = {
    "name": Column(COLUMNS["name"], lambda renewal, _language: renewal["name"]),
    "siret": Column(COLUMNS["siret"], lambda renewal, _language: renewal["siret"], is_siret=True),
    "cycle": Column(COLUMNS["cycle"], lambda renewal, _language: renewal["cycle"] or ""),
    "end": Column(COLUMNS["end"], lambda renewal, _language: day(renewal["end"])),
    "days_left": Column(COLUMNS["days_left"], _days_left),
    "state": Column(COLUMNS["state"], lambda renewal, language: STATES[renewal["state"]].text(language)),
    "late": Column(COLUMNS["late"], lambda renewal, language: YES.text(language) if renewal["late"] else ""),
    "waiting_for": Column(COLUMNS["waiting_for"], _waiting_names),
    "since": Column(COLUMNS["since"], _waiting_dates),
    "missing": Column(COLUMNS["missing"], lambda renewal, _language: ", ".join(renewal["missing"]), on_terminal=False),
    "document": Column(COLUMNS["document"], lambda renewal, _language: renewal["document"] or "", on_terminal=False),
    "next_action": Column(COLUMNS["next_action"], lambda renewal, _language: "\n".join(_actions(renewal)), on_terminal=False),
}
