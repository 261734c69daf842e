# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate may be ordered: each order is paid, so one that exists already is never ordered a second time because a store was lost.

What can be known is what the space shows and what the store holds. Where these credentials do not see the space (no mandate, no list of
certificates), or where the request was not installed yet when the store was lost, nothing tells that one was ordered: then it is ordered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .._plan.plan import Step, Stop
from .._plan.records import ListedCertificate
from .._plan.waiting import Waiting
from .._store.layout import read_notes
from .._store.links import CERTIFICATE, KEY
from .._store.store import Store
from ..dates import date_or_none
from .base import Context
from .certificate.order import CLOCK_TOLERANCE, Order
from .certificate.stored_certificates import read_certificate_of, read_picked_up
from .space import Space, observe_space

# What has to be known for the words of a reason not to order.
Details = dict[str, object]


@dataclass(frozen=True)
class OrderEvidence:
    """What is known at the moment of an order.

    listed: the provider's certificates in the space, none where it is not to be seen. stored: fingerprints of all that this store has ever held for
    the collectivité, and of those whose loss the journal says was accepted. has_versions: whether it holds anything of the provider.
    strays: (number of the version, whether its key is there) of certificates that live and that no link leads to.
    clock_offset: how far our clock is ahead of a server's; None: none was asked. orders: of the last 24 hours.
    """

    listed: tuple[ListedCertificate, ...] = ()
    stored: frozenset[str] = frozenset()
    has_versions: bool = False
    strays: tuple[tuple[str, bool], ...] = ()
    clock_offset: timedelta | None = None
    orders: int = 0


def gather_order_evidence(context: Context, store: Store, order: Order) -> OrderEvidence:
    """For an order that may be made now: what the space shows is asked for once a run. Raises the errors of errors.py: then nothing is ordered."""
    siret, now = order.subject.siret, context.now()
    space = None if siret in context.opened else observe_space(context.operations, siret, order.contact.email)
    listed = _listed(space, order.provider)
    fingerprints = {leaf.fingerprint for provider in store.providers() for leaf in read_picked_up(store, provider)}
    fingerprints |= {entry.target for entry in store.history() if entry.step == "adopt_store"} if listed else set()
    return OrderEvidence(
        listed,
        frozenset(fingerprints),
        bool(store.versions(order.provider)),
        _strays(store, order.provider, now),
        context.operations.clock_offset,
        store.count_orders(now),
    )


def _listed(space: Space | None, provider: str) -> tuple[ListedCertificate, ...]:
    """Labels are compared whatever their case: people type them."""
    certificates = space.certificates if space else ()
    return tuple(certificate for certificate in certificates if str(certificate["provider"]).casefold() == provider.casefold())


def _strays(store: Store, provider: str, now: datetime) -> tuple[tuple[str, bool], ...]:
    """Of versions newer than the one in use, and of all where none is."""
    versions = store.links(provider).versions
    bound, current = set(versions.values()), versions.get("current")
    least = int(current.name) if current and current.name.isdigit() else 0
    strays = []
    for version in store.versions(provider):
        if version in bound or int(version.name) <= least or not (version / CERTIFICATE).is_file() or read_notes(version).get("set_aside"):
            continue
        if read_certificate_of(store, provider, f"versions/{version.name}", version).not_after > now:
            strays.append((version.name, (version / KEY).is_file()))
    return tuple(strays)


def unknown_certificates(evidence: OrderEvidence, now: datetime) -> tuple[ListedCertificate, ...]:
    """Those in the space whose keys nothing here shows, where they speak against an order: one of them is active, or, where this store holds nothing
    of the provider, was installed and has not expired. Pure."""
    unknown = [certificate for certificate in evidence.listed if certificate["fingerprint"] not in evidence.stored]
    active = any(certificate["state"] == "active" for certificate in unknown)
    living = any((end := date_or_none(certificate.get("not_after"))) is None or end > now for certificate in unknown)
    return tuple(unknown) if active or (living and not evidence.has_versions) else ()


def adopting_steps(order: Order, evidence: OrderEvidence, now: datetime) -> tuple[Step, ...]:
    """Where the user takes this store over without the keys: each certificate whose key is lost is written to the journal, so that it is said once."""
    if order.subject.siret not in order.adopted:
        return ()
    why = "the store is taken over without its key (antai_store_adopt)"
    return tuple(
        Step("adopt_store", why, certificate["fingerprint"], chain=order.provider) for certificate in unknown_certificates(evidence, now)
    )


def order_stops(order: Order, store: str, evidence: OrderEvidence, now: datetime) -> tuple[Stop, ...]:
    """Why this order must not be made; empty where it may. Pure. store: the path, for people."""
    order_details = {"provider": order.provider, "siret": order.subject.siret, "store": store}
    return tuple(
        Stop(order.provider, Waiting(code, None, order_details | details))
        for code, rule in RULES.items()
        if (details := rule(order, evidence, now))
    )


def _ordered_before(order: Order, evidence: OrderEvidence, now: datetime) -> Details | None:
    unknown = () if order.subject.siret in order.adopted else unknown_certificates(evidence, now)
    return {"fingerprint": ", ".join(certificate["fingerprint"] for certificate in unknown)} if unknown else None


def _stray_pair(order: Order, evidence: OrderEvidence, now: datetime) -> Details | None:
    numbers = [number for number, has_key in evidence.strays if has_key]
    return {"versions": ", ".join(numbers)} if numbers else None


def _key_lost(order: Order, evidence: OrderEvidence, now: datetime) -> Details | None:
    numbers = [number for number, has_key in evidence.strays if not has_key]
    return {"versions": ", ".join(numbers)} if numbers and order.subject.siret not in order.adopted else None


def _clock_off(order: Order, evidence: OrderEvidence, now: datetime) -> Details | None:
    if evidence.clock_offset is None or abs(evidence.clock_offset) <= CLOCK_TOLERANCE:
        return None
    return {"seconds": round(evidence.clock_offset.total_seconds())}


def _too_many(order: Order, evidence: OrderEvidence, now: datetime) -> Details | None:
    return {"orders": evidence.orders, "limit": order.limit} if evidence.orders >= order.limit else None


Rule = Callable[[Order, OrderEvidence, datetime], "Details | None"]
# By the code of who is waited for (waiting.py): what has to be known for its words, or None where it does not hold.
RULES: dict[str, Rule] = {
    "order_twice": _ordered_before,
    "order_stray_pair": _stray_pair,
    "order_key_lost": _key_lost,
    "order_clock": _clock_off,
    "order_limit": _too_many,
}
