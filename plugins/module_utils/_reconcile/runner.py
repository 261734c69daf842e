# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconciliation: observe, plan, [check mode stops here], apply, observe again.

Check mode, diff, waiting and lost answers are decided here and nowhere else. Knows nothing of Ansible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

from .._plan.foreseen import NOTHING_FORESEEN, Foreseen, PlannedStep, planned_steps
from .._plan.plan import Plan, RunRecord, Step, StepOutcome, WaitRequired
from .._plan.results import facts_of, waiting_list
from .._plan.settings import Settings
from .._resources.base import Context, Resource
from .._resources.request_dates import date_waiting
from ..errors import AntaiError, Braked, OrderStopped, RequestError, StillRunning
from . import pending_jobs
from .journalled import NOT_DONE, journalled

# A run goes on while people act at once (an accepted account, a countersigned convention), but not for ever.
MOST_ROUNDS = 6
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0


class Observation(NamedTuple):
    """What a resource observed, and the plan made from it."""

    observed: Any
    plan: Plan


Observations = dict[Resource, Observation]


@dataclass(frozen=True)
class BatchContext:
    """What a longer run over many collectivités asks of the runs that it is made of.

    may: whether a step may be done at all; one that may not is an error (the safety brake). observes_later: the longer run itself observes after
    the writes, many at once, and comes again: so this one ends where it would have to read what it has changed. last_observations: asked under the
    lock, what was observed and planned a moment ago, if that may be acted upon as it is; empty where all is to be read again.
    """

    may: Callable[[Step], bool] = lambda step: True
    observes_later: bool = False
    last_observations: Callable[[], Observations] = dict

    def leaves(self, resource: Resource, context: Context) -> bool:
        """Whether observing this resource is left to the longer run."""
        return self.observes_later and resource.asks_antai and not context.operations.remembers


