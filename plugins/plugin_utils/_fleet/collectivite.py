# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One collectivité of a fleet: what it is, what it would need, what was done, and its result. Used by one thread at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...module_utils._http.revocation_fetcher import RevocationFetcher
from ...module_utils._interface.agent import Agent
from ...module_utils._interface.operations import Operations
from ...module_utils._interface.profile_reader import Listed
from ...module_utils._plan.plan import Plan, Step, Stop
from ...module_utils._plan.settings import Settings
from ...module_utils._reconcile.onboarding import onboarding, switch_and_rotations
from ...module_utils._reconcile.runner import MOST_ROUNDS, BatchContext, Observations, observed_plan, run_together, without_effect
from ...module_utils._resources.base import Context
from ...module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ...module_utils._resources.certificate.request import CertificateRequest, is_to_be_ordered
from ...module_utils._resources.certificate.stored_certificates import read_stored
from ...module_utils._resources.dialogue import Dialogue
from ...module_utils._store.store import Store
from ...module_utils.errors import AntaiError, Held, UnexpectedFailure
from ...module_utils.redact import Redactor
from ...module_utils.siret import check_siret
from .declared_host import DeclaredHost
from .dialogues import CollectiviteDialogues
from .host_result import HostResult, Planned, RunResult, diff_of, failure_of, status_of, waiting_of
from .prover import Prover
from .proving import Candidate

# Seconds for which what this run has read after its own write may be written upon without reading it once more.
FRESH = 30.0
NOTHING = Plan(None, None)


@dataclass(frozen=True)
class Services:
    """What all collectivités of a run share. skips_locked: leave alone whom another run is working on."""

    settings: Settings
    fetcher: RevocationFetcher
    prover: Prover
    skips_locked: bool = False


