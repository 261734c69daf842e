# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an unknown document: everything that the rules want to know, and nothing of it judged.

Runs in a process of its own with bounded memory and time (confined_inspection.py): what is read here may have been made to do harm.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from .fields import TooManyFields, acro_form, terminals, value_of
from .inspection import Inspection
from .libraries import pypdf, require_pdf

# Ours; a convention has some ten pages. What lies beyond is not read, and said.
MOST_PAGES, DEEPEST_PAGES, READ_PAGES = 500, 50, 40
MOST_TEXT = 300_000
MOST_OBJECTS = 50_000
HEADER = b"%PDF-"
END_MARK, NEAR_THE_END = b"%%EOF", 1024
# NUL and white space (ISO 32000-1, 7.2.2): scanners and transfers fill a file up with them, however many.
FILLING = b"\0\t\n\f\r "
LINE_END = re.compile(rb"\r\n|\r|\n")
XREF = re.compile(rb"\s*(xref|\d+\s+\d+\s+obj)")
OBJECT = re.compile(rb"\s*(\d{1,10})\s+(\d{1,10})\s+obj")
# Keys and values that make a reader do something, or carry a file along (ISO 32000-1, 12.6.4 and 7.11.4).
ACTIONS = {"/JavaScript": "JavaScript", "/Launch": "an action that starts a program", "/ImportData": "an action that imports data"}
CARRIED = {"/EmbeddedFile": "an embedded file", "/RichMedia": "rich media", "/3D": "a 3D scene"}
DRAWING = ("/Ink", "/Stamp", "/FreeText")

# Its remarks on damaged files are of the inspection, not messages.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class UnreadableDocument(Exception):
    """Not read any further; the message says why. encrypted, heavy: as in Inspection."""

    def __init__(self, reason: str, encrypted: bool = False, heavy: bool = False) -> None:
        super().__init__(reason)
        self.encrypted, self.heavy = encrypted, heavy


def trim_filling(content: bytes) -> bytes:
    """The document without what merely fills up the file, but with the line end of its last line, which a signature may cover."""
    end = len(content.rstrip(FILLING))
    line_end = LINE_END.match(content, end)
    return content[: line_end.end()] if line_end else content[:end]


def frame_damage(content: bytes) -> str | None:
    """What is wrong with the frame of the file, or None: looks at the bytes alone (ISO 32000-1, 7.5)."""
    ending = trim_filling(content)[-NEAR_THE_END:]
    if END_MARK not in ending:
        return "it is cut short: the end-of-file mark is missing"
    offsets = re.findall(rb"startxref\s+(\d+)", ending)
    if not offsets:
        return "it is cut short: nothing says where its cross-reference table is"
    if not XREF.match(content, int(offsets[-1])):
        return "its cross-reference table is not where the file says"
    return None


def inspect_pdf(content: bytes) -> tuple[Inspection, list[str]]:
    """(what stands in it but for the signatures, the names of the signature fields that hold one: none where it cannot be read).

    Raises MissingLibrary; everything else that goes wrong is in the inspection, with what was read before.
    """
    require_pdf()
    inspection = Inspection(damage=frame_damage(content))
    try:
        steps = _inspect_in_steps(content, inspection)
        for inspection, signed in steps:  # noqa: B007 (what was read before a step failed stays)
            pass
    except UnreadableDocument as refusal:
        return replace(inspection, unreadable=str(refusal), encrypted=refusal.encrypted, heavy=refusal.heavy), []
    except TooManyFields:
        return replace(inspection, unreadable="its form has more fields than any convention", heavy=True), []
    except RecursionError:
        return replace(inspection, unreadable="its objects are nested too deep, or in a circle", heavy=True), []
    except MemoryError:
        raise
    except Exception as error:  # pypdf raises nearly anything on a damaged file
        heavy = type(error).__name__ == "LimitReachedError"
        return replace(inspection, unreadable=f"it cannot be opened: {_first_line(error)}", heavy=heavy), []
    return inspection, signed


