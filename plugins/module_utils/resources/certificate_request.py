# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of an RGS* certificate (letter, operation 2): key, request, and the pick-up of what the PSCE delivers.

The key is made in the store and never leaves it. The PSCE checks identities; that takes days (R10), and needs no account at ANTAI yet.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..dates import instant
from ..errors import InvalidInput, StoreError
from ..pki.certificate import Certificate, leaf_for, load_chain
from ..pki.request import Subject, make_request
from ..plan import Plan, Step
from ..store import DROPPED_SUFFIXES, Store, read_file, read_json
from ..waiting import Waiting
from .base import Resource, World

KEY, REQUEST, ABOUT, CERTIFICATE, CHAIN = "key.pem", "request.csr", "request.json", "certificate.pem", "chain.pem"
# In request.json: the fingerprint of the certificate that the requested one is to follow.
ROTATES = "rotates"


@dataclass(frozen=True)
class Order:
    """What to order. drop_folder: where a copy of the request is laid for the PSCE; pickup_folder: where its certificate is looked for, besides the store."""

    subject: Subject
    provider: str
    key_type: str
    drop_folder: str | None = None
    pickup_folder: str | None = None

    @property
    def stem(self) -> str:
        return f"{self.subject.siret}-{self.provider}"


@dataclass(frozen=True)
class Delivered:
    """A certificate that came back, checked against the pending key and the collectivité."""

    path: str
    leaf: Certificate
    chain: tuple[Certificate, ...]


@dataclass(frozen=True)
class Kept:
    """What the store keeps for one provider. pending: what request.json says of the request that is not answered yet; current: the certificate in use.

    following: whether the next certificate of a rotation is there, and not in use yet.
    """

    pending: dict[str, Any] | None
    current: Certificate | None
    following: bool = False

    @property
    def in_rotation(self) -> bool:
        """Whether a rotation has requested or picked up the next one: all that follows is its own (resources/rotation.py)."""
        return self.following or (self.pending is not None and self.pending.get(ROTATES) is not None)


@dataclass(frozen=True)
class Observed:
    """A request that a rotation has made is the rotation's: `kept` says so, and nothing is done about it here."""

    store: Store
    kept: Kept
    delivered: Delivered | None

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
        if world.store is None:
            raise InvalidInput(
                "store",
                "is not set, and no key is made without a place to keep it",
                "declare antai_store, an absolute path on the machine where the task runs",
            )
        found = kept(world.store, self.order.provider, to_discard=not self.present)
        looked_for = found.pending and not found.in_rotation
        return Observed(world.store, found, find_delivered(self.order, world.store) if looked_for else None)

    def plan(self, observed: Observed, now: datetime) -> Plan:
        before = view(observed.store, self.siret, self.order.provider, observed.kept)
        if not self.present:
            return self._absent(observed, before)
        current = observed.kept.current
        if observed.kept.in_rotation:
            return Plan(before, before)
        if current and not observed.pending and current.not_after > now:
            return Plan(before, before)
        if not observed.pending:
            why = (
                f"the certificate for {self.order.provider} has expired"
                if current
                else f"the store holds no certificate for {self.order.provider}"
            )
            steps = (
                Step("make_request", why, self.order.provider),
                *hand_out_step(self.order, None),
            )
            after = before | declared(self.order) | {"state": "pending", "handed_out": bool(self.order.drop_folder)}
            return Plan(before, after, steps, (issue_waiting(self.order, observed.store, None),), server_assigned=("requested_at",))
        if observed.delivered:
            after = before | self._answered() | {"state": "issued"} | _shown(observed.delivered.leaf)
            return Plan(
                before,
                after,
                (Step("pick_up", f"the PSCE has delivered {observed.delivered.path}", self.order.provider),),
                warnings=self._warnings(observed.pending),
            )
        steps = hand_out_step(self.order, observed.pending)
        after = before | ({"handed_out": True} if steps else {})
        waiting = issue_waiting(self.order, observed.store, observed.pending["requested_at"])
        return Plan(before, after, steps, (waiting,), self._warnings(observed.pending))

    def apply(self, world: World, observed: Observed, step: Step, now: datetime) -> None:
        store, provider = observed.store, self.order.provider
        if step.code == "make_request":
            new_request(self.order, store, now)
        elif step.code == "hand_out":
            hand_out(self.order, store)
        elif step.code == "pick_up" and observed.delivered:
            pick_up(provider, store, observed.delivered)
        else:
            store.discard_pending(provider)

    # What to do

    def _absent(self, observed: Observed, before: dict[str, Any]) -> Plan:
        if not observed.pending:
            return Plan(before, before)
        after = before | self._answered() | {"state": "issued" if observed.kept.current else "none"}
        return Plan(before, after, (Step("discard_request", "declared absent, and not answered yet", self.order.provider),))

    def _answered(self) -> dict[str, Any]:
        """The fields of a pending request, once there is none."""
        return dict.fromkeys((*declared(self.order), "requested_at")) | {"handed_out": False}

    def _warnings(self, pending: dict[str, Any]) -> tuple[str, ...]:
        different = [field for field, value in declared(self.order).items() if pending.get(field) != value]
        if not different:
            return ()
        return (
            f"the pending request of {self.order.provider} was made with another {', '.join(different)}; to order anew, discard it first (state: absent)",
        )


