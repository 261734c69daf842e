# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of any subject, self-signed and in memory: for tests that look at what a certificate says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.keys import key_pem, new_key

FROM = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(
    key: ec.EllipticCurvePrivateKey,
    *,
    units: tuple[str, ...] = (),
    organization_identifier: str | None = None,
    life: timedelta = timedelta(days=700),
) -> x509.Certificate:
    """Of this key, with these OUs and this organizationIdentifier."""
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Essai")]
    attributes += [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, each) for each in units]
    if organization_identifier:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, organization_identifier))
    name = x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, "fps.exemple")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(FROM).not_valid_after(FROM + life)
    return builder.sign(key, hashes.SHA256())


def pem(found: x509.Certificate) -> bytes:
    return found.public_bytes(serialization.Encoding.PEM)


def fingerprint(found: x509.Certificate) -> str:
    return found.fingerprint(hashes.SHA256()).hex()


def files(folder: Path, siret: str) -> tuple[Path, Path, str]:
    """A certificate of this SIRET and its key as files, and its fingerprint."""
    key = new_key()
    made = certificate(key, units=(f"0002 {siret}",))
    (folder / "certificate.pem").write_bytes(pem(made))
    (folder / "key.pem").write_bytes(key_pem(key))
    return folder / "certificate.pem", folder / "key.pem", fingerprint(made)
