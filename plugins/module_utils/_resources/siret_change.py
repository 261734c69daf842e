# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A collectivité that changes its SIRET, as communes do that merge (R8): the dialogue under the one it leaves ends, and never too early.

Until the day both dialogues are alive, and there is a way back. From the day on, what the collectivité leaves is taken out of service, and
only once the dialogue under the SIRET it keeps is proven; until then the old one goes on, whatever the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict

from .._options.declaration import FIELDS
from .._options.spec import checked, declared_options
from .._plan.plan import Plan, Step
from .._plan.steps import STEPS
from .._plan.waiting import Waiting
from ..errors import InvalidInput
from ..siret import check_siret
from .base import Context, Resource
from .certificate.observed_certificate import DeclaredCertificate, expand_labels, read_certificate
from .certificate.options import declared_certificate
from .dialogue import Dialogue, dialogue
from .gates import GatedCertificate, why_not_deactivate
from .kinds import DeclaringKind
from .space import Space, account_waiting, find_listed_certificate, observe_space


@dataclass(frozen=True)
class SiretMove:
    """staying: the SIRET to keep. leaving: the other. day: from which only one is to be used (UTC).

    back: the way back: it is the new SIRET that is left, which only goes before the day.
    """

    staying: str
    leaving: str
    day: date
    back: bool = False


@dataclass(frozen=True)
class ObservedSiretChange:
    """dialogues: of the declared certificates under the SIRET that stays. staying, leaving: the spaces under both."""

    dialogues: tuple[Dialogue, ...]
    staying: Space
    leaving: Space

    @property
    def active_fingerprints(self) -> list[str]:
        """Of the certificates that are active under the SIRET that is left."""
        return [certificate["fingerprint"] for certificate in self.leaving.certificates if certificate["state"] == "active"]


class DialogueView(TypedDict):
    """The dialogue of one certificate that stays, as results show it."""

    provider: str
    fingerprint: str | None
    state: str
    rule: str | None
    last_exchange_at: str | None


class SiretChangeView(TypedDict):
    """A change of SIRET as results show it. left_account: state of the account that is left; active_certificates: what is active there."""

    siret: str
    leaving: str
    on: str
    dialogues: list[DialogueView]
    left_account: str
    active_certificates: list[str]


class SiretChange(Resource):
    """declared: the certificates to keep."""

    name = "siret_change"

    def __init__(self, move: SiretMove, declared: list[DeclaredCertificate], *, agent_email: str | None = None) -> None:
        super().__init__(move.staying)
        self.move = move
        self.declared = declared
        self.agent_email = agent_email

    def observe(self, context: Context) -> ObservedSiretChange:
        certificates = [read_certificate(entry, self.siret, context.store, context.operations.foreseen) for entry in self.declared]
        for certificate in certificates:
            if certificate.local:
                context.operations.hold(certificate.local, certificate.client)
        staying = observe_space(context.operations, self.siret, self.agent_email)
        leaving = observe_space(context.operations, self.move.leaving, self.agent_email)
        expanded = expand_labels(certificates, staying)
        dialogues = tuple(dialogue(context, self.siret, certificate, staying) for certificate in expanded)
        return ObservedSiretChange(dialogues, staying, leaving)

    def plan(self, observed: ObservedSiretChange, now: datetime) -> Plan:
        before, active, leaving = self._view(observed), observed.active_fingerprints, observed.leaving
        if leaving.state in ("absent", "closed", "refused") and not active:
            return Plan(before, before)
        waiting = self._why_not_yet(observed, now.date()) or _by_hand(leaving)
        if waiting:
            return Plan(before, before, waiting=waiting)
        why = f"{self.siret} is in service, and {self.move.leaving} is left"
        steps = [Step("deactivate_certificate", why, fingerprint) for fingerprint in active]
        after: SiretChangeView = {**before, "active_certificates": []}
        if "account_close" in leaving.lacks:
            return Plan(before, after, tuple(steps), (Waiting("account_close_by_hand"),))
        steps.append(Step("close_account", why, self.move.leaving, after_all=True))
        return Plan(before, {**after, "left_account": "closed"}, tuple(steps))

    def apply(self, context: Context, observed: ObservedSiretChange, step: Step, now: datetime) -> None:
        if step.code == "close_account":
            context.operations.account_close(self.move.leaving)
        else:
            context.operations.certificate_change(STEPS[step.code].operation, self.move.leaving, step.target)

    def _why_not_yet(self, observed: ObservedSiretChange, today: date) -> tuple[Waiting, ...]:
        """Everything that keeps the SIRET that is left in service. Raises InvalidInput where there is no way back any more."""
        move = self.move
        details = {"siret": move.staying, "leaving": move.leaving, "on": move.day.isoformat()}
        if move.back and today >= move.day:
            raise InvalidInput(
                "change_siret_on",
                f"the day of the change, {move.day}, has come: there is no way back any more",
                "finish the change instead",
            )
        waiting = [Waiting("siret_change_date", None, details)] if today < move.day and not move.back else []
        unproven = [status["provider"] for status in observed.dialogues if not _is_proven(status, observed.staying)]
        if unproven or not observed.dialogues:
            waiting.append(Waiting("siret_change_dialogue", None, details | {"providers": ", ".join(unproven) or "-"}))
        if not observed.leaving.visible:
            waiting.append(account_waiting(observed.leaving, self.agent_email) or Waiting("mandate"))
        return tuple(waiting)

    def _view(self, observed: ObservedSiretChange) -> SiretChangeView:
        return {
            "siret": self.siret,
            "leaving": self.move.leaving,
            "on": self.move.day.isoformat(),
            "dialogues": [_dialogue_view(status) for status in observed.dialogues],
            "left_account": observed.leaving.state,
            "active_certificates": observed.active_fingerprints,
        }


