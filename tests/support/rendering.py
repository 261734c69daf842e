# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees of a form, as PDFium draws it: the text on its pages, which way it runs, and each page as an image."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2
from PIL import Image
from pypdfium2 import raw

# Left, bottom, right, top, in the units of the page that is not turned.
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class Character:
    """One that shows. x, y: its middle, in the units of the page that is not turned. angle: degrees counterclockwise, for who looks at it."""

    sign: str
    x: float
    y: float
    angle: int


def page_texts(content: bytes) -> list[str]:
    """The text of each page once its fields are drawn into it."""
    with _drawn_pages(content) as pages:
        return [str(page.get_textpage().get_text_bounded()) for page in pages]


def page_characters(content: bytes) -> list[list[Character]]:
    """Of each page, once its fields are drawn into it."""
    with _drawn_pages(content) as pages:
        return [list(_characters(page)) for page in pages]


def text_angles(content: bytes) -> set[int]:
    """In which directions the text of the pages runs: degrees counterclockwise, 0 where it is upright."""
    return {character.angle for page in page_characters(content) for character in page}


def page_images(content: bytes, scale: float = 1.0) -> list[Image.Image]:
    """Each page as it is looked at, its fields drawn, in shades of grey."""
    document = pypdfium2.PdfDocument(content)
    document.init_forms()
    try:
        return [page.render(scale=scale, may_draw_forms=True).to_pil().convert("L") for page in document]
    finally:
        document.close()


def place_on_image(content: bytes, page: int, rectangle: Rectangle, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where a rectangle of the page lies on its image of this size, in pixels: left, top, right, bottom."""
    document = pypdfium2.PdfDocument(content)
    try:
        left, bottom, right, top = rectangle
        corners = [_on_device(document[page], x, y, size) for x, y in ((left, bottom), (right, top))]
    finally:
        document.close()
    across, down = zip(*corners, strict=True)
    return min(across), min(down), max(across), max(down)


def _on_device(page: Any, x: float, y: float, size: tuple[int, int]) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def _characters(page: Any) -> Iterator[Character]:
    text = page.get_textpage()
    for rank in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, rank)
        if code > 32 and not raw.FPDFText_IsGenerated(text, rank):
            clockwise = math.degrees(raw.FPDFText_GetCharAngle(text, rank)) + page.get_rotation()
            left, bottom, right, top = text.get_charbox(rank)
            yield Character(chr(code), (left + right) / 2, (bottom + top) / 2, round(-clockwise) % 360)


@contextmanager
def _drawn_pages(content: bytes) -> Iterator[list[Any]]:
    """The pages, with what their annotations show drawn into them."""
    document = pypdfium2.PdfDocument(content)
    document.init_forms()
    try:
        for page in document:
            page.flatten()
            page.close()
        yield [document[number] for number in range(len(document))]
    finally:
        document.close()
