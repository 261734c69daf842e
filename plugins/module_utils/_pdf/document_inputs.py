# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules on documents look at: the inspection of one document, and what is declared of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from ..text import strip_accents
from .form_mapping import FormMapping
from .inspection import Inspection

# Less text than this on the pages, and an image: a scan without text recognition.
LITTLE_TEXT = 60
BETWEEN_WORDS = re.compile(r"[\s'\u2019\u2018\u02bc\u2010-\u2015-]+")


@dataclass(frozen=True)
class DocumentInputs:
    """size, most: bytes, as it is and at most. pdf: whether it begins as one. inspection: None where it was not worth reading.

    cycle, siret, name, values: what is declared, where it is; values by the sources of form_mapping.py. unsigned: whether it is, byte for byte, a
    document that still has to be signed.
    """

    size: int
    most: int
    pdf: bool
    inspection: Inspection | None
    now: datetime
    form: FormMapping = field(default_factory=FormMapping)
    cycle: str | None = None
    siret: str | None = None
    name: str | None = None
    values: dict[str, str | None] = field(default_factory=dict)
    unsigned: bool = False

    @property
    def scan(self) -> bool:
        inspection = self.inspection
        return bool(inspection and inspection.images and len(inspection.text.strip()) < LITTLE_TEXT and not any(inspection.fields.values()))

    @cached_property
    def text(self) -> str:
        inspection = self.inspection
        return "\n".join([inspection.text, *inspection.fields.values()]) if inspection else ""

    @cached_property
    def plain_text(self) -> str:
        return comparable_text(self.text)


def comparable_text(text: str) -> str:
    """Without case, accents, ligatures and kinds of apostrophes, hyphens and spaces: as people type it, and scanners read it."""
    lowered = text.casefold().replace("œ", "oe").replace("æ", "ae")
    return BETWEEN_WORDS.sub(" ", strip_accents(lowered)).strip()
