# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading certificates and keys: identity, dates, whose they are. The verdicts of the RGS profile are rgs.py's.

A certificate is its SHA-256 over the DER, never its PEM text: two files with the same certificate are the same certificate.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import InvalidInput
from ..libraries import UnsupportedAlgorithm, hashes, serialization, x509
from .identity import named

PEM_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True)
class Certificate:
    """fingerprint: SHA-256 of the DER, lower-case hexadecimal. dates: aware, UTC. identifiers: SIREN and SIRET that the subject names."""

    fingerprint: str
    subject: str
    not_before: datetime
    not_after: datetime
    identifiers: tuple[str, ...]
    public_key: bytes
    pem: bytes

    def names(self, siret: str) -> bool:
        """Whether every SIRET and SIREN in the subject is this collectivité's, and there is one (R7)."""
        return bool(self.identifiers) and all(siret.startswith(each) for each in self.identifiers)


def load_chain(content: bytes, field: str) -> list[Certificate]:
    """The certificates of a file, PEM (one or more) or DER (one), in its order. Raises InvalidInput."""
    blocks = PEM_CERTIFICATE.findall(content)
    try:
        found = [x509.load_pem_x509_certificate(block) for block in blocks] or [x509.load_der_x509_certificate(content)]
        return [_described(each) for each in found]
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension) as error:
        raise InvalidInput(field, "this is no X.509 certificate (PEM or DER)", "give the file that the PSCE delivered") from error


def load_private_key(content: bytes, field: str) -> Any:
    """An unencrypted private key in PEM. Raises InvalidInput; the message never repeats the content."""
    try:
        return serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidInput(field, "this is no unencrypted private key in PEM", "give the key that the request was made with") from error


def public_bytes(public_key: Any) -> bytes:
    """A form in which two public keys can be compared (SubjectPublicKeyInfo, DER)."""
    return public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def leaf_for(chain: list[Certificate], key_pem: bytes, siret: str, field: str) -> Certificate:
    """The certificate of the chain that belongs to this key and this collectivité. Raises InvalidInput, naming which of both fails."""
    wanted = public_bytes(load_private_key(key_pem, "private_key").public_key())
    matching = [each for each in chain if each.public_key == wanted]
    if not matching:
        raise InvalidInput(
            field,
            "no certificate in this file matches the private key",
            "give the certificate that was issued for this request; another request's does not work with this key",
        )
    check_owner(matching[0], siret, field)
    return matching[0]


def check_owner(certificate: Certificate, siret: str, field: str) -> None:
    """Raises InvalidInput where the subject names nobody, or somebody else (R7)."""
    if certificate.names(siret):
        return
    whom = ", ".join(certificate.identifiers) or "nobody"
    raise InvalidInput(
        field,
        f"certificate {certificate.fingerprint[:16]}... names {whom}, not {siret}",
        "the SIRET stands in the subject's OU (0002 ...) or organizationIdentifier: order a certificate for this collectivité, or declare the right file",
        fingerprint=certificate.fingerprint,
    )


@dataclass(frozen=True)
class OtherNames:
    """What else a certificate is known by. sha1: of the DER, lower-case hexadecimal; serial: hexadecimal; der: the whole of it."""

    sha1: str
    serial: str
    der: bytes


def other_names(certificate: Certificate) -> OtherNames:
    read = x509.load_pem_x509_certificate(certificate.pem)
    der = read.public_bytes(serialization.Encoding.DER)
    return OtherNames(hashlib.sha1(der, usedforsecurity=False).hexdigest(), f"{read.serial_number:x}", der)


def _described(certificate: Any) -> Certificate:
    return Certificate(
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        subject=certificate.subject.rfc4514_string(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        identifiers=tuple(identifiers(certificate.subject)),
        public_key=public_bytes(certificate.public_key()),
        pem=certificate.public_bytes(serialization.Encoding.PEM),
    )


def identifiers(subject: Any) -> list[str]:
    """Every SIREN and SIRET that a subject names, in its order, without repetition."""
    return list(dict.fromkeys(each.number for each in named(subject)))
