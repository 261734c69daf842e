# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in short, for a fleet that no screen holds: how many, who is waited for, and the worst. Pure."""

from __future__ import annotations

from ...module_utils._texts.report import COUNTED, TEXTS
from .column import grid
from .model import AwaitedView, ReportView
from .report_columns import REPORT_COLUMNS, day
from .sections import sections

WORST = 20
# Lines of one section; the rest is counted.
LONGEST_SECTION = 20


def totals(report: ReportView) -> str:
    """One sentence; and one on the dialogues, where there are any."""
    alerts, language, dialogues = report["totals"]["by_alert"], report["language"], report["totals"]["dialogues"]
    counts = {proof: COUNTED[f"dialogues_{proof}"].text(language, count) for proof, count in dialogues.items()}
    proofs = [TEXTS["dialogues"].text(language, **counts)] if any(dialogues.values()) else []
    sentence = TEXTS["totals"].text(
        language,
        total=COUNTED["collectivites"].text(language, report["totals"]["collectivites"]),
        in_service=alerts.get("in_service", 0) + alerts.get("silent", 0),
        unproved=TEXTS["totals_unproved"].text(language, count=alerts["unproved"]) if alerts.get("unproved") else "",
        waiting=sum(alerts.get(alert, 0) for alert in ("stopped", "waiting", "next_run")),
        failed=alerts.get("failed", 0),
        changed=COUNTED["advanced"].text(language, report["totals"]["changed"]),
    )
    return "\n".join([sentence, *proofs])


def summary(report: ReportView, files: list[str], width: int | None = None) -> str:
    """files: where the whole report was written. width: of the terminal, where it is known."""
    language = report["language"]
    worst = [entry for entry in report["collectivites"][:WORST] if entry["alert"] != "in_service"]
    lines = [totals(report)]
    if report["awaited"]:
        lines += ["", *(f"  {_awaited(group, language)}" for group in report["awaited"])]
    if worst:
        lines += ["", COUNTED["worst"].text(language, len(worst)), *grid(REPORT_COLUMNS, worst, language, width)]
    lines += [*sections(report, LONGEST_SECTION), ""]
    lines.append(TEXTS["all_in_files"].text(language, files=", ".join(files)) if files else TEXTS["no_files"].text(language))
    return "\n".join(lines)


def _awaited(awaited: AwaitedView, language: str) -> str:
    since = awaited["oldest"] or awaited["oldest_at_least"]
    name = "awaited" if awaited["oldest"] else "awaited_at_least" if since else "awaited_no_date"
    return TEXTS[name].text(language, count=awaited["count"], text=awaited["text"], since=day(since))
