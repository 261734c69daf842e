# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The makers of PDFs that are broken, hide something, or were made to exhaust who opens them."""

from __future__ import annotations

import io
import re
import zlib
from functools import cache

import pypdf

from tests.support.pdfs import Raw, Sheet

LINES = ("Convention - cycle complet", "Commune de L'Haÿ-les-Roses", "SIRET : 21940038900017", "forfait de post-stationnement")
GROWN = 1024**3


def plain(**more: object) -> Sheet:
    return Sheet(lines=LINES, image=True, **more)  # type: ignore[arg-type]


def padded(size: int) -> bytes:
    """Of exactly this size: a comment after the header."""
    raw, content = plain().raw(), b""
    for _attempt in range(3):
        raw.padding = b"%" + b" " * (len(raw.padding) + size - len(content) - 2) + b"\n" if content else b"%\n"
        content = raw.finish()
    assert len(content) == size
    return content


def with_entry(entry: str) -> bytes:
    return plain(catalog=entry).pdf()


def embedded() -> bytes:
    def change(raw: Raw) -> None:
        stream = raw.stream(b"MZ", b"/Type /EmbeddedFile")
        file = raw.add(b"<< /Type /Filespec /F (a.exe) /EF << /F %d 0 R >> >>" % stream)
        raw.objects[raw.root - 1] = raw.objects[raw.root - 1][:-2] + b"/Names << /EmbeddedFiles << /Names [(a) %d 0 R] >> >> >>" % file

    return plain(change=change).pdf()


def encrypted(password: str, content: bytes = b"") -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content or plain().pdf()))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# Signatures


def flipped(content: bytes) -> bytes:
    """One letter of the page, as somebody would who wants another article."""
    place = content.index(b"stationnement")
    return content[:place] + b"S" + content[place + 1 :]


def zeroed(content: bytes) -> bytes:
    """The signature itself, in hexadecimal, replaced by zeros."""
    match = re.search(rb"/Contents\s*<([0-9a-fA-F]{200,})>", content)
    assert match
    return content[: match.start(1)] + b"0" * len(match[1]) + content[match.end(1) :]


def shorter_range(content: bytes) -> bytes:
    """It claims to cover less than there is."""
    match = re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", content)
    assert match
    fewer = str(int(match[4]) - 100).encode().rjust(len(match[4]))
    return content[: match.start(4)] + fewer + content[match.end(4) :]


def rewritten(content: bytes) -> bytes:
    """As most programs save: all objects anew, where the signed ones were."""
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(content)), io.BytesIO()
    writer.write(out)
    return out.getvalue()


# Traps


