# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A step between its two lines of the journal: what is about to be done lies on the disk before the first request, what became of it after the last."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial

from .._interface.agent import step_correlation
from .._plan.plan import Plan, Step
from .._plan.steps import STEPS
from .._resources.base import Context
from .._store.journal import UNKNOWN
from ..errors import AntaiError, DocumentError, InvalidInput, OperationAbsent, RequestError, StoreError

NOT_DONE = "observed again: it was not done"
FAILED = "failed"
# Steps that only ask whether somebody has decided.
QUESTIONS = frozenset(code for code, kind in STEPS.items() if kind.asks)
# What leaves a question as open as it was.
UNANSWERED = ("waiting", FAILED)


@contextmanager
def journalled(context: Context, now: Callable[[], datetime], step: Step, plan: Plan) -> Iterator[Callable[[str], None]]:
    """Yields what writes the outcome; an error is written as such. Without a store nothing is written.

    A step that only asks whether somebody has decided is written once it has an answer: its intent would say the same every hour.
    Raises StoreError before the step where its intent cannot be written: what would leave no trace is not done.
    """
    store = context.store
    if store is None:
        yield lambda outcome: None
        return
    correlation = str(uuid.uuid4()) if context.operations.correlates else ""
    announce = partial(store.announce, step=step, change=(plan.before, plan.after), correlation=correlation)
    only_asks = step.code in QUESTIONS
    intent = None if only_asks else announce(now())
    concluded: list[str] = []

    def write_outcome(outcome: str, error: str = "") -> None:
        if not (only_asks and outcome in UNANSWERED):
            store.conclude(now(), intent or announce(now()), outcome, error)

    def conclude(outcome: str) -> None:
        concluded.append(outcome)
        write_outcome(outcome)

    token = step_correlation.set(correlation)
    try:
        yield conclude
    except BaseException as error:
        if not concluded:
            with suppress(StoreError):  # the error itself matters more
                write_outcome(outcome_of(error), error.code if isinstance(error, AntaiError) else type(error).__name__)
        raise
    finally:
        step_correlation.reset(token)


def outcome_of(error: BaseException) -> str:
    """failed: nothing was done, by what is known. unknown: something may have been."""
    if isinstance(error, RequestError):
        return UNKNOWN if error.ambiguous and error.details.get("settled") != NOT_DONE else FAILED
    return FAILED if isinstance(error, (InvalidInput, DocumentError, OperationAbsent)) else UNKNOWN
