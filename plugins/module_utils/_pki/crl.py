# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a CRL says of a certificate, rule by rule (RFC 5280, 5 and 6.3).

That a certificate is revoked is proved by any CRL that its CA signed and that lists it, whatever the CRL's scope, age or kind; that it is not
takes a CRL that covers it and is of now. The length of its window never refuses (real CRLs break the 2 x 72 h of the annex).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..libraries import UnsupportedAlgorithm, x509
from .key_rules import weak_hash
from .parsed_certificate import ParsedCertificate, extension
from .parsing import Crl
from .signature import hash_of, verify_content, verify_crl
from .validation_inputs import ValidationInputs
from .verdict import PASS, Finding, failed, not_verifiable, passed, warned

SKEW = timedelta(minutes=5)
# Critical extensions whose meaning is judged below; any other makes the CRL unusable (RFC 5280, 5.2).
UNDERSTOOD = (x509.IssuingDistributionPoint, x509.DeltaCRLIndicator, x509.AuthorityKeyIdentifier, x509.CRLNumber) if x509 else ()
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) if x509 else ()


@dataclass(frozen=True)
class CrlRule:
    """judge: of the case's leaf, the CA that issued it, and a CRL."""

    name: str
    source: str
    judge: Callable[[ValidationInputs, ParsedCertificate, Crl], Finding]


def crl_issuer(inputs: ValidationInputs, ca: ParsedCertificate, crl: Crl) -> Finding:
    """A CRL of somebody else says nothing of this certificate, neither good nor bad."""
    if crl.x509.issuer != ca.subject:
        return warned(f"this is the CRL of {crl.x509.issuer.rfc4514_string()}, not of {ca.named}: left aside")
    if not is_of(crl, ca):
        return warned("this is the CRL of another key of the same CA: left aside")
    return failed("it names another key of the same CA than the one that signed it") if _names_another_key(crl, ca) else passed(ca.named)


def is_of(crl: Crl, ca: ParsedCertificate) -> bool:
    """Whether it names this CA and, where it names a key, this CA's, or was signed with it all the same."""
    return crl.x509.issuer == ca.subject and (not _names_another_key(crl, ca) or verify_crl(crl, ca))


def _names_another_key(crl: Crl, ca: ParsedCertificate) -> bool:
    theirs, ours = extension(crl.x509.extensions, x509.AuthorityKeyIdentifier), ca.extension(x509.SubjectKeyIdentifier)
    return bool(theirs and ours and theirs.value.key_identifier not in (None, ours.value.digest))


def crl_signature(inputs: ValidationInputs, ca: ParsedCertificate, crl: Crl) -> Finding:
    usage = ca.extension(x509.KeyUsage)
    if usage and not usage.value.crl_sign:
        return failed("the CA's key may not sign CRLs (no cRLSign)")
    return weak_hash(hash_of(crl.x509)) or (passed("signed by the CA") if verify_crl(crl, ca) else failed("is not signed by the CA"))


def crl_freshness(inputs: ValidationInputs, ca: ParsedCertificate, crl: Crl) -> Finding:
    if crl.x509.last_update_utc > inputs.now + SKEW:
        return failed(f"made on {crl.x509.last_update_utc:%Y-%m-%d %H:%M:%S}Z, in the future")
    if crl.x509.next_update_utc is None:
        return failed("says no nextUpdate, which RFC 5280 demands")
    if crl.x509.next_update_utc < inputs.now:
        return failed(f"its nextUpdate, {crl.x509.next_update_utc:%Y-%m-%d %H:%M:%S}Z, is over")
    return passed(f"until {crl.x509.next_update_utc:%Y-%m-%d %H:%M:%S}Z")


def crl_scope(inputs: ValidationInputs, ca: ParsedCertificate, crl: Crl) -> Finding:
    for crl_extension in crl.x509.extensions:
        if crl_extension.critical and not isinstance(crl_extension.value, UNDERSTOOD):
            return not_verifiable(f"has a critical extension that is not understood: {crl_extension.oid.dotted_string}")
    if extension(crl.x509.extensions, x509.DeltaCRLIndicator):
        return not_verifiable("is a delta CRL; the complete one is needed")
    point = _issuing_point(crl)
    return _partial(inputs, point) if point else passed("covers all of the CA's certificates")


def _issuing_point(crl: Crl) -> Any:
    point_extension = extension(crl.x509.extensions, x509.IssuingDistributionPoint)
    return point_extension.value if point_extension else None


