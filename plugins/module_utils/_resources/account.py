# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collectivité's account, its "espace numérique FPS" (letter, operation 1).

Requested without any access to the space; ANTAI checks; then the credentials arrive and the space is accessible.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .._options.declaration import ADDRESS
from .._options.declared_text import same_text
from .._options.spec import PRESENCE, checked, declared_options, state_option
from .._plan.plan import Plan, Step, WaitRequired
from .._plan.records import AccessRequestRecord, AccountFields, AccountRecord
from .._plan.waiting import Waiting
from ..dates import instant, parse_date
from ..errors import InvalidInput, RefusedByServer
from ..siret import check_siret
from .base import Context, Resource
from .kinds import DeclaringKind
from .space import Space, account_waiting, observe_space

# Fields that a user declares and ANTAI shows; the order is that of results and diffs.
DECLARED = tuple(AccountFields.__annotations__)
AGENT = ("agent_name", "agent_email")
_ADDRESS = tuple(part.name for part in ADDRESS)
# The options that a user gives these fields by: those of the address are parts of one.
OPTIONS = tuple(dict.fromkeys("address" if name in _ADDRESS else name for name in (*DECLARED, *AGENT)))
# A request that met a space which somebody else has opened is sent again after this time, or as soon as it differs.
ASKED_AGAIN_AFTER = timedelta(days=1)


class Account(Resource):
    """declared: the fields of DECLARED and AGENT, None where not declared. present: False to close the account.

    reopen: whether to ask for a new account where it was closed; a run that comes again and again must not undo a closing by itself.
    """

    name = "account"

    def __init__(self, siret: str, declared: dict[str, str | None], *, present: bool = True, reopen: bool = False) -> None:
        super().__init__(siret)
        self.reopen = reopen
        self.declared = declared
        self.present = present

    def observe(self, context: Context) -> Space:
        space = observe_space(context.operations, self.siret, self.declared.get("agent_email"))
        return replace(space, met=context.store.space_of_others()) if context.store and space.state == "absent" else space

    def plan(self, observed: Space, now: datetime) -> Plan:
        before = view(self.siret, observed)
        return self._present(observed, before, now) if self.present else self._absent(observed, before)

    def apply(self, context: Context, observed: Space, step: Step, now: datetime) -> None:
        operations = context.operations
        if step.code == "request_account":
            request = self._whole(AGENT)
            try:
                operations.account_request(request)
                if observed.state == "absent":
                    context.opened.add(self.siret)
            except RefusedByServer as error:
                if error.conflict:  # somebody else opened the space, where these credentials cannot see it
                    if context.store and observed.state == "absent":
                        context.store.keep_space_of_others({"asked": _digest(request), "at": instant(now)})
                    raise WaitRequired(Waiting("mandate")) from error
                raise
        elif step.code == "update_account":
            shown = _fields(observed.account)
            operations.account_update({"siret": self.siret} | {field: self.declared.get(field) or shown.get(field) for field in DECLARED})
        else:
            operations.account_close(self.siret)

    # What to do

    def _present(self, space: Space, before: dict[str, Any], now: datetime) -> Plan:
        different = self._different(space)
        reopened = space.state == "closed" and self.reopen
        if space.state == "absent" or reopened or (space.state == "refused" and different):
            if "account_request" in space.lacks:
                return Plan(before, before, waiting=(Waiting("account_request_by_hand"),))
            request = self._whole(AGENT)
            if space.state == "absent" and _met_before(space, request, now):
                return Plan(before, before, waiting=(Waiting("mandate"),))
            after = before | self._declared_fields() | {"state": "under_control", "since": None, "reason": None}
            step = Step("request_account", _why_request(space, different))
            return Plan(before, after, (step,), (Waiting("account_control", after=step.key),), server_assigned=("since",))
        if space.state == "active" and different and "account_update" in space.lacks:
            return Plan(before, before, waiting=(Waiting("account_update_by_hand", facts={"fields": ", ".join(different)}),))
        if space.state == "active" and different:
            step = Step("update_account", f"differs from the declaration: {', '.join(different)}")
            return Plan(before, before | self._declared_fields(), (step,))
        waiting = account_waiting(space, self.declared.get("agent_email"))
        return Plan(before, before, waiting=(waiting,) if waiting else ())

    def _absent(self, space: Space, before: dict[str, Any]) -> Plan:
        if space.state in ("absent", "closed", "refused"):
            return Plan(before, before)
        waiting = account_waiting(space, self.declared.get("agent_email"))
        if waiting:
            return Plan(before, before, waiting=(waiting,))
        active = [certificate for certificate in space.certificates if certificate["state"] == "active"]
        if active:
            return Plan(before, before, waiting=(Waiting("certificates_still_active", facts={"count": len(active)}),))
        if "account_close" in space.lacks:
            return Plan(before, before, waiting=(Waiting("account_close_by_hand"),))
        after = before | {"state": "closed", "since": None}
        return Plan(before, after, (Step("close_account", "declared absent"),), server_assigned=("since",))

    # Comparing

    def _declared_fields(self) -> dict[str, str]:
        """What is declared of the account's own fields; an empty text declares nothing."""
        return {field: value for field, value in self.declared.items() if value and field in DECLARED}

    def _different(self, space: Space) -> list[str]:
        """Fields that differ, as far as the interface shows them; the agent's name counts where the record shows one (a request that
        ANTAI refused)."""
        record = _fields(space.account)
        shown = [field for field in self._declared_fields() if space.shown is None or field in space.shown]
        different = [field for field in shown if not same_text(record.get(field), self._declared_fields()[field])]
        agent, shown_agent = self.declared.get("agent_name"), record.get("agent_name")
        if space.state == "refused" and agent and shown_agent is not None and not same_text(shown_agent, agent):
            different.append("agent_name")
        return different

    def _whole(self, also: tuple[str, ...]) -> dict[str, str]:
        """All that a request is made of. Raises InvalidInput naming what is not declared."""
        request = {field: self.declared.get(field) for field in (*DECLARED, *also)}
        missing = [field for field, value in request.items() if not value]
        if missing:
            raise InvalidInput(
                missing[0], f"the request for the space needs {', '.join(missing)}", "declare them; nothing was sent", missing=missing
            )
        return {"siret": self.siret} | {field: str(value) for field, value in request.items()}


