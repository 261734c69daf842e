# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands below the table of a report: failures, what to do, silence, ends to come, what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ...module_utils._texts.report import COLUMNS, COUNTED, DANGERS, TEXTS
from ...module_utils._texts.text import with_colon
from .column import NOTHING
from .contents import awaited_text
from .layout import NAMED, by_text, names_shown
from .model import CollectiviteView, EndingView, ReportView, StepView, UndeclaredAt
from .proof import PROVED, UNPROVED
from .report_columns import action, day, state_text, steps_shown, steps_text

# Lines of one section below the table; the rest is counted.
LONGEST_SECTION = 60


def sections(report: ReportView, longest: int = LONGEST_SECTION) -> list[str]:
    """Each only where there is something to say. longest: lines of one of them."""
    language, entries = report["language"], report["collectivites"]
    brake = report["brake"]
    parts = [
        (TEXTS["failures"].text(language), _failures(entries, language)),
        (TEXTS["brake"].text(language, limit=brake["limit"] if brake else None), _braked(report)),
        (TEXTS["next"].text(language), _actions(entries, language)),
        (TEXTS["undeclared_certificates"].text(language), [_undeclared(record, language) for record in report["undeclared_certificates"]]),
        (
            TEXTS["unproved"].text(language, hours=report["proof_max_age"]),
            [_unproved(entry, language) for entry in entries if entry["proof"] == UNPROVED],
        ),
        (
            TEXTS["silence"].text(language, days=report["silence_days"]),
            [_silence(entry, language) for entry in entries if entry["alert"] == "silent"],
        ),
        (TEXTS["ending"].text(language, days=report["ending_days"]), _endings(report["ending"], language)),
        (TEXTS["changes"].text(language), _steps([(entry["name"], entry["changed"]) for entry in entries], language)),
        (TEXTS["planned"].text(language), _steps([(entry["name"], entry["planned"]) for entry in entries], language)),
        (TEXTS["pending"].text(language), _steps([(entry["name"], _pending(entry)) for entry in entries], language)),
        (TEXTS["held"].text(language), [entry["name"] for entry in entries if entry["held"]]),
        (TEXTS["undeclared"].text(language), [_space(space) for space in report["undeclared"] or ()]),
        (
            TEXTS["declared_elsewhere"].text(language),
            [f"{_space(space)}: {space['host']}" for space in report["declared_elsewhere"] or ()],
        ),
    ]
    return [line for title, lines in parts if lines for line in ("", title, *_shortened(lines, language, longest))]


def _space(space: dict[str, str]) -> str:
    return f"{space['name']} ({space['siret']})"


def _undeclared(certificate: UndeclaredAt, language: str) -> str:
    key = "undeclared_certificate" if certificate["since"] else "undeclared_certificate_no_date"
    text = TEXTS[key].text(
        language,
        provider=certificate["provider"] or NOTHING,
        fingerprint=certificate["fingerprint"] or NOTHING,
        since=day(certificate["since"]),
    )
    return with_colon(certificate["name"], text, language)


def _failures(entries: list[CollectiviteView], language: str) -> list[str]:
    """Each reason once: the brake, or an endpoint that cannot be reached, is the same for many."""
    return by_text([(entry["name"], entry["failure"]) for entry in entries if entry["failure"] is not None], language)


def _actions(entries: list[CollectiviteView], language: str) -> list[str]:
    """Each thing to do once, with the names of all that it is to be done for; what is only to be done before an end comes last.

    Where many wait for the same, and each in words of its own (a path, a fingerprint), how many they are, and one of them as an example.
    """
    lines = []
    for kind in ("waiting", "ahead"):
        groups: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        for entry in entries:
            for waiting in entry["waiting"] if kind == "waiting" else entry["ahead"]:
                key = (waiting["on"], waiting["for"], waiting["next_action"]["code"])
                groups.setdefault(key, []).append((entry["name"], action(waiting)))
        for (on, purpose, _code), texts in groups.items():
            if len({text for _name, text in texts}) > NAMED:
                lines += _many(awaited_text(on, purpose, language), texts, language)
            else:
                lines += by_text(texts, language)
    return lines


def _many(awaited: str, texts: list[tuple[str, str]], language: str) -> list[str]:
    names = list(dict.fromkeys(name for name, _text in texts))
    name, text = texts[0]
    example = TEXTS["example"].text(language, name=name, text=text)
    return [with_colon(f"{len(names)} x {awaited}", names_shown(names, language), language), f"  {example}"]


def _endings(endings: list[EndingView], language: str) -> list[str]:
    """One line for each day, kind and person to act: a wave of conventions ends all at once (R6)."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for ending in endings:
        who = ", ".join(awaited_text(waiting["on"], waiting["for"], language) for waiting in ending["ahead"])
        groups.setdefault((day(ending["end"]), ending["what"], who), []).append(ending["name"])
    lines = []
    for (end, kind, who), names in groups.items():
        awaited = f" ({COLUMNS['waiting_for'].text(language)} {who})" if who else ""
        lines.append(with_colon(f"{end} {TEXTS[kind].text(language)}{awaited}", names_shown(names, language), language))
    return lines


def _silence(entry: CollectiviteView, language: str) -> str:
    last = day(entry["last_exchange_at"]) or TEXTS["never"].text(language, day=day(entry["active_since"]))
    return with_colon(entry["name"], last, language)


def _unproved(entry: CollectiviteView, language: str) -> str:
    certificates = [
        f"{dialogue['provider']}, {state_text(dialogue, language)}, "
        f"{TEXTS['last_proof'].text(language, when=_moment(dialogue['proved_at'], language))}"
        for dialogue in entry["dialogues"]
        if dialogue["proof"] != PROVED and dialogue["verifiable"] is not None
    ]
    return with_colon(entry["name"], "; ".join(certificates), language)


def _moment(instant: str | None, language: str) -> str:
    """To the minute, UTC."""
    return f"{instant[:10]} {instant[11:16]} UTC" if instant else TEXTS["never_proved"].text(language)


def _braked(report: ReportView) -> list[str]:
    """All that would be taken away, where the brake held the run (or would, in check mode)."""
    brake, language = report["brake"], report["language"]
    if not brake or not brake["engaged"]:
        return []
    names = {entry["host"]: entry["name"] for entry in report["collectivites"]}
    return [
        with_colon(
            names.get(danger["host"], danger["host"]),
            f"{DANGERS[danger['kind']].text(language)} {danger['target']} ({danger['reason']})",
            language,
        )
        for danger in brake["planned"]
    ]


def _pending(entry: CollectiviteView) -> list[StepView]:
    """What is left to a further run; in check mode, besides what this one would do."""
    planned = {(step["code"], step["target"]) for step in entry["planned"]}
    return [step for step in steps_shown(entry) if (step["code"], step["target"]) not in planned]


def _steps(steps: Iterable[tuple[str, list[StepView]]], language: str) -> list[str]:
    return by_text([(name, steps_text(done, language)) for name, done in steps if done], language)


def _shortened(lines: list[str], language: str, longest: int) -> list[str]:
    more = len(lines) - longest
    return [f"  {line}" for line in lines[:longest]] + ([f"  {COUNTED['and_more'].text(language, more)}"] if more > 0 else [])
