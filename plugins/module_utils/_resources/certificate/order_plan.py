# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about an order, and who is waited for: what the resources of a request and of a rotation plan alike. Pure."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ..._plan.plan import Step
from ..._plan.waiting import Waiting
from ..._store.links import REQUEST
from ..._store.store import Store
from ...dates import parse_date
from .delivery import DeliveredCertificate, why_unusable
from .order import Order, differing_fields, was_asked_as_declared
from .pending_request import BadDelivery, PendingRequest


def bad_delivery_step(provider: str, pending: PendingRequest, delivered: DeliveredCertificate, now: datetime) -> tuple[Step, ...]:
    """Remember it, once, where it cannot be used. Pure."""
    reason = why_unusable(delivered.leaf, now)
    noted = pending.get("bad_delivery")
    if reason is None or (noted and noted["fingerprint"] == delivered.leaf.fingerprint):
        return ()
    return (Step("note_delivery", f"the PSCE has delivered {delivered.path}, which cannot be used: {reason['en']}", provider),)


def unusable_waiting(store: Store, provider: str, delivered: DeliveredCertificate, pending: PendingRequest, now: datetime) -> Waiting:
    """Who is waited for because of it: since it was first seen, if that is remembered. Pure."""
    noted, fingerprint = pending.get("bad_delivery"), delivered.leaf.fingerprint
    at = noted["at"] if noted and noted["fingerprint"] == fingerprint else None
    bad: BadDelivery = {"path": delivered.path, "fingerprint": fingerprint, "reason": why_unusable(delivered.leaf, now), "at": at}
    return answer_waiting(store, provider, {"bad_delivery": bad})


def mend_steps(provider: str, leftovers: tuple[str, ...], detached: tuple[str, ...]) -> tuple[Step, ...]:
    """What is to be done about links before anything else. leftovers, detached: as Links has them. Pure."""
    steps = []
    if detached:
        reason = f"the store was restored without its links ({', '.join(detached)}); what they led to is told by the versions themselves"
        steps.append(Step("repair_links", reason, provider))
    if leftovers:
        steps.append(Step("finish_move", f"a run was killed between two links ({', '.join(leftovers)})", provider))
    return tuple(steps)


def plan_request(order: Order, store: Store, pending: PendingRequest | None, now: datetime) -> tuple[tuple[Step, ...], Waiting]:
    """(what is to be done about a request that is not answered, who is waited for). Pure.

    pending: what request.json says; None: the request is still to be made. A refused one is asked again only where the declaration differs.
    """
    provider = order.provider
    waiting = answer_waiting(store, provider, pending, order)
    if pending is None:
        return (*hand_out_step(order, None), *enroll_step(order)), waiting
    if pending.get("bad_delivery"):  # it was delivered, and paid: whoever asks again pays again
        return (), waiting
    if pending.get("refused"):
        if not order.est or was_asked_as_declared(order, pending):
            return (), waiting
        if differing_fields(order, pending):
            why = "the PSCE refused it, and the declaration differs from it"
            again, waiting = plan_request(order, store, None, now)
            return (Step("discard_request", why, provider), Step("make_request", why, provider), *again), waiting
        return enroll_step(order), answer_waiting(store, provider, {**pending, "refused": None}, order)
    if order.est:
        return () if _still_closed(pending, now) else enroll_step(order, pending), waiting
    return hand_out_step(order, pending), waiting


def request_warnings(order: Order, pending: PendingRequest, stale: tuple[str, ...]) -> tuple[str, ...]:
    """stale: as find_delivered tells it."""
    warnings = [f"{path} answers an earlier request of {order.provider}, and is passed over: remove it" for path in stale]
    different = differing_fields(order, pending)
    if different:
        warnings.append(
            f"the pending request of {order.provider} was made with another {', '.join(different)}; "
            "to order anew, discard it first (state: absent)"
        )
    return tuple(warnings)


def _still_closed(pending: PendingRequest, now: datetime) -> bool:
    """Whether the PSCE asked not to be asked again before a time that is to come."""
    try:
        return parse_date(str(pending.get("retry_at"))) > now
    except ValueError:
        return False


def hand_out_step(order: Order, pending: PendingRequest | None) -> tuple[Step, ...]:
    """Where there is a folder for it, and the PSCE has no service to be asked."""
    if order.est or not order.drop_folder or (pending and pending["handed_out"]):
        return ()
    return (Step("hand_out", "the PSCE has not been given the request yet", order.provider),)


def enroll_step(order: Order, pending: PendingRequest | None = None) -> tuple[Step, ...]:
    """Where the PSCE has a service. One that has the request already is only asked whether it has decided."""
    if not order.est:
        return ()
    if pending and pending.get("retry_at"):
        return (Step("ask_again", f"the PSCE said to ask again from {pending['retry_at']} on", order.provider),)
    return (Step("enroll", "the PSCE's EST service is asked for the certificate", order.provider),)


def answer_waiting(store: Store, provider: str, pending: PendingRequest | None, order: Order | None = None) -> Waiting:
    """Who is waited for about a request that is not answered. pending: what request.json says; None: it is still to be made.

    order: what is declared now; None: only the store is known.
    """
    request: PendingRequest = pending or {}
    since = request.get("requested_at")
    in_store = store.certificates(provider) / "pending" / REQUEST
    if bad := request.get("bad_delivery"):
        details = {"provider": provider, "csr": str(in_store), "path": bad["path"], "reason": bad["reason"]}
        return Waiting("delivery_unusable", bad["at"], details)
    if request.get("refused"):
        return Waiting("request_refused", since, {"provider": provider, "reason": request["refused"]})
    drop = (order and order.pickup_folder) or str(store.dropped(provider))
    if order.est if order else request.get("retry_at"):
        url = order.est.url if order and order.est else request.get("est_url")
        service = {"provider": provider, "drop": drop, "url": url, "retry": request.get("retry_at")}
        return Waiting("certificate_issue", since, service, "certificate_issue_est")
    csr = Path(order.drop_folder) / f"{order.stem}.csr" if order and order.drop_folder else in_store
    return Waiting("certificate_issue", since, {"provider": provider, "drop": drop, "csr": str(csr)})
