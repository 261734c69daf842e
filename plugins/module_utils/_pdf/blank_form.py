# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blank conventions that are filled, and filled ones that are read back. A blank is parsed once, however many are made from it."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..errors import AntaiError, DocumentError
from .appearance import Appearance, appearance_of
from .fields import (
    OFF,
    FormField,
    Reference,
    Terminal,
    acro_form,
    checked_states,
    describe_field,
    options,
    page_rotations,
    states,
    terminals,
    value_of,
)
from .filling import is_drawable
from .font import compose_accents
from .incremental_fill import fill_incrementally
from .libraries import pdf_objects as objects
from .libraries import pypdf, require_pdf, require_signatures
from .seal import locked_fields, signature_dictionaries

# Our keys in the document's information dictionary: from which blank it was made, and by whom.
MADE_FROM, MADE_BY = "/CollectivitesAntaiBlank", "/CollectivitesAntai"
MADE_BY_US = "prefilled by collectivites.antai, which is not ANTAI"
FONT = "/CollectivitesAntai"
# The same value in other words, which some readers show in place of /V: rich text, and the rank of a choice.
SECOND_VALUES = ("/RV", "/I")


@dataclass(frozen=True)
class FilledForm:
    """A form as it was found. values: every field that is filled. made_from: SHA-256 of the blank that we filled.

    signed: electronically, by more than the seal that its blank already had.
    """

    values: dict[str, str]
    made_from: str | None = None
    signed: bool = False


class BlankForm:
    """One edition of the blank form. `fill` may be called from several threads."""

    def __init__(self, content: bytes) -> None:
        """Raises DocumentError where it is no PDF with fields to fill, MissingLibrary where pypdf, or for a sealed one pyHanko, is not there."""
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._content = content
        self._lock = threading.Lock()
        with _DocumentErrors("the blank convention", "download it again; a document without form fields is filled by hand"):
            reader = _opened(content)
            self._writer = pypdf.PdfWriter(clone_from=reader)
            self._root = self._writer.root_object
            form = acro_form(self._root)
            fields, rotations = [field for field in terminals(form) if field.kind], page_rotations(self._root)
            self._slots = {field.name: _Slot(field, self._writer, rotations) for field in fields}
            if not self._slots:
                raise ValueError("it has no form fields" + (" but an XFA form, which only Adobe Reader opens" if "/XFA" in form else ""))
            self.fields: dict[str, FormField] = {name: slot.field for name, slot in self._slots.items()}
            signatures = signature_dictionaries(fields)
            self.locked = locked_fields(signatures, (name for name, field in self.fields.items() if field.kind != "signature"))
            self.sealed = bool(signatures)
            if self.sealed and (reader.is_encrypted or "/XFA" in form):
                raise ValueError("its publisher has sealed it, and it is " + ("encrypted" if reader.is_encrypted else "an XFA form too"))
            self._prepare(form)
        if self.sealed:
            require_signatures()

    def require_unlocked(self, values: Iterable[str]) -> None:
        """values: names of fields. Raises DocumentError where the blank's seal forbids to fill one of them in."""
        locked = sorted(self.locked & set(values))
        if locked:
            raise DocumentError(
                f"the blank convention is sealed by its publisher, and its seal forbids to fill in {', '.join(locked)}",
                "print it and fill it in by hand, or ask its publisher for one that can be filled in",
            )

    def fill(self, values: dict[str, str]) -> bytes:
        """The document with these values, each of which fits its field (see filling.py, "" for a button that is off), and none is locked.

        Same values, same bytes; but for a sealed blank, whose update carries the time and an identifier of its own.
        """
        if self.sealed:
            fillable = {name: value for name, value in values.items() if self.fields[name].kind != "signature"}
            with _DocumentErrors("the blank convention", "download it again"):
                return fill_incrementally(self._content, self.fields, fillable, self._information)
        with self._lock:
            for name, slot in self._slots.items():
                slot.put(values.get(name))
            stream = io.BytesIO()
            self._writer.write(stream)
            return stream.getvalue()

    @property
    def _information(self) -> dict[str, str]:
        return {MADE_FROM: self.sha256, MADE_BY: MADE_BY_US}

    def _prepare(self, form: Any) -> None:
        """One font for all that we write; nothing that makes a reader show something else than what we wrote."""
        font = objects.DictionaryObject(
            {
                _name("/Type"): _name("/Font"),
                _name("/Subtype"): _name("/Type1"),
                _name("/BaseFont"): _name("/Helvetica"),
                _name("/Encoding"): _name("/WinAnsiEncoding"),
            }
        )
        reference = self._writer._add_object(font)
        resources = form.setdefault(_name("/DR"), objects.DictionaryObject()).get_object()
        resources.setdefault(_name("/Font"), objects.DictionaryObject()).get_object()[_name(FONT)] = reference
        for slot in self._slots.values():
            slot.font = reference
        for holder, key in ((form, "/XFA"), (self._root, "/Perms")):
            holder.pop(_name(key), None)
        if form.pop(_name("/NeedAppearances"), None):
            undrawn = [name for name, slot in self._slots.items() if not slot.draw_as_it_is()]
            if undrawn:  # our font has not what the blank says there: the reader still draws it, and all the others with it
                form[_name("/NeedAppearances")] = objects.BooleanObject(True)
        self._writer.add_metadata(self._information)


