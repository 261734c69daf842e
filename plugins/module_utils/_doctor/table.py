# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings for people: one line each, and below it what to do."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from .._texts.doctor.table import FACES, LABELS, TO_DO, TOTALS
from .._texts.text import with_colon
from .check_result import FAIL, WARN, CheckView

WIDTH = 140
# After the words of one, where others found the same in other words.
MORE = ", ..."


@dataclass
class CheckLine:
    """One line of the table. hosts: those that it is about, where it is not everybody."""

    check: CheckView
    finding: str
    names: list[str] = field(default_factory=list)
    hosts: str = ""


def table(checks: list[CheckView], language: str) -> str:
    """The checks of one host."""
    return table_of_lines([CheckLine(check, check["what"]) for check in checks], language)


def table_of_lines(lines: list[CheckLine], language: str) -> str:
    """By face, each check with what to do about it, and below them how many there are of each outcome."""
    rows = []
    for face, title in FACES.items():
        members = [line for line in lines if line.check["face"] == face]
        if members:
            rows += ["", title.text(language)]
        for line in members:
            rows += _rows(line, language)
    return "\n".join([*rows, "", totals([line.check for line in lines], language)]).strip("\n")


def _rows(line: CheckLine, language: str) -> list[str]:
    check = line.check
    hosts = f" [{line.hosts}]" if line.hosts else ""
    first = f"  {LABELS[check['outcome']].text(language):<9}  {check['check']:<20}  "
    below = " " * len(first)
    rows = textwrap.wrap(line.finding + hosts, WIDTH, initial_indent=first, subsequent_indent=below, break_on_hyphens=False)
    if check["what_to_do"]:
        mark = f"{below}{with_colon(TO_DO.text(language), '', language)}"
        rows += textwrap.wrap(check["what_to_do"], WIDTH, initial_indent=mark, subsequent_indent=below + "  ", break_on_hyphens=False)
    return rows


def totals(checks: list[CheckView], language: str) -> str:
    counts = counted(checks)
    return ", ".join(f"{counts[outcome]} {total.text(language)}" for outcome, total in TOTALS.items() if counts[outcome])


def counted(checks: list[CheckView]) -> dict[str, int]:
    return {outcome: sum(check["outcome"] == outcome for check in checks) for outcome in TOTALS}


def together(checks_by_host: dict[str, list[CheckView]]) -> list[CheckLine]:
    """The checks of many hosts as one list. Trouble that several report in the same words is one line, with who reports it; what is no trouble
    is one line for all that found the same, in the words of the first.
    """
    merged: dict[tuple[str, ...], CheckLine] = {}
    for host, checks in checks_by_host.items():
        for check in checks:
            words = (check["what"], check["what_to_do"]) if check["outcome"] in (WARN, FAIL) else ()
            line = merged.setdefault(
                (check["face"], check["check"], check["outcome"], check["code"], *words), CheckLine(check, check["what"])
            )
            if check["what"] != line.finding and not line.finding.endswith(MORE):
                line.finding += MORE
            if host not in line.names:
                line.names.append(host)
    for line in merged.values():
        line.hosts = "" if len(line.names) == len(checks_by_host) else _hosts(line.names)
    order = {
        check: number for number, check in enumerate(dict.fromkeys((line.check["face"], line.check["check"]) for line in merged.values()))
    }
    return sorted(merged.values(), key=lambda line: order[line.check["face"], line.check["check"]])


def _hosts(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")
