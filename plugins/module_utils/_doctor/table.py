# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings for people: one line each, and below it what to do."""

from __future__ import annotations

import textwrap
from typing import Any

from .finding import FAIL, NOT_VERIFIABLE, OK, SKIPPED, WARN

LABELS = {
    OK: ("ok", "ok"),
    WARN: ("attention", "warn"),
    FAIL: ("ÉCHEC", "FAIL"),
    SKIPPED: ("-", "-"),
    NOT_VERIFIABLE: ("?", "?"),
}
FACES = {
    "local": ("Ici", "Here"),
    "portal": ("Portail", "Portal"),
    "sifps": ("SI FPS", "SI FPS"),
    "token": ("Service de jetons", "Token service"),
}
TOTALS = {
    OK: ("ok", "ok"),
    WARN: ("attention", "warn"),
    FAIL: ("échec", "fail"),
    SKIPPED: ("non vérifié", "skipped"),
    NOT_VERIFIABLE: ("non vérifiable", "not verifiable"),
}
WIDTH = 140
# After the words of one, where others found the same in other words.
MORE = ", ..."


def table(checks: list[dict[str, Any]], language: str) -> str:
    """checks: as in the result; `hosts`, where there is one, names those that a line is about."""
    fr = 0 if language == "fr" else 1
    lines = []
    for face, names in FACES.items():
        mine = [each for each in checks if each["face"] == face]
        if mine:
            lines += ["", names[fr]]
        for each in mine:
            lines += _lines(each, LABELS[each["outcome"]][fr], fr)
    return "\n".join([*lines, "", totals(checks, language)]).strip("\n")


def _lines(check: dict[str, Any], label: str, fr: int) -> list[str]:
    hosts = f" [{check['hosts']}]" if check.get("hosts") else ""
    first = f"  {label:<9}  {check['check']:<20}  "
    below = " " * len(first)
    told = textwrap.wrap(check["what"] + hosts, WIDTH, initial_indent=first, subsequent_indent=below, break_on_hyphens=False)
    if check["what_to_do"]:
        mark = f"{below}{('à faire : ', 'to do: ')[fr]}"
        told += textwrap.wrap(check["what_to_do"], WIDTH, initial_indent=mark, subsequent_indent=below + "  ", break_on_hyphens=False)
    return told


def totals(checks: list[dict[str, Any]], language: str) -> str:
    counts = counted(checks)
    return ", ".join(f"{counts[outcome]} {names[0 if language == 'fr' else 1]}" for outcome, names in TOTALS.items() if counts[outcome])


def counted(checks: list[dict[str, Any]]) -> dict[str, int]:
    return {outcome: sum(each["outcome"] == outcome for each in checks) for outcome in TOTALS}


def together(told: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The checks of many hosts as one list. Trouble that several tell in the same words is one line, with who tells it; what is no trouble
    is one line for all that found the same, in the words of the first.
    """
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for host, checks in told.items():
        for each in checks:
            words = (each["what"], each["what_to_do"]) if each["outcome"] in (WARN, FAIL) else ()
            line = found.setdefault((each["face"], each["check"], each["outcome"], each["code"], *words), {**each, "names": []})
            if each["what"] != line["what"] and not line["what"].endswith(MORE):
                line["what"] += MORE
            if host not in line["names"]:
                line["names"].append(host)
    order = {check: number for number, check in enumerate(dict.fromkeys((each["face"], each["check"]) for each in found.values()))}
    lines = sorted(found.values(), key=lambda each: order[each["face"], each["check"]])
    return [each | {"hosts": "" if len(each["names"]) == len(told) else _hosts(each["names"])} for each in lines]


def _hosts(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")
