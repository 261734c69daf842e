# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read of each rule, word for word, where it passes and where it does not: they act on it, and search for it."""

from __future__ import annotations

import re

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ALL_RULES
from tests.certificates_proof.cases import CHECKS
from tests.certificates_proof.scene import Check, base
from tests.support.certomancer_psce import MAKERS

# Rule to name of the check (cases.py) to the reason. What cryptography's verifier says of a chain is its own, and not here.
REASONS: dict[str, dict[str, str]] = {
    "chain": {
        "the issuing CA is the anchor, its root is nowhere": "ends in CN=AC,OU=0002 433702479,O=PSCE,C=FR",
        "by an intermediate to a trusted root": "ends in CN=Racine,OU=0002 433702479,O=PSCE,C=FR",
        "the CA of the same name has another key": "no trusted CA issued it, nor a CA of this file that a trusted CA issued",
        "leaf and CA were never valid together": "the certificates of the path were never valid at the same time",
    },
    "trusted_ca": {
        "the last day of the entry": "entry proof, level RGS*",
        "the day after": "not in force at this date: proof from ever to 2026-05-31",
        "the day before": "not in force at this date: proof from 2026-06-02 to ever",
        "for servers only": "the trust store has no entry for the issuing CA as issuer of client certificates",
    },
    "policy": {
        "one of several": "1.2.250.1.999.1.1 is allowed by entry proof",
        "another one": "1.2.250.1.999.1.1.1 is not among 1.2.250.1.999.1.1",
        "none": "the certificate names no policy",
        "the store does not know the CA's": "the trust store does not know this CA's policies; the certificate names 1.2.250.1.999.1.1",
        "anyPolicy": "2.5.29.32.0 is not among 1.2.250.1.999.1.1",
    },
    "valid_now": {
        "the last second": "until 2026-06-01 12:00:00Z",
        "a second after the end": "CN=FPS,2.5.4.97=NTRFR-21690123100011,OU=0002 21690123100011,O=Lyon,C=FR has ended on 2026-06-01 11:59:59Z",
        "the first second": "until 2028-05-01 12:00:00Z",
        "a second before the beginning": "CN=FPS,2.5.4.97=NTRFR-21690123100011,OU=0002 21690123100011,O=Lyon,C=FR is valid from 2026-06-01 12:00:01Z only",
        "the CA has ended": "CN=AC,OU=0002 433702479,O=PSCE,C=FR has ended on 2026-06-01 11:59:59Z",
    },
    "valid_at": {
        "the last second": "until 2026-06-06 12:00:00Z",
        "a second later": "CN=FPS,2.5.4.97=NTRFR-21690123100011,OU=0002 21690123100011,O=Lyon,C=FR has ended on 2026-06-06 12:00:00Z",
        "ended now, valid then": "until 2026-06-01 11:59:59Z",
        "the CA has ended by then": "CN=AC,OU=0002 433702479,O=PSCE,C=FR has ended on 2026-06-06 12:00:00Z",
    },
    "lifetime": {
        "three years": "1096 days",
        "a second more": "1096 days; at most 3 years",
    },
    "ca_lifetime": {
        "ten years": "until 2030-01-01",
        "a second more": "the issuing CA lives from 2020-01-01 to 2030-01-01, more than 10 years",
    },
    "subject_country": {
        "FR": "FR",
        "lower case": "C must be there once, two letters in upper case; found: fr",
        "none": "C must be there once, two letters in upper case; found: none",
        "two": "C must be there once, two letters in upper case; found: FR, FR",
    },
    "subject_organization": {
        "one letter": "Y",
        "blank": "O must be there once; found: none",
    },
    "subject_common_name": {
        "one letter": "x",
        "none": "CN must be there once; found: none",
        "two": "CN must be there once; found: FPS, x",
    },
    "subject_identifier": {
        "an OU alone": "OU 0002 21690123100011",
        "an organizationIdentifier alone": "only the organizationIdentifier names 21690123100011; "
        "A4 wants an OU `0002 ...`, which recent certificates leave out",
        "neither": "no OU `0002 <SIREN or SIRET>` and no organizationIdentifier",
        "two OUs, of two organisations": "several OUs name an organisation: 21310555400017, 21690123100011",
    },
    "subject_other_units": {
        "three digits": "none starts with four digits",
        "four digits": "an OU that is no identifier starts with four digits: 1234 rue",
        "0002 and no SIREN": "an OU that is no identifier starts with four digits: 0002 12345678",
    },
    "owner": {
        "SIRET in the OU, SIREN in the organizationIdentifier": "names 21690123100011",
        "SIREN only": "names the SIREN 216901231 only, not the establishment 21690123100011",
        "another establishment": "names 21690123100029, not 21690123100011",
        "another in the organizationIdentifier": "names 21310555400017, not 21690123100011",
        "VATFR of another": "names 213105554, not 21690123100011",
    },
    "key_usage": {
        "keyEncipherment too, as hybrid ones have it": "digitalSignature",
        "keyAgreement alone": "keyAgreement alone",
        "keyEncipherment alone": "neither digitalSignature nor keyAgreement alone",
        "nonRepudiation too": "sets content_commitment, which is not for authentication",
        "none at all": "there is no key usage",
        "a server may encipher keys only": "keyEncipherment",
    },
    "key_usage_critical": {
        "critical": "critical",
        "not critical": "is not critical, must be critical",
    },
    "extended_key_usage": {
        "client and server": "clientAuth",
        "server only": "clientAuth is not among serverAuth: this is no client certificate",
        "any": "clientAuth is not among 2.5.29.37.0: this is no client certificate",
        "none at all": "clientAuth is not among nothing: this is no client certificate",
        "e-mail too": "clientAuth, but also 1.3.6.1.5.5.7.3.4",
        "a server's": "serverAuth",
        "a server with a client's": "serverAuth is not among clientAuth: this is no server certificate",
    },
    "extended_key_usage_critical": {
        "not critical": "not critical",
        "critical": "is critical, must be not critical",
    },
    "basic_constraints": {
        "left out": "no CA",
        "cA true": "this is a CA's certificate, no machine's",
    },
    "alternative_name": {
        "a DNS name": "sifps.example",
        "none": "a TLS server must have a DNS name or an address in the SAN",
    },
    "host_name": {
        "a wildcard for the first label": "sifps.antai.example",
        "a wildcard for two labels": "a.sifps.antai.example is not among *.antai.example",
        "another name": "sifps2.example is not among sifps.example",
        "an address": "192.0.2.1",
        "another address": "192.0.2.2 is not among the names in the SAN",
    },
    "key_type": {
        "RSA or EC": "EC",
        "Ed25519": "neither RSA nor EC",
    },
    "key_size": {
        "2048 bits": "RSA-2048",
        "2040 bits": "RSA-2040; at least 2048",
        "1024 bits": "RSA-1024; at least 2048",
        "2048 bits outliving 2030": "RSA-2048 outlives 2030, after which 3072 is wanted",
        "3072 bits outliving 2030": "RSA-3072",
    },
    "key_exponent": {
        "65537": "65537",
        "below 65536": "E; must be greater than 65536",
        "3": "3; must be greater than 65536",
    },
    "key_curve": {
        "P-256": "secp256r1",
        "P-384": "secp384r1",
        "P-521": "secp521r1",
        "P-224": "secp224r1; one of secp256r1, secp384r1, secp521r1",
        "secp256k1": "secp256k1; one of secp256r1, secp384r1, secp521r1",
        "brainpoolP256r1": "brainpoolP256r1; one of secp256r1, secp384r1, secp521r1",
    },
    "key_match": {
        "the leaf's": "they belong together",
        "another's": "the private key is another's",
    },
    "signature_hash": {
        "SHA-256": "sha256",
        "SHA-512": "sha512",
        "SHA-1": "signed with sha1; at least 256 bits are wanted",
        "SHA-224": "signed with sha224; at least 256 bits are wanted",
    },
    "encoding": {
        "as DER wants it": "as DER wants it",
        "critical FALSE written out": "cRLDistributionPoints writes `critical FALSE` out, which DER leaves out",
        "cA FALSE written out": "basicConstraints writes `cA FALSE` out, which DER leaves out",
        "Latin-1 in a UTF8String": "subject: O holds bytes that no UTF8String has; read as Latin-1",
        "a star in a PrintableString": "subject: O holds signs that no PrintableString has",
        "the trusted CA's own": "CN=AC,OU=0002 433702479,O=PSCE,C=FR: certificatePolicies writes `critical FALSE` out, which DER leaves out",
    },
    "crl_issuer": {
        "the CA's": "CN=AC,OU=0002 433702479,O=PSCE,C=FR",
        "another CA's": "this is the CRL of CN=Autre AC,OU=0002 433702479,O=PSCE,C=FR, not of CN=AC,OU=0002 433702479,O=PSCE,C=FR: left aside",
        "of the CA's name and another key": "this is the CRL of another key of the same CA: left aside",
        "the CA's, naming another key": "it names another key of the same CA than the one that signed it",
    },
    "crl_signature": {
        "the CA's": "signed by the CA",
        "another's": "is not signed by the CA",
        "SHA-1": "signed with sha1; at least 256 bits are wanted",
        "a CA that may not sign CRLs": "the CA's key may not sign CRLs (no cRLSign)",
    },
    "crl_freshness": {
        "nextUpdate is now": "until 2026-06-01 12:00:00Z",
        "nextUpdate was a second ago": "its nextUpdate, 2026-06-01 11:59:59Z, is over",
        "a window of a year refuses nothing": "until 2027-05-31 12:00:00Z",
        "five minutes ahead": "until 2026-06-01 13:00:00Z",
        "five minutes and a second ahead": "made on 2026-06-01 12:05:01Z, in the future",
    },
    "crl_scope": {
        "no issuingDistributionPoint": "covers all of the CA's certificates",
        "users' certificates only": "covers this certificate",
        "CAs' certificates only": "does not cover machines' certificates",
        "indirect": "is an indirect CRL, of several issuers",
        "some reasons only": "covers some reasons of revocation only",
        "another part": "is one of several parts, and not the one that the certificate names",
        "a delta CRL": "is a delta CRL; the complete one is needed",
        "an unknown critical extension": "has a critical extension that is not understood: 1.3.6.1.4.1.55555.1",
    },
    "crl_status": {
        "the number before is revoked": "not listed",
        "revoked now": "revoked on 2026-06-01 12:00:00Z (superseded)",
        "revoked, says a CRL past its end": "revoked on 2026-05-23 12:00:00Z (superseded)",
        "revoked after the time asked about": "revoked on 2026-06-01 12:00:00Z (superseded)",
        "revoked by a date ahead": "revoked on 2026-07-01 12:00:00Z (superseded)",
        "revoked, for a reason that nobody knows": "revoked on 2026-06-01 12:00:00Z (reason cannot be read)",
        "another CA's number in an indirect CRL": "what this CRL says cannot be relied on",
    },
    "ocsp_certid": {
        "SHA-1": "answers about this certificate",
        "another number": "answers about another certificate",
        "the same number of another CA": "answers about the same number of another CA, or names the CA with an unknown hash",
    },
    "ocsp_signature": {
        "the CA's": "signed by its responder",
        "another's": "is not signed by its responder",
        "SHA-224": "signed with sha224; at least 256 bits are wanted",
    },
    "ocsp_delegation": {
        "to a certificate for OCSP": "delegated by the CA",
        "to a certificate for clients": "the responder's certificate is not for OCSP (no id-kp-OCSPSigning)",
        "without nocheck": "the responder's own revocation is not checked, and it has no id-pkix-ocsp-nocheck",
        "from another CA": "the responder's certificate is not issued by the CA itself",
        "to a key of 1024 bits": "the responder's certificate: RSA-1024; at least 2048",
        "that ended a second ago": "the responder's certificate is not valid at this time",
    },
    "ocsp_freshness": {
        "nextUpdate is now": "until 2026-06-01 12:00:00Z",
        "nextUpdate was a second ago": "its nextUpdate, 2026-06-01 11:59:59Z, is over",
        "five minutes ahead": "until 2026-06-01 13:00:00Z",
        "five minutes and a second ahead": "made on 2026-06-01 12:05:01Z, in the future",
        "no nextUpdate, a day old": "says no nextUpdate",
        "no nextUpdate, a day and a second old": "says no nextUpdate and is older than a day",
    },
    "ocsp_status": {
        "good": "good",
        "unknown": "the responder does not know this certificate",
        "revoked now": "revoked on 2026-06-01 12:00:00Z (keyCompromise)",
        "revoked later": "revoked on 2026-06-01 12:00:00Z (keyCompromise)",
        "good and unknown in one response": "the responder does not know this certificate",
    },
    "revocation": {
        "the CRL alone": "CRL: not listed",
        "the OCSP response alone, the CRL out of reach": "OCSP: good; not had: http://psce.example: no",
        "nothing in reach, which is to fail": "no source could be reached; not had: no",
        "nothing given": "no CRL and no OCSP response was given, and none was fetched",
        "only a stale CRL": "no source can be relied on",
        "good by OCSP, revoked by CRL": "revoked on 2026-06-01 12:00:00Z (superseded)",
    },
    "ca_revocation": {
        "the trusted CA is not listed by its root": "no CA of the path is listed",
        "the trusted CA is listed by its root": "the CA CN=AC,OU=0002 433702479,O=PSCE,C=FR is revoked: "
        "revoked on 2026-06-01 12:00:00Z (superseded)",
        "the list of the root was not had": "not known of the trusted CA itself; not had: no",
        "nothing is had of an intermediate": "not known of CN=AC,OU=0002 433702479,O=PSCE,C=FR",
    },
    "revoked": {
        "one source lists it": "revoked on 2026-06-01 12:00:00Z (superseded)",
        "the CA above is listed": "the CA CN=AC,OU=0002 433702479,O=PSCE,C=FR is revoked: revoked on 2026-06-01 12:00:00Z (superseded)",
    },
}


