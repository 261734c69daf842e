# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a CRL says of a certificate, rule by rule (RFC 5280, 5 and 6.3).

The length of its window never refuses (real CRLs break the 2 x 72 h of the annex); a CRL past its nextUpdate does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from ..libraries import UnsupportedAlgorithm, x509
from .case import Case
from .parsing import Crl, Parsed, extension
from .profile_rules import weak_hash
from .signature import hash_of
from .verdict import PASS, Finding, failed, not_verifiable, passed

SKEW = timedelta(minutes=5)
# Critical extensions whose meaning is judged below; any other makes the CRL unusable (RFC 5280, 5.2).
UNDERSTOOD = (x509.IssuingDistributionPoint, x509.DeltaCRLIndicator, x509.AuthorityKeyIdentifier, x509.CRLNumber) if x509 else ()


@dataclass(frozen=True)
class CrlRule:
    name: str
    source: str
    judge: Callable[[Case, Parsed, Crl], Finding]


def crl_issuer(case: Case, ca: Parsed, crl: Crl) -> Finding:
    if crl.x509.issuer != ca.subject:
        return failed(f"this is the CRL of {crl.x509.issuer.rfc4514_string()}, not of {ca.named}")
    theirs, ours = extension(crl.x509.extensions, x509.AuthorityKeyIdentifier), ca.extension(x509.SubjectKeyIdentifier)
    if theirs and ours and theirs.value.key_identifier not in (None, ours.value.digest):
        return failed("this is the CRL of another key of the same CA")
    return passed(ca.named)


def crl_signature(case: Case, ca: Parsed, crl: Crl) -> Finding:
    usage = ca.extension(x509.KeyUsage)
    if usage and not usage.value.crl_sign:
        return failed("the CA's key may not sign CRLs (no cRLSign)")
    return weak_hash(hash_of(crl.x509)) or (passed("signed by the CA") if _signed(crl, ca) else failed("is not signed by the CA"))


@lru_cache(maxsize=32)
def _signed(crl: Crl, ca: Parsed) -> bool:
    """Remembered: the library writes the whole CRL anew for it, which takes some milliseconds for each thousand entries."""
    try:
        return bool(crl.x509.is_signature_valid(ca.key))
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def crl_freshness(case: Case, ca: Parsed, crl: Crl) -> Finding:
    if crl.x509.last_update_utc > case.now + SKEW:
        return failed(f"made on {crl.x509.last_update_utc:%Y-%m-%d %H:%M:%S}Z, in the future")
    if crl.x509.next_update_utc is None:
        return failed("says no nextUpdate, which RFC 5280 demands")
    if crl.x509.next_update_utc < case.known_until:
        return failed(f"its nextUpdate, {crl.x509.next_update_utc:%Y-%m-%d %H:%M:%S}Z, is over")
    return passed(f"until {crl.x509.next_update_utc:%Y-%m-%d %H:%M:%S}Z")


def crl_scope(case: Case, ca: Parsed, crl: Crl) -> Finding:
    for each in crl.x509.extensions:
        if each.critical and not isinstance(each.value, UNDERSTOOD):
            return not_verifiable(f"has a critical extension that is not understood: {each.oid.dotted_string}")
    if extension(crl.x509.extensions, x509.DeltaCRLIndicator):
        return not_verifiable("is a delta CRL; the complete one is needed")
    point = extension(crl.x509.extensions, x509.IssuingDistributionPoint)
    return _partial(case, point.value) if point else passed("covers all of the CA's certificates")


def _partial(case: Case, point: Any) -> Finding:
    if point.indirect_crl:
        return not_verifiable("is an indirect CRL, of several issuers")
    if point.only_some_reasons:
        return not_verifiable("covers some reasons of revocation only")
    if point.only_contains_ca_certs or point.only_contains_attribute_certs:
        return not_verifiable("does not cover machines' certificates")
    if point.relative_name:
        return not_verifiable("is one of several parts, named relatively")
    if point.full_name and not set(point.full_name) & _named_points(case):
        return not_verifiable("is one of several parts, and not the one that the certificate names")
    return passed("covers this certificate")


def _named_points(case: Case) -> set[Any]:
    found = case.extension(x509.CRLDistributionPoints)
    return {name for point in (found.value if found else ()) for name in point.full_name or ()}


def crl_status(case: Case, ca: Parsed, crl: Crl) -> Finding:
    usable = (crl_issuer, crl_signature, crl_scope)
    if any(judge(case, ca, crl).outcome != PASS for judge in usable):
        return not_verifiable("what this CRL says cannot be relied on")
    entry = crl.x509.get_revoked_certificate_by_serial_number(case.leaf.serial)
    if entry is not None and entry.revocation_date_utc <= case.known_until + SKEW:
        return failed(f"revoked on {entry.revocation_date_utc:%Y-%m-%d %H:%M:%S}Z{_reason(entry)}")
    if crl_freshness(case, ca, crl).outcome != PASS:
        return not_verifiable("not listed, but this CRL is not of the time asked about")
    if entry is not None:
        return passed(f"revoked later only, on {entry.revocation_date_utc:%Y-%m-%d %H:%M:%S}Z")
    return passed("not listed")


def _reason(entry: Any) -> str:
    found = extension(entry.extensions, x509.CRLReason)
    return f" ({found.value.reason.value})" if found else ""


CRL_RULES: tuple[CrlRule, ...] = (
    CrlRule("crl_issuer", "RFC 5280, 6.3.3 (b)", crl_issuer),
    CrlRule("crl_signature", "RFC 5280, 6.3.3 (f) and (g)", crl_signature),
    CrlRule("crl_freshness", "RFC 5280, 5.1.2.4 and 5.1.2.5", crl_freshness),
    CrlRule("crl_scope", "RFC 5280, 5.2.4 and 5.2.5", crl_scope),
    CrlRule("crl_status", "RFC 5280, 6.3.3 (i)", crl_status),
)
