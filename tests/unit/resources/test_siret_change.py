# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the dialogue under a SIRET that is left may end, as a table (R8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from ansible_collections.collectivites.antai.plugins.module_utils.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils.resources.siret_change import Observed, SiretChange
from ansible_collections.collectivites.antai.plugins.module_utils.resources.space import Space
from tests.support.observed import NOW, OTHER, SINCE, SIRET, changes, codes, listed, space, waited

A, B, C = "a" * 64, "b" * 64, "c" * 64
TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)
ENDED = [("deactivate_certificate", B), ("deactivate_certificate", C), ("close_account", OTHER)]
LEFT = space(certificates=(listed(B, "active"), listed(C, "active"), listed("d" * 64, "inactive")))


def told(state: str = "authorised", source: str = "query", heard: str | None = None) -> dict[str, Any]:
    return {"provider": "acme", "fingerprint": A, "state": state, "rule": None, "last_exchange_at": heard, "source": source}


def planned(
    dialogues: tuple[dict[str, Any], ...], leaving: Space = LEFT, on: Any = TODAY, back: bool = False, kept: str = "active"
) -> Plan:
    resource = SiretChange(SIRET, OTHER, on, [], back=back)
    return resource.plan(Observed(dialogues, space(certificates=(listed(A, kept),)), leaving), NOW)


@pytest.mark.parametrize(
    ("dialogues", "on", "steps", "waiting"),
    [
        pytest.param((told(),), TODAY, ENDED, [], id="the day, proven"),
        pytest.param((told(),), TODAY - timedelta(days=400), ENDED, [], id="long after, proven"),
        pytest.param((told(),), TOMORROW, [], ["siret_change_date"], id="the day before"),
        pytest.param((), TODAY, [], ["siret_change_dialogue"], id="nothing that could be proven"),
        pytest.param((told("known_inactive"),), TODAY, [], ["siret_change_dialogue"], id="not active yet"),
        pytest.param((told("refused"),), TODAY, [], ["siret_change_dialogue"], id="refused"),
        pytest.param((told("unknown", "none"),), TODAY, [], ["siret_change_dialogue"], id="not installed"),
        pytest.param((told(), told("refused")), TODAY, [], ["siret_change_dialogue"], id="one of two"),
        pytest.param((told("refused"),), TOMORROW, [], ["siret_change_date", "siret_change_dialogue"], id="neither"),
        pytest.param((told("unknown", "space", SINCE),), TODAY, ENDED, [], id="an exchange that the space shows"),
        pytest.param((told("unknown", "space"),), TODAY, [], ["siret_change_dialogue"], id="no exchange that the space shows"),
    ],
)
def test_plan(dialogues: tuple[dict[str, Any], ...], on: Any, steps: list[tuple[str, str]], waiting: list[str]) -> None:
    plan = planned(dialogues, on=on)
    assert (codes(plan), waited(plan)) == (steps, waiting)
    assert changes(plan) == ({"left_account": "closed", "active_certificates": []} if steps else {})


@pytest.mark.parametrize(
    ("lacks", "steps", "waiting"),
    [
        pytest.param("account_close", ENDED[:2], ["account_close_by_hand"], id="no closing"),
        pytest.param("certificate_deactivate", [], ["certificate_deactivation", "certificate_deactivation"], id="no deactivation"),
        pytest.param("certificate_list", [], ["unseen"], id="what is active does not show"),
    ],
)
def test_what_the_interface_cannot_do_is_left_to_people(lacks: str, steps: list[tuple[str, str]], waiting: list[str]) -> None:
    certificates = () if lacks == "certificate_list" else LEFT.certificates
    plan = planned((told(),), leaving=replace(LEFT, lacks=frozenset({lacks}), certificates=certificates))
    assert (codes(plan), waited(plan)) == (steps, waiting)
    assert plan.after["left_account"] == "active"


def test_the_account_is_closed_only_behind_its_certificates() -> None:
    assert [step.after_all for step in planned((told(),)).steps] == [False, False, True]


def test_an_exchange_of_an_inactive_certificate_proves_nothing() -> None:
    assert waited(planned((told("unknown", "space", SINCE),), kept="inactive")) == ["siret_change_dialogue"]


@pytest.mark.parametrize("state", ["absent", "closed", "refused"])
def test_what_is_left_already_is_left_alone(state: str) -> None:
    plan = planned((told("refused"),), space(state), TODAY - timedelta(days=9))
    assert (codes(plan), waited(plan)) == ([], [])


def test_what_may_not_be_seen_is_not_touched() -> None:
    assert waited(planned((told(),), space("unknown", "no_mandate"))) == ["mandate"]


def test_the_way_back_needs_no_day_and_ends_with_it() -> None:
    assert codes(planned((told(),), on=TOMORROW, back=True)) == ENDED
    assert waited(planned((told("refused"),), on=TOMORROW, back=True)) == ["siret_change_dialogue"]
    with pytest.raises(InvalidInput, match="no way back"):
        planned((told(),), on=TODAY, back=True)
