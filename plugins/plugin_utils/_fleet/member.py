# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One collectivité of a fleet: what it is, what it would need, what was done, and its result. Used by one thread at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from ...module_utils._http.revocation_fetcher import RevocationFetcher
from ...module_utils._interface.agent import Agent
from ...module_utils._interface.operations import Operations
from ...module_utils._interface.profile_reader import Listed
from ...module_utils._plan.plan import Plan, Step, Stop
from ...module_utils._plan.results import facts_of
from ...module_utils._plan.settings import Settings
from ...module_utils._reconcile.onboarding import onboarding, switch_and_rotations, unfit_fingerprints
from ...module_utils._reconcile.runner import MOST_ROUNDS, BatchContext, Observations, observed_plan, run_together, without_effect
from ...module_utils._reconcile.status import status
from ...module_utils._resources.base import Context
from ...module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ...module_utils._resources.certificate.observed_certificate import ObservedCertificate
from ...module_utils._resources.certificate.request import CertificateRequest, is_to_be_ordered
from ...module_utils._resources.certificate.stored_certificates import read_stored
from ...module_utils._resources.dialogue import Dialogue, dialogue
from ...module_utils._store.proofs import ProofRecord, keep_proofs, read_proofs
from ...module_utils._store.store import Store
from ...module_utils.errors import AntaiError, Held, UnexpectedFailure
from ...module_utils.redact import Redactor
from ...module_utils.siret import check_siret
from .prover import Prover, Unanswered, answered, asked_in_vain
from .proving import Candidate

Result = dict[str, Any]
TO_BE_THERE = ("present", "active")
# Seconds for which what this run has read after its own write may be written upon without reading it once more.
FRESH = 30.0
NOTHING = Plan(None, None)


@dataclass(frozen=True)
class Entry:
    """One host of the inventory. parameters: as antai_onboarding_info takes them, checked; problem: why there are none.

    request_wait: seconds to wait for the PSCE after a request. warnings: what is odd about the declaration, and no error.
    """

    host: str
    parameters: dict[str, Any]
    problem: AntaiError | None = None
    request_wait: float = 0.0
    warnings: tuple[str, ...] = ()


