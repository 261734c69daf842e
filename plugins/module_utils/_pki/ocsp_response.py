# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an OCSP response says of a certificate, rule by rule (RFC 6960). The library only reads: everything else is judged here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from ..libraries import UnsupportedAlgorithm, hashes, ocsp, serialization, x509
from .key_rules import KEY_RULES
from .parsed_certificate import ParsedCertificate, parse_loaded
from .signature import certificate_signed_by, hash_of, judge_signature, verify_content
from .validation_inputs import ValidationInputs
from .verdict import FAIL, OUTCOMES, PASS, WARN, Finding, failed, not_verifiable, passed, warned

SKEW = timedelta(minutes=5)
# How old an answer may be that says no nextUpdate ("newer information is available all the time", RFC 6960, 4.2.2.1).
LONGEST_WITHOUT_NEXT = timedelta(hours=24)
# How many of the certificates that travel with a response may be its responder's: each costs a verification. Real ones send one.
MOST_SENT = 8
NO_ANSWER = "it does not answer about this certificate"


@dataclass(frozen=True)
class OcspRule:
    name: str
    source: str
    judge: Callable[[ValidationInputs, ParsedCertificate, Any], Finding | None]


def request_for(leaf: ParsedCertificate, ca: ParsedCertificate) -> bytes:
    """An OCSP request in DER. SHA-1 only names the CA here, and is what all responders know (RFC 5019, 2.1.1)."""
    built = ocsp.OCSPRequestBuilder().add_certificate(leaf.x509, ca.x509, hashes.SHA1()).build()
    return bytes(built.public_bytes(serialization.Encoding.DER))


def is_successful(response: Any) -> bool:
    return bool(response.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL)


def ocsp_certid(inputs: ValidationInputs, ca: ParsedCertificate, response: Any) -> Finding:
    serials = [single.serial_number for single in response.responses]
    if inputs.leaf.serial not in serials:
        return failed("answers about another certificate")
    if not responses_about(inputs.leaf, ca, response):
        return failed("answers about the same number of another CA, or names the CA with an unknown hash")
    return passed("answers about this certificate")


def responses_about(certificate: ParsedCertificate, ca: ParsedCertificate, response: Any) -> list[Any]:
    """Its answers about this certificate. There may be several, of which the worst counts."""
    return [single for single in response.responses if single.serial_number == certificate.serial and _names_ca(single, ca)]


def _names_ca(single: Any, ca: ParsedCertificate) -> bool:
    """With the hash that the responder chose. A hash or a key of a kind that is not known names nobody."""
    try:
        name, key = _digest(ca.subject.public_bytes(), single.hash_algorithm), _digest(_key_bits(ca), single.hash_algorithm)
    except (AttributeError, TypeError, ValueError, UnsupportedAlgorithm):
        return False
    return bool(single.issuer_name_hash == name and single.issuer_key_hash == key)


def _digest(content: bytes, algorithm: Any) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(content)
    return bytes(digest.finalize())


def _key_bits(ca: ParsedCertificate) -> bytes:
    """The BIT STRING of the key, as CertID and responderID want it: what X.509 hashes into a key identifier."""
    encoding, form = serialization.Encoding, serialization.PublicFormat
    if hasattr(ca.key, "curve"):
        return bytes(ca.key.public_bytes(encoding.X962, form.UncompressedPoint))
    return bytes(ca.key.public_bytes(encoding.DER, form.PKCS1))


def _signers(ca: ParsedCertificate, response: Any) -> list[ParsedCertificate]:
    """Who the response says to be from: the CA (by whichever of its certificates), or certificates that travel with it."""
    sent = [parse_loaded(certificate) for certificate in response.certificates[:MOST_SENT]]
    return [candidate for candidate in (ca, *sent) if _is_responder(candidate, response)]


def _is_responder(candidate: ParsedCertificate, response: Any) -> bool:
    if response.responder_key_hash is not None:
        try:
            return bool(_digest(_key_bits(candidate), hashes.SHA1()) == response.responder_key_hash)
        except (AttributeError, TypeError, ValueError):  # a key of another kind
            return False
    return bool(candidate.subject == response.responder_name)


@lru_cache(maxsize=64)
def _signer(ca: ParsedCertificate, response: Any) -> tuple[ParsedCertificate | None, Finding]:
    """Who signed it, and what is to be said of the signature. Remembered: every rule asks."""
    signers = _signers(ca, response)
    findings = [(signer, judge_signature(signer.key, response, response.tbs_response_bytes, "its responder")) for signer in signers]
    return next(
        (pair for pair in findings if pair[1].outcome == PASS),
        findings[0] if findings else (None, failed("its responder's certificate is not with it")),
    )


def ocsp_signature(inputs: ValidationInputs, ca: ParsedCertificate, response: Any) -> Finding:
    return _signer(ca, response)[1]


