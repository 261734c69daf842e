# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of an odd certificate that cryptography can read, for a certificate that is odd in a place that decides nothing.

Real CAs write `critical FALSE` out (DER leaves defaults out: X.690, 11.5), put Latin-1 into a UTF8String or a PrintableString, or add a notice
that breaks a length. openssl and browsers read such certificates. The copy serves reading alone: fingerprint, file and signature are the original's.
What a rule reads and cannot be read without guessing stays an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..libraries import UnsupportedAlgorithm, x509
from ..text import one_line
from .der import BOOLEAN, OCTET_STRING, OID, SEQUENCE, Element, encode, read_element

EXTENSIONS, UTF8_STRING = 0xA3, 0x0C
FALSE = b"\x01\x01\x00"
# Tag of a string type: what it is called, its encoding, and what else its values must look like (X.680, 41).
STRINGS: dict[int, tuple[str, str, re.Pattern[str] | None]] = {
    UTF8_STRING: ("UTF8String", "utf-8", None),
    0x12: ("NumericString", "ascii", re.compile("[0-9 ]*")),
    0x13: ("PrintableString", "ascii", re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")),
    0x14: ("T61String", "ascii", None),
    0x16: ("IA5String", "ascii", None),
    0x1A: ("VisibleString", "ascii", re.compile("[ -~]*")),
    0x1C: ("UniversalString", "utf-32-be", None),
    0x1E: ("BMPString", "utf-16-be", None),
}
BASIC_CONSTRAINTS, POLICIES = "2.5.29.19", "2.5.29.32"
# Without them a rule, or the path, would decide on what is not there.
DECISIVE = {BASIC_CONSTRAINTS: "basicConstraints", "2.5.29.15": "keyUsage", "2.5.29.37": "extendedKeyUsage", "2.5.29.30": "nameConstraints"}
KNOWN = {
    POLICIES: "certificatePolicies",
    "2.5.29.17": "subjectAltName",
    "2.5.29.18": "issuerAltName",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.35": "authorityKeyIdentifier",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
    "1.3.6.1.5.5.7.1.3": "qcStatements",
}
# Characters of what a library says.
LONGEST_CAUSE = 200
UNREADABLE = (ValueError, TypeError, OverflowError)


@dataclass(frozen=True)
class RepairedCertificate:
    """certificate: cryptography's. oddities: what was read past, each in words."""

    certificate: Any
    oddities: tuple[str, ...]


def repair_certificate(der: bytes) -> RepairedCertificate:
    """Raises ValueError, in words, where it is broken in a place that decides, or everywhere."""
    parts = list(read_element(der).children())
    content: list[Element] = list(parts[0].children()) if len(parts) == 3 else []
    if len(content) < 7:
        raise ValueError("it does not have the parts of a certificate")
    oddities: list[str] = []
    names = _name_places(content)
    rebuilt = [bytes(part.raw) for part in content]
    for place, title in names.items():
        rebuilt[place], odd = _readable_name(content[place], title)
        oddities += odd
    at = next((number for number, part in enumerate(content) if part.tag == EXTENSIONS), None)
    if at is None:
        return RepairedCertificate(_loaded(rebuilt, parts), tuple(oddities))
    extensions = []
    for extension in read_element(content[at].body).children():
        readable, odd = _readable_extension(extension, lambda raw: _loaded([*rebuilt[:at], _extensions([raw]), *rebuilt[at + 1 :]], parts))
        extensions += readable
        oddities += odd
    rebuilt[at] = _extensions(extensions)
    return RepairedCertificate(_loaded(rebuilt, parts), tuple(oddities))


def _name_places(content: list[Element]) -> dict[int, str]:
    """[version], serial, algorithm, issuer, validity, subject: where the names are."""
    first = 1 if content[0].tag == 0xA0 else 0
    return {first + 2: "issuer", first + 4: "subject"}


def _extensions(raw: list[bytes]) -> bytes:
    return encode(EXTENSIONS, encode(SEQUENCE, *raw))


def _loaded(content: list[bytes], parts: list[Element]) -> Any:
    return x509.load_der_x509_certificate(encode(SEQUENCE, encode(SEQUENCE, *content), parts[1].raw, parts[2].raw))


def _readable_name(name: Element, title: str) -> tuple[bytes, list[str]]:
    oddities: list[str] = []
    sets = []
    for group in name.children():
        attributes = []
        for attribute in group.children():
            oid, value = attribute.children()
            text, odd = _readable_value(value)
            oddities += [f"{title}: {_attribute_name(oid)} {odd}"] if odd else []
            attributes.append(encode(attribute.tag, oid.raw, text))
        sets.append(encode(group.tag, *attributes))
    return encode(name.tag, *sets), oddities


def _readable_value(value: Element) -> tuple[bytes, str]:
    """(the element, or one of the same words as a UTF8String; what is odd about it)."""
    if value.tag not in STRINGS:
        return bytes(value.raw), ""
    title, codec, allowed = STRINGS[value.tag]
    body = bytes(value.body)
    try:
        text = body.decode(codec)
    except UnicodeDecodeError:
        return encode(UTF8_STRING, _guessed(body, codec).encode()), f"holds bytes that no {title} has; read as Latin-1"
    if allowed and not allowed.fullmatch(text):
        return encode(UTF8_STRING, text.encode()), f"holds signs that no {title} has"
    return bytes(value.raw), ""


def _guessed(body: bytes, codec: str) -> str:
    """UTF-8 where it is that (a PrintableString often is), else Latin-1, as the makers of such certificates mean it."""
    if codec.startswith("utf-") and codec != "utf-8":
        return body.decode(codec, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _attribute_name(oid: Element) -> str:
    dotted = dotted_oid(oid)
    extra_names: dict[Any, str] = {
        x509.ObjectIdentifier(oid_text): label for oid_text, label in (("2.5.4.7", "L"), ("2.5.4.8", "ST"), ("2.5.4.9", "street"))
    }
    names: dict[Any, str] = {
        x509.NameOID.COMMON_NAME: "CN",
        x509.NameOID.ORGANIZATION_NAME: "O",
        x509.NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    } | extra_names
    return names.get(x509.ObjectIdentifier(dotted), dotted)


def _readable_extension(extension: Element, load: Callable[[bytes], Any]) -> tuple[list[bytes], list[str]]:
    """(the extension as it can be read, none where it is left out; what is odd about it). Raises ValueError where it decides."""
    parts = list(extension.children())
    if len(parts) not in (2, 3):
        raise ValueError("an extension of it does not have the parts of one")
    dotted, raw, oddities = dotted_oid(parts[0]), bytes(extension.raw), []
    critical = len(parts) == 3 and parts[1].tag == BOOLEAN and bytes(parts[1].body) not in (b"", b"\0")
    title = (DECISIVE | KNOWN).get(dotted, f"extension {dotted}")
    if len(parts) == 3 and bytes(parts[1].raw) == FALSE:
        raw = encode(SEQUENCE, parts[0].raw, parts[2].raw)
        oddities.append(f"{title} writes `critical FALSE` out, which DER leaves out")
    if dotted == BASIC_CONSTRAINTS and bytes(parts[-1].body).endswith(FALSE) and len(parts[-1].body) == len(FALSE) + 2:
        raw = encode(SEQUENCE, parts[0].raw, *([parts[1].raw] if critical else []), encode(OCTET_STRING, encode(SEQUENCE)))
        oddities.append(f"{title} writes `cA FALSE` out, which DER leaves out")
    error = _unreadable(raw, load)
    if error is None:
        return [raw], oddities
    if dotted == POLICIES:
        raw = encode(SEQUENCE, parts[0].raw, encode(OCTET_STRING, encode(SEQUENCE, *_bare_policies(parts[-1]))))
        if _unreadable(raw, load) is None:
            return [raw], [*oddities, f"{title} holds a notice that cannot be read ({error}); its OIDs are read"]
    if dotted in DECISIVE or critical:
        raise ValueError(f"its {'critical ' if critical else ''}{title} cannot be read: {error}")
    return [], [*oddities, f"{title} cannot be read, and is passed over ({error})"]


def _unreadable(raw: bytes, load: Callable[[bytes], Any]) -> str | None:
    try:
        for loaded_extension in load(raw).extensions:
            repr(loaded_extension.value)
    except (*UNREADABLE, UnsupportedAlgorithm, x509.UnsupportedGeneralNameType, x509.DuplicateExtension) as error:
        return one_line(error, LONGEST_CAUSE)
    return None


def _bare_policies(value: Element) -> Iterator[bytes]:
    """PolicyInformation without its qualifiers (RFC 5280, 4.2.1.4)."""
    for policy in read_element(value.body).children():
        yield encode(SEQUENCE, *(part.raw for part in islice(policy.children(), 1)))


def dotted_oid(element: Element) -> str:
    """Raises ValueError where the element is none."""
    if element.tag != OID or not len(element.body) or element.body[-1] & 0x80:
        raise ValueError("an object identifier is expected in it")
    arcs, arc = [], 0
    for octet in element.body:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))
