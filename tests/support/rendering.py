# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees of a form, as PDFium draws it: the text on its pages, and which way it runs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2
from pypdfium2 import raw


def page_texts(content: bytes) -> list[str]:
    """The text of each page once its fields are drawn into it."""
    with _drawn_pages(content) as pages:
        return [str(page.get_textpage().get_text_bounded()) for page in pages]


def text_angles(content: bytes) -> set[int]:
    """In which directions the text of the pages runs for who looks at them: degrees counterclockwise, 0 where it is upright."""
    with _drawn_pages(content) as pages:
        return {angle for page in pages for angle in _angles(page)}


def _angles(page: Any) -> Iterator[int]:
    text = page.get_textpage()
    for rank in range(text.count_chars()):
        if raw.FPDFText_GetUnicode(text, rank) > 32 and not raw.FPDFText_IsGenerated(text, rank):
            clockwise = math.degrees(raw.FPDFText_GetCharAngle(text, rank)) + page.get_rotation()
            yield round(-clockwise) % 360


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