@cache
def squeezed(times: int) -> bytes:
    """Zeros that take GROWN bytes once they are unpacked as many times."""
    if times > 1:
        return zlib.compress(squeezed(times - 1), 9)
    packer, block = zlib.compressobj(9), bytes(1024**2)
    return b"".join([*(packer.compress(block) for _each in range(GROWN // len(block))), packer.flush()])


def bomb(times: int) -> bytes:
    def change(raw: Raw) -> None:
        filters = b" ".join([b"/FlateDecode"] * times)
        data = squeezed(times)
        place = next(rank for rank, body in enumerate(raw.objects) if body.startswith(b"<<  /Length") and b"BT /F" in body)
        raw.objects[place] = b"<< /Filter [%s] /Length %d >>\nstream\n%s\nendstream" % (filters, len(data), data)

    return plain(change=change).pdf()


def bomb_of_objects() -> bytes:
    """The catalog is in an object stream that grows without end."""
    whole = plain().raw().finish_with_streams()
    match = re.search(rb"/Type /ObjStm.*?/Length (\d+) >>\nstream\n(.*?)\nendstream", whole, re.DOTALL)
    assert match
    raw = plain().raw()
    holder = len(raw.objects) + 1
    out, entries = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(raw.objects, start=1):
        if number == raw.root:
            entries.append((2, holder, 0))
            continue
        entries.append((1, len(out), 0))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    entries.append((1, len(out), 0))
    data = squeezed(1)
    out += b"%d 0 obj\n<< /Type /ObjStm /N 1 /First 10 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        holder,
        len(data),
        data,
    )
    at = len(out)
    entries.append((1, at, 0))
    table = zlib.compress(b"\0" * 7 + b"".join(b"%c%s%s" % (kind, a.to_bytes(4, "big"), b.to_bytes(2, "big")) for kind, a, b in entries))
    about = b"/Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Filter /FlateDecode" % (len(entries) + 1, raw.root)
    out += b"%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (holder + 1, about, len(table), table)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)


def tree(kind: str) -> bytes:
    """circle: a node that is its own child; doubling: each of thirty levels names the next twice; deep: 5,000 levels of one child."""

    def change(raw: Raw) -> None:
        first = next(rank for rank, body in enumerate(raw.objects, start=1) if b"/Type /Pages" in body)
        page = next(rank for rank, body in enumerate(raw.objects, start=1) if b"/Type /Page " in body)
        if kind == "circle":
            raw.objects[first - 1] = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % first
            return
        below, times = page, 2 if kind == "doubling" else 1
        for _level in range(30 if kind == "doubling" else 5_000):
            kids = b" ".join([b"%d 0 R" % below] * times)
            below = raw.add(b"<< /Type /Pages /Kids [%s] /Count 1 >>" % kids)
        raw.objects[first - 1] = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % below

    return plain(change=change).pdf()


def nested(opening: bytes, closing: bytes, times: int = 20_000) -> bytes:
    return plain(change=lambda raw: _added(raw, opening * times + closing * times)).pdf()


def own_reference() -> bytes:
    """The page tree is a reference to itself."""
    return plain(change=lambda raw: raw.objects.__setitem__(1, b"2 0 R")).pdf()


def own_length() -> bytes:
    """A stream whose length stands in the stream."""

    def change(raw: Raw) -> None:
        number = len(raw.objects) + 1
        raw.add(b"<< /Length %d 0 R >>\nstream\nabc\nendstream" % number)

    return plain(change=change).pdf()


def own_previous() -> bytes:
    """A cross-reference table whose /Prev is itself, and that has no catalog."""
    whole = plain().pdf()
    at = whole.rindex(b"xref\n0")
    return whole[:at] + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (at, at)


def fields(kind: str) -> bytes:
    """circle: a field that is its own child; deep: 100 levels; many: 6,000 beside each other."""

    def change(raw: Raw) -> None:
        number = len(raw.objects) + 1
        if kind == "circle":
            raw.add(b"<< /T (a) /FT /Tx /Kids [%d 0 R] >>" % number)
            top = [number]
        elif kind == "deep":
            for level in range(100):
                raw.add(b"<< /T (a) /FT /Tx %s >>" % (b"/Kids [%d 0 R]" % (number + level + 1) if level < 99 else b""))
            top = [number]
        else:
            top = [raw.add(b"<< /T (a%d) /FT /Tx >>" % rank) for rank in range(6_000)]
        names = b" ".join(b"%d 0 R" % each for each in top)
        raw.objects[raw.root - 1] = raw.objects[raw.root - 1][:-2] + b"/AcroForm << /Fields [%s] >> >>" % names

    return plain(change=change).pdf()


def huge_image() -> bytes:
    def change(raw: Raw) -> None:
        raw.objects[:] = [body.replace(b"/Width 60 /Height 20", b"/Width 32000 /Height 32000") for body in raw.objects]

    return plain(change=change).pdf()


def _added(raw: Raw, body: bytes) -> None:
    number = raw.add(body)
    raw.objects[raw.root - 1] = raw.objects[raw.root - 1][:-2] + b"/PieceInfo %d 0 R >>" % number
