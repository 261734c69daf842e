# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of a collectivité at ANTAI: installed in the SI FPS, listed in the space, active or not (letter, operations 1 and 3).

Gates R1-R3 stand in gates.py. R4: several certificates can be active at once, one per provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict

from ..._pki.evaluation import ValidationPolicy, evaluate
from ..._pki.verdict import Judgement
from ..._plan.plan import Plan, Step
from ..._plan.records import ListedCertificate
from ..._plan.steps import STEPS
from ..._plan.waiting import Waiting
from ...dates import date_or_none
from ...errors import TransportError
from ..base import Context, Resource
from ..space import Space, account_waiting, find_listed_certificate, observe_space
from .certificate_plan import ObservedCertificates, plan_certificate, plan_good_certificate
from .changes import change, install
from .evaluation import gather_local_evidence, in_place, verdicts_of
from .observed_certificate import (
    DIALOGUE_STATES,
    CertificateView,
    DeclaredCertificate,
    ObservedCertificate,
    check_declared_once,
    expand_labels,
    noted_state,
    read_certificate,
    rotating_fingerprints,
)


@dataclass(frozen=True)
class Scope:
    """exclusive: what is not declared gets deactivated, once all that is declared is so.

    switched: labels of the providers of a declared switch: what they may do is the switch's to decide (provider_switch.py).
    """

    exclusive: bool = False
    switched: frozenset[str] = frozenset()


class UndeclaredView(TypedDict):
    """A certificate that the space lists and nobody declared, as results show it."""

    fingerprint: str
    provider: str
    state: str


# All certificates of the collectivité, as results show them. others: the undeclared ones.
CertificatesView = TypedDict("CertificatesView", {"declared": list[CertificateView], "others": list[UndeclaredView]})  # noqa: UP013


