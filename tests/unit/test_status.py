# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a collectivité stands on the road, from its plans."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils.status import STAGES, authorised
from tests.support.observed import SIRET
from tests.support.statuses import CONTROL, DONE, ORDER, STEP, status_of, told


@pytest.mark.parametrize(
    ("plans", "stage"),
    [
        ((DONE, DONE, DONE, DONE), "onboarded"),
        ((CONTROL, DONE, DONE, DONE), "account"),
        ((DONE, ORDER, DONE, DONE), "certificate_request"),
        ((DONE, ORDER, STEP, DONE), "certificate_request"),
        ((DONE, DONE, STEP, ORDER), "convention"),
        ((DONE, DONE, DONE, STEP), "certificates"),
    ],
)
@pytest.mark.parametrize(("language", "index"), [("fr", 0), ("en", 1)])
def test_stage(plans: tuple[Plan, ...], stage: str, language: str, index: int) -> None:
    found = status_of(*plans, language=language)
    assert (found["stage"], found["stage_text"]) == (stage, STAGES[stage][index])


def test_status() -> None:
    ends = ("2028-01-01T00:00:00Z", "2027-01-01T00:00:00Z", None)
    found = status_of(CONTROL, ORDER, DONE, STEP, dialogues=tuple(told("a", "unknown", None, end) for end in ends))
    assert found["steps"] == [{"resource": "certificates", "code": "activate_certificate", "target": "t", "reason": "why"}]
    assert [each["next_action"]["code"] for each in found["waiting"]] == ["account_control", "certificate_order"]
    assert found["certificate_until"] == "2027-01-01T00:00:00Z"
    assert (found["siret"], found["name"]) == (SIRET, "Lyon")


def test_what_several_resources_wait_for_is_told_once() -> None:
    assert len(status_of(CONTROL, DONE, CONTROL, CONTROL)["waiting"]) == 1


def test_no_certificate_no_end() -> None:
    assert status_of(DONE, DONE, DONE, DONE)["certificate_until"] is None


@pytest.mark.parametrize(
    ("dialogues", "expected"),
    [
        ([], False),
        ([told("a", "authorised")], True),
        ([told("a", "authorised"), told("b", "authorised")], True),
        ([told("a", "authorised"), told("b", "unknown")], False),
        ([told("a", "known_inactive")], False),
    ],
)
def test_authorised(dialogues: list[dict[str, Any]], expected: bool) -> None:
    assert authorised(dialogues) is expected
