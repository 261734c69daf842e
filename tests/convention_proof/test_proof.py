# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form of `make convention-proof`: a few of the 622, and every document of the corpus."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.confined_inspection import DEFAULT_LIMITS, Limits, inspect_document
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document_rules import RULE_NAMES
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.inspection import Inspection, parse_inspection
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.inspection_process import answer
from ansible_collections.collectivites.antai.plugins.module_utils.dates import instant
from tests.convention_proof.corpus import HOSTILE, SAMPLES, Sample
from tests.convention_proof.prefill_run import HARD, prefill_run
from tests.convention_proof.signed_corpus import SIGNED_SAMPLES
from tests.support.sandbox_process import SandboxProcess
from tests.support.signing import NOW


def test_a_few_of_the_fleet(tmp_path: Path, sandbox_template: Path) -> None:
    with SandboxProcess(tmp_path / "sandbox", None, sandbox_template) as running:
        ran = prefill_run(running, tmp_path / "store", len(HARD) + 12, tmp_path / "shown")
    assert (ran.documents, ran.wrong, ran.again_changed) == (len(HARD) + 12, (), 0)
    assert (tmp_path / "shown/prefilled.png").stat().st_size > 10_000


def read_here(content: bytes, now: datetime, anchors: Iterable[str], limits: Limits) -> Inspection:
    """Without a process of its own for each: `make convention-proof` judges every one as users do."""
    return parse_inspection(answer(content, instant(now), list(anchors))["inspection"])


@pytest.mark.parametrize("sample", [sample for sample in (*SAMPLES, *SIGNED_SAMPLES) if sample not in HOSTILE], ids=lambda each: each.name)
def test_every_document_has_its_right_verdict(sample: Sample) -> None:
    assert sample.wrong(sample.judged(read_here)) == ""


@pytest.mark.parametrize("sample", HOSTILE, ids=lambda each: each.name)
def test_what_was_made_to_do_harm_has_its_right_verdict(sample: Sample) -> None:
    assert sample.wrong(sample.judged()) == ""


@pytest.mark.parametrize("name", ["a scan with text recognition", "signed with a timestamp", "an embedded file", "noise"])
def test_a_process_of_its_own_reads_the_same(name: str) -> None:
    sample = next(sample for sample in SAMPLES if sample.name == name)
    content = sample.make()
    assert inspect_document(content, NOW, sample.expected.anchors) == read_here(content, NOW, sample.expected.anchors, DEFAULT_LIMITS)


def test_every_rule_passes_once_and_fails_once() -> None:
    assert {rule for sample in SAMPLES for rule in sample.passes} == set(RULE_NAMES)
    assert {rule for sample in SAMPLES for rule in (*sample.fails, *sample.warns)} == set(RULE_NAMES)
