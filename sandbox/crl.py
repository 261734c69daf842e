# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CRL of the issuing CA (RFC 5280, 5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox import psce_register
from sandbox.clock import moment, parse_moment
from sandbox.database import Database
from sandbox.psce import Authority

# As RGS one star asks: one a day, each good for three.
EVERY = timedelta(hours=24)
GOOD_FOR = timedelta(hours=72)


def current(db: Database, authority: Authority, now: datetime) -> bytes:
    """The last one published; a new one when it is a day old, lies in the future (the clock went back), or would say something else."""
    entries = psce_register.revoked(db, moment(now))
    digest = sha256(repr([tuple(entry) for entry in entries]).encode()).hexdigest()
    last = db.fetch_one("SELECT du, entrees, der FROM psce_crl ORDER BY numero DESC LIMIT 1")
    if last and last["entrees"] == digest and parse_moment(last["du"]) <= now < parse_moment(last["du"]) + EVERY:
        der: bytes = last["der"]
        return der
    with db.transaction():
        number = db.insert("psce_crl", du=moment(now), entrees=digest, der=b"")
        der = _make(authority, authority.key, entries, number, now)
        db.run("UPDATE psce_crl SET der = ? WHERE numero = ?", der, number)
        db.run("DELETE FROM psce_crl WHERE numero < ?", number)
    return der


def defective(db: Database, authority: Authority, now: datetime, kinds: Collection[str]) -> bytes:
    """Never published for good: no number is used up."""
    row = db.fetch_one("SELECT max(numero) FROM psce_crl")
    key = ec.generate_private_key(ec.SECP256R1()) if "crl_wrong_signature" in kinds else authority.key
    begin = now - GOOD_FOR - timedelta(days=1) if "crl_expired" in kinds else now
    return _make(authority, key, psce_register.revoked(db, moment(now)), (row and row[0]) or 1, begin)


def _make(authority: Authority, key: ec.EllipticCurvePrivateKey, entries: list[Any], number: int, begin: datetime) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(begin)
        .next_update(begin + GOOD_FOR)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for entry in entries:
        builder = builder.add_revoked_certificate(_entry(entry))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _entry(row: Any) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(int(row["serie"], 16)).revocation_date(parse_moment(row["revoque_le"]))
    if row["motif"] != "unspecified":  # RFC 5280, 5.3.1: then without the extension
        builder = builder.add_extension(x509.CRLReason(x509.ReasonFlags(row["motif"])), critical=False)
    return builder.build()
