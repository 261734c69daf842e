# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: a table."""

from __future__ import annotations

from dataclasses import dataclass

NOOP, ONBOARDING, DRIFT, TASK = "noop", "onboarding", "drift", "task"
SCENARIOS = (NOOP, ONBOARDING, DRIFT, TASK)
NATIONAL, ALL = 622, 34_875  # conventions in force in June 2024; communes
URI_HOSTS = 50  # ansible.builtin.uri is run on so many, and scaled
SIDE_BY_SIDE = ("ours", "roles", "uri", "bare", "engine", "nothing")


@dataclass(frozen=True)
class Case:
    """scenario: noop reads everything and finds it as declared; onboarding begins with nothing; drift has one deactivated certificate in a hundred.

    lists: the interface has lists. own_agents: each has its own, else one agent acts for all. validated: the certificates are judged (trust store).
    """

    scenario: str
    size: int
    ways: tuple[str, ...]
    latency_ms: int = 0
    lists: bool = True
    own_agents: bool = False
    validated: bool = False

    @property
    def name(self) -> str:
        """Its key in bench.json."""
        words = [
            self.scenario,
            "" if self.lists else "without_lists",
            "own_agents" if self.own_agents else "",
            "judged" if self.validated else "",
            f"{self.latency_ms}ms" if self.latency_ms else "",
        ]
        return "_".join(filter(None, words))

    @property
    def key(self) -> str:
        return f"{self.name}.{self.size}"


FULL = (
    *(Case(scenario, size, SIDE_BY_SIDE) for size in (100, NATIONAL) for scenario in (NOOP, ONBOARDING, DRIFT)),
    *(Case(scenario, 100, SIDE_BY_SIDE, latency_ms=50) for scenario in (NOOP, ONBOARDING, DRIFT)),
    # The per-host roles at 622 wait 50 ms beside minutes of their own: told once, above.
    *(Case(scenario, NATIONAL, ("ours", "uri", "bare", "engine", "nothing"), latency_ms=50) for scenario in (NOOP, ONBOARDING, DRIFT)),
    Case(NOOP, NATIONAL, ("ours", "bare", "engine"), lists=False),
    Case(NOOP, NATIONAL, ("ours", "bare", "engine"), own_agents=True),
    Case(NOOP, NATIONAL, ("ours", "engine"), validated=True),
    Case(TASK, NATIONAL, ("task", "nothing")),
    Case(NOOP, ALL, ("ours", "bare", "engine", "nothing")),
)

QUICK = (
    *(Case(scenario, 50, SIDE_BY_SIDE) for scenario in (NOOP, ONBOARDING, DRIFT)),
    Case(ONBOARDING, 100, ("ours", "bare", "engine", "nothing"), latency_ms=50),
    Case(NOOP, 100, ("ours", "bare", "engine"), lists=False),
    Case(NOOP, 100, ("ours", "bare", "engine"), own_agents=True),
    Case(NOOP, 100, ("ours", "engine"), validated=True),
    Case(TASK, 100, ("task", "nothing")),
)
