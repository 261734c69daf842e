# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a PDF form (AcroForm, ISO 32000-1, 12.7) as plain data, and the objects behind them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .appearance import Box

# More than any form has; a file that exceeds them is refused, not read in part.
MOST_FIELDS, DEEPEST = 5_000, 32
INHERITED = ("/FT", "/Ff", "/V", "/DA", "/Q", "/MaxLen", "/Opt")
MULTILINE, COMB, PUSHBUTTON = 1 << 12, 1 << 24, 1 << 16
PASSWORD, EDITABLE = 1 << 13, 1 << 18
OFF = "Off"
NO_ROTATE = 1 << 4
KINDS = {"/Tx": "text", "/Ch": "choice", "/Btn": "button", "/Sig": "signature"}
Reference = tuple[int, int]
SIZE = re.compile(r"([0-9.]+)\s+Tf")


class TooManyFields(Exception):
    """The tree of fields is deeper, or has more of them, than any form."""


@dataclass(frozen=True)
class FormField:
    """kind: text, choice, button or signature. choices: the values that a choice or a button can take. value: as it stands, "" for none.

    open_choice: whether a choice takes other values too. hidden_value: whether what is written there is not shown (a password).
    """

    name: str
    label: str
    kind: str
    boxes: tuple[Box, ...] = ()
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    value: str = ""
    open_choice: bool = False
    hidden_value: bool = False


@dataclass(frozen=True)
class Terminal:
    """One field with its own dictionary, what it inherits, and its widgets. twins: dictionaries of the same name, which are the same field."""

    name: str
    own: Any
    inherited: dict[str, Any]
    widgets: tuple[Any, ...]
    twins: tuple[Any, ...] = ()

    @property
    def owners(self) -> tuple[Any, ...]:
        """The dictionaries that hold its value."""
        return (self.own, *self.twins)

    def get(self, key: str, default: Any = None) -> Any:
        value = self.own.get(key, self.inherited.get(key, default))
        return value.get_object() if hasattr(value, "get_object") else value

    @property
    def kind(self) -> str | None:
        """None for what is no field to fill: a push button, or a type that no standard knows."""
        kind = KINDS.get(str(self.get("/FT")))
        return None if kind == "button" and int(self.get("/Ff", 0)) & PUSHBUTTON else kind


def acro_form(root: Any) -> Any:
    """The form of the document, or an empty one."""
    form = root.get("/AcroForm")
    return form.get_object() if form is not None else {}


def terminals(form: Any) -> Iterator[Terminal]:
    """Every field of the form, by its whole name: those of one name are one field (ISO 32000-1, 12.7.3.2). Raises TooManyFields."""
    visited: set[Reference] = set()
    defaults = {key: form[key] for key in INHERITED if key in form}
    fields: dict[str, Terminal] = {}
    for reference in form.get("/Fields", ()):
        for field in _below(reference, "", defaults, visited, 0):
            first = fields.get(field.name)
            merged = replace(first, widgets=(*first.widgets, *field.widgets), twins=(*first.twins, field.own)) if first else field
            fields[field.name] = merged
    yield from fields.values()


def _below(target: Any, prefix: str, inherited: dict[str, Any], visited: set[Reference], depth: int) -> Iterator[Terminal]:
    """The fields below a node that a reference leads to, or that stands there itself. visited: a node that is referred to twice is taken once."""
    if depth > DEEPEST or len(visited) > MOST_FIELDS:
        raise TooManyFields
    node, reference = target.get_object(), reference_of(target) or (-1, len(visited))
    if not hasattr(node, "get") or reference in visited:
        return
    visited.add(reference)
    name = ".".join(filter(None, (prefix, str(node.get("/T", "")))))
    targets = list(node.get("/Kids", ()))
    kids = [kid.get_object() for kid in targets]
    inner = [below for below, kid in zip(targets, kids, strict=True) if hasattr(kid, "get") and "/T" in kid]
    handed = inherited | {key: node[key] for key in INHERITED if key in node}
    for kid in inner:
        yield from _below(kid, name, handed, visited, depth + 1)
    if not inner:
        yield Terminal(name, node, inherited, tuple(kids) or (node,))


