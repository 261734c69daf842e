# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a whole run says where it stops because of what it would order: once, whatever the number."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Stop
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._resources.order_gate import RULES
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.stops import RUN_TEXTS, OrderTotals, StoppedOrder, problems_of
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.outcome import PROBLEMS

ABOUT = {"provider": "acme", "siret": "1", "store": "/s", "fingerprint": "f", "versions": "2", "seconds": 400, "orders": 50, "limit": 50}


def stopped(rank: int, kind: str = "order_twice", store: str = "/s") -> StoppedOrder:
    return StoppedOrder(f"h{rank}", f"Commune {rank}", f"{rank:014}", store, Stop("acme", Waiting(kind, None, ABOUT)))


def test_every_kind_has_its_words_and_its_outcome() -> None:
    assert set(RUN_TEXTS) == {*RULES, "store_relinked", "order_ceiling"}
    assert {code for code, _french, _english in RUN_TEXTS.values()} <= set(PROBLEMS)


@pytest.mark.parametrize("kind", [*RULES, "store_relinked"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_one_sentence_for_all(kind: str, language: str) -> None:
    (problem,) = problems_of([stopped(rank, kind) for rank in range(622)], [], language)
    assert (problem.code, problem.hosts) == (RUN_TEXTS[kind][0], ())
    assert "Commune 0, Commune 1, Commune 2, Commune 3, Commune 4, ..." in problem.text
    assert "{" not in problem.text


def test_each_store_and_each_kind_is_said() -> None:
    found = problems_of([stopped(0), stopped(1, "order_clock"), stopped(2, store="/other")], [], "en")
    assert [problem.code for problem in found] == ["store_incomplete", "order_held", "store_incomplete"]
    assert "in the store /other (Commune 2)" in found[2].text


def test_nothing_stops_a_run_that_orders_what_it_may() -> None:
    assert problems_of([], [OrderTotals("/s", 0, 70, 50), OrderTotals("/s", 10, 40, 50)], "fr") == []


def test_what_a_run_would_order_counts() -> None:
    (problem,) = problems_of([], [OrderTotals("/s", 11, 40, 50)], "en")
    assert problem.text.startswith("This run would order 11 certificate(s), after 40 in 24 hours, and 50 are allowed")
    assert problem.text.endswith("antai_order_limit: 51")
