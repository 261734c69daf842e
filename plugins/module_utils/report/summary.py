# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in short, for a fleet that no screen holds: how many, who is waited for, and the worst. Pure."""

from __future__ import annotations

from typing import Any

from .table import day, grid, sections
from .words import TEXTS, about, counted, said

WORST = 20


def totals(report: dict[str, Any]) -> str:
    """One sentence; and one on the dialogues, where there are any."""
    alerts, language, dialogues = report["totals"]["by_alert"], report["language"], report["totals"]["dialogues"]
    proofs = [said(TEXTS, "dialogues", language, **dialogues)] if any(dialogues.values()) else []
    sentence = said(
        TEXTS,
        "totals",
        language,
        total=counted("collectivites", report["totals"]["collectivites"], language),
        in_service=alerts.get("in_service", 0) + alerts.get("silent", 0),
        unproved=said(TEXTS, "totals_unproved", language, count=alerts["unproved"]) if alerts.get("unproved") else "",
        waiting=sum(alerts.get(each, 0) for each in ("stopped", "waiting", "next_run")),
        failed=alerts.get("failed", 0),
        changed=counted("advanced", report["totals"]["changed"], language),
    )
    return "\n".join([sentence, *proofs])


def summary(report: dict[str, Any], files: list[str]) -> str:
    """files: where the whole report was written."""
    language = report["language"]
    worst = [each for each in report["collectivites"][:WORST] if each["alert"] != "in_service"]
    lines = [totals(report), "", *(f"  {_awaited(each, language)}" for each in report["awaited"])]
    if worst:
        lines += ["", counted("worst", len(worst), language), *grid(worst, language)]
    lines += sections(report | {"collectivites": worst})
    if files:
        lines += ["", said(TEXTS, "all_in_files", language, files=", ".join(files))]
    return "\n".join(lines)


def _awaited(awaited: dict[str, Any], language: str) -> str:
    name = "awaited" if awaited["oldest"] else "awaited_no_date"
    return about(awaited["text"], said(TEXTS, name, language, count=awaited["count"], since=day(awaited["oldest"])), language)
