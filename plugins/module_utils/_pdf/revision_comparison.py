# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two revisions of a document differ in nothing but annotations and form fields, which a seal may allow (DocMDP, /P 3).

pyHanko, which judges every other change, takes any new annotation for a suspicious one.
"""

from __future__ import annotations

import hashlib
import io
from typing import Any

from .libraries import pdf_objects, pypdf

# Of the catalog and of a page: what an annotation, a form field, a signature or its proofs (ISO 32000-2, 12.8.4) change by right.
CATALOG_CHANGES = frozenset({"/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Version", "/Perms"})
PAGE_CHANGES = frozenset({"/Annots", "/Tabs"})
# Back to what was looked at already.
UPWARDS = frozenset({"/Parent", "/P", "/StructParent", "/StructParents"})
DEEPEST = 60


def differ_in_annotations_only(before: bytes, after: bytes) -> bool:
    """Whether two revisions show the same, but for what was added on top of their pages and filled in. What cannot be compared differs."""
    try:
        return fixed_content(before) == fixed_content(after)
    except MemoryError:
        raise
    except Exception:  # pypdf raises nearly anything on a damaged file
        return False


def fixed_content(content: bytes) -> bytes:
    """A digest of all that a revision holds but for annotations and form fields. Raises RecursionError where it is nested too deep."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    return _Digests().of(reader.trailer["/Root"].get_object(), 0)


class _Digests:
    """Of objects, each that has a reference taken once. One that is met again on the way down to itself is a circle."""

    def __init__(self) -> None:
        self._digests: dict[Any, bytes] = {}

    def of(self, value: Any, depth: int) -> bytes:
        if not isinstance(value, pdf_objects.IndirectObject):
            return self._direct(value, depth)
        if value not in self._digests:
            self._digests[value] = b"circle"
            self._digests[value] = self._direct(value.get_object(), depth)
        return self._digests[value]

    def _direct(self, value: Any, depth: int) -> bytes:
        if not isinstance(value, (dict, list)):
            return hashlib.sha256(f"{type(value).__name__} {value!r}".encode("utf-8", "surrogateescape")).digest()
        if depth > DEEPEST:
            raise RecursionError
        return self._members(value, depth + 1)

    def _members(self, value: Any, depth: int) -> bytes:
        digest = hashlib.sha256(type(value).__name__.encode())
        if isinstance(value, list):
            for member in value:
                digest.update(self.of(member, depth))
            return digest.digest()
        left_out = UPWARDS | {"/Catalog": CATALOG_CHANGES, "/Page": PAGE_CHANGES}.get(str(value.get("/Type")), frozenset())
        for key in sorted(set(value) - left_out):
            digest.update(key.encode("utf-8", "surrogateescape") + self.of(value.raw_get(key), depth))
        if hasattr(value, "get_data"):
            digest.update(value.get_data())
        return digest.digest()
