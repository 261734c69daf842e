# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convention that follows the one in force: due, its state, who must act, what is sent, as tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import Document
from ansible_collections.collectivites.antai.plugins.module_utils._pki.renewal import RenewalPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import FAIL, Judgement, Verdict
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.convention import Convention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.plan import DeclaredConvention, ObservedConvention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.renewal import renewal_of
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.observed import CORRECTED, NOW, SIGNED, SINCE, SIRET, codes, convention, space, waited

POLICY = RenewalPolicy((60, 30), "convention_renewal_days")


def ending(days: int, state: str = "in_force", **changes: Any) -> dict[str, Any]:
    """A convention whose last day is so many days from today."""
    return convention(state, end=(NOW.date() + timedelta(days=days)).isoformat(), **changes)


REFUSED, SUBMITTED, UPCOMING = convention("refused"), convention("submitted"), convention("upcoming")


@pytest.mark.parametrize(
    ("conventions", "found"),
    [
        pytest.param([], None, id="none"),
        pytest.param([SUBMITTED], None, id="none in force"),
        pytest.param([ending(-1, "ended")], None, id="ended"),
        pytest.param([convention("in_force", end=None)], None, id="nobody says until when"),
        pytest.param([convention("in_force", end="31/12/2028")], None, id="no day"),
        pytest.param([ending(60)], ("not_due", False, 0, 61), id="60 days and the rest of today"),
        pytest.param([ending(59)], ("to_sign", True, 60, 60), id="first stage"),
        pytest.param([ending(29)], ("to_sign", True, 30, 30), id="second stage"),
        pytest.param([ending(0)], ("to_sign", True, 30, 1), id="the last day belongs to it"),
        pytest.param([ending(9), REFUSED], ("refused", True, 30, 10), id="refused"),
        pytest.param([REFUSED, ending(9)], ("to_sign", True, 30, 10), id="refused before"),
        pytest.param([ending(9), REFUSED, SUBMITTED], ("submitted", True, 30, 10), id="submitted"),
        pytest.param([ending(99), SUBMITTED], ("submitted", False, 0, 100), id="submitted early"),
        pytest.param([ending(9), UPCOMING], ("secured", True, 30, 10), id="secured"),
        pytest.param([ending(9), UPCOMING, REFUSED], ("secured", True, 30, 10), id="secured, and another refused"),
    ],
)
def test_state(conventions: list[dict[str, Any]], found: tuple[str, bool, int, int] | None) -> None:
    told = renewal_of(conventions, NOW, POLICY)
    assert (told and (told.state, told.decision.due, told.decision.stage, told.decision.days_left)) == found


def test_an_end_at_the_end_of_the_calendar_has_no_day_after() -> None:
    """As "no end" is often written."""
    endless = renewal_of([convention("in_force", end="9999-12-31")], NOW, POLICY)
    assert endless
    assert (endless.state, endless.as_dict()["lapses_on"]) == ("not_due", "9999-12-31")


def test_who_must_act_and_until_when() -> None:
    told = renewal_of([ending(9)], NOW, POLICY)
    assert told
    last, first = (date.fromisoformat(told.as_dict()[name]) for name in ("end", "lapses_on"))
    assert first - last == timedelta(days=1)
    texts = {each.as_dict(language, NOW)["next_action"]["text"] for each in told.waiting("/next/signed.pdf") for language in ("fr", "en")}
    assert len(texts) == 2
    assert all(str(last) in text and str(first) in text and "/next/signed.pdf" in text for text in texts)


@pytest.mark.parametrize(
    ("conventions", "code", "since"),
    [
        pytest.param([ending(90)], None, None, id="not due"),
        pytest.param([ending(9)], "convention_renewal", None, id="to sign"),
        pytest.param([ending(9), REFUSED], "convention_renewal_refused", SINCE, id="refused"),
        pytest.param([ending(9), SUBMITTED], "convention_renewal_countersignature", SINCE, id="submitted"),
        pytest.param([ending(9), UPCOMING], None, None, id="secured"),
    ],
)
def test_waiting(conventions: list[dict[str, Any]], code: str | None, since: str | None) -> None:
    told = renewal_of(conventions, NOW, POLICY)
    assert told
    assert [(each.code, each.since) for each in told.waiting("p")] == ([(code, since)] if code else [])