def view(siret: str, space: Space) -> dict[str, Any]:
    """As results show it."""
    record = _fields(space.account)
    return {"siret": siret, "state": space.state, "access": space.access} | {
        field: record.get(field) for field in (*DECLARED, "since", "reason")
    }


def _fields(record: AccountRecord | AccessRequestRecord | None) -> Mapping[str, object]:
    """Of the record behind the account, by name; none where there is no record."""
    return record or {}


def _met_before(space: Space, request: dict[str, str], now: datetime) -> bool:
    """Whether this very request has met a space of others less than ASKED_AGAIN_AFTER ago; each one is a write at ANTAI."""
    return space.met.get("asked") == _digest(request) and timedelta(0) <= now - parse_date(space.met["at"]) < ASKED_AGAIN_AFTER


def _digest(request: dict[str, str]) -> str:
    """What was asked for, without its words."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _why_request(space: Space, different: list[str]) -> str:
    if space.state == "refused":
        return f"refused, and the declaration has changed since: {', '.join(different)}"
    return "the account is closed" if space.state == "closed" else "there is no account"


def account(parameters: dict[str, Any]) -> Account:
    address = parameters["address"] or {}
    declared = {name: checked(parameters, name) for name in OPTIONS if name != "address"}
    declared |= {part.name: part.checked(address.get(part.name), f"address.{part.name}") for part in ADDRESS}
    return Account(check_siret(parameters["siret"]), declared, present=parameters["state"] == "present", reopen=parameters["reopen"])


ACCOUNT = DeclaringKind(
    declared_options("siret", *OPTIONS, "reopen") | state_option(PRESENCE, "present"),
    account,
)
