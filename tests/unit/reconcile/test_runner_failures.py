# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on the road: lost answers, failures half-way, secrets in errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.runner import run
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import (
    AntaiError,
    RefusedByServer,
    StoreError,
    TransportError,
    UnexpectedAnswer,
)
from ansible_collections.collectivites.antai.plugins.module_utils.redact import Redactor
from tests.support.fake_operations import FakeOperations
from tests.support.journal import concluded_steps, journal_lines
from tests.support.observed import SIRET
from tests.support.words import Clock, Words, outcomes


def lost() -> TransportError:
    return TransportError("the connection broke", ambiguous=True)


def road(resource: Words, **context: Any) -> dict[str, Any]:
    return run(resource, Context(**{"operations": FakeOperations(), **context}), Clock().settings())


@pytest.mark.parametrize("error", [lost(), UnexpectedAnswer("HTTP 503", ambiguous=True)], ids=["transport", "503"])
def test_a_lost_answer_whose_effect_is_seen_is_settled(error: Exception) -> None:
    resource = Words("one", "two")
    resource.on_apply["one"] = lambda: resource.there.append("one") or error
    result = road(resource)
    assert outcomes(result) == [("one", "settled"), ("two", "done")]
    assert (result["changed"], resource.applied, "failed" in result) == (True, ["one", "two"], False)


def test_a_lost_answer_without_effect_is_an_error_and_never_sent_again() -> None:
    resource = Words("one", "two", on_apply={"one": lost()})
    with pytest.raises(TransportError) as caught:
        road(resource)
    assert resource.applied == ["one"]
    assert caught.value.details["settled"] == "observed again: it was not done"


def test_a_settled_step_is_not_sent_again_when_its_effect_vanishes() -> None:
    resource = Words("one")
    resource.on_apply["one"] = lambda: resource.there.append("one") or lost()
    resource.on_observe = lambda: resource.there.clear() if resource.observed > 2 else None
    result = road(resource)
    assert (resource.applied, outcomes(result), result["warnings"]) == (["one"], [("one", "settled")], [])


@pytest.mark.parametrize("error", [RefusedByServer("non", status=400), TransportError("refused"), AntaiError("other")])
def test_an_unambiguous_error_is_not_observed_again_before_anything_was_done(error: Exception) -> None:
    resource = Words("one", on_apply={"one": error})
    with pytest.raises(type(error)) as caught:
        road(resource)
    assert caught.value is error
    assert (resource.applied, resource.observed) == (["one"], 1)


@pytest.mark.parametrize(
    ("error", "code"), [(RefusedByServer("non", status=400), "refused_by_server"), (lost(), "transport"), (StoreError("plein"), "store")]
)
def test_a_partial_failure_is_failed_and_changed(error: AntaiError, code: str) -> None:
    resource = Words("one", "two", "three", on_apply={"two": error})
    result = road(resource)
    assert (result["failed"], result["changed"]) == (True, True)
    assert outcomes(result) == [("one", "done")]
    assert result["msg"] == f"{error.sentence} (what was done before stands in steps)"
    assert result["error"]["code"] == code
    assert result["words"] == {"words": ["one"]}
    assert result["diff"] == {"before": {"words": []}, "after": {"words": ["one"]}}
    assert resource.applied == ["one", "two"]


def test_a_partial_failure_whose_end_cannot_be_seen_keeps_the_earlier_state() -> None:
    resource = Words("one", "two", on_apply={"two": RefusedByServer("non", status=400)})

    def observe() -> None:
        if resource.observed == 2:
            raise TransportError("gone")

    resource.on_observe = observe
    result = road(resource)
    assert (result["failed"], result["changed"], result["words"]) == (True, True, {"words": []})
    assert result["error"]["details"]["observed_after"] == "gone"


def test_what_waits_before_the_failure_stays_told() -> None:
    resource = Words("one", "two", on_apply={"two": RefusedByServer("non", status=400)})
    assert outcomes(road(resource)) == [("one", "done")]


def test_an_error_while_observing_is_an_error() -> None:
    resource = Words("one")

    def observe() -> None:
        raise TransportError("gone")

    resource.on_observe = observe
    with pytest.raises(TransportError):
        road(resource)
    assert resource.applied == []


def test_the_lock_is_given_back_after_a_failure(tmp_path: Path) -> None:
    store = Store(str(tmp_path), SIRET)
    with pytest.raises(TransportError):
        road(Words("one", on_apply={"one": TransportError("x")}), store=store)
    with store.locked():
        pass


def test_the_journal_tells_what_was_done_before_the_failure(tmp_path: Path) -> None:
    store = Store(str(tmp_path), SIRET)
    road(Words("one", "two", on_apply={"two": TransportError("x")}), store=store)
    assert concluded_steps(store) == [("one", "", "done"), ("two", "", "failed")]
    assert journal_lines(store)[-1]["error"] == "transport"


def test_secrets_leave_no_trace_in_a_partial_failure() -> None:
    operations = FakeOperations(credentials=Credentials(redactor=Redactor({"password": "canari", "editor_key": "serin"})))
    error = RefusedByServer("canari was refused", "ask serin", status=400, server_code="canari")
    result = road(Words("one", "two", on_apply={"two": error}), operations=operations)
    assert "canari" not in repr(result)
    assert "serin" not in repr(result)
    assert result["error"]["message"] == "******** was refused"


def test_a_lost_answer_that_cannot_be_settled_says_so() -> None:
    """The write may have been done: whoever reads the error must know it, whatever came after."""
    resource = Words("one", on_apply={"one": lost()})

    def observe() -> None:
        if resource.observed == 2:
            raise TransportError("the server is gone")

    resource.on_observe = observe
    with pytest.raises(TransportError) as caught:
        road(resource)
    assert caught.value.message == "the connection broke"
    assert caught.value.details["settled"] == "it may have been done; observing again failed: the server is gone"
