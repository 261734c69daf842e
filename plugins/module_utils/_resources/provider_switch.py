# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switch from one provider to another (R4): authorise the one that comes beside the one that leaves, prove it, and only then forbid the other.

Proof is the SI FPS's own answer where the store holds the key; else an exchange since the activation, which the space shows. The way back is the same
road with the sides changed; instead of a date it waits for the traffic: who has sent last is not cut off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict

from .._options.declaration import FIELDS
from .._options.spec import checked, declared_options, options
from .._options.switch import DeclaredSwitch, declared_switch
from .._pki.evaluation import ValidationPolicy
from .._plan.plan import Plan, Step, WaitRequired
from .._plan.records import DialogueAnswer, ListedCertificate
from .._plan.results import Answer, steps_to_come
from .._plan.settings import Settings
from .._plan.waiting import Waiting
from ..dates import date_or_none, instant
from ..errors import InvalidInput
from ..siret import check_siret
from .base import Context
from .certificate.certificate import Certificates
from .certificate.certificate_plan import ObservedCertificates, plan_certificate
from .certificate.evaluation_options import JUDGING_SPEC, VALIDATION, judging_if_declared
from .certificate.observed_certificate import CertificateView, DeclaredCertificate, ObservedCertificate
from .certificate.options import declared_certificate
from .kinds import DeclaringKind, InfoKind
from .space import account_waiting, has_exchanged

# A switch as results show it. state: preparing, beside (both are authorised), proved (the one that comes passes), done. date: RFC 3339.
SwitchView = TypedDict(
    "SwitchView",
    {
        "state": str,
        "from": str,
        "to": str,
        "date": str,
        "rollback": bool,
        "proved": bool,
        "certificates": list[CertificateView],
    },
)


@dataclass(frozen=True)
class Proof:
    """proved: the provider that comes passes. ahead: the SI FPS is asked once the steps of the plan are done. blocked: somebody is waited for first."""

    proved: bool
    ahead: bool
    blocked: bool


