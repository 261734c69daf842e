# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a CSV file that a French Excel opens right by a double click. Pure.

Semicolons, a byte order mark and CRLF are what it expects. A SIRET would become 2.17E+13: it is written as the formula ="...". A text that
Excel would take for a formula (a name given by somebody else) begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from ...module_utils._texts.report import ALERTS, COLUMNS, MORE_COLUMNS
from .outcome import Entry, problem_text
from .table import NOTHING, action, changes, day, dialogue, proved_at, waiting_for

BYTE_ORDER_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def spreadsheet(report: dict[str, Any]) -> bytes:
    """One line for each collectivité, worst first; what is waited for within one cell, separated by ` | `.

    Above them one line for each problem of the run that is nobody's in particular: a list of collectivités that looks whole must not hide it.
    """
    language = report["language"]
    words = COLUMNS | MORE_COLUMNS
    problems = [_problem(problem, language) for problem in report["problems"] if not problem["hosts"]]
    cells = [*problems, *(_cells(entry, language) for entry in report["collectivites"])]
    return sheet([[words[name].text(language) for name in words], *([row.get(name, "") for name in words] for row in cells)])


def sheet(lines: Iterable[list[str]]) -> bytes:
    """The whole file, the titles first."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(lines)
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")


def siret_cell(siret: str | None) -> str:
    """As a formula that is a text."""
    return f'="{siret}"' if siret and siret.isascii() and siret.isdigit() else safe(siret or "")


def _problem(problem: dict[str, Any], language: str) -> dict[str, str]:
    return {"alert": ALERTS["failed"].text(language), "next_action": safe(problem_text(problem, language))}


def _cells(entry: Entry, language: str) -> dict[str, str]:
    waiting = waiting_for(entry, language)
    return {
        "collectivite": safe(entry["name"]),
        "siret": siret_cell(entry["siret"]),
        "stage": entry["stage_text"],
        "waiting_for": " | ".join(who for who, _since in waiting),
        "since": " | ".join(since for _who, since in waiting if since != NOTHING),
        "certificate_until": _day(entry["certificate_until"]),
        "dialogue": "" if not entry["dialogues"] else safe(dialogue(entry["dialogues"], language)),
        "proved_at": _day(proved_at(entry)),
        "host": safe(entry["host"]),
        "convention_until": _day(entry["convention_until"]),
        "last_exchange_at": _day(entry["last_exchange_at"]),
        "alert": ALERTS[entry["alert"]].text(language),
        "next_action": safe(" | ".join(action(each) for each in entry["waiting"]) or entry["failure"] or ""),
        "changed": changes(entry["changed"], language),
        "undeclared_certificates": safe(" | ".join(each["provider"] or each["fingerprint"] for each in entry["undeclared_certificates"])),
    }


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _day(instant: str | None) -> str:
    return "" if instant is None else day(instant)
