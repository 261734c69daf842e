# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NIST's PKITS, case by case: ours says the same, or differences.yml explains it; no revocation is let through."""

from __future__ import annotations

import pytest

from tests.certificates_proof.pkits import PkitsCase, answer, cases, difference, explained

CASES = cases()
EXPLAINED = explained()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pkits(case: PkitsCase) -> None:
    assert difference(case) == EXPLAINED.get(case.name), answer(case).reasons


def test_no_revocation_is_let_through() -> None:
    revoked = [case for case in CASES if case.is_revocation]
    assert len(revoked) >= 30
    assert [case.name for case in revoked if answer(case).accepted] == []


@pytest.mark.parametrize(
    "name", ["invalid_revoked_ca_test2", "invalid_revoked_ee_test3", "invalid_deltacrl_test3", "invalid_onlysomereasons_test21"]
)
def test_a_revocation_is_proved(name: str) -> None:
    assert answer(next(case for case in CASES if case.name == name)).proved


def test_what_is_explained_is_there() -> None:
    assert set(EXPLAINED) <= {case.name for case in CASES}
    assert len(CASES) >= 240
