# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan shows in a result."""

from __future__ import annotations

from typing import Any

from .plan import Plan
from .settings import Settings
from .waiting import Waiting, WaitingView


def waiting_list(waiting: tuple[Waiting, ...], settings: Settings) -> list[WaitingView]:
    """As results show it, each once: what several resources wait for is told by the first."""
    unique: dict[tuple[object, ...], Waiting] = {}
    for reason in waiting:
        unique.setdefault((reason.code, reason.facts.get("provider"), reason.facts.get("fingerprint")), reason)
    return [reason.as_dict(settings.language, settings.now()) for reason in unique.values()]


def facts_of(facts: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """As results show them: who will be waited for is worded in the language asked for."""
    return {name: waiting_list(value, settings) if isinstance(value, tuple) else value for name, value in facts.items()}


Answer = dict[str, Any]


def steps_to_come(plan: Plan, settings: Settings) -> Answer:
    steps = [{"code": step.code, "target": step.target, "reason": step.reason} for step in plan.steps]
    return {"steps_to_come": steps, "waiting": waiting_list(plan.waiting, settings)}