# The same for a first certificate and for the next one of a rotation


def declared(order: Order) -> dict[str, Any]:
    """What request.json and results show of an order."""
    return {"organization": order.subject.organization, "common_name": order.subject.common_name, "key_type": order.key_type}


def hand_out_step(order: Order, pending: dict[str, Any] | None) -> tuple[Step, ...]:
    if not order.drop_folder or (pending and pending["handed_out"]):
        return ()
    return (Step("hand_out", "the PSCE has not been given the request yet", order.provider),)


def issue_waiting(order: Order, store: Store, since: str | None) -> Waiting:
    places = store.certificates(order.provider)
    request = Path(order.drop_folder) / f"{order.stem}.csr" if order.drop_folder else places / "pending" / REQUEST
    drop = order.pickup_folder or store.dropped(order.provider)
    return Waiting("certificate_issue", since, {"provider": order.provider, "csr": str(request), "drop": str(drop)})


def new_request(order: Order, store: Store, now: datetime, rotates: str | None = None) -> None:
    """Make key and request. rotates: fingerprint of the certificate that the new one is to follow."""
    key, request = make_request(order.subject, order.key_type)
    about = declared(order) | {"requested_at": instant(now), "handed_out": False} | ({ROTATES: rotates} if rotates else {})
    store.new_version(order.provider, {KEY: key, REQUEST: request, ABOUT: _json(about)})


def hand_out(order: Order, store: Store) -> None:
    folder = store.version(order.provider, "pending")
    if folder and order.drop_folder:
        request = read_file(folder / REQUEST, "store")
        store.write(Path(order.drop_folder) / f"{order.stem}.csr", request, mode=0o644)
        store.write(folder / ABOUT, _json(read_json(folder / ABOUT) | {"handed_out": True}))


def find_delivered(order: Order, store: Store) -> Delivered | None:
    """The newest certificate that people or the PSCE laid down, but for those that were picked up before.

    One that does not fit the pending key or the SIRET is refused aloud.
    """
    files = [str(each) for each in store.dropped_files(order.provider)]
    if order.pickup_folder:
        files += [str(each) for suffix in DROPPED_SUFFIXES if (each := Path(order.pickup_folder) / f"{order.stem}{suffix}").is_file()]
    spent = {each.fingerprint for each in picked_up(store, order.provider)}
    for path in reversed(files):
        chain = load_chain(read_file(path, "certificate"), path)
        if spent & {each.fingerprint for each in chain}:
            continue
        key = read_file(store.certificates(order.provider) / "pending" / KEY, "store")
        return Delivered(path, leaf_for(chain, key, order.subject.siret, path), tuple(chain))
    return None


def pick_up(provider: str, store: Store, delivered: Delivered, link: str = "current") -> None:
    """Lay the certificate beside its key. link: what the version goes by from now on (`next` in a rotation)."""
    others = [each for each in delivered.chain if each.fingerprint != delivered.leaf.fingerprint]
    store.complete_version(provider, {CERTIFICATE: delivered.leaf.pem, CHAIN: b"".join(each.pem for each in others)}, link)


def picked_up(store: Store, provider: str) -> list[Certificate]:
    """The certificate of every version there ever was; not of the pending one, which a kill may have left with its certificate."""
    pending = store.version(provider, "pending")
    versions = [each for each in store.versions(provider) if each.resolve() != pending]
    files = [each / CERTIFICATE for each in versions if (each / CERTIFICATE).exists()]
    return [load_chain(read_file(each, "store"), "store")[0] for each in files]


def kept(store: Store, provider: str, *, to_discard: bool = False) -> Kept:
    """What the store keeps for this provider. Raises StoreError or InvalidInput where it cannot be read; to be discarded, a request need not be readable."""
    pending, current = store.version(provider, "pending"), store.version(provider, "current")
    unread = {"requested_at": None, "handed_out": False}
    return Kept(
        (unread if to_discard else read_about(pending)) if pending else None,
        load_chain(read_file(current / CERTIFICATE, "store"), "store")[0] if current else None,
        store.version(provider, "next") is not None,
    )


def read_about(version: Path) -> dict[str, Any]:
    """What request.json says of a request. Raises StoreError where it does not say it."""
    about = read_json(version / ABOUT)
    if not {"requested_at", "handed_out"} <= about.keys():
        raise StoreError(f"{version / ABOUT} is incomplete", "restore it from a backup, or remove the link `pending` beside `versions`")
    return about


def view(store: Store, siret: str, provider: str, found: Kept) -> dict[str, Any]:
    """As results show it: paths, never a key."""
    pending = found.pending or {}
    places = store.certificates(provider)
    return {
        "siret": siret,
        "provider": provider,
        "state": "pending" if found.pending and not found.in_rotation else ("issued" if found.current else "none"),
        **{field: pending.get(field) for field in ("organization", "common_name", "key_type", "requested_at")},
        "handed_out": bool(pending.get("handed_out")),
        "request": str(places / "pending" / REQUEST),
        "dropped": str(store.dropped(provider)),
        **_shown(found.current),
    }


def _shown(certificate: Certificate | None) -> dict[str, Any]:
    if certificate is None:
        return {"fingerprint": None, "not_after": None}
    return {"fingerprint": certificate.fingerprint, "not_after": instant(certificate.not_after)}


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"
