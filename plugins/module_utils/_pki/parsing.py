# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a PSCE or a server hands out: certificates, keys, PKCS#7, PKCS#12, CRLs, OCSP responses. All or InvalidInput.

What a file holds is formats.py's. cryptography reads lazily: a certificate loads although its names, extensions or key are broken, and raises
when they are looked at. Here everything that a rule looks at is read at once, so that the rules are pure and total. A key of a kind that the
library does not know is no broken certificate: it is kept as None, and refused by the rule on keys. A certificate that is odd in a place that
decides nothing is read through a copy (der_repair.py), and says so in `oddities`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from ..errors import InvalidInput
from ..libraries import UnsupportedAlgorithm, ocsp, pkcs7, serialization, x509
from ..text import one_line
from .decryption import UNREADABLE, open_pkcs12, read_key, unreadable
from .der import SEQUENCE, read_element
from .der_repair import LONGEST_CAUSE, repair_certificate
from .formats import (
    AS_DELIVERED,
    CERTIFICATE,
    CERTIFICATE_LABELS,
    CRL,
    ENCRYPTED_KEY,
    KEY,
    NAMES,
    OCSP_RESPONSE,
    PKCS7,
    PKCS12,
    UNKNOWN,
    CryptoObject,
    TruncatedFile,
    UnrecognisedFile,
    certificate_pem,
    detect_objects,
)

# Of one file that is to hold a leaf and what is above it; and of a file of CAs, where systems have some 150.
MAX_CERTIFICATES, MAX_AUTHORITIES = 20, 500
# Certificates, some 10 KiB each, read a moment ago; many times what the threads of a fleet look at together.
REMEMBERED = 512
DELIVERED = "give the file that the PSCE delivered"

Read = TypeVar("Read")


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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParsedCertificate) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)


@dataclass(frozen=True, eq=False)
class Crl:
    """A CRL. x509: cryptography's. Two are the same only where they are one object: what was read once for a fleet is verified once."""

    x509: Any


class UnreadableCertificate(InvalidInput):
    """A certificate by its form, which the library reads neither as it stands nor as a copy."""


@dataclass(frozen=True)
class Bundle:
    """What one file held, each certificate once. key: a private key, or None."""

    certificates: tuple[ParsedCertificate, ...]
    key: Any


def extension(extensions: Any, kind: Any) -> Any:
    try:
        return extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def load_bundle(content: bytes, field: str, passphrase: str | None = None, most: int = MAX_CERTIFICATES) -> Bundle:
    """Certificates in any form that people have, with or without a private key. most: how many there may be. Raises InvalidInput."""
    items = _recognised(content, field, "certificate")
    _refuse_damaged(items, field)
    found: list[ParsedCertificate] = []
    keys: list[Any] = []
    for item in items:
        if item.kind == PKCS12:
            inside, key = _pkcs12(item.content, field, passphrase)
            found += inside
            keys += [key] if key else []
        elif item.kind in (CERTIFICATE, PKCS7):
            found += _pkcs7(item.content, field) if item.kind == PKCS7 else [_certificate(item.content, field)]
    if not found:
        raise _mismatch(items, field, "certificate")
    keys += [read_key(item, field, passphrase) for item in items if item.kind in (KEY, ENCRYPTED_KEY)]
    if len(keys) > 1:
        raise InvalidInput(field, f"this file holds {len(keys)} private keys", "give a file with one")
    certificates = tuple(dict.fromkeys(found))
    if len(certificates) > most:
        raise InvalidInput(
            field,
            f"this file holds {len(certificates)} certificates; at most {most} are read",
            "give the certificate and the CAs above it only",
        )
    return Bundle(certificates, keys[0] if keys else None)


def load_key(content: bytes, field: str, passphrase: str | None = None) -> Any:
    """A private key in PEM or DER, or that of a PKCS#12. Raises InvalidInput; the message never repeats the content.

    The key is the user's own and is not tested for being well made, which takes 0.14 s for each RSA key of 3072 bits: what counts here is its
    public half. A TLS connection with a damaged one fails, and says so.
    """
    items = _recognised(content, field, "private key")
    found = [item for item in items if item.kind in (KEY, ENCRYPTED_KEY, PKCS12)]
    if len(found) > 1:
        raise InvalidInput(field, f"this file holds {len(found)} private keys", "give a file with one")
    if not found:
        raise _mismatch(items, field, "private key")
    key = _pkcs12(found[0].content, field, passphrase)[1] if found[0].kind == PKCS12 else read_key(found[0], field, passphrase)
    if key is None:
        raise InvalidInput(field, "this PKCS#12 holds no private key", "give the file that the key is in")
    return key


def load_crl(content: bytes, field: str = "crl") -> Crl:
    """A CRL in any form that people have."""
    der = _one(content, field, CRL, "CRL")
    return _read(field, "CRL", lambda: Crl(_looked_at_crl(x509.load_der_x509_crl(der))))


def load_ocsp(content: bytes, field: str = "ocsp") -> Any:
    """An OCSP response."""
    der = _one(content, field, OCSP_RESPONSE, "OCSP response")
    return _read(field, "OCSP response", lambda: _looked_at_ocsp(ocsp.load_der_ocsp_response(der)))


