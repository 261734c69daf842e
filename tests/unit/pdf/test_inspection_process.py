# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of a document hold while it is read, and no longer: what comes after it has its own."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf import inspection_process
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.inspection import InspectionReply

KINDS = (resource.RLIMIT_AS, resource.RLIMIT_CPU)
TASK = {"document": "", "now": "", "anchors": [], "memory": 2**46, "cpu": 10_000}


def limits() -> list[int]:
    return [resource.getrlimit(kind)[0] for kind in KINDS]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    saved = [resource.getrlimit(kind) for kind in KINDS]
    yield
    for kind, limit in zip(KINDS, saved, strict=True):
        resource.setrlimit(kind, limit)


def test_they_hold_for_one_document() -> None:
    bounds: list[list[int]] = []

    def answer(*_task: Any) -> InspectionReply:
        bounds.append(limits())
        raise MemoryError

    assert inspection_process._reply(json.dumps(TASK).encode(), answer) == {"status": 1, "error": "MemoryError: "}
    assert bounds[0][0] == 2**46
    assert bounds[0][1] > 10_000
    assert limits() == [resource.getrlimit(kind)[1] for kind in KINDS]