LATER = {"end": (NOW.date() + timedelta(days=9)).isoformat(), "after": (NOW.date() + timedelta(days=10)).isoformat()}


@pytest.mark.parametrize(
    ("later", "about"), [([], {}), ([SUBMITTED], {}), ([REFUSED], {"reason": "page 3 manque"})], ids=["to sign", "submitted", "refused"]
)
def test_waiting_tells_the_facts(later: list[dict[str, Any]], about: dict[str, Any]) -> None:
    told = renewal_of([ending(9), *later], NOW, POLICY)
    assert told
    assert told.waiting("p")[0].facts == LATER | {"cycle": "complet", "path": "p"} | about
    assert told.as_dict()["reason"] == f"the convention ends on {LATER['end']}, within 30 days"


def test_a_policy_is_named_by_its_option() -> None:
    with pytest.raises(InvalidInput, match="convention_renewal_days"):
        RenewalPolicy((30, 60), "convention_renewal_days")


# The plan of the convention


def planned(
    conventions: list[dict[str, Any]],
    document: Document | None,
    *,
    declared: Document | None = None,
    checks: Judgement | None = None,
    now: datetime = NOW,
) -> Plan:
    seen = ObservedConvention(
        space(conventions=tuple(conventions)), declared, None, None, None, None, checks=checks, next_document=document
    )
    return Convention(DeclaredConvention(SIRET, "complet", policy=POLICY)).plan(seen, now)


@pytest.mark.parametrize(
    ("conventions", "document", "steps", "ahead", "warns"),
    [
        pytest.param([ending(9)], None, [], ["convention_renewal"], True, id="due, nothing signed"),
        pytest.param([ending(9)], CORRECTED, ["renew_convention"], ["convention_renewal"], False, id="due and signed"),
        pytest.param([ending(9)], SIGNED, [], ["convention_renewal"], True, id="the document of the one in force"),
        pytest.param([ending(90)], CORRECTED, [], [], True, id="signed, and too early"),
        pytest.param([ending(90)], None, [], [], False, id="nothing due"),
        pytest.param([ending(9), REFUSED], CORRECTED, ["renew_convention"], ["convention_renewal_refused"], False, id="corrected"),
        pytest.param(
            [ending(9), convention("refused", sha256=CORRECTED.sha256)],
            CORRECTED,
            [],
            ["convention_renewal_refused"],
            True,
            id="refused, same document",
        ),
        pytest.param([ending(9), SUBMITTED], CORRECTED, [], ["convention_renewal_countersignature"], True, id="submitted"),
        pytest.param([ending(9), UPCOMING], CORRECTED, [], [], False, id="secured"),
    ],
)
def test_plan(conventions: list[dict[str, Any]], document: Document | None, steps: list[str], ahead: list[str], warns: bool) -> None:
    plan = planned(conventions, document)
    assert ([code for code, _target in codes(plan)], waited(plan), bool(plan.warnings)) == (steps, [], warns)
    assert [each.code for each in plan.facts["ahead"]] == ahead
    assert plan.before.keys() == plan.after.keys()
    if steps:
        assert (plan.after["state"], plan.after["next"]["state"], plan.after["next"]["sha256"]) == (
            "in_force",
            "submitted",
            CORRECTED.sha256,
        )


def test_a_document_that_fails_is_not_sent() -> None:
    failed = Judgement(FAIL, (Verdict("siret", FAIL, "another", "R7"),))
    plan = planned([ending(9)], CORRECTED, checks=failed)
    assert (codes(plan), waited(plan)) == ([], ["convention_document"])
    assert plan.warnings


def test_a_lapse_is_said_in_the_view_and_to_antai() -> None:
    over = ending(-1, "ended")
    assert planned([over, SUBMITTED], None).before["lapsed"] == over["end"]
    assert planned([over, convention("in_force", "partiel")], None).before["lapsed"] is None
    assert waited(planned([over, SUBMITTED], None)) == ["convention_lapsed"]


def test_time_alone_changes_nothing() -> None:
    """The older it gets, the more is said; nothing is done that was not before."""
    for days in range(0, 200, 7):
        plan = planned([ending(100)], None, now=NOW + timedelta(days=min(days, 99)))
        assert (codes(plan), plan.before) == ([], plan.after)