def describe_field(field: Terminal, rotations: Mapping[Reference, int]) -> FormField:
    """As plain data. The field must have a kind. rotations: as page_rotations gives them."""
    kind, flags = field.kind or "", int(field.get("/Ff", 0))
    return FormField(
        name=field.name,
        label=str(field.get("/TU") or field.name),
        kind=kind,
        boxes=tuple(_box(widget, field, rotations.get(reference_of(widget) or (-1, 0), 0)) for widget in field.widgets),
        max_length=int(field.get("/MaxLen")) if kind == "text" and field.get("/MaxLen") is not None else None,
        choices=_choices(field, kind),
        value=value_of(field),
        open_choice=kind == "choice" and bool(flags & EDITABLE),
        hidden_value=kind == "text" and bool(flags & PASSWORD),
    )


def value_of(field: Terminal) -> str:
    """A button that is off has none, as a field that is empty; of a signature only that it is there."""
    value = field.get("/V")
    if value is None or value == f"/{OFF}":
        return ""
    if field.kind == "signature":
        return "signed"
    if field.kind == "button":
        state = str(value).removeprefix("/")
        return _state_values(field).get(state, state)
    if isinstance(value, list):
        return ", ".join(str(choice) for choice in value)
    if hasattr(value, "get_data"):
        value = value.get_data()
    return _decoded(value) if isinstance(value, bytes) else str(value)


def _decoded(text: bytes) -> str:
    """A text string (ISO 32000-2, 7.9.2.2); PDFDocEncoding is taken as Latin-1, from which it differs in signs that no name holds."""
    if text.startswith((b"\xfe\xff", b"\xff\xfe")):
        return text.decode("utf-16", "replace")
    return text.decode("utf-8-sig", "replace") if text.startswith(b"\xef\xbb\xbf") else text.decode("latin-1")


def checked_states(field: Terminal, value: str) -> list[str]:
    """The states of a button that mean this value; none for Off."""
    return [state for state, meaning in _state_values(field).items() if meaning == value]


def _state_values(field: Terminal) -> dict[str, str]:
    """What each state of a button means: its own name, or where they are numbers, what stands there in /Opt (ISO 32000-1, 12.7.4.2.3)."""
    names = dict.fromkeys(state for widget in field.widgets for state in states(widget))
    meanings = [str(_object(option)) for option in field.get("/Opt") or ()]
    if meanings and all(name.isdecimal() and int(name) < len(meanings) for name in names):
        return {name: meanings[int(name)] for name in names}
    return {name: name for name in names}


def look_of(field: Terminal) -> str:
    """A digest of what makes the field look as it does: where it is, whether it shows, and what its appearance draws."""
    digest = hashlib.sha256()
    for widget in field.widgets:
        for key in ("/Rect", "/F", "/AS"):
            digest.update(f"{key} {_object(widget.get(key))} ".encode())
        for stream in _appearance_streams(widget):
            for key in ("/BBox", "/Matrix"):
                digest.update(f"{key} {_object(stream.get(key))} ".encode())
            digest.update(stream.get_data())
    return digest.hexdigest()


def _appearance_streams(widget: Any) -> list[Any]:
    """What its normal appearance draws: one stream, or one for each state, in the order of their names."""
    appearance = _object(widget.get("/AP"))
    shown: Any = _object(appearance, "/N") if hasattr(appearance, "get") else None
    if hasattr(shown, "get_data"):
        return [shown]
    drawn = [_object(state) for _name, state in sorted(shown.items())] if hasattr(shown, "items") else []
    return [stream for stream in drawn if hasattr(stream, "get_data")]


def states(widget: Any) -> list[str]:
    """The states that a button's widget can show, but for Off."""
    normal = _object(_object(widget.get("/AP"), "/N") if widget.get("/AP") is not None else None)
    return [str(state).removeprefix("/") for state in normal if state != f"/{OFF}"] if hasattr(normal, "keys") else []


def options(field: Terminal) -> list[tuple[str, str]]:
    """(value, text shown) of a choice."""
    pairs = [option.get_object() if hasattr(option, "get_object") else option for option in field.get("/Opt") or ()]
    return [(str(pair[0]), str(pair[1])) if isinstance(pair, list) else (str(pair), str(pair)) for pair in pairs]


