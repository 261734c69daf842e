# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench has to show, and whether it does. Targets whose cases were not run are not told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.cases import ALL, NATIONAL
from tests.bench.running import Results

GIB = 1024.0
CONNECTIONS_WARM = 2  # init and login


@dataclass(frozen=True)
class Target:
    """subject: what is bounded, with its bound; value: the figure as it was measured; reached: whether it keeps the bound. note: what else is worth knowing."""

    subject: str
    bound: str
    value: str
    reached: bool
    note: str = ""

    @property
    def line(self) -> str:
        return f"{'ok    ' if self.reached else 'MISSED'} {self.subject}: {self.value} ({self.bound})" + (
            f"; {self.note}" if self.note else ""
        )


class _Missing(Exception):
    """A case that the target looks at was not run."""


class _Figures:
    def __init__(self, results: Results, size: int) -> None:
        self._results = results
        self.size = size

    def of(self, case: str, way: str, figure: str, size: int | None = None) -> float:
        """figure: wall_s, cpu_s, rss_mib, http_requests, or loop.wall_s, loop.cpu_s."""
        try:
            figure_of_way: Any = self._results[case][str(size or self.size)][way]
            for name in figure.split("."):
                figure_of_way = figure_of_way[name]
        except KeyError as error:
            raise _Missing(case) from error
        return float(figure_of_way)

    def ratio(self, case: str, way: str, other_way: str, figure: str) -> float:
        return self.of(case, way, figure) / self.of(case, other_way, figure)


def judge(results: Results, size: int = NATIONAL) -> list[Target]:
    """size: 622; a short run has other sizes, whose targets are those of this one in proportion."""
    figures = _Figures(results, size)
    targets = []
    for target in TARGETS:
        try:
            targets.append(target(figures))
        except _Missing:
            continue
    return targets


def _at_most(subject: str, value: float, bound: float, unit: str = "", note: str = "") -> Target:
    return Target(subject, f"at most {bound:g}{unit}", f"{value:.4g}{unit}", value <= bound, note)


def _requests(subject: str, case: str, bound: Callable[[int], int]) -> Callable[[_Figures], Target]:
    def target(figures: _Figures) -> Target:
        return _at_most(f"no-op of {figures.size}, {subject}", figures.of(case, "ours", "http_requests"), bound(figures.size), " requests")

    return target


def _faster_than_uri(figures: _Figures) -> Target:
    times = figures.ratio("noop", "uri", "ours", "wall_s")
    cpu = figures.ratio("noop", "uri", "ours", "cpu_s")
    subject = f"no-op of {figures.size}, whole ansible-playbook against uri"
    return Target(subject, "at least 100x less", f"{times:.0f}x", times >= 100, f"{cpu:.0f}x in CPU")


def _engine_cpu(figures: _Figures) -> Target:
    engine, bare = figures.of("noop", "engine", "loop.cpu_s"), figures.of("noop", "bare", "loop.cpu_s")
    note = f"engine {engine:.2f} s, bare loop {bare:.2f} s of CPU"
    subject = f"no-op of {figures.size}, engine over the bare loop, CPU for each collectivité"
    return _at_most(subject, 1000 * (engine - bare) / figures.size, 1.0, " ms", note)


def _onboarding(case: str, subject: str, bound: float) -> Callable[[_Figures], Target]:
    def target(figures: _Figures) -> Target:
        engine = figures.ratio(case, "engine", "bare", "loop.wall_s")
        request_ratio = figures.ratio(case, "ours", "bare", "http_requests")
        note = f"engine alone {engine:.2f}x; {request_ratio:.2f}x as many requests"
        whole = figures.ratio(case, "ours", "bare", "wall_s")
        return _at_most(f"onboarding of {figures.size}{subject}, whole ansible-playbook against the bare loop", whole, bound, "x", note)

    return target


def _drift(figures: _Figures) -> Target:
    drifted = max(1, figures.size // 100)
    bound = figures.of("noop", "ours", "http_requests") + 8 * drifted
    return _at_most(f"{drifted} drifted of {figures.size}", figures.of("drift", "ours", "http_requests"), bound, " requests")


def _all_wall(figures: _Figures) -> Target:
    least = figures.of("noop", "nothing", "wall_s", ALL) + figures.of("noop", "bare", "wall_s", ALL)
    ours = figures.of("noop", "ours", "wall_s", ALL)
    note = f"{ours:.1f} s against {least:.1f} s"
    return _at_most(f"no-op of {ALL}, against one debug task and the bare loop", ours / least, 2.5, "x", note)


def _all_memory(figures: _Figures) -> Target:
    largest = figures.of("noop", "ours", "rss_mib", ALL)
    tree = figures.of("noop", "ours", "tree_mib", ALL)
    return _at_most(f"no-op of {ALL}, memory", max(largest, tree), GIB, " MiB", f"largest process {largest:.0f}, whole tree {tree:.0f}")


def _per_host_task(figures: _Figures) -> Target:
    spent = figures.of("task", "task", "wall_s") - figures.of("task", "nothing", "wall_s")
    return _at_most(f"a per-host task in process, {figures.size} hosts", 1000 * spent / figures.size, 35.0, " ms")


def _sandbox_share(figures: _Figures) -> Target:
    def total(figure: str) -> float:
        runs = [way for sizes in figures._results.values() for ways in sizes.values() for way in ways.values()]
        return sum(way["measured"][figure] if "measured" in way else way[figure] for way in runs)

    share = 100 * total("sandbox_cpu_s") / total("wall_s")
    return Target("sandbox's CPU in all of the bench's wall clock", "below 50%", f"{share:.0f}%", share < 50)


TARGETS = (
    _requests("one agent, with lists", "noop", lambda size: 25),
    _requests("without lists", "noop_without_lists", lambda size: size + 10),
    _requests("as many agents", "noop_own_agents", lambda size: 2 * size + 10),
    _faster_than_uri,
    _engine_cpu,
    _onboarding("onboarding", "", 1.5),
    _onboarding("onboarding_50ms", " with 50 ms of latency", 1.3),
    _drift,
    _all_wall,
    _all_memory,
    _per_host_task,
    _sandbox_share,
)