class Member:
    """A collectivité whose declaration holds. Raises InvalidInput where it does not."""

    def __init__(
        self, entry: Entry, agent: Agent, settings: Settings, fetch: RevocationFetcher, *, prover: Prover, skips_held: bool
    ) -> None:
        parameters = entry.parameters
        self.entry = entry
        self.agent = agent
        self.siret = check_siret(parameters["siret"])
        self.resources = onboarding(parameters)
        self.context = Context(
            Operations(agent), Store(parameters["store"], self.siret) if parameters["store"] else None, fetch, now=settings.now
        )
        self.error: AntaiError | None = None
        self.to_be_looked_at = False  # whether something was written since it was last seen
        self.read_at: float | None = None  # when the fleet began to read what it was seen by, after a write of this run
        self.counted: frozenset[tuple[str, str]] = frozenset()  # its steps that take something away, as the brake has counted them
        self._mark = 0
        self._settings = settings
        self.candidates: list[Candidate] = []  # what the SI FPS could be asked about
        self.held = False  # whether another run was working on it, so that this one left it alone
        self._prover = prover
        self._answers: dict[str, ProofRecord] = {}  # of this run
        self._skips_held = skips_held
        self._seen: Observations = {}
        self._planned: list[tuple[str, Plan]] = []
        self._beside: list[tuple[str, Plan]] = []  # what other playbooks bring about, and the status tells of
        self._dialogues: list[Dialogue] = []
        self._proofs: list[Dialogue] = []  # of a canary, before the others are written to
        self._told: list[Result] = []

    # What the fleet does with it

    def remember(self, listed: Listed) -> None:
        self.context.operations.remember(self.siret, listed)

    def look(self) -> None:
        """Observe and plan everything, and do nothing. Raises AntaiError."""
        with self.looking():
            self._seen = {resource: observed_plan(resource, self.context, self._settings) for resource in self.resources}
        self._planned = [(resource.name, plan) for resource, (_observed, plan) in self._seen.items()]
        self.to_be_looked_at = False

    def orders_ahead(self) -> list[CertificateRequest]:
        """What its store does not hold, so that it would be ordered; asks nobody but the disk. Raises AntaiError."""
        store, now = self.context.store, self._settings.now()
        requests = [resource for resource in self.resources if isinstance(resource, CertificateRequest) and not resource.order.source]
        return [each for each in requests if store and is_to_be_ordered(read_stored(store, each.order.provider), now)]

    def look_at_orders(self, *, listed: bool) -> None:
        """Plan them alone. listed: whether the space was seen; else whatever the store does not hold counts as an order. Raises AntaiError."""
        for resource in self.orders_ahead():
            step = Step("make_request", "the store does not hold it", resource.order.provider)
            plan = observed_plan(resource, self.context, self._settings)[1] if listed else Plan(None, None, (step,))
            self._planned.append((resource.name, plan))

    def conclude(self) -> None:
        """What its result tells beside the road, as last seen; nothing further is done. Raises AntaiError."""
        if self._seen:
            with self.looking():
                self._beside = switch_and_rotations(self.entry.parameters, self.context, self._settings)
                self._dialogues = self._known()
            self._keep_answers()

    def looking(self) -> AbstractContextManager[None]:
        """While this lasts, nothing is written: what lies on disk is seen as of one moment."""
        return self.context.store.looking() if self.context.store else nullcontext()

    def converge(self, batch: BatchContext) -> None:
        """The road, as far as it goes, and where that leads, unless the fleet looks later. Raises AntaiError."""
        try:
            self._advance(batch)
        except Held:
            if not self._skips_held:
                raise
            self.held = True
            self.look()

    def mend(self) -> None:
        """Make the links of its store whole, and do nothing else. Raises AntaiError, Held among them."""
        mending = [resource for resource, (_observed, plan) in self._seen.items() if plan.stops and plan.steps]
        if not mending:  # not even the lock, which would begin a new store
            return
        self._told.extend(run_together(mending, self.context, self._settings, BatchContext()))
        for result in self._told:  # why it stops is said once, for all of them
            for name in ("failed", "msg", "error"):
                result.pop(name, None)

    def _advance(self, batch: BatchContext) -> None:
        for _round in range(MOST_ROUNDS):
            self._told.extend(run_together(self.resources, self.context, self._settings, replace(batch, last_observations=self._just_seen)))
            self.read_at, self._mark = None, self.context.store.mark() if self.context.store else 0
            self.to_be_looked_at = batch.observes_later and not self.context.operations.remembers
            if not self.to_be_looked_at:
                self.look()
            if self.to_be_looked_at or not self.has_become_possible():
                return

    def _just_seen(self) -> Observations:
        """What this run has seen after its own last write, a moment ago, if nobody who shares the store has written since."""
        if self.context.store is None or self.read_at is None or self._settings.monotonic() - self.read_at > FRESH:
            return {}
        return self._seen if self._mark == self.context.store.mark_before else {}

    def has_become_possible(self) -> bool:
        """Whether there is something new to do: people act while we run (the PSCE delivers). What was tried is not tried again."""
        tried = {(step["code"], step["target"]) for each in self._told for step in each["steps"]}
        return self._settings.acts and not (self.failed or self.held) and any(step.key not in tried for step in self.steps)

    def guarded(self, deed: Callable[[], None]) -> None:
        """Do it; what fails, fails for this collectivité only. The first failure is the one that is told."""
        try:
            deed()
        except AntaiError as error:
            self.error = self.error or error
        except Exception as error:  # a defect of ours must not stop the others; its text may hold anything, so only its place is told
            self.error = self.error or UnexpectedFailure(error)

    def release(self) -> None:
        """Its result is told: its own connections are closed, and what was seen is let go, but for what is still to be done: of a whole country
        it is half a gigabyte.
        """
        self.context.operations.release()
        self.resources, self._seen = [], {}
        self._planned = [(name, Plan(None, None, plan.steps) if plan.steps else NOTHING) for name, plan in self._planned]
        self._beside, self._dialogues, self.candidates = [], [], []
        self.__dict__.pop("_last", None)

    # What the fleet asks it

    @property
    def asks_nobody(self) -> bool:
        """Whether a look needs no request: the lists have shown all of it, and no CA is asked about its certificates."""
        asks = self.entry.parameters["trust_store"] or self.entry.parameters.get("switch")
        return self.context.operations.was_listed(self.siret) and not asks

    @property
    def seen(self) -> bool:
        """Whether it was looked at."""
        return bool(self._planned)

    @property
    def name(self) -> str:
        """As declared; else its host's."""
        return str(self.entry.parameters["name"] or self.entry.host)

    @property
    def has_written(self) -> bool:
        """Whether this run did anything for it, or tried to: at ANTAI, or an order."""
        return bool(self.context.operations.counts["write"]) or any(result["changed"] for result in self._told)

    @property
    def fault(self) -> str | None:
        """Why what it wrote did not lead where it was planned to, in one sentence; None where it did, or where it wrote nothing."""
        if not self.has_written:
            return None
        failure = self._failure()
        refused_dialogues = [one["fingerprint"] for one in self._proofs if one["state"] == "refused"]
        reasons = [
            *([failure[0]] if failure else []),
            *without_effect([step for one in self._told for step in one["steps"]], self.steps),
            *(f"the SI FPS refuses its certificate {fingerprint}" for fingerprint in refused_dialogues),
        ]
        return reasons[0] if reasons else None

    @property
    def steps(self) -> list[Step]:
        """What is still to be done, as last seen."""
        return [step for _resource, plan in self._planned for step in plan.steps]

    @property
    def stops(self) -> list[Stop]:
        """Why it must not be gone on with, as last seen: what would be ordered must not be."""
        return [stop for _resource, plan in self._planned for stop in plan.stops]

    @property
    def store_path(self) -> str:
        return self.entry.parameters["store"] or ""

    def orders_made(self, now: datetime) -> int:
        """From its store, by whomever, in the 24 hours before."""
        return self.context.store.count_orders(now) if self.context.store else 0

    @property
    def orders(self) -> int:
        """How many certificates would be ordered, as last seen."""
        return sum(step.code == "make_request" for step in self.steps)

    @property
    def done(self) -> bool:
        return self.error is not None or (self.seen and not self.steps and not self.stops)

    @property
    def failed(self) -> bool:
        return self.error is not None or any(each.get("failed") for each in self._told)

    def awaits_certificate(self) -> bool:
        return not (self.failed or self.held) and any(
            each.code == "certificate_issue"
            for resource, plan in self._planned
            if resource == "certificate_request"
            for each in plan.waiting
        )

    def has_been_delivered(self) -> bool:
        """Whether the PSCE has answered since; asks nobody but the disk. An answer that cannot be read is one, too."""
        requests = [each for each in self.resources if isinstance(each, CertificateRequest)]
        try:
            return any(each.observe(self.context).delivered for each in requests)
        except AntaiError:
            return True

    # Telling

    def result(self) -> Result:
        """{host, siret, changed, failed, held, msg, status, waiting, steps, diff, warnings, operations} and, where it failed, error."""
        failure = self._failure()
        found = self._status()
        changed = [each for each in self._told if each["changed"]]
        result: Result = {
            "host": self.entry.host,
            "siret": self.siret,
            "changed": bool(changed),
            "failed": failure is not None,
            "held": self.held,
            "msg": failure[0] if failure else "",
            "status": found,
            "waiting": self._waiting(found),
            "steps": [step for each in self._told for step in each["steps"]],
            "diff": self._diff(changed),
            "warnings": self._warnings(),
            "operations": dict(self.context.operations.counts),
        }
        if failure:
            result["error"] = failure[1]
        # The agent, whom others share, knows no secrets of this one alone.
        cleaned: Result = Redactor(self.entry.parameters, self.agent.credentials.redactor).clean(result)
        return cleaned

    def _failure(self) -> tuple[str, dict[str, Any]] | None:
        if self.error:
            return self.error.sentence, self.error.as_dict()
        return next(((each["msg"], each["error"]) for each in self._told if each.get("failed")), None)

    def _status(self) -> Result | None:
        if not self._planned:
            return None
        facts = {name: value for _resource, plan in self._planned for name, value in facts_of(plan.facts, self._settings).items()}
        return status(self.siret, self.entry.parameters["name"], self._planned + self._beside, self._dialogues, self._settings) | facts

    def _waiting(self, found: Result | None) -> list[Result]:
        """What is waited for now, and what a step of this run met that could not be done: nobody else knows of that."""
        tried = [one for each in self._told if any(step["outcome"] == "waiting" for step in each["steps"]) for one in each["waiting"]]
        return list({each["next_action"]["text"]: each for each in [*tried, *(found["waiting"] if found else [])]}.values())

    def _warnings(self) -> list[str]:
        seen = self._settings.acts and not self.to_be_looked_at  # else what was seen is of before the last write
        steps = [step for each in self._told for step in each["steps"]] if seen else []
        told = [*(one for each in self._told for one in each["warnings"]), *without_effect(steps, self.steps)]
        last = [one for _name, plan in self._planned for one in plan.warnings] if self._told else []
        return list(dict.fromkeys([*self.entry.warnings, *told, *last]))

    def _diff(self, changed: list[Result]) -> dict[str, Any]:
        """{before, after}: each by resource, only those that changed. after: as last seen; in check mode, as predicted."""
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for each in changed:
            label = _label(each["resource"], each["diff"]["before"])
            before.setdefault(label, each["diff"]["before"])
            after[label] = each["diff"]["after"]
        if self._settings.acts and not self.to_be_looked_at:
            after |= {label: plan.before for name, plan in self._planned if (label := _label(name, plan.before)) in after}
        return {"before": before, "after": after} if changed else {}

    # Its dialogues

    def prove(self) -> None:
        """Ask the SI FPS now about its dialogues that may exchange. Raises AntaiError."""
        if self._prover.policy.mode == "never":
            return
        self.find_candidates()
        askable = {candidate.fingerprint for candidate in self.candidates}
        with self.looking():
            self._proofs = [self._asked(item) for item in self._to_be_there if item.fingerprint in askable]

    def find_candidates(self) -> None:
        """Dialogues that could be asked about: all whose key is here where they are always proved, else those that may exchange. Asks nobody."""
        if not self._seen or not self.context.operations.has("exchange_query"):
            return
        every = self._prover.policy.mode == "always"
        with self.looking():
            unasked = unfit_fingerprints(self._planned)
            known = [(item, self._unasked(item)) for item in self._to_be_there if item.fingerprint not in unasked]
        self.candidates = [
            Candidate(self.siret, str(item.fingerprint), self._last.get(str(item.fingerprint)))
            for item, told in known
            if item.client and told["source"] != "query" and (told["verifiable"] or every)
        ]

    @cached_property
    def _last(self) -> dict[str, ProofRecord]:
        """What the store remembers, by fingerprint."""
        return read_proofs(self.context.store) if self.context.store else {}

    @property
    def _observed(self) -> ObservedCertificates:
        observed: ObservedCertificates = self._seen[self.resources[-1]][0]
        return observed

    @property
    def _to_be_there(self) -> list[ObservedCertificate]:
        if not self._seen:  # never looked at, or let go: nothing of it was left to be asked about
            return []
        return [item for item in self._observed.certificates if item.declared.state in TO_BE_THERE]

    def _unasked(self, item: ObservedCertificate) -> Dialogue:
        last = self._last.get(item.fingerprint or "")
        return dialogue(self.context, self.siret, item, self._observed.space, ask=False, now=self._settings.now(), last=last)

    def _known(self) -> list[Dialogue]:
        """Of the exchange of each certificate that is to be there."""
        return [
            self._asked(item) if self._prover.has_chosen(self.siret, item.fingerprint) else self._heard(item) for item in self._to_be_there
        ]

    def _heard(self, item: ObservedCertificate) -> Dialogue:
        """Without asking; what the SI FPS has answered for another reason of this run is a proof all the same."""
        status = self._unasked(item)
        fingerprint = status["fingerprint"]
        if fingerprint and status["source"] == "query" and status["verifiable"]:
            self._answers[fingerprint] = answered(status, self._settings.now(), self._last.get(fingerprint))
        return status

    def _asked(self, item: ObservedCertificate) -> Dialogue:
        fingerprint, now = str(item.fingerprint), self._settings.now()
        last = self._last.get(fingerprint)
        try:
            told = self._prover.ask(
                self.agent.endpoints.sifps_url,
                lambda: dialogue(self.context, self.siret, item, self._observed.space, now=now, last=last),
            )
        except Unanswered as nobody:
            if nobody.asked:
                self._answers[fingerprint] = asked_in_vain(now, last)
            return self._unasked(item)
        self._answers[fingerprint] = answered(told, now, last)
        return told

    def _keep_answers(self) -> None:
        """For the runs to come. Where another run works on it at this moment, the next one asks again."""
        if not self._settings.acts or self.context.store is None or not self._answers:
            return
        with suppress(Held):
            keep_proofs(self.context.store, self._answers, frozenset(str(item.fingerprint) for item in self._to_be_there))


def refused(entry: Entry, problem: AntaiError) -> Result:
    """The result of a host whose declaration cannot be used; no request was made for it."""
    return {
        "host": entry.host,
        "siret": entry.parameters.get("siret"),
        "changed": False,
        "failed": True,
        "held": False,
        "msg": problem.sentence,
        "status": None,
        "waiting": [],
        "steps": [],
        "diff": {},
        "warnings": list(entry.warnings),
        "operations": {"read": 0, "write": 0, "session": 0},
        "error": problem.as_dict(),
    }


def _label(resource: str, state: dict[str, Any]) -> str:
    """A collectivité has one certificate request for each provider."""
    return f"{resource} {state['provider']}" if "provider" in state else resource
