# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for people: bounded, with a clock of the test's own; nothing here sleeps."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step, WaitRequired
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.runner import FIRST_PAUSE, LONGEST_PAUSE, run
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.support.fake_operations import FakeOperations
from tests.support.words import Clock, Words, outcomes

CONTROL = (Waiting("account_control"),)


def road(resource: Words, clock: Clock, **options: Any) -> dict[str, Any]:
    return run(resource, Context(FakeOperations()), clock.settings(**{"wait": True, "wait_timeout": 60.0, **options}))


def test_by_default_nobody_waits() -> None:
    clock, resource = Clock(), Words(waiting=CONTROL)
    road(resource, clock, wait=False)
    assert (clock.pauses, resource.observed) == ([], 1)


def test_nothing_to_wait_for() -> None:
    clock = Clock()
    road(Words("one"), clock)
    assert clock.pauses == []


@pytest.mark.parametrize("timeout", [0.0, 1.0, 60.0, 300.0])
def test_waiting_is_bounded(timeout: float) -> None:
    clock = Clock()
    result = road(Words(waiting=CONTROL), clock, wait_timeout=timeout)
    assert sum(clock.pauses) == pytest.approx(timeout)
    assert [each["next_action"]["code"] for each in result["waiting"]] == ["account_control"]
    assert result["changed"] is False


def test_pauses_grow_up_to_a_limit() -> None:
    clock = Clock()
    road(Words(waiting=CONTROL), clock, wait_timeout=120.0)
    assert clock.pauses[:3] == pytest.approx([FIRST_PAUSE, FIRST_PAUSE * 1.5, FIRST_PAUSE * 2.25])
    assert max(clock.pauses) == LONGEST_PAUSE


def test_ends_as_soon_as_people_have_acted_and_goes_on() -> None:
    clock, resource = Clock(), Words(waiting=CONTROL)

    def accept() -> None:
        if resource.observed == 3:
            resource.waiting, resource.wanted = (), [Step("one", "now possible")]

    resource.on_observe = accept
    result = road(resource, clock)
    assert (len(clock.pauses), outcomes(result), result["waiting"]) == (2, [("one", "done")], [])


def test_a_step_that_waits_is_tried_again_and_told_once() -> None:
    answers = iter([WaitRequired(Waiting("certificate_listing")), WaitRequired(Waiting("certificate_listing")), None])
    clock, resource = Clock(), Words("one", on_apply={"one": lambda: next(answers)}, waiting=CONTROL)
    resource.on_observe = lambda: setattr(resource, "waiting", () if "one" in resource.there else CONTROL)
    result = road(resource, clock)
    assert resource.applied == ["one", "one", "one"]
    assert outcomes(result) == [("one", "done")]
    assert result["waiting"] == []


def test_a_step_that_waits_alone_is_waited_for() -> None:
    """Who is waited for may only be known by trying (a certificate that is not listed yet)."""
    answers = iter([WaitRequired(Waiting("certificate_listing")), None])
    clock, resource = Clock(), Words("one", on_apply={"one": lambda: next(answers)})
    result = road(resource, clock)
    assert (outcomes(result), result["waiting"]) == ([("one", "done")], [])


def test_a_done_step_is_not_done_again_while_waiting() -> None:
    clock, resource = Clock(), Words("one", on_apply={"one": "nothing"}, waiting=CONTROL)
    road(resource, clock, wait_timeout=5.0)
    assert resource.applied == ["one"]


def test_check_mode_does_not_wait() -> None:
    clock = Clock()
    road(Words("one", waiting=CONTROL), clock, check_mode=True)
    assert clock.pauses == []


@pytest.mark.parametrize("steps", [(), ("one",)], ids=["nothing done", "one done"])
def test_an_error_while_waiting(steps: tuple[str, ...]) -> None:
    clock, resource = Clock(), Words(*steps, waiting=CONTROL)

    def observe() -> None:
        if clock.pauses:
            raise TransportError("gone")

    resource.on_observe = observe
    if not steps:
        with pytest.raises(TransportError):
            road(resource, clock)
        return
    result = road(resource, clock)
    assert (result["failed"], result["changed"], outcomes(result)) == (True, True, [("one", "done")])