class Run:
    """One run of one resource. Build it, call `result()` once.

    batch: it is part of a longer run over this collectivité, which holds the lock and has observed afresh: what was read since the last
    write counts. observation: what it has observed and planned already.
    """

    def __init__(
        self,
        resource: Resource,
        context: Context,
        settings: Settings,
        batch: BatchContext | None = None,
        observation: Observation | None = None,
    ) -> None:
        self._resource = resource
        self._context = context
        self._settings = settings
        self._batch = batch
        self._record = RunRecord()
        self._observation = observation
        self._first: Plan | None = None
        self._error: AntaiError | None = None

    def result(self) -> dict[str, Any]:
        """{changed, <resource>, <facts of the plan>, steps, waiting, warnings, operations, diff}, and {failed, msg, error} where something failed on the way.

        Whatever was done before an error is in `steps`, and counts as changed. Raises AntaiError only where nothing was done.
        """
        plan = self._planned() if self._batch else self._planned_afresh()
        if plan.stops and not plan.steps:
            raise stopped(plan, self._settings)
        if self._settings.check_mode:
            self._record.outcomes = [StepOutcome(step, "planned") for step in plan.steps]
            self._error = stopped(plan, self._settings) if plan.stops else None
            return self._report(plan.after, plan)
        try:
            plan = self._advance(plan)
            if self._settings.wait and not plan.stops:
                plan = self._wait(plan)
            if plan.stops:
                raise stopped(plan, self._settings)
        except AntaiError as error:
            if not self._record.changed:
                raise
            self._error = error
            plan = plan if plan.stops else self._plan_after(error, plan)
        return self._report(plan.before, plan)

    # Going on

    def _planned_afresh(self) -> Plan:
        self._context.operations.observe_afresh()
        return self._planned()

    def _planned(self) -> Plan:
        """From what was read since the last write, which forgets everything; else from the server."""
        self._observed, plan = self._observation or observed_plan(self._resource, self._context, self._settings)
        self._observation = None
        self._first = self._first or plan
        return plan

    def _advance(self, plan: Plan) -> Plan:
        """Do what is planned; with a store, alone: what another run did since is observed once more, under the lock."""
        store = self._context.store
        if self._batch or store is None or not plan.steps:
            return self._apply_and_observe(plan)
        with store.locked():
            return self._apply_and_observe(self._planned_afresh())

    def _apply_and_observe(self, plan: Plan) -> Plan:
        """Apply, observe, plan again: until nothing new can be done. No step is done twice."""
        attempted = {outcome.step.key for outcome in self._record.outcomes if not outcome.came_to_nothing}
        for _round in range(MOST_ROUNDS):
            steps = [step for step in plan.steps if step.key not in attempted]
            if not steps:
                break
            attempted |= {step.key for step in steps}
            self._apply(steps, plan)
            if plan.stops:
                return plan
            if self._batch and self._batch.leaves(self._resource, self._context):
                return Plan(plan.after, plan.after)
            plan = self._planned()
        return plan

    def _wait(self, plan: Plan) -> Plan:
        deadline = self._settings.monotonic() + self._settings.wait_timeout
        pause = FIRST_PAUSE
        while (plan.waiting or self._record.waits) and self._settings.monotonic() < deadline:
            self._settings.pause(min(pause, max(0.0, deadline - self._settings.monotonic())))
            pause = min(pause * 1.5, LONGEST_PAUSE)
            self._record.forget_waits()
            plan = self._advance(self._planned_afresh())
        return plan

    def _apply(self, steps: list[Step], plan: Plan) -> None:
        blocked: set[str] = set()
        for step in steps:
            if (step.chain and step.chain in blocked) or (step.after_all and blocked):
                self._record.outcomes.append(StepOutcome(step, "withheld"))
                continue
            if self._batch and not self._batch.may(step):
                raise Braked(step.code, step.reason)
            with journalled(self._context, self._settings.now, step, plan) as conclude:
                try:
                    outcome = self._do(step)
                except StillRunning as running:
                    blocked.add(step.chain or step.target or step.code)
                    pending_jobs.remember(self._context, step, running.job, self._settings.now())
                    outcome = "begun"
                except WaitRequired as required:
                    blocked.add(step.chain or step.target or step.code)
                    self._record.waits.append(date_waiting(required.waiting, self._context.store, self._settings.now()))
                    outcome = "done" if required.done else "waiting"
                self._record.outcomes.append(StepOutcome(step, outcome))
                conclude(outcome)

    def _do(self, step: Step) -> str:
        """Its outcome: done, or settled."""
        try:
            self._resource.apply(self._context, self._observed, step, self._settings.now())
        except RequestError as error:
            if not error.ambiguous:
                raise
            self._settle(step, error)
            return "settled"
        return "done"

    def _settle(self, step: Step, error: RequestError) -> None:
        """The answer to a write was lost: only observing tells whether it was done. It is never sent a second time."""
        try:
            plan = self._planned_afresh()
        except AntaiError as second:
            error.details["settled"] = f"it may have been done; observing again failed: {second.message}"
            raise error from second
        if step.key in {planned.key for planned in plan.steps}:
            error.details["settled"] = NOT_DONE
            raise error

    # Reporting

    def _plan_after(self, error: AntaiError, plan: Plan) -> Plan:
        """What is there now that a later step has failed; the earlier plan where even that cannot be read."""
        try:
            return self._planned_afresh()
        except AntaiError as second:
            error.details["observed_after"] = second.message
            return plan

    def _report(self, state: Any, plan: Plan) -> dict[str, Any]:
        first = self._first or plan
        result = {
            "changed": self._record.changed,
            self._resource.name: state,
            **facts_of(plan.facts, self._settings),
            "steps": [outcome.as_dict() for outcome in self._record.outcomes],
            "waiting": waiting_list((*self._record.waits, *self._record.still_true(plan.waiting)), self._settings),
            "warnings": [*plan.warnings, *self._without_effect(plan)],
            "operations": dict(self._context.operations.counts),
            "diff": {"before": first.before, "after": state},
        }
        if self._error:
            result |= {
                "failed": True,
                "msg": f"{self._error.sentence} (what was done before stands in steps)",
                "error": self._error.as_dict(),
            }
        # A longer run cleans what it makes of this.
        return result if self._batch else self._context.operations.credentials.redactor.clean(result)

    def _without_effect(self, plan: Plan) -> list[str]:
        return without_effect([outcome.as_dict() for outcome in self._record.outcomes], plan.steps) if self._settings.acts else []


