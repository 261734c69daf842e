# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of an RGS* certificate (letter, operation 2): key, request, and the pick-up of what the PSCE delivers.

The key is made in the store and never leaves it; one that was made elsewhere is kept there where the user wants it. The PSCE checks
identities; that takes days (R10), and needs no account at ANTAI yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict

from ..._pki.certificate import Certificate
from ..._pki.parsed_certificate import ParsedCertificate
from ..._plan.plan import Plan, Step, Stop
from ..._plan.waiting import Waiting
from ..._store.links import REQUEST
from ..._store.store import Store
from ...dates import instant
from ...errors import InvalidInput
from ..base import Context, Resource
from ..order_gate import OrderEvidence, adopting_steps, gather_order_evidence, order_stops
from . import delivery, order_plan
from .delivery import DeliveredCertificate
from .evaluation import key_reuse
from .key_pair import KeyPair, read_key_pair, with_key
from .order import Order, requested_fields
from .order_plan import hand_out_step
from .order_steps import ORDER_STEPS, OrderStep
from .ordering import SHEET
from .pending_request import PendingRequest
from .stored_certificates import StoredCertificates, read_stored


@dataclass(frozen=True)
class ObservedOrder:
    """A request that a rotation has made is the rotation's: `stored` says so, and nothing is done about it here.

    stale: files that answer an earlier request. authorities: the CAs that psce_ca_file names. made_elsewhere: the key pair to be kept, where one is declared.
    evidence: gathered where one may be ordered.
    """

    store: Store
    stored: StoredCertificates
    delivered: DeliveredCertificate | None
    stale: tuple[str, ...] = ()
    authorities: tuple[ParsedCertificate, ...] = ()
    made_elsewhere: KeyPair | None = None
    evidence: OrderEvidence = field(default_factory=OrderEvidence)

    @property
    def pending(self) -> PendingRequest | None:
        return self.stored.pending


class OrderChanges(TypedDict, total=False):
    """Those fields of an OrderView that a step changes."""

    state: str
    organization: str | None
    common_name: str | None
    key_type: str | None
    requested_at: str | None
    retry_at: str | None
    handed_out: bool
    fingerprint: str | None
    not_after: str | None


class OrderView(TypedDict):
    """An order as results show it: paths, never a key. state: none, pending, issued. fingerprint, not_after: of the certificate in use."""

    siret: str
    provider: str
    state: str
    organization: str | None
    common_name: str | None
    key_type: str | None
    requested_at: str | None
    retry_at: str | None
    handed_out: bool
    request: str
    order_sheet: str
    dropped: str
    fingerprint: str | None
    not_after: str | None


# What is left of a request once there is none.
NO_REQUEST: OrderChanges = {
    "organization": None,
    "common_name": None,
    "key_type": None,
    "requested_at": None,
    "retry_at": None,
    "handed_out": False,
}


