# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathering CRLs and OCSP responses, and the verdict on revocation as a whole.

Addresses are taken from a certificate only after its path to a trusted CA is known, so that nobody else chooses where we connect.
Each source that was had is judged by its own rules; `revocation` says whether at least one of them told that the certificate is good, and
`revoked` is there where one proved that it, or a CA above it, is revoked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ..errors import AntaiError, InvalidInput
from ..libraries import x509
from .chain import issuers_of
from .crl import CRL_RULES, crl_proof, crl_status, is_of
from .ocsp_response import OCSP_RULES, is_successful, ocsp_proof, ocsp_status, request_for, responses_about
from .parsing import Crl, ParsedCertificate, load_crl, load_ocsp
from .validation_inputs import ValidationInputs
from .verdict import FAIL, PASS, Finding, Verdict, failed, not_verifiable, passed, warned

# What the sources say together of the certificate; what they say of the CAs above it; a revocation of one of them that is proved.
REVOCATION, CA_REVOCATION, REVOKED = "revocation", "ca_revocation", "revoked"
SOURCE = "RGS annex A4 v3.0 (restatement); RFC 5280, 6.3; RFC 6960"
SCHEMES = ("http://", "https://")
MAX_ADDRESSES = 4

# (url, body to post or None) -> content. Raises AntaiError.
Fetch = Callable[[str, "bytes | None"], bytes]


@dataclass
class RevocationAnswers:
    """crls and responses: as read, of whichever CA of the path. missed: what could not be had of the certificate's sources, and why;
    missed_of_authorities: of those of its CAs. unreachable: what it is worth that nothing answers about the certificate, warn or fail.
    """

    crls: list[Crl] = field(default_factory=list)
    responses: list[Any] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    unreachable: str = FAIL
    missed_of_authorities: list[str] = field(default_factory=list)


def crl_urls(leaf: ParsedCertificate) -> list[str]:
    """Alternatives: the points of a certificate that are fetched by HTTP, each covering all reasons."""
    found = leaf.extension(x509.CRLDistributionPoints)
    points = [point for point in found.value if not point.reasons and not point.crl_issuer] if found else []
    return _addresses(name for point in points for name in point.full_name or ())


def ocsp_urls(leaf: ParsedCertificate) -> list[str]:
    found = leaf.extension(x509.AuthorityInformationAccess)
    wanted = x509.AuthorityInformationAccessOID.OCSP
    return _addresses(each.access_location for each in (found.value if found else ()) if each.access_method == wanted)


def _addresses(names: Any) -> list[str]:
    values = [each.value for each in names if isinstance(each, x509.UniformResourceIdentifier)]
    return [each for each in dict.fromkeys(values) if each.lower().startswith(SCHEMES)][:MAX_ADDRESSES]


def fetch_revocation(
    path: tuple[ParsedCertificate, ...],
    fetch: Fetch,
    unreachable: str = FAIL,
    *,
    thorough: bool = True,
    authorities: tuple[ParsedCertificate, ...] = (),
) -> RevocationAnswers:
    """What the addresses of a path answer: the first CRL of the leaf's CA that can be read, the first OCSP response, and the CRLs that list CAs.

    path: leaf to anchor. authorities: other CA certificates that are here, among which the anchor's issuer may be.
    Not thorough: CRLs, which all certificates of a CA share, and no OCSP, which is a question for each; the latter where there is no CRL.
    """
    evidence = RevocationAnswers(unreachable=unreachable)
    if len(path) < 2:
        return evidence
    leaf, issuer = path[:2]
    crls = crl_urls(leaf)
    if thorough or not crls:
        request = request_for(leaf, issuer)
        _first(ocsp_urls(leaf), lambda url: evidence.responses.append(_usable(load_ocsp(fetch(url, request)))), evidence.missed)
    _first(crls, lambda url: evidence.crls.append(_crl_of(issuer, fetch(url, None))), evidence.missed)
    for subject, ca in authority_links(path, authorities):
        _first(crl_urls(subject), _adder(evidence, ca, fetch), evidence.missed_of_authorities)
    return evidence


def _adder(evidence: RevocationAnswers, ca: ParsedCertificate, fetch: Fetch) -> Callable[[str], None]:
    return lambda url: evidence.crls.append(_crl_of(ca, fetch(url, None)))


def authority_links(
    path: tuple[ParsedCertificate, ...], authorities: Iterable[ParsedCertificate]
) -> list[tuple[ParsedCertificate, ParsedCertificate]]:
    """Each CA of the path with one that issued it: the anchor too, where a certificate of its issuer is here.

    That one need not be trusted: the anchor is, and it bears the signature of that key, so that this key is the one that may revoke it.
    """
    links = list(pairwise(path[1:]))
    anchor = path[-1]
    if anchor.issuer != anchor.subject:
        links += [(anchor, ca) for ca in issuers_of(anchor, (*path, *authorities))[:1]]
    return links


@lru_cache(maxsize=8)
def _read_once(content: bytes) -> Crl:
    """The certificates of a fleet are on the same CRL."""
    return load_crl(content)


def _crl_of(ca: ParsedCertificate, content: bytes) -> Crl:
    """Raises InvalidInput where it is another's: then this address has not answered."""
    crl = _read_once(content)
    if not is_of(crl, ca):
        raise InvalidInput("crl", f"this is the CRL of {crl.x509.issuer.rfc4514_string()}, not of {ca.named}, or of another key")
    return crl


