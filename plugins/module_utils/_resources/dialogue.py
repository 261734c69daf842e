# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a certificate's exchange, without ever sending an FPS."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .._plan.records import NO_ANSWER, DialogueAnswer, ListedCertificate
from .._store.proofs import ProofRecord
from ..dates import instant
from ..errors import TransportError
from .base import Context
from .certificate.certificate import ObservedCertificate
from .space import Space, find_listed_certificate

# Ours: nobody was asked. `unknown` is the SI FPS's own word, of a certificate that it does not know.
NOT_ASKED = "not_asked"
AUTHORISED, REFUSED = "authorised", "refused"
ANSWER = ("state", "rule", "message", "last_exchange_at")
# An account that was never active: whatever the SI FPS refuses, nothing was in service.
NOT_YET = ("absent", "under_control", "refused")


def dialogue(
    context: Context,
    siret: str,
    item: ObservedCertificate,
    space: Space,
    *,
    ask: bool = True,
    now: datetime | None = None,
    last: ProofRecord | None = None,
) -> dict[str, Any]:
    """{provider, fingerprint, state, rule, message, last_exchange_at, not_after, source, proved_at, verifiable} of one certificate.

    source: query (the SI FPS has answered in this run), store (last: it has answered an earlier one), space (last_exchange_at is all there is) or
    none. proved_at: when it last was authorised, by our clock. verifiable: True where it may exchange and the SI FPS can be asked, False where it
    may and nobody can ask with it (no key here, no query in the interface), None where it may not exchange yet, so that nothing is to be proved.
    ask: whether to ask the SI FPS; without it, what it has already answered still counts. Raises the errors of errors.py.
    """
    listed = find_listed_certificate(space, item.fingerprint)
    asks = item.client is not None and context.operations.has("exchange_query")
    answer = _answer(context, siret, item) if ask and asks else item.dialogue
    record = _unasked(item, listed) | {"verifiable": asks if _may_exchange(item, listed, space, answer) else None}
    if last:
        record["proved_at"] = last.get("proved_at")
    if context.operations.foreseen.states.get(item.fingerprint or "") == "active":
        return record | {"state": AUTHORISED, "source": "query"}  # the run asks by then, and goes no further where the answer is another
    if answer:
        record |= _answered(answer) | {"source": "query"}
        if answer["state"] == AUTHORISED and now:
            record["proved_at"] = instant(now)
    elif last and last.get("state"):
        exchanges = filter(None, (record["last_exchange_at"], last.get("last_exchange_at")))
        record |= {field: last.get(field) for field in ANSWER} | {"source": "store", "last_exchange_at": max(exchanges, default=None)}
    return record


def _unasked(item: ObservedCertificate, listed: ListedCertificate | None) -> dict[str, Any]:
    """The record of a certificate that the SI FPS was never asked about. listed: as the space shows it."""
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
    }


def _answered(answer: DialogueAnswer) -> dict[str, str | None]:
    """The fields of a dialogue that are the SI FPS's own."""
    return {"state": answer["state"], "rule": answer["rule"], "message": answer["message"], "last_exchange_at": answer["last_exchange_at"]}


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
    seen = space.visible and "certificate_list" not in space.lacks
    return not seen and item.state not in ("inactive", "not_installed")
