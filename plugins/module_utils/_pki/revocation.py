# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathering CRLs and OCSP responses, and the verdict on revocation as a whole.

Addresses are taken from a certificate only after its path to a trusted CA is known, so that nobody else chooses where we connect.
Each source that was had is judged by its own rules; `revocation` says whether at least one of them told that the certificate is good, and
`revoked` is there where one proved that it, or a CA above it, is revoked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any, TypeVar

from ..errors import AntaiError, InvalidInput
from ..libraries import x509
from .chain import issuers_of
from .crl import CRL_RULES, crl_proof, crl_status, is_of
from .ocsp_response import OCSP_RULES, is_successful, ocsp_proof, ocsp_status, request_for, responses_about
from .parsed_certificate import ParsedCertificate
from .parsing import Crl, load_crl, load_ocsp
from .validation_inputs import ValidationInputs
from .verdict import FAIL, PASS, Finding, Verdict, failed, not_verifiable, passed, warned

# What the sources say together of the certificate; what they say of the CAs above it; a revocation of one of them that is proved.
REVOCATION, CA_REVOCATION, REVOKED = "revocation", "ca_revocation", "revoked"
SOURCE = "RGS annex A4 v3.0 (restatement); RFC 5280, 6.3; RFC 6960"
SCHEMES = ("http://", "https://")
MAX_ADDRESSES = 4

# (url, body to post or None) -> content. Raises AntaiError.
Fetch = Callable[[str, "bytes | None"], bytes]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class RevocationAnswers:
    """crls and responses: as read, of whichever CA of the path. missed: what could not be had of the certificate's sources, and why;
    missed_of_authorities: of those of its CAs. unreachable: what it is worth that nothing answers about the certificate, warn or fail.
    """

    crls: Sequence[Crl] = ()
    responses: Sequence[Any] = ()
    missed: Sequence[str] = ()
    unreachable: str = FAIL
    missed_of_authorities: Sequence[str] = ()


def crl_urls(leaf: ParsedCertificate) -> list[str]:
    """Alternatives: the points of a certificate that are fetched by HTTP, each covering all reasons."""
    points_extension = leaf.extension(x509.CRLDistributionPoints)
    points = [point for point in points_extension.value if not point.reasons and not point.crl_issuer] if points_extension else []
    return _addresses(name for point in points for name in point.full_name or ())


def ocsp_urls(leaf: ParsedCertificate) -> list[str]:
    access_extension = leaf.extension(x509.AuthorityInformationAccess)
    method = x509.AuthorityInformationAccessOID.OCSP
    return _addresses(
        description.access_location
        for description in (access_extension.value if access_extension else ())
        if description.access_method == method
    )


def _addresses(names: Any) -> list[str]:
    values = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return [url for url in dict.fromkeys(values) if url.lower().startswith(SCHEMES)][:MAX_ADDRESSES]


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
    if len(path) < 2:
        return RevocationAnswers(unreachable=unreachable)
    leaf, issuer = path[:2]
    urls = crl_urls(leaf)
    ocsp_asked = ocsp_urls(leaf) if thorough or not urls else []
    request = request_for(leaf, issuer) if ocsp_asked else b""
    response = _first_answer(ocsp_asked, lambda url: _usable(load_ocsp(fetch(url, request))))
    crl = _first_answer(urls, lambda url: _crl_of(issuer, fetch(url, None)))
    above = [_first_answer(crl_urls(subject), partial(_fetch_crl, fetch, ca)) for subject, ca in authority_links(path, authorities)]
    return RevocationAnswers(
        crls=[answer for answer, _missed in (crl, *above) if answer is not None],
        responses=[response[0]] if response[0] is not None else [],
        missed=[*response[1], *crl[1]],
        unreachable=unreachable,
        missed_of_authorities=[reason for _answer, missed in above for reason in missed],
    )


def _fetch_crl(fetch: Fetch, ca: ParsedCertificate, url: str) -> Crl:
    return _crl_of(ca, fetch(url, None))


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


def _first_answer(urls: list[str], ask: Callable[[str], Answer]) -> tuple[Answer | None, list[str]]:
    """(what the first address answers that answers at all, or None; why those before it did not)."""
    missed: list[str] = []
    for url in urls:
        try:
            return ask(url), missed
        except AntaiError as error:
            missed.append(f"{url}: {error.message}")
    return None, missed


