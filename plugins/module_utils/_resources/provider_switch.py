# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switch from one provider to another (R4): authorise the one that comes beside the one that leaves, prove it, and only then forbid the other.

Proof is the SI FPS's own answer where the store holds the key; else an exchange since the activation, which the space shows. The way back is the same
road with the sides changed; instead of a date it waits for the traffic: who has sent last is not cut off.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from .._options.declaration import FIELDS
from .._options.spec import checked, declared_options, options
from .._options.switch import Switch, declared_switch
from .._pki.evaluation import ValidationPolicy, evaluate
from .._plan.plan import Plan, Step, WaitRequired
from .._plan.records import DialogueAnswer, ListedCertificate
from .._plan.results import Answer, steps_to_come
from .._plan.settings import Settings
from .._plan.waiting import Waiting
from ..dates import date_or_none, instant
from ..errors import InvalidInput
from ..siret import check_siret
from .base import Context
from .certificate.certificate import Certificates, DeclaredCertificate, ObservedCertificate, ObservedCertificates
from .certificate.evaluation_options import JUDGING_SPEC, VALIDATION, judging_if_declared
from .certificate.options import declared_certificate
from .kinds import DeclaringKind, InfoKind
from .space import account_waiting, has_exchanged


class ProviderSwitch(Certificates):
    """declared: the entries of both providers, as active. A provider that has none in the store goes by its label in the space.

    judging: how to judge what is to be installed or activated of the one that is to stay; None: not at all.
    """

    name = "switch"

    def __init__(
        self,
        siret: str,
        declared: list[DeclaredCertificate],
        switch: Switch,
        *,
        agent_email: str | None = None,
        judging: ValidationPolicy | None = None,
    ) -> None:
        super().__init__(siret, declared, agent_email=agent_email, judging=judging)
        self.switch = switch

    def observe(self, context: Context) -> ObservedCertificates:
        """items: every certificate of both, those that are to stay with the SI FPS's answer where the key is here."""
        observed = super().observe(context)
        sides = (self.switch.giving, self.switch.taking)
        labelled = [_listed(each) for each in observed.others if each["provider"] in sides]
        items = tuple(self._queried(item, context) for item in (*observed.items, *labelled))
        return replace(observed, items=items, others=tuple(each for each in observed.others if each["provider"] not in sides))

    def _queried(self, item: ObservedCertificate, context: Context) -> ObservedCertificate:
        """Of the one that leaves, the space's word is enough: an expired one might not even come to an answer."""
        if (
            item.client is None
            or not context.operations.has("exchange_query")
            or item.dialogue
            or not item.listed
            or item.declared.provider != self.switch.kept
        ):
            return item
        return replace(item, dialogue=context.operations.exchange_query(self.siret, item.client))

    def _to_judge(self, item: ObservedCertificate, observed: ObservedCertificates, context: Context) -> ObservedCertificate:
        return super()._to_judge(item, observed, context) if item.declared.provider == self.switch.kept else item

    # Deciding

    def plan(self, observed: ObservedCertificates, now: datetime) -> Plan:
        kept = _meant(observed, self.switch.kept)
        leaving = [item for item in observed.items if item.declared.provider == self.switch.forbidden and item.fingerprint]
        judgements = [evaluate(item.gathered, self.judging, now) if item.gathered and self.judging else None for item in kept]
        coming = [self._item(item, judgement, observed, now) for item, judgement in zip(kept, judgements, strict=True)]
        steps = [step for each in coming for step in each.steps]
        waiting = [one for each in coming for one in each.waiting] or self._not_passing(kept)
        if not kept:
            waiting.append(self._missing(observed, now))
        proved = any(_proved(item) for item in kept)
        asks = "exchange_query" not in observed.space.lacks
        ahead = (
            asks and not waiting and any(item.client or item.coming for item in kept)
        )  # its own steps ask the SI FPS before anything is taken away
        gone: list[Plan] = []
        if self._may_forbid(leaving, observed, now, waiting, proved=proved, ahead=ahead):
            gone = [self._item(_to_forbid(item), None, observed, now) for item in leaving]
            steps += [replace(step, after_all=True) for each in gone for step in each.steps]
            waiting += [one for each in gone for one in each.waiting]
        stay = [self._item(_to_forbid(item), None, observed, now).before for item in leaving]
        before = self._told([each.before for each in coming], stay, proved)
        after = self._told([each.after for each in coming], [each.after for each in gone] or stay, proved or ahead)
        facts = {"verdicts": self._verdicts(kept, judgements)}
        return Plan(before, after, tuple(steps), tuple(waiting), server_assigned=("since",), facts=facts)

    def _missing(self, observed: ObservedCertificates, now: datetime) -> Waiting:
        ordered = next((item for item in observed.items if item.declared.provider == self.switch.kept and item.pending), None)
        if ordered:
            return self._item(ordered, None, observed, now).waiting[0]
        return Waiting("switch_missing", None, {"provider": self.switch.kept})

    def _not_passing(self, kept: list[ObservedCertificate]) -> list[Waiting]:
        """It is active, and the SI FPS says something else."""
        asked = [item for item in kept if item.listed and item.state == "active" and item.dialogue]
        return [waiting for item in asked if item.dialogue and (waiting := _not_authorised(item, item.dialogue))]

    def _may_forbid(
        self,
        leaving: list[ObservedCertificate],
        observed: ObservedCertificates,
        now: datetime,
        waiting: list[Waiting],
        *,
        proved: bool,
        ahead: bool,
    ) -> bool:
        """Whether the provider that leaves is to be forbidden by this plan; else it is told what that waits for.

        proved: the one that comes passes. ahead: it will be asked once the steps of this plan are done.
        """
        if not observed.space.visible and not any(item.dialogue for item in leaving):  # what is active there cannot be seen
            waiting.append(account_waiting(observed.space, self.agent_email) or Waiting("mandate"))
            return False
        if not any(item.state == "active" for item in leaving):
            return False
        about = {"provider": self.switch.kept, "other": self.switch.forbidden, "date": instant(self.switch.date)}
        blocked = bool(waiting)
        if not proved and not ahead and not blocked:
            waiting.append(Waiting("switch_proof", None, about))
        if not self.switch.rollback and now < self.switch.date:
            waiting.append(Waiting("switch_date", None, about, "" if proved else "switch_date_unproved"))
            return False
        last = _last_exchange(leaving)
        back = _last_exchange(_meant(observed, self.switch.kept))
        if self.switch.rollback and last and (back is None or last >= back):
            waiting.append(Waiting("switch_traffic", None, about | {"last": instant(last)}))
            return False
        return (proved or ahead) and not blocked

    def _told(self, kept: list[dict[str, Any]], leaving: list[dict[str, Any]], proved: bool) -> dict[str, Any]:
        active = [any(each["state"] == "active" for each in side) for side in (kept, leaving)]
        states = {(True, False): "done", (True, True): "proved" if proved else "beside"}
        return {
            "state": states.get((active[0], active[1]), "preparing"),
            "from": self.switch.giving,
            "to": self.switch.taking,
            "date": instant(self.switch.date),
            "rollback": self.switch.rollback,
            "proved": proved,
            "certificates": [*kept, *leaving],
        }

    # Doing

    def apply(self, context: Context, observed: ObservedCertificates, step: Step, now: datetime) -> None:
        if step.code == "deactivate_certificate":
            self._prove(context, observed)
        super().apply(context, observed, step, now)

    def _prove(self, context: Context, observed: ObservedCertificates) -> None:
        """At the moment itself: one of them passes, whatever the plan has seen. Who does not hold a key goes by what the space has just shown."""
        kept = _meant(observed, self.switch.kept)
        failed: Waiting | None = None
        context.operations.observe_afresh()
        asks = context.operations.has("exchange_query")
        for item in kept:
            if item.client and asks:
                failed = _not_authorised(item, context.operations.exchange_query(self.siret, item.client))
            if failed is None if item.client and asks else _proved(item):
                return
        raise WaitRequired(failed or Waiting("switch_proof", None, {"provider": self.switch.kept, "other": self.switch.forbidden}))