class CertificateRequest(Resource):
    """present: False to drop a request that was not answered; an issued certificate is never touched."""

    name = "certificate_request"
    asks_antai = False

    def __init__(self, order: Order, *, present: bool = True) -> None:
        super().__init__(order.subject.siret)
        self.order = order
        self.present = present

    def observe(self, context: Context) -> ObservedOrder:
        store, order = context.store, self.order
        if store is None:
            raise InvalidInput(
                "store",
                "is not set, and no key is made without a place to keep it",
                "declare antai_store, an absolute path on the machine where the task runs",
            )
        stored, authorities = read_stored(store, order.provider, to_discard=not self.present), delivery.read_authorities(order)
        if not self.present:
            return ObservedOrder(store, stored, None, authorities=authorities)
        if order.source:
            pair = with_key(read_key_pair(order.source, self.siret), order.source.name)
            return ObservedOrder(store, stored, None, authorities=authorities, made_elsewhere=pair)
        if stored.in_rotation:
            return ObservedOrder(store, stored, None, authorities=authorities)
        if is_to_be_ordered(stored, context.now()):
            return ObservedOrder(store, stored, None, authorities=authorities, evidence=gather_order_evidence(context, store, order))
        delivered, stale = delivery.find_delivered(order, store) if stored.pending else (None, ())
        return ObservedOrder(store, stored, delivered, stale, authorities)

    # What to do

    def plan(self, observed: ObservedOrder, now: datetime) -> Plan:
        plan, stored, provider = self._decided(observed, now), observed.stored, self.order.provider
        mending = order_plan.mend_steps(provider, stored.leftovers, stored.detached)
        if stored.detached:  # it came back otherwise than it was: it is made whole, and whoever runs it looks before anything else is done
            stop = Stop(provider, Waiting("store_relinked", None, {"provider": provider, "store": observed.store.top}))
            return Plan(plan.before, plan.before, mending, (stop.waiting,), stops=(stop,))
        return replace(plan, steps=(*mending, *plan.steps)) if mending else plan

    def _decided(self, observed: ObservedOrder, now: datetime) -> Plan:
        before = view(observed.store, self.siret, self.order.provider, observed.stored)
        if not self.present:
            return self._absent(observed, before)
        if observed.made_elsewhere:
            return self._keep(observed, observed.made_elsewhere, before)
        if observed.stored.in_rotation:
            return Plan(before, before)
        if observed.pending:
            return self._go_on(observed, observed.pending, before, now)
        if observed.stored.lost:
            return self._repair(observed, observed.stored.lost, before)
        if not is_to_be_ordered(observed.stored, now):
            return Plan(before, before)
        return self._order(observed, before, now)

    def _order(self, observed: ObservedOrder, before: OrderView, now: datetime) -> Plan:
        """Unless what is known speaks against it."""
        provider = self.order.provider
        stops = order_stops(self.order, observed.store.top, observed.evidence, now)
        if stops:
            return Plan(before, before, waiting=tuple(stop.waiting for stop in stops), stops=stops)
        expired = observed.stored.current is not None
        why = f"the certificate for {provider} has expired" if expired else f"the store holds no certificate for {provider}"
        steps, waiting = order_plan.plan_request(self.order, observed.store, None, now)
        adopting = adopting_steps(self.order, observed.evidence, now)
        return self._asking(before, (*adopting, Step("make_request", why, provider), *steps), waiting)

    def _asking(self, before: OrderView, steps: tuple[Step, ...], waiting: Waiting, warnings: tuple[str, ...] = ()) -> Plan:
        """On the way to the PSCE. Whether it answers at once only the PSCE knows."""
        after = before
        server_assigned = []
        for step in steps:
            if step.code == "make_request":
                after = {**after, **NO_REQUEST, **_requested(requested_fields(self.order)), "state": "pending"}
                server_assigned.append("requested_at")
            elif step.code == "hand_out":
                after = {**after, "handed_out": True}
            elif step.code in ("enroll", "ask_again"):
                after = {**after, "retry_at": None}
                server_assigned.append("retry_at")
        return Plan(before, after, steps, (waiting,), warnings, tuple(server_assigned))

    def _go_on(self, observed: ObservedOrder, pending: PendingRequest, before: OrderView, now: datetime) -> Plan:
        """With a request that is not answered yet."""
        warnings = order_plan.request_warnings(self.order, pending, observed.stale)
        if observed.delivered and delivery.why_unusable(observed.delivered.leaf, now):
            steps = order_plan.bad_delivery_step(self.order.provider, pending, observed.delivered, now)
            waiting = order_plan.unusable_waiting(observed.store, self.order.provider, observed.delivered, pending, now)
            return Plan(before, before, steps, (waiting,), warnings)
        if observed.delivered:
            after: OrderView = {**before, **NO_REQUEST, **_issued(observed.delivered.leaf), "state": "issued"}
            step = Step("pick_up", f"the PSCE has delivered {observed.delivered.path}", self.order.provider)
            delivered = {"path": observed.delivered.path, "fingerprint": observed.delivered.leaf.fingerprint}
            return Plan(before, after, (step,), warnings=warnings, facts={"delivered": delivered})
        steps, waiting = order_plan.plan_request(self.order, observed.store, pending, now)
        anew = any(step.code == "make_request" for step in steps)
        return self._asking(before, steps, waiting, () if anew else warnings)

    def _repair(self, observed: ObservedOrder, lost: PendingRequest, before: OrderView) -> Plan:
        """No new key behind the back of a PSCE that is answering the old one."""
        reason = "the link `pending` is gone, and the newest version waits for the PSCE's answer (to order anew, discard it first, with state: absent)"
        steps = (Step("repair_link", reason, self.order.provider), *hand_out_step(self.order, lost))
        after: OrderView = {**before, **_requested(lost), "state": "pending", "handed_out": bool(lost["handed_out"]) or len(steps) > 1}
        waiting = order_plan.answer_waiting(observed.store, self.order.provider, lost, self.order)
        return Plan(before, after, steps, (waiting,), order_plan.request_warnings(self.order, lost, observed.stale))

    def _keep(self, observed: ObservedOrder, pair: KeyPair, before: OrderView) -> Plan:
        """A key that was made elsewhere."""
        current = observed.stored.current
        pending_beside = (
            f"a request of {self.order.provider} is still pending beside the key that was made elsewhere; discard it (state: absent)"
        )
        warnings: tuple[str, ...] = (pending_beside,) if observed.pending else ()
        if current and current.fingerprint == pair.leaf.fingerprint:
            return Plan(before, before, warnings=warnings)
        warnings += tuple(key_reuse(self.order.provider, pair.leaf, current)) if current else ()
        after: OrderView = {**before, **_issued(pair.leaf), "state": before["state"] if observed.pending else "issued"}
        reason = f"{pair.leaf.fingerprint[:16]}... is declared with its key, and is not the one in use"
        return Plan(before, after, (Step("import_key", reason, self.order.provider),), warnings=warnings)

    def _absent(self, observed: ObservedOrder, before: OrderView) -> Plan:
        if not observed.pending and not observed.stored.lost:
            return Plan(before, before)
        after: OrderView = {**before, **NO_REQUEST, "state": "issued" if observed.stored.current else "none"}
        return Plan(before, after, (Step("discard_request", "declared absent, and not answered yet", self.order.provider),))

    # Doing

    def apply(self, context: Context, observed: ObservedOrder, step: Step, now: datetime) -> None:
        delivered, authorities = observed.delivered, observed.authorities
        if step.code == "import_key" and observed.made_elsewhere:
            delivery.import_pair(self.order.provider, observed.store, observed.made_elsewhere, authorities, now)
            return
        ORDER_STEPS[step.code](OrderStep(context, observed.store, self.order, step, now, delivered, authorities))
        if step.code == "pick_up" and delivered:
            context.picked_up.add(delivered.leaf.fingerprint)


