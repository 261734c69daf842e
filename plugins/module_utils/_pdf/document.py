# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents to upload. What is right or wrong with one is judged by _pdf/document_rules.py."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..errors import InvalidInput
from ..user_files import read_beginning

# Ours: no limit is published; a scanned convention of a few pages is far below.
DEFAULT_MIB = 5
# Nothing larger is ever read into memory; it is too large whatever limit is declared.
MOST_MIB = 64
MIB = 1024 * 1024


@dataclass(frozen=True)
class Document:
    """A document as it will be sent. sha256: lower-case hexadecimal."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


# Options that hold a document, in base64; it is read with pypdf.
CONTENTS = ("document_content", "next_document_content")


def holds_document(parameters: Mapping[str, object]) -> bool:
    """Whether the options of a task hold a document that will be read."""
    return any(parameters.get(option) for option in CONTENTS)


def read_document(path: str | Path, field: str = "document") -> Document:
    """The file, or of one that is larger than MOST_MIB its beginning, one byte more than that. Raises InvalidInput where it cannot be read."""
    path = Path(path)
    try:
        return Document(path.name, read_beginning(path, MOST_MIB * MIB + 1))
    except OSError as error:
        raise InvalidInput(
            field, f"{path}: {error.strerror or error}", "check the path and its mode on the machine where the task runs", path=str(path)
        ) from error