def said(check: Check) -> str:
    maker = next(maker for maker in MAKERS if maker.name in check.makers)
    verdicts = check.change(base(check.families[-1])).judged(maker).verdicts
    return next(verdict.reason for verdict in verdicts if verdict.rule == check.rule)


def without_key(reason: str) -> str:
    """Keys are new in every run, and so is the greatest exponent below 65536 that works with one."""
    return re.sub(r"^655[0-3]\d;", "E;", reason)


@pytest.mark.parametrize(
    ("rule", "name", "reason"), [(rule, name, reason) for rule, reasons in REASONS.items() for name, reason in reasons.items()]
)
def test_every_rule_says_why(rule: str, name: str, reason: str) -> None:
    check = next(check for check in CHECKS if (check.rule, check.name) == (rule, name))
    assert without_key(said(check)) == reason


def test_no_rule_is_missing() -> None:
    assert set(REASONS) == set(ALL_RULES)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("the issuer is no CA", "basicConstraints.cA"),
        ("the issuer may not sign certificates", "keyUsage.keyCertSign"),
        ("the root allows no CA below", "path length"),
        ("an unknown critical extension", "1.3.6.1.4.1.55555.1"),
    ],
)
def test_what_the_verifier_says_is_passed_on_in_one_line(name: str, reason: str) -> None:
    found = said(next(check for check in CHECKS if (check.rule, check.name) == ("chain", name)))
    assert reason in found
    assert "\n" not in found
    assert len(found) <= 300
