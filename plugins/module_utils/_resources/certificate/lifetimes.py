# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends each certificate, whether it lies here or only the space tells of it: its own date, its CA's, or that of the CA in the trust store."""

from __future__ import annotations

from datetime import datetime, timezone

from ..._pki.certificate import Certificate
from ..._pki.chain import best_path, find_paths
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.parsing import load_bundle
from ..._pki.renewal import Lifetime, lifetime_by_issuer, lifetime_of
from ..._pki.trust import TrustStore
from ..._plan.records import ListedCertificate
from ..base import Context
from .observed_certificate import DeclaredCertificate, ObservedCertificate, read_certificate


def stored_lifetimes(siret: str | None, context: Context, trusted: TrustStore, now: datetime) -> list[tuple[ObservedCertificate, Lifetime]]:
    """The certificates that the store holds for this SIRET, whatever the space shows of them."""
    store = context.store
    items = (
        [read_certificate(DeclaredCertificate(provider, "present"), siret, store) for provider in store.providers()]
        if store and siret
        else []
    )
    return [(item, of_held(item, trusted, now)) for item in items if item.local]


def of_held(item: ObservedCertificate, trusted: TrustStore, now: datetime) -> Lifetime:
    """Of a certificate that is here."""
    if item.local is None:
        raise ValueError(f"{item.declared.provider} holds no certificate here")
    return of_leaf(item.local, item.chain, trusted, now)


def of_leaf(leaf: Certificate, chain: tuple[ParsedCertificate, ...], trusted: TrustStore, now: datetime) -> Lifetime:
    """chain: the CAs that came with it. Where no trusted CA issued it, nothing but its own end is known. Of several paths the best counts."""
    if trusted.entries:
        paths = find_paths(load_bundle(leaf.pem, "certificate").certificates[0], chain, trusted.anchors)
        path = best_path(paths, trusted, "client", (now,))
        if path:
            return lifetime_of(path, trusted.of(path[1], "client"), now)
    return Lifetime(leaf.not_after)


def of_listed(listed: ListedCertificate, trusted: TrustStore, now: datetime) -> Lifetime | None:
    """Of a certificate that the space lists, whose issuer's name is all that is told of its CA. None where no end is told, or none that can be read."""
    try:
        end = datetime.fromisoformat((listed["not_after"] or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return lifetime_by_issuer(end if end.tzinfo else end.replace(tzinfo=timezone.utc), listed["issuer"], trusted, now)