def _object(holder: Any, key: str | None = None) -> Any:
    resolved = holder.get_object() if hasattr(holder, "get_object") else holder
    if key is None or resolved is None:
        return resolved
    return _object(resolved.get(key))


def _choices(field: Terminal, kind: str) -> tuple[str, ...]:
    if kind == "button":
        return tuple(dict.fromkeys(_state_values(field).values()))
    return tuple(value for value, _text in options(field)) if kind == "choice" else ()


def reference_of(value: Any) -> Reference | None:
    """(object number, generation) of a reference of pypdf's or pyHanko's, or of pypdf's object that one leads to; None for a direct object."""
    reference = value if hasattr(value, "idnum") else getattr(value, "indirect_reference", None)
    return (reference.idnum, reference.generation) if reference is not None else None


def page_rotations(root: Any) -> dict[Reference, int]:
    """Of each widget that stands on a turned page: by how much, in degrees clockwise. The page tree was not verified: it is bounded."""
    rotations: dict[Reference, int] = {}
    nodes = [(_object(root.get("/Pages")), 0, 0)]
    for _node in range(MOST_FIELDS):
        if not nodes:
            break
        node, inherited, depth = nodes.pop()
        if not hasattr(node, "get") or depth > DEEPEST:
            continue
        rotation = _quarter_turns(node["/Rotate"]) if "/Rotate" in node else inherited
        nodes += [(_object(kid), rotation, depth + 1) for kid in _object(node.get("/Kids")) or ()]
        references = [reference_of(note) for note in _object(node.get("/Annots")) or () if rotation]
        rotations |= {reference: rotation for reference in references if reference}
    return rotations


def _box(widget: Any, field: Terminal, page_rotation: int) -> Box:
    x_left, bottom, right, top = (float(edge) for edge in _object(widget.get("/Rect")))
    flags, size = int(field.get("/Ff", 0)), SIZE.search(str(widget.get("/DA") or field.get("/DA") or ""))
    rotation = _rotation(widget, page_rotation)
    width, height = abs(right - x_left), abs(top - bottom)
    if rotation in (90, 270):
        width, height = height, width
    return Box(
        width,
        height,
        size=float(size.group(1)) if size else 0.0,
        multiline=bool(flags & MULTILINE),
        alignment=int(field.get("/Q", 0)),
        cells=int(field.get("/MaxLen") or 0) if flags & COMB else 0,
        decoration=_decoration(widget, width, height),
        rotation=rotation,
    )


def _rotation(widget: Any, page_rotation: int) -> int:
    """Of the text in the widget, in degrees counterclockwise: as the form says (/MK /R), else such that it is upright on its page.

    A page is turned clockwise by its /Rotate, and its widgets with it, but for those that say that they are not (NoRotate).
    """
    declared = (_object(widget.get("/MK")) or {}).get("/R")
    if declared is not None:
        return _quarter_turns(declared)
    return 0 if int(widget.get("/F", 0)) & NO_ROTATE else page_rotation


def _quarter_turns(degrees: Any) -> int:
    """0, 90, 180 or 270; 0 for what no standard allows."""
    rotation = int(_object(degrees)) % 360
    return rotation if rotation % 90 == 0 else 0


def _decoration(widget: Any, width: float, height: float) -> bytes:
    """Background and border as the widget describes them (/MK, /BS)."""
    look = _object(widget.get("/MK")) or {}
    line = float((_object(widget.get("/BS")) or {}).get("/W", 1))
    parts = []
    if look.get("/BG"):
        parts.append(f"q {_colour(look['/BG'], 'g', 'rg', 'k')} 0 0 {width:.3f} {height:.3f} re f Q")
    if look.get("/BC") and line:
        inner = f"{line / 2:.3f} {line / 2:.3f} {width - line:.3f} {height - line:.3f} re s"
        parts.append(f"q {_colour(look['/BC'], 'G', 'RG', 'K')} {line:.3f} w {inner} Q")
    return "\n".join(parts).encode()


def _colour(components: Any, *operators: str) -> str:
    """Grey, RGB or CMYK, by how many components there are."""
    values = [float(component) for component in components]
    operator = {1: operators[0], 3: operators[1], 4: operators[2]}.get(len(values))
    return " ".join([*(f"{value:.3f}" for value in values), operator]) if operator else ""
