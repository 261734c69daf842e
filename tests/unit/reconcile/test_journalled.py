# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A step between its intent and its outcome: what an error is written as, and what its requests bear."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.agent import _always, step_correlation
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan, Step
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.journalled import NOT_DONE, journalled, outcome_of
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import (
    InvalidInput,
    OperationAbsent,
    RefusedByServer,
    StoreError,
    TransportError,
)
from tests.support.fake_operations import FakeOperations
from tests.support.journal import journal_lines

SIRET = "21810004800014"
STEP, PLAN = Step("install_certificate", "", "a"), Plan({"state": "absent"}, {"state": "inactive"})
HEADER = {"correlation_header": "X-Correlation-Id"}


def now() -> datetime:
    return datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RefusedByServer("no", status=409), "failed"),
        (TransportError("no connection"), "failed"),
        (TransportError("reset", ambiguous=True), "unknown"),
        (TransportError("reset", ambiguous=True, settled=NOT_DONE), "failed"),
        (TransportError("reset", ambiguous=True, settled="it may have been done; observing again failed: x"), "unknown"),
        (InvalidInput("certificate", "is none"), "failed"),
        (OperationAbsent("certificate_remove"), "failed"),
        (StoreError("disk full"), "unknown"),
        (ValueError("x"), "unknown"),
        (KeyboardInterrupt(), "unknown"),
    ],
)
def test_what_is_not_known_counts_as_not_known(error: BaseException, outcome: str) -> None:
    assert outcome_of(error) == outcome


@pytest.fixture
def context(tmp_path: Path) -> Context:
    operations: Any = FakeOperations()
    operations.correlates = True
    return Context(operations, Store(str(tmp_path / "store"), SIRET))


def test_requests_of_a_step_bear_what_its_intent_says(context: Context, tmp_path: Path) -> None:
    with journalled(context, now, STEP, PLAN) as conclude:
        (intent,) = journal_lines(tmp_path / "store")
        headers = [_always(HEADER) for _request in range(2)]
        conclude("done")
    assert headers == [{"X-Correlation-Id": intent["correlation"]}] * 2
    assert step_correlation.get() == ""
    assert _always(HEADER) != _always(HEADER), "outside a step each request has its own"
    assert _always({}) == {}
    assert (intent["before"], intent["after"]) == ({"state": "absent"}, {"state": "inactive"})


@pytest.mark.parametrize(
    ("end", "outcome", "code"),
    [
        (lambda conclude: conclude("begun"), "begun", None),
        (lambda conclude: _fail(RefusedByServer("no", status=409)), "failed", "refused_by_server"),
        (lambda conclude: _fail(ZeroDivisionError("Camille Durand")), "unknown", "ZeroDivisionError"),
    ],
    ids=["begun", "refused", "a defect"],
)
def test_every_step_has_an_outcome(context: Context, tmp_path: Path, end: Callable[[Any], None], outcome: str, code: str | None) -> None:
    try:
        with journalled(context, now, STEP, PLAN) as conclude:
            end(conclude)
    except (RefusedByServer, ZeroDivisionError):
        pass
    intent, conclusion = journal_lines(tmp_path / "store")
    assert (conclusion["id"], conclusion["outcome"], conclusion.get("error")) == (intent["id"], outcome, code)
    assert "Camille" not in (tmp_path / "store" / "journal.jsonl").read_text()


def _fail(error: Exception) -> None:
    raise error


def test_without_a_store_nothing_is_written() -> None:
    operations: Any = FakeOperations()
    with journalled(Context(operations, None), now, STEP, PLAN) as conclude:
        conclude("done")


@pytest.mark.parametrize(
    ("end", "outcomes"),
    [
        (lambda conclude: conclude("waiting"), []),
        (lambda conclude: _fail(RefusedByServer("no", status=503)), []),
        (lambda conclude: conclude("done"), ["done"]),
        (lambda conclude: _fail(TransportError("reset", ambiguous=True)), ["unknown"]),
    ],
)
def test_a_question_is_written_once_it_has_an_answer(
    context: Context, tmp_path: Path, end: Callable[[Any], None], outcomes: list[str]
) -> None:
    """An enrolment that is asked for again every hour would fill the journal, and the store would change where nothing has."""
    with suppress(RefusedByServer, TransportError), journalled(context, now, Step("ask_again", "", "essai"), PLAN) as conclude:
        end(conclude)
    lines = journal_lines(tmp_path / "store") if (tmp_path / "store" / "journal.jsonl").exists() else []
    assert [line["event"] for line in lines] == ["intent", "outcome"][: 2 * len(outcomes)]
    assert [line["outcome"] for line in lines if line["event"] == "outcome"] == outcomes
