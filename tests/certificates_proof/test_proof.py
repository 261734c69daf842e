# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of cases.py as tests, and that the table is whole: every rule has a certificate that passes and one that does not."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ALL_RULES
from tests.certificates_proof.cases import CHECKS, leaf, same
from tests.certificates_proof.scene import Check, base
from tests.support.certomancer_psce import MAKERS
from tests.support.psce import Ours

BAD = {"fail", "warn", "not_verifiable"}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.rule}-{check.name}-{'-'.join(check.families)}")
def test_every_rule_says_what_it_must(check: Check) -> None:
    for family in check.families:
        for maker in MAKERS:
            if maker.name in check.makers:
                assert not check.wrong(check.change(base(family)).judged(maker)), (family, maker.name)


@pytest.mark.parametrize("rule", ALL_RULES)
def test_every_rule_has_both_sides_from_both_sources(rule: str) -> None:
    for maker in MAKERS:
        outcomes = {check.outcome for check in CHECKS if check.rule == rule and maker.name in check.makers}
        assert ("absent" if rule == "revoked" else "pass") in outcomes
        assert outcomes & BAD


def test_a_difference_is_seen() -> None:
    judgement = same(base("ec")).judged(Ours())
    assert Check("key_type", "fail", "", same).wrong(judgement) == "key_type: pass instead of fail"
    assert "key_type: pass instead of absent" in Check("lifetime", "pass", "", same, {"key_type": "absent"}).wrong(judgement)
    changed = leaf(eku=("server",))(base("ec")).judged(Ours())
    assert Check("lifetime", "pass", "", same).wrong(changed) == "extended_key_usage: fail instead of pass"


def test_there_are_enough() -> None:
    assert sum(len(check.families) * len(check.makers) for check in CHECKS) >= 200
