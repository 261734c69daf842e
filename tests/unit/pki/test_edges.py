# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the proof's two sources do not make: RSA-PSS, keys of unknown kinds, responders by key hash with a strange key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509 import ocsp

from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils._pki.crl import crl_freshness, crl_scope, crl_signature
from ansible_collections.collectivites.antai.plugins.module_utils._pki.key_rules import key_match, key_type, signature_hash
from ansible_collections.collectivites.antai.plugins.module_utils._pki.ocsp_response import (
    _is_responder,
    _names_ca,
    ocsp_delegation,
    ocsp_signature,
    ocsp_status,
)
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import Crl, load_bundle, load_crl, load_ocsp
from ansible_collections.collectivites.antai.plugins.module_utils._pki.profile_rules import trusted_ca, years_after
from ansible_collections.collectivites.antai.plugins.module_utils._pki.signature import certificate_signed_by, hash_of, judge_signature
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustEntry, TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils._pki.validation_inputs import ValidationInputs
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.certificates_proof.scene import base
from tests.support.psce import NOW, CrlSpec, OcspSpec, Ours, make_key


def made() -> tuple[ParsedCertificate, ParsedCertificate]:
    scene = base("rsa")
    pair = (Ours().certificate(scene.leaf, scene.issuer), Ours().certificate(scene.issuer, scene.trusted[0].issuer))
    leaf, ca = (load_bundle(each, "x").certificates[0] for each in pair)
    return leaf, ca


LEAF, CA = made()


def case(leaf: ParsedCertificate, **more: Any) -> ValidationInputs:
    return ValidationInputs(leaf, "client", NOW, TrustStore(()), **more)


@pytest.mark.parametrize(("key", "expected"), [(base("rsa").issuer.key, "pass"), ("rsa-2048-other", "fail")])
def test_a_crl_signed_with_pss(key: str, expected: str) -> None:
    builder = x509.CertificateRevocationListBuilder().issuer_name(CA.subject).last_update(NOW).next_update(NOW)
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    crl = builder.sign(make_key(key), hashes.SHA256(), rsa_padding=scheme)
    assert crl_signature(case(LEAF), CA, Crl(crl)).outcome == expected


def test_a_crl_and_a_ca_whose_key_is_unknown() -> None:
    crl = x509.CertificateRevocationListBuilder().issuer_name(CA.subject).last_update(NOW).next_update(NOW)
    signed = crl.sign(make_key(base("rsa").issuer.key), hashes.SHA256())
    assert crl_signature(case(LEAF), replace(CA, key=None), Crl(signed)).outcome == "fail"
    assert not certificate_signed_by(LEAF, replace(CA, key=None))


def test_an_ocsp_response_signed_with_pss_cannot_be_verified() -> None:
    signed = SimpleNamespace(signature_algorithm_oid=x509.SignatureAlgorithmOID.RSASSA_PSS)
    finding = judge_signature(CA.key, signed, b"", "x")
    assert (finding.outcome, finding.reason) == ("not_verifiable", "signed with RSA-PSS, whose parameters cannot be read here")


def test_a_crl_that_never_ends_is_refused() -> None:
    endless = SimpleNamespace(last_update_utc=NOW, next_update_utc=None)
    finding = crl_freshness(case(LEAF), CA, SimpleNamespace(x509=endless))  # type: ignore[arg-type]
    assert (finding.outcome, finding.reason) == ("fail", "says no nextUpdate, which RFC 5280 demands")


def test_a_revocation_without_a_reason() -> None:
    builder = ocsp.OCSPResponseBuilder().add_response(LEAF.x509, CA.x509, hashes.SHA1(), ocsp.OCSPCertStatus.REVOKED, NOW, NOW, NOW, None)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, CA.x509)
    signed = builder.sign(make_key(base("rsa").issuer.key), hashes.SHA256())
    response = load_ocsp(signed.public_bytes(serialization.Encoding.DER))
    assert ocsp_status(case(LEAF, path=(LEAF, CA)), CA, response).reason == f"revoked on {NOW:%Y-%m-%d %H:%M:%S}Z"


class Strange:
    signature_algorithm_oid = x509.ObjectIdentifier("1.2.3")

    @property
    def signature_hash_algorithm(self) -> Any:
        raise UnsupportedAlgorithm("x")


def test_an_unknown_signature_algorithm_is_refused() -> None:
    assert hash_of(Strange()) is None
    assert judge_signature(CA.key, Strange(), b"", "x").outcome == "fail"


def test_a_key_of_an_unknown_kind_is_refused() -> None:
    unknown = replace(LEAF, key=None, hash=None)
    assert key_type(case(unknown)).outcome == "fail"
    assert signature_hash(case(unknown)).outcome == "fail"
    finding = key_match(case(unknown, key=make_key("ec-p256-leaf")))
    assert finding is not None
    assert (finding.outcome, finding.reason) == ("fail", "the certificate's key is of a kind that is not known")
    assert key_type(case(LEAF)).reason == "RSA"


@pytest.mark.parametrize(
    ("moment", "years", "expected"),
    [
        ("2024-02-29", 3, "2027-03-01"),
        ("2024-02-29", 4, "2028-02-29"),
        ("2026-02-28", 3, "2029-02-28"),
        ("2026-05-29", 3, "2029-05-29"),
        ("9998-02-27", 3, "9999-12-31"),
        ("9998-05-29", 3, "9999-12-31"),
    ],
)
def test_years_after(moment: str, years: int, expected: str) -> None:
    assert years_after(datetime.fromisoformat(moment).replace(tzinfo=UTC), years).date().isoformat() == expected


