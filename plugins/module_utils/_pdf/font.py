# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one font that we write with: Helvetica in WinAnsiEncoding (Windows-1252), which every reader of PDFs has (ISO 32000-1, 9.6.2.2)."""

from __future__ import annotations

import unicodedata

ENCODING = "cp1252"
# Widths of the codes 32 to 255, in thousandths of the size; 0 where Windows-1252 has no character (Adobe's core 14 metrics).
_WIDTHS = """
    278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556
    1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556
    333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584 761
    556 0 222 556 333 1000 556 556 333 1000 667 333 1000 0 611 0 0 222 222 333 333 350 556 1000 333 1000 500 333 944 0 500 667
    278 333 556 556 556 556 260 556 333 737 370 556 584 333 737 333 400 584 333 333 333 556 537 278 333 333 365 556 834 834 834 611
    667 667 667 667 667 667 1000 722 667 667 667 667 278 278 278 278 722 722 778 778 778 778 778 584 778 722 722 722 722 667 667 611
    556 556 556 556 556 556 889 500 556 556 556 556 278 278 278 278 556 556 556 556 556 556 556 584 611 556 556 556 556 500 556 500
"""
WIDTHS = tuple(int(number) for number in _WIDTHS.split())


def compose_accents(text: str) -> str:
    """Accents as one character each: some systems write e + accent."""
    return unicodedata.normalize("NFC", text)


def unprintable_characters(text: str) -> str:
    """The characters that the font has not, each once."""
    return "".join(dict.fromkeys(character for character in text if character != "\n" and not _code(character)))


def width(text: str, size: float) -> float:
    """In points. The text must be showable."""
    return sum(WIDTHS[code - 32] for code in text.encode(ENCODING)) * size / 1000


def literal(text: str) -> bytes:
    """As a string of a content stream."""
    escaped = text.encode(ENCODING).replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"(" + escaped + b")"


def _code(character: str) -> int:
    """0 where there is none, or none that shows."""
    try:
        code = character.encode(ENCODING)[0]
    except UnicodeEncodeError:
        return 0
    return code if code >= 32 and WIDTHS[code - 32] else 0