def _usable(response: Any) -> Any:
    if not is_successful(response):
        raise InvalidInput("ocsp", f"the responder says {response.response_status.name.lower()}")
    return response


def _first(urls: list[str], take: Callable[[str], None], missed: list[str]) -> None:
    for url in urls:
        try:
            take(url)
        except AntaiError as error:
            missed.append(f"{url}: {error.message}")
        else:
            return


def judge_revocation(case: ValidationInputs, evidence: RevocationAnswers) -> list[Verdict]:
    """What each source says of the certificate, what they say together, what is known of the CAs above it, and whether a revocation is proved."""
    if case.issuer is None:
        return [_verdict(REVOCATION, SOURCE, not_verifiable("without the issuing CA nothing can be verified"))]
    links = authority_links(case.path, (*case.others, *case.store.anchors))
    verdicts: list[Verdict] = []
    missed = list(evidence.missed)
    for crl in evidence.crls:
        verdicts += _of_crl(case, case.issuer, crl, links)
    for response in evidence.responses:
        if is_successful(response):
            verdicts += _of_response(case, case.issuer, response, links)
        else:
            missed.append(f"OCSP: the responder says {response.response_status.name.lower()}")
    verdicts.append(_verdict(REVOCATION, SOURCE, _whole(verdicts, missed, evidence)))
    of_authorities = _authorities(case, links, evidence)
    if of_authorities:
        verdicts.append(_verdict(CA_REVOCATION, "RFC 5280, 6.1.3 (a) (3), and 6.3", of_authorities))
    proofs = _proofs(case.leaf, case.issuer, evidence)
    if of_authorities and of_authorities.outcome == FAIL:
        proofs.append(of_authorities.reason)
    return verdicts + [_verdict(REVOKED, SOURCE, failed(proof)) for proof in proofs[:1]]


def _of_crl(
    case: ValidationInputs, ca: ParsedCertificate, crl: Crl, links: list[tuple[ParsedCertificate, ParsedCertificate]]
) -> list[Verdict]:
    """One that lists CAs only is not judged here; one of anybody else is left aside, by the rule on its issuer alone."""
    if not is_of(crl, ca):
        if any(is_of(crl, above) for _subject, above in links):
            return []
        return [_verdict(rule.name, rule.source, rule.judge(case, ca, crl)) for rule in CRL_RULES[:1]]
    return [_verdict(rule.name, rule.source, rule.judge(case, ca, crl)) for rule in CRL_RULES]


def _of_response(
    case: ValidationInputs, ca: ParsedCertificate, response: Any, links: list[tuple[ParsedCertificate, ParsedCertificate]]
) -> list[Verdict]:
    if not responses_about(case.leaf, ca, response) and any(responses_about(subject, above, response) for subject, above in links):
        return []
    judged = [(rule, rule.judge(case, ca, response)) for rule in OCSP_RULES]
    return [_verdict(rule.name, rule.source, found) for rule, found in judged if found]


def _proofs(certificate: ParsedCertificate, ca: ParsedCertificate, evidence: RevocationAnswers) -> list[str]:
    found = [crl_proof(certificate, ca, crl) for crl in evidence.crls]
    found += [ocsp_proof(certificate, ca, response) for response in evidence.responses if is_successful(response)]
    return [proof for proof in found if proof]


def _authorities(
    case: ValidationInputs, links: list[tuple[ParsedCertificate, ParsedCertificate]], evidence: RevocationAnswers
) -> Finding | None:
    """Of the CAs of the path. None where there is nobody to ask: the anchor is trusted by the store, not by its issuer."""
    unknown: list[ParsedCertificate] = []
    for subject, ca in links:
        proofs = _proofs(subject, ca, evidence)
        if proofs:
            return failed(f"the CA {subject.named} is revoked: {proofs[0]}")
        if not _is_cleared(replace(case, leaf=subject), ca, evidence):
            unknown.append(subject)
    missed = "; not had: " + "; ".join(evidence.missed_of_authorities) if evidence.missed_of_authorities else ""
    if any(subject != case.path[-1] for subject in unknown):
        return not_verifiable(f"not known of {', '.join(subject.named for subject in unknown)}{missed}")
    if unknown and missed:
        return warned(f"not known of the trusted CA itself{missed}")
    return passed("no CA of the path is listed") if len(links) > len(unknown) else None


def _is_cleared(case: ValidationInputs, ca: ParsedCertificate, evidence: RevocationAnswers) -> bool:
    """Whether a source says that it is good."""
    statuses = [crl_status(case, ca, crl) for crl in evidence.crls]
    statuses += [ocsp_status(case, ca, response) for response in evidence.responses if is_successful(response)]
    return any(finding.outcome == PASS for finding in statuses)


def _whole(verdicts: list[Verdict], not_had: list[str], evidence: RevocationAnswers) -> Finding:
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
        return (failed if evidence.unreachable == FAIL else warned)("no source could be reached" + missed)
    if evidence.crls or evidence.responses:
        return not_verifiable("no CRL and no OCSP response of its CA was given")
    return not_verifiable("no CRL and no OCSP response was given, and none was fetched")


def _verdict(rule: str, source: str, finding: Finding) -> Verdict:
    return Verdict(rule, finding.outcome, finding.reason, source)
