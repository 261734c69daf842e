# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a collectivité stands on the road, from its plans."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan, Step, Stop
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.status import authorised
from ansible_collections.collectivites.antai.plugins.module_utils._texts.stages import STAGES
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
@pytest.mark.parametrize("language", ["fr", "en"])
def test_stage(plans: tuple[Plan, ...], stage: str, language: str) -> None:
    found = status_of(*plans, language=language)
    assert (found["stage"], found["stage_text"]) == (stage, STAGES[stage].text(language))


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


REQUESTING = Plan({}, {}, (Step("request_account", "why"),), (Waiting("account_control"),))
MISSING = Plan({}, {}, (), (Waiting("account_missing"),))
SIGNATURE = Plan({}, {}, (), (Waiting("convention_signature", None, {"cycle": "complet", "path": "/p"}),))


def test_nobody_is_waited_for_about_what_was_not_done_yet() -> None:
    found = status_of(REQUESTING, ORDER, SIGNATURE, MISSING)
    assert [each["code"] for each in found["steps"]] == ["request_account"]
    assert [each["next_action"]["code"] for each in found["waiting"]] == ["certificate_order", "convention_signature"]


VAGUE = Plan({}, {}, (), (Waiting("convention_signature", None, {"cycle": "complet/partiel", "path": "antai_convention"}),))


@pytest.mark.parametrize(
    ("convention", "certificates", "expected"),
    [
        (SIGNATURE, VAGUE, ["/p"]),
        (DONE, VAGUE, ["antai_convention"]),  # nobody else says so
        (Plan({}, {}, (), (Waiting("mandate"),)), VAGUE, ["mandat", "antai_convention"]),
        (SIGNATURE, ORDER, ["/p", "acme"]),
    ],
)
def test_a_convention_to_be_signed_is_told_by_the_convention(convention: Plan, certificates: Plan, expected: list[str]) -> None:
    told_texts = [each["next_action"]["text"] for each in status_of(DONE, DONE, convention, certificates)["waiting"]]
    assert len(told_texts) == len(expected)
    assert all(word in text for word, text in zip(expected, told_texts, strict=True))


def test_all_as_declared_and_yet_refused_is_not_in_service() -> None:
    refused = {"fingerprint": "f", "message": "expiré", **told("acme", "refused", "PKI-DATE")}
    found = status_of(DONE, DONE, DONE, DONE, dialogues=(refused, told("b", "authorised")))
    assert found["stage"] == "dialogue"
    assert [each["next_action"]["code"] for each in found["waiting"]] == ["dialogue_refused"]
    assert "PKI-DATE" in found["waiting"][0]["next_action"]["text"]


def test_while_something_else_is_waited_for_a_refusal_says_nothing_new() -> None:
    refused = {"fingerprint": "f", "message": "non", **told("acme", "refused", "R1")}
    assert [each["next_action"]["code"] for each in status_of(CONTROL, DONE, DONE, DONE, dialogues=(refused,))["waiting"]] == [
        "account_control"
    ]


REFUSED = {"fingerprint": "f", "message": "non", **told("acme", "refused", "PKI-REVOCATION"), "verifiable": True}
OVER = Plan({"lapsed": "2026-12-31"}, {}, (Step("upload_convention", "declared"),))
DRIFTED = Plan({}, {}, (Step("update_account", "drift"),))
EXPIRED = Plan({}, {}, (Step("activate_certificate", "why", "b"),), (Waiting("certificate_expired", None, {"provider": "a", "end": "x"}),))
BLIND_OVER = Plan({"lapsed": "2026-12-31"}, {}, (), (Waiting("convention_document", None, {"name": "n", "reasons": "r", "path": "p"}),))


