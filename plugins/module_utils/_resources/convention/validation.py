# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validating a signed convention: from the options of convention_document_info to the verdicts. The rules are _pdf/document_rules.py's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..._options.choices import CYCLES
from ..._options.declaration import FIELDS
from ..._options.spec import Spec
from ..._pdf.document import read_document
from ..._pdf.document_evaluation import now
from .options import CHECKS, FOR_THE_FORM, expected_document

SPEC: Spec = {
    "document": {"type": "path", "required": True},
    "siret": {"type": "str"},
    "cycle": {"type": "str", "choices": list(CYCLES)},
    **{name: FIELDS[name].spec() for name in (*FOR_THE_FORM, *CHECKS)},
}


def validate(parameters: dict[str, Any], clock: Callable[[], datetime] = now) -> dict[str, Any]:
    """What the module answers. Raises InvalidInput for a file that cannot be read; what is wrong with a document is a verdict."""
    expected = replace(expected_document(parameters), clock=clock)
    document = read_document(parameters["document"])
    return {"changed": False, **expected.judge(document).as_dict(), "sha256": document.sha256}