class _Slot:
    """One field in the writer: what is put there, and how it goes back to what the blank had."""

    def __init__(self, terminal: Terminal, writer: Any, rotations: dict[Reference, int]) -> None:
        self.field = describe_field(terminal, rotations)
        self.font: Any = None
        self._writer = writer
        self._terminal = terminal
        self._shown = dict(options(terminal)) if self.field.kind == "choice" else {}
        # PDFium (Chrome) draws no field whose type stands higher than its parent.
        _set(terminal.own, "/FT", _name(str(terminal.get("/FT"))))
        self._before = self._state()
        self._streams: list[Any] = []

    def draw_as_it_is(self) -> bool:
        """Draws what the blank leaves to the reader to draw; whether our font can. Done before anything is put."""
        if self.field.kind not in ("text", "choice") or self.field.hidden_value:
            return True
        if all(widget.get("/AP") is not None for widget in self._terminal.widgets):
            return True
        value = compose_accents(self.field.value)
        if not is_drawable(self.field, self._shown.get(value, value)):
            return False
        self._draw(value)
        self._before = self._state()
        self._streams = []
        return True

    def _state(self) -> list[tuple[Any, str, Any]]:
        holders = (*self._terminal.owners, *self._terminal.widgets)
        return [(holder, key, holder.get(key)) for holder in holders for key in ("/V", "/AP", "/AS", "/DA", *SECOND_VALUES)]

    def put(self, value: str | None) -> None:
        if self.field.kind == "signature":
            return
        for holder, key, before in self._before:
            _set(holder, key, before)
        if value is None:
            return
        if self.field.kind == "button":
            self._check(value)
        else:
            self._write(compose_accents(value))

    def _check(self, value: str) -> None:
        checked = checked_states(self._terminal, value)
        self._set_value(_name(f"/{checked[0] if checked else OFF}"))
        for widget in self._terminal.widgets:
            _set(widget, "/AS", _name(f"/{next((state for state in states(widget) if state in checked), OFF)}"))

    def _set_value(self, value: Any) -> None:
        for owner in self._terminal.owners:
            _set(owner, "/V", value)

    def _write(self, value: str) -> None:
        for holder in (*self._terminal.owners, *self._terminal.widgets):
            for key in SECOND_VALUES:
                _set(holder, key, None)
        self._set_value(objects.TextStringObject(value))
        self._draw(value)

    def _draw(self, value: str) -> None:
        text = self._shown.get(value, value)
        for rank, (widget, box) in enumerate(zip(self._terminal.widgets, self.field.boxes, strict=True)):
            appearance = appearance_of(text, box)
            stream = self._stream(rank, appearance)
            stream.set_data(appearance.content)
            _set(widget, "/AP", objects.DictionaryObject({_name("/N"): stream.indirect_reference}))
            _set(widget, "/DA", objects.TextStringObject(f"{FONT} {appearance.size:g} Tf 0 g"))

    def _stream(self, rank: int, appearance: Appearance) -> Any:
        """The appearance of one widget, made once and drawn anew for each document."""
        while len(self._streams) <= rank:
            stream = objects.DecodedStreamObject()
            fonts = objects.DictionaryObject({_name("/F"): self.font})
            stream[_name("/Type")], stream[_name("/Subtype")] = _name("/XObject"), _name("/Form")
            stream[_name("/BBox")] = _numbers((0, 0, appearance.box.width, appearance.box.height))
            if appearance.box.matrix:
                stream[_name("/Matrix")] = _numbers(appearance.box.matrix)
            stream[_name("/Resources")] = objects.DictionaryObject({_name("/Font"): fonts})
            self._writer._add_object(stream)
            self._streams.append(stream)
        return self._streams[rank]


@lru_cache(maxsize=8)
def parsed_blank(content: bytes) -> BlankForm:
    """The blank of these bytes, parsed once for each process: a run over hundreds of collectivités uses one for each cycle."""
    return BlankForm(content)


def read_filled(content: bytes, description: str) -> FilledForm:
    """The fields of a form that was filled. Raises DocumentError."""
    with _DocumentErrors(description, "remove the file; it is made again"):
        reader = _opened(content)
        fields = [field for field in terminals(acro_form(reader.trailer["/Root"].get_object())) if field.kind]
        values = {field.name: value_of(field) for field in fields if field.kind != "signature" and value_of(field)}
        made_from = (reader.metadata or {}).get(MADE_FROM)
        signed = any(not (made_from and _precedes_prefill(content, signature)) for signature in signature_dictionaries(fields))
        return FilledForm(values, str(made_from) if made_from else None, signed)


def _precedes_prefill(content: bytes, signature: Any) -> bool:
    """Whether a signature of a prefilled document covers it as it was before that: then it is its publisher's, on the blank.

    A signature of which that cannot be told may be somebody's who signed: such a document is never made again.
    """
    try:
        _start, _length, start, length = (int(number) for number in signature["/ByteRange"])
        return MADE_FROM not in (_opened(content[: start + length]).metadata or {})
    except Exception:  # as in _Reading
        return False


def _opened(content: bytes) -> Any:
    require_pdf()
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is encrypted with a password")
    return reader


class _DocumentErrors:
    """pypdf raises nearly anything on a damaged file: whatever comes out becomes a DocumentError with what was being read."""

    def __init__(self, description: str, hint: str) -> None:
        self._description, self._hint = description, hint

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, AntaiError):
            raise DocumentError(f"{self._description} cannot be used: {error or type(error).__name__}", self._hint) from error


def _set(holder: Any, key: str, value: Any) -> None:
    if value is None:
        holder.pop(_name(key), None)
    else:
        holder[_name(key)] = value


def _numbers(values: Iterable[float]) -> Any:
    return objects.ArrayObject(objects.FloatObject(round(value, 3)) for value in values)


def _name(text: str) -> Any:
    return objects.NameObject(text)
