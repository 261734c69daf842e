# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that people declare, in YAML, CSV and options alike: what nobody sees is refused by its name, and accents have one form.

A value pasted from a web page, a word processor or the certificate window of Windows brings signs that have no width (U+200B, U+200E, U+00AD). They
would stand in an account, a convention and a certificate, and make two names that look the same differ. Which signs: Unicode's categories of
text.CONTROLS, and what is drawn as nothing (Default_Ignorable_Code_Point of UAX #44, blanks of Hangul and Braille).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidInput
from ..text import CONTROLS

Spec = Mapping[str, Mapping[str, Any]]
# First and last code point of what has another category and is drawn as nothing, or as a blank.
DRAWN_AS_NOTHING = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0x1D173, 0x1D17A),
    (0xE0100, 0xE01EF),
)
LINE_ENDS = "\r\n\t"
# Unicode has no names for the controls of ASCII (ISO/IEC 6429 has).
CONTROL_NAMES = {
    0x00: "NUL",
    0x07: "BELL",
    0x08: "BACKSPACE",
    0x09: "TAB",
    0x0A: "LINE FEED",
    0x0D: "CARRIAGE RETURN",
    0x1B: "ESCAPE",
    0x7F: "DELETE",
}
RETYPE = "write it anew by hand: such signs come with what is pasted from a web page, a document or a window"
# Options whose texts are written in several lines: of a person, and PEM.
SEVERAL_LINES = ("street", "reason", "signature_anchors")
CONTENT = re.compile(r"(?:.+_)?content")


def check_text(value: str, field: str, *, several_lines: bool = False) -> str:
    """The text, its accents in one form (NFC). Raises InvalidInput naming the first sign that nobody sees, and its place, from 1."""
    if value.isascii() and value.isprintable():
        return value
    for place, sign in enumerate(value, 1):
        if is_invisible(sign) and not (several_lines and sign in LINE_ENDS):
            is_line_end = sign in LINE_ENDS
            why = f"{value!r} has {sign_name(sign)} at position {place}, {'and is to be one line' if is_line_end else 'which nobody sees'}"
            raise InvalidInput(field, why, "write it in one line, without tabs" if is_line_end else RETYPE, value=value)
    return unicodedata.normalize("NFC", value)


def is_invisible(sign: str) -> bool:
    """Whether this character controls, or is drawn as nothing. Spaces of every width are none of these."""
    code = ord(sign)
    return unicodedata.category(sign) in CONTROLS or any(first <= code <= last for first, last in DRAWN_AS_NOTHING)


def sign_name(sign: str) -> str:
    """U+200B ZERO WIDTH SPACE."""
    code = ord(sign)
    return f"U+{code:04X} {CONTROL_NAMES.get(code) or unicodedata.name(sign, 'a control character')}"


def check_texts(parameters: dict[str, Any], spec: Spec, path: str = "") -> dict[str, Any]:
    """A copy of the parameters, every declared text in it checked. spec: as Ansible's argument_spec. Raises InvalidInput.

    Secrets stay as they are; a path is checked and keeps its form, which is the file system's; so is the content of a file.
    """
    return {name: _checked(value, name, spec.get(name, {}), f"{path}{name}") for name, value in parameters.items()}


def _checked(value: Any, name: str, option: Mapping[str, Any], path: str) -> Any:
    if option.get("no_log") or not value or CONTENT.fullmatch(name):
        return value
    kind = option.get("type", "")
    if isinstance(value, str) and kind in ("str", "path"):
        text = check_text(value, path, several_lines=name in SEVERAL_LINES)
        return value if kind == "path" else text
    if isinstance(value, dict) and "options" in option:
        return check_texts(value, option["options"], f"{path}.")
    if isinstance(value, list):
        inner = (
            {"type": option.get("elements", ""), "options": option["options"]}
            if "options" in option
            else {"type": option.get("elements", "")}
        )
        return [_checked(item, name, inner, path) for item in value]
    return value


def same_text(first: Any, second: Any) -> bool:
    """Whether two values are the same, whatever form their accents have."""
    if isinstance(first, str) and isinstance(second, str):
        return unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", second)
    return bool(first == second)


def look(title: str) -> str:
    """A title as a person sees it: accents in one form, blanks of every kind one space, nothing that is drawn as nothing."""
    visible = "".join(sign for sign in unicodedata.normalize("NFC", title) if not is_invisible(sign) or sign in LINE_ENDS)
    return " ".join(visible.split())
