# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on the terminal: a table of every collectivité, and below it what there is to do, to know and to watch. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...module_utils._plan.steps import STEPS
from ...module_utils._texts.report import CAUSE_TEXTS, COLUMNS, COUNTED, DANGERS, DIALOGUES, OUTCOME_TEXTS, TEXTS
from ...module_utils._texts.text import with_colon
from .contents import awaited_text
from .layout import aligned, fitted
from .outcome import Entry, decisive, problem_text
from .proof import PROVED, UNPROVED

NOTHING = "-"
# Lines of one section below the table; the rest is counted.
LONGEST_SECTION = 60
NAMES_SHOWN = 5
# What a narrow terminal leaves to the files, the first one first; and what it may cut.
DISPENSABLE = ("certificate_until", "proved_at", "dialogue", "stage")
CUTTABLE = ("collectivite", "stage", "waiting_for", "dialogue")
# The sources of what the SI FPS itself was asked: in this run, or in an earlier one.
ASKED = ("query", "store")


def table(report: dict[str, Any], files: Iterable[str] = (), width: int | None = None) -> str:
    """Worst first. files: where the same was written. width: of the terminal; None where it is not known, or nobody's."""
    language = report["language"]
    return "\n".join([*grid(report["collectivites"], language, width), *sections(report), *written(files, language)])


def grid(entries: list[Entry], language: str, width: int | None = None) -> list[str]:
    """Header, rule and rows, aligned, no wider than the terminal."""
    lines = [[COLUMNS[name].text(language) for name in COLUMNS]]
    for each in entries:
        lines += _rows(each, language)
    names = list(COLUMNS)
    return aligned(fitted(lines, width, map(names.index, DISPENSABLE), {names.index(name) for name in CUTTABLE}))


def sections(report: dict[str, Any], longest: int = LONGEST_SECTION) -> list[str]:
    """Failures, what to do, silence, ends to come, what was done: each only where there is something to say. longest: lines of one of them."""
    language, entries = report["language"], report["collectivites"]
    parts = [
        ("failures", _failures(entries, language), {}),
        ("brake", _braked(report["brake"], report), {"limit": (report["brake"] or {}).get("limit")}),
        ("next", _actions(entries, language), {}),
        ("undeclared_certificates", [_undeclared_certificate(each, language) for each in report["undeclared_certificates"]], {}),
        ("unproved", [_unproved(each, language) for each in entries if each["proof"] == UNPROVED], {"hours": report["proof_max_age"]}),
        ("silence", [_silence(each, language) for each in entries if each["alert"] == "silent"], {"days": report["silence_days"]}),
        ("ending", _endings(report["ending"], language), {"days": report["ending_days"]}),
        ("changes", _steps([(each["name"], each["changed"]) for each in entries], language), {}),
        ("planned", _steps([(each["name"], each["planned"]) for each in entries], language), {}),
        ("pending", _steps([(each["name"], _besides(each)) for each in entries], language), {}),
        ("held", [each["name"] for each in entries if each["held"]], {}),
        ("undeclared", [f"{each['name']} ({each['siret']})" for each in report["undeclared"] or ()], {}),
        ("declared_elsewhere", [f"{each['name']} ({each['siret']}): {each['host']}" for each in report["declared_elsewhere"] or ()], {}),
    ]
    return [
        line
        for name, lines, about in parts
        if lines
        for line in ("", TEXTS[name].text(language, **about), *_short(lines, language, longest))
    ]


def _undeclared_certificate(certificate: dict[str, Any], language: str) -> str:
    words = "undeclared_certificate" if certificate["since"] else "undeclared_certificate_no_date"
    shown = {name: certificate[name] or NOTHING for name in ("provider", "fingerprint")} | {"since": day(certificate["since"])}
    return with_colon(certificate["name"], TEXTS[words].text(language, **shown), language)


