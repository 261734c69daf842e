# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that are odd in a place that decides nothing, and those that are odd where something is decided; odd CAs in a trust store.

What each of the former is judged to be stands in the proof (`encoding` in tests/certificates_proof/cases.py).
"""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import find_inputs, judge
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers, crl_urls, ocsp_urls
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import read_store
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.tasks import run_task, validating
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.evaluation_options import VALIDATION
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.validation import SPEC, validate
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.certificates_proof.scene import SIRET, Scene, base
from tests.support.malformed import ODDITIES, element
from tests.support.psce import NOW, Ours

URL = "http://psce.example/x"
SCENE = base("ec")
READABLE = sorted(set(ODDITIES) - {"key usage that is none"})


def made(oddity: str, scene: Scene = SCENE) -> bytes:
    leaf = replace(scene.leaf, oddity=oddity, crl_point=URL, ocsp_url=URL)
    return Ours().certificate(leaf, scene.issuer)


@pytest.mark.parametrize("oddity", READABLE)
def test_what_was_delivered_is_what_counts(oddity: str) -> None:
    """Fingerprint and file are the original's: they are what ANTAI and the PSCE know."""
    der = made(oddity)
    (certificate,) = load_bundle(der, "x").certificates
    assert (certificate.fingerprint, certificate.der) == (hashlib.sha256(der).hexdigest(), der)
    assert load_bundle(certificate.pem, "x").certificates == (certificate,)
    assert len(certificate.oddities) == 1


def test_names_are_read_as_they_were_meant() -> None:
    for oddity, name in (
        ("Latin-1 in a T61String", "Lyôn"),
        ("Latin-1 in a PrintableString", "Lyôn"),
        ("a star in a PrintableString", "Ly_*"),
    ):
        (certificate,) = load_bundle(made(oddity), "x").certificates
        assert f"O={name}" in certificate.named, oddity


def test_addresses_that_cannot_be_read_are_not_asked() -> None:
    (whole,) = load_bundle(made(""), "x").certificates
    assert (crl_urls(whole), ocsp_urls(whole)) == ([URL], [URL])
    (certificate,) = load_bundle(made("CRL points that are none"), "x").certificates
    assert (crl_urls(certificate), ocsp_urls(certificate)) == ([], [URL])
    (certificate,) = load_bundle(made("access that is none"), "x").certificates
    assert (crl_urls(certificate), ocsp_urls(certificate)) == ([URL], [])


def test_what_decides_and_cannot_be_read_is_refused_with_the_cause() -> None:
    with pytest.raises(InvalidInput) as refused:
        load_bundle(made("key usage that is none"), "x")
    assert refused.value.message.startswith(
        "x: this is no certificate that can be read: its critical keyUsage cannot be read: error parsing asn1"
    )


def test_an_odd_certificate_in_a_pkcs7() -> None:
    (odd,) = load_bundle(made("critical FALSE"), "x").certificates
    assert load_bundle(_wrapped(odd.der), "x").certificates == (odd,)


def _wrapped(*certificates: bytes) -> bytes:
    """A certs-only PKCS#7 (RFC 2315, 9.1)."""
    data = element(0x06, bytes.fromhex("2a864886f70d010701"))
    parts = element(0x02, b"\1") + element(0x31, b"") + element(0x30, data) + element(0xA0, b"".join(certificates)) + element(0x31, b"")
    return element(0x30, element(0x06, bytes.fromhex("2a864886f70d010702")) + element(0xA0, element(0x30, parts)))


def entry(name: str, der: bytes, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "certificate": ssl.DER_cert_to_PEM_cert(der),
        "usage": ["client"],
        "policies": ["1.2.250.1.999.1.1"],
        "source": "a test",
    } | more


UNREADABLE = Ours().certificate(replace(SCENE.issuer, oddity="key usage that is none"), SCENE.trusted[0].issuer)
GOOD = Ours().certificate(SCENE.issuer, SCENE.trusted[0].issuer)


def test_one_odd_ca_never_refuses_a_trust_store() -> None:
    store = read_store({"version": 1, "entries": [entry("odd", UNREADABLE), entry("good", GOOD)]})
    assert [entry.name for entry in store.entries] == ["good"]
    (warning,) = store.warnings()
    assert warning.startswith(
        "trust_store: entry odd is left out, nothing that its CA issued is trusted: certificate: this is no certificate"
    )
    (leaf,) = load_bundle(Ours().certificate(SCENE.leaf, SCENE.issuer), "x").certificates
    judgement = judge(find_inputs(leaf, (), store, "client", NOW, siret=SIRET), RevocationAnswers())
    assert {verdict.rule: verdict.outcome for verdict in judgement.verdicts}["chain"] == "pass"


def test_the_verdict_names_the_ca_that_was_left_out_where_it_may_be_needed() -> None:
    store = read_store({"version": 1, "entries": [entry("odd", UNREADABLE)]})
    (leaf,) = load_bundle(Ours().certificate(SCENE.leaf, SCENE.issuer), "x").certificates
    (chain,) = [
        verdict for verdict in judge(find_inputs(leaf, (), store, "client", NOW), RevocationAnswers()).verdicts if verdict.rule == "chain"
    ]
    assert chain.outcome == "fail"
    assert "; left out of the trust store, and perhaps what is missing: odd (certificate: this is no certificate" in chain.reason


def test_the_result_of_a_module_warns_of_it(tmp_path: Any) -> None:
    (tmp_path / "leaf.der").write_bytes(Ours().certificate(SCENE.leaf, SCENE.issuer))
    parameters = {name: option.get("default") for name, option in validating(SPEC, validate, VALIDATION).spec.items()} | {
        "certificate": str(tmp_path / "leaf.der"),
        "trust_store": {"version": 1, "entries": [entry("odd", UNREADABLE), entry("good", GOOD)]},
        "fetch": False,
    }
    result = run_task(validating(SPEC, validate, VALIDATION), parameters, False)
    assert [each[:31] for each in result["warnings"]] == ["trust_store: entry odd is left "]


def test_a_ca_that_is_odd_and_can_be_read_is_trusted() -> None:
    odd = Ours().certificate(replace(SCENE.issuer, policies=("2.5.29.32.0",), oddity="critical FALSE of policies"), SCENE.trusted[0].issuer)
    store = read_store({"version": 1, "entries": [entry("odd", odd)]})
    assert (len(store.entries), store.unreadable) == (1, ())
