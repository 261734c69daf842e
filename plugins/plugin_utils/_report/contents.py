# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as data: one entry for each collectivité, the worst first, and what sums them up. Pure.

Its JSON form is published as docs/report.schema.json; table.py, summary.py and spreadsheet.py are forms of the same data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ...module_utils._plan.waiting import STOPS
from ...module_utils._texts.report import PEOPLE, PURPOSES, TEXTS
from ...module_utils.dates import instant, parse_date
from ...module_utils.text import strip_accents
from . import proof
from .outcome import EXIT_CODES, Entry, Problem, causes_of, worst

SCHEMA = 1
ORDER = ("failed", "stopped", "unproved", "silent", "waiting", "next_run", "in_service")
# What tells that a certificate is active, where the interface does not say since when.
ACTIVE = ("certificate_no_longer_rgs",)
NO_DATE = "9999"
SIRET = re.compile("[0-9]{14}")


@dataclass(frozen=True)
class Settings:
    """now: the moment of the report. silence_days (R11) and ending_days: from when on silence, and an end to come, are told. language: fr or en.

    proof_max_age: hours after which what the SI FPS has answered proves nothing any more.
    """

    now: datetime
    language: str = "fr"
    silence_days: int = 30
    ending_days: int = 90
    proof_max_age: int = 48


@dataclass(frozen=True)
class Seen:
    """What a run knows of one host. status: as status.py makes it, None where the run did not come so far. failure: why it failed, or None.

    name, siret: as declared, for where there is no status; a SIRET that is none is not told.
    tried: what was waited for when a step was tried; changed: the steps that were done; planned: those that check mode foresees.
    held: another run was working on it.
    """

    host: str
    status: dict[str, Any] | None = None
    failure: str | None = None
    tried: tuple[dict[str, Any], ...] = ()
    changed: tuple[dict[str, Any], ...] = ()
    planned: tuple[dict[str, Any], ...] = ()
    held: bool = False
    name: str | None = None
    siret: str | None = None


@dataclass(frozen=True)
class Together:
    """What a run over all of them at once knows besides (antai_fleet's summary). brake: None where there was none.

    undeclared: {siret, name} each; declared_elsewhere: {siret, name, host} each; None where that is not known.

    problems: what the run knows of itself.
    """

    brake: dict[str, Any] | None = None
    undeclared: tuple[dict[str, str], ...] | None = None
    declared_elsewhere: tuple[dict[str, str], ...] | None = None
    problems: tuple[Problem, ...] = ()


def report(seen: list[Seen], settings: Settings, together: Together | None = None) -> dict[str, Any]:
    """{schema, generated_at, language, silence_days, ending_days, proof_max_age, totals, brake, undeclared, declared_elsewhere, problems,
    awaited, undeclared_certificates, ending, collectivites}.

    See docs/report.schema.json.
    """
    together = together or Together()
    braked = (Problem("braked"),) if (together.brake or {}).get("engaged") else ()
    problems = (*braked, *together.problems)
    entries = sorted((_concluded(_entry(each, settings), problems) for each in seen), key=_rank)
    return {
        "schema": SCHEMA,
        "generated_at": instant(settings.now),
        "language": settings.language,
        "silence_days": settings.silence_days,
        "ending_days": settings.ending_days,
        "proof_max_age": settings.proof_max_age,
        "totals": _totals(entries, problems),
        "brake": together.brake,
        "undeclared": None if together.undeclared is None else list(together.undeclared),
        "declared_elsewhere": None if together.declared_elsewhere is None else list(together.declared_elsewhere),
        "problems": [problem.as_dict() for problem in problems],
        "awaited": _awaited(entries, settings.language),
        "undeclared_certificates": _undeclared_certificates(entries),
        "ending": _ending(entries, settings),
        "collectivites": entries,
    }


