# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collectivité's space as these credentials can see it; what they may not see is `unknown`, never assumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._interface.operations import Operations
from .._plan.records import AccessRequestRecord, AccountRecord, ConventionRecord, ListedCertificate
from .._plan.waiting import Waiting
from ..dates import date_or_none
from ..errors import Forbidden


@dataclass(frozen=True)
class Space:
    """access: open, no_credentials, no_mandate or no_interface (there is no operation that shows it).

    state of the account: absent, under_control, refused, accepted, active, closed, unknown. accepted: ANTAI has accepted the request, but
    these credentials do not open the space (yet). account: the record behind the state, or None. lacks: operations that the interface does
    not have. shown: fields of the account that it shows (None: all). login: the options that would open the space, for people.
    met: of an absent one, the request that met a space of others, as the store remembers it: {asked, at}, or nothing.
    """

    access: str
    state: str
    account: AccountRecord | AccessRequestRecord | None = None
    conventions: tuple[ConventionRecord, ...] = ()
    certificates: tuple[ListedCertificate, ...] = ()
    lacks: frozenset[str] = field(default=frozenset(), compare=False)
    shown: frozenset[str] | None = field(default=None, compare=False)
    login: str = field(default="", compare=False)
    met: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def visible(self) -> bool:
        return self.access == "open"

    @property
    def since(self) -> str | None:
        return self.account["since"] if self.account else None


def observe_space(operations: Operations, siret: str, agent_email: str | None) -> Space:
    """Through the agent's access where there is one; else through the public follow-up of the request (letter, operation 1)."""
    if not operations.has("account_get"):
        return _behind_the_request(operations, siret, agent_email, "no_interface")
    if not operations.has_login:
        return _behind_the_request(operations, siret, agent_email, "no_credentials")
    try:
        account = operations.account_get(siret)
    except Forbidden:
        return _behind_the_request(operations, siret, agent_email, "no_mandate")
    if account is None:
        return Space("open", "absent", **_visibility(operations))
    conventions = operations.convention_list(siret) if operations.has("convention_list") else []
    certificates = operations.certificate_list(siret) if operations.has("certificate_list") else []
    foreseen = tuple(operations.foreseen.certificate(certificate) for certificate in certificates)
    return Space("open", account["state"], account, tuple(conventions), foreseen, **_visibility(operations, "account"))


def _behind_the_request(operations: Operations, siret: str, agent_email: str | None, access: str) -> Space:
    if not agent_email or not operations.may("account_request_get"):
        return Space(access, "unknown", **_visibility(operations))
    request = operations.account_request_get(siret, agent_email)
    visibility = _visibility(operations, "request")
    return Space(access, request["state"], request, **visibility) if request else Space(access, "absent", **visibility)


def _visibility(operations: Operations, kind: str = "") -> dict[str, Any]:
    """What the interface lacks, and which fields of the record behind the account it shows."""
    return {"lacks": operations.absent, "login": operations.login_options, "shown": operations.shows(kind) if kind else None}


def find_listed_certificate(space: Space, fingerprint: str | None) -> ListedCertificate | None:
    """The certificate of this fingerprint as the space lists it; None where it does not (or there is no list to be seen)."""
    return next((certificate for certificate in space.certificates if certificate["fingerprint"] == fingerprint), None)


def has_exchanged(certificate: ListedCertificate | None) -> bool:
    """Whether the space shows an exchange with it since it is in its present state."""
    if certificate is None:
        return False
    last, since = date_or_none(certificate["last_exchange_at"]), date_or_none(certificate["since"])
    return last is not None and since is not None and last >= since


def account_waiting(space: Space, agent_email: str | None) -> Waiting | None:
    """Why nothing can be done in the space yet (R1), or None where the account is active and open to these credentials."""
    if space.state == "active" or (space.access == "no_interface" and space.state == "accepted"):
        return None
    codes = {
        "absent": "account_missing",
        "closed": "account_closed",
        "under_control": "account_control",
        "refused": "account_refused",
        "accepted": "credentials" if space.access == "no_credentials" else "mandate",
        "unknown": {"no_credentials": "access", "no_interface": "unseen"}.get(space.access, "mandate"),
    }
    facts = {"agent_email": agent_email, "reason": space.account["reason"] if space.account else None, "login": space.login}
    return Waiting(codes[space.state], space.since, facts)
