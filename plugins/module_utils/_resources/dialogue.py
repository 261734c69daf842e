# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a certificate's exchange, without ever sending an FPS."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from .._plan.records import NO_ANSWER, DialogueAnswer, ListedCertificate
from .._store.proofs import ProofRecord
from ..dates import instant
from ..errors import TransportError
from .base import Context
from .certificate.observed_certificate import ObservedCertificate
from .space import Space, find_listed_certificate

# Ours: nobody was asked. `unknown` is the SI FPS's own word, of a certificate that it does not know.
NOT_ASKED = "not_asked"
AUTHORISED, REFUSED = "authorised", "refused"
# An account that was never active: whatever the SI FPS refuses, nothing was in service.
NOT_YET = ("absent", "under_control", "refused")


class Dialogue(TypedDict):
    """What is known of the exchange of one certificate. Moments are RFC 3339.

    source: query (the SI FPS has answered in this run), store (it has answered an earlier one), space (last_exchange_at is all there is) or none.
    proved_at: when it last was authorised, by our clock. verifiable: True where it may exchange and the SI FPS can be asked, False where it may and
    nobody can ask with it (no key here, no query in the interface), None where it may not exchange yet, so that nothing is to be proved.
    """

    provider: str
    fingerprint: str | None
    state: str
    rule: str | None
    message: str | None
    last_exchange_at: str | None
    not_after: str | None
    source: str
    proved_at: str | None
    verifiable: bool | None


def dialogue(
    context: Context,
    siret: str,
    item: ObservedCertificate,
    space: Space,
    *,
    ask: bool = True,
    now: datetime | None = None,
    last: ProofRecord | None = None,
) -> Dialogue:
    """Of one certificate. last: what the SI FPS answered an earlier run.

    ask: whether to ask the SI FPS; without it, what it has already answered still counts. Raises the errors of errors.py.
    """
    listed = find_listed_certificate(space, item.fingerprint)
    asks = item.client is not None and context.operations.has("exchange_query")
    answer = _answer(context, siret, item) if ask and asks else item.dialogue
    status = _unasked(item, listed)
    status["proved_at"] = last.get("proved_at") if last else None
    status["verifiable"] = asks if _may_exchange(item, listed, space, answer) else None
    if context.operations.foreseen.states.get(item.fingerprint or "") == "active":
        return {**status, "state": AUTHORISED, "source": "query"}  # the run asks by then, and goes no further where the answer is another
    if answer:
        status["source"], status["last_exchange_at"] = "query", answer["last_exchange_at"]
        status["state"], status["rule"], status["message"] = answer["state"], answer["rule"], answer["message"]
        if answer["state"] == AUTHORISED and now:
            status["proved_at"] = instant(now)
    elif last and (state := last.get("state")):
        exchanges = filter(None, (status["last_exchange_at"], last.get("last_exchange_at")))
        status["source"], status["last_exchange_at"] = "store", max(exchanges, default=None)
        status["state"], status["rule"], status["message"] = state, last.get("rule"), last.get("message")
    return status


def _unasked(item: ObservedCertificate, listed: ListedCertificate | None) -> Dialogue:
    """Of a certificate that the SI FPS was never asked about. listed: as the space shows it."""
    return {
        "provider": item.declared.provider,
        "fingerprint": item.fingerprint,
        "state": NOT_ASKED,
        "rule": None,
        "message": None,
        "last_exchange_at": listed and listed["last_exchange_at"],
        "not_after": instant(item.local.not_after) if item.local else listed and listed["not_after"],
        "source": "space" if listed else "none",
        "proved_at": None,
        "verifiable": None,
    }


def _answer(context: Context, siret: str, item: ObservedCertificate) -> DialogueAnswer | None:
    """A server that refuses this very certificate in the TLS handshake has answered, too."""
    if item.client is None:
        return None
    try:
        return context.operations.exchange_query(siret, item.client)
    except TransportError as error:
        if not error.details.get("client_refused") or not context.operations.presents_subject("exchange_query"):
            raise
        return {**NO_ANSWER, "state": REFUSED, "message": error.message}


def _may_exchange(item: ObservedCertificate, listed: ListedCertificate | None, space: Space, answer: DialogueAnswer | None) -> bool:
    """Whether it is active, or nobody here can tell that it is not."""
    if item.fingerprint is None or (not listed and space.state in NOT_YET):
        return False
    if listed:
        return bool(listed["state"] == "active")
    if answer:
        return answer["state"] in (AUTHORISED, REFUSED)
    shown = space.visible and "certificate_list" not in space.lacks
    return not shown and item.state not in ("inactive", "not_installed")
