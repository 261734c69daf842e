# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of a certificate in two halves: gathering, which asks its CA's addresses, and the judgement, which is pure.

evidence = gather_evidence(leaf, intermediates, policy, context.fetch, siret=siret)     # while observing
judgement = evaluate(evidence, policy, now)                                             # while planning
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from .blocking_rules import FINAL, blocking
from .chain import Paths, best_path, find_paths
from .crl import CRL_RULES
from .ocsp_response import OCSP_RULES
from .parsed_certificate import ParsedCertificate
from .profile_rules import RULES
from .revocation import CA_REVOCATION, REVOCATION, REVOKED, Fetch, RevocationAnswers, fetch_revocation, judge_revocation
from .trust import TrustStore
from .validation_inputs import ValidationInputs
from .verdict import FAIL, PASS, Judgement, JudgementFields, Override, Verdict, check_overrides, overall, overridden

ALL_RULES: tuple[str, ...] = (
    *(rule.name for rule in RULES),
    *(rule.name for rule in CRL_RULES),
    *(rule.name for rule in OCSP_RULES),
    REVOCATION,
    CA_REVOCATION,
    REVOKED,
)


@dataclass(frozen=True)
class ValidationPolicy:
    """How the user wants certificates judged. unreachable: what it is worth that no source of revocation answers, warn or fail."""

    store: TrustStore
    unreachable: str = FAIL
    overrides: tuple[Override, ...] = ()

    def knows(self, usage: str) -> bool:
        """Whether the store trusts anybody for this usage."""
        return any(usage in entry.usage for entry in self.store.entries)


@dataclass(frozen=True)
class Evidence:
    """A certificate and all that was had about it. paths: to the anchors of the store; intermediates, siret, host: as in ValidationInputs."""

    leaf: ParsedCertificate
    paths: Paths
    revocation: RevocationAnswers
    intermediates: tuple[ParsedCertificate, ...] = ()
    usage: str = "client"
    siret: str | None = None
    host: str | None = None


def gather_evidence(
    leaf: ParsedCertificate,
    intermediates: tuple[ParsedCertificate, ...],
    policy: ValidationPolicy,
    fetch: Fetch,
    *,
    usage: str = "client",
    siret: str | None = None,
    host: str | None = None,
    thorough: bool = True,
    unreachable: str | None = None,
) -> Evidence:
    """intermediates: CAs that may lie between leaf and anchor. thorough: as in fetch_revocation. unreachable: where it differs from the policy's."""
    paths = find_paths(leaf, intermediates, policy.store.anchors, usage)
    # All paths begin with the same name and key of an issuing CA, which is asked: the first is as good as the best.
    path, authorities = next(iter(paths.verified), ()), (*intermediates, *policy.store.anchors)
    revocation = fetch_revocation(path, fetch, unreachable or policy.unreachable, thorough=thorough, authorities=authorities)
    return Evidence(leaf, paths, revocation, intermediates, usage, siret, host)


def evaluate(evidence: Evidence, policy: ValidationPolicy, now: datetime) -> Judgement:
    """The verdicts at this moment, after the user's overrides. Pure."""
    inputs = ValidationInputs(
        evidence.leaf,
        evidence.usage,
        now,
        policy.store,
        intermediates=evidence.intermediates,
        siret=evidence.siret,
        host=evidence.host,
    )
    return judge(inputs_on_paths(inputs, evidence.paths), evidence.revocation, policy.overrides)


def find_inputs(
    leaf: ParsedCertificate,
    intermediates: tuple[ParsedCertificate, ...],
    store: TrustStore,
    usage: str,
    now: datetime,
    *,
    at: datetime | None = None,
    siret: str | None = None,
    host: str | None = None,
    key: Any = None,
) -> ValidationInputs:
    """What the rules look at, with the leaf's path to an anchor of the store. The parameters are those of ValidationInputs."""
    paths = find_paths(leaf, intermediates, store.anchors, usage)
    return inputs_on_paths(
        ValidationInputs(leaf, usage, now, store, at, intermediates=intermediates, siret=siret, host=host, key=key), paths
    )


def inputs_on_paths(inputs: ValidationInputs, paths: Paths) -> ValidationInputs:
    """On the best of the paths at the times of these inputs."""
    path = best_path(paths, inputs.store, inputs.usage, inputs.moments)
    return replace(inputs, path=path, broken=paths.broken, undecided=paths.undecided)


def judge(inputs: ValidationInputs, revocation: RevocationAnswers, overrides: Iterable[Override] = ()) -> Judgement:
    """Every rule of the profile, then revocation. Raises InvalidInput where an override names no rule, or one that is final."""
    checked = check_overrides(overrides, ALL_RULES, final=FINAL)
    verdicts = overridden([*judge_profile(inputs), *judge_revocation(inputs, revocation)], checked)
    return Judgement(overall(verdicts), tuple(verdicts))


def judge_profile(inputs: ValidationInputs) -> list[Verdict]:
    """The verdicts of the profile's rules whose question arises."""
    findings = [(rule, rule.judge(inputs)) for rule in RULES if inputs.usage in rule.usages]
    return [Verdict(rule.name, finding.outcome, finding.reason, rule.source) for rule, finding in findings if finding]


def summarise_judgement(judgement: Judgement) -> JudgementFields:
    """{outcome, verdicts}: of the verdicts those that are no plain pass, and those that the user has overridden."""
    shown = [verdict.as_dict() for verdict in judgement.verdicts if verdict.outcome != PASS or verdict.override is not None]
    return {"outcome": judgement.outcome, "verdicts": shown}


def blocking_reasons(judgement: Judgement) -> str:
    """The rules that block, each with its reason, for people."""
    return "; ".join(f"{verdict.rule}: {verdict.reason}" for verdict in blocking(judgement))
