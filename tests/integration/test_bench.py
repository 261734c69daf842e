# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench` on three collectivités: it runs to its end, counts rightly, and writes what it says it writes. Times are not looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.__main__ import chosen, parser, written
from tests.bench.cases import FULL, NOOP, ONBOARDING, QUICK, SCENARIOS, Case
from tests.bench.running import Bench
from tests.bench.table import table
from tests.bench.targets import judge

FEW = 3
FIGURES = {"wall_s", "cpu_s", "rss_mib", "tree_mib", "http_requests", "sandbox_cpu_s"}
VISIT = 2  # init and login
WAYS = ("ours", "bare", "engine", "nothing", "task")


def test_a_tiny_run_writes_the_whole_shape(tmp_path: Path) -> None:
    cases = [
        Case(NOOP, FEW, WAYS),
        Case(NOOP, FEW, ("bare", "engine"), lists=False),
        Case(NOOP, FEW, ("bare", "engine"), own_agents=True),
        Case(NOOP, FEW, ("engine",), validated=True),
        Case("drift", FEW, ("bare", "engine")),
        Case(ONBOARDING, FEW, ("bare", "engine"), latency_ms=1),
    ]
    told: list[str] = []
    kept: list[list[str]] = []
    bench = Bench(tmp_path / "scenes", told.append, profiles=tmp_path / "profiles")
    results = bench.run(cases, lambda so_far: kept.append(list(so_far)))
    assert kept[0] == ["noop"] and kept[-1] == list(results) and len(kept) == len(cases)
    content: dict[str, Any] = json.loads(json.dumps(written(results, judge(results, FEW))))

    assert {name: list(sizes) for name, sizes in content.items() if name not in ("about", "targets")} == {
        name: [str(FEW)] for name in ("noop", "noop_without_lists", "noop_own_agents", "noop_judged", "drift", "onboarding_1ms")
    }
    ways = content["noop"][str(FEW)]
    assert set(ways) == set(WAYS)
    assert all(set(figures) - {"loop"} == FIGURES for figures in ways.values())
    assert all(ways[way]["wall_s"] > 0 and ways[way]["cpu_s"] > 0 and ways[way]["rss_mib"] > 1 for way in WAYS)
    assert set(ways["bare"]["loop"]) == set(ways["engine"]["loop"]) == {"wall_s", "cpu_s"}

    def asked(case: str, way: str) -> int:
        requests: int = content[case][str(FEW)][way]["http_requests"]
        return requests

    assert [asked("noop", way) for way in WAYS] == [VISIT + 1, VISIT + 1, VISIT + 1, 0, 0]
    assert asked("noop_without_lists", "engine") == asked("noop_without_lists", "bare") == VISIT + FEW
    assert asked("noop_own_agents", "engine") == asked("noop_own_agents", "bare") == 1 + 2 * FEW
    assert asked("noop_judged", "engine") == VISIT + 2, "a page, and the CRL"
    assert asked("drift", "bare") == VISIT + 1 + 1
    assert asked("onboarding_1ms", "bare") == VISIT + 5 * FEW
    assert asked("onboarding_1ms", "engine") <= VISIT + 2 + 10 * FEW

    reached = {target["subject"]: target["reached"] for target in content["targets"]}
    assert reached["no-op of 3, one agent, with lists"] is True
    assert all(name in table(results) for name in (*content, *WAYS) if name not in ("about", "targets"))
    assert not (tmp_path / "scenes").exists()
    assert {path.stem for path in (tmp_path / "profiles").iterdir()} >= {f"noop.{FEW}", f"onboarding_1ms.{FEW}"}
    assert any("engine" in line for line in told)


@pytest.mark.parametrize("cases", [FULL, QUICK], ids=["full", "quick"])
def test_every_case_has_a_name_of_its_own_and_what_it_is_compared_with(cases: tuple[Case, ...]) -> None:
    assert len({case.key for case in cases}) == len(cases)
    assert {case.scenario for case in cases} == set(SCENARIOS)
    assert all("nothing" in case.ways for case in cases if {"uri", "task"} & set(case.ways)), "without it nothing can be scaled"


def test_cases_can_be_chosen() -> None:
    given = parser().parse_args(["--only", "noop", "--size", "622", "--way", "uri"])
    assert [(case.key, case.ways) for case in chosen(FULL, given)] == [
        ("noop.622", ("uri", "nothing")),
        ("noop_50ms.622", ("uri", "nothing")),
    ]