@pytest.mark.parametrize(
    ("plans", "dialogues", "waited", "stage"),
    [
        pytest.param((DRIFTED, DONE, DONE, DONE), (REFUSED,), ["dialogue_refused"], "account", id="refused, while the account drifts"),
        pytest.param(
            (CONTROL, DONE, DONE, DONE), (REFUSED,), ["account_control", "dialogue_refused"], "account", id="refused, while others wait"
        ),
        pytest.param((DONE, DONE, DONE, STEP), (REFUSED,), ["dialogue_refused"], "certificates", id="refused, while another is activated"),
        pytest.param((DONE, DONE, OVER, DONE), (), ["convention_lapsed"], "convention", id="lapsed, while the next is sent"),
        pytest.param(
            (DONE, DONE, BLIND_OVER, DONE),
            (),
            ["convention_document", "convention_lapsed"],
            "convention",
            id="lapsed, and the next is no good",
        ),
        pytest.param(
            (DONE, STEP, DONE, EXPIRED), (), ["certificate_expired"], "certificate_request", id="expired, while another is ordered"
        ),
        pytest.param((DRIFTED, DONE, OVER, DONE), (REFUSED,), ["convention_lapsed", "dialogue_refused"], "account", id="all of it"),
    ],
)
def test_a_stop_outranks_whatever_is_planned(
    plans: tuple[Plan, ...], dialogues: tuple[dict[str, Any], ...], waited: list[str], stage: str
) -> None:
    found = status_of(*plans, dialogues=dialogues)
    assert ([each["next_action"]["code"] for each in found["waiting"]], found["stage"]) == (waited, stage)


def test_what_a_certificate_waits_for_is_not_said_twice() -> None:
    about = {"provider": "acme", "fingerprint": "f", "reason": "non", "rule": "R"}
    unseen = Plan({}, {}, (), (Waiting("certificate_refused", None, about),))
    found = status_of(DONE, DONE, DONE, unseen, dialogues=(REFUSED,))
    assert [each["next_action"]["code"] for each in found["waiting"]] == ["certificate_refused"]


def test_no_mandate_does_not_matter_where_every_certificate_is_authorised() -> None:
    mandate = Plan({}, {}, (), (Waiting("mandate"),))
    assert status_of(mandate, DONE, mandate, DONE, dialogues=(told("a", "authorised"),))["stage"] == "onboarded"
    assert status_of(mandate, DONE, mandate, DONE, dialogues=(told("a", "unknown"),))["stage"] == "account"


@pytest.mark.parametrize(
    ("account", "told_of_it"),
    [
        (Plan({}, {}, (), (Waiting("mandate"),)), ["mandate"]),
        (Plan({}, {}, (), (Waiting("account_request_by_hand"),)), ["account_request_by_hand"]),
        (DONE, ["account_missing"]),
    ],
    ids=["of others", "by hand", "nothing to do about it"],
)
def test_the_account_itself_tells_what_is_to_be_done_about_a_missing_space(account: Plan, told_of_it: list[str]) -> None:
    missing = Plan({}, {}, (), (Waiting("account_missing"),))
    found = status_of(account, DONE, missing, missing)
    assert [each["next_action"]["code"] for each in found["waiting"]] == told_of_it


ASKING = Plan({}, {}, (Step("ask_again", "why"),), (Waiting("certificate_order", None, {"provider": "acme"}),))


def test_who_is_only_asked_again_is_still_waited_for() -> None:
    found = status_of(DONE, ASKING, DONE, ORDER)
    assert [each["code"] for each in found["steps"]] == ["ask_again"]
    assert [each["next_action"]["code"] for each in found["waiting"]] == ["certificate_order"]
    assert found["stage"] == "certificate_request"


def test_who_must_not_order_is_not_told_to_order() -> None:
    stop = Stop("acme", Waiting("order_clock", None, {"provider": "acme", "seconds": 400}))
    request = Plan({}, {}, waiting=(stop.waiting,), stops=(stop,))
    missing = Plan(
        {},
        {},
        waiting=(Waiting("certificate_order", None, {"provider": "acme"}), Waiting("certificate_order", None, {"provider": "other"})),
    )
    found = status_of(DONE, request, DONE, missing)
    assert [(each["on"], each["next_action"]["code"]) for each in found["waiting"]] == [
        ("exploitant", "order_clock"),
        ("collectivite", "certificate_order"),
    ]
