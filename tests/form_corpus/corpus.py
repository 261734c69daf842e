# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms as other programs make them (forms/, see README.md): filled by us, read back by three readers, drawn by a fourth, and compared.

forms.yml says what each is filled with; `faults` says how what came of it differs, in words.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdf
import yaml
from PIL import Image, ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.blank_form import BlankForm, read_filled
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.fields import OFF, FormField
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.filling import Filling, fill_fields
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import FieldRule
from tests.support.rendering import Character, Rectangle, page_characters, page_images, place_on_image

HERE = Path(__file__).parent
PRODUCERS = ("libreoffice", "pdf_lib", "pdfkit", "reportlab", "weasyprint", "mupdf", "pikepdf")
# A line of a border may lie on the rectangle's edge, and is smoothed around it.
EDGE = 2
INVISIBLE_FLAGS = 1 << 1 | 1 << 5  # Hidden, NoView


@dataclass(frozen=True)
class CorpusForm:
    """One file of forms/. The rest as forms.yml says, by name of the field."""

    name: str
    fields: dict[str, str]
    shown: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    invisible: tuple[str, ...] = ()
    turned: int = 0
    turned_about_corner: bool = False

    @property
    def producer(self) -> str:
        """The program that made it, as its name begins: libreoffice, pdf_lib..."""
        return next(program for program in PRODUCERS if self.name.startswith(f"{program}_"))

    @property
    def content(self) -> bytes:
        return (HERE / "forms" / f"{self.name}.pdf").read_bytes()


@dataclass(frozen=True)
class Widget:
    """Where a field stands. page: from 0."""

    field: str
    page: int
    rectangle: Rectangle


def load_corpus() -> list[CorpusForm]:
    described = yaml.safe_load((HERE / "forms.yml").read_text(encoding="utf-8"))
    return [_corpus_form(name, form, described["usual"]) for name, form in described["forms"].items()]


def _corpus_form(name: str, form: dict[str, Any], usual: dict[str, str]) -> CorpusForm:
    fields = form["fields"]
    values = {field: usual[field] for field in fields} if isinstance(fields, list) else fields
    return CorpusForm(name, **(form | {"fields": values, "invisible": tuple(form.get("invisible", ()))}))


def faults(form: CorpusForm) -> list[str]:
    """What is wrong with the form once it is filled, or nothing."""
    blank = BlankForm(form.content)
    filling = fill_by_name(blank.fields, form.fields | dict.fromkeys(form.refused, "x"))
    filled = blank.fill(filling.values)
    return [
        *_wrong_fields(form, blank.fields, filling),
        *_wrong_values(form, filled, blank.fields),
        *_wrong_look(form, filled, blank.fields),
    ]


def fill_by_name(fields: dict[str, FormField], values: dict[str, str]) -> Filling:
    """With a mapping that gives each field its own value."""
    rules = {name: FieldRule("name", values={"each": value}) for name, value in values.items()}
    return fill_fields(fields, rules, {"name": "each"})


def _wrong_fields(form: CorpusForm, fields: dict[str, FormField], filling: Filling) -> Iterator[str]:
    known = {name for name, described in fields.items() if described.kind != "signature"}
    expected = form.fields.keys() | form.refused.keys() | form.kept.keys()
    if known != expected:
        yield f"its fields are {sorted(known)}, not {sorted(expected)}"
    gaps = {gap.field: gap.problem for gap in filling.problems if gap.field not in form.kept}
    if gaps != form.refused:
        yield f"not filled: {gaps}, not {form.refused}"


def _wrong_values(form: CorpusForm, made: bytes, fields: dict[str, FormField]) -> Iterator[str]:
    """Read by us, by pyHanko, which did not write them, and as a rule judges a document that comes back."""
    expected = form.kept | {name: value for name, value in form.fields.items() if value != OFF}
    values = read_filled(made, form.name).values
    if values != expected:
        yield f"reads {values}, not {expected}"
    read = pyhanko_values(made)
    for name, value in expected.items():
        if fields[name].kind in ("text", "choice") and read.get(name) != value:
            yield f"{name} is {read.get(name)!r} for pyHanko, not {value!r}"


