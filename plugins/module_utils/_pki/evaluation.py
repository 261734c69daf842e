# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judging a certificate in two halves: gathering, which asks its CA's addresses, and the judgement, which is pure.

found = gathered(leaf, others, judging, context.fetch, siret=siret)     # while observing
judgement = judged(found, judging, now)                               # while planning
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .blocking_rules import blocking
from .chain import Paths, find_paths
from .parsing import ParsedCertificate
from .revocation import Fetch, RevocationAnswers, fetch_revocation
from .rgs import Judgement, inputs_on_paths, judge
from .trust import TrustStore
from .verdict import FAIL, PASS, Override


@dataclass(frozen=True)
class ValidationPolicy:
    """How the user wants certificates judged. unreachable: what it is worth that no source of revocation answers, warn or fail."""

    store: TrustStore
    unreachable: str = FAIL
    overrides: tuple[Override, ...] = ()

    def knows(self, usage: str) -> bool:
        """Whether the store trusts anybody for this usage."""
        return any(usage in each.usage for each in self.store.entries)


@dataclass(frozen=True)
class Evidence:
    """A certificate and all that was had about it. paths: to the anchors of the store; others, siret, host: as in ValidationInputs."""

    leaf: ParsedCertificate
    paths: Paths
    evidence: RevocationAnswers
    others: tuple[ParsedCertificate, ...] = ()
    usage: str = "client"
    siret: str | None = None
    host: str | None = None


def gather_evidence(
    leaf: ParsedCertificate,
    others: tuple[ParsedCertificate, ...],
    judging: ValidationPolicy,
    fetch: Fetch,
    *,
    usage: str = "client",
    siret: str | None = None,
    host: str | None = None,
    thorough: bool = True,
    unreachable: str | None = None,
) -> Evidence:
    """others: CAs that may lie between leaf and anchor. thorough: as in revocation.gather. unreachable: where it differs from the user's choice."""
    paths = find_paths(leaf, others, judging.store.anchors, usage)
    # All paths begin with the same name and key of an issuing CA, which is asked: the first is as good as the best.
    path, authorities = next(iter(paths.verified), ()), (*others, *judging.store.anchors)
    evidence = fetch_revocation(path, fetch, unreachable or judging.unreachable, thorough=thorough, authorities=authorities)
    return Evidence(leaf, paths, evidence, others, usage, siret, host)


def evaluate(found: Evidence, judging: ValidationPolicy, now: datetime) -> Judgement:
    """The verdicts at this moment, after the user's overrides. Pure."""
    about = {"others": found.others, "siret": found.siret, "host": found.host}
    return judge(inputs_on_paths(found.leaf, found.paths, judging.store, found.usage, now, **about), found.evidence, judging.overrides)


def summarise_judgement(judgement: Judgement) -> dict[str, Any]:
    """{outcome, verdicts}: of the verdicts those that are no plain pass, and those that the user has overridden."""
    told = [each.as_dict() for each in judgement.verdicts if each.outcome != PASS or each.override is not None]
    return {"outcome": judgement.outcome, "verdicts": told}


def blocking_reasons(judgement: Judgement) -> str:
    """The rules that block, each with its reason, for people."""
    return "; ".join(f"{each.rule}: {each.reason}" for each in blocking(judgement))