class ProviderSwitch(Certificates):
    """declared: the entries of both providers, as active. A provider that has none in the store goes by its label in the space.

    judging: how to judge what is to be installed or activated of the one that is to stay; None: not at all.
    """

    name = "switch"

    def __init__(
        self,
        siret: str,
        declared: list[DeclaredCertificate],
        switch: DeclaredSwitch,
        *,
        agent_email: str | None = None,
        judging: ValidationPolicy | None = None,
    ) -> None:
        super().__init__(siret, declared, agent_email=agent_email, judging=judging)
        self.switch = switch

    def observe(self, context: Context) -> ObservedCertificates:
        """certificates: every one of both, those that are to stay with the SI FPS's answer where the key is here."""
        observed = super().observe(context)
        sides = (self.switch.giving, self.switch.taking)
        labelled = [_by_label(listed) for listed in observed.undeclared if listed["provider"] in sides]
        certificates = tuple(self._query_staying(certificate, context) for certificate in (*observed.certificates, *labelled))
        undeclared = tuple(listed for listed in observed.undeclared if listed["provider"] not in sides)
        return replace(observed, certificates=certificates, undeclared=undeclared)

    def _query_staying(self, certificate: ObservedCertificate, context: Context) -> ObservedCertificate:
        """Of the one that leaves, the space's word is enough: an expired one might not even come to an answer."""
        stays = certificate.provider == self.switch.staying and certificate.listed and not certificate.dialogue
        if not stays or certificate.client is None or not context.operations.has("exchange_query"):
            return certificate
        return replace(certificate, dialogue=context.operations.exchange_query(self.siret, certificate.client))

    def gather_evidence(self, certificate: ObservedCertificate, observed: ObservedCertificates, context: Context) -> ObservedCertificate:
        return super().gather_evidence(certificate, observed, context) if certificate.provider == self.switch.staying else certificate

    # Deciding

    def plan(self, observed: ObservedCertificates, now: datetime) -> Plan:
        staying, leaving = _staying(observed, self.switch.staying), _leaving(observed, self.switch.forbidden)
        judgements = self.judge(staying, now)
        arrivals = [plan_certificate(pair[0], pair[1], observed, now) for pair in zip(staying, judgements, strict=True)]
        waiting = [reason for plan in arrivals for reason in plan.waiting] or _not_passing(staying)
        waiting += [] if staying else [self._missing(observed, now)]
        proved = any(_is_proved(certificate) for certificate in staying)
        # The steps of this plan ask the SI FPS before anything is taken away.
        ahead = not waiting and "exchange_query" not in observed.space.lacks and any(certificate.gated.has_key for certificate in staying)
        departures = [plan_certificate(_to_forbid(certificate), None, observed, now) for certificate in leaving]
        reasons = self._why_not_forbid(staying, leaving, observed, now, proof=Proof(proved, ahead, bool(waiting)))
        forbids = not waiting and not reasons and (proved or ahead) and any(certificate.state == "active" for certificate in leaving)
        waiting += reasons
        steps = [step for plan in arrivals for step in plan.steps]
        if forbids:
            steps += [replace(step, after_all=True) for plan in departures for step in plan.steps]
            waiting += [reason for plan in departures for reason in plan.waiting]
        before = self._view([plan.before for plan in arrivals], [plan.before for plan in departures], proved)
        departed = [plan.after if forbids else plan.before for plan in departures]
        after = self._view([plan.after for plan in arrivals], departed, proved or ahead)
        facts = {"verdicts": self.verdicts(staying, judgements)}
        return Plan(before, after, tuple(steps), tuple(waiting), server_assigned=("since",), facts=facts)

    def _missing(self, observed: ObservedCertificates, now: datetime) -> Waiting:
        """Who is waited for where the provider that is to stay has no certificate."""
        orders = (
            certificate for certificate in observed.certificates if certificate.provider == self.switch.staying and certificate.pending
        )
        ordered = next(orders, None)
        if ordered:
            return plan_certificate(ordered, None, observed, now).waiting[0]
        return Waiting("switch_missing", None, {"provider": self.switch.staying})

    def _why_not_forbid(
        self,
        staying: list[ObservedCertificate],
        leaving: list[ObservedCertificate],
        observed: ObservedCertificates,
        now: datetime,
        proof: Proof,
    ) -> list[Waiting]:
        """Who is waited for before the provider that leaves may be forbidden; nobody where it may, or needs not be."""
        if not observed.space.visible and not any(certificate.dialogue for certificate in leaving):  # what is active there cannot be seen
            return [account_waiting(observed.space, self.agent_email) or Waiting("mandate")]
        if not any(certificate.state == "active" for certificate in leaving):
            return []
        details = {"provider": self.switch.staying, "other": self.switch.forbidden, "date": instant(self.switch.date)}
        unproved = not (proof.proved or proof.ahead or proof.blocked)
        reasons = [Waiting("switch_proof", None, details)] if unproved else []
        if not self.switch.rollback and now < self.switch.date:
            return [*reasons, Waiting("switch_date", None, details, "" if proof.proved else "switch_date_unproved")]
        last, back = _last_exchange(leaving), _last_exchange(staying)
        if self.switch.rollback and last and (back is None or last >= back):
            return [*reasons, Waiting("switch_traffic", None, details | {"last": instant(last)})]
        return reasons

    def _view(self, staying: list[CertificateView], leaving: list[CertificateView], proved: bool) -> SwitchView:
        active = [any(certificate["state"] == "active" for certificate in side) for side in (staying, leaving)]
        states = {(True, False): "done", (True, True): "proved" if proved else "beside"}
        return {
            "state": states.get((active[0], active[1]), "preparing"),
            "from": self.switch.giving,
            "to": self.switch.taking,
            "date": instant(self.switch.date),
            "rollback": self.switch.rollback,
            "proved": proved,
            "certificates": [*staying, *leaving],
        }

    # Doing

    def apply(self, context: Context, observed: ObservedCertificates, step: Step, now: datetime) -> None:
        if step.code == "deactivate_certificate":
            self._prove(context, observed)
        super().apply(context, observed, step, now)

    def _prove(self, context: Context, observed: ObservedCertificates) -> None:
        """At the moment itself: one of them passes, whatever the plan was made from. Who holds no key goes by what the space has just shown."""
        failed: Waiting | None = None
        context.operations.observe_afresh()
        asks = context.operations.has("exchange_query")
        for certificate in _staying(observed, self.switch.staying):
            if certificate.client and asks:
                failed = _not_authorised(certificate, context.operations.exchange_query(self.siret, certificate.client))
            if failed is None if certificate.client and asks else _is_proved(certificate):
                return
        raise WaitRequired(failed or Waiting("switch_proof", None, {"provider": self.switch.staying, "other": self.switch.forbidden}))


