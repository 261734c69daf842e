# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Since when we have asked for what is waited for, by the journal of the store: a lower bound, for servers that give no date."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from .._plan.plan import Plan
from .._plan.waiting import REQUESTED_BY, Waiting
from .._store.store import Store
from ..dates import instant


def date_plan(plan: Plan, store: Store | None, now: datetime) -> Plan:
    """The plan, with `since_at_least` in what it waits for, now and ahead (its facts). Raises StoreError."""
    if store is None:
        return plan
    waiting = tuple(date_waiting(waiting, store, now) for waiting in plan.waiting)
    facts = {
        name: tuple(date_waiting(waiting, store, now) for waiting in fact) if isinstance(fact, tuple) else fact
        for name, fact in plan.facts.items()
    }
    return replace(plan, waiting=waiting, facts=facts)


def date_waiting(waiting: Waiting, store: Store | None, now: datetime) -> Waiting:
    """With `since_at_least`, where nobody says `since` and the journal shows the step by which we asked; one of the future shows nothing."""
    request = REQUESTED_BY.get(waiting.line)
    if store is None or waiting.since is not None or request is None:
        return waiting
    target = waiting.facts.get(request.target) if request.target else ""
    if not isinstance(target, str):
        return waiting
    moments = (entry.at for entry in store.history(target) if entry.step in request.codes)
    requested = next((moment for moment in moments if moment is not None and moment <= now), None)
    return replace(waiting, since_at_least=instant(requested.astimezone(now.tzinfo))) if requested else waiting
