# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a document to its verdicts: what it is to be for, the reading in a confined process, and the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .._pki.verdict import Judgement, Override
from .confined_inspection import DEFAULT_LIMITS, Limits, inspect_document
from .document import DEFAULT_MIB, MIB, Document
from .document_inputs import DocumentInputs
from .document_rules import judge_document
from .form_mapping import FormMapping
from .inspection import Inspection
from .inspector import HEADER


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class DocumentExpectations:
    """What a document is held against: the declaration (values: by the sources of form_mapping.py), the form, the anchors (PEM), the limits.

    clock, read: the time now, and who reads a document.
    """

    cycle: str | None = None
    siret: str | None = None
    name: str | None = None
    values: dict[str, str | None] = field(default_factory=dict)
    form: FormMapping = field(default_factory=FormMapping)
    overrides: tuple[Override, ...] = ()
    anchors: tuple[str, ...] = ()
    max_mib: float = DEFAULT_MIB
    limits: Limits = DEFAULT_LIMITS
    clock: Callable[[], datetime] = now
    read: Callable[[bytes, datetime, Iterable[str], Limits], Inspection] = inspect_document

    def judge(self, document: Document, unsigned: bool = False) -> Judgement:
        """Raises MissingLibrary, and DocumentError where no process can be started; what is wrong with a document is a verdict.

        unsigned: the document is, byte for byte, one that was to be signed.
        """
        content, moment = document.content, self.clock()
        most, pdf = int(self.max_mib * MIB), content.startswith(HEADER)
        inspection = self.read(content, moment, self.anchors, self.limits) if pdf and len(content) <= most else None
        inputs = DocumentInputs(
            len(content), most, pdf, inspection, moment, self.form, self.cycle, self.siret, self.name, self.values, unsigned=unsigned
        )
        return judge_document(inputs, self.overrides)