def _by_label(listed: ListedCertificate) -> ObservedCertificate:
    """A certificate that only the space shows, under its provider's label."""
    declared = DeclaredCertificate(listed["provider"], "active", listed["fingerprint"])
    return ObservedCertificate(declared, listed["state"], listed["fingerprint"], listed=listed)


def _staying(observed: ObservedCertificates, label: str) -> list[ObservedCertificate]:
    """The certificates of the provider that is to stay: the declared one; else those that are active in the space, else the newest there."""
    certificates = _leaving(observed, label)
    local = [certificate for certificate in certificates if certificate.local or certificate.client]
    active = [certificate for certificate in certificates if certificate.state == "active"]
    newest = sorted(certificates, key=lambda certificate: str(certificate.listed["not_before"] if certificate.listed else None))[-1:]
    return local or active or newest


def _leaving(observed: ObservedCertificates, label: str) -> list[ObservedCertificate]:
    """Every certificate of this provider that has been observed anywhere."""
    return [certificate for certificate in observed.certificates if certificate.provider == label and certificate.fingerprint]


def _to_forbid(certificate: ObservedCertificate) -> ObservedCertificate:
    return replace(certificate, declared=replace(certificate.declared, state="inactive"))


def _last_exchange(certificates: list[ObservedCertificate]) -> datetime | None:
    """As the space shows it."""
    exchanges = [date_or_none(certificate.listed["last_exchange_at"]) for certificate in certificates if certificate.listed]
    return max((exchange for exchange in exchanges if exchange), default=None)


def _not_passing(certificates: list[ObservedCertificate]) -> list[Waiting]:
    """Who is waited for because one is active, and the SI FPS says something else."""
    active = [certificate for certificate in certificates if certificate.listed and certificate.state == "active"]
    answers = [_not_authorised(certificate, certificate.dialogue) for certificate in active if certificate.dialogue]
    return [waiting for waiting in answers if waiting]


def _not_authorised(certificate: ObservedCertificate, answer: DialogueAnswer) -> Waiting | None:
    """Who is waited for because the SI FPS does not let an active certificate pass; None where it does."""
    if answer["state"] == "authorised":
        return None
    code = "certificate_proof" if answer["state"] == "known_inactive" else "dialogue_refused"
    return certificate.gated.wait(code, reason=answer["message"], rule=answer["rule"])


def _is_proved(certificate: ObservedCertificate) -> bool:
    """By the SI FPS's answer where it was asked; else by an exchange since it is active."""
    if certificate.dialogue:
        return certificate.dialogue["state"] == "authorised"
    return certificate.state == "active" and has_exchanged(certificate.listed)


def provider_switch(parameters: dict[str, Any]) -> ProviderSwitch:
    """The switch that these parameters of antai_provider_switch declare. Raises InvalidInput."""
    siret, email = check_siret(parameters["siret"]), checked(parameters, "agent_email")
    moving = declared_switch(parameters)
    if moving is None:
        raise InvalidInput("switch", "is not set", "declare from, to and date")
    sides = (moving.giving, moving.taking)
    entries = [entry for entry in parameters["certificates"] if entry["provider"] in sides]
    named = {entry["provider"] for entry in entries}
    entries += [{"provider": label} for label in sides if label not in named]  # the store's or, by its label, the space's
    declared = [declared_certificate(entry | {"state": "active"}, "active") for entry in entries]
    return ProviderSwitch(siret, declared, moving, agent_email=email, judging=judging_if_declared(parameters))


def provider_switch_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
    """{switch, verdicts, steps_to_come, waiting} of antai_provider_switch_info. Raises the errors of errors.py."""
    resource = provider_switch(parameters)
    plan = resource.plan_dated(resource.observe(context), context, settings.now())
    return {"switch": plan.before} | plan.facts | steps_to_come(plan, settings)


PROVIDER_SWITCH = DeclaringKind(
    declared_options("siret", "certificates", "agent_email") | {"switch": FIELDS["switch"].spec(required=True)} | JUDGING_SPEC,
    provider_switch,
    VALIDATION,
)


PROVIDER_SWITCH_INFO = InfoKind(
    options("siret", "certificates", "switch", "agent_email", required=("siret", "certificates", "switch")) | JUDGING_SPEC,
    provider_switch_info,
    VALIDATION,
)
