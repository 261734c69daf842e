# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of one host of a run. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from ...module_utils._plan.plan import Plan
from ...module_utils._plan.results import facts_of
from ...module_utils._plan.settings import Settings
from ...module_utils._reconcile.status import status
from ...module_utils._resources.dialogue import Dialogue
from ...module_utils.errors import AntaiError
from .declared_host import DeclaredHost

Planned = list[tuple[str, Plan]]
# Of one resource, as the runner gives it.
RunResult = dict[str, Any]


class _Outcome(TypedDict):
    host: str
    siret: str | None
    changed: bool
    failed: bool
    held: bool
    msg: str
    status: dict[str, Any] | None
    waiting: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    diff: dict[str, dict[str, object]]
    warnings: list[str]
    operations: dict[str, int]


class HostResult(_Outcome, total=False):
    """held: another run works on it, so this one has left it alone. operations: requests by class. error: only of one that failed."""

    error: dict[str, Any]


def refused_result(host: DeclaredHost, problem: AntaiError) -> HostResult:
    """Of a host whose declaration cannot be used; no request was made for it."""
    return {
        "host": host.name,
        "siret": host.parameters.get("siret"),
        "changed": False,
        "failed": True,
        "held": False,
        "msg": problem.sentence,
        "status": None,
        "waiting": [],
        "steps": [],
        "diff": {},
        "warnings": list(host.warnings),
        "operations": {"read": 0, "write": 0, "session": 0},
        "error": problem.as_dict(),
    }


def failure_of(error: AntaiError | None, results: Sequence[RunResult]) -> tuple[str, dict[str, Any]] | None:
    """(message, error) of the first failure, or None."""
    if error:
        return error.sentence, error.as_dict()
    return next(((result["msg"], result["error"]) for result in results if result.get("failed")), None)


def status_of(
    host: DeclaredHost, planned: Planned, beside: Planned, dialogues: list[Dialogue], settings: Settings
) -> dict[str, Any] | None:
    """What the report tells of it; None where it was never observed. beside: what other playbooks bring about."""
    if not planned:
        return None
    facts = {name: value for _resource, plan in planned for name, value in facts_of(plan.facts, settings).items()}
    return status(str(host.parameters["siret"]), host.parameters["name"], planned + beside, dialogues, settings) | facts


def waiting_of(results: Sequence[RunResult], observed_status: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What is waited for now, and what a step of this run met that could not be done: nobody else knows of that."""
    met = [waiting for result in results if any(step["outcome"] == "waiting" for step in result["steps"]) for waiting in result["waiting"]]
    current = observed_status["waiting"] if observed_status else []
    return list({waiting["next_action"]["text"]: waiting for waiting in [*met, *current]}.values())


def diff_of(results: Sequence[RunResult], planned: Planned | None) -> dict[str, dict[str, object]]:
    """{before, after}: each by resource, only those that changed. planned: as last observed; None in check mode, where after is as predicted."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    changed = [result for result in results if result["changed"]]
    for result in changed:
        label = _label(result["resource"], result["diff"]["before"])
        before.setdefault(label, result["diff"]["before"])
        after[label] = result["diff"]["after"]
    after |= {label: plan.before for name, plan in planned or () if (label := _label(name, plan.before)) in after}
    return {"before": before, "after": after} if changed else {}


def _label(resource: str, state: Mapping[str, Any]) -> str:
    """A collectivité has one certificate request for each provider."""
    return f"{resource} {state['provider']}" if "provider" in state else resource