def judge_revocation(inputs: ValidationInputs, answers: RevocationAnswers) -> list[Verdict]:
    """What each source says of the certificate, what they say together, what is known of the CAs above it, and whether a revocation is proved."""
    if inputs.issuer is None:
        return [_verdict(REVOCATION, SOURCE, not_verifiable("without the issuing CA nothing can be verified"))]
    links = authority_links(inputs.path, (*inputs.intermediates, *inputs.store.anchors))
    verdicts: list[Verdict] = []
    missed = list(answers.missed)
    for crl in answers.crls:
        verdicts += _of_crl(inputs, inputs.issuer, crl, links)
    for response in answers.responses:
        if is_successful(response):
            verdicts += _of_response(inputs, inputs.issuer, response, links)
        else:
            missed.append(f"OCSP: the responder says {response.response_status.name.lower()}")
    verdicts.append(_verdict(REVOCATION, SOURCE, _whole(verdicts, missed, answers)))
    of_authorities = _authorities(inputs, links, answers)
    if of_authorities:
        verdicts.append(_verdict(CA_REVOCATION, "RFC 5280, 6.1.3 (a) (3), and 6.3", of_authorities))
    proofs = _proofs(inputs.leaf, inputs.issuer, answers)
    if of_authorities and of_authorities.outcome == FAIL:
        proofs.append(of_authorities.reason)
    return verdicts + [_verdict(REVOKED, SOURCE, failed(proof)) for proof in proofs[:1]]


def _of_crl(
    inputs: ValidationInputs, ca: ParsedCertificate, crl: Crl, links: list[tuple[ParsedCertificate, ParsedCertificate]]
) -> list[Verdict]:
    """One that lists CAs only is not judged here; one of anybody else is left aside, by the rule on its issuer alone."""
    if not is_of(crl, ca):
        if any(is_of(crl, above) for _subject, above in links):
            return []
        return [_verdict(rule.name, rule.source, rule.judge(inputs, ca, crl)) for rule in CRL_RULES[:1]]
    return [_verdict(rule.name, rule.source, rule.judge(inputs, ca, crl)) for rule in CRL_RULES]


def _of_response(
    inputs: ValidationInputs, ca: ParsedCertificate, response: Any, links: list[tuple[ParsedCertificate, ParsedCertificate]]
) -> list[Verdict]:
    if not responses_about(inputs.leaf, ca, response) and any(responses_about(subject, above, response) for subject, above in links):
        return []
    findings = [(rule, rule.judge(inputs, ca, response)) for rule in OCSP_RULES]
    return [_verdict(rule.name, rule.source, finding) for rule, finding in findings if finding]


def _proofs(certificate: ParsedCertificate, ca: ParsedCertificate, answers: RevocationAnswers) -> list[str]:
    proofs = [crl_proof(certificate, ca, crl) for crl in answers.crls]
    proofs += [ocsp_proof(certificate, ca, response) for response in answers.responses if is_successful(response)]
    return [proof for proof in proofs if proof]


def _authorities(
    inputs: ValidationInputs, links: list[tuple[ParsedCertificate, ParsedCertificate]], answers: RevocationAnswers
) -> Finding | None:
    """Of the CAs of the path. None where there is nobody to ask: the anchor is trusted by the store, not by its issuer."""
    unknown: list[ParsedCertificate] = []
    for subject, ca in links:
        proofs = _proofs(subject, ca, answers)
        if proofs:
            return failed(f"the CA {subject.named} is revoked: {proofs[0]}")
        if not _is_cleared(replace(inputs, leaf=subject), ca, answers):
            unknown.append(subject)
    missed = "; not had: " + "; ".join(answers.missed_of_authorities) if answers.missed_of_authorities else ""
    if any(subject != inputs.path[-1] for subject in unknown):
        return not_verifiable(f"not known of {', '.join(subject.named for subject in unknown)}{missed}")
    if unknown and missed:
        return warned(f"not known of the trusted CA itself{missed}")
    return passed("no CA of the path is listed") if len(links) > len(unknown) else None


def _is_cleared(inputs: ValidationInputs, ca: ParsedCertificate, answers: RevocationAnswers) -> bool:
    """Whether a source says that it is good."""
    statuses = [crl_status(inputs, ca, crl) for crl in answers.crls]
    statuses += [ocsp_status(inputs, ca, response) for response in answers.responses if is_successful(response)]
    return any(finding.outcome == PASS for finding in statuses)


def _whole(verdicts: list[Verdict], not_had: list[str], answers: RevocationAnswers) -> Finding:
    statuses = [verdict for verdict in verdicts if verdict.rule in ("crl_status", "ocsp_status")]
    missed = f"; not had: {'; '.join(not_had)}" if not_had else ""
    refused = [verdict for verdict in statuses if verdict.outcome == FAIL]
    if refused:
        return failed(refused[0].reason)
    good = [verdict for verdict in statuses if verdict.outcome == PASS]
    if good:
        return passed(", ".join(f"{verdict.rule.split('_')[0].upper()}: {verdict.reason}" for verdict in good) + missed)
    if statuses:
        return not_verifiable("no source can be relied on" + missed)
    if not_had:
        return (failed if answers.unreachable == FAIL else warned)("no source could be reached" + missed)
    if answers.crls or answers.responses:
        return not_verifiable("no CRL and no OCSP response of its CA was given")
    return not_verifiable("no CRL and no OCSP response was given, and none was fetched")


def _verdict(rule: str, source: str, finding: Finding) -> Verdict:
    return Verdict(rule, finding.outcome, finding.reason, source)
