# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what blocks: whole, and obeyed; nothing softens a revocation that is proved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.blocking_rules import BLOCKS, FINAL, blocking
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ALL_RULES, find_inputs, judge
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_crl
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import OUTCOMES, Judgement, Override, Verdict
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.evaluation import fails
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.evaluation import scene, validation_policy
from tests.support.observed import NOW
from tests.support.psce import CrlSpec, Ours
from tests.unit.pki.test_paths import made

GOOD = scene()
WARNINGS_ONLY = {"encoding", "ca_lifetime", "crl_scope"}


def test_the_table_has_every_rule_and_no_other() -> None:
    assert tuple(BLOCKS) == ALL_RULES


@pytest.mark.parametrize("rule", ALL_RULES)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_blocks(rule: str, outcome: str) -> None:
    judgement = Judgement(outcome, (Verdict(rule, outcome, "why", "where"),))
    expected = (outcome == "fail" and rule not in WARNINGS_ONLY) or (rule, outcome) == ("chain", "not_verifiable")
    assert bool(blocking(judgement)) is expected
    assert fails(judgement) is expected


def test_nothing_to_judge_blocks_nothing() -> None:
    assert not fails(None)


def test_a_proved_revocation_blocks_whatever_is_overridden() -> None:
    crl = Ours().crl(CrlSpec(GOOD.issuer, GOOD.issuer.key, revoked=((GOOD.leaf.serial, NOW),)))
    case = find_inputs(made(GOOD.leaf, GOOD.issuer), (), validation_policy(GOOD).store, "client", NOW)
    overrides = [Override(rule, "pass", "a test") for rule in ALL_RULES if rule not in FINAL]
    judgement = judge(case, RevocationAnswers([load_crl(crl)]), overrides)
    assert judgement.outcome == "fail"
    assert [verdict.rule for verdict in blocking(judgement)] == ["revoked"]
    assert fails(judgement)
    assert not fails(judge(replace(case), RevocationAnswers(), overrides))


@pytest.mark.parametrize("rule", FINAL)
def test_what_is_final_cannot_be_overridden(rule: str) -> None:
    case = find_inputs(made(GOOD.leaf, GOOD.issuer), (), validation_policy(GOOD).store, "client", NOW)
    with pytest.raises(InvalidInput, match=rf"^overrides: the rule {rule} cannot be overridden$"):
        judge(case, RevocationAnswers(), [Override(rule, "warn", "a test")])
    with pytest.raises(InvalidInput) as unknown:
        judge(case, RevocationAnswers(), [Override("revokd", "warn", "a test")])
    assert rule not in str(unknown.value.hint).split(": ")[1].split(", ")