def _partial(inputs: ValidationInputs, point: Any) -> Finding:
    if point.indirect_crl:
        return not_verifiable("is an indirect CRL, of several issuers")
    if point.only_some_reasons:
        return not_verifiable("covers some reasons of revocation only")
    constraints = inputs.extension(x509.BasicConstraints)
    is_ca = bool(constraints and constraints.value.ca)
    if point.only_contains_attribute_certs or (point.only_contains_user_certs if is_ca else point.only_contains_ca_certs):
        return not_verifiable(f"does not cover {'CAs' if is_ca else 'machines'}' certificates")
    if point.relative_name:
        return not_verifiable("is one of several parts, named relatively")
    if point.full_name and not set(point.full_name) & _named_points(inputs):
        return not_verifiable("is one of several parts, and not the one that the certificate names")
    return passed("covers this certificate")


def _named_points(inputs: ValidationInputs) -> set[Any]:
    points_extension = inputs.extension(x509.CRLDistributionPoints)
    return {name for point in (points_extension.value if points_extension else ()) for name in point.full_name or ()}


def crl_status(inputs: ValidationInputs, ca: ParsedCertificate, crl: Crl) -> Finding:
    proof = crl_proof(inputs.leaf, ca, crl)
    if proof:
        return failed(proof)
    if any(judge(inputs, ca, crl).outcome != PASS for judge in (crl_issuer, crl_signature, crl_scope)):
        return not_verifiable("what this CRL says cannot be relied on")
    if crl_freshness(inputs, ca, crl).outcome != PASS:
        return not_verifiable("not listed, but this CRL is not of now")
    return passed("not listed")


def crl_proof(certificate: ParsedCertificate, ca: ParsedCertificate, crl: Crl) -> str:
    """That the CA has revoked this certificate, in words; nothing where this CRL is no proof of it.

    Its date is no matter: one that is ahead is a clock of the CA's, or an announcement (RFC 5280, 5.3.2 knows an invalidityDate of its own).
    """
    entry = _entry(certificate, crl) if crl.x509.issuer == ca.subject else None
    if entry is None or not (verify_crl(crl, ca) or verify_content(ca.key, crl.x509, crl.x509.tbs_certlist_bytes, hash_of(crl.x509))):
        return ""  # the library itself verifies nothing with SHA-1, which is too weak for a good answer only
    return f"revoked on {entry.revocation_date_utc:%Y-%m-%d %H:%M:%S}Z{_reason(entry)}"


def _entry(certificate: ParsedCertificate, crl: Crl) -> Any:
    """The entry that revokes it, or None. Of an indirect CRL all entries are read: each may be another issuer's (RFC 5280, 5.3.3)."""
    first = crl.x509.get_revoked_certificate_by_serial_number(certificate.serial)
    if first is None:
        return None
    point = _issuing_point(crl)
    indirect = bool(point and point.indirect_crl)
    if not indirect and not _is_removal(first):
        return first
    issuer = crl.x509.issuer
    for entry in crl.x509:
        issuer = (_certificate_issuer(entry, issuer) if indirect else issuer) or certificate.issuer
        if entry.serial_number == certificate.serial and issuer == certificate.issuer and not _is_removal(entry):
            return entry
    return None


def _certificate_issuer(entry: Any, before: Any) -> Any:
    """Whose certificate an entry is about, as the entry before where it says nothing; None where that cannot be read, and so may be anybody's."""
    try:
        issuer_extension = extension(entry.extensions, x509.CertificateIssuer)
    except UNREADABLE:
        return None
    if not issuer_extension:
        return before
    return next((name.value for name in issuer_extension.value if isinstance(name, x509.DirectoryName)), None)


def _is_removal(entry: Any) -> bool:
    """Of a delta CRL: the certificate is not on hold any more."""
    return bool(_reason_code(entry) == x509.ReasonFlags.remove_from_crl)


def _reason_code(entry: Any) -> Any:
    """A reason, None where there is none. A damaged one takes nothing from a revocation."""
    try:
        reason_extension = extension(entry.extensions, x509.CRLReason)
    except UNREADABLE:
        return "reason cannot be read"
    return reason_extension.value.reason if reason_extension else None


def _reason(entry: Any) -> str:
    code = _reason_code(entry)
    return f" ({getattr(code, 'value', code)})" if code else ""


CRL_RULES: tuple[CrlRule, ...] = (
    CrlRule("crl_issuer", "RFC 5280, 6.3.3 (b)", crl_issuer),
    CrlRule("crl_signature", "RFC 5280, 6.3.3 (f) and (g)", crl_signature),
    CrlRule("crl_freshness", "RFC 5280, 5.1.2.4 and 5.1.2.5", crl_freshness),
    CrlRule("crl_scope", "RFC 5280, 5.2.4 and 5.2.5", crl_scope),
    CrlRule("crl_status", "RFC 5280, 6.3.3 (i)", crl_status),
)
