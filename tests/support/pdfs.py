# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PDFs written by hand, object by object, so that a test can make any of them right or wrong. Nothing of the plugins is used here."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
Change = Callable[["Raw"], None]


class Raw:
    """Objects by number (from 1), and the file made of them."""

    def __init__(self) -> None:
        self.objects: list[bytes] = []
        self.root = 0
        self.trailer = b""
        self.padding = b""

    def add(self, body: bytes) -> int:
        self.objects.append(body)
        return len(self.objects)

    def stream(self, data: bytes, entries: bytes = b"") -> int:
        return self.add(b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data))

    def finish(self) -> bytes:
        """With a classical table."""
        out, offsets = bytearray(HEADER + self.padding), []
        for number, body in enumerate(self.objects, start=1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        at = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, self.root, self.trailer, at)
        return bytes(out)

    def finish_with_streams(self) -> bytes:
        """With an object stream for all that may be in one, and a cross-reference stream."""
        out, entries = bytearray(HEADER), []
        packed = [(number, body) for number, body in enumerate(self.objects, start=1) if b"stream\n" not in body]
        holder = len(self.objects) + 1
        for number, body in enumerate(self.objects, start=1):
            rank = next((rank for rank, (each, _body) in enumerate(packed) if each == number), None)
            if rank is None:
                entries.append((1, len(out), 0))
                out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
            else:
                entries.append((2, holder, rank))
        heads, bodies = b"", b""
        for number, body in packed:
            heads += b"%d %d " % (number, len(bodies))
            bodies += body + b"\n"
        entries.append((1, len(out), 0))
        packed_stream = zlib.compress(heads + bodies)
        about = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(packed), len(heads))
        out += b"%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (holder, about, len(packed_stream), packed_stream)
        at = len(out)
        entries.append((1, at, 0))
        table = b"\0" * 7 + b"".join(b"%c%s%s" % (kind, a.to_bytes(4, "big"), b.to_bytes(2, "big")) for kind, a, b in entries)
        packed_stream = zlib.compress(table)
        about = b"/Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Filter /FlateDecode" % (len(entries) + 1, self.root)
        out += b"%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
            holder + 1,
            about,
            len(packed_stream),
            packed_stream,
            at,
        )
        return bytes(out)


@dataclass(frozen=True)
class Field:
    """One form field. entries: more of its dictionary (flags, options). states: of a check box."""

    name: str
    value: str = ""
    label: str = ""
    rect: tuple[int, int, int, int] = (220, 600, 530, 618)
    kind: str = "Tx"
    entries: str = ""
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """What a document is made of. lines: text of each page. image: whether every page has one. drawn: kind of an annotation, as Ink."""

    lines: Sequence[str] = ()
    pages: int = 1
    image: bool = False
    fields: Sequence[Field] = ()
    signature_field: bool = False
    drawn: str = ""
    catalog: str = ""
    form: str = ""
    change: Change | None = field(default=None)

    def raw(self) -> Raw:
        raw = Raw()
        font = raw.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        tree = raw.add(b"")
        images = b"/XObject << /I %d 0 R >>" % _image(raw) if self.image else b""
        notes = [_field(raw, field) for field in self.fields]
        if self.signature_field:
            notes.append(_field(raw, Field("signature", kind="Sig", rect=(220, 100, 530, 160))))
        fields = list(notes)
        if self.drawn:
            notes.append(raw.add(f"<< /Type /Annot /Subtype /{self.drawn} /Rect [220 100 400 160] /Contents (lu) /F 4 >>".encode()))
        kids = []
        for _page in range(self.pages):
            content = raw.stream(_drawn(self.lines, self.image))
            kids.append(
                raw.add(
                    b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Annots [%s] "
                    b"/Resources << /Font << /F %d 0 R >> %s >> >>"
                    % (tree, content, b" ".join(b"%d 0 R" % note for note in notes) if not kids else b"", font, images)
                )
            )
        raw.objects[tree - 1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % kid for kid in kids), len(kids))
        catalog = self.catalog
        if fields:
            resources = f"/DR << /Font << /Helv {font} 0 R >> >> /DA (/Helv 10 Tf 0 g)"
            flags = "/SigFlags 3" if self.signature_field else ""
            catalog += f" /AcroForm << /Fields [{' '.join(f'{field} 0 R' for field in fields)}] {resources} {flags} {self.form} >>"
        raw.root = raw.add(f"<< /Type /Catalog /Pages {tree} 0 R {catalog} >>".encode())
        if self.change:
            self.change(raw)
        return raw

    def pdf(self) -> bytes:
        return self.raw().finish()


def text(value: str) -> str:
    """As a text string object."""
    return "<" + ("\ufeff" + value).encode("utf-16-be").hex() + ">"


def form(values: Mapping[str, str], **more: object) -> Sheet:
    """A form with these text fields, one below the other."""
    fields = [Field(name, value, rect=(220, 700 - 30 * rank, 530, 718 - 30 * rank)) for rank, (name, value) in enumerate(values.items())]
    return Sheet(fields=fields, **more)  # type: ignore[arg-type]


def _drawn(lines: Sequence[str], image: bool) -> bytes:
    parts = [b"BT /F 10 Tf 12 TL 60 780 Td"]
    for line in lines:
        escaped = line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        parts.append(b"(%s) Tj T*" % escaped)
    parts.append(b"ET")
    if image:
        parts.append(b"q 150 0 0 50 224 110 cm /I Do Q")
    return b"\n".join(parts)


def _image(raw: Raw) -> int:
    rows = bytes(255 if (x + y) % 5 else 0 for y in range(20) for x in range(60))
    about = b"/Type /XObject /Subtype /Image /Width 60 /Height 20 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
    return raw.stream(zlib.compress(rows), about)


def _field(raw: Raw, each: Field) -> int:
    rect = " ".join(map(str, each.rect))
    value = f"/V {text(each.value)}" if each.value and each.kind in ("Tx", "Ch") else ""
    if each.states:
        shown = raw.stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 18 18]")
        states = " ".join(f"/{state} {shown} 0 R" for state in each.states)
        value = f"/V /{each.value or 'Off'} /AS /{each.value or 'Off'} /AP << /N << {states} /Off {shown} 0 R >> >>"
    label = f"/TU {text(each.label)}" if each.label else ""
    body = f"<< /Type /Annot /Subtype /Widget /FT /{each.kind} /T {text(each.name)} {label} /Rect [{rect}] /F 4 {value} {each.entries} >>"
    return raw.add(body.encode())
