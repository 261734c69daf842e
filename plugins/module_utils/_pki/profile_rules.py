# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The profile of an RGS* machine certificate, as rules: name, where it stands, and a pure function over ValidationInputs.

A function returns None where its question does not arise: nobody gave a SIRET to compare with, an EC key has no exponent, a client needs
no host name. Sources: annex A4 v3.0 through a public restatement, annex B1 v2.03 through a transcription (ANSSI's own pages could not
be read), RFC 5280, and what real certificates look like. Where real ones of qualified CAs break a rule, it warns.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..libraries import ec, rsa, x509
from .leaf import public_bytes
from .subject_identifiers import attribute_text, identifiers_of, malformed_units
from .trust import TrustEntry, policies_of
from .validation_inputs import ValidationInputs
from .verdict import OUTCOMES, Finding, failed, not_verifiable, passed, warned

A4 = "RGS annex A4 v3.0 (restatement)"
B1 = "RGS annex B1 v2.03 (transcription)"
LEAF_YEARS, CA_YEARS = 3, 10
MIN_RSA, MIN_RSA_AFTER_2030 = 2048, 3072
MIN_EXPONENT = 65537
END_OF_2030 = datetime(2030, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
CURVES = ("secp256r1", "secp384r1", "secp521r1")
HASHES = ("sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512")
SIGNING = ("key_cert_sign", "crl_sign", "content_commitment", "data_encipherment")


@dataclass(frozen=True)
class ProfileRule:
    """usages: the profiles it belongs to."""

    name: str
    source: str
    judge: Callable[[ValidationInputs], Finding | None]
    usages: tuple[str, ...] = ("client", "server")


def chain(case: ValidationInputs) -> Finding:
    if case.broken:
        absent = "; ".join(f"{each.name} ({each.reason})" for each in case.store.left_out)
        reason = case.broken + (f"; left out of the trust store, and perhaps what is missing: {absent}" if absent else "")
        return not_verifiable(reason) if case.undecided else failed(reason)
    return passed("ends in " + case.path[-1].named)


def encoding(case: ValidationInputs) -> Finding:
    """A warning: it decides nothing, and openssl and browsers read it (der_repair.py)."""
    odd = [*case.leaf.oddities, *(f"{ca.named}: {oddity}" for ca in case.path[1:] for oddity in ca.oddities)]
    return warned("; ".join(odd)) if odd else passed("as DER wants it")


def trusted_ca(case: ValidationInputs) -> Finding:
    if not case.issuer:
        return not_verifiable("there is no path to a CA of the trust store")
    if not case.entries:
        return failed(f"the trust store has no entry for the issuing CA as issuer of {case.usage} certificates")
    in_force = [[entry for entry in case.entries if entry.covers(moment)] for moment in case.moments]
    if not all(in_force):
        return failed("not in force at this date: " + ", ".join(f"{each.name} {each.window}" for each in case.entries))
    entry = in_force[0][0]
    return passed(f"entry {entry.name}, level {entry.level}" + (f"; doubts: {entry.doubts}" if entry.doubts else ""))


def policy(case: ValidationInputs) -> Finding:
    """At each of the moments; the worst of them counts."""
    held = policies_of(case.leaf)
    findings = [_policy(held, [entry for entry in case.entries if entry.covers(moment)]) for moment in case.moments]
    return max(findings, key=lambda finding: OUTCOMES.index(finding.outcome))


def _policy(held: list[str], in_force: list[TrustEntry]) -> Finding:
    if not in_force:
        return not_verifiable("no entry of the trust store is in force for the issuing CA")
    if not held:
        return failed("the certificate names no policy")
    allowed = {oid: each for each in in_force for oid in each.policies}
    for oid in held:
        if oid in allowed:
            return passed(f"{oid} is allowed by entry {allowed[oid].name}")
    if not all(each.policies for each in in_force):
        return not_verifiable(f"the trust store does not know this CA's policies; the certificate names {', '.join(held)}")
    return failed(f"{', '.join(held)} is not among {', '.join(allowed)}")


def valid_now(case: ValidationInputs) -> Finding:
    return _valid(case, case.now)


def valid_at(case: ValidationInputs) -> Finding | None:
    return _valid(case, case.at) if case.at else None


def _valid(case: ValidationInputs, moment: datetime) -> Finding:
    for each in case.path or (case.leaf,):
        if moment < each.not_before:
            return failed(f"{each.named} is valid from {each.not_before:%Y-%m-%d %H:%M:%S}Z only")
        if moment > each.not_after:
            return failed(f"{each.named} has ended on {each.not_after:%Y-%m-%d %H:%M:%S}Z")
    return passed(f"until {min(each.not_after for each in case.path or (case.leaf,)):%Y-%m-%d %H:%M:%S}Z")


def _values(case: ValidationInputs, oid: Any) -> list[str]:
    return [attribute_text(each) for each in case.leaf.subject.get_attributes_for_oid(oid)]


def subject_country(case: ValidationInputs) -> Finding:
    found = _values(case, x509.NameOID.COUNTRY_NAME)
    if len(found) == 1 and len(found[0]) == 2 and found[0].isascii() and found[0].isalpha() and found[0].isupper():
        return passed(found[0])
    return failed(f"C must be there once, two letters in upper case; found: {', '.join(found) or 'none'}")


def subject_organization(case: ValidationInputs) -> Finding:
    found = _values(case, x509.NameOID.ORGANIZATION_NAME)
    return passed(found[0]) if len(found) == 1 and found[0] else failed(f"O must be there once; found: {', '.join(found) or 'none'}")


def subject_identifier(case: ValidationInputs) -> Finding:
    found = identifiers_of(case.leaf.subject)
    units = {each.number for each in found if each.place == "OU"}
    if len(units) > 1:
        return failed("several OUs name an organisation: " + ", ".join(sorted(units)))
    if units:
        return passed("OU 0002 " + units.pop())
    if found:
        return warned(
            f"only the organizationIdentifier names {found[0].number}; A4 wants an OU `0002 ...`, which recent certificates leave out"
        )
    return failed("no OU `0002 <SIREN or SIRET>` and no organizationIdentifier")


def subject_other_units(case: ValidationInputs) -> Finding:
    found = malformed_units(case.leaf.subject)
    return (
        failed(f"an OU that is no identifier starts with four digits: {', '.join(found)}")
        if found
        else passed("none starts with four digits")
    )


def subject_common_name(case: ValidationInputs) -> Finding:
    found = _values(case, x509.NameOID.COMMON_NAME)
    return passed(found[0]) if len(found) == 1 and found[0] else failed(f"CN must be there once; found: {', '.join(found) or 'none'}")


def owner(case: ValidationInputs) -> Finding | None:
    if not case.siret:
        return None
    found = [each.number for each in identifiers_of(case.leaf.subject)]
    others = sorted({each for each in found if not case.siret.startswith(each)})
    if others:
        return failed(f"names {', '.join(others)}, not {case.siret}")
    if not found:
        return failed(f"names nobody: nothing says that it is {case.siret}'s")
    return (
        passed(f"names {case.siret}")
        if case.siret in found
        else warned(f"names the SIREN {found[0]} only, not the establishment {case.siret}")
    )


def key_usage(case: ValidationInputs) -> Finding:
    found = case.extension(x509.KeyUsage)
    if not found:
        return failed("there is no key usage")
    value = found.value
    other = [name for name in SIGNING if getattr(value, name)]
    if other:
        return failed(f"sets {', '.join(other)}, which is not for authentication")
    if value.digital_signature:
        return passed("digitalSignature")
    if value.key_agreement and not value.key_encipherment:
        return passed("keyAgreement alone")
    if case.usage == "server" and value.key_encipherment:
        return passed("keyEncipherment")
    return failed("neither digitalSignature nor keyAgreement alone")


def key_usage_critical(case: ValidationInputs) -> Finding | None:
    found = case.extension(x509.KeyUsage)
    return _critical(found, True) if found else None


def extended_key_usage(case: ValidationInputs) -> Finding:
    found = case.extension(x509.ExtendedKeyUsage)
    known = x509.ExtendedKeyUsageOID
    wanted, name = (known.CLIENT_AUTH, "clientAuth") if case.usage == "client" else (known.SERVER_AUTH, "serverAuth")
    held = list(found.value) if found else []
    if wanted not in held:
        told = ", ".join(_usage_name(each) for each in held) or "nothing"
        return failed(f"{name} is not among {told}: this is no {case.usage} certificate")
    others = [each.dotted_string for each in held if each not in (known.CLIENT_AUTH, known.SERVER_AUTH)]
    return warned(f"{name}, but also {', '.join(others)}") if others else passed(name)


def _usage_name(oid: Any) -> str:
    """The library knows some by name; its name for all others would tell nothing."""
    known = x509.ExtendedKeyUsageOID
    names = {known.CLIENT_AUTH: "clientAuth", known.SERVER_AUTH: "serverAuth", known.OCSP_SIGNING: "OCSPSigning"}
    return names.get(oid) or str(oid.dotted_string)


def extended_key_usage_critical(case: ValidationInputs) -> Finding | None:
    found = case.extension(x509.ExtendedKeyUsage)
    return _critical(found, False) if found else None


def _critical(found: Any, wanted: bool) -> Finding:
    text_of = {True: "critical", False: "not critical"}
    return passed(text_of[wanted]) if found.critical is wanted else failed(f"is {text_of[found.critical]}, must be {text_of[wanted]}")


def basic_constraints(case: ValidationInputs) -> Finding:
    found = case.extension(x509.BasicConstraints)
    return failed("this is a CA's certificate, no machine's") if found and found.value.ca else passed("no CA")


def key_type(case: ValidationInputs) -> Finding:
    if isinstance(case.leaf.key, rsa.RSAPublicKey):
        return passed("RSA")
    return passed("EC") if isinstance(case.leaf.key, ec.EllipticCurvePublicKey) else failed("neither RSA nor EC")


def key_size(case: ValidationInputs) -> Finding | None:
    if not isinstance(case.leaf.key, rsa.RSAPublicKey):
        return None
    bits = case.leaf.key.key_size
    if bits < MIN_RSA:
        return failed(f"RSA-{bits}; at least {MIN_RSA}")
    if bits < MIN_RSA_AFTER_2030 and case.leaf.not_after > END_OF_2030:
        return warned(f"RSA-{bits} outlives 2030, after which {MIN_RSA_AFTER_2030} is wanted")
    return passed(f"RSA-{bits}")


def key_exponent(case: ValidationInputs) -> Finding | None:
    if not isinstance(case.leaf.key, rsa.RSAPublicKey):
        return None
    exponent = case.leaf.key.public_numbers().e
    return passed(f"{exponent}") if exponent >= MIN_EXPONENT else failed(f"{exponent}; must be greater than 65536")


def key_curve(case: ValidationInputs) -> Finding | None:
    if not isinstance(case.leaf.key, ec.EllipticCurvePublicKey):
        return None
    curve = case.leaf.key.curve.name
    return passed(curve) if curve in CURVES else failed(f"{curve}; one of {', '.join(CURVES)}")


def signature_hash(case: ValidationInputs) -> Finding:
    return weak_hash(case.leaf.hash) or passed(case.leaf.hash.name)


def weak_hash(algorithm: Any) -> Finding | None:
    if algorithm is None:
        return failed("signed with an algorithm that is not known, or without a hash")
    return None if algorithm.name in HASHES else failed(f"signed with {algorithm.name}; at least 256 bits are wanted")


def lifetime(case: ValidationInputs) -> Finding:
    longest = years_after(case.leaf.not_before, LEAF_YEARS)
    days = (case.leaf.not_after - case.leaf.not_before).days
    return passed(f"{days} days") if case.leaf.not_after <= longest else failed(f"{days} days; at most {LEAF_YEARS} years")


def ca_lifetime(case: ValidationInputs) -> Finding | None:
    """A warning: the real Certigna Services CA lives 17 years, and stands in lists all the same."""
    if not case.issuer:
        return None
    longest = years_after(case.issuer.not_before, CA_YEARS)
    if case.issuer.not_after <= longest:
        return passed(f"until {case.issuer.not_after:%Y-%m-%d}")
    return warned(
        f"the issuing CA lives from {case.issuer.not_before:%Y-%m-%d} to {case.issuer.not_after:%Y-%m-%d}, more than {CA_YEARS} years"
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


def key_match(case: ValidationInputs) -> Finding | None:
    if case.key is None:
        return None
    if case.leaf.key is None:
        return failed("the certificate's key is of a kind that is not known")
    return (
        passed("they belong together")
        if public_bytes(case.key.public_key()) == public_bytes(case.leaf.key)
        else failed("the private key is another's")
    )


def alternative_name(case: ValidationInputs) -> Finding:
    found = case.extension(x509.SubjectAlternativeName)
    names = _dns(found) + [str(each) for each in _addresses(found)]
    return passed(", ".join(names[:5])) if names else failed("a TLS server must have a DNS name or an address in the SAN")


def host_name(case: ValidationInputs) -> Finding | None:
    if not case.host:
        return None
    found = case.extension(x509.SubjectAlternativeName)
    try:
        matches = ipaddress.ip_address(case.host.strip("[]")) in _addresses(found)
    except ValueError:
        matches = any(host_matches(case.host, each) for each in _dns(found))
    return passed(case.host) if matches else failed(f"{case.host} is not among {', '.join(_dns(found)[:5]) or 'the names in the SAN'}")


def host_matches(host: str, pattern: str) -> bool:
    """RFC 6125: a wildcard stands for one whole first label, and never for a name of one label below it."""
    host, pattern = host.rstrip(".").lower(), pattern.rstrip(".").lower()
    if not pattern.startswith("*."):
        return bool(pattern) and host == pattern
    first, dot, rest = host.partition(".")
    return bool(first and dot) and rest == pattern[2:] and "." in rest


def _dns(found: Any) -> list[str]:
    return found.value.get_values_for_type(x509.DNSName) if found else []


def _addresses(found: Any) -> list[Any]:
    return found.value.get_values_for_type(x509.IPAddress) if found else []


# Of any certificate whose signatures are to be relied on: the leaf's, and a responder's.
KEY_RULES: tuple[Callable[[ValidationInputs], Finding | None], ...] = (key_type, key_size, key_exponent, key_curve, signature_hash)
SERVER = ("server",)
RULES: tuple[ProfileRule, ...] = (
    ProfileRule("chain", "RFC 5280, 6.1; own anchors only", chain),
    ProfileRule("encoding", "ITU-T X.690, 11; RFC 5280, 4.1.2.4 and 4.2", encoding),
    ProfileRule("trusted_ca", "the trust store", trusted_ca),
    ProfileRule("policy", "the trust store, compared with the leaf's OIDs per issuing CA", policy),
    ProfileRule("valid_now", "RFC 5280, 4.1.2.5", valid_now),
    ProfileRule("valid_at", "RFC 5280, 4.1.2.5", valid_at),
    ProfileRule("subject_country", A4, subject_country),
    ProfileRule("subject_organization", A4, subject_organization),
    ProfileRule("subject_identifier", A4 + "; recent certificates may have the organizationIdentifier only", subject_identifier),
    ProfileRule("subject_other_units", A4, subject_other_units),
    ProfileRule("subject_common_name", A4, subject_common_name),
    ProfileRule("owner", "SIRET of the collectivité, against every OU and organizationIdentifier (R7)", owner),
    ProfileRule("key_usage", A4 + "; keyEncipherment accepted as real hybrid certificates set it", key_usage),
    ProfileRule("key_usage_critical", A4, key_usage_critical),
    ProfileRule("extended_key_usage", A4, extended_key_usage),
    ProfileRule("extended_key_usage_critical", A4, extended_key_usage_critical),
    ProfileRule("basic_constraints", "RFC 5280, 4.2.1.9", basic_constraints),
    ProfileRule("key_type", B1, key_type),
    ProfileRule("key_size", B1, key_size),
    ProfileRule("key_exponent", B1, key_exponent),
    ProfileRule("key_curve", B1, key_curve),
    ProfileRule("signature_hash", B1, signature_hash),
    ProfileRule("lifetime", A4, lifetime),
    ProfileRule("ca_lifetime", A4 + "; real CAs break it", ca_lifetime),
    ProfileRule("key_match", "RFC 5280, 4.1.2.7", key_match),
    ProfileRule("alternative_name", A4 + "; RFC 6125", alternative_name, SERVER),
    ProfileRule("host_name", "RFC 6125", host_name, SERVER),
)