def stopped(plan: Plan, settings: Settings) -> OrderStopped:
    """Why the run stops, in the language of the texts for people."""
    waiting = waiting_list(tuple(stop.waiting for stop in plan.stops), settings)
    error = OrderStopped(" ".join(entry["next_action"]["text"] for entry in waiting), providers=[stop.provider for stop in plan.stops])
    error.code = plan.stops[0].kind
    return error


def without_effect(outcomes: Iterable[Mapping[str, str]], steps: Iterable[Step]) -> list[str]:
    """What is to be said where steps were accepted and are asked for again. outcomes: as StepOutcome.as_dict."""
    accepted = {(outcome["code"], outcome["target"]) for outcome in outcomes if outcome["outcome"] == "done"}
    return [
        f"{step.code} was accepted, and yet observing again asks for it once more: {step.reason}" for step in steps if step.key in accepted
    ]


def observed_plan(resource: Resource, context: Context, settings: Settings) -> Observation:
    """What there is, and what is to be done about it; what ANTAI still works on is not done again. Raises RefusedByServer where a job has failed."""
    observed = resource.observe(context)
    plan = resource.plan_dated(observed, context, settings.now())
    running, ended = pending_jobs.refresh(context, plan.steps, forget=settings.acts)
    if ended:  # it may have ended after the space was read
        context.operations.observe_afresh()
        observed = resource.observe(context)
        plan = resource.plan_dated(observed, context, settings.now())
    return Observation(observed, pending_jobs.without_running(plan, running))


def run(resource: Resource, context: Context, settings: Settings) -> dict[str, Any]:
    """The whole reconciliation of one resource; see Run.result."""
    return Run(resource, context, settings).result()


def run_together(resources: list[Resource], context: Context, settings: Settings, batch: BatchContext) -> Iterator[dict[str, Any]]:
    """Reconcile all resources of one collectivité, in order, under one lock; what was read is read again before the first write.

    Yields the result of each, with the resource's name, also of one that failed after it did something; then nothing further is done. A resource
    is left out where its observation is left to the longer run, and where its last observation shows that nothing is to be done. Raises
    AntaiError where one fails before.
    """
    with _alone(context, settings, batch) as observations, _foreseeing(context) as foreseen:
        has_begun = False
        for resource in resources:
            observation = observations.get(resource)
            if has_begun and batch.leaves(resource, context):
                resource.prepare(context)
                continue
            if observation and not observation.plan.steps:
                continue
            has_begun = has_begun or resource.asks_antai
            result = Run(resource, context, settings, batch, observation).result() | {"resource": resource.name}
            foreseen += planned_steps(result)
            context.operations.foreseen = Foreseen.of(foreseen)
            yield result
            if result.get("failed"):
                return
            observations = {}  # what was done may change what is to be done next


@contextmanager
def _foreseeing(context: Context) -> Iterator[list[PlannedStep]]:
    """The steps that check mode plans; none of them is foreseen any more once the collectivité is done with."""
    try:
        yield []
    finally:
        context.operations.foreseen = NOTHING_FORESEEN


@contextmanager
def _alone(context: Context, settings: Settings, batch: BatchContext) -> Iterator[Observations]:
    """In check mode nothing is written, so what the lists showed is good enough, and there is nobody to keep out."""
    with context.store.locked() if settings.acts and context.store else nullcontext():
        observations = batch.last_observations() if settings.acts else {}
        if settings.acts and not observations:
            context.operations.observe_afresh()
        yield observations
