# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource that is a set of words: those declared and not yet there are its steps. For tests of the runner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan, Step
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context, Resource
from tests.support.observed import NOW, SIRET


class Words(Resource):
    """there: what is there now. on_apply: what happens at a step, by its word; a function is called, an exception raised, nothing: it is done."""

    name = "words"

    def __init__(self, *steps: Step | str, on_apply: dict[str, Any] | None = None, waiting: tuple[Waiting, ...] = ()) -> None:
        super().__init__(SIRET)
        self.wanted = [Step(step, f"{step} is wanted") if isinstance(step, str) else step for step in steps]
        self.on_apply = on_apply or {}
        self.waiting = waiting
        self.there: list[str] = []
        self.applied: list[str] = []
        self.observed = 0
        self.on_observe: Callable[[], None] = lambda: None

    def observe(self, context: Context) -> list[str]:
        self.observed += 1
        self.on_observe()
        return list(self.there)

    def plan(self, observed: list[str], now: datetime) -> Plan:
        steps = tuple(step for step in self.wanted if step.code not in observed)
        return Plan({"words": observed}, {"words": [*observed, *(step.code for step in steps)]}, steps, self.waiting)

    def apply(self, context: Context, observed: list[str], step: Step, now: datetime) -> None:
        self.applied.append(step.code)
        outcome = self.on_apply.get(step.code)
        if callable(outcome):
            outcome = outcome()
        if isinstance(outcome, Exception):
            raise outcome
        if outcome != "nothing":
            self.there.append(step.code)


class Clock:
    """Time that passes only by pausing."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def settings(self, **options: Any) -> Settings:
        return Settings(now=lambda: NOW + timedelta(seconds=self.seconds), pause=self.pause, monotonic=lambda: self.seconds, **options)


def outcomes(result: dict[str, Any]) -> list[tuple[str, str]]:
    """(step, what became of it), in order."""
    return [(step["code"], step["outcome"]) for step in result["steps"]]
