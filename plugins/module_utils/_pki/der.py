# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DER taken apart as far as files must be recognised and odd certificates read: tags and lengths (ITU-T X.690, 8.1), no types.

cryptography reads what is right; this walks through what it refuses. Lengths that are indefinite (BER, as in some PKCS#7) are followed too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 0x06, 0x0A
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET, EXPLICIT_0 = 0x17, 0x18, 0x30, 0x31, 0xA0
DEEPEST = 32
INDEFINITE, LONG_FORM = 0x80, 0x80


@dataclass(frozen=True)
class Element:
    """tag: its one octet. raw: the whole element. body: its contents, without tag and length."""

    tag: int
    raw: memoryview
    body: memoryview

    def children(self) -> Iterator[Element]:
        """Raises ValueError where a length does not fit."""
        return elements(self.body)


def read_element(content: bytes | memoryview, depth: int = 0) -> Element:
    """The element that the data begins with; more may follow. Raises ValueError where it is cut or not DER."""
    view = memoryview(content)
    if len(view) < 2 or depth > DEEPEST:
        raise ValueError("it ends too early" if depth <= DEEPEST else "it is nested too deeply")
    tag, size, begin = view[0], view[1], 2
    if tag & 0x1F == 0x1F:
        raise ValueError("it has a tag that no certificate has")
    if size == INDEFINITE:
        return _indefinite(view, depth)
    if size > LONG_FORM:
        begin += size & 0x7F
        if begin > 2 + 8 or begin > len(view):
            raise ValueError("a length in it makes no sense")
        size = int.from_bytes(view[2:begin], "big")
    if begin + size > len(view):
        raise ValueError(f"it ends too early: {begin + size} bytes are announced, {len(view)} are there")
    return Element(tag, view[: begin + size], view[begin : begin + size])


def _indefinite(view: memoryview, depth: int) -> Element:
    at = 2
    while bytes(view[at : at + 2]) != b"\0\0":
        at += len(read_element(view[at:], depth + 1).raw)
    return Element(view[0], view[: at + 2], view[2:at])


def elements(body: bytes | memoryview) -> Iterator[Element]:
    """One after the other, only as far as they are asked for. Raises ValueError."""
    rest = memoryview(body)
    while len(rest):
        element = read_element(rest)
        yield element
        rest = rest[len(element.raw) :]


def encode(tag: int, *parts: bytes | memoryview) -> bytes:
    """An element with these contents, in DER."""
    body = b"".join(parts)
    size = len(body)
    if size < LONG_FORM:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, LONG_FORM | len(length)]) + length + body
