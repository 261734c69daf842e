# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filling a form that carries a signature: what was there stays byte for byte, an update is appended (ISO 32000-1, 7.5.6), by pyHanko.

Only what a seal allows is changed: values, appearances and states, and the information dictionary. The form's own font stays named in
/DA, and /NeedAppearances as it was.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from .appearance import Appearance, appearance_of
from .fields import OFF, FormField, Terminal, acro_form, checked_states, options, states, terminals
from .font import compose_accents


def fill_incrementally(content: bytes, fields: Mapping[str, FormField], values: Mapping[str, str], information: Mapping[str, str]) -> bytes:
    """The document with these values, each of which fits its field, and these entries in its information dictionary.

    Whatever pyHanko raises on a damaged document comes out.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    update = _Update(writer)
    for terminal in terminals(acro_form(writer.root)):
        value = values.get(terminal.name)
        if value is not None and terminal.name in fields:
            update.put(terminal, fields[terminal.name], value)
    update.describe(information)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


class _Update:
    """The objects that are written anew, in pyHanko's terms."""

    def __init__(self, writer: Any) -> None:
        from pyhanko.pdf_utils import generic

        self._writer = writer
        self._generic = generic
        self._name = generic.NameObject
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
        self._font = writer.add_object(generic.DictionaryObject({self._name(key): self._name(value) for key, value in font.items()}))

    def put(self, terminal: Terminal, field: FormField, value: str) -> None:
        if field.kind == "button":
            self._check(terminal, value)
        else:
            self._write(terminal, field, compose_accents(value))
        for holder in (*terminal.owners, *terminal.widgets):
            self._writer.update_container(holder)

    def describe(self, information: Mapping[str, str]) -> None:
        trailer = self._writer.trailer  # it has no get()
        previous: Any = trailer["/Info"] if "/Info" in trailer else {}  # noqa: SIM401
        entries = self._generic.DictionaryObject({self._name(key): previous.raw_get(key) for key in previous})
        entries.update({self._name(key): self._generic.pdf_string(value) for key, value in information.items()})
        self._writer.set_info(self._writer.add_object(entries))

    def _check(self, terminal: Terminal, value: str) -> None:
        checked = checked_states(terminal, value)
        self._set_value(terminal, self._name(f"/{checked[0] if checked else OFF}"))
        for widget in terminal.widgets:
            widget[self._name("/AS")] = self._name(f"/{next((state for state in states(widget) if state in checked), OFF)}")

    def _write(self, terminal: Terminal, field: FormField, value: str) -> None:
        self._set_value(terminal, self._generic.pdf_string(value))
        shown = dict(options(terminal)).get(value, value) if field.kind == "choice" else value
        for widget, box in zip(terminal.widgets, field.boxes, strict=True):
            drawn = self._writer.add_object(self._stream(appearance_of(shown, box)))
            widget[self._name("/AP")] = self._generic.DictionaryObject({self._name("/N"): drawn})

    def _set_value(self, terminal: Terminal, value: Any) -> None:
        for owner in terminal.owners:
            owner[self._name("/V")] = value

    def _stream(self, appearance: Appearance) -> Any:
        generic, name, box = self._generic, self._name, appearance.box
        fonts = generic.DictionaryObject({name("/F"): self._font})
        entries = {
            name("/Type"): name("/XObject"),
            name("/Subtype"): name("/Form"),
            name("/BBox"): self._numbers((0, 0, box.width, box.height)),
            name("/Resources"): generic.DictionaryObject({name("/Font"): fonts}),
        }
        if box.matrix:
            entries[name("/Matrix")] = self._numbers(box.matrix)
        return generic.StreamObject(entries, stream_data=appearance.content)

    def _numbers(self, values: tuple[float, ...]) -> Any:
        return self._generic.ArrayObject(self._generic.FloatObject(round(value, 3)) for value in values)
