# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The profile of an RGS* machine certificate, as rules: name, where it stands, and a pure function over ValidationInputs.

A function returns None where its question does not arise: nobody gave a SIRET to compare with, an EC key has no exponent, a client needs
no host name. Sources: annex A4 v3.0 through a public restatement, annex B1 v2.03 through a transcription (ANSSI's own pages could not
be read), RFC 5280, and what real certificates look like. Where real ones of qualified CAs break a rule, it warns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..libraries import x509
from . import host_rules, key_rules, subject_rules
from .trust import TrustEntry, policies_of
from .validation_inputs import ValidationInputs
from .verdict import OUTCOMES, Finding, failed, not_verifiable, passed, warned

A4 = "RGS annex A4 v3.0 (restatement)"
B1 = "RGS annex B1 v2.03 (transcription)"
LEAF_YEARS, CA_YEARS = 3, 10
SIGNING = ("key_cert_sign", "crl_sign", "content_commitment", "data_encipherment")


@dataclass(frozen=True)
class ProfileRule:
    """usages: the profiles it belongs to."""

    name: str
    source: str
    judge: Callable[[ValidationInputs], Finding | None]
    usages: tuple[str, ...] = ("client", "server")


def chain(inputs: ValidationInputs) -> Finding:
    if inputs.broken:
        absent = "; ".join(f"{entry.name} ({entry.reason})" for entry in inputs.store.unreadable)
        reason = inputs.broken + (f"; left out of the trust store, and perhaps what is missing: {absent}" if absent else "")
        return not_verifiable(reason) if inputs.undecided else failed(reason)
    return passed("ends in " + inputs.path[-1].named)


def encoding(inputs: ValidationInputs) -> Finding:
    """A warning: it decides nothing, and openssl and browsers read it (der_repair.py)."""
    odd = [*inputs.leaf.oddities, *(f"{ca.named}: {oddity}" for ca in inputs.path[1:] for oddity in ca.oddities)]
    return warned("; ".join(odd)) if odd else passed("as DER wants it")


def trusted_ca(inputs: ValidationInputs) -> Finding:
    if not inputs.issuer:
        return not_verifiable("there is no path to a CA of the trust store")
    if not inputs.entries:
        return failed(f"the trust store has no entry for the issuing CA as issuer of {inputs.usage} certificates")
    in_force = [[entry for entry in inputs.entries if entry.covers(moment)] for moment in inputs.moments]
    if not all(in_force):
        return failed("not in force at this date: " + ", ".join(f"{entry.name} {entry.window}" for entry in inputs.entries))
    entry = in_force[0][0]
    return passed(f"entry {entry.name}, level {entry.level}" + (f"; doubts: {entry.doubts}" if entry.doubts else ""))


def policy(inputs: ValidationInputs) -> Finding:
    """At each of the moments; the worst of them counts."""
    oids = policies_of(inputs.leaf)
    findings = [_policy(oids, [entry for entry in inputs.entries if entry.covers(moment)]) for moment in inputs.moments]
    return max(findings, key=lambda finding: OUTCOMES.index(finding.outcome))


def _policy(oids: list[str], in_force: list[TrustEntry]) -> Finding:
    if not in_force:
        return not_verifiable("no entry of the trust store is in force for the issuing CA")
    if not oids:
        return failed("the certificate names no policy")
    allowed = {oid: entry for entry in in_force for oid in entry.policies}
    for oid in oids:
        if oid in allowed:
            return passed(f"{oid} is allowed by entry {allowed[oid].name}")
    if not all(entry.policies for entry in in_force):
        return not_verifiable(f"the trust store does not know this CA's policies; the certificate names {', '.join(oids)}")
    return failed(f"{', '.join(oids)} is not among {', '.join(allowed)}")


def valid_now(inputs: ValidationInputs) -> Finding:
    return _valid(inputs, inputs.now)


def valid_at(inputs: ValidationInputs) -> Finding | None:
    return _valid(inputs, inputs.at) if inputs.at else None


def _valid(inputs: ValidationInputs, moment: datetime) -> Finding:
    for certificate in inputs.path or (inputs.leaf,):
        if moment < certificate.not_before:
            return failed(f"{certificate.named} is valid from {certificate.not_before:%Y-%m-%d %H:%M:%S}Z only")
        if moment > certificate.not_after:
            return failed(f"{certificate.named} has ended on {certificate.not_after:%Y-%m-%d %H:%M:%S}Z")
    return passed(f"until {min(certificate.not_after for certificate in inputs.path or (inputs.leaf,)):%Y-%m-%d %H:%M:%S}Z")


def key_usage(inputs: ValidationInputs) -> Finding:
    usage = inputs.extension(x509.KeyUsage)
    if not usage:
        return failed("there is no key usage")
    value = usage.value
    forbidden = [name for name in SIGNING if getattr(value, name)]
    if forbidden:
        return failed(f"sets {', '.join(forbidden)}, which is not for authentication")
    if value.digital_signature:
        return passed("digitalSignature")
    if value.key_agreement and not value.key_encipherment:
        return passed("keyAgreement alone")
    if inputs.usage == "server" and value.key_encipherment:
        return passed("keyEncipherment")
    return failed("neither digitalSignature nor keyAgreement alone")


def key_usage_critical(inputs: ValidationInputs) -> Finding | None:
    usage = inputs.extension(x509.KeyUsage)
    return _critical(usage, True) if usage else None


