# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The safety brake: how much one run may take away before it stops and asks. What it must not order is in stops.py. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ...module_utils._plan.plan import Step
from ...module_utils._plan.steps import STEPS
from ...module_utils._texts.fleet import BRAKE_HOLDS
from ...module_utils._texts.report import DANGERS

SIRET_CHANGE = "siret_change"
# The greater of both is let through.
LEAST = 3
SHARE = 0.05


@dataclass(frozen=True)
class Danger:
    """One thing that the run would take away. kind: deactivation, removal, closure or siret_change.

    target: a fingerprint or a SIRET.
    """

    host: str
    siret: str
    kind: str
    target: str
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return {"host": self.host, "siret": self.siret, "kind": self.kind, "target": self.target, "reason": self.reason}


@dataclass(frozen=True)
class BrakeVerdict:
    """limit: how many the run may take away."""

    limit: int
    dangers: tuple[Danger, ...]

    @property
    def engaged(self) -> bool:
        return len(self.dangers) > self.limit

    def sentence(self, language: str = "en") -> str:
        """Why the run stops, and how to let it through."""
        kinds = Counter(danger.kind for danger in self.dangers)
        counts = ", ".join(f"{count} x {DANGERS[kind].text(language)}" for kind, count in sorted(kinds.items()))
        return BRAKE_HOLDS.text(language, count=len(self.dangers), kinds=counts, limit=self.limit)

    def as_dict(self) -> dict[str, Any]:
        return {"engaged": self.engaged, "limit": self.limit, "planned": [each.as_dict() for each in self.dangers]}


def takes_away(step: Step) -> bool:
    return bool(STEPS[step.code].takes_away)


def dangers_of(host: str, siret: str, steps: list[Step], earlier_siret: str | None) -> list[Danger]:
    """What these steps of one host take away. earlier_siret: the one that this host had in an earlier run, where it was another."""
    found = [Danger(host, siret, STEPS[step.code].takes_away, step.target, step.reason) for step in steps if takes_away(step)]
    if earlier_siret and earlier_siret != siret:
        found.append(Danger(host, siret, SIRET_CHANGE, siret, f"this host had the SIRET {earlier_siret} in an earlier run"))
    return found


def judge(dangers: list[Danger], fleet: int, allowed: int | None) -> BrakeVerdict:
    """fleet: how many collectivités the run is about. allowed: the number that the user has named, or None."""
    limit = max(LEAST, int(fleet * SHARE)) if allowed is None else allowed
    return BrakeVerdict(limit, tuple(dangers))
