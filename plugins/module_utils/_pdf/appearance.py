# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a value looks in its field: size, lines and place, and the content stream that draws it (ISO 32000-1, 12.7.3.3). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .font import literal, width

# Where the form leaves the size to the reader (0), and where a value is longer than its field.
USUAL_SIZE, SMALLEST_SIZE, STEP = 11.0, 6.0, 0.5
PADDING = 2.0
LEADING = 1.2
# Of Helvetica: capitals, letters below the line, and capitals with an accent.
ASCENT, DESCENT, ACCENTED = 0.72, 0.21, 0.93
LEFT, CENTRE = 0, 1


@dataclass(frozen=True)
class Box:
    """A widget's rectangle and what its form says of the text in it. size: points, 0 for any. cells: of a comb field, else 0.

    width, height: along the text and across it. rotation: of the text, in degrees counterclockwise (/MK /R): 0, 90, 180 or 270.
    decoration: the drawing of background and border, before the text.
    """

    width: float
    height: float
    size: float = 0.0
    multiline: bool = False
    alignment: int = LEFT
    cells: int = 0
    decoration: bytes = b""
    rotation: int = 0

    @property
    def matrix(self) -> tuple[float, ...] | None:
        """That turns the drawing into the widget's rectangle (ISO 32000-1, 12.5.5 and table 189); None where nothing is turned."""
        return {
            90: (0, 1, -1, 0, self.height, 0),
            180: (-1, 0, 0, -1, self.width, self.height),
            270: (0, -1, 1, 0, 0, self.width),
        }.get(self.rotation)


def fitting_size(text: str, box: Box) -> float | None:
    """The form's own size where the value fits, else the largest that does; None where even the smallest is too large."""
    highest = max(SMALLEST_SIZE, (box.height - PADDING) / LEADING)
    size = box.size if box.size and box.multiline else min(box.size or USUAL_SIZE, highest)
    while size >= min(SMALLEST_SIZE, box.size or SMALLEST_SIZE):
        if _fits(text, box, size):
            return size
        size -= STEP
    return None


@dataclass(frozen=True)
class Appearance:
    """How a widget shows a value: the content stream, whose font is called /F, the size of that font, and the box that it is drawn in."""

    content: bytes
    size: float
    box: Box


def appearance_of(text: str, box: Box) -> Appearance:
    """The text must fit (see filling.py)."""
    size = fitting_size(text, box)
    if size is None:
        raise AssertionError("the value was not measured before")
    return Appearance(drawing(text, box, size), size, box)


def drawing(text: str, box: Box, size: float) -> bytes:
    """The content stream. The font is called /F."""
    parts = [box.decoration, b"/Tx BMC q"]
    parts.append(b"%s %s %s %s re W n" % tuple(map(_number, (1.0, 1.0, box.width - 2, box.height - 2))))
    parts.append(b"BT 0 g /F %s Tf" % _number(size))
    at_x = at_y = 0.0
    for text_part, x, y in _placed(text, box, size):
        parts.append(b"%s %s Td %s Tj" % (_number(x - at_x), _number(y - at_y), literal(text_part)))
        at_x, at_y = x, y
    return b"\n".join([*parts, b"ET Q EMC"])


def _fits(text: str, box: Box, size: float) -> bool:
    if box.cells:
        cell = box.width / box.cells
        return len(text) <= box.cells and _height(1, size) <= box.height and all(width(character, size) <= cell for character in text)
    lines = _lines(text, box, size)
    height = _height(len(lines), size) + ((ACCENTED - ASCENT) * size if box.multiline else 0)
    return height <= box.height and all(width(line, size) <= box.width - 2 * PADDING for line in lines)


def _height(lines: int, size: float) -> float:
    return size * (ASCENT + DESCENT + LEADING * (lines - 1))


def _lines(text: str, box: Box, size: float) -> list[str]:
    """The text in lines, broken between words where the field has several lines."""
    if not box.multiline:
        return [text.replace("\n", " ")]
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and width(longer, size) > box.width - 2 * PADDING:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def _placed(text: str, box: Box, size: float) -> list[tuple[str, float, float]]:
    """Each piece of text with the place where it begins."""
    if box.cells:
        cell, base = box.width / box.cells, _base(box, size)
        return [(character, rank * cell + (cell - width(character, size)) / 2, base) for rank, character in enumerate(text)]
    lines = _lines(text, box, size)
    top = box.height - PADDING - ACCENTED * size if box.multiline else _base(box, size)
    return [(line, _start(line, box, size), top - rank * LEADING * size) for rank, line in enumerate(lines)]


def _base(box: Box, size: float) -> float:
    return (box.height - (ASCENT + DESCENT) * size) / 2 + DESCENT * size


def _start(line: str, box: Box, size: float) -> float:
    free = box.width - width(line, size)
    return PADDING if box.alignment == LEFT else (free / 2 if box.alignment == CENTRE else free - PADDING)


def _number(value: float) -> bytes:
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()
