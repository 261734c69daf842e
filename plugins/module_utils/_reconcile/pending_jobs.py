# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that ANTAI works on, by the step that began them: what they bring about is not asked for again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from .._plan.plan import Plan, Step
from .._plan.waiting import Waiting
from .._resources.base import Context
from ..dates import instant
from ..errors import RefusedByServer

# By step, since when (ISO 8601).
Running = dict[tuple[str, str], str]


def remember(context: Context, step: Step, job: dict[str, Any], now: datetime) -> None:
    """For this run, and for the next ones where there is a store."""
    context.jobs[_name(step.key)] = {"job": job, "since": instant(now)}
    if context.store:
        context.store.keep_jobs(context.store.jobs() | context.jobs)


def refresh(context: Context, steps: Iterable[Step], *, forget: bool) -> tuple[Running, bool]:
    """Those of the steps that are being done, and whether any of them has ended. forget: whether what has ended may be taken from the store.

    Raises RefusedByServer where one has failed; that is told once, and the next run begins anew.
    """
    keys = [step.key for step in steps]
    jobs = context.jobs | (context.store.jobs() if context.store else {}) if keys else {}
    running: Running = {}
    ended = []
    for key in (key for key in keys if _name(key) in jobs):
        record = jobs[_name(key)]
        try:
            if context.operations.job_state(record["job"]) == "pending":
                running[key] = record["since"]
            else:
                ended.append(_name(key))
        except RefusedByServer:
            _forget(context, [_name(key)], forget)
            raise
    if ended:
        _forget(context, ended, forget)
    return running, bool(ended)


def without_running(plan: Plan, running: Running) -> Plan:
    """The plan without the steps that are being done, and without those that wait for them."""
    if not running:
        return plan
    chains = {step.chain for step in plan.steps if step.key in running and step.chain}
    steps = tuple(step for step in plan.steps if step.key not in running and step.chain not in chains and not step.after_all)
    waiting = [Waiting("job_running", since) for since in running.values()]
    return replace(plan, steps=steps, after=plan.after if steps else plan.before, waiting=(*waiting, *plan.waiting))


def _forget(context: Context, names: list[str], in_store: bool) -> None:
    for name in names:
        context.jobs.pop(name, None)
    if context.store and in_store:
        context.store.keep_jobs({name: job for name, job in context.store.jobs().items() if name not in names})


def _name(key: tuple[str, str]) -> str:
    return ":".join(key)
