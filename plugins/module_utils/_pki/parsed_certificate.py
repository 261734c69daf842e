# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate with everything that the rules look at, read at once.

cryptography reads lazily: a certificate loads although its names, extensions or key are broken, and raises when they are looked at. Here they are
looked at once, so that the rules are pure and total. A key of a kind that the library does not know is no broken certificate: it is kept as None,
and refused by the rule on keys. A certificate that is odd in a place that decides nothing is read through a copy (der_repair.py), and says so in
`oddities`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from ..libraries import UnsupportedAlgorithm, serialization, x509
from ..text import one_line
from .decryption import UNREADABLE
from .der_repair import repair_certificate
from .formats import certificate_pem

# Certificates, some 10 KiB each, read a moment ago; many times what the threads of a fleet look at together.
REMEMBERED = 512

Known = TypeVar("Known")


@dataclass(frozen=True)
class ParsedCertificate:
    """A certificate, whole. x509: cryptography's. key: its public key, None where the kind is unknown. hash: of its signature, None likewise.

    der: as it was delivered. extensions: those that can be read. oddities: what was read past, each in words.
    """

    x509: Any
    subject: Any
    issuer: Any
    serial: int
    not_before: datetime
    not_after: datetime
    key: Any
    hash: Any
    fingerprint: str
    der: bytes
    extensions: Any
    oddities: tuple[str, ...] = ()

    def extension(self, kind: Any) -> Any:
        """The extension (value, critical), or None."""
        return extension(self.extensions, kind)

    @property
    def named(self) -> str:
        """The subject, as people read it."""
        return one_line(self.subject.rfc4514_string())

    @property
    def named_issuer(self) -> str:
        """The issuer, as people read it."""
        return one_line(self.issuer.rfc4514_string())

    @property
    def pem(self) -> bytes:
        return certificate_pem(self.der)

    @property
    def is_copy(self) -> bool:
        """Whether `x509` is a copy, because the library does not load the original: its signature is the original's, what it signs is not."""
        return bool(self.oddities) and self.x509.public_bytes(serialization.Encoding.DER) != self.der

    def __eq__(self, certificate: object) -> bool:
        return isinstance(certificate, ParsedCertificate) and self.fingerprint == certificate.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)


def extension(extensions: Any, kind: Any) -> Any:
    try:
        return extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def parse_loaded(certificate: Any, oddities: tuple[str, ...] = ()) -> ParsedCertificate:
    """Everything the rules look at. Raises ValueError and its like where a part is broken: use load_bundle, which says so."""
    for part in certificate.extensions:
        repr(part.value)
    der = certificate.public_bytes(serialization.Encoding.DER)
    return ParsedCertificate(
        x509=certificate,
        subject=certificate.subject,
        issuer=certificate.issuer,
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=known_or_none(certificate.public_key),
        hash=known_or_none(lambda: certificate.signature_hash_algorithm),
        fingerprint=hashlib.sha256(der).hexdigest(),
        der=der,
        extensions=certificate.extensions,
        oddities=oddities,
    )


@lru_cache(maxsize=REMEMBERED)
def parse_certificate(der: bytes) -> ParsedCertificate:
    """Of DER, through a copy where the library does not read it. Raises ValueError and its like, with the cause.

    Each resource looks at the same certificate, and a whole fleet at the same CAs: what was read once needs no second reading.
    """
    try:
        return parse_loaded(x509.load_der_x509_certificate(der))
    except UNREADABLE:
        copy = repair_certificate(der)
        if not copy.oddities:
            raise
    read = parse_loaded(copy.certificate, copy.oddities)
    try:
        original = x509.load_der_x509_certificate(der)
    except UNREADABLE:
        original = copy.certificate
    return replace(read, x509=original, der=der, fingerprint=hashlib.sha256(der).hexdigest())


def known_or_none(look: Callable[[], Known]) -> Known | None:
    try:
        return look()
    except UnsupportedAlgorithm:
        return None
