# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the files that a PSCE or a server hands out: certificates, keys, PKCS#7, PKCS#12, CRLs, OCSP responses. All or InvalidInput.

What a file holds is formats.py's; what a certificate holds, parsed_certificate.py's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import InvalidInput
from ..libraries import ocsp, pkcs7, serialization, x509
from ..text import one_line
from .decryption import UNREADABLE, open_pkcs12, read_key, unreadable
from .der import SEQUENCE, read_element
from .der_repair import LONGEST_CAUSE
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
    detect_objects,
)
from .parsed_certificate import ParsedCertificate, known_or_none, parse_certificate, parse_loaded

# Of one file that is to hold a leaf and what is above it; and of a file of CAs, where systems have some 150.
MAX_CERTIFICATES, MAX_AUTHORITIES = 20, 500
DELIVERED = "give the file that the PSCE delivered"

Read = TypeVar("Read")


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


def load_bundle(content: bytes, field: str, passphrase: str | None = None, most: int = MAX_CERTIFICATES) -> Bundle:
    """Certificates in any form that people have, with or without a private key. most: how many there may be. Raises InvalidInput."""
    items = _recognised(content, field, "certificate")
    _refuse_damaged(items, field)
    loaded: list[ParsedCertificate] = []
    keys: list[Any] = []
    for item in items:
        if item.kind == PKCS12:
            inside, key = _pkcs12(item.content, field, passphrase)
            loaded += inside
            keys += [key] if key else []
        elif item.kind in (CERTIFICATE, PKCS7):
            loaded += _pkcs7(item.content, field) if item.kind == PKCS7 else [_certificate(item.content, field)]
    if not loaded:
        raise _mismatch(items, field, "certificate")
    keys += [read_key(item, field, passphrase) for item in items if item.kind in (KEY, ENCRYPTED_KEY)]
    if len(keys) > 1:
        raise InvalidInput(field, f"this file holds {len(keys)} private keys", "give a file with one")
    certificates = tuple(dict.fromkeys(loaded))
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
    key_objects = [item for item in items if item.kind in (KEY, ENCRYPTED_KEY, PKCS12)]
    if len(key_objects) > 1:
        raise InvalidInput(field, f"this file holds {len(key_objects)} private keys", "give a file with one")
    if not key_objects:
        raise _mismatch(items, field, "private key")
    key = (
        _pkcs12(key_objects[0].content, field, passphrase)[1]
        if key_objects[0].kind == PKCS12
        else read_key(key_objects[0], field, passphrase)
    )
    if key is None:
        raise InvalidInput(field, "this PKCS#12 holds no private key", "give the file that the key is in")
    return key


def load_crl(content: bytes, field: str = "crl") -> Crl:
    """A CRL in any form that people have."""
    der = _single_object(content, field, CRL, "CRL")
    return _read(field, "CRL", lambda: Crl(_looked_at_crl(x509.load_der_x509_crl(der))))


def load_ocsp(content: bytes, field: str = "ocsp") -> Any:
    """An OCSP response."""
    der = _single_object(content, field, OCSP_RESPONSE, "OCSP response")
    return _read(field, "OCSP response", lambda: _looked_at_ocsp(ocsp.load_der_ocsp_response(der)))


def _looked_at_crl(crl: Any) -> Any:
    for crl_extension in crl.extensions:
        repr(crl_extension.value)
    repr((crl.issuer, crl.last_update_utc, crl.next_update_utc, known_or_none(lambda: crl.signature_hash_algorithm)))
    return crl


def _looked_at_ocsp(response: Any) -> Any:
    if response.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
        return response
    repr((response.responder_name, response.responder_key_hash, response.produced_at_utc, response.signature, response.tbs_response_bytes))
    repr(
        (
            known_or_none(lambda: response.signature_hash_algorithm),
            response.signature_algorithm_oid,
            [parse_loaded(certificate) for certificate in response.certificates],
        )
    )
    for response_extension in response.extensions:
        repr(response_extension.value)
    for single in response.responses:
        _look_at_single(single)
    return response