def _entry(seen: Seen, settings: Settings) -> Entry:
    status = seen.status or {}
    language = settings.language
    waiting = _once([*seen.tried, *status.get("waiting", [])])
    failure = seen.failure if seen.failure is not None or seen.status else TEXTS["not_run"].text(language)
    entry: Entry = {
        "host": seen.host,
        "name": status.get("name") or seen.name or seen.host,
        "siret": status.get("siret") or (seen.siret if SIRET.fullmatch(seen.siret or "") else None),
        "stage": "failed" if failure is not None else status["stage"],
        "stage_text": TEXTS["failed"].text(language) if failure is not None else status["stage_text"],
        "failure": failure,
        "held": seen.held,
        "waiting": waiting,
        "steps": _left([] if seen.tried else status.get("steps", []), seen.planned),
        "planned": _each_once(seen.planned),
        "changed": [{"code": each["code"], "target": each["target"]} for each in seen.changed],
        "certificate_until": status.get("certificate_until"),
        "convention_until": status.get("convention_until"),
        "convention_lapsed": status.get("convention_lapsed"),
        "ahead": list(status.get("ahead", [])),
        "last_exchange_at": status.get("last_exchange_at"),
        "active_since": status.get("active_since"),
        "dialogues": [
            each | {"proof": proof.of_dialogue(each, settings.now, settings.proof_max_age)} for each in status.get("dialogues", [])
        ],
        "undeclared_certificates": list(status.get("undeclared_certificates") or []),
    }
    entry |= {"proof": proof.of_all(entry["dialogues"], is_silent=silent(entry, settings))}
    if entry["stage"] == "onboarded" and entry["proof"] == proof.UNPROVED:
        entry["stage_text"] = TEXTS["onboarded_unproved"].text(language)
    return entry | {"alert": _alert(entry, settings, is_revoked=_is_revoked(status))}


def _concluded(entry: Entry, problems: tuple[Problem, ...]) -> Entry:
    causes = causes_of(entry, problems)
    return entry | {"causes": causes, "outcome": worst(causes)}


def _left(steps: list[dict[str, Any]], planned: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """What a further run would do, and what check mode foresees besides (a rotation, an offboarding), each once."""
    known = {(each["code"], each["target"]) for each in steps}
    return [*steps, *(each for each in _each_once(planned) if (each["code"], each["target"]) not in known)]


def _each_once(steps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(each["code"], each["target"]): {"code": each["code"], "target": each["target"]} for each in steps}.values())


