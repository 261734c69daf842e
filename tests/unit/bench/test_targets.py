# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench makes of its figures: which bound is kept, and how a part is scaled to the whole."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from tests.bench.measuring import Cost
from tests.bench.targets import judge
from tests.bench.ways import drifting, scaled


def cost(wall: float, cpu: float = 1.0, requests: int = 0, sandbox: float = 0.0, **loop: float) -> dict[str, Any]:
    return asdict(Cost(wall, cpu, 100.0, 120.0, requests, sandbox)) | ({"loop": loop} if loop else {})


def verdicts(**cases: dict[str, dict[str, Any]]) -> dict[str, bool]:
    return {target.subject: target.reached for target in judge({name: {"622": ways} for name, ways in cases.items()})}


@pytest.mark.parametrize("asked,reached", [(25, True), (26, False)])
def test_requests_of_a_noop(asked: int, reached: bool) -> None:
    assert verdicts(noop={"ours": cost(3, requests=asked)})["no-op of 622, one agent, with lists"] is reached


@pytest.mark.parametrize("uri,reached", [(300.0, True), (299.0, False)])
def test_a_hundred_times_less_than_uri(uri: float, reached: bool) -> None:
    found = verdicts(noop={"ours": cost(3.0), "uri": cost(uri)})
    assert found["no-op of 622, whole ansible-playbook against uri"] is reached


@pytest.mark.parametrize("engine,reached", [(1.1, True), (1.2, False)])
def test_a_millisecond_over_the_bare_loop(engine: float, reached: bool) -> None:
    """0.5 s of the bare loop, and at most 0.622 s more."""
    found = verdicts(noop={"engine": cost(9, wall_s=9, cpu_s=engine), "bare": cost(9, wall_s=9, cpu_s=0.5)})
    assert found["no-op of 622, engine over the bare loop, CPU for each collectivité"] is reached


@pytest.mark.parametrize("asked,reached", [(9 + 6 * 8, True), (9 + 6 * 8 + 1, False)])
def test_eight_requests_for_what_drifted(asked: int, reached: bool) -> None:
    assert verdicts(noop={"ours": cost(3, requests=9)}, drift={"ours": cost(3, requests=asked)})["6 drifted of 622"] is reached


def test_the_sandbox_is_judged_by_what_was_measured_not_by_what_was_scaled() -> None:
    part = cost(1000.0, sandbox=400.0) | {"measured": cost(10.0, sandbox=9.0), "measured_on": 50}
    assert verdicts(noop={"uri": part})["sandbox's CPU in all of the bench's wall clock"] is False


def test_what_was_not_run_is_not_told() -> None:
    assert set(verdicts(noop={"ours": cost(3)})) == {
        "no-op of 622, one agent, with lists",
        "sandbox's CPU in all of the bench's wall clock",
    }


def test_a_part_is_scaled_beyond_what_ansible_costs_by_itself() -> None:
    part, idle = Cost(12.0, 11.0, 100.0, None, 202, 3.0), Cost(2.0, 1.0, 90.0, None, 0, 0.0)
    assert scaled(part, idle, 50, 100) == Cost(22.0, 21.0, 100.0, None, 404, 6.0)


@pytest.mark.parametrize("size,count", [(3, 1), (50, 1), (100, 1), (199, 1), (622, 6), (34_875, 348)])
def test_one_of_a_hundred_drifts(size: int, count: int) -> None:
    rows: Any = list(range(size))
    assert len(set(drifting(rows))) == count