def _listed(listed: ListedCertificate) -> ObservedCertificate:
    """A certificate that only the space shows, under its provider's label."""
    return ObservedCertificate(
        DeclaredCertificate(listed["provider"], "active", listed["fingerprint"]), listed["state"], listed["fingerprint"], listed=listed
    )


def _meant(observed: ObservedCertificates, label: str) -> list[ObservedCertificate]:
    """The certificates of the provider that is to stay: the declared one; else those that are active in the space, else the newest there."""
    found = [item for item in observed.items if item.declared.provider == label and item.fingerprint]
    held = [item for item in found if item.local or item.client]
    active = [item for item in found if item.state == "active"]
    newest = sorted(found, key=lambda item: str(item.listed["not_before"] if item.listed else None))[-1:]
    return held or active or newest


def _to_forbid(item: ObservedCertificate) -> ObservedCertificate:
    return replace(item, declared=replace(item.declared, state="inactive"))


def _last_exchange(items: list[ObservedCertificate]) -> datetime | None:
    """As the space tells it."""
    exchanges = [date_or_none(item.listed["last_exchange_at"]) for item in items if item.listed]
    return max((exchange for exchange in exchanges if exchange), default=None)


def _not_authorised(item: ObservedCertificate, answer: DialogueAnswer) -> Waiting | None:
    """Who is waited for because the SI FPS does not let an active certificate pass; None where it does."""
    if answer["state"] == "authorised":
        return None
    about = {"provider": item.declared.provider, "fingerprint": item.fingerprint, "reason": answer["message"], "rule": answer["rule"]}
    return Waiting("certificate_proof" if answer["state"] == "known_inactive" else "dialogue_refused", None, about)


def _proved(item: ObservedCertificate) -> bool:
    """By the SI FPS's answer where it was asked; else by an exchange since it is active."""
    if item.dialogue:
        return bool(item.dialogue["state"] == "authorised")
    return item.state == "active" and has_exchanged(item.listed)


def provider_switch(parameters: dict[str, Any]) -> ProviderSwitch:
    siret, email = check_siret(parameters["siret"]), checked(parameters, "agent_email")
    moving = declared_switch(parameters)
    if moving is None:
        raise InvalidInput("switch", "is not set", "declare from, to and date")
    entries = [each for each in parameters["certificates"] if each["provider"] in (moving.giving, moving.taking)]
    named = {each["provider"] for each in entries}
    entries += [
        {"provider": label} for label in (moving.giving, moving.taking) if label not in named
    ]  # the store's or, by its label, the space's
    declared = [declared_certificate(each | {"state": "active"}, "active") for each in entries]
    return ProviderSwitch(siret, declared, moving, agent_email=email, judging=judging_if_declared(parameters))


def provider_switch_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
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