def test_a_crl_may_come_in_pem() -> None:
    crl = Ours().crl(CrlSpec(base("rsa").issuer, base("rsa").issuer.key))
    pem = x509.load_der_x509_crl(crl).public_bytes(serialization.Encoding.PEM)
    assert load_crl(b"\n" + pem).x509 == load_crl(crl).x509


def test_a_ca_whose_key_is_unknown_is_named_by_no_hash() -> None:
    single = SimpleNamespace(hash_algorithm=hashes.SHA1(), issuer_name_hash=b"", issuer_key_hash=b"")
    assert not _names_ca(single, replace(CA, key=None))
    assert not _is_responder(replace(CA, key=None), SimpleNamespace(responder_key_hash=b"x"))


def test_an_unsupported_key_in_a_certificate_is_a_typed_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other reader, which the resources use, compares keys: there an unknown kind is refused."""

    def refuse(_certificate: Any) -> Any:
        raise UnsupportedAlgorithm("curve 1.2.3 is not supported")

    name = "ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files._described"
    monkeypatch.setattr(name, refuse)
    with pytest.raises(InvalidInput):
        load_chain(LEAF.x509.public_bytes(serialization.Encoding.PEM), "x")


@pytest.mark.parametrize(
    ("changes", "delegated"),
    [
        pytest.param({}, False, id="the CA's own"),
        pytest.param({"serial": 4711}, False, id="another certificate of the same CA"),
        pytest.param({"serial": 4711, "key": "rsa-2048-other"}, True, id="its name with another key"),
        pytest.param({"serial": 4711, "subject": (("CN", "Autre"),)}, True, id="its key under another name"),
    ],
)
def test_a_ca_may_sign_with_any_of_its_certificates(changes: dict[str, Any], delegated: bool) -> None:
    """A CA that was renewed, or cross-certified, puts the one certificate or the other into its responses."""
    scene = base("rsa")
    root = scene.trusted[0].issuer
    signer = replace(scene.issuer, **changes)
    response = load_ocsp(Ours().ocsp(OcspSpec(scene.leaf.serial, scene.issuer, signer=signer, signer_issuer=root)))
    finding = ocsp_delegation(case(LEAF), CA, response)
    assert (finding is not None) is delegated
    if finding:
        assert finding.outcome == "fail"


def test_a_crl_that_names_its_part_relatively_is_none_to_rely_on() -> None:
    name = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "partie 1")])
    point = x509.IssuingDistributionPoint(None, name, False, False, None, False, False)
    builder = x509.CertificateRevocationListBuilder().issuer_name(CA.subject).last_update(NOW).next_update(NOW)
    signed = builder.add_extension(point, critical=True).sign(make_key(base("rsa").issuer.key), hashes.SHA256())
    finding = crl_scope(case(LEAF), CA, Crl(signed))
    assert (finding.outcome, finding.reason) == ("not_verifiable", "is one of several parts, named relatively")


RSA_SHA256, ECDSA_SHA256 = x509.SignatureAlgorithmOID.RSA_WITH_SHA256, x509.SignatureAlgorithmOID.ECDSA_WITH_SHA256
SIGNERS = {
    "rsa": (make_key("rsa-2048-other"), lambda key: key.sign(b"content", padding.PKCS1v15(), hashes.SHA256())),
    "ec": (make_key("ec-p256-leaf"), lambda key: key.sign(b"content", ec.ECDSA(hashes.SHA256()))),
    "ed25519": (make_key("ed25519-leaf"), lambda key: key.sign(b"content")),
}


@pytest.mark.parametrize(
    ("kind", "named", "expected"),
    [
        ("rsa", RSA_SHA256, "pass"),
        ("ec", ECDSA_SHA256, "pass"),
        ("rsa", ECDSA_SHA256, "fail"),
        ("ec", RSA_SHA256, "fail"),
        ("ed25519", RSA_SHA256, "fail"),
        ("ed25519", ECDSA_SHA256, "fail"),
    ],
)
def test_a_signature_is_what_it_says_to_be(kind: str, named: Any, expected: str) -> None:
    key, sign = SIGNERS[kind]
    signed = SimpleNamespace(signature=sign(key), signature_algorithm_oid=named, signature_hash_algorithm=hashes.SHA256())
    assert judge_signature(key.public_key(), signed, b"content", "x").outcome == expected


def test_a_response_whose_responder_is_not_with_it() -> None:
    scene = base("rsa")
    response = load_ocsp(Ours().ocsp(OcspSpec(scene.leaf.serial, scene.issuer)))
    finding = ocsp_signature(case(LEAF), LEAF, response)
    assert (finding.outcome, finding.reason) == ("fail", "its responder's certificate is not with it")


def test_doubts_about_a_trusted_ca_are_told_and_all_that_is_not_in_force() -> None:
    entry = TrustEntry("one", CA, (), "RGS*", ("client",), None, None, "a test", "no source")
    known = replace(case(LEAF, path=(LEAF, CA)), store=TrustStore((entry,)))
    assert trusted_ca(known).reason == "entry one, level RGS*; doubts: no source"
    over = replace(entry, valid_to=date(2020, 1, 1))
    both = replace(known, store=TrustStore((over, replace(over, name="two"))))
    assert trusted_ca(both).reason == "not in force at this date: one from ever to 2020-01-01, two from ever to 2020-01-01"
