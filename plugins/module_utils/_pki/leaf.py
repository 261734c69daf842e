# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificate of a file is the collectivité's own: by its key, else by the structure. Files begin with the root as often as with the leaf."""

from __future__ import annotations

from typing import Any

from ..errors import InvalidInput
from ..libraries import serialization, x509
from .parsed_certificate import ParsedCertificate
from .subject_identifiers import identifiers_of

SHOWN = 5


def public_bytes(public_key: Any) -> bytes:
    """A form in which two public keys can be compared (SubjectPublicKeyInfo, DER)."""
    content: bytes = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return content


def find_leaf(certificates: tuple[ParsedCertificate, ...], field: str, key: Any = None, siret: str | None = None) -> ParsedCertificate:
    """The certificate of this private key, the newest where there are several; where none is its, the one that issued none of the others.

    Of several such, the one that names the SIRET. Raises InvalidInput where that is not one.
    """
    if key is not None:
        own_key = public_bytes(key.public_key())
        matching = [certificate for certificate in certificates if certificate.key is not None and public_bytes(certificate.key) == own_key]
        if matching:
            return max(matching, key=lambda certificate: certificate.not_before)
    ends = _end_certificates(certificates)
    if len(ends) > 1 and siret:
        ends = [certificate for certificate in ends if _names(certificate, siret)] or ends
    if len(ends) == 1:
        return ends[0]
    shown = "; ".join(
        f"{certificate.named} ({certificate.fingerprint[:16]}..., until {certificate.not_after:%Y-%m-%d})" for certificate in ends[:SHOWN]
    )
    raise InvalidInput(
        field,
        f"this file holds {len(ends)} certificates of which none issued another, and nothing says which one is meant: {shown}",
        "give a file with the one that is meant and the CAs above it, or its private key too",
    )


def _end_certificates(certificates: tuple[ParsedCertificate, ...]) -> list[ParsedCertificate]:
    """Those that no other names as its issuer, machines' before CAs'."""
    ends = [
        certificate
        for certificate in certificates
        if not any(subordinate.issuer == certificate.subject for subordinate in certificates if subordinate != certificate)
    ]
    ends = ends or list(certificates)
    return [certificate for certificate in ends if not is_ca(certificate)] or ends


def is_ca(certificate: ParsedCertificate) -> bool:
    """Whether it says so itself (basicConstraints)."""
    constraints = certificate.extension(x509.BasicConstraints)
    return bool(constraints and constraints.value.ca)


def _names(certificate: ParsedCertificate, siret: str) -> bool:
    numbers = [identifier.number for identifier in identifiers_of(certificate.subject)]
    return bool(numbers) and all(siret.startswith(number) for number in numbers)
