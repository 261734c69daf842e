# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a resource decides: steps with their reasons, the state they lead to, and who is being waited for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .waiting import Waiting


@dataclass(frozen=True)
class Step:
    """One thing to do. code: stable name; reason: why, in English; target: what it is done to (a fingerprint, a provider, a cycle).

    chain: steps of one chain depend on each other in order. after_all: done only if every step before it, of any chain, is done.
    """

    code: str
    reason: str
    target: str = ""
    chain: str = ""
    after_all: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return (self.code, self.target)


@dataclass(frozen=True)
class Stop:
    """Why a run must not go on: what it was about to order must not be ordered. waiting: what people have to do; its code names the kind."""

    provider: str
    waiting: Waiting

    @property
    def kind(self) -> str:
        return self.waiting.code


@dataclass(frozen=True)
class Plan:
    """before and after: the resource as observed and as the steps will leave it, of equal shape; people may act in between.

    server_assigned: names of fields of `after` that cannot be known before the steps are done; they are None there.
    facts: what else the result shows, by name: neither part of the state nor of the diff. A tuple holds Waiting: who will be waited for.
    stops: why a run ends after these steps, and fails; they are then no more than what makes the store whole.
    """

    before: Any
    after: Any
    steps: tuple[Step, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    warnings: tuple[str, ...] = ()
    server_assigned: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()


class WaitRequired(Exception):
    """Raised by a resource's apply: what comes after the step cannot be done now, and somebody is waited for. A state, not an error.

    done: whether the step itself was done (a request was sent, and is not answered yet); else it could not be done now.
    """

    def __init__(self, waiting: Waiting, *, done: bool = False) -> None:
        super().__init__(waiting.code)
        self.waiting = waiting
        self.done = done


@dataclass
class StepOutcome:
    """A step and what became of it: planned (check mode), done, begun (ANTAI still works on it), settled (answer lost, effect seen),
    waiting or withheld."""

    step: Step
    outcome: str

    @property
    def came_to_nothing(self) -> bool:
        return self.outcome in ("waiting", "withheld")

    def as_dict(self) -> dict[str, str]:
        return {"code": self.step.code, "target": self.step.target, "reason": self.step.reason, "outcome": self.outcome}


@dataclass
class RunRecord:
    """All that one run did for one resource, and whom it met that has to act first."""

    outcomes: list[StepOutcome] = field(default_factory=list)
    waits: list[Waiting] = field(default_factory=list)

    def forget_waits(self) -> None:
        """What was waited for, and the steps that came to nothing: they are attempted anew."""
        self.waits.clear()
        self.outcomes = [outcome for outcome in self.outcomes if not outcome.came_to_nothing]

    def still_true(self, foreseen: tuple[Waiting, ...]) -> list[Waiting]:
        """What a plan foresees, without what would follow a step that came to nothing."""
        failed_keys = {outcome.step.key for outcome in self.outcomes if outcome.came_to_nothing}
        return [waiting for waiting in foreseen if waiting.after not in failed_keys]

    @property
    def changed(self) -> bool:
        return not all(outcome.came_to_nothing for outcome in self.outcomes)
