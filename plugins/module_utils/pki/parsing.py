# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a PSCE or a server hands out: certificates, keys, PKCS#7, PKCS#12, CRLs, OCSP responses. All or InvalidInput.

cryptography reads lazily: a certificate loads although its names, extensions or key are broken, and raises when they are looked at.
Here everything that a rule looks at is read at once, so that the rules are pure and total. A key of a kind that the library does not
know is no broken certificate: it is kept as None, and refused by the rule on keys.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

from ..errors import InvalidInput
from ..libraries import UnsupportedAlgorithm, ocsp, pkcs7, pkcs12, serialization, x509
from ..text import one_line

MAX_CERTIFICATES = 20
# Certificates, some 10 KiB each, read a moment ago; many times what the threads of a fleet look at together.
REMEMBERED = 512
# DER of the object identifier signedData (RFC 2315, 14), with which a PKCS#7 opens.
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
PEM_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
PEM_PKCS7 = re.compile(rb"-----BEGIN PKCS7-----.+?-----END PKCS7-----", re.DOTALL)
PEM_KEY = re.compile(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)

Read = TypeVar("Read")


@dataclass(frozen=True)
class Parsed:
    """A certificate, whole. x509: cryptography's. key: its public key, None where the kind is unknown. hash: of its signature, None likewise."""

    x509: Any
    subject: Any
    issuer: Any
    serial: int
    not_before: datetime
    not_after: datetime
    key: Any
    hash: Any
    fingerprint: str

    def extension(self, kind: Any) -> Any:
        """The extension (value, critical), or None."""
        return extension(self.x509.extensions, kind)

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
        content: bytes = self.x509.public_bytes(serialization.Encoding.PEM)
        return content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parsed) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)


@dataclass(frozen=True, eq=False)
class Crl:
    """A CRL. x509: cryptography's. Two are the same only where they are one object: what was read once for a fleet is verified once."""

    x509: Any


@dataclass(frozen=True)
class Bundle:
    """What one file held. key: a private key, or None."""

    certificates: tuple[Parsed, ...]
    key: Any


def extension(extensions: Any, kind: Any) -> Any:
    try:
        return extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def load_bundle(content: bytes, field: str, passphrase: str | None = None) -> Bundle:
    """Certificates in PEM, DER or PKCS#7 (.p7b), with or without a private key in PEM, or a PKCS#12. Raises InvalidInput."""
    blocks = PEM_CERTIFICATE.findall(content)
    if blocks:
        found = [_read(field, "certificate", partial(_pem, block)) for block in blocks[:MAX_CERTIFICATES]]
        match = PEM_KEY.search(content)
        return Bundle(tuple(found), load_key(match[0], field, passphrase) if match else None)
    if _opens(content, b"\x02\x01\x03"):  # a PFX is SEQUENCE { INTEGER 3, ... }; a certificate is SEQUENCE { SEQUENCE ... }
        return _pkcs12(content, field, passphrase)
    armoured = PEM_PKCS7.search(content)
    if armoured or _opens(content, SIGNED_DATA):
        return Bundle(_pkcs7(armoured[0] if armoured else content, field, bool(armoured)), None)
    return Bundle((_read(field, "certificate", lambda: parsed(x509.load_der_x509_certificate(content))),), None)


def load_key(content: bytes, field: str, passphrase: str | None = None) -> Any:
    """A private key in PEM. Raises InvalidInput; the message never repeats the content.

    The key is the user's own and is not tested for being well made, which takes 0.14 s for each RSA key of 3072 bits: what counts here is its
    public half. A TLS connection with a damaged one fails, and says so.
    """
    encrypted = b"ENCRYPTED" in content
    if encrypted and not passphrase:
        raise InvalidInput(field, "this private key is encrypted", "declare its passphrase too")
    secret = passphrase.encode() if passphrase and encrypted else None
    what = "private key in PEM (or its passphrase is not right)"
    return _read(field, what, lambda: serialization.load_pem_private_key(content, secret, unsafe_skip_rsa_key_validation=True))


def load_crl(content: bytes, field: str = "crl") -> Crl:
    """A CRL in PEM or DER."""
    load = x509.load_pem_x509_crl if content.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
    return _read(field, "CRL", lambda: Crl(_looked_at_crl(load(content))))


def load_ocsp(content: bytes, field: str = "ocsp") -> Any:
    """An OCSP response in DER."""
    return _read(field, "OCSP response", lambda: _looked_at_ocsp(ocsp.load_der_ocsp_response(content)))


def parsed(certificate: Any) -> Parsed:
    """Everything the rules look at. Raises ValueError and its like where a part is broken: use load_bundle, which says so."""
    for each in certificate.extensions:
        repr(each.value)
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Parsed(
        x509=certificate,
        subject=certificate.subject,
        issuer=certificate.issuer,
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=_known(certificate.public_key),
        hash=_known(lambda: certificate.signature_hash_algorithm),
        fingerprint=hashlib.sha256(der).hexdigest(),
    )


@lru_cache(maxsize=REMEMBERED)
def _pem(block: bytes) -> Parsed:
    """Each resource looks at the same certificate, and a whole fleet at the same CAs: what was read once needs no second reading."""
    return parsed(x509.load_pem_x509_certificate(block))


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
    repr((_known(lambda: found.signature_hash_algorithm), found.signature_algorithm_oid, [parsed(each) for each in found.certificates]))
    for each in found.extensions:
        repr(each.value)
    for each in found.responses:
        _look_at_single(each)
    return found


def _look_at_single(single: Any) -> None:
    repr((single.certificate_status, single.serial_number, single.issuer_key_hash, single.issuer_name_hash))
    repr((single.this_update_utc, single.next_update_utc, single.revocation_time_utc, single.revocation_reason))
    _known(lambda: single.hash_algorithm)


def _opens(content: bytes, first: bytes) -> bool:
    """Whether this is a SEQUENCE in DER or BER that begins with `first`."""
    lengths = (2, 3, 4, 5, 6)  # of the outer tag and length
    return content[:1] == b"\x30" and any(content[length : length + len(first)] == first for length in lengths)


def _pkcs7(content: bytes, field: str, armoured: bool) -> tuple[Parsed, ...]:
    """The certificates of a certs-only PKCS#7, as PSCEs send a chain."""
    what = "PKCS#7 with certificates"
    load = pkcs7.load_pem_pkcs7_certificates if armoured else pkcs7.load_der_pkcs7_certificates
    found = _read(field, what, lambda: tuple(parsed(each) for each in load(content)[:MAX_CERTIFICATES]))
    if not found:
        raise InvalidInput(field, "this PKCS#7 holds no certificate", "give the file that the PSCE delivered")
    return found


def _pkcs12(content: bytes, field: str, passphrase: str | None) -> Bundle:
    what = "PKCS#12 that this passphrase opens"
    secret = passphrase.encode() if passphrase else None
    found = _read(field, what, lambda: pkcs12.load_pkcs12(content, secret))
    inside = [each.certificate for each in ([found.cert] if found.cert else []) + list(found.additional_certs)]
    if not inside:
        raise InvalidInput(field, "this PKCS#12 holds no certificate", "give the file that the PSCE delivered")
    return Bundle(_read(field, what, lambda: tuple(parsed(each) for each in inside[:MAX_CERTIFICATES])), found.key)


def _read(field: str, what: str, read: Callable[[], Read]) -> Read:
    try:
        return read()
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension) as error:
        raise InvalidInput(field, f"this is no {what} that can be read", "give the file as it was delivered, whole") from error