def _look_at_single(single: Any) -> None:
    repr((single.certificate_status, single.serial_number, single.issuer_key_hash, single.issuer_name_hash))
    repr((single.this_update_utc, single.next_update_utc, single.revocation_time_utc, single.revocation_reason))
    known_or_none(lambda: single.hash_algorithm)


def _recognised(content: bytes, field: str, expected: str) -> list[CryptoObject]:
    try:
        return detect_objects(content)
    except TruncatedFile as error:
        raise InvalidInput(field, error.description, error.todo) from error
    except UnrecognisedFile as error:
        message = f"this is {error.description}, no {expected}" if error.description else f"this is no {expected} that can be read"
        raise InvalidInput(field, message, error.todo) from error


def _mismatch(items: list[CryptoObject], field: str, expected: str) -> InvalidInput:
    """The error for a file that holds something else than what is wanted."""
    recognised = next((item for item in items if item.kind != UNKNOWN), None)
    if recognised is None:
        return InvalidInput(field, f"this is no {expected} that can be read{_cause(items[0])}", AS_DELIVERED)
    description, todo = NAMES[recognised.kind]
    return InvalidInput(field, f"this is {description}, no {expected}", todo)


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
            part = f"block {item.label}" if item.label else "no certificate"
            raise InvalidInput(field, f"its part {number} of {len(items)} ({part}) cannot be read", AS_DELIVERED)


def _single_object(content: bytes, field: str, kind: str, expected: str) -> bytes:
    """The one thing of this kind in the file."""
    items = _recognised(content, field, expected)
    contents = [item.content for item in items if item.kind == kind]
    if len(contents) > 1:
        raise InvalidInput(field, f"this file holds {len(contents)} of them", f"give each {expected} in a file of its own")
    if not contents and items[0].kind == UNKNOWN and items[0].content:
        return items[0].content  # the library says what is wrong
    if not contents:
        raise _mismatch(items, field, expected)
    return contents[0]


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
        certificates = tuple(parse_loaded(certificate) for certificate in pkcs7.load_der_pkcs7_certificates(der))
    except UNREADABLE as error:
        try:
            certificates = tuple(parse_certificate(content) for content in _embedded(der))
        except UNREADABLE:
            certificates = ()
        if not certificates:
            raise unreadable(field, "PKCS#7 with certificates", error) from error
    if not certificates:
        raise InvalidInput(field, "this PKCS#7 holds no certificate", DELIVERED)
    return certificates


def _embedded(der: bytes) -> list[bytes]:
    """The certificates of a PKCS#7, one of which the library does not read (RFC 2315, 9.1). Raises ValueError."""
    whole = read_element(der)
    if len(whole.raw) != len(der):
        raise ValueError("something follows its end")
    _kind, content = whole.children()
    signed_data = next(content.children())
    sets = [part for part in signed_data.children() if part.tag == 0xA0]
    return [bytes(element.raw) for part in sets for element in part.children() if element.tag == SEQUENCE]


def _pkcs12(content: bytes, field: str, passphrase: str | None) -> tuple[list[ParsedCertificate], Any]:
    """(its certificates, its private key or None)."""
    container = open_pkcs12(content, field, passphrase)
    inside = [entry.certificate for entry in ([container.cert] if container.cert else []) + list(container.additional_certs)]
    if not inside:
        raise InvalidInput(field, "this PKCS#12 holds no certificate", DELIVERED)
    return _read(
        field, "certificate", lambda: [parse_certificate(certificate.public_bytes(serialization.Encoding.DER)) for certificate in inside]
    ), container.key


def _read(field: str, kind: str, read: Callable[[], Read]) -> Read:
    try:
        return read()
    except UNREADABLE as error:
        raise unreadable(field, kind, error) from error
