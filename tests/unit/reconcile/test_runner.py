# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The road: observe, plan, [check mode stops here], apply, observe again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step, WaitRequired
from ansible_collections.collectivites.antai.plugins.module_utils._plan.results import waiting_list
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.runner import MOST_ROUNDS, run
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import StoreError
from ansible_collections.collectivites.antai.plugins.module_utils.redact import Redactor
from tests.support.fake_operations import FakeOperations
from tests.support.journal import concluded_steps
from tests.support.observed import SIRET
from tests.support.words import Clock, Words, outcomes

HELD = WaitRequired(Waiting("certificate_listing"))


def road(resource: Words, *, store: Store | None = None, operations: FakeOperations | None = None, **options: Any) -> dict[str, Any]:
    return run(resource, Context(operations or FakeOperations(), store), Clock().settings(**options))


def test_nothing_to_do() -> None:
    resource = Words()
    assert road(resource) == {
        "changed": False,
        "words": {"words": []},
        "steps": [],
        "waiting": [],
        "warnings": [],
        "operations": {"read": 0, "write": 0, "session": 0},
        "diff": {"before": {"words": []}, "after": {"words": []}},
    }
    assert resource.observed == 1


def test_real_run() -> None:
    resource = Words("one", "two")
    result = road(resource)
    assert result["changed"] is True
    assert result["words"] == {"words": ["one", "two"]}
    assert result["diff"] == {"before": {"words": []}, "after": {"words": ["one", "two"]}}
    assert result["steps"] == [
        {"code": "one", "target": "", "reason": "one is wanted", "outcome": "done"},
        {"code": "two", "target": "", "reason": "two is wanted", "outcome": "done"},
    ]


@pytest.mark.parametrize("wait", [False, True])
def test_check_mode_applies_nothing_and_predicts_the_run(tmp_path: Path, wait: bool) -> None:
    resource, store = Words("one", "two", waiting=(Waiting("account_control"),)), Store(str(tmp_path / "store"), SIRET)
    predicted = road(resource, store=store, check_mode=True, wait=wait, wait_timeout=10)
    assert (resource.applied, resource.observed, store.root.exists()) == ([], 1, False)
    assert outcomes(predicted) == [("one", "planned"), ("two", "planned")]
    real = road(resource, store=store)
    assert predicted["changed"] is real["changed"] is True
    assert (predicted["words"], predicted["diff"]) == (real["words"], real["diff"])
    assert predicted["waiting"] == real["waiting"]


def test_check_mode_without_steps_is_unchanged() -> None:
    assert road(Words(), check_mode=True)["changed"] is False


def test_a_run_asks_the_server_afresh_and_again_once_it_holds_the_lock(tmp_path: Path) -> None:
    """What a write changes is forgotten by the write itself (Operations)."""
    for store, asked in ((None, 1), (Store(str(tmp_path / "store"), SIRET), 2)):
        operations = FakeOperations()
        road(Words("one"), operations=operations, store=store)
        assert operations.observations == asked


def test_what_becomes_possible_is_done_in_the_same_run() -> None:
    resource = Words("one")

    def unlock() -> None:
        if "one" in resource.there and len(resource.wanted) == 1:
            resource.wanted.append(Step("two", "now possible"))

    resource.on_observe = unlock
    assert outcomes(road(resource)) == [("one", "done"), ("two", "done")]


def test_a_run_ends_although_each_observation_asks_for_more() -> None:
    resource = Words("step-0")
    resource.on_observe = lambda: resource.wanted.append(Step(f"step-{len(resource.wanted)}", "more"))
    road(resource)
    assert resource.observed == MOST_ROUNDS + 1


def test_no_step_is_done_twice_and_the_lack_of_effect_is_said() -> None:
    resource = Words("one", "two", on_apply={"one": "nothing"})
    result = road(resource)
    assert resource.applied == ["one", "two"]
    assert result["warnings"] == ["one was accepted, and yet observing again asks for it once more: one is wanted"]
    assert result["changed"] is True


def test_steps_of_one_code_and_two_targets_are_two_steps() -> None:
    resource = Words(Step("one", "why", "a"), Step("one", "why", "b"))
    road(resource)
    assert resource.applied == ["one", "one"]


# Waiting in the middle


def test_who_is_waited_for_at_a_step_is_told() -> None:
    result = road(Words("one", on_apply={"one": HELD}))
    assert (result["changed"], outcomes(result)) == (False, [("one", "waiting")])
    assert [each["next_action"]["code"] for each in result["waiting"]] == ["certificate_listing"]
    assert result["warnings"] == []


@pytest.mark.parametrize("outcome", ["waiting", "withheld"])
def test_what_would_follow_a_step_that_came_to_nothing_is_not_waited_for(outcome: str) -> None:
    steps = (Step("one", "", chain="a"), Step("two", "", chain="a"))
    after = steps[0 if outcome == "waiting" else 1].key
    foreseen = (Waiting("account_control", after=after), Waiting("convention_countersignature"))
    result = road(Words(*steps, on_apply={"one": HELD}, waiting=foreseen))
    assert ("one" if outcome == "waiting" else "two", outcome) in outcomes(result)
    assert [each["next_action"]["code"] for each in result["waiting"]] == ["certificate_listing", "convention_countersignature"]
    done = road(Words(*steps, waiting=foreseen))
    assert [each["next_action"]["code"] for each in done["waiting"]] == ["account_control", "convention_countersignature"]


