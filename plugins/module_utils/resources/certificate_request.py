# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of an RGS* certificate (letter, operation 2): key, request, and the pick-up of what the PSCE delivers.

The key is made in the store and never leaves it; one that was made elsewhere is kept there where the user wants it. The PSCE checks
identities; that takes days (R10), and needs no account at ANTAI yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..dates import instant, parse_date
from ..errors import InvalidInput
from ..pki.certificate import Certificate
from ..pki.parsing import Parsed
from ..plan import Plan, Step, Waits
from ..store import Store
from ..waiting import Waiting
from . import ordering
from .base import Resource, World
from .key_pair import KeyPair, read_key_pair, with_key
from .ordering import REQUEST, SHEET, Delivered, Kept, Order, declared, enroll_step, hand_out_step, kept


@dataclass(frozen=True)
class Observed:
    """stale: files that answer an earlier request. known: the CAs that psce_ca_file names. made_elsewhere: the key pair to be kept, where one is declared."""

    store: Store
    kept: Kept
    delivered: Delivered | None
    stale: tuple[str, ...] = ()
    known: tuple[Parsed, ...] = ()
    made_elsewhere: KeyPair | None = None

    @property
    def pending(self) -> dict[str, Any] | None:
        return self.kept.pending


class CertificateRequest(Resource):
    """present: False to drop a request that was not answered; an issued certificate is never touched."""

    name = "certificate_request"

    def __init__(self, order: Order, *, present: bool = True) -> None:
        super().__init__(order.subject.siret)
        self.order = order
        self.present = present

    def observe(self, world: World) -> Observed:
        store, order = world.store, self.order
        if store is None:
            raise InvalidInput(
                "store",
                "is not set, and no key is made without a place to keep it",
                "declare antai_store, an absolute path on the machine where the task runs",
            )
        found, known = kept(store, order.provider, to_discard=not self.present), ordering.known_authorities(order)
        if not self.present:
            return Observed(store, found, None, known=known)
        if order.source:
            pair = with_key(read_key_pair(order.source, self.siret), order.source.name)
            return Observed(store, found, None, known=known, made_elsewhere=pair)
        delivered, stale = ordering.find_delivered(order, store, found.current) if found.pending else (None, ())
        return Observed(store, found, delivered, stale, known)

    # What to do

    def plan(self, observed: Observed, now: datetime) -> Plan:
        before = view(observed.store, self.siret, self.order.provider, observed.kept)
        if not self.present:
            return self._absent(observed, before)
        if observed.made_elsewhere:
            return self._keep(observed, observed.made_elsewhere, before)
        if observed.pending:
            return self._go_on(observed, observed.pending, before, now)
        if observed.kept.lost:
            return self._repair(observed, observed.kept.lost, before)
        current = observed.kept.current
        if current and current.not_after > now:
            return Plan(before, before)
        why = (
            f"the certificate for {self.order.provider} has expired"
            if current
            else f"the store holds no certificate for {self.order.provider}"
        )
        return self._begin(observed, before, (Step("make_request", why, self.order.provider),))

    def _begin(self, observed: Observed, before: dict[str, Any], steps: tuple[Step, ...]) -> Plan:
        """A new key and request, and the way to the PSCE. Whether it answers at once only the PSCE knows."""
        after = before | declared(self.order) | {"state": "pending", "handed_out": bool(self.order.drop_folder and not self.order.est)}
        waiting = (ordering.answer_waiting(observed.store, self.order.provider, None, self.order),)
        unknown = tuple(_UNKNOWN) if self.order.est else ("requested_at",)
        return Plan(
            before, after | _UNKNOWN, (*steps, *hand_out_step(self.order, None), *enroll_step(self.order)), waiting, server_assigned=unknown
        )

    def _go_on(self, observed: Observed, pending: dict[str, Any], before: dict[str, Any], now: datetime) -> Plan:
        """With a request that is not answered yet."""
        warnings = self._warnings(observed, pending)
        if observed.delivered:
            after = before | self._answered() | {"state": "issued"} | _shown(observed.delivered.leaf)
            step = Step("pick_up", f"the PSCE has delivered {observed.delivered.path}", self.order.provider)
            return Plan(before, after, (step,), warnings=warnings)
        if pending.get("refused"):
            return self._refused(observed, pending, before, warnings)
        waiting = (self._waiting(observed, pending),)
        if self.order.est and not _still_closed(pending, now):
            return Plan(before, before | {"retry_at": None}, enroll_step(self.order, pending), waiting, warnings, ("retry_at",))
        steps = hand_out_step(self.order, pending)
        return Plan(before, before | ({"handed_out": True} if steps else {}), steps, waiting, warnings)

    def _refused(self, observed: Observed, pending: dict[str, Any], before: dict[str, Any], warnings: tuple[str, ...]) -> Plan:
        """Asked again only where the declaration differs from what was refused."""
        if not self.order.est or ordering.asked_as_declared(self.order, pending):
            return Plan(before, before, (), (self._waiting(observed, pending),), warnings)
        if self._differing(pending):
            why = "the PSCE refused it, and the declaration differs from it"
            return self._begin(
                observed, before, (Step("discard_request", why, self.order.provider), Step("make_request", why, self.order.provider))
            )
        waiting = (self._waiting(observed, pending | {"refused": None}),)
        return Plan(before, before, enroll_step(self.order), waiting, warnings, ("retry_at",))

    def _repair(self, observed: Observed, lost: dict[str, Any], before: dict[str, Any]) -> Plan:
        """No new key behind the back of a PSCE that is answering the old one."""
        reason = "the link `pending` is gone, and the newest version waits for the PSCE's answer (to order anew, discard it first, with state: absent)"
        steps = (Step("repair_link", reason, self.order.provider), *hand_out_step(self.order, lost))
        shown = {field: lost.get(field) for field in self._answered()} | {"state": "pending", "handed_out": bool(lost["handed_out"])}
        after = before | shown | ({"handed_out": True} if len(steps) > 1 else {})
        return Plan(before, after, steps, (self._waiting(observed, lost),), self._warnings(observed, lost))

    def _keep(self, observed: Observed, pair: KeyPair, before: dict[str, Any]) -> Plan:
        """A key that was made elsewhere."""
        current = observed.kept.current
        left = f"a request of {self.order.provider} is still pending beside the key that was made elsewhere; discard it (state: absent)"
        warnings = (left,) if observed.pending else ()
        if current and current.fingerprint == pair.leaf.fingerprint:
            return Plan(before, before, warnings=warnings)
        after = before | _shown(pair.leaf) | ({} if observed.pending else {"state": "issued"})
        reason = f"{pair.leaf.fingerprint[:16]}... is declared with its key, and is not the one in use"
        return Plan(before, after, (Step("import_key", reason, self.order.provider),), warnings=warnings)

    def _absent(self, observed: Observed, before: dict[str, Any]) -> Plan:
        if not observed.pending and not observed.kept.lost:
            return Plan(before, before)
        after = before | self._answered() | {"state": "issued" if observed.kept.current else "none"}
        return Plan(before, after, (Step("discard_request", "declared absent, and not answered yet", self.order.provider),))

    # Doing

    def apply(self, world: World, observed: Observed, step: Step, now: datetime) -> None:
        store, order = observed.store, self.order
        if step.code == "make_request":
            ordering.new_request(order, store, now)
        elif step.code == "hand_out":
            ordering.hand_out(order, store)
        elif step.code in ("enroll", "ask_again"):
            operations = world.operations
            waiting = ordering.enroll(order, store, observed.known, operations.counts, operations.credentials.redactor, now)
            if waiting:
                raise Waits(waiting)
        elif step.code == "pick_up" and observed.delivered:
            ordering.pick_up(order.provider, store, observed.delivered, observed.known)
            world.picked_up.add(observed.delivered.leaf.fingerprint)
        elif step.code == "import_key" and observed.made_elsewhere:
            ordering.keep_pair(order.provider, store, observed.made_elsewhere, observed.known)
        elif step.code == "repair_link":
            store.link_newest(order.provider, "pending")
        else:
            if not store.version(order.provider, "pending"):
                store.link_newest(order.provider, "pending")
            store.discard_pending(order.provider)

    # Telling

    def _answered(self) -> dict[str, Any]:
        """The fields of a pending request, once there is none."""
        return dict.fromkeys((*declared(self.order), *_UNKNOWN)) | {"handed_out": False}

    def _waiting(self, observed: Observed, pending: dict[str, Any]) -> Waiting:
        return ordering.answer_waiting(observed.store, self.order.provider, pending, self.order)

    def _differing(self, pending: dict[str, Any]) -> list[str]:
        return [field for field, value in declared(self.order).items() if pending.get(field) != value]

    def _warnings(self, observed: Observed, pending: dict[str, Any]) -> tuple[str, ...]:
        warnings = [f"{path} answers an earlier request of {self.order.provider}, and is passed over: remove it" for path in observed.stale]
        different = self._differing(pending)
        if different:
            warnings.append(
                f"the pending request of {self.order.provider} was made with another {', '.join(different)}; "
                "to order anew, discard it first (state: absent)"
            )
        return tuple(warnings)


# What is not known before the steps are done.
_UNKNOWN: dict[str, None] = {"requested_at": None, "retry_at": None}


def _still_closed(pending: dict[str, Any], now: datetime) -> bool:
    """Whether the PSCE asked not to be asked again before a time that is to come."""
    try:
        return parse_date(str(pending.get("retry_at"))) > now
    except ValueError:
        return False


def view(store: Store, siret: str, provider: str, found: Kept) -> dict[str, Any]:
    """As results show it: paths, never a key."""
    pending = found.pending or {}
    places = store.certificates(provider)
    return {
        "siret": siret,
        "provider": provider,
        "state": "pending" if found.pending else ("issued" if found.current else "none"),
        **{field: pending.get(field) for field in ("organization", "common_name", "key_type", *_UNKNOWN)},
        "handed_out": bool(pending.get("handed_out")),
        "request": str(places / "pending" / REQUEST),
        "order_sheet": str(places / "pending" / SHEET),
        "dropped": str(store.dropped(provider)),
        **_shown(found.current),
    }


def _shown(certificate: Certificate | None) -> dict[str, Any]:
    if certificate is None:
        return {"fingerprint": None, "not_after": None}
    return {"fingerprint": certificate.fingerprint, "not_after": instant(certificate.not_after)}