def _once(waiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({each["next_action"]["text"]: each for each in waiting}.values())


def _alert(entry: Entry, settings: Settings, *, is_revoked: bool) -> str:
    if entry["failure"] is not None:
        return "failed"
    if _stopped(entry, is_revoked=is_revoked):
        return "stopped"
    if entry["proof"] == proof.UNPROVED:
        return "unproved"
    if silent(entry, settings):
        return "silent"
    if entry["waiting"]:
        return "waiting"
    return "next_run" if entry["steps"] else "in_service"


def _is_revoked(status: dict[str, Any]) -> bool:
    """Whether a CRL or an OCSP responder says so of one of its certificates (antai_trust_store)."""
    verdicts = [verdict for certificate in status.get("verdicts") or () for verdict in certificate["verdicts"]]
    return any((verdict["rule"], verdict["outcome"]) == ("revocation", "fail") for verdict in verdicts)


def _stopped(entry: Entry, *, is_revoked: bool) -> bool:
    """Whatever is waited for: an active certificate that the SI FPS refuses, or that is revoked, lets nothing pass."""
    codes = {each["next_action"]["code"] for each in entry["waiting"]}
    active = bool(entry["active_since"]) or not codes.isdisjoint(ACTIVE)
    refused = any(each["state"] == "refused" and (active or each["verifiable"] is not None) for each in entry["dialogues"])
    revoked = is_revoked and not codes.isdisjoint(ACTIVE)
    return bool(entry["convention_lapsed"]) or refused or revoked or not codes.isdisjoint(STOPS)


def silent(entry: Entry, settings: Settings) -> bool:
    """R11: may exchange, and has not for long; one that never has counts from its activation. Not known is not silent."""
    if not entry["active_since"]:
        return False
    heard = _moment(entry["last_exchange_at"]) or _moment(entry["active_since"])
    return heard is not None and settings.now - heard > timedelta(days=settings.silence_days)


def _rank(entry: Entry) -> tuple[int, str, str, str]:
    """Worst first; of the same kind, who waits longest."""
    oldest = min((since for each in entry["waiting"] if (since := each["since"] or each.get("since_at_least"))), default=NO_DATE)
    heard = entry["last_exchange_at"] or entry["active_since"] or NO_DATE
    return (ORDER.index(entry["alert"]), heard if entry["alert"] == "silent" else oldest, alphabetical(entry["name"]), entry["host"])


def alphabetical(name: str) -> str:
    """What French sorts a name by: Évreux stands between Épinal and Foix, and Béziers before Bourges."""
    return strip_accents(name.casefold().replace("œ", "oe"))


def _totals(entries: list[Entry], problems: tuple[Problem, ...]) -> dict[str, Any]:
    outcome = worst([*(code for entry in entries for code in entry["causes"]), *(problem.code for problem in problems)])
    return {
        "collectivites": len(entries),
        "outcome": outcome,
        "exit_code": EXIT_CODES[outcome],
        "changed": sum(bool(each["changed"]) for each in entries),
        "pending": sum(bool(each["steps"]) for each in entries),
        "held": sum(each["held"] for each in entries),
        "by_alert": _counted(entries, lambda each: each["alert"]),
        "by_stage": _counted(entries, lambda each: each["stage"]),
        "dialogues": proof.counted(dialogue for entry in entries for dialogue in entry["dialogues"]),
    }


def _counted(entries: list[Entry], key: Callable[[Entry], str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in entries:
        counts[key(each)] = counts.get(key(each), 0) + 1
    return counts


def _awaited(entries: list[Entry], language: str) -> list[dict[str, Any]]:
    """Who is waited for and what for: how many collectivités, and since when the oldest; most awaited first.

    oldest: only where a date is known for every one of them; else oldest_at_least, the earliest date that is known of any.
    """
    groups: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
    for entry in entries:
        for waiting in entry["waiting"]:
            groups.setdefault((waiting["on"], waiting["for"]), {}).setdefault(entry["host"], []).append(waiting)
    awaited = [
        {"on": on, "for": what, "text": awaited_text(on, what, language), "count": len(hosts)}
        | _oldest([waiting for several in hosts.values() for waiting in several])
        for (on, what), hosts in groups.items()
    ]
    return sorted(awaited, key=lambda group: (-group["count"], group["on"], group["for"]))


def _oldest(waiting: list[dict[str, Any]]) -> dict[str, str | None]:
    dates = [each["since"] for each in waiting if each["since"]]
    if len(dates) == len(waiting):
        return {"oldest": min(dates), "oldest_at_least": None}
    return {
        "oldest": None,
        "oldest_at_least": min([*dates, *(each["since_at_least"] for each in waiting if each["since_at_least"])], default=None),
    }


def awaited_text(on: str, what: str, language: str) -> str:
    return f"{PEOPLE[on].text(language)} ({PURPOSES[what].text(language)})"


def _ending(entries: list[Entry], settings: Settings) -> list[dict[str, Any]]:
    """Certificates and conventions that end within ending_days, or have ended, by date."""
    limit = settings.now + timedelta(days=settings.ending_days)
    found = [
        {"what": what, "end": entry[field], "host": entry["host"], "name": entry["name"], "siret": entry["siret"]}
        | {"ahead": [each for each in entry["ahead"] if each["for"] == what]}
        for entry in entries
        for what, field in (("certificate", "certificate_until"), ("convention", "convention_until"))
        if (end := _moment(entry[field])) and end <= limit
    ]
    return sorted(found, key=lambda each: (each["end"], each["what"], alphabetical(each["name"]), each["host"]))


def _undeclared_certificates(entries: list[Entry]) -> list[dict[str, Any]]:
    found = [
        {"host": entry["host"], "name": entry["name"], "siret": entry["siret"]} | certificate
        for entry in entries
        for certificate in entry["undeclared_certificates"]
    ]
    return sorted(found, key=lambda each: (alphabetical(each["name"]), each["host"], each["fingerprint"]))


def _moment(text: str | None) -> datetime | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None
