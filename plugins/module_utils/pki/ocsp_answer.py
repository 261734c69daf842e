# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an OCSP response says of a certificate, rule by rule (RFC 6960). The library only reads: everything else is judged here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..libraries import UnsupportedAlgorithm, hashes, ocsp, serialization, x509
from .case import Case
from .chain import issued
from .parsing import Parsed, parsed
from .signature import judge_signature
from .verdict import PASS, WARN, Finding, failed, not_verifiable, passed, warned

SKEW = timedelta(minutes=5)
# How old an answer may be that says no nextUpdate ("newer information is available all the time", RFC 6960, 4.2.2.1).
LONGEST_WITHOUT_NEXT = timedelta(hours=24)


@dataclass(frozen=True)
class OcspRule:
    name: str
    source: str
    judge: Callable[[Case, Parsed, Any], Finding | None]


def request_for(leaf: Parsed, ca: Parsed) -> bytes:
    """An OCSP request in DER. SHA-1 only names the CA here, and is what all responders know (RFC 5019, 2.1.1)."""
    built = ocsp.OCSPRequestBuilder().add_certificate(leaf.x509, ca.x509, hashes.SHA1()).build()
    return bytes(built.public_bytes(serialization.Encoding.DER))


def answered(response: Any) -> bool:
    return bool(response.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL)


def ocsp_certid(case: Case, ca: Parsed, response: Any) -> Finding:
    serials = [each.serial_number for each in response.responses]
    if case.leaf.serial not in serials:
        return failed("answers about another certificate")
    if _single(case, ca, response) is None:
        return failed("answers about the same number of another CA, or names the CA with an unknown hash")
    return passed("answers about this certificate")


def _single(case: Case, ca: Parsed, response: Any) -> Any:
    for each in response.responses:
        if each.serial_number == case.leaf.serial and _names_ca(each, ca):
            return each
    return None


def _names_ca(single: Any, ca: Parsed) -> bool:
    """With the hash that the responder chose. A hash or a key of a kind that is not known names nobody."""
    try:
        name, key = _digest(ca.subject.public_bytes(), single.hash_algorithm), _digest(_key_bits(ca), single.hash_algorithm)
    except (AttributeError, TypeError, ValueError, UnsupportedAlgorithm):
        return False
    return bool(single.issuer_name_hash == name and single.issuer_key_hash == key)


def _digest(content: bytes, algorithm: Any) -> bytes:
    made = hashes.Hash(algorithm)
    made.update(content)
    return bytes(made.finalize())


def _key_bits(ca: Parsed) -> bytes:
    """The BIT STRING of the key, as CertID and responderID want it: what X.509 hashes into a key identifier."""
    encoding, form = serialization.Encoding, serialization.PublicFormat
    if hasattr(ca.key, "curve"):
        return bytes(ca.key.public_bytes(encoding.X962, form.UncompressedPoint))
    return bytes(ca.key.public_bytes(encoding.DER, form.PKCS1))


def _signers(ca: Parsed, response: Any) -> list[Parsed]:
    """Who the response says to be from: the CA (by whichever of its certificates), or certificates that travel with it."""
    return [each for each in (ca, *(parsed(one) for one in response.certificates)) if _is_responder(each, response)]


def _is_responder(candidate: Parsed, response: Any) -> bool:
    if response.responder_key_hash is not None:
        try:
            return bool(_digest(_key_bits(candidate), hashes.SHA1()) == response.responder_key_hash)
        except (AttributeError, TypeError, ValueError):  # a key of another kind
            return False
    return bool(candidate.subject == response.responder_name)


def _signer(ca: Parsed, response: Any) -> tuple[Parsed | None, Finding]:
    found = _signers(ca, response)
    judged = [(each, judge_signature(each.key, response, response.tbs_response_bytes, "its responder")) for each in found]
    return next(
        (pair for pair in judged if pair[1].outcome == PASS),
        judged[0] if judged else (None, failed("its responder's certificate is not with it")),
    )


def ocsp_signature(case: Case, ca: Parsed, response: Any) -> Finding:
    return _signer(ca, response)[1]


def ocsp_delegation(case: Case, ca: Parsed, response: Any) -> Finding | None:
    """None where the CA itself signs."""
    signer, judged = _signer(ca, response)
    if signer is None or judged.outcome != PASS:
        return not_verifiable("nobody is known to have signed it")
    return None if signer == ca else _delegate(case, ca, signer)


def _delegate(case: Case, ca: Parsed, signer: Parsed) -> Finding:
    if not issued(signer, ca):
        return failed("the responder's certificate is not issued by the CA itself")
    usage = signer.extension(x509.ExtendedKeyUsage)
    if not usage or x509.ExtendedKeyUsageOID.OCSP_SIGNING not in usage.value:
        return failed("the responder's certificate is not for OCSP (no id-kp-OCSPSigning)")
    if not signer.not_before <= case.known_until <= signer.not_after:
        return failed("the responder's certificate is not valid at this time")
    if not signer.extension(x509.OCSPNoCheck):
        return warned("the responder's own revocation is not checked, and it has no id-pkix-ocsp-nocheck")
    return passed("delegated by the CA")


def ocsp_freshness(case: Case, ca: Parsed, response: Any) -> Finding:
    single = _single(case, ca, response)
    if single is None:
        return not_verifiable("it does not answer about this certificate")
    made, ending = single.this_update_utc, single.next_update_utc
    if made > case.now + SKEW:
        return failed(f"made on {made:%Y-%m-%d %H:%M:%S}Z, in the future")
    if ending is None:
        old = case.known_until - made > LONGEST_WITHOUT_NEXT
        return failed("says no nextUpdate and is older than a day") if old else warned("says no nextUpdate")
    if ending < case.known_until:
        return failed(f"its nextUpdate, {ending:%Y-%m-%d %H:%M:%S}Z, is over")
    return passed(f"until {ending:%Y-%m-%d %H:%M:%S}Z")


def ocsp_status(case: Case, ca: Parsed, response: Any) -> Finding:
    for judge in (ocsp_certid, ocsp_signature, ocsp_delegation):
        judged = judge(case, ca, response)
        if judged and judged.outcome not in (PASS, WARN):
            return not_verifiable("what this response says cannot be relied on")
    single = _single(case, ca, response)
    status, known = single.certificate_status, ocsp.OCSPCertStatus
    if status == known.REVOKED and single.revocation_time_utc <= case.known_until + SKEW:
        reason = f" ({single.revocation_reason.value})" if single.revocation_reason else ""
        return failed(f"revoked on {single.revocation_time_utc:%Y-%m-%d %H:%M:%S}Z{reason}")
    if ocsp_freshness(case, ca, response).outcome not in (PASS, WARN):
        return not_verifiable("this response is not of the time asked about")
    if status == known.UNKNOWN:
        return failed("the responder does not know this certificate")
    return passed("good" if status == known.GOOD else "revoked later only")


OCSP_RULES: tuple[OcspRule, ...] = (
    OcspRule("ocsp_certid", "RFC 6960, 3.2 (1)", ocsp_certid),
    OcspRule("ocsp_signature", "RFC 6960, 3.2 (2) and (3)", ocsp_signature),
    OcspRule("ocsp_delegation", "RFC 6960, 4.2.2.2", ocsp_delegation),
    OcspRule("ocsp_freshness", "RFC 6960, 3.2 (5) and (6)", ocsp_freshness),
    OcspRule("ocsp_status", "RFC 6960, 2.2", ocsp_status),
)