def outcome(report: dict[str, Any]) -> list[str]:
    """How the run ended, and for whom it did not end well: the last thing on the terminal."""
    language, totals = report["language"], report["totals"]
    bad = [(entry["name"], CAUSE_TEXTS[code].text(language)) for entry in report["collectivites"] for code in decisive(entry["causes"])]
    names: dict[str, list[str]] = {}
    for name, text in bad:
        names.setdefault(text, []).append(name)
    return [
        TEXTS["outcome"].text(
            language, text=OUTCOME_TEXTS[totals["outcome"]].text(language), outcome=totals["outcome"], code=totals["exit_code"]
        ),
        *(f"  {problem_text(problem, language)}" for problem in report["problems"]),
        *(f"  {with_colon(text, _names(who, language), language)}" for text, who in names.items()),
    ]


def written(files: Iterable[str], language: str) -> list[str]:
    named = ", ".join(files)
    return ["", TEXTS["files"].text(language, files=named)] if named else []


def waiting_for(entry: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """(who and what for, since) for each thing that is waited for. entry: {steps, waiting}."""
    steps = left(entry)
    coming = [(TEXTS["next_run"].text(language, count=len(steps)), NOTHING)] if steps else []
    return coming + [(awaited_text(each["on"], each["for"], language), _since(each, language)) for each in entry["waiting"]]


def _since(waiting: dict[str, Any], language: str) -> str:
    if waiting["since"] or not waiting["since_at_least"]:
        return day(waiting["since"])
    return TEXTS["at_least"].text(language, day=day(waiting["since_at_least"]))


def dialogue(dialogues: list[dict[str, Any]], language: str) -> str:
    """All certificates of one collectivité in a few words: what they have in common, or each by its provider."""
    told = [(each["provider"], _state(each, language)) for each in dialogues]
    states = {state for _provider, state in told}
    if not told:
        return NOTHING
    if len(states) > 1:
        return ", ".join(with_colon(provider, state, language) for provider, state in told)
    return states.pop() + (f" x{len(told)}" if len(told) > 1 else "")


def proved_at(entry: dict[str, Any]) -> str | None:
    """Since when all of its dialogues that may exchange are proved: the oldest last proof; None where one never was, or nothing is to be proved."""
    moments = [each["proved_at"] for each in entry["dialogues"] if each["verifiable"]]
    return min(moments) if moments and all(moments) else None


def action(waiting: dict[str, Any]) -> str:
    """What to do next, and ANTAI's support line where ANTAI is late."""
    told = waiting["next_action"]
    return f"{told['text']} (ANTAI : {told['support']})" if told["support"] else told["text"]


def day(instant: str | None) -> str:
    return instant[:10] if instant else NOTHING


def changes(steps: list[dict[str, Any]], language: str) -> str:
    """steps: what a run did, or what is left to a further one."""
    return ", ".join(dict.fromkeys(STEPS[step["code"]].done.text(language) for step in steps))


def _rows(entry: Entry, language: str) -> list[list[str]]:
    """The lines of one entry: one for each thing that is waited for, the rest of the row on the first."""
    first = [entry["name"], entry["siret"] or NOTHING, entry["stage_text"]]
    last = [day(entry["certificate_until"]), dialogue(entry["dialogues"], language), day(proved_at(entry))]
    waiting = waiting_for(entry, language) or [(NOTHING, NOTHING)]
    return [[*(first if number == 0 else [""] * 3), *each, *(last if number == 0 else [""] * 3)] for number, each in enumerate(waiting)]


def _failures(entries: list[Entry], language: str) -> list[str]:
    """Each reason once: the brake, or an endpoint that cannot be reached, is the same for many."""
    return by_text([(entry["name"], entry["failure"]) for entry in entries if entry["failure"] is not None], language)


def _actions(entries: list[Entry], language: str) -> list[str]:
    """Each thing to do once, with the names of all that it is to be done for; what is only to be done before an end comes last.

    Where many wait for the same, and each in words of its own (a path, a fingerprint), how many they are, and one of them as an example.
    """
    lines = []
    for kind in ("waiting", "ahead"):
        groups: dict[tuple[str, str, str], list[tuple[str, dict[str, Any]]]] = {}
        for entry in entries:
            for each in entry[kind]:
                groups.setdefault((each["on"], each["for"], each["next_action"]["code"]), []).append((entry["name"], each))
        for (on, what, _code), members in groups.items():
            texts = [(name, action(each)) for name, each in members]
            if len({text for _name, text in texts}) > NAMES_SHOWN:
                lines += _many(awaited_text(on, what, language), texts, language)
            else:
                lines += by_text(texts, language)
    return lines


def _many(what: str, texts: list[tuple[str, str]], language: str) -> list[str]:
    names = list(dict.fromkeys(name for name, _text in texts))
    name, text = texts[0]
    example = TEXTS["example"].text(language, name=name, text=text)
    return [with_colon(f"{len(names)} x {what}", _names(names, language), language), f"  {example}"]


def _endings(ending: list[dict[str, Any]], language: str) -> list[str]:
    """One line for each day, kind and person to act: a wave of conventions ends all at once (R6)."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for each in ending:
        who = ", ".join(awaited_text(one["on"], one["for"], language) for one in each["ahead"])
        found.setdefault((day(each["end"]), each["what"], who), []).append(each["name"])
    lines = []
    for (end, what, who), names in found.items():
        told = f" ({COLUMNS['waiting_for'].text(language)} {who})" if who else ""
        lines.append(with_colon(f"{end} {TEXTS[what].text(language)}{told}", _names(names, language), language))
    return lines


def _silence(entry: Entry, language: str) -> str:
    last = day(entry["last_exchange_at"])
    return with_colon(entry["name"], last if last != NOTHING else TEXTS["never"].text(language, day=day(entry["active_since"])), language)


def _unproved(entry: Entry, language: str) -> str:
    told = [
        f"{each['provider']}, {_state(each, language)}, {TEXTS['last_proof'].text(language, when=_moment(each['proved_at'], language))}"
        for each in entry["dialogues"]
        if each["proof"] != PROVED and each["verifiable"] is not None
    ]
    return with_colon(entry["name"], "; ".join(told), language)


def _moment(instant: str | None, language: str) -> str:
    """To the minute, UTC."""
    return f"{instant[:10]} {instant[11:16]} UTC" if instant else TEXTS["never_proved"].text(language)


def _braked(brake: dict[str, Any] | None, report: dict[str, Any]) -> list[str]:
    """All that would be taken away, where the brake held the run (or would, in check mode)."""
    if not brake or not brake["engaged"]:
        return []
    names = {each["host"]: each["name"] for each in report["collectivites"]}
    language = report["language"]
    return [
        with_colon(
            names.get(each["host"], each["host"]), f"{DANGERS[each['kind']].text(language)} {each['target']} ({each['reason']})", language
        )
        for each in brake["planned"]
    ]


def left(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """What a further run would do, as people are told it: a step that only asks whether somebody has decided is told as that one waited for."""
    return [step for step in entry["steps"] if not STEPS[step["code"]].asks or not entry["waiting"]]


def _besides(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """What is left to a further run; in check mode, besides what this one would do."""
    planned = {(step["code"], step["target"]) for step in entry["planned"]}
    return [step for step in left(entry) if (step["code"], step["target"]) not in planned]


def _steps(told: Iterable[tuple[str, list[dict[str, Any]]]], language: str) -> list[str]:
    return by_text([(name, changes(steps, language)) for name, steps in told if steps], language)


def by_text(told: Iterable[tuple[str, str]], language: str) -> list[str]:
    """told: (name, what is told of it). The same words once, with the names of all that they are about."""
    found: dict[str, list[str]] = {}
    for name, text in told:
        found.setdefault(text, []).append(name)
    return [with_colon(_names(names, language), text, language) for text, names in found.items()]


def _names(names: list[str], language: str) -> str:
    shown, more = names[:NAMES_SHOWN], len(names) - NAMES_SHOWN
    return ", ".join(shown) + (f" {COUNTED['and_more'].text(language, more)}" if more > 0 else "")


def _short(lines: list[str], language: str, longest: int) -> list[str]:
    more = len(lines) - longest
    return [f"  {each}" for each in lines[:longest]] + ([f"  {COUNTED['and_more'].text(language, more)}"] if more > 0 else [])


def _state(told: dict[str, Any], language: str) -> str:
    """What the SI FPS says of one certificate; where there is none yet, nothing."""
    if not told["fingerprint"]:
        return NOTHING
    if told["source"] not in ASKED:
        return DIALOGUES["not_asked"].text(language)
    rule = f" ({told['rule']})" if told["state"] == "refused" and told["rule"] else ""
    return DIALOGUES[told["state"]].text(language) + rule