def test_a_chain_is_withheld_behind_its_waiting_step_and_others_go_on() -> None:
    resource = Words(
        Step("a1", "", chain="a"), Step("a2", "", chain="a"), Step("b1", "", chain="b"), Step("free", ""), Step("last", "", after_all=True),
        on_apply={"a1": HELD},
    )  # fmt: skip
    result = road(resource)
    assert outcomes(result) == [("a1", "waiting"), ("a2", "withheld"), ("b1", "done"), ("free", "done"), ("last", "withheld")]
    assert resource.applied == ["a1", "b1", "free"]


@pytest.mark.parametrize("waits", [Step("one", ""), Step("one", "", "target")], ids=["no chain, no target", "no chain"])
def test_after_all_is_withheld_behind_any_waiting_step(waits: Step) -> None:
    resource = Words(waits, Step("last", "", after_all=True), on_apply={"one": HELD})
    assert outcomes(road(resource)) == [("one", "waiting"), ("last", "withheld")]


def test_after_all_is_done_where_all_was_done() -> None:
    assert outcomes(road(Words("one", Step("last", "", after_all=True)))) == [("one", "done"), ("last", "done")]


# The store


def test_locked_only_while_applying(tmp_path: Path) -> None:
    store = Store(str(tmp_path), SIRET)

    def locked() -> bool:
        try:
            with Store(str(tmp_path), SIRET).locked():
                return False
        except StoreError:
            return True

    seen: list[tuple[str, bool]] = []
    resource = Words("one", on_apply={"one": lambda: seen.append(("apply", locked()))})
    resource.on_observe = lambda: seen.append(("observe", locked()))
    road(resource, store=store)
    assert seen == [("observe", False), ("observe", True), ("apply", True), ("observe", True)]
    assert locked() is False


def test_without_steps_the_store_is_not_created(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"), SIRET)
    road(Words(), store=store)
    assert not store.root.parent.exists()


def test_what_another_run_did_meanwhile_is_seen_under_the_lock(tmp_path: Path) -> None:
    resource = Words("one")
    resource.on_observe = lambda: resource.there.append("one") if resource.observed == 2 else None
    result = road(resource, store=Store(str(tmp_path), SIRET))
    assert (resource.applied, result["changed"]) == ([], False)


def test_held_by_another_run(tmp_path: Path) -> None:
    store, resource = Store(str(tmp_path), SIRET), Words("one")
    with store.locked(), pytest.raises(StoreError, match="another run is working on"):
        road(resource, store=store)
    assert resource.applied == []


def test_journal_tells_what_was_done_only(tmp_path: Path) -> None:
    store = Store(str(tmp_path), SIRET)
    road(Words(Step("one", "", "t"), "two", on_apply={"two": HELD}), store=store)
    assert concluded_steps(store) == [("one", "t", "done"), ("two", "", "waiting")]
    assert [(entry.step, entry.at) for entry in store.history()] == [("one", datetime(2026, 3, 2, 10, tzinfo=UTC))]


# Telling


def test_secrets_leave_no_trace_in_the_result() -> None:
    redactor = Redactor({"password": "canari-1"})
    redactor.learn("canari-2")
    resource = Words(Step("one", "because canari-1", "canari-2"), waiting=(Waiting("certificate_order", None, {"provider": "canari-1"}),))
    resource.there = ["canari-2"]
    operations = FakeOperations(credentials=Credentials(redactor=redactor))
    for check_mode in (True, False):
        result = road(resource, operations=operations, check_mode=check_mode)
        assert "canari" not in repr(result)
        assert "********" in repr(result["diff"])


@pytest.mark.parametrize(("language", "text"), [("fr", "rien à faire."), ("en", "nothing to do.")])
def test_language_of_waiting(language: str, text: str) -> None:
    (waiting,) = road(Words(waiting=(Waiting("account_control"),)), language=language)["waiting"]
    assert waiting["next_action"]["text"].endswith(text)


def test_each_thing_waited_for_is_told_once() -> None:
    several = (
        Waiting("certificate_issue", "2026-01-01T00:00:00Z", {"provider": "a", "csr": "first", "drop": "d"}),
        Waiting("certificate_issue", None, {"provider": "b", "csr": "x", "drop": "d"}),
        Waiting("mandate"),
        Waiting("certificate_issue", None, {"provider": "a", "csr": "second", "drop": "d"}),
        Waiting("mandate"),
        Waiting("certificate_activation", None, {"provider": "a", "fingerprint": "1"}),
        Waiting("certificate_activation", None, {"provider": "a", "fingerprint": "2"}),
    )
    told = waiting_list(several, Clock().settings(language="en"))
    assert [each["next_action"]["code"] for each in told] == [
        "certificate_issue",
        "certificate_issue",
        "mandate",
        "certificate_activation",
        "certificate_activation",
    ]
    assert "first" in told[0]["next_action"]["text"]
    assert told[0]["since"] == "2026-01-01T00:00:00Z"
