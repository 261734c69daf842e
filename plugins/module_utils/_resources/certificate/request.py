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
from typing import Any

from ..._pki.certificate import Certificate
from ..._pki.parsed_certificate import ParsedCertificate
from ..._plan.plan import Plan, Step, Stop, WaitRequired
from ..._plan.waiting import Waiting
from ..._store.links import REQUEST
from ..._store.store import Store
from ...dates import instant
from ...errors import InvalidInput
from ..base import Context, Resource
from ..order_gate import OrderEvidence, adopting_steps, gather_order_evidence, order_stops
from . import ordering
from .evaluation import key_reuse
from .key_pair import KeyPair, read_key_pair, with_key
from .ordering import SHEET, UNKNOWN, DeliveredCertificate, Order, StoredCertificates, declared, hand_out_step, kept


@dataclass(frozen=True)
class ObservedOrder:
    """A request that a rotation has made is the rotation's: `kept` says so, and nothing is done about it here.

    stale: files that answer an earlier request. known: the CAs that psce_ca_file names. made_elsewhere: the key pair to be kept, where one is declared.
    evidence: gathered where one may be ordered.
    """

    store: Store
    kept: StoredCertificates
    delivered: DeliveredCertificate | None
    stale: tuple[str, ...] = ()
    known: tuple[ParsedCertificate, ...] = ()
    made_elsewhere: KeyPair | None = None
    evidence: OrderEvidence = field(default_factory=OrderEvidence)

    @property
    def pending(self) -> dict[str, Any] | None:
        return self.kept.pending


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
        found, known = kept(store, order.provider, to_discard=not self.present), ordering.known_authorities(order)
        if not self.present:
            return ObservedOrder(store, found, None, known=known)
        if order.source:
            pair = with_key(read_key_pair(order.source, self.siret), order.source.name)
            return ObservedOrder(store, found, None, known=known, made_elsewhere=pair)
        if found.in_rotation:
            return ObservedOrder(store, found, None, known=known)
        if is_to_be_ordered(found, context.now()):
            return ObservedOrder(store, found, None, known=known, evidence=gather_order_evidence(context, store, order))
        delivered, stale = ordering.find_delivered(order, store) if found.pending else (None, ())
        return ObservedOrder(store, found, delivered, stale, known)

    # What to do

    def plan(self, observed: ObservedOrder, now: datetime) -> Plan:
        plan, found, provider = self._decided(observed, now), observed.kept, self.order.provider
        mending = ordering.mend_steps(provider, found.leftovers, found.detached)
        if (
            found.detached
        ):  # a store that came back otherwise than it was: it is made whole, and whoever runs it looks before anything else is done
            stop = Stop(provider, Waiting("store_relinked", None, {"provider": provider, "store": observed.store.top}))
            return Plan(plan.before, plan.before, mending, (stop.waiting,), stops=(stop,))
        return replace(plan, steps=(*mending, *plan.steps)) if mending else plan

    def _decided(self, observed: ObservedOrder, now: datetime) -> Plan:
        before = view(observed.store, self.siret, self.order.provider, observed.kept)
        if not self.present:
            return self._absent(observed, before)
        if observed.made_elsewhere:
            return self._keep(observed, observed.made_elsewhere, before)
        if observed.kept.in_rotation:
            return Plan(before, before)
        if observed.pending:
            return self._go_on(observed, observed.pending, before, now)
        if observed.kept.lost:
            return self._repair(observed, observed.kept.lost, before)
        if not is_to_be_ordered(observed.kept, now):
            return Plan(before, before)
        return self._order(observed, before, now)

    def _order(self, observed: ObservedOrder, before: dict[str, Any], now: datetime) -> Plan:
        """Unless what is known speaks against it."""
        provider = self.order.provider
        stops = order_stops(self.order, observed.store.top, observed.evidence, now)
        if stops:
            return Plan(before, before, waiting=tuple(stop.waiting for stop in stops), stops=stops)
        expired = observed.kept.current is not None
        why = f"the certificate for {provider} has expired" if expired else f"the store holds no certificate for {provider}"
        steps, waiting = ordering.going_on(self.order, observed.store, None, now)
        adopting = adopting_steps(self.order, observed.evidence, now)
        return self._asking(before, (*adopting, Step("make_request", why, provider), *steps), waiting)

    def _asking(self, before: dict[str, Any], steps: tuple[Step, ...], waiting: Waiting, warnings: tuple[str, ...] = ()) -> Plan:
        """On the way to the PSCE. Whether it answers at once only the PSCE knows."""
        after, unknown = dict(before), []
        for step in steps:
            if step.code == "make_request":
                after |= declared(self.order) | {"state": "pending", "handed_out": False} | dict.fromkeys(UNKNOWN)
                unknown.append("requested_at")
            elif step.code == "hand_out":
                after |= {"handed_out": True}
            elif step.code in ("enroll", "ask_again"):
                after |= {"retry_at": None}
                unknown.append("retry_at")
        return Plan(before, after, steps, (waiting,), warnings, tuple(unknown))

    def _go_on(self, observed: ObservedOrder, pending: dict[str, Any], before: dict[str, Any], now: datetime) -> Plan:
        """With a request that is not answered yet."""
        warnings = ordering.warnings(self.order, pending, observed.stale)
        if observed.delivered and ordering.why_unusable(observed.delivered.leaf, now):
            steps = ordering.bad_delivery_step(self.order.provider, pending, observed.delivered, now)
            waiting = ordering.unusable_waiting(observed.store, self.order.provider, observed.delivered, pending, now)
            return Plan(before, before, steps, (waiting,), warnings)
        if observed.delivered:
            after = before | self._answered() | {"state": "issued"} | _shown(observed.delivered.leaf)
            step = Step("pick_up", f"the PSCE has delivered {observed.delivered.path}", self.order.provider)
            delivered = {"path": observed.delivered.path, "fingerprint": observed.delivered.leaf.fingerprint}
            return Plan(before, after, (step,), warnings=warnings, facts={"delivered": delivered})
        steps, waiting = ordering.going_on(self.order, observed.store, pending, now)
        anew = any(step.code == "make_request" for step in steps)
        return self._asking(before, steps, waiting, () if anew else warnings)

    def _repair(self, observed: ObservedOrder, lost: dict[str, Any], before: dict[str, Any]) -> Plan:
        """No new key behind the back of a PSCE that is answering the old one."""
        reason = "the link `pending` is gone, and the newest version waits for the PSCE's answer (to order anew, discard it first, with state: absent)"
        steps = (Step("repair_link", reason, self.order.provider), *hand_out_step(self.order, lost))
        shown = {field: lost.get(field) for field in self._answered()} | {"state": "pending", "handed_out": bool(lost["handed_out"])}
        after = before | shown | ({"handed_out": True} if len(steps) > 1 else {})
        waiting = ordering.answer_waiting(observed.store, self.order.provider, lost, self.order)
        return Plan(before, after, steps, (waiting,), ordering.warnings(self.order, lost, observed.stale))

    def _keep(self, observed: ObservedOrder, pair: KeyPair, before: dict[str, Any]) -> Plan:
        """A key that was made elsewhere."""
        current = observed.kept.current
        left = f"a request of {self.order.provider} is still pending beside the key that was made elsewhere; discard it (state: absent)"
        warnings: tuple[str, ...] = (left,) if observed.pending else ()
        if current and current.fingerprint == pair.leaf.fingerprint:
            return Plan(before, before, warnings=warnings)
        warnings += tuple(key_reuse(self.order.provider, pair.leaf, current)) if current else ()
        after = before | _shown(pair.leaf) | ({} if observed.pending else {"state": "issued"})
        reason = f"{pair.leaf.fingerprint[:16]}... is declared with its key, and is not the one in use"
        return Plan(before, after, (Step("import_key", reason, self.order.provider),), warnings=warnings)

    def _absent(self, observed: ObservedOrder, before: dict[str, Any]) -> Plan:
        if not observed.pending and not observed.kept.lost:
            return Plan(before, before)
        after = before | self._answered() | {"state": "issued" if observed.kept.current else "none"}
        return Plan(before, after, (Step("discard_request", "declared absent, and not answered yet", self.order.provider),))

    # Doing

    def apply(self, context: Context, observed: ObservedOrder, step: Step, now: datetime) -> None:
        store, order = observed.store, self.order
        if step.code == "make_request":
            ordering.new_request(order, store, now, cause=step.reason)
        elif step.code == "hand_out":
            ordering.hand_out(order, store)
        elif step.code in ("enroll", "ask_again"):
            operations = context.operations
            waiting = ordering.enroll(order, store, observed.known, operations.counts, operations.credentials.redactor, now)
            if waiting:
                raise WaitRequired(waiting, done=step.code == "enroll")
        elif step.code == "pick_up" and observed.delivered:
            ordering.pick_up(order.provider, store, observed.delivered, observed.known, now)
            context.picked_up.add(observed.delivered.leaf.fingerprint)
        elif step.code == "note_delivery" and observed.delivered:
            ordering.note_unusable(store, order.provider, observed.delivered, now)
        elif step.code == "import_key" and observed.made_elsewhere:
            ordering.keep_pair(order.provider, store, observed.made_elsewhere, observed.known, now)
        elif step.code == "adopt_store":
            pass  # the journal's line about this step is all there is to be done
        elif step.code in ordering.MENDING:
            ordering.mend(step, store, order.provider)
        elif step.code == "repair_link":
            store.link_newest(order.provider, "pending")
        else:
            ordering.discard(store, order.provider)

    # Telling

    def _answered(self) -> dict[str, Any]:
        """The fields of a pending request, once there is none."""
        return dict.fromkeys((*declared(self.order), *UNKNOWN)) | {"handed_out": False}


def is_to_be_ordered(found: StoredCertificates, now: datetime) -> bool:
    """Whether nothing of it is there, neither in use nor on its way; one that has expired is none."""
    return not (found.pending or found.lost or found.in_rotation) and (found.current is None or found.current.not_after <= now)


def view(store: Store, siret: str, provider: str, found: StoredCertificates) -> dict[str, Any]:
    """As results show it: paths, never a key."""
    pending = found.pending or {}
    places = store.certificates(provider)
    return {
        "siret": siret,
        "provider": provider,
        "state": "pending" if found.pending and not found.in_rotation else ("issued" if found.current else "none"),
        **{field: pending.get(field) for field in ("organization", "common_name", "key_type", *UNKNOWN)},
        "handed_out": bool(pending.get("handed_out")),
        "request": f"{places}/pending/{REQUEST}",
        "order_sheet": f"{places}/pending/{SHEET}",
        "dropped": str(store.dropped(provider)),
        **_shown(found.current),
    }


def _shown(certificate: Certificate | None) -> dict[str, Any]:
    if certificate is None:
        return {"fingerprint": None, "not_after": None}
    return {"fingerprint": certificate.fingerprint, "not_after": instant(certificate.not_after)}
