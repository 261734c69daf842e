# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From cases to results: each case in its place, each way in turn, best of `repeats` by wall clock."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests.bench.cases import ONBOARDING, URI_HOSTS, Case
from tests.bench.measuring import Cost
from tests.bench.scene import NEW, ONBOARDED, Scene
from tests.bench.ways import Outcome, Place, scaled

Say = Callable[[str], None]
# {case: {size: {way: {wall_s, cpu_s, rss_mib, tree_mib, http_requests, sandbox_cpu_s, and perhaps loop, measured_on}}}}
Results = dict[str, dict[str, dict[str, dict[str, Any]]]]


class Bench:
    """folder: where the scenes are made, which are removed at the end. profiles: where the engine's cProfiles go, None: nowhere."""

    def __init__(self, folder: Path, say: Say, *, repeats: int = 1, profiles: Path | None = None) -> None:
        self._folder = folder
        self._say = say
        self._repeats = repeats
        self._profiles = profiles
        self._scenes: dict[tuple[int, str, bool], Scene] = {}

    def run(self, cases: list[Case], keep: Callable[[Results], None]) -> Results:
        """keep: is given what there is after each case; the whole bench takes an hour."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        results: Results = {}
        try:
            for case in cases:
                results.setdefault(case.name, {})[str(case.size)] = self._case(case)
                keep(results)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
        return results

    def _case(self, case: Case) -> dict[str, dict[str, Any]]:
        outcomes: dict[str, Outcome] = {}
        for _repeat in range(self._repeats):
            # The ways take turns, so that a busy moment of the machine does not hit one of them alone.
            for way, outcome in self._once(case).items():
                if way not in outcomes or outcome.cost.wall_s < outcomes[way].cost.wall_s:
                    outcomes[way] = outcome
        self._profile(case)
        idle = outcomes["nothing"].cost if "nothing" in outcomes else None
        return {way: _told(outcome, idle, case) for way, outcome in outcomes.items()}

    def _once(self, case: Case) -> dict[str, Outcome]:
        if case.scenario == ONBOARDING:  # each begins with nothing
            return {way: self._in_turn(case, (way,))[way] for way in case.ways}
        return self._in_turn(case, case.ways)

    def _in_turn(self, case: Case, ways: tuple[str, ...]) -> dict[str, Outcome]:
        measured = {}
        with self._placed(case) as place:
            for way in ways:
                measured[way] = place.run(way, URI_HOSTS if way == "uri" and case.size > URI_HOSTS else None)
                self._say(f"{case.key} {way}: {_brief(measured[way])}")
        return measured

    def _profile(self, case: Case) -> None:
        """One more run of the engine, under cProfile: it is slower for that, one after the other, and not measured."""
        if self._profiles is not None and "engine" in case.ways:
            self._profiles.mkdir(parents=True, exist_ok=True)
            with self._placed(replace(case, latency_ms=0)) as place:
                place.run("engine", profile_file=self._profiles / f"{case.key}.prof")

    @contextmanager
    def _placed(self, case: Case) -> Iterator[Place]:
        scene, folder = self._scene(case), self._folder / "running"
        with scene.served(folder) as running:
            yield Place(case, folder, running, scene.rows)

    def _scene(self, case: Case) -> Scene:
        key = (case.size, NEW if case.scenario == ONBOARDING else ONBOARDED, case.own_agents)
        if key not in self._scenes:
            self._say(f"making {key[0]} collectivités, {key[1]}: keys, certificates, accounts")
            self._scenes[key] = Scene(self._folder / "-".join(map(str, key)), *key[:2], own_agents=key[2])
            self._scenes[key].prepare()
        return self._scenes[key]


def _told(outcome: Outcome, idle: Cost | None, case: Case) -> dict[str, Any]:
    cost, measured = outcome.cost, {}
    if outcome.hosts and idle:
        cost, measured = scaled(cost, idle, outcome.hosts, case.size), {"measured_on": outcome.hosts, "measured": asdict(cost)}
    return asdict(cost) | ({"loop": outcome.loop} if outcome.loop else {}) | measured


def _brief(outcome: Outcome) -> str:
    cost = outcome.cost
    return f"{cost.wall_s:.1f} s, {cost.http_requests} requests" + (f" (on {outcome.hosts} hosts)" if outcome.hosts else "")