class Collectivite:
    """A collectivité whose declaration holds. Raises InvalidInput where it does not."""

    def __init__(self, host: DeclaredHost, agent: Agent, services: Services) -> None:
        parameters = host.parameters
        self.host = host
        self.agent = agent
        self.siret = check_siret(parameters["siret"])
        self.settings = replace(services.settings, language=parameters["language"])
        self.resources = onboarding(parameters)
        store = Store(parameters["store"], self.siret) if parameters["store"] else None
        self.context = Context(Operations(agent), store, services.fetcher, now=self.settings.now)
        self.error: AntaiError | None = None
        self.must_observe = False  # whether something was written since it was last observed
        self.read_at: float | None = None  # when the fleet began to read what it was observed by, after a write of this run
        self.counted: frozenset[tuple[str, str]] = frozenset()  # its steps that take something away, as the brake has counted them
        self.candidates: list[Candidate] = []  # what the SI FPS could be asked about
        self.locked = False  # whether another run was working on it, so that this one left it alone
        self._skips_locked = services.skips_locked
        self._proves = services.prover.policy.mode != "never"
        self._dialogues = CollectiviteDialogues(self.siret, self.context, self.settings, services.prover, self._observed_certificates)
        self._mark = 0
        self._observations: Observations = {}
        self._planned: Planned = []
        self._beside: Planned = []  # what other playbooks bring about, and the status tells of
        self._statuses: list[Dialogue] = []
        self._proofs: list[Dialogue] = []  # of a canary, before the others are written to
        self._results: list[RunResult] = []

    # What the fleet does with it

    def remember(self, listed: Listed) -> None:
        self.context.operations.remember(self.siret, listed)

    def observe(self) -> None:
        """Observe and plan everything, and do nothing. Raises AntaiError."""
        with self.reading():
            self._observations = {resource: observed_plan(resource, self.context, self.settings) for resource in self.resources}
        self._planned = [(resource.name, plan) for resource, (_observed, plan) in self._observations.items()]
        self.must_observe = False

    def orders_ahead(self) -> list[CertificateRequest]:
        """What its store does not hold, so that it would be ordered; asks nobody but the disk. Raises AntaiError."""
        store, now = self.context.store, self.settings.now()
        requests = [resource for resource in self.resources if isinstance(resource, CertificateRequest) and not resource.order.source]
        return [request for request in requests if store and is_to_be_ordered(read_stored(store, request.order.provider), now)]

    def plan_orders(self, *, listed: bool) -> None:
        """Plan them alone. listed: whether a list showed the space; else whatever the store does not hold counts as an order. Raises AntaiError."""
        for request in self.orders_ahead():
            step = Step("make_request", "the store does not hold it", request.order.provider)
            plan = observed_plan(request, self.context, self.settings)[1] if listed else Plan(None, None, (step,))
            self._planned.append((request.name, plan))

    def summarise(self) -> None:
        """What its result says beside the road, as last observed; nothing further is done. Raises AntaiError."""
        if self._observations:
            with self.reading():
                self._beside = switch_and_rotations(self.host.parameters, self.context, self.settings)
                self._statuses = self._dialogues.conclude()
            self._dialogues.record()

    def reading(self) -> AbstractContextManager[None]:
        """While this lasts, nothing is written: what lies on disk is read as of one moment."""
        return self.context.store.looking() if self.context.store else nullcontext()

    def converge(self, batch: BatchContext) -> None:
        """The road, as far as it goes, and where that leads, unless the fleet observes later. Raises AntaiError."""
        try:
            self._advance(batch)
        except Held:
            if not self._skips_locked:
                raise
            self.locked = True
            self.observe()

    def repair_store(self) -> None:
        """Make the links of its store whole, and do nothing else. Raises AntaiError, Held among them."""
        repairs = [resource for resource, (_observed, plan) in self._observations.items() if plan.stops and plan.steps]
        if not repairs:  # not even the lock, which would begin a new store
            return
        self._results.extend(run_together(repairs, self.context, self.settings, BatchContext()))
        for result in self._results:  # why it stops is said once, for all of them
            for name in ("failed", "msg", "error"):
                result.pop(name, None)

    def find_candidates(self) -> None:
        """Its dialogues that the SI FPS could be asked about. Raises AntaiError."""
        self.candidates = []
        with self.reading():
            self.candidates = self._dialogues.candidates(self._planned)

    def prove(self) -> None:
        """Ask the SI FPS now about its dialogues that may exchange. Raises AntaiError."""
        if self._proves:
            self.find_candidates()
            with self.reading():
                self._proofs = self._dialogues.prove(self.candidates)

    def guard(self, action: Callable[[], None]) -> None:
        """Do it; what fails, fails for this collectivité only. The first failure is the one that its result has."""
        try:
            action()
        except AntaiError as error:
            self.error = self.error or error
        except Exception as error:  # a defect of ours must not stop the others; its text may hold anything, so only its place is shown
            self.error = self.error or UnexpectedFailure(error)

    def release(self) -> None:
        """Its result is made: its own connections are closed, and what was observed is let go, but for what is still to be done: of a whole
        country it is half a gigabyte.
        """
        self.context.operations.release()
        self.resources, self._observations = [], {}
        self._planned = [(name, Plan(None, None, plan.steps) if plan.steps else NOTHING) for name, plan in self._planned]
        self._beside, self._statuses, self.candidates = [], [], []
        self._dialogues.release()

    def _advance(self, batch: BatchContext) -> None:
        for _round in range(MOST_ROUNDS):
            batch = replace(batch, last_observations=self._just_observed)
            self._results.extend(run_together(self.resources, self.context, self.settings, batch))
            self.read_at, self._mark = None, self.context.store.mark() if self.context.store else 0
            self.must_observe = batch.observes_later and not self.context.operations.remembers
            if not self.must_observe:
                self.observe()
            if self.must_observe or not self.has_become_possible():
                return

    def _just_observed(self) -> Observations:
        """What this run has observed after its own last write, a moment ago, if nobody who shares the store has written since."""
        if self.context.store is None or self.read_at is None or self.settings.monotonic() - self.read_at > FRESH:
            return {}
        return self._observations if self._mark == self.context.store.mark_before else {}

    def _observed_certificates(self) -> ObservedCertificates | None:
        if not self._observations:
            return None
        observed: ObservedCertificates = self._observations[self.resources[-1]][0]
        return observed

    # What the fleet asks it

    @property
    def asks_nobody(self) -> bool:
        """Whether to observe it needs no request: the lists have shown all of it, and no CA is asked about its certificates."""
        asks = self.host.parameters["trust_store"] or self.host.parameters.get("switch")
        return self.context.operations.was_listed(self.siret) and not asks

    @property
    def is_observed(self) -> bool:
        return bool(self._planned)

    @property
    def has_written(self) -> bool:
        """Whether this run did anything for it, or tried to: at ANTAI, or an order."""
        return bool(self.context.operations.counts["write"]) or any(result["changed"] for result in self._results)

    @property
    def fault(self) -> str | None:
        """Why what it wrote did not lead where it was planned to, in one sentence; None where it did, or where it wrote nothing."""
        if not self.has_written:
            return None
        failure = failure_of(self.error, self._results)
        reasons = [
            *([failure[0]] if failure else []),
            *without_effect(self._steps_done(), self.steps),
            *(f"the SI FPS refuses its certificate {proof['fingerprint']}" for proof in self._proofs if proof["state"] == "refused"),
        ]
        return reasons[0] if reasons else None

    @property
    def steps(self) -> list[Step]:
        """What is still to be done, as last observed."""
        return [step for _resource, plan in self._planned for step in plan.steps]

    @property
    def stops(self) -> list[Stop]:
        """Why it must not be gone on with, as last observed: what would be ordered must not be."""
        return [stop for _resource, plan in self._planned for stop in plan.stops]

    def orders_made(self, now: datetime) -> int:
        """From its store, by whomever, in the 24 hours before."""
        return self.context.store.count_orders(now) if self.context.store else 0

    @property
    def orders(self) -> int:
        """How many certificates would be ordered, as last observed."""
        return sum(step.code == "make_request" for step in self.steps)

    @property
    def done(self) -> bool:
        return self.error is not None or (self.is_observed and not self.steps and not self.stops)

    @property
    def failed(self) -> bool:
        return self.error is not None or any(result.get("failed") for result in self._results)

    def has_become_possible(self) -> bool:
        """Whether there is something new to do: people act while we run (the PSCE delivers). What was tried is not tried again."""
        tried = {(step["code"], step["target"]) for step in self._steps_done()}
        return self.settings.acts and not (self.failed or self.locked) and any(step.key not in tried for step in self.steps)

    def awaits_certificate(self) -> bool:
        return not (self.failed or self.locked) and any(
            waiting.code == "certificate_issue"
            for resource, plan in self._planned
            if resource == "certificate_request"
            for waiting in plan.waiting
        )

    def has_been_delivered(self) -> bool:
        """Whether the PSCE has answered since; asks nobody but the disk. An answer that cannot be read is one, too."""
        requests = [resource for resource in self.resources if isinstance(resource, CertificateRequest)]
        try:
            return any(request.observe(self.context).delivered for request in requests)
        except AntaiError:
            return True

    # Its result

    def result(self) -> HostResult:
        """As it leaves the run, without secrets."""
        failure = failure_of(self.error, self._results)
        status = status_of(self.host, self._planned, self._beside, self._statuses, self.settings)
        is_current = self.settings.acts and not self.must_observe  # else what was observed is of before the last write
        result: HostResult = {
            "host": self.host.name,
            "siret": self.siret,
            "changed": any(result["changed"] for result in self._results),
            "failed": failure is not None,
            "held": self.locked,
            "msg": failure[0] if failure else "",
            "status": status,
            "waiting": waiting_of(self._results, status),
            "steps": self._steps_done(),
            "diff": diff_of(self._results, self._planned if is_current else None),
            "warnings": self._warnings(is_current=is_current),
            "operations": dict(self.context.operations.counts),
        }
        if failure:
            result["error"] = failure[1]
        # The agent, whom others share, knows no secrets of this one alone.
        cleaned: HostResult = Redactor(self.host.parameters, self.agent.credentials.redactor).clean(result)
        return cleaned

    def _steps_done(self) -> list[dict[str, Any]]:
        return [step for result in self._results for step in result["steps"]]

    def _warnings(self, *, is_current: bool) -> list[str]:
        of_runs = [warning for result in self._results for warning in result["warnings"]]
        futile = without_effect(self._steps_done(), self.steps) if is_current else []
        of_plans = [warning for _name, plan in self._planned for warning in plan.warnings] if self._results else []
        return list(dict.fromkeys([*self.host.warnings, *of_runs, *futile, *of_plans]))
