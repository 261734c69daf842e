# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings for people: one line each, and below it what to do."""

from __future__ import annotations

import textwrap
from typing import Any

from .._texts.doctor.table import FACES, LABELS, TO_DO, TOTALS
from .._texts.text import with_colon
from .check_result import FAIL, WARN

WIDTH = 140
# After the words of one, where others found the same in other words.
MORE = ", ..."


def table(checks: list[dict[str, Any]], language: str) -> str:
    """checks: as in the result; `hosts`, where there is one, names those that a line is about."""
    lines = []
    for face, title in FACES.items():
        mine = [check for check in checks if check["face"] == face]
        if mine:
            lines += ["", title.text(language)]
        for check in mine:
            lines += _lines(check, LABELS[check["outcome"]].text(language), language)
    return "\n".join([*lines, "", totals(checks, language)]).strip("\n")


def _lines(check: dict[str, Any], label: str, language: str) -> list[str]:
    hosts = f" [{check['hosts']}]" if check.get("hosts") else ""
    first = f"  {label:<9}  {check['check']:<20}  "
    below = " " * len(first)
    lines = textwrap.wrap(check["what"] + hosts, WIDTH, initial_indent=first, subsequent_indent=below, break_on_hyphens=False)
    if check["what_to_do"]:
        mark = f"{below}{with_colon(TO_DO.text(language), '', language)}"
        lines += textwrap.wrap(check["what_to_do"], WIDTH, initial_indent=mark, subsequent_indent=below + "  ", break_on_hyphens=False)
    return lines


def totals(checks: list[dict[str, Any]], language: str) -> str:
    counts = counted(checks)
    return ", ".join(f"{counts[outcome]} {total.text(language)}" for outcome, total in TOTALS.items() if counts[outcome])


def counted(checks: list[dict[str, Any]]) -> dict[str, int]:
    return {outcome: sum(check["outcome"] == outcome for check in checks) for outcome in TOTALS}


def together(checks_by_host: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The checks of many hosts as one list. Trouble that several tell in the same words is one line, with who tells it; what is no trouble
    is one line for all that found the same, in the words of the first.
    """
    merged: dict[tuple[str, ...], dict[str, Any]] = {}
    for host, checks in checks_by_host.items():
        for check in checks:
            words = (check["what"], check["what_to_do"]) if check["outcome"] in (WARN, FAIL) else ()
            line = merged.setdefault((check["face"], check["check"], check["outcome"], check["code"], *words), {**check, "names": []})
            if check["what"] != line["what"] and not line["what"].endswith(MORE):
                line["what"] += MORE
            if host not in line["names"]:
                line["names"].append(host)
    order = {check: number for number, check in enumerate(dict.fromkeys((line["face"], line["check"]) for line in merged.values()))}
    lines = sorted(merged.values(), key=lambda line: order[line["face"], line["check"]])
    return [line | {"hosts": "" if len(line["names"]) == len(checks_by_host) else _hosts(line["names"])} for line in lines]


def _hosts(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")
