# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PSCE delivers for a pending request: found, checked, and kept beside its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..._pki.certificate import Certificate
from ..._pki.certificate_files import (
    check_owner,
    find_certificate_of_key,
    key_pem,
    summarise_certificates,
)
from ..._pki.chain import complete_chain
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.parsing import MAX_AUTHORITIES, load_bundle
from ..._store.files import read_file
from ..._store.layout import DROPPED_SUFFIXES
from ..._store.links import CERTIFICATE, KEY
from ..._store.store import Store
from .key_pair import KeyPair
from .order import Order
from .pending_request import note_bad_delivery, read_pending, read_pending_key
from .stored_certificates import CHAIN, FULL_CHAIN, read_picked_up


@dataclass(frozen=True)
class DeliveredCertificate:
    """A certificate that came back, checked against the pending key and the collectivité. bundle: all that came with it, itself included."""

    path: str
    leaf: Certificate
    bundle: tuple[ParsedCertificate, ...]


def read_authorities(order: Order) -> tuple[ParsedCertificate, ...]:
    """The CA certificates that the user named. Raises InvalidInput."""
    path = order.psce_ca_file
    return load_bundle(read_file(path, "psce_ca_file"), "psce_ca_file", most=MAX_AUTHORITIES).certificates if path else ()


def find_delivered(order: Order, store: Store) -> tuple[DeliveredCertificate | None, tuple[str, ...]]:
    """(the newest certificate that people or the PSCE laid down for the pending key, files that answer an earlier request).

    Whatever was picked up before is passed over. One of the pending key that names another collectivité is refused aloud.
    """
    key = read_pending_key(store, order.provider)
    spent = {certificate.fingerprint for certificate in read_picked_up(store, order.provider)}
    stale: list[str] = []
    for path in reversed(_laid_down(order, store)):
        bundle = load_bundle(read_file(path, "certificate"), path, order.passphrase)
        chain = summarise_certificates(bundle.certificates, path)
        if spent & {certificate.fingerprint for certificate in chain}:
            continue
        leaf = find_certificate_of_key(chain, key)
        if leaf is None:
            stale.append(path)
            continue
        check_owner(leaf, order.subject.siret, path)
        return DeliveredCertificate(path, leaf, bundle.certificates), tuple(stale)
    return None, tuple(stale)


def why_unusable(leaf: Certificate, now: datetime) -> dict[str, str] | None:
    """Why a certificate that was delivered is not picked up, by language; None where it is. Pure."""
    if leaf.not_after > now:
        return None
    end = leaf.not_after.date().isoformat()
    return {"fr": f"expiré depuis le {end}", "en": f"expired since {end}"}


def note_unusable(store: Store, provider: str, delivered: DeliveredCertificate, now: datetime) -> None:
    """Remember a certificate that was laid down and cannot be used."""
    note_bad_delivery(store, provider, delivered.path, delivered.leaf.fingerprint, why_unusable(delivered.leaf, now) or {}, now)


def _laid_down(order: Order, store: Store) -> list[str]:
    """The files that people, the PSCE or a run that was killed have left: paths, the oldest first."""
    files = [str(path) for path in store.dropped_files(order.provider)]
    if order.pickup_folder:
        places = (Path(order.pickup_folder) / f"{order.stem}{suffix}" for suffix in DROPPED_SUFFIXES)
        files += [str(path) for path in places if path.is_file()]
    pending = store.version(
        order.provider, "pending"
    )  # a run that was killed has laid it beside its key already: it is not asked for again
    return [*files, *([str(pending / CERTIFICATE)] if pending and (pending / CERTIFICATE).is_file() else [])]


def issued_files(
    leaf: Certificate, bundle: tuple[ParsedCertificate, ...], authorities: tuple[ParsedCertificate, ...], now: datetime
) -> dict[str, bytes]:
    """What a version keeps of an issued certificate; the chain is completed from what came with it and from the CAs that the user named.

    Of a CA that was renewed or cross-signed it has the certificate that is valid now.
    """
    above = complete_chain(load_bundle(leaf.pem, "certificate").certificates[0], bundle, authorities, now)
    presented = tuple(authority for authority in above if authority.issuer != authority.subject)
    return {CERTIFICATE: leaf.pem, CHAIN: _pem(above), FULL_CHAIN: leaf.pem + _pem(presented)}


def pick_up(
    provider: str, store: Store, delivered: DeliveredCertificate, authorities: tuple[ParsedCertificate, ...], now: datetime
) -> None:
    """Lay the certificate, with its chain, beside its key."""
    complete_request(provider, store, issued_files(delivered.leaf, delivered.bundle, authorities, now))


def import_pair(provider: str, store: Store, pair: KeyPair, authorities: tuple[ParsedCertificate, ...], now: datetime) -> None:
    """A key that was made elsewhere, with its certificate, as the version in use."""
    store.new_version(provider, {KEY: key_pem(pair.key), **issued_files(pair.leaf, pair.chain, authorities, now)}, link="current")


def complete_request(provider: str, store: Store, files: dict[str, bytes]) -> None:
    """The answer in its place, which the request itself tells."""
    store.complete_version(provider, files, "next" if read_pending(store, provider).get("rotates") else "current")


def _pem(certificates: tuple[ParsedCertificate, ...]) -> bytes:
    return b"".join(certificate.pem for certificate in certificates)
