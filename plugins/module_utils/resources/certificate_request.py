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
    """What the store keeps for one provider. pending: what request.json says of the request that is not answered yet; current: the certificate in use."""

    pending: dict[str, Any] | None
    current: Certificate | None


@dataclass(frozen=True)
class Observed:
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
        return Observed(world.store, found, self._delivered(world.store, found) if found.pending else None)

    def plan(self, observed: Observed, now: datetime) -> Plan:
        before = view(observed.store, self.siret, self.order.provider, observed.kept)
        if not self.present:
            return self._absent(observed, before)
        current = observed.kept.current
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
                *self._hand_out(None),
            )
            after = before | self._declared() | {"state": "pending", "handed_out": bool(self.order.drop_folder)}
            return Plan(before, after, steps, (self._issue(observed, None),), server_assigned=("requested_at",))
        if observed.delivered:
            after = before | self._answered() | {"state": "issued"} | _shown(observed.delivered.leaf)
            return Plan(
                before,
                after,
                (Step("pick_up", f"the PSCE has delivered {observed.delivered.path}", self.order.provider),),
                warnings=self._warnings(observed.pending),
            )
        steps = self._hand_out(observed.pending)
        after = before | ({"handed_out": True} if steps else {})
        return Plan(before, after, steps, (self._issue(observed, observed.pending["requested_at"]),), self._warnings(observed.pending))

    def apply(self, world: World, observed: Observed, step: Step, now: datetime) -> None:
        store, provider = observed.store, self.order.provider
        if step.code == "make_request":
            key, request = make_request(self.order.subject, self.order.key_type)
            about = self._declared() | {"requested_at": instant(now), "handed_out": False}
            store.new_version(provider, {KEY: key, REQUEST: request, ABOUT: _json(about)})
        elif step.code == "hand_out":
            folder = store.version(provider, "pending")
            if folder and self.order.drop_folder:
                request = read_file(folder / REQUEST, "store")
                store.write(Path(self.order.drop_folder) / f"{self.order.stem}.csr", request, mode=0o644)
                store.write(folder / ABOUT, _json(read_json(folder / ABOUT) | {"handed_out": True}))
        elif step.code == "pick_up" and observed.delivered:
            others = [each for each in observed.delivered.chain if each.fingerprint != observed.delivered.leaf.fingerprint]
            store.complete_version(provider, {CERTIFICATE: observed.delivered.leaf.pem, CHAIN: b"".join(each.pem for each in others)})
            world.picked_up.add(observed.delivered.leaf.fingerprint)
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
        return dict.fromkeys((*self._declared(), "requested_at")) | {"handed_out": False}

    def _hand_out(self, pending: dict[str, Any] | None) -> tuple[Step, ...]:
        if not self.order.drop_folder or (pending and pending["handed_out"]):
            return ()
        return (Step("hand_out", "the PSCE has not been given the request yet", self.order.provider),)

    def _issue(self, observed: Observed, since: str | None) -> Waiting:
        places = observed.store.certificates(self.order.provider)
        request = Path(self.order.drop_folder) / f"{self.order.stem}.csr" if self.order.drop_folder else places / "pending" / REQUEST
        drop = self.order.pickup_folder or observed.store.dropped(self.order.provider)
        return Waiting("certificate_issue", since, {"provider": self.order.provider, "csr": str(request), "drop": str(drop)})

    def _warnings(self, pending: dict[str, Any]) -> tuple[str, ...]:
        different = [field for field, value in self._declared().items() if pending.get(field) != value]
        if not different:
            return ()
        return (
            f"the pending request of {self.order.provider} was made with another {', '.join(different)}; to order anew, discard it first (state: absent)",
        )

    # Observing

    def _delivered(self, store: Store, found: Kept) -> Delivered | None:
        """The newest certificate that people or the PSCE laid down, but for the one in use, which was picked up before.

        One that does not fit the pending key or the SIRET is refused aloud.
        """
        files = [str(each) for each in store.dropped_files(self.order.provider)]
        if self.order.pickup_folder:
            files += [
                str(each)
                for suffix in DROPPED_SUFFIXES
                if (each := Path(self.order.pickup_folder) / f"{self.order.stem}{suffix}").is_file()
            ]
        for path in reversed(files):
            chain = load_chain(read_file(path, "certificate"), path)
            if found.current and found.current.fingerprint in {each.fingerprint for each in chain}:
                continue
            key = read_file(store.certificates(self.order.provider) / "pending" / KEY, "store")
            return Delivered(path, leaf_for(chain, key, self.siret, path), tuple(chain))
        return None

    def _declared(self) -> dict[str, Any]:
        subject = self.order.subject
        return {"organization": subject.organization, "common_name": subject.common_name, "key_type": self.order.key_type}


def kept(store: Store, provider: str, *, to_discard: bool = False) -> Kept:
    """What the store keeps for this provider. Raises StoreError or InvalidInput where it cannot be read; to be discarded, a request need not be readable."""
    pending, current = store.version(provider, "pending"), store.version(provider, "current")
    unread = {"requested_at": None, "handed_out": False}
    return Kept(
        (unread if to_discard else read_about(pending)) if pending else None,
        load_chain(read_file(current / CERTIFICATE, "store"), "store")[0] if current else None,
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
        "state": "pending" if found.pending else ("issued" if found.current else "none"),
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