def ocsp_delegation(inputs: ValidationInputs, ca: ParsedCertificate, response: Any) -> Finding | None:
    """None where the CA itself signs."""
    signer, finding = _signer(ca, response)
    if signer is None or finding.outcome != PASS:
        return not_verifiable("nobody is known to have signed it")
    return None if signer == ca else _delegate(inputs, ca, signer)


def _delegate(inputs: ValidationInputs, ca: ParsedCertificate, signer: ParsedCertificate) -> Finding:
    if not certificate_signed_by(signer, ca):
        return failed("the responder's certificate is not issued by the CA itself")
    if not _is_for_ocsp(signer):
        return failed("the responder's certificate is not for OCSP (no id-kp-OCSPSigning)")
    if not signer.not_before <= inputs.now <= signer.not_after:
        return failed("the responder's certificate is not valid at this time")
    for rule in KEY_RULES:
        finding = rule(replace(inputs, leaf=signer))
        if finding and finding.outcome == FAIL:
            return failed(f"the responder's certificate: {finding.reason}")
    if not signer.extension(x509.OCSPNoCheck):
        return warned("the responder's own revocation is not checked, and it has no id-pkix-ocsp-nocheck")
    return passed("delegated by the CA")


def _is_for_ocsp(signer: ParsedCertificate) -> bool:
    usage = signer.extension(x509.ExtendedKeyUsage)
    return bool(usage and x509.ExtendedKeyUsageOID.OCSP_SIGNING in usage.value)


def ocsp_freshness(inputs: ValidationInputs, ca: ParsedCertificate, response: Any) -> Finding:
    findings = [_freshness(inputs, single) for single in responses_about(inputs.leaf, ca, response)]
    return max(findings, key=lambda finding: OUTCOMES.index(finding.outcome), default=not_verifiable(NO_ANSWER))


def _freshness(inputs: ValidationInputs, single: Any) -> Finding:
    produced, ending = single.this_update_utc, single.next_update_utc
    if produced > inputs.now + SKEW:
        return failed(f"made on {produced:%Y-%m-%d %H:%M:%S}Z, in the future")
    if ending is None:
        old = inputs.now - produced > LONGEST_WITHOUT_NEXT
        return failed("says no nextUpdate and is older than a day") if old else warned("says no nextUpdate")
    if ending < inputs.now:
        return failed(f"its nextUpdate, {ending:%Y-%m-%d %H:%M:%S}Z, is over")
    return passed(f"until {ending:%Y-%m-%d %H:%M:%S}Z")


def ocsp_status(inputs: ValidationInputs, ca: ParsedCertificate, response: Any) -> Finding:
    proof = ocsp_proof(inputs.leaf, ca, response)
    if proof:
        return failed(proof)
    for judge in (ocsp_certid, ocsp_signature, ocsp_delegation):
        finding = judge(inputs, ca, response)
        if finding and finding.outcome not in (PASS, WARN):
            return not_verifiable("what this response says cannot be relied on")
    if ocsp_freshness(inputs, ca, response).outcome not in (PASS, WARN):
        return not_verifiable("this response is not of now")
    if any(single.certificate_status != ocsp.OCSPCertStatus.GOOD for single in responses_about(inputs.leaf, ca, response)):
        return failed("the responder does not know this certificate")
    return passed("good")


def ocsp_proof(certificate: ParsedCertificate, ca: ParsedCertificate, response: Any) -> str:
    """That the CA has revoked this certificate, in words; nothing where this response is no proof of it.

    It is one whenever the CA or its delegate has signed it, however old it and the delegate's certificate are: nobody is revoked for a while. A key
    or a hash that is too weak to prove that a certificate is good does not make a revocation undone.
    """
    revoked = [single for single in responses_about(certificate, ca, response) if single.certificate_status == ocsp.OCSPCertStatus.REVOKED]
    if not revoked:
        return ""
    content = response.tbs_response_bytes
    signers = (signer for signer in _signers(ca, response) if verify_content(signer.key, response, content, hash_of(response)))
    if not any(signer == ca or (_is_for_ocsp(signer) and certificate_signed_by(signer, ca)) for signer in signers):
        return ""
    first = min(revoked, key=lambda single: single.revocation_time_utc)
    reason = f" ({first.revocation_reason.value})" if first.revocation_reason else ""
    return f"revoked on {first.revocation_time_utc:%Y-%m-%d %H:%M:%S}Z{reason}"


OCSP_RULES: tuple[OcspRule, ...] = (
    OcspRule("ocsp_certid", "RFC 6960, 3.2 (1)", ocsp_certid),
    OcspRule("ocsp_signature", "RFC 6960, 3.2 (2) and (3)", ocsp_signature),
    OcspRule("ocsp_delegation", "RFC 6960, 4.2.2.2", ocsp_delegation),
    OcspRule("ocsp_freshness", "RFC 6960, 3.2 (5) and (6)", ocsp_freshness),
    OcspRule("ocsp_status", "RFC 6960, 2.2", ocsp_status),
)
