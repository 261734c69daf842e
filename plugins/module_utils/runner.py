# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one road: observe, plan, [check mode stops here], apply, observe again.

Check mode, diff, waiting and lost answers are decided here and nowhere else. Knows nothing of Ansible.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from .dates import instant
from .errors import AntaiError, RefusedByServer, RequestError, StillRunning
from .plan import Done, Plan, Round, Step, Waits
from .resources.base import Resource, World
from .waiting import Waiting

# A run goes on while people act at once (an accepted account, a countersigned convention), but not for ever.
MOST_ROUNDS = 6
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0


def utc_now() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)


@dataclass(frozen=True)
class Settings:
    """check_mode and diff as Ansible has them. wait: poll until nothing is waited for, at most wait_timeout seconds. language: fr or en."""

    check_mode: bool = False
    wait: bool = False
    wait_timeout: float = 0.0
    language: str = "fr"
    now: Callable[[], datetime] = utc_now
    pause: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


class Run:
    """One run of one resource. Build it, call `result()` once."""

    def __init__(self, resource: Resource, world: World, settings: Settings) -> None:
        self._resource = resource
        self._world = world
        self._settings = settings
        self._round = Round()
        self._first: Plan | None = None
        self._error: AntaiError | None = None
        self._jobs: dict[str, dict[str, Any]] = {}

    def result(self) -> dict[str, Any]:
        """{changed, <resource>, <facts of the plan>, steps, waiting, warnings, operations, diff}, and {failed, msg, error} where something failed on the way.

        Whatever was done before an error is in `steps`, and counts as changed. Raises AntaiError only where nothing was done.
        """
        plan = self._planned()
        if self._settings.check_mode:
            self._round.done = [Done(step, "planned") for step in plan.steps]
            return self._report(plan.after, plan)
        try:
            plan = self._advance(plan)
            if self._settings.wait:
                plan = self._wait(plan)
        except AntaiError as error:
            if not self._round.changed:
                raise
            self._error = error
            plan = self._seen_after(error, plan)
        return self._report(plan.before, plan)

    # Going on

    def _planned(self) -> Plan:
        plan = self._observed_plan()
        jobs = self._jobs | (self._world.store.jobs() if self._world.store else {})
        held = {step.key: jobs[_job_key(step)] for step in plan.steps if _job_key(step) in jobs}
        running = [key for key, job in held.items() if self._still_runs(key, job)]
        if len(running) < len(held):  # it ended after the space was read
            self._forget([key for key in held if key not in running])
            plan = self._observed_plan()
        if running:
            plan = _without(plan, running, [Waiting("job_running", held[key]["since"]) for key in running])
        self._first = self._first or plan
        return plan

    def _observed_plan(self) -> Plan:
        self._world.operations.observe_afresh()
        self._observed = self._resource.observe(self._world)
        return self._resource.plan(self._observed, self._settings.now())

    # Jobs that ANTAI works on: what they bring about is not asked for again

    def _still_runs(self, key: tuple[str, str], kept: dict[str, Any]) -> bool:
        """Raises RefusedByServer where it has failed; that is told once, and the next run begins anew."""
        try:
            return self._world.operations.job_state(kept["job"]) == "pending"
        except RefusedByServer:
            self._forget([key])
            raise

    def _remember(self, step: Step, job: dict[str, Any]) -> None:
        self._jobs[_job_key(step)] = {"job": job, "since": instant(self._settings.now())}
        if self._world.store:
            self._world.store.keep_jobs(self._world.store.jobs() | self._jobs)

    def _forget(self, keys: list[tuple[str, str]]) -> None:
        names = [":".join(key) for key in keys]
        self._jobs = {name: job for name, job in self._jobs.items() if name not in names}
        if self._world.store and not self._settings.check_mode:
            self._world.store.keep_jobs({name: job for name, job in self._world.store.jobs().items() if name not in names})

    def _advance(self, plan: Plan) -> Plan:
        """Do what is planned; with a store, alone: what another run did since is observed once more, under the lock."""
        store = self._world.store
        if store is None or not plan.steps:
            return self._apply_and_observe(plan)
        with store.locked():
            return self._apply_and_observe(self._planned())

    def _apply_and_observe(self, plan: Plan) -> Plan:
        """Apply, observe, plan again: until nothing new can be done. No step is done twice."""
        attempted = {item.step.key for item in self._round.done if item.outcome in ("done", "begun", "settled")}
        for _round in range(MOST_ROUNDS):
            steps = [step for step in plan.steps if step.key not in attempted]
            if not steps:
                break
            attempted |= {step.key for step in steps}
            self._apply(steps)
            plan = self._planned()
        return plan

    def _wait(self, plan: Plan) -> Plan:
        deadline = self._settings.monotonic() + self._settings.wait_timeout
        pause = FIRST_PAUSE
        while (plan.waiting or self._round.waits) and self._settings.monotonic() < deadline:
            self._settings.pause(min(pause, max(0.0, deadline - self._settings.monotonic())))
            pause = min(pause * 1.5, LONGEST_PAUSE)
            self._round.try_again()
            plan = self._advance(self._planned())
        return plan

    def _apply(self, steps: list[Step]) -> None:
        held: set[str] = set()
        for step in steps:
            if (step.chain and step.chain in held) or (step.after_all and held):
                self._round.done.append(Done(step, "withheld"))
                continue
            try:
                self._do(step)
            except StillRunning as running:
                held.add(step.chain or step.target or step.code)
                self._remember(step, running.job)
                self._noted(step, "begun")
            except Waits as waits:
                held.add(step.chain or step.target or step.code)
                self._round.waits.append(waits.waiting)
                self._round.done.append(Done(step, "waiting"))

    def _do(self, step: Step) -> None:
        try:
            self._resource.apply(self._world, self._observed, step, self._settings.now())
            outcome = "done"
        except RequestError as error:
            if not error.ambiguous:
                raise
            self._settle(step, error)
            outcome = "settled"
        self._noted(step, outcome)

    def _noted(self, step: Step, outcome: str) -> None:
        self._round.done.append(Done(step, outcome))
        if self._world.store:
            self._world.store.note(self._settings.now(), step.code, step.target)

    def _settle(self, step: Step, error: RequestError) -> None:
        """The answer to a write was lost: only observing tells whether it was done. It is never sent a second time."""
        try:
            plan = self._planned()
        except AntaiError as second:
            error.details["settled"] = f"it may have been done; observing again failed: {second.message}"
            raise error from second
        if step.key in {each.key for each in plan.steps}:
            error.details["settled"] = "observed again: it was not done"
            raise error

    # Telling

    def _seen_after(self, error: AntaiError, plan: Plan) -> Plan:
        """What is there now that a later step has failed; the earlier plan where even that cannot be read."""
        try:
            return self._planned()
        except AntaiError as second:
            error.details["observed_after"] = second.message
            return plan

    def _report(self, state: Any, plan: Plan) -> dict[str, Any]:
        first = self._first or plan
        result = {
            "changed": self._round.changed,
            self._resource.name: state,
            **plan.facts,
            "steps": [item.as_dict() for item in self._round.done],
            "waiting": waiting_list((*self._round.waits, *plan.waiting), self._settings),
            "warnings": [*plan.warnings, *self._without_effect(plan)],
            "operations": dict(self._world.operations.counts),
            "diff": {"before": first.before, "after": state},
        }
        if self._error:
            result |= {
                "failed": True,
                "msg": f"{self._error.sentence} (what was done before stands in steps)",
                "error": self._error.as_dict(),
            }
        return self._world.operations.credentials.redactor.clean(result)

    def _without_effect(self, plan: Plan) -> list[str]:
        if self._settings.check_mode:
            return []
        done = {item.step.key for item in self._round.done if item.outcome == "done"}
        return [
            f"{step.code} was accepted, and yet observing again asks for it once more: {step.reason}"
            for step in plan.steps
            if step.key in done
        ]


def _job_key(step: Step) -> str:
    return ":".join(step.key)


def _without(plan: Plan, running: list[tuple[str, str]], waiting: list[Waiting]) -> Plan:
    """The plan without the steps that are being done, and without those that wait for them."""
    chains = {step.chain for step in plan.steps if step.key in running and step.chain}
    steps = tuple(step for step in plan.steps if step.key not in running and step.chain not in chains and not step.after_all)
    return replace(plan, steps=steps, after=plan.after if steps else plan.before, waiting=(*waiting, *plan.waiting))


def waiting_list(waiting: tuple[Waiting, ...], settings: Settings) -> list[dict[str, Any]]:
    """As results show it, each thing once: what several resources wait for is told by the first."""
    once: dict[Any, Waiting] = {}
    for each in waiting:
        once.setdefault((each.code, each.about.get("provider"), each.about.get("fingerprint")), each)
    return [each.as_dict(settings.language, settings.now()) for each in once.values()]


def run(resource: Resource, world: World, settings: Settings) -> dict[str, Any]:
    """The whole road for one resource; see Run.result."""
    return Run(resource, world, settings).result()
