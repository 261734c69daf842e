# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Overrides soften one named rule, with a reason, visibly; nothing else does."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import (
    Override,
    Verdict,
    check_overrides,
    overall,
    overridden,
)
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput

GOOD, DOUBT, OPEN, BAD = (Verdict(name, name, "why", "where") for name in ("pass", "warn", "not_verifiable", "fail"))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([GOOD], "pass"),
        ([GOOD, DOUBT], "warn"),
        ([OPEN, DOUBT, GOOD], "not_verifiable"),
        ([GOOD, BAD, OPEN], "fail"),
        ([], "not_verifiable"),
    ],
)
def test_the_worst_counts(verdicts: list[Verdict], expected: str) -> None:
    assert overall(verdicts) == expected


@pytest.mark.parametrize(
    ("verdict", "to", "expected"),
    [(BAD, "warn", "warn"), (BAD, "pass", "pass"), (OPEN, "warn", "warn"), (DOUBT, "pass", "pass")],
)
def test_an_override_softens_and_is_seen(verdict: Verdict, to: str, expected: str) -> None:
    rule = verdict.rule
    verdicts = overridden([verdict, GOOD], {rule: Override(rule, to, "agreed with the PSCE")})
    assert verdicts[0].as_dict() == {
        "rule": rule,
        "outcome": expected,
        "reason": "why",
        "source": "where",
        "override": {"found": rule, "reason": "agreed with the PSCE"},
    }
    assert verdicts[1] == GOOD


@pytest.mark.parametrize(("verdict", "to"), [(GOOD, "warn"), (GOOD, "pass"), (DOUBT, "warn")])
def test_an_override_never_hardens(verdict: Verdict, to: str) -> None:
    verdicts = overridden([verdict], {verdict.rule: Override(verdict.rule, to, "x")})
    assert verdicts == [verdict]
    assert "override" not in verdicts[0].as_dict()


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ([Override("all", "pass", "x")], "no rule 'all'"),
        ([Override("chain", "pass", " ")], "no reason"),
        ([Override("chain", "fail", "x")], "no outcome"),
        ([Override("chain", "warn", "x"), Override("chain", "pass", "y")], "twice"),
    ],
)
def test_what_would_be_ignored_is_refused(overrides: list[Override], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        check_overrides(overrides, ["chain", "policy"])


def test_good_overrides_by_rule() -> None:
    one = Override("chain", "warn", "x")
    assert check_overrides([one], ["chain"]) == {"chain": one}