def _dialogue_view(status: Dialogue) -> DialogueView:
    return {
        "provider": status["provider"],
        "fingerprint": status["fingerprint"],
        "state": status["state"],
        "rule": status["rule"],
        "last_exchange_at": status["last_exchange_at"],
    }


def _by_hand(leaving: Space) -> tuple[Waiting, ...]:
    """Certificates of what is left that the interface cannot deactivate, or does not show: nothing is closed before that is done."""
    waiting = [Waiting("unseen")] if "certificate_list" in leaving.lacks else []
    active = [certificate for certificate in leaving.certificates if certificate["state"] == "active"]
    gated = [GatedCertificate(certificate["provider"], certificate["fingerprint"]) for certificate in active]
    return (*waiting, *(reason for certificate in gated if (reason := why_not_deactivate(leaving, certificate))))


def _is_proven(status: Dialogue, staying: Space) -> bool:
    """By the SI FPS; where somebody else holds the key, by an exchange that the space shows for an active certificate."""
    if status["source"] != "space":
        return status["state"] == "authorised"
    listed = find_listed_certificate(staying, status["fingerprint"])
    return listed is not None and listed["state"] == "active" and status["last_exchange_at"] is not None


def siret_change(parameters: dict[str, Any]) -> SiretChange:
    """The change of SIRET that these parameters of antai_siret_change declare. Raises InvalidInput."""
    new, former, day = check_siret(parameters["siret"]), checked(parameters, "former_siret"), checked(parameters, "change_siret_on")
    if former == new:
        raise InvalidInput("former_siret", f"{former} is the SIRET itself", "declare the SIRET that the collectivité had before")
    declared = [declared_certificate(entry, "active") for entry in parameters["certificates"]]
    back, email = parameters["rollback"], checked(parameters, "agent_email")
    staying, leaving = (former, new) if back else (new, former)
    move = SiretMove(str(staying), str(leaving), date.fromisoformat(str(day)), back)
    return SiretChange(move, [entry for entry in declared if entry.is_present], agent_email=email)


SIRET_CHANGE = DeclaringKind(
    declared_options("siret", "certificates", "agent_email")
    | {name: FIELDS[name].spec(required=True) for name in ("former_siret", "change_siret_on")}
    | {"rollback": {"type": "bool", "default": False}},
    siret_change,
)
