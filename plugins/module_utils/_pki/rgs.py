# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judgement of a certificate: every rule its own verdict, and one outcome from all of them. Pure; nothing is fetched here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from .blocking_rules import FINAL
from .chain import Paths, best_path, find_paths
from .crl import CRL_RULES
from .ocsp_response import OCSP_RULES
from .parsing import ParsedCertificate
from .profile_rules import RULES
from .revocation import CA_REVOCATION, REVOCATION, REVOKED, RevocationAnswers, judge_revocation
from .trust import TrustStore
from .validation_inputs import ValidationInputs
from .verdict import Judgement, Override, Verdict, check_overrides, overall, overridden

ALL_RULES: tuple[str, ...] = (
    *(rule.name for rule in RULES),
    *(rule.name for rule in CRL_RULES),
    *(rule.name for rule in OCSP_RULES),
    REVOCATION,
    CA_REVOCATION,
    REVOKED,
)


def find_inputs(
    leaf: ParsedCertificate, others: tuple[ParsedCertificate, ...], store: TrustStore, usage: str, now: datetime, **about: Any
) -> ValidationInputs:
    """With its path to an anchor. about: at, siret, host, key."""
    return inputs_on_paths(leaf, find_paths(leaf, others, store.anchors, usage), store, usage, now, others=others, **about)


def inputs_on_paths(leaf: ParsedCertificate, paths: Paths, store: TrustStore, usage: str, now: datetime, **about: Any) -> ValidationInputs:
    """On the best of its paths at this time. about: as of make_case, and others."""
    case = ValidationInputs(leaf, usage, now, store, broken=paths.broken, undecided=paths.undecided, **about)
    return replace(case, path=best_path(paths, store, usage, case.moments))


def judge(case: ValidationInputs, evidence: RevocationAnswers, overrides: Iterable[Override] = ()) -> Judgement:
    """Every rule of the profile, then revocation. Raises InvalidInput where an override names no rule, or one that is final."""
    wanted = check_overrides(overrides, ALL_RULES, final=FINAL)
    verdicts = [*judge_profile(case), *judge_revocation(case, evidence)]
    softened = overridden(verdicts, wanted)
    return Judgement(overall(softened), tuple(softened))


def judge_profile(case: ValidationInputs) -> list[Verdict]:
    found = [(rule, rule.judge(case)) for rule in RULES if case.usage in rule.usages]
    return [Verdict(rule.name, finding.outcome, finding.reason, rule.source) for rule, finding in found if finding]