def parse_loaded(certificate: Any, oddities: tuple[str, ...] = ()) -> ParsedCertificate:
    """Everything the rules look at. Raises ValueError and its like where a part is broken: use load_bundle, which says so."""
    for each in certificate.extensions:
        repr(each.value)
    der = certificate.public_bytes(serialization.Encoding.DER)
    return ParsedCertificate(
        x509=certificate,
        subject=certificate.subject,
        issuer=certificate.issuer,
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=_known(certificate.public_key),
        hash=_known(lambda: certificate.signature_hash_algorithm),
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


def _known(look: Callable[[], Read]) -> Read | None:
    try:
        return look()
    except UnsupportedAlgorithm:
        return None


def _looked_at_crl(found: Any) -> Any:
    for each in found.extensions:
        repr(each.value)
    repr((found.issuer, found.last_update_utc, found.next_update_utc, _known(lambda: found.signature_hash_algorithm)))
    return found


def _looked_at_ocsp(found: Any) -> Any:
    if found.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
        return found
    repr((found.responder_name, found.responder_key_hash, found.produced_at_utc, found.signature, found.tbs_response_bytes))
    repr(
        (_known(lambda: found.signature_hash_algorithm), found.signature_algorithm_oid, [parse_loaded(each) for each in found.certificates])
    )
    for each in found.extensions:
        repr(each.value)
    for each in found.responses:
        _look_at_single(each)
    return found


def _look_at_single(single: Any) -> None:
    repr((single.certificate_status, single.serial_number, single.issuer_key_hash, single.issuer_name_hash))
    repr((single.this_update_utc, single.next_update_utc, single.revocation_time_utc, single.revocation_reason))
    _known(lambda: single.hash_algorithm)


def _recognised(content: bytes, field: str, wanted: str) -> list[CryptoObject]:
    try:
        return detect_objects(content)
    except TruncatedFile as error:
        raise InvalidInput(field, error.what, error.todo) from error
    except UnrecognisedFile as error:
        message = f"this is {error.what}, no {wanted}" if error.what else f"this is no {wanted} that can be read"
        raise InvalidInput(field, message, error.todo) from error


def _mismatch(items: list[CryptoObject], field: str, wanted: str) -> InvalidInput:
    """The error for a file that holds something else than what is wanted."""
    known = next((item for item in items if item.kind != UNKNOWN), None)
    if known is None:
        return InvalidInput(field, f"this is no {wanted} that can be read{_cause(items[0])}", AS_DELIVERED)
    what, todo = NAMES[known.kind]
    return InvalidInput(field, f"this is {what}, no {wanted}", todo)


def _cause(item: CryptoObject) -> str:
    """What can be said of something unknown."""
    if item.label:
        return f" (a block {item.label})"
    try:
        read_element(item.content)
    except ValueError as error:
        return f": {error}"
    return ""


def _refuse_damaged(items: list[CryptoObject], field: str) -> None:
    """A list of certificates with one that cannot be read is no shorter list."""
    for number, item in enumerate(items, 1):
        if item.kind == UNKNOWN and len(items) > 1 and (not item.label or CERTIFICATE_LABELS.search(item.label)):
            what = f"block {item.label}" if item.label else "no certificate"
            raise InvalidInput(field, f"its part {number} of {len(items)} ({what}) cannot be read", AS_DELIVERED)


def _one(content: bytes, field: str, kind: str, wanted: str) -> bytes:
    """The one thing of this kind in the file."""
    items = _recognised(content, field, wanted)
    found = [item.content for item in items if item.kind == kind]
    if len(found) > 1:
        raise InvalidInput(field, f"this file holds {len(found)} of them", f"give each {wanted} in a file of its own")
    if not found and items[0].kind == UNKNOWN and items[0].content:
        return items[0].content  # the library says what is wrong
    if not found:
        raise _mismatch(items, field, wanted)
    return found[0]


def _certificate(der: bytes, field: str) -> ParsedCertificate:
    try:
        return parse_certificate(der)
    except UNREADABLE as error:
        raise UnreadableCertificate(
            field, f"this is no certificate that can be read: {one_line(error, LONGEST_CAUSE)}", AS_DELIVERED
        ) from error


def _pkcs7(der: bytes, field: str) -> tuple[ParsedCertificate, ...]:
    """The certificates of a certs-only PKCS#7, as PSCEs send a chain."""
    try:
        found = tuple(parse_loaded(each) for each in pkcs7.load_der_pkcs7_certificates(der))
    except UNREADABLE as error:
        try:
            found = tuple(parse_certificate(each) for each in _embedded(der))
        except UNREADABLE:
            found = ()
        if not found:
            raise unreadable(field, "PKCS#7 with certificates", error) from error
    if not found:
        raise InvalidInput(field, "this PKCS#7 holds no certificate", DELIVERED)
    return found


def _embedded(der: bytes) -> list[bytes]:
    """The certificates of a PKCS#7, one of which the library does not read (RFC 2315, 9.1). Raises ValueError."""
    whole = read_element(der)
    if len(whole.raw) != len(der):
        raise ValueError("something follows its end")
    _kind, content = whole.children()
    signed_data = next(content.children())
    sets = [part for part in signed_data.children() if part.tag == 0xA0]
    return [bytes(each.raw) for part in sets for each in part.children() if each.tag == SEQUENCE]


def _pkcs12(content: bytes, field: str, passphrase: str | None) -> tuple[list[ParsedCertificate], Any]:
    """(its certificates, its private key or None)."""
    found = open_pkcs12(content, field, passphrase)
    inside = [each.certificate for each in ([found.cert] if found.cert else []) + list(found.additional_certs)]
    if not inside:
        raise InvalidInput(field, "this PKCS#12 holds no certificate", DELIVERED)
    return _read(
        field, "certificate", lambda: [parse_certificate(each.public_bytes(serialization.Encoding.DER)) for each in inside]
    ), found.key


def _read(field: str, what: str, read: Callable[[], Read]) -> Read:
    try:
        return read()
    except UNREADABLE as error:
        raise unreadable(field, what, error) from error
