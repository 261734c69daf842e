# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judging a certificate in two halves: gathering, which asks its CA's addresses, and the judgement, which is pure.

found = gathered(leaf, others, judging, world.fetch, siret=siret)     # while observing
judgement = judged(found, judging, now)                               # while planning
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .case import Case
from .chain import find_path
from .parsing import Parsed
from .revocation import Evidence, Fetch, gather
from .rgs import Judgement, judge
from .trust import TrustStore
from .verdict import FAIL, PASS, Override


@dataclass(frozen=True)
class Judging:
    """How the user wants certificates judged. unreachable: what it is worth that no source of revocation answers, warn or fail."""

    store: TrustStore
    unreachable: str = FAIL
    overrides: tuple[Override, ...] = ()

    def knows(self, usage: str) -> bool:
        """Whether the store trusts anybody for this usage."""
        return any(usage in each.usage for each in self.store.entries)


@dataclass(frozen=True)
class Gathered:
    """A certificate and all that was had about it. path, broken, siret, host: as in Case."""

    leaf: Parsed
    path: tuple[Parsed, ...]
    broken: str
    evidence: Evidence
    usage: str = "client"
    siret: str | None = None
    host: str | None = None


def gathered(
    leaf: Parsed,
    others: tuple[Parsed, ...],
    judging: Judging,
    fetch: Fetch,
    *,
    usage: str = "client",
    siret: str | None = None,
    host: str | None = None,
    thorough: bool = True,
    unreachable: str | None = None,
) -> Gathered:
    """others: CAs that may lie between leaf and anchor. thorough: as in revocation.gather. unreachable: where it differs from the user's choice."""
    path, broken = find_path(leaf, others, judging.store.anchors)
    evidence = gather(path, fetch, unreachable or judging.unreachable, thorough=thorough)
    return Gathered(leaf, path, broken, evidence, usage, siret, host)


def judged(found: Gathered, judging: Judging, now: datetime) -> Judgement:
    """The verdicts at this moment, after the user's overrides. Pure."""
    case = Case(found.leaf, found.usage, now, judging.store, path=found.path, broken=found.broken, siret=found.siret, host=found.host)
    return judge(case, found.evidence, judging.overrides)


def compact(judgement: Judgement) -> dict[str, Any]:
    """{outcome, verdicts}: of the verdicts those that are no plain pass, and those that the user has overridden."""
    told = [each.as_dict() for each in judgement.verdicts if each.outcome != PASS or each.override is not None]
    return {"outcome": judgement.outcome, "verdicts": told}


def failures(judgement: Judgement) -> str:
    """The rules that fail, each with its reason, for people."""
    return "; ".join(f"{each.rule}: {each.reason}" for each in judgement.verdicts if each.outcome == FAIL)
