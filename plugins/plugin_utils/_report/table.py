# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on the terminal: a table of every collectivité, and below it what there is to do, to know and to watch. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ...module_utils._texts.report import CAUSE_TEXTS, OUTCOME_TEXTS, TEXTS
from ...module_utils._texts.text import with_colon
from .column import grid
from .layout import files_written, names_shown
from .model import ReportView
from .outcome import decisive, problem_text
from .report_columns import REPORT_COLUMNS
from .sections import sections


def table(report: ReportView, files: Iterable[str] = (), width: int | None = None) -> str:
    """Worst first. files: where the same was written. width: of the terminal; None where it is not known, or nobody's."""
    language = report["language"]
    rows = grid(REPORT_COLUMNS, report["collectivites"], language, width)
    return "\n".join([*rows, *sections(report), *files_written(files, language)])


def outcome(report: ReportView) -> list[str]:
    """How the run ended, and for whom it did not end well: the last thing on the terminal."""
    language, totals = report["language"], report["totals"]
    names: dict[str, list[str]] = {}
    for entry in report["collectivites"]:
        for code in decisive(entry["causes"]):
            names.setdefault(CAUSE_TEXTS[code].text(language), []).append(entry["name"])
    ending = OUTCOME_TEXTS[totals["outcome"]].text(language)
    return [
        TEXTS["outcome"].text(language, text=ending, outcome=totals["outcome"], code=totals["exit_code"]),
        *(f"  {problem_text(problem, language)}" for problem in report["problems"]),
        *(f"  {with_colon(cause, names_shown(members, language), language)}" for cause, members in names.items()),
    ]