class Certificates(Resource):
    """The whole declared list of a collectivité. judging: how to judge what lies here before it is installed or activated; None: not at all."""

    name = "certificates"

    def __init__(
        self,
        siret: str,
        declared: list[DeclaredCertificate],
        *,
        scope: Scope | None = None,
        agent_email: str | None = None,
        judging: ValidationPolicy | None = None,
    ) -> None:
        super().__init__(siret)
        self.declared = declared
        self.scope = scope or Scope()
        self.agent_email = agent_email
        self.judging = judging

    # Observing

    def observe(self, context: Context) -> ObservedCertificates:
        local = [read_certificate(entry, self.siret, context.store, context.operations.foreseen) for entry in self.declared]
        check_declared_once(local)
        for certificate in local:
            if certificate.local:
                context.operations.hold(certificate.local, certificate.client)
        space = observe_space(context.operations, self.siret, self.agent_email)
        certificates = tuple(self.query(certificate, space, context) for certificate in expand_labels(local, space))
        declared = {certificate.fingerprint for certificate in certificates}
        observed = ObservedCertificates(
            space=space,
            certificates=certificates,
            undeclared=tuple(listed for listed in space.certificates if listed["fingerprint"] not in declared),
            store=context.store,
            removable=context.operations.has("certificate_remove"),
            by_editor=bool(context.operations.credentials.editor_id),
            rotating=rotating_fingerprints(self.declared, context.store),
            agent_email=self.agent_email,
        )
        if self.judging is None:
            return observed
        return replace(observed, certificates=tuple(self.gather_evidence(certificate, observed, context) for certificate in certificates))

    def query(self, certificate: ObservedCertificate, space: Space, context: Context) -> ObservedCertificate:
        """With its state: from the space, else from the SI FPS where it can be asked, else from the journal."""
        if certificate.fingerprint is None:
            return certificate
        listed = find_listed_certificate(space, certificate.fingerprint)
        if listed:
            return replace(certificate, state=listed["state"], listed=listed)
        visible = space.visible and "certificate_list" not in space.lacks
        unlisted = "not_installed" if visible else "unknown"
        if certificate.client is None or (space.visible and space.state != "active") or space.state in ("under_control", "refused"):
            return replace(certificate, state=unlisted)
        if space.visible and (certificate.fingerprint in context.picked_up or self.siret in context.opened):
            return replace(certificate, state="not_installed")
        if "exchange_query" in space.lacks:  # then only the journal tells what was done already
            noted = noted_state(context.store, certificate.fingerprint) if context.store else None
            return replace(certificate, state=noted or unlisted)
        try:
            dialogue = context.operations.exchange_query(self.siret, certificate.client)
        except TransportError as error:
            if self.judging is None:
                raise
            return replace(
                certificate, state="unknown", unasked=error
            )  # TLS may refuse what breaks a rule, without a word: the plan knows more
        return replace(certificate, state=DIALOGUE_STATES[dialogue["state"]], dialogue=dialogue)

    def gather_evidence(self, certificate: ObservedCertificate, observed: ObservedCertificates, context: Context) -> ObservedCertificate:
        """With what it is judged by: only what lies here, and is to be there; what is not about to change is looked at in the cheap way."""
        if self.judging is None or certificate.local is None or not certificate.declared.is_present:
            return certificate
        if certificate.provider in self.scope.switched:
            return certificate
        changes = bool(plan_good_certificate(certificate, observed).steps)
        evidence = gather_local_evidence(certificate.local, certificate.chain, self.siret, self.judging, context, about_to_change=changes)
        return replace(certificate, evidence=evidence)

    # Deciding

    def plan(self, observed: ObservedCertificates, now: datetime) -> Plan:
        judgements = self.judge(observed.certificates, now)
        pairs = zip(observed.certificates, judgements, strict=True)
        plans = [self._plan_one(certificate, judgement, observed, now) for certificate, judgement in pairs]
        waiting = (*self._unseen(observed.space), *(waiting for plan in plans for waiting in plan.waiting))
        surplus = [listed for listed in observed.undeclared if self._is_surplus(listed, observed)] if self.scope.exclusive else []
        if not all(in_place(reason) for reason in waiting):  # nothing is taken away before all that is declared is there
            surplus = []
        steps = [*(step for plan in plans for step in plan.steps), *(_exclusive_step(listed) for listed in surplus)]
        # An activation never waits behind a deactivation.
        steps.sort(key=lambda step: (step.after_all, step.code not in ("install_certificate", "activate_certificate")))
        before = _view([certificate.view() for certificate in observed.certificates], observed.undeclared, set())
        after = _view([plan.after for plan in plans], observed.undeclared, {listed["fingerprint"] for listed in surplus})
        facts = {"verdicts": self.verdicts(observed.certificates, judgements), "undeclared_certificates": self._undeclared(observed, now)}
        return Plan(before, after, tuple(steps), waiting, server_assigned=("since",), facts=facts)

    def _plan_one(
        self, certificate: ObservedCertificate, judgement: Judgement | None, observed: ObservedCertificates, now: datetime
    ) -> Plan:
        if certificate.provider in self.scope.switched:
            return Plan(certificate.view(), certificate.view())
        return plan_certificate(certificate, judgement, observed, now)

    def judge(self, certificates: Sequence[ObservedCertificate], now: datetime) -> list[Judgement | None]:
        """Of each certificate, in their order; None where it is not judged."""
        policy = self.judging
        return [evaluate(certificate.evidence, policy, now) if certificate.evidence and policy else None for certificate in certificates]

    def verdicts(self, certificates: Sequence[ObservedCertificate], judgements: Sequence[Judgement | None]) -> list[dict[str, Any]] | None:
        """As results show them; None where no trust store is declared: nothing is judged."""
        if self.judging is None:
            return None
        pairs = zip(certificates, judgements, strict=True)
        return [verdicts_of(certificate.provider, certificate.fingerprint, judgement) for certificate, judgement in pairs]

    def _unseen(self, space: Space) -> tuple[Waiting, ...]:
        """Who is waited for where everything undeclared is to go, and what is active there cannot be seen."""
        if not self.scope.exclusive:
            return ()
        if not space.visible:
            return (account_waiting(space, self.agent_email) or Waiting("mandate"),)
        return (Waiting("unseen"),) if "certificate_list" in space.lacks else ()

    def _undeclared(self, observed: ObservedCertificates, now: datetime) -> list[dict[str, str | None]] | None:
        """Active certificates that no declaration names, which let somebody exchange; None where that is not known, or nothing is declared at all.

        An expired one lets nothing pass any more. Of a provider whose own certificate is missing here, another matter is to be settled first.
        """
        if not (self.declared or self.scope.exclusive) or not observed.space.visible or "certificate_list" in observed.space.lacks:
            return None
        missing = {certificate.provider for certificate in observed.certificates if certificate.state == "missing"}
        surplus = [listed for listed in observed.undeclared if self._is_surplus(listed, observed) and listed["provider"] not in missing]
        return [
            {name: listed[name] for name in ("provider", "fingerprint", "since", "not_after")}
            for listed in surplus
            if (end := date_or_none(listed["not_after"])) is None or end > now
        ]

    def _is_surplus(self, listed: ListedCertificate, observed: ObservedCertificates) -> bool:
        active = listed["state"] == "active"
        return active and listed["fingerprint"] not in observed.rotating and listed["provider"] not in self.scope.switched

    # Doing

    def apply(self, context: Context, observed: ObservedCertificates, step: Step, now: datetime) -> None:
        if step.code != "install_certificate":
            change(context, self.siret, STEPS[step.code].operation, step.target)
            return
        certificate = next(certificate for certificate in observed.certificates if certificate.fingerprint == step.target)
        if certificate.client:
            details = {"provider": certificate.provider, "fingerprint": certificate.fingerprint}
            install(context, self.siret, certificate.client, details, by_editor=observed.by_editor)


def _exclusive_step(listed: ListedCertificate) -> Step:
    return Step("deactivate_certificate", "exclusive: active, and not declared", listed["fingerprint"], after_all=True)


def _view(certificates: list[CertificateView], undeclared: Sequence[ListedCertificate], deactivated: set[str]) -> CertificatesView:
    """deactivated: fingerprints of undeclared ones that are so afterwards."""
    views: list[UndeclaredView] = [
        {
            "fingerprint": listed["fingerprint"],
            "provider": listed["provider"],
            "state": "inactive" if listed["fingerprint"] in deactivated else listed["state"],
        }
        for listed in undeclared
    ]
    return {"declared": certificates, "others": views}