def pyhanko_values(content: bytes) -> dict[str, str]:
    def walk(node: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        name = ".".join(filter(None, (prefix, str(node["/T"]) if "/T" in node else "")))
        kids = [kid.get_object() for kid in node["/Kids"]] if "/Kids" in node else []
        named = [kid for kid in kids if "/T" in kid]
        for kid in named:
            yield from walk(kid, name)
        if not named and "/V" in node:
            yield name, node["/V"]

    reader = PdfFileReader(io.BytesIO(content), strict=False)
    top = [reference.get_object() for reference in reader.root["/AcroForm"]["/Fields"]]
    return {name: str(value) for node in top for name, value in walk(node, "")}


def _wrong_look(form: CorpusForm, made: bytes, fields: dict[str, FormField]) -> Iterator[str]:
    """Each value stands in its field, whole and the right way up, and nothing else on the pages has changed."""
    places = [widget for widget in widgets(made) if widget.field in form.fields and widget.field not in form.invisible]
    if form.turned_about_corner:
        yield from _unseen_values(form, made)
        return
    characters = page_characters(made)
    for widget in places:
        if fields[widget.field].kind == "text":
            yield from _wrong_text(form, widget, characters[widget.page])
        elif fields[widget.field].kind == "choice":
            yield from _missing_choice(form, widget, characters[widget.page])
    yield from _wrong_pixels(form, made, places, fields)


def _wrong_text(form: CorpusForm, widget: Widget, characters: list[Character]) -> Iterator[str]:
    inside = [character for character in characters if _holds(widget.rectangle, character)]
    text = "".join(character.sign for character in inside)
    expected = "".join(form.shown.get(widget.field, form.fields[widget.field]).split())
    if text != expected:
        yield f"{widget.field} shows {text!r}, not {expected!r}"
    angles = {character.angle for character in inside}
    if angles - {form.turned}:
        yield f"{widget.field} runs by {sorted(angles)} degrees, not {form.turned}"


def _missing_choice(form: CorpusForm, widget: Widget, characters: list[Character]) -> Iterator[str]:
    text = "".join(character.sign for character in characters if _holds(widget.rectangle, character))
    expected = "".join(form.shown.get(widget.field, form.fields[widget.field]).split())
    if expected not in text:
        yield f"{widget.field} shows {text!r}, not {expected!r}"


def _unseen_values(form: CorpusForm, made: bytes) -> Iterator[str]:
    """PDFium draws such a widget about its corner, and flattens it elsewhere: only that something is drawn can be compared."""
    for number, (old, new) in enumerate(zip(page_images(form.content), page_images(made), strict=True)):
        if ImageChops.difference(old, new).getbbox() is None:
            yield f"page {number + 1} looks as it did before it was filled"


def _holds(rectangle: Rectangle, character: Character) -> bool:
    left, bottom, right, top = rectangle
    return left <= character.x <= right and bottom <= character.y <= top


def _wrong_pixels(form: CorpusForm, made: bytes, places: list[Widget], fields: dict[str, FormField]) -> Iterator[str]:
    before, after = page_images(form.content), page_images(made)
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        difference = ImageChops.difference(old, new)
        drawn_anew = [widget for widget in widgets(made) if widget.field in form.kept]
        for widget in (place for place in (*places, *drawn_anew) if place.page == number):
            box = place_on_image(made, number, widget.rectangle, new.size)
            if _should_differ(form, widget, fields) and difference.crop(box).getbbox() is None:
                yield f"{widget.field} looks as it did before it was filled"
            box = (box[0] - EDGE, box[1] - EDGE, box[2] + EDGE, box[3] + EDGE)
            difference.paste(Image.new("L", (box[2] - box[0], box[3] - box[1])), box[:2])
        if difference.getbbox():
            yield f"page {number + 1} has changed outside of its fields, at {difference.getbbox()}"


def _should_differ(form: CorpusForm, widget: Widget, fields: dict[str, FormField]) -> bool:
    """One widget of several alternatives may stay as it is; a button that stays off does, and what is kept."""
    if widget.field in form.kept:
        return False
    described = fields[widget.field]
    value = "" if form.fields[widget.field] == OFF else form.fields[widget.field]
    return described.value != value and not (described.kind == "button" and len(described.boxes) > 1)


def widgets(content: bytes) -> list[Widget]:
    """That show, in the order of the pages."""
    found = []
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(content)).pages):
        for reference in page.get("/Annots") or ():
            note = reference.get_object()
            if note.get("/Subtype") == "/Widget" and not int(note.get("/F", 0)) & INVISIBLE_FLAGS:
                x1, y1, x2, y2 = (float(side) for side in note["/Rect"])
                found.append(Widget(_whole_name(note), number, (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))))
    return found


def _whole_name(node: Any) -> str:
    parts = []
    while node is not None:
        if "/T" in node:
            parts.append(str(node["/T"]))
        node = node["/Parent"].get_object() if "/Parent" in node else None
    return ".".join(reversed(parts))