def _inspect_in_steps(content: bytes, inspection: Inspection) -> Iterator[tuple[Inspection, list[str]]]:
    """The inspection after each step; each may raise nearly anything."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise UnreadableDocument("it is encrypted or protected", encrypted=True)
    inspection = replace(inspection, damage=inspection.damage or _lost_objects(reader, content))
    yield inspection, []
    inspection = replace(inspection, pages=_count_pages(reader))
    yield inspection, []
    inspection = _with_pages(inspection, reader.pages[:READ_PAGES])
    yield inspection, []
    fields = list(terminals(acro_form(reader.trailer["/Root"].get_object())))
    values = {field.name: value_of(field)[:2000] for field in fields if field.kind and field.kind != "signature"}
    inspection = replace(inspection, fields=values)
    yield inspection, []
    inspection = replace(inspection, active=tuple(sorted(set(_active(reader)))))
    yield inspection, [field.name for field in fields if field.kind == "signature" and value_of(field)]


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _lost_objects(reader: Any, content: bytes) -> str | None:
    """Whether the table's offsets lead to the objects: they do not where a file was altered by hand, or in transit."""
    lost = 0
    for generation, offsets in reader.xref.items():
        for number, offset in list(offsets.items())[:MOST_OBJECTS]:
            match = OBJECT.match(content, offset) if offset else None
            expected = (b"%d" % number, b"%d" % (generation if generation < 65535 else 0))
            lost += bool(offset) and (match is None or match.groups() != expected)
    return f"{lost} of its objects are not where its cross-reference table says" if lost else None


def _count_pages(reader: Any) -> int:
    """Walked here, before anybody else does, so that a tree that repeats itself ends. Raises Refused."""
    count = 0
    for count, _page in enumerate(_below(reader.trailer["/Root"].get_object()["/Pages"].get_object(), 0), start=1):
        if count > MOST_PAGES:
            raise UnreadableDocument(f"it has more than {MOST_PAGES} pages", heavy=True)
    if not count:
        raise UnreadableDocument("it has no page")
    return count


def _below(node: Any, depth: int) -> Iterator[Any]:
    if depth > DEEPEST_PAGES:
        raise UnreadableDocument("its page tree is nested too deep, or in a circle", heavy=True)
    if "/Kids" not in node:
        yield node
        return
    for reference in node["/Kids"].get_object():
        kid = reference.get_object()
        if hasattr(kid, "get"):
            yield from _below(kid, depth + 1)


def _with_pages(inspection: Inspection, pages: Sequence[Any]) -> Inspection:
    texts, images, ink = [], 0, 0
    remaining = MOST_TEXT
    for page in pages:
        text = page.extract_text()[:remaining] if remaining and "/Contents" in page else ""
        remaining -= len(text)
        texts.append(text)
        images += _has_image(page)
        for note in _annotations(page):
            if note.get("/Subtype") in DRAWING:
                ink += 1
                texts.append(str(note.get("/Contents") or "")[:1000])
    with_text = sum(bool(text.strip()) for text in texts)
    return replace(inspection, text="\n".join(texts), text_pages=with_text, images=images, ink=ink)


def _has_image(holder: Any, depth: int = 0) -> bool:
    """An image of its own, or in a form that it draws."""
    resources = _resolved(holder.get("/Resources"))
    drawn = _resolved(resources.get("/XObject")) if hasattr(resources, "get") else None
    for reference in list(drawn.values()) if drawn is not None and hasattr(drawn, "values") else []:
        x_object = _resolved(reference)
        if not hasattr(x_object, "get"):
            continue
        if x_object.get("/Subtype") == "/Image" or (x_object.get("/Subtype") == "/Form" and depth < 4 and _has_image(x_object, depth + 1)):
            return True
    return False


def _annotations(page: Any) -> Iterator[Any]:
    notes = _resolved(page.get("/Annots"))
    for reference in list(notes)[:MOST_OBJECTS] if isinstance(notes, list) else ():
        annotation = _resolved(reference)
        if hasattr(annotation, "get"):
            yield annotation


def _active(reader: Any) -> Iterator[str]:
    """Looks at every object: what runs can hang nearly anywhere."""
    numbers = {number for offsets in reader.xref.values() for number in offsets} | set(reader.xref_objStm)
    if len(numbers) > MOST_OBJECTS:
        raise UnreadableDocument(f"it has more than {MOST_OBJECTS} objects", heavy=True)
    for number in sorted(numbers):
        pdf_object = reader.get_object(number)
        yield from _acting(pdf_object, 0)


def _acting(pdf_object: Any, depth: int) -> Iterator[str]:
    if isinstance(pdf_object, list) and depth < 8:
        for member in pdf_object:
            yield from _acting(member, depth + 1)
    if not isinstance(pdf_object, dict) or depth >= 8:
        return
    for marks, key in ((ACTIONS, "/S"), (CARRIED, "/Type"), (CARRIED, "/Subtype")):
        if str(pdf_object.get(key)) in marks:
            yield marks[str(pdf_object.get(key))]
    if "/EF" in pdf_object:
        yield CARRIED["/EmbeddedFile"]
    for member in pdf_object.values():
        yield from _acting(member, depth + 1)  # a reference is no dictionary: its object has its own turn


def _resolved(reference: Any) -> Any:
    return reference.get_object() if hasattr(reference, "get_object") else reference