def extended_key_usage(inputs: ValidationInputs) -> Finding:
    usage_extension = inputs.extension(x509.ExtendedKeyUsage)
    purposes = x509.ExtendedKeyUsageOID
    purpose, name = (purposes.CLIENT_AUTH, "clientAuth") if inputs.usage == "client" else (purposes.SERVER_AUTH, "serverAuth")
    usages = list(usage_extension.value) if usage_extension else []
    if purpose not in usages:
        shown = ", ".join(_usage_name(oid) for oid in usages) or "nothing"
        return failed(f"{name} is not among {shown}: this is no {inputs.usage} certificate")
    further = [oid.dotted_string for oid in usages if oid not in (purposes.CLIENT_AUTH, purposes.SERVER_AUTH)]
    return warned(f"{name}, but also {', '.join(further)}") if further else passed(name)


def _usage_name(oid: Any) -> str:
    """The library knows some by name; its name for all others would tell nothing."""
    purposes = x509.ExtendedKeyUsageOID
    names = {purposes.CLIENT_AUTH: "clientAuth", purposes.SERVER_AUTH: "serverAuth", purposes.OCSP_SIGNING: "OCSPSigning"}
    return names.get(oid) or str(oid.dotted_string)


def extended_key_usage_critical(inputs: ValidationInputs) -> Finding | None:
    usage = inputs.extension(x509.ExtendedKeyUsage)
    return _critical(usage, False) if usage else None


def _critical(usage_extension: Any, expected: bool) -> Finding:
    text_of = {True: "critical", False: "not critical"}
    return (
        passed(text_of[expected])
        if usage_extension.critical is expected
        else failed(f"is {text_of[usage_extension.critical]}, must be {text_of[expected]}")
    )


def basic_constraints(inputs: ValidationInputs) -> Finding:
    constraints = inputs.extension(x509.BasicConstraints)
    return failed("this is a CA's certificate, no machine's") if constraints and constraints.value.ca else passed("no CA")


def lifetime(inputs: ValidationInputs) -> Finding:
    longest = years_after(inputs.leaf.not_before, LEAF_YEARS)
    days = (inputs.leaf.not_after - inputs.leaf.not_before).days
    return passed(f"{days} days") if inputs.leaf.not_after <= longest else failed(f"{days} days; at most {LEAF_YEARS} years")


def ca_lifetime(inputs: ValidationInputs) -> Finding | None:
    """A warning: the real Certigna Services CA lives 17 years, and stands in lists all the same."""
    if not inputs.issuer:
        return None
    longest = years_after(inputs.issuer.not_before, CA_YEARS)
    if inputs.issuer.not_after <= longest:
        return passed(f"until {inputs.issuer.not_after:%Y-%m-%d}")
    return warned(
        f"the issuing CA lives from {inputs.issuer.not_before:%Y-%m-%d} to {inputs.issuer.not_after:%Y-%m-%d}, more than {CA_YEARS} years"
    )


def years_after(moment: datetime, years: int) -> datetime:
    """The same day and time of a later year, in UTC; 1 March for a 29 February that the year does not have."""
    moment = moment.astimezone(timezone.utc)
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        if moment.month == 2 and moment.day == 29:
            return moment.replace(year=moment.year + years, month=3, day=1)
        return datetime.max.replace(tzinfo=timezone.utc)  # dates end with year 9999


SERVER = ("server",)
RULES: tuple[ProfileRule, ...] = (
    ProfileRule("chain", "RFC 5280, 6.1; own anchors only", chain),
    ProfileRule("encoding", "ITU-T X.690, 11; RFC 5280, 4.1.2.4 and 4.2", encoding),
    ProfileRule("trusted_ca", "the trust store", trusted_ca),
    ProfileRule("policy", "the trust store, compared with the leaf's OIDs per issuing CA", policy),
    ProfileRule("valid_now", "RFC 5280, 4.1.2.5", valid_now),
    ProfileRule("valid_at", "RFC 5280, 4.1.2.5", valid_at),
    ProfileRule("subject_country", A4, subject_rules.subject_country),
    ProfileRule("subject_organization", A4, subject_rules.subject_organization),
    ProfileRule(
        "subject_identifier", A4 + "; recent certificates may have the organizationIdentifier only", subject_rules.subject_identifier
    ),
    ProfileRule("subject_other_units", A4, subject_rules.subject_other_units),
    ProfileRule("subject_common_name", A4, subject_rules.subject_common_name),
    ProfileRule("owner", "SIRET of the collectivité, against every OU and organizationIdentifier (R7)", subject_rules.owner),
    ProfileRule("key_usage", A4 + "; keyEncipherment accepted as real hybrid certificates set it", key_usage),
    ProfileRule("key_usage_critical", A4, key_usage_critical),
    ProfileRule("extended_key_usage", A4, extended_key_usage),
    ProfileRule("extended_key_usage_critical", A4, extended_key_usage_critical),
    ProfileRule("basic_constraints", "RFC 5280, 4.2.1.9", basic_constraints),
    ProfileRule("key_type", B1, key_rules.key_type),
    ProfileRule("key_size", B1, key_rules.key_size),
    ProfileRule("key_exponent", B1, key_rules.key_exponent),
    ProfileRule("key_curve", B1, key_rules.key_curve),
    ProfileRule("signature_hash", B1, key_rules.signature_hash),
    ProfileRule("lifetime", A4, lifetime),
    ProfileRule("ca_lifetime", A4 + "; real CAs break it", ca_lifetime),
    ProfileRule("key_match", "RFC 5280, 4.1.2.7", key_rules.key_match),
    ProfileRule("alternative_name", A4 + "; RFC 6125", host_rules.alternative_name, SERVER),
    ProfileRule("host_name", "RFC 6125", host_rules.host_name, SERVER),
)
