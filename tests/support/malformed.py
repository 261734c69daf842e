# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates written in odd ways, as users of other tools reported them (pyca/cryptography 13067, 7472, 6804, 12698), signed by their issuer.

The DER is changed with asn1crypto's parser, which shares nothing with the plugins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asn1crypto import parser
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

Change = Callable[[bytes], bytes]
CRL_POINTS, BASIC_CONSTRAINTS, POLICIES, KEY_USAGE = "551d1f", "551d13", "551d20", "551d0f"
ACCESS = "2b06010505070101"


def element(tag: int, body: bytes) -> bytes:
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else bytes([0x82, size >> 8, size & 255])
    return bytes([tag]) + length + body


def make_malformed(certificate: bytes, oddity: str, issuer_key: Any) -> bytes:
    """The certificate with its signed part changed (a key of ODDITIES; empty: as it is), signed anew."""
    if not oddity:
        return certificate
    content, algorithm, _signature = _children(certificate)
    changed = ODDITIES[oddity](content)
    assert changed != content, f"{oddity} changes nothing"
    return element(0x30, changed + algorithm + element(0x03, b"\0" + _signed(changed, issuer_key)))


def _signed(content: bytes, key: Any) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(content, ec.ECDSA(hashes.SHA256()))
    return bytes(key.sign(content, padding.PKCS1v15(), hashes.SHA256()))


def _children(der: bytes) -> list[bytes]:
    body, elements = parser.parse(der, strict=True)[4], []
    while body:
        _class, _method, _tag, header, content, trailer = parser.parse(body)
        size = len(header) + len(content) + len(trailer)
        elements.append(body[:size])
        body = body[size:]
    return elements


def replaced(der: bytes, old: bytes, new: bytes) -> bytes:
    """The element `old` inside this one made `new`, and every length around it mended."""
    if der == old:
        return new
    if old not in der or not der[0] & 0x20:
        return der
    return element(der[0], b"".join(replaced(child, old, new) for child in _children(der)))


def _extension(oid: str, change: Callable[[list[bytes]], list[bytes]]) -> Change:
    """change: of the extension's parts: its OID, `critical` where it is written, its value."""
    name = element(0x06, bytes.fromhex(oid))

    def changed(content: bytes) -> bytes:
        extensions = _children(_children(_children(content)[-1])[0])
        old = next(encoded for encoded in extensions if name in encoded)
        return replaced(content, old, element(0x30, b"".join(change(_children(old)))))

    return changed


def _value(oid: str, der: bytes, critical: bytes = b"") -> Change:
    return _extension(oid, lambda parts: [parts[0], critical, element(0x04, der)])


def _organization(tag: int, text: bytes) -> Change:
    """Of the subject, whose organization is Lyon."""
    return lambda content: content.replace(b"\x0c\x04Lyon", element(tag, text)[:6]).replace(b"\x13\x04Lyon", element(tag, text)[:6])


def _policy(oid: bytes, *qualifiers: bytes) -> bytes:
    return element(0x30, element(0x30, element(0x06, oid) + element(0x30, b"".join(qualifiers))))


OUR_POLICY = bytes.fromhex("2a817a0187670101")
NOTICE = bytes.fromhex("06082b06010505070202")
ODDITIES: dict[str, Change] = {
    "critical FALSE": _extension(CRL_POINTS, lambda parts: [parts[0], b"\x01\x01\x00", parts[-1]]),
    "critical FALSE of policies": _extension(POLICIES, lambda parts: [parts[0], b"\x01\x01\x00", parts[-1]]),
    "cA FALSE": _value(BASIC_CONSTRAINTS, bytes.fromhex("3003010100"), b"\x01\x01\xff"),
    "Latin-1 in a UTF8String": _organization(0x0C, b"Ly\xf4n"),
    "Latin-1 in a T61String": _organization(0x14, b"Ly\xf4n"),
    "Latin-1 in a PrintableString": _organization(0x13, b"Ly\xf4n"),
    "a star in a PrintableString": _organization(0x13, b"Ly_*"),
    "a notice": _value(POLICIES, _policy(OUR_POLICY, element(0x30, NOTICE + element(0x30, element(0x04, b"x"))))),
    "CRL points that are none": _value(CRL_POINTS, b"\x30\x03\x02\x01\x00"),
    "access that is none": _value(ACCESS, b"\x30\x03\x02\x01\x00"),
    "key usage that is none": _value(KEY_USAGE, b"\x30\x03\x02\x01\x00", b"\x01\x01\xff"),
}
