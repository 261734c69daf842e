# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write that ANTAI accepted and still works on: a state, told, remembered, and never sent a second time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.runner import run
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import RefusedByServer, StillRunning
from tests.support.fake_operations import FakeOperations
from tests.support.observed import SIRET
from tests.support.words import Clock, Words, outcomes

JOB = {"operation": "convention_upload", "path": "/t/1", "rooted": True}


def begun(word: str = "one", *others: str) -> Words:
    return Words(word, *others, on_apply={word: StillRunning(JOB)})


def road(resource: Words, store: Store | None, state: Any = "pending", **options: Any) -> dict[str, Any]:
    return run(resource, Context(FakeOperations({"job_state": state}), store), Clock().settings(**options))


def waits(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["on"], each["next_action"]["code"]) for each in result["waiting"]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"), SIRET)


def test_what_was_begun_is_a_change_and_antai_is_waited_for(store: Store) -> None:
    resource = begun("one", "two")
    result = road(resource, store)
    assert (result["changed"], outcomes(result)) == (True, [("one", "begun"), ("two", "done")])
    assert (waits(result), resource.applied) == ([("antai", "job_running")], ["one", "two"])
    assert result["waiting"][0]["since"]
    assert result["words"] == {"words": ["two"]}


def test_a_later_run_looks_and_sends_nothing(store: Store) -> None:
    road(begun(), store)
    for options in ({}, {"check_mode": True}):
        again = begun()
        result = road(again, store, **options)
        assert (result["changed"], result["steps"], waits(result), again.applied) == (False, [], [("antai", "job_running")], [])
        assert result["diff"]["before"] == result["diff"]["after"]


@pytest.mark.parametrize("state", ["done", "unknown"])
def test_a_job_that_has_ended_is_observed_once_more_and_forgotten(store: Store, state: str) -> None:
    road(begun(), store)
    resource = begun()

    def finished() -> None:
        if resource.observed == 2:
            resource.there.append("one")

    resource.on_observe = finished
    result = road(resource, store, state)
    assert (result["changed"], result["waiting"], result["words"], resource.applied) == (False, [], {"words": ["one"]}, [])
    assert store.jobs() == {}


def test_a_job_that_ended_without_effect_is_begun_anew(store: Store) -> None:
    road(begun(), store)
    resource = Words("one")
    result = road(resource, store, "done")
    assert (result["changed"], resource.applied) == (True, ["one"])


def test_a_failure_is_told_once(store: Store) -> None:
    road(begun(), store)
    with pytest.raises(RefusedByServer, match="illisible"):
        road(begun(), store, RefusedByServer("illisible", status=200))
    assert store.jobs() == {}
    assert road(Words("one"), store)["changed"]


def test_without_a_store_the_run_itself_remembers() -> None:
    resource = begun()
    result = road(resource, None, wait=True, wait_timeout=30)
    assert (resource.applied, waits(result)) == (["one"], [("antai", "job_running")])


def test_waiting_for_it(store: Store) -> None:
    resource = begun()
    looks: list[str] = []

    def state(job: Any) -> str:
        looks.append(job["path"])
        if len(looks) == 4:
            resource.there.append("one")
        return "pending" if len(looks) < 4 else "done"

    result = road(resource, store, state, wait=True, wait_timeout=60)
    assert (resource.applied, result["waiting"], result["words"]) == (["one"], [], {"words": ["one"]})
    assert store.jobs() == {}
