# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents to upload: that it is a PDF at all. What the convention says is not read here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .errors import InvalidInput

# Ours: no limit is published; a scanned convention of a few pages is far below.
MAX_SIZE = 5 * 1024 * 1024


@dataclass(frozen=True)
class Document:
    """A document as it will be sent. sha256: lower-case hexadecimal."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def check_pdf(name: str, content: bytes, field: str = "document") -> Document:
    """Raises InvalidInput where the content is empty, too large, not a PDF, or cut short."""
    if not content:
        raise InvalidInput(field, f"{name} is empty", "give the signed convention as a PDF")
    if len(content) > MAX_SIZE:
        raise InvalidInput(field, f"{name} has {len(content)} bytes, more than {MAX_SIZE}", "scan it again at a lower resolution")
    if not content.startswith(b"%PDF-"):
        raise InvalidInput(field, f"{name} is not a PDF", "export or scan the signed convention as a PDF")
    if b"%%EOF" not in content[-1024:]:
        raise InvalidInput(field, f"{name} is cut short (no end-of-file mark)", "copy the file again")
    return Document(name, content)
