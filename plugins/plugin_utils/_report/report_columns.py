# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of the report, for the terminal and the CSV file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from ...module_utils._plan.steps import STEPS
from ...module_utils._plan.waiting import WaitingView
from ...module_utils._resources.dialogue import Dialogue
from ...module_utils._texts.report import ALERTS, COLUMNS, DIALOGUES, TEXTS
from ...module_utils._texts.text import with_colon
from .column import NOTHING, Column, csv_file
from .contents import awaited_text
from .model import CollectiviteView, ReportView, StepView
from .outcome import problem_text

# The sources of what the SI FPS itself was asked: in this run, or in an earlier one.
ASKED = ("query", "store")


class Outstanding(TypedDict):
    """What is left to be done, and who is waited for, of a collectivité or of its renewal."""

    steps: list[StepView]
    waiting: list[WaitingView]


def spreadsheet(report: ReportView) -> bytes:
    """One line for each collectivité, worst first; what is waited for within one cell, separated by ` | `.

    Above them one line for each problem of the run that is nobody's in particular: a list of collectivités that looks whole must not hide it.
    """
    language = report["language"]
    notes = [
        {"alert": ALERTS["failed"].text(language), "next_action": problem_text(problem, language)}
        for problem in report["problems"]
        if not problem["hosts"]
    ]
    return csv_file(REPORT_COLUMNS, report["collectivites"], language, notes)


def day(moment: str | None) -> str:
    return moment[:10] if moment else ""


def waiting_for(record: Outstanding | CollectiviteView, language: str) -> list[tuple[str, str]]:
    """(who and what for, since) for each thing that is waited for; since is "" where nobody knows."""
    steps = steps_shown(record)
    next_run = [(TEXTS["next_run"].text(language, count=len(steps)), "")] if steps else []
    return next_run + [(awaited_text(waiting["on"], waiting["for"], language), _since(waiting, language)) for waiting in record["waiting"]]


def _since(waiting: WaitingView, language: str) -> str:
    if waiting["since"] or not waiting["since_at_least"]:
        return day(waiting["since"])
    return TEXTS["at_least"].text(language, day=day(waiting["since_at_least"]))


def steps_shown(record: Outstanding | CollectiviteView) -> list[StepView]:
    """What a further run would do, as people read it: where somebody is waited for, asking again is nothing that is left to be done."""
    return [step for step in record["steps"] if not STEPS[step["code"]].asks or not record["waiting"]]


def steps_text(steps: Iterable[StepView], language: str) -> str:
    """steps: what a run did, or what is left to a further one."""
    return ", ".join(dict.fromkeys(STEPS[step["code"]].done.text(language) for step in steps))


def dialogue(dialogues: Sequence[Dialogue], language: str) -> str:
    """All certificates of one collectivité in a few words: what they have in common, or each by its provider."""
    states = [(certificate["provider"], state_text(certificate, language)) for certificate in dialogues]
    distinct = {state for _provider, state in states}
    if not states:
        return ""
    if len(distinct) > 1:
        return ", ".join(with_colon(provider, state, language) for provider, state in states)
    return distinct.pop() + (f" x{len(states)}" if len(states) > 1 else "")


def state_text(certificate: Dialogue, language: str) -> str:
    """What the SI FPS says of one certificate; where there is none yet, nothing."""
    if not certificate["fingerprint"]:
        return NOTHING
    if certificate["source"] not in ASKED:
        return DIALOGUES["not_asked"].text(language)
    rule = f" ({certificate['rule']})" if certificate["state"] == "refused" and certificate["rule"] else ""
    return DIALOGUES[certificate["state"]].text(language) + rule


def action(waiting: WaitingView) -> str:
    """What to do next, and ANTAI's support line where ANTAI is late."""
    todo = waiting["next_action"]
    return f"{todo['text']} (ANTAI : {todo['support']})" if todo["support"] else todo["text"]


def _proved_at(entry: CollectiviteView) -> str | None:
    """Since when all of its dialogues that may exchange are proved: the oldest last proof; None where one never was, or nothing is to be proved."""
    moments = [dialogue["proved_at"] for dialogue in entry["dialogues"] if dialogue["verifiable"]]
    return min(moment for moment in moments if moment) if moments and all(moments) else None


def _waiting_names(entry: CollectiviteView, language: str) -> str:
    return "\n".join(name for name, _since in waiting_for(entry, language))


def _waiting_dates(entry: CollectiviteView, language: str) -> str:
    return "\n".join(since for _name, since in waiting_for(entry, language))


def _next_actions(entry: CollectiviteView, _language: str) -> str:
    return "\n".join(action(waiting) for waiting in entry["waiting"]) or entry["failure"] or ""


def _undeclared(entry: CollectiviteView, _language: str) -> str:
    return "\n".join(certificate["provider"] or certificate["fingerprint"] for certificate in entry["undeclared_certificates"])


# By name, in their order; those that only the file has come last.
REPORT_COLUMNS: dict[str, Column[CollectiviteView]] = {
    "collectivite": Column(COLUMNS["collectivite"], lambda entry, _language: entry["name"], may_be_cut=True),
    "siret": Column(COLUMNS["siret"], lambda entry, _language: entry["siret"] or "", is_siret=True),
    "stage": Column(COLUMNS["stage"], lambda entry, _language: entry["stage_text"], gives_way=4, may_be_cut=True),
    "waiting_for": Column(COLUMNS["waiting_for"], _waiting_names, may_be_cut=True),
    "since": Column(COLUMNS["since"], _waiting_dates),
    "certificate_until": Column(COLUMNS["certificate_until"], lambda entry, _language: day(entry["certificate_until"]), gives_way=1),
    "dialogue": Column(COLUMNS["dialogue"], lambda entry, language: dialogue(entry["dialogues"], language), gives_way=3, may_be_cut=True),
    "proved_at": Column(COLUMNS["proved_at"], lambda entry, _language: day(_proved_at(entry)), gives_way=2),
    "host": Column(COLUMNS["host"], lambda entry, _language: entry["host"], on_terminal=False),
    "convention_until": Column(COLUMNS["convention_until"], lambda entry, _language: day(entry["convention_until"]), on_terminal=False),
    "last_exchange_at": Column(COLUMNS["last_exchange_at"], lambda entry, _language: day(entry["last_exchange_at"]), on_terminal=False),
    "alert": Column(COLUMNS["alert"], lambda entry, language: ALERTS[entry["alert"]].text(language), on_terminal=False),
    "next_action": Column(COLUMNS["next_action"], _next_actions, on_terminal=False),
    "changed": Column(COLUMNS["changed"], lambda entry, language: steps_text(entry["changed"], language), on_terminal=False),
    "undeclared_certificates": Column(COLUMNS["undeclared_certificates"], _undeclared, on_terminal=False),
}