def is_to_be_ordered(stored: StoredCertificates, now: datetime) -> bool:
    """Whether nothing of it is there, neither in use nor on its way; one that has expired is none."""
    return not (stored.pending or stored.lost or stored.in_rotation) and (stored.current is None or stored.current.not_after <= now)


def view(store: Store, siret: str, provider: str, stored: StoredCertificates) -> OrderView:
    """The order of one provider as the store has it. stored: as read_stored gives it."""
    pending: PendingRequest = stored.pending or {}
    folder = store.certificates(provider)
    shown: OrderView = {
        "siret": siret,
        "provider": provider,
        "state": "pending" if stored.pending and not stored.in_rotation else ("issued" if stored.current else "none"),
        "organization": pending.get("organization"),
        "common_name": pending.get("common_name"),
        "key_type": pending.get("key_type"),
        "requested_at": pending.get("requested_at"),
        "retry_at": pending.get("retry_at"),
        "handed_out": bool(pending.get("handed_out")),
        "request": f"{folder}/pending/{REQUEST}",
        "order_sheet": f"{folder}/pending/{SHEET}",
        "dropped": str(store.dropped(provider)),
        "fingerprint": None,
        "not_after": None,
    }
    return {**shown, **_issued(stored.current)} if stored.current else shown


def _requested(request: PendingRequest) -> OrderChanges:
    """The fields of a request, without whether it was handed out."""
    return {
        "organization": request.get("organization"),
        "common_name": request.get("common_name"),
        "key_type": request.get("key_type"),
        "requested_at": request.get("requested_at"),
        "retry_at": request.get("retry_at"),
    }


def _issued(certificate: Certificate) -> OrderChanges:
    return {"fingerprint": certificate.fingerprint, "not_after": instant(certificate.not_after)}
