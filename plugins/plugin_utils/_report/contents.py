# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as data: one entry for each collectivité, the worst first, and what sums them up. Pure.

Its JSON form is published as docs/report.schema.json; table.py, summary.py and spreadsheet.py are forms of the same data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from ...module_utils._plan.waiting import WaitingView
from ...module_utils._texts.report import PEOPLE, PURPOSES
from ...module_utils.dates import date_or_none, instant
from ...module_utils.text import strip_accents
from . import proof
from .collectivite import ALERT_ORDER, report_collectivite
from .model import (
    AwaitedView,
    CollectiviteView,
    EndingView,
    FleetRun,
    HostRun,
    ReportOptions,
    ReportView,
    RunProblem,
    TotalsView,
    UndeclaredAt,
)
from .outcome import EXIT_CODES, worst

SCHEMA = 1
NO_DATE = "9999"


def report(runs: Sequence[HostRun], options: ReportOptions, fleet: FleetRun | None = None) -> ReportView:
    """The whole report. fleet: what a run over all of them knows besides; None where each host ran by itself."""
    fleet = fleet or FleetRun()
    braked = (RunProblem("braked"),) if fleet.brake and fleet.brake["engaged"] else ()
    problems = (*braked, *fleet.problems)
    entries = sorted((report_collectivite(run, options, problems) for run in runs), key=_rank)
    return {
        "schema": SCHEMA,
        "generated_at": instant(options.now),
        "language": options.language,
        "silence_days": options.silence_days,
        "ending_days": options.ending_days,
        "proof_max_age": options.proof_max_age,
        "totals": _totals(entries, problems),
        "brake": fleet.brake,
        "undeclared": None if fleet.undeclared is None else list(fleet.undeclared),
        "declared_elsewhere": None if fleet.declared_elsewhere is None else list(fleet.declared_elsewhere),
        "problems": [problem.as_dict() for problem in problems],
        "journals": list(fleet.journals),
        "awaited": _awaited(entries, options.language),
        "undeclared_certificates": _undeclared_certificates(entries),
        "ending": _ending(entries, options),
        "collectivites": entries,
    }


def _rank(entry: CollectiviteView) -> tuple[int, str, str, str]:
    """Worst first; of the same kind, who waits longest."""
    oldest = min((since for waiting in entry["waiting"] if (since := waiting["since"] or waiting["since_at_least"])), default=NO_DATE)
    last = entry["last_exchange_at"] or entry["active_since"] or NO_DATE
    moment = last if entry["alert"] == "silent" else oldest
    return (ALERT_ORDER.index(entry["alert"]), moment, alphabetical(entry["name"]), entry["host"])


def alphabetical(name: str) -> str:
    """What French sorts a name by: Évreux stands between Épinal and Foix, and Béziers before Bourges."""
    return strip_accents(name.casefold().replace("œ", "oe"))


def _totals(entries: list[CollectiviteView], problems: Sequence[RunProblem]) -> TotalsView:
    outcome = worst([*(code for entry in entries for code in entry["causes"]), *(problem.code for problem in problems)])
    return {
        "collectivites": len(entries),
        "outcome": outcome,
        "exit_code": EXIT_CODES[outcome],
        "changed": sum(bool(entry["changed"]) for entry in entries),
        "pending": sum(bool(entry["steps"]) for entry in entries),
        "held": sum(entry["held"] for entry in entries),
        "by_alert": dict(Counter(entry["alert"] for entry in entries)),
        "by_stage": dict(Counter(entry["stage"] for entry in entries)),
        "dialogues": proof.counted(dialogue for entry in entries for dialogue in entry["dialogues"]),
    }


def _awaited(entries: list[CollectiviteView], language: str) -> list[AwaitedView]:
    """Who is waited for and what for: how many collectivités, and since when the oldest; most awaited first."""
    groups: dict[tuple[str, str], dict[str, list[WaitingView]]] = {}
    for entry in entries:
        for waiting in entry["waiting"]:
            groups.setdefault((waiting["on"], waiting["for"]), {}).setdefault(entry["host"], []).append(waiting)
    awaited = [
        _awaited_group(on, purpose, len(hosts), [waiting for several in hosts.values() for waiting in several], language)
        for (on, purpose), hosts in groups.items()
    ]
    return sorted(awaited, key=lambda group: (-group["count"], group["on"], group["for"]))


def _awaited_group(on: str, purpose: str, count: int, waiting: list[WaitingView], language: str) -> AwaitedView:
    """oldest: only where a date is known for every one of them; else oldest_at_least, the earliest date that is known of any."""
    dates = [record["since"] for record in waiting if record["since"]]
    bounds = [record["since_at_least"] for record in waiting if record["since_at_least"]]
    is_known = len(dates) == len(waiting)
    return {
        "on": on,
        "for": purpose,
        "text": awaited_text(on, purpose, language),
        "count": count,
        "oldest": min(dates) if is_known else None,
        "oldest_at_least": None if is_known else min([*dates, *bounds], default=None),
    }


def awaited_text(on: str, purpose: str, language: str) -> str:
    return f"{PEOPLE[on].text(language)} ({PURPOSES[purpose].text(language)})"


def _ending(entries: list[CollectiviteView], options: ReportOptions) -> list[EndingView]:
    """Certificates and conventions that end within ending_days, or have ended, by date."""
    limit = options.now + timedelta(days=options.ending_days)
    endings: list[EndingView] = [
        {
            "what": kind,
            "end": end,
            "host": entry["host"],
            "name": entry["name"],
            "siret": entry["siret"],
            "ahead": [waiting for waiting in entry["ahead"] if waiting["for"] == kind],
        }
        for entry in entries
        for kind, end in (("certificate", entry["certificate_until"]), ("convention", entry["convention_until"]))
        if end and (moment := date_or_none(end)) and moment <= limit
    ]
    return sorted(endings, key=lambda ending: (ending["end"], ending["what"], alphabetical(ending["name"]), ending["host"]))


def _undeclared_certificates(entries: list[CollectiviteView]) -> list[UndeclaredAt]:
    certificates: list[UndeclaredAt] = [
        {"host": entry["host"], "name": entry["name"], "siret": entry["siret"], **certificate}
        for entry in entries
        for certificate in entry["undeclared_certificates"]
    ]
    return sorted(certificates, key=lambda record: (alphabetical(record["name"]), record["host"], record["fingerprint"]))
