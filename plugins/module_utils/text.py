# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from outside (a server, a PSCE, a certificate, a document) before people read it on a terminal or in a log.

A terminal obeys control characters: an escape sequence rewrites what stands above, a bidirectional control turns a sentence around, a line
break makes one message look like two. They are written out as Python writes them (`\\x1b`, `\\u202e`), never obeyed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# Of a message, a reason or a name, what people are shown: characters.
LONGEST_TEXT = 400
# Of a field of a record, that is also compared with what is declared.
LONGEST_VALUE = 2000
# Unicode's general categories: controls, format controls (bidirectional, invisible, tags), lone surrogates, separators of lines and paragraphs.
CONTROLS = ("Cc", "Cf", "Cs", "Zl", "Zp")
PERHAPS_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e]|\r(?!\n)")


def escape_controls(text: str) -> str:
    """The text with every control character written out; tabs, line breaks (LF, CRLF) and what is visible stay."""
    return text if text.isprintable() else PERHAPS_CONTROL.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    character = match[0]
    if unicodedata.category(character) not in CONTROLS:
        return character
    return f"\\x{ord(character):02x}" if character < "\x80" else character.encode("ascii", "backslashreplace").decode()


def one_line(value: Any, longest: int = LONGEST_TEXT) -> str:
    """A text from outside as one line, its controls written out; of a long one the beginning, and how long it is."""
    text = str(value)
    return _beginning(text if text.isprintable() else escape_controls(re.sub(r"[\t\n\r ]+", " ", text).strip()), longest)


def bounded(value: Any, longest: int = LONGEST_VALUE) -> Any:
    """A copy of a JSON-like value from outside, whose texts are no longer than that; otherwise it stays what it is, to be compared."""
    if isinstance(value, str):
        return _beginning(value, longest)
    if isinstance(value, dict):
        return {key: bounded(item, longest) for key, item in value.items()}
    return [bounded(item, longest) for item in value] if isinstance(value, (list, tuple)) else value


def _beginning(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text)} characters)"


NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def strip_accents(text: str) -> str:
    """Each letter in its plainest form (NFKD), without the accents that stood on it."""
    return NOT_ASCII.sub(_uncombined, unicodedata.normalize("NFKD", text))


def _uncombined(match: re.Match[str]) -> str:
    return "".join(character for character in match[0] if not unicodedata.combining(character))
