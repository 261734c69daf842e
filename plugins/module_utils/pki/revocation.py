# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathering CRLs and OCSP responses, and the verdict on revocation as a whole.

Addresses are taken from a certificate only after its path to a trusted CA is known, so that nobody else chooses where we connect.
Each source that was had is judged by its own rules; `revocation` says whether at least one of them told that the certificate is good.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..errors import AntaiError, InvalidInput
from ..libraries import x509
from .case import Case
from .crl import CRL_RULES
from .ocsp_answer import OCSP_RULES, answered, request_for
from .parsing import Crl, Parsed, load_crl, load_ocsp
from .verdict import FAIL, PASS, WARN, Finding, Verdict, failed, not_verifiable, passed, warned

REVOCATION = "revocation"
SOURCE = "RGS annex A4 v3.0 (restatement); RFC 5280, 6.3; RFC 6960"
UNREACHABLE = (WARN, FAIL)
SCHEMES = ("http://", "https://")
MAX_ADDRESSES = 4

# (url, body to post or None) -> content. Raises AntaiError.
Fetch = Callable[[str, "bytes | None"], bytes]


@dataclass
class Evidence:
    """crls and responses: as read. missed: what could not be had, and why. unreachable: what that is worth, warn or fail."""

    crls: list[Crl] = field(default_factory=list)
    responses: list[Any] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    unreachable: str = FAIL


def crl_urls(leaf: Parsed) -> list[str]:
    """Alternatives: the points of a certificate that are fetched by HTTP, each covering all reasons."""
    found = leaf.extension(x509.CRLDistributionPoints)
    points = [point for point in found.value if not point.reasons and not point.crl_issuer] if found else []
    return _addresses(name for point in points for name in point.full_name or ())


def ocsp_urls(leaf: Parsed) -> list[str]:
    found = leaf.extension(x509.AuthorityInformationAccess)
    wanted = x509.AuthorityInformationAccessOID.OCSP
    return _addresses(each.access_location for each in (found.value if found else ()) if each.access_method == wanted)


def _addresses(names: Any) -> list[str]:
    values = [each.value for each in names if isinstance(each, x509.UniformResourceIdentifier)]
    return [each for each in dict.fromkeys(values) if each.lower().startswith(SCHEMES)][:MAX_ADDRESSES]


def gather(path: tuple[Parsed, ...], fetch: Fetch, unreachable: str = FAIL, *, thorough: bool = True) -> Evidence:
    """What the certificate's own addresses answer: the first CRL that can be read, and the first OCSP response. path: leaf to anchor.

    Not thorough: the CRL, which all certificates of a CA share, and no OCSP, which is a question for each; the latter where there is no CRL.
    """
    evidence = Evidence(unreachable=unreachable)
    if len(path) < 2:
        return evidence
    leaf, issuer = path[:2]
    crls = crl_urls(leaf)
    if thorough or not crls:
        request = request_for(leaf, issuer)
        _first(evidence, ocsp_urls(leaf), lambda url: evidence.responses.append(_usable(load_ocsp(fetch(url, request)))))
    _first(evidence, crls, lambda url: evidence.crls.append(_read_once(fetch(url, None))))
    return evidence


@lru_cache(maxsize=8)
def _read_once(content: bytes) -> Crl:
    """The certificates of a fleet are on the same CRL."""
    return load_crl(content)


def _usable(response: Any) -> Any:
    if not answered(response):
        raise InvalidInput("ocsp", f"the responder says {response.response_status.name.lower()}")
    return response


def _first(evidence: Evidence, urls: list[str], take: Callable[[str], None]) -> None:
    for url in urls:
        try:
            take(url)
        except AntaiError as error:
            evidence.missed.append(f"{url}: {error.message}")
        else:
            return


def judge_revocation(case: Case, evidence: Evidence) -> list[Verdict]:
    if case.issuer is None:
        return [_verdict(REVOCATION, SOURCE, not_verifiable("without the issuing CA nothing can be verified"))]
    verdicts: list[Verdict] = []
    missed = list(evidence.missed)
    for crl in evidence.crls:
        verdicts += [_verdict(rule.name, rule.source, rule.judge(case, case.issuer, crl)) for rule in CRL_RULES]
    for response in evidence.responses:
        if answered(response):
            judged = [(rule, rule.judge(case, case.issuer, response)) for rule in OCSP_RULES]
            verdicts += [_verdict(rule.name, rule.source, found) for rule, found in judged if found]
        else:
            missed.append(f"OCSP: the responder says {response.response_status.name.lower()}")
    return [*verdicts, _verdict(REVOCATION, SOURCE, _whole(verdicts, missed, evidence.unreachable))]


def _whole(verdicts: list[Verdict], not_had: list[str], unreachable: str) -> Finding:
    statuses = [each for each in verdicts if each.rule in ("crl_status", "ocsp_status")]
    missed = f"; not had: {'; '.join(not_had)}" if not_had else ""
    refused = [each for each in statuses if each.outcome == FAIL]
    if refused:
        return failed(refused[0].reason)
    good = [each for each in statuses if each.outcome == PASS]
    if good:
        return passed(", ".join(f"{each.rule.split('_')[0].upper()}: {each.reason}" for each in good) + missed)
    if statuses:
        return not_verifiable("no source can be relied on" + missed)
    if not_had:
        return (failed if unreachable == FAIL else warned)("no source could be reached" + missed)
    return not_verifiable("no CRL and no OCSP response was given, and none was fetched")


def _verdict(rule: str, source: str, finding: Finding) -> Verdict:
    return Verdict(rule, finding.outcome, finding.reason, source)
