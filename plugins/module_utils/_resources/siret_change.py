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
from typing import Any

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
from .kinds import DeclaringKind
from .space import Space, account_waiting, find_listed_certificate, observe_space


@dataclass(frozen=True)
class ObservedSiretChange:
    """dialogues: of the declared certificates under the SIRET that is kept. leaving: the space under the one that is left."""

    dialogues: tuple[Dialogue, ...]
    kept: Space
    leaving: Space


class SiretChange(Resource):
    """siret: the one to keep. leaving: the other. on: the day from which only one is to be used (UTC). declared: the certificates to keep.

    back: the way back: it is the new SIRET that is left, which only goes before the day.
    """

    name = "siret_change"

    def __init__(
        self, siret: str, leaving: str, on: date, declared: list[DeclaredCertificate], *, back: bool = False, agent_email: str | None = None
    ) -> None:
        super().__init__(siret)
        self.leaving = leaving
        self.on = on
        self.declared = declared
        self.back = back
        self.agent_email = agent_email

    def observe(self, context: Context) -> ObservedSiretChange:
        items = [read_certificate(each, self.siret, context.store, context.operations.foreseen) for each in self.declared]
        for item in items:
            if item.local:
                context.operations.hold(item.local, item.client)
        kept = observe_space(context.operations, self.siret, self.agent_email)
        leaving = observe_space(context.operations, self.leaving, self.agent_email)
        return ObservedSiretChange(tuple(dialogue(context, self.siret, each, kept) for each in expand_labels(items, kept)), kept, leaving)

    def plan(self, observed: ObservedSiretChange, now: datetime) -> Plan:
        before = self._view(observed)
        active = before["active_certificates"]
        if observed.leaving.state in ("absent", "closed", "refused") and not active:
            return Plan(before, before)
        waiting = self._waiting(observed, now.date()) or self._by_hand(observed.leaving, active)
        if waiting:
            return Plan(before, before, waiting=waiting)
        why = f"{self.siret} is in service, and {self.leaving} is left"
        steps = [Step("deactivate_certificate", why, each) for each in active]
        after = before | {"active_certificates": []}
        if "account_close" in observed.leaving.lacks:
            return Plan(before, after, tuple(steps), (Waiting("account_close_by_hand"),))
        steps.append(Step("close_account", why, self.leaving, after_all=True))
        return Plan(before, after | {"left_account": "closed"}, tuple(steps))

    def apply(self, context: Context, observed: ObservedSiretChange, step: Step, now: datetime) -> None:
        if step.code == "close_account":
            context.operations.account_close(self.leaving)
        else:
            context.operations.certificate_change(STEPS[step.code].operation, self.leaving, step.target)

    def _waiting(self, observed: ObservedSiretChange, today: date) -> tuple[Waiting, ...]:
        """Everything that keeps the SIRET that is left in service."""
        about = {"siret": self.siret, "leaving": self.leaving, "on": self.on.isoformat()}
        early, late = today < self.on, today >= self.on
        if self.back and late:
            raise InvalidInput(
                "change_siret_on", f"the day of the change, {self.on}, has come: there is no way back any more", "finish the change instead"
            )
        found = [Waiting("siret_change_date", None, about)] if early and not self.back else []
        unproven = [each["provider"] for each in observed.dialogues if not _proven(each, observed.kept)]
        if unproven or not observed.dialogues:
            found.append(Waiting("siret_change_dialogue", None, about | {"providers": ", ".join(unproven) or "-"}))
        if not observed.leaving.visible:
            found.append(account_waiting(observed.leaving, self.agent_email) or Waiting("mandate"))
        return tuple(found)

    @staticmethod
    def _by_hand(leaving: Space, active: list[str]) -> tuple[Waiting, ...]:
        """Certificates of what is left that the interface cannot deactivate, or does not show: nothing is closed before that is done."""
        providers = {each["fingerprint"]: each["provider"] for each in leaving.certificates}
        found = [Waiting("unseen")] if "certificate_list" in leaving.lacks else []
        if "certificate_deactivate" in leaving.lacks:
            found += [Waiting("certificate_deactivation", None, {"provider": providers[each], "fingerprint": each}) for each in active]
        return tuple(found)

    def _view(self, observed: ObservedSiretChange) -> dict[str, Any]:
        shown = ("provider", "fingerprint", "state", "rule", "last_exchange_at")
        return {
            "siret": self.siret,
            "leaving": self.leaving,
            "on": self.on.isoformat(),
            "dialogues": [{name: value for name, value in dialogue.items() if name in shown} for dialogue in observed.dialogues],
            "left_account": observed.leaving.state,
            "active_certificates": [each["fingerprint"] for each in observed.leaving.certificates if each["state"] == "active"],
        }


def _proven(status: Dialogue, kept: Space) -> bool:
    """By the SI FPS; where somebody else holds the key, by an exchange that the space shows for an active certificate."""
    if status["source"] != "space":
        return status["state"] == "authorised"
    listed = find_listed_certificate(kept, status["fingerprint"])
    return listed is not None and listed["state"] == "active" and status["last_exchange_at"] is not None


def siret_change(parameters: dict[str, Any]) -> SiretChange:
    new, former, on = check_siret(parameters["siret"]), checked(parameters, "former_siret"), checked(parameters, "change_siret_on")
    if former == new:
        raise InvalidInput("former_siret", f"{former} is the SIRET itself", "declare the SIRET that the collectivité had before")
    declared = [declared_certificate(each, "active") for each in parameters["certificates"]]
    kept = [each for each in declared if each.state in ("present", "active")]
    back, email = parameters["rollback"], checked(parameters, "agent_email")
    siret, leaving = (former, new) if back else (new, former)
    return SiretChange(str(siret), str(leaving), date.fromisoformat(str(on)), kept, back=back, agent_email=email)


SIRET_CHANGE = DeclaringKind(
    declared_options("siret", "certificates", "agent_email")
    | {name: FIELDS[name].spec(required=True) for name in ("former_siret", "change_siret_on")}
    | {"rollback": {"type": "bool", "default": False}},
    siret_change,
)
