# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What resources make of the judgement of a certificate that lies here: what to gather, who is waited for, what the result shows.

A certificate that breaks a rule is neither installed nor activated. One that is active already is left alone, and it is said.
"""

from __future__ import annotations

from typing import Any

from ..._pki.blocking_rules import blocking
from ..._pki.certificate import Certificate
from ..._pki.evaluation import Evidence, ValidationPolicy, blocking_reasons, gather_evidence, summarise_judgement
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.parsing import load_bundle
from ..._pki.revocation import REVOKED
from ..._pki.verdict import WARN, Judgement
from ..._plan.waiting import Waiting
from ..base import Context


def gather_local_evidence(
    local: Certificate,
    chain: tuple[ParsedCertificate, ...],
    siret: str,
    judging: ValidationPolicy,
    context: Context,
    *,
    about_to_change: bool,
) -> Evidence:
    """chain: the CAs that came with it. about_to_change: whether it is to be installed or activated now.

    What is not about to change costs the CA's CRL, asked for once in a run, and nothing that cannot be reached is held against it.
    Raises InvalidInput where a file cannot be read.
    """
    leaf = load_bundle(local.pem, "certificate").certificates[0]
    unreachable = None if about_to_change else WARN
    return gather_evidence(leaf, chain, judging, context.fetch, siret=siret, thorough=about_to_change, unreachable=unreachable)


def fails(judgement: Judgement | None) -> bool:
    """Whether a verdict blocks (pki/blocking.py), after overrides."""
    return judgement is not None and bool(blocking(judgement))


def proved_revocation(judgement: Judgement) -> str:
    """That it, or a CA above it, is revoked, in words; nothing where that is not proved."""
    return next((verdict.reason for verdict in judgement.verdicts if verdict.rule == REVOKED), "")


def not_rgs(provider: str, fingerprint: str | None, judgement: Judgement, *, active: bool) -> Waiting:
    """Who is waited for about a certificate that fails."""
    details = {"provider": provider, "fingerprint": fingerprint, "failures": blocking_reasons(judgement)}
    return Waiting("certificate_no_longer_rgs" if active else "certificate_not_rgs", None, details)


def key_reuse(provider: str, following: Certificate, before: Certificate) -> list[str]:
    """A warning where a certificate has the key of the one that it follows."""
    if following.fingerprint == before.fingerprint or following.public_key != before.public_key:
        return []
    return [
        f"the certificate {following.fingerprint[:16]}... of {provider} has the same key as {before.fingerprint[:16]}..., which it follows: "
        "whoever has got hold of the one key has both; order the next one with a key of its own"
    ]


def in_place(waiting: Waiting) -> bool:
    """Whether it is about a certificate that is as declared all the same: it holds nothing else up."""
    return waiting.code == "certificate_no_longer_rgs"


def verdicts_of(provider: str, fingerprint: str | None, judgement: Judgement | None) -> dict[str, Any]:
    """As results show it; outcome None: there is no certificate here to judge, or it is not to be there."""
    summary = summarise_judgement(judgement) if judgement else None
    return {"provider": provider, "fingerprint": fingerprint, **(summary or {"outcome": None, "verdicts": []})}
