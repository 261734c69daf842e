# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run over a fleet says of itself as a whole. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TypedDict

from .brake import BrakeVerdict
from .host_result import HostResult
from .run_state import RunState


class UndeclaredSpaces(TypedDict):
    """Spaces that a whole list showed and no host of the inventory declares: said, and left as they are. None where that is not known.

    declared_elsewhere: those of them that a host had in an earlier run from this store, which this inventory has not: another slice's, or one
    that has left.
    """

    undeclared: list[dict[str, str]] | None
    declared_elsewhere: list[dict[str, str]] | None


def undeclared_spaces(
    others: Mapping[str, str] | None, declared: Collection[tuple[str, str]], recorded: Mapping[str, str]
) -> UndeclaredSpaces:
    """others: names by SIRET of the spaces that the lists show beside this run's; None where they are not known. declared: (host, SIRET) of the
    inventory. recorded: by SIRET, the host that an earlier run from this store had for it.
    """
    if others is None:
        return {"undeclared": None, "declared_elsewhere": None}
    hosts, sirets = {host for host, _siret in declared}, {siret for _host, siret in declared}
    undeclared, elsewhere = [], []
    for siret, name in sorted(others.items()):
        space, host = {"siret": siret, "name": name}, recorded.get(siret)
        if siret not in sirets and (host is None or host in hosts):
            undeclared.append(space)
        elif siret not in sirets:
            elsewhere.append(space | {"host": str(host)})
    return {"undeclared": undeclared, "declared_elsewhere": elsewhere}


def summary(
    run: RunState, hosts: Mapping[str, HostResult], verdict: BrakeVerdict, lists: Mapping[str, int], requests: int
) -> dict[str, object]:
    """Numbers of collectivités, and requests: operations by class (lists and logins included), requests as they went over HTTP."""
    operations = Counter(lists)
    for host in hosts.values():
        operations.update(host["operations"])
    stages = Counter(host["status"]["stage"] for host in hosts.values() if host["status"])
    numbers = _numbers(hosts, stages)
    return {
        **numbers,
        "msg": _message(run, numbers, verdict),
        "stages": dict(sorted(stages.items())),
        "failures": [{"host": name, "msg": host["msg"]} for name, host in hosts.items() if host["failed"]],
        "operations": {kind: operations[kind] for kind in ("read", "write", "session")},
        "requests": requests,
        "brake": verdict.as_dict(),
        "problems": [problem.as_dict() for problem in dict.fromkeys(run.problems)],
        "warnings": list(dict.fromkeys([*run.warnings, *filter(None, [run.prover.warning()])])),
    }


def _numbers(hosts: Mapping[str, HostResult], stages: Mapping[str, int]) -> dict[str, int]:
    return {
        "total": len(hosts),
        "changed": sum(host["changed"] for host in hosts.values()),
        "failed": sum(host["failed"] for host in hosts.values()),
        "waiting": sum(bool(host["waiting"]) for host in hosts.values()),
        "onboarded": stages.get("onboarded", 0),
        "held": sum(host["held"] for host in hosts.values()),
    }


def _message(run: RunState, numbers: Mapping[str, int], verdict: BrakeVerdict) -> str:
    if run.stop_problems:
        return " ".join(problem.text for problem in run.stop_problems)
    if verdict.engaged:
        return verdict.sentence(run.options.language)
    counts = ", ".join(f"{numbers[name]} {name}" for name in ("changed", "waiting", "failed", "onboarded"))
    locked = f", {numbers['held']} left to another run" if numbers["held"] else ""
    return f"{numbers['total']} collectivités: {counts}{locked}"
