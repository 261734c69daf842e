# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The maker of certificates of all tests, and the recipes that most of them need: self-signed ones, and a small PSCE in memory.

psce.py makes right and wrong ones of every kind on it, signing.py those of people who sign documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.keys import key_pem, new_key
from tests.support.observed import SIRET

FROM = datetime(2026, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=700)
OIDS = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "OI": NameOID.ORGANIZATION_IDENTIFIER,
    "CN": NameOID.COMMON_NAME,
}


@dataclass(frozen=True)
class Validity:
    begin: datetime = FROM
    end: datetime = FROM + YEARS


def x509_name(*attributes: tuple[str, str]) -> x509.Name:
    """attributes: (one of OIDS, value). Values are not looked at: a test may want a wrong one."""
    return x509.Name([x509.NameAttribute(OIDS[kind], value, _validate=False) for kind, value in attributes])


def build_certificate(
    subject: x509.Name,
    public_key: Any,
    signing_key: Any,
    *,
    issuer: x509.Name | None = None,
    validity: Validity = Validity(),
    serial: int | None = None,
    extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
    digest: hashes.HashAlgorithm | None = hashes.SHA256(),  # noqa: B008 (has no state)
) -> x509.Certificate:
    """issuer: the subject where it is left out. extensions: (value, critical), in their order. digest: None for keys that hash by themselves."""
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(public_key)
    builder = builder.serial_number(serial or x509.random_serial_number()).not_valid_before(validity.begin).not_valid_after(validity.end)
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    return builder.sign(signing_key, digest)


def self_signed(
    key: Any, *, units: tuple[str, ...] = (), organization_identifier: str | None = None, life: timedelta = YEARS
) -> x509.Certificate:
    """Of this key, with these OUs and this organizationIdentifier."""
    identifier = [("OI", organization_identifier)] if organization_identifier else []
    subject = x509_name(("C", "FR"), ("O", "Essai"), *(("OU", unit) for unit in units), *identifier, ("CN", "fps.exemple"))
    return build_certificate(subject, key.public_key(), key, validity=Validity(FROM, FROM + life))


def self_signed_now(siret: str, key: Any, *, der: bool = False) -> bytes:
    """Valid from yesterday, for a year; its subject names this SIRET, or nobody where it is empty."""
    subject, yesterday = x509_name(("CN", "essai"), *((("OU", f"0002 {siret}"),) if siret else ())), datetime.now(UTC) - timedelta(days=1)
    certificate = build_certificate(subject, key.public_key(), key, validity=Validity(yesterday, yesterday + timedelta(days=365)))
    return certificate.public_bytes(serialization.Encoding.DER if der else serialization.Encoding.PEM)


class Family:
    """A small PSCE: root, issuing CA and a leaf of a SIRET, for tests that look at how certificates hang together.

    Two families bear the same names and have different keys. issue: a leaf for another key or SIRET.
    """

    def __init__(self, siret: str = SIRET) -> None:
        self._root_key, self._issuing_key, self.key = new_key(), new_key(), new_key()
        self.root = _member("Racine", "Racine", self._root_key, self._root_key)
        self.issuing = _member("AC", "Racine", self._issuing_key, self._root_key)
        self.leaf = self.issue(self.key, siret)

    def issue(self, key: Any, siret: str = SIRET) -> x509.Certificate:
        return _member("FPS", "AC", key, self._issuing_key, siret)


def _member(name: str, issuer: str, key: Any, signing_key: Any, siret: str | None = None) -> x509.Certificate:
    subject = x509_name(*((("OU", f"0002 {siret}"),) if siret else ()), ("CN", name))
    constraints = (x509.BasicConstraints(ca=siret is None, path_length=None), True)
    return build_certificate(subject, key.public_key(), signing_key, issuer=x509_name(("CN", issuer)), extensions=[constraints])


def pem_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def fingerprint_of(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def certificate_files(folder: Path, siret: str) -> tuple[Path, Path, str]:
    """A certificate of this SIRET and its key as files, and its fingerprint."""
    key: ec.EllipticCurvePrivateKey = new_key()
    certificate = self_signed(key, units=(f"0002 {siret}",))
    (folder / "certificate.pem").write_bytes(pem_of(certificate))
    (folder / "key.pem").write_bytes(key_pem(key))
    return folder / "certificate.pem", folder / "key.pem", fingerprint_of(certificate)
