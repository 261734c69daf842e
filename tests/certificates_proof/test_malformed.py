# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken files end in a typed error, or in verdicts; never in anything else. Bit flips of real files, cuts, and noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import find_inputs, judge
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle, load_crl, load_key, load_ocsp
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers, judge_revocation
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.certificates_proof.scene import base
from tests.certificates_proof.test_real import CHAMBERSIGN, CRL, DATA, IN_2017, IN_2018, LA_POSTE, SERVER, SERVICES, store
from tests.support.keys import key_pem
from tests.support.psce import OcspSpec, Ours, make_key

DER = serialization.Encoding.DER
REAL = [each.x509.public_bytes(DER) for each in (LA_POSTE, SERVER, SERVICES)]
MANY = settings(max_examples=400, suppress_health_check=list(HealthCheck))
FEWER = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@cache
def small_crl() -> bytes:
    scene = base("ec")
    assert scene.crl
    return Ours().crl(replace(scene.crl, revoked=((4096, scene.now),), point={"only_contains_user_certs": True}))


@cache
def response() -> bytes:
    scene = base("ec")
    signer = replace(scene.leaf, eku=("ocsp",), serial=9)
    return Ours().ocsp(OcspSpec(4096, scene.issuer, status="revoked", signer=signer))


@cache
def bundle() -> bytes:
    scene = base("ec")
    leaf = x509.load_der_x509_certificate(Ours().certificate(scene.leaf, scene.issuer))
    hidden = serialization.BestAvailableEncryption(b"secret")
    return pkcs12.serialize_key_and_certificates(b"x", make_key(scene.leaf.key), leaf, None, hidden)


@cache
def issuing() -> Any:
    scene = base("ec")
    return load_bundle(Ours().certificate(scene.issuer, scene.trusted[0].issuer), "ca").certificates[0]


@cache
def a_case() -> Any:
    scene = base("ec")
    leaf = load_bundle(Ours().certificate(scene.leaf, scene.issuer), "leaf").certificates[0]
    return find_inputs(leaf, (), store(issuing()), "client", scene.now)


@st.composite
def broken(draw: st.DrawFn, contents: list[bytes]) -> bytes:
    """One to three changed bytes, or a cut, or bytes too many."""
    content = bytearray(draw(st.sampled_from(contents)))
    for _ in range(draw(st.integers(0, 3))):
        content[draw(st.integers(0, len(content) - 1))] ^= 1 << draw(st.integers(0, 7))
    end = draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    return bytes(content[:end]) + draw(st.binary(max_size=3))


def typed(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except InvalidInput:
        return None


@MANY
@given(broken(REAL), st.sampled_from(["client", "server"]))
def test_certificates(content: bytes, usage: str) -> None:
    bundle = typed(lambda: load_bundle(content, "certificate"))
    for leaf in bundle.certificates if bundle else ():
        about = {"siret": "48146308100036", "host": "www.rh.laposte.fr", "key": make_key("ec-p256-x")}
        judge(find_inputs(leaf, (SERVICES, leaf), store(SERVICES), usage, IN_2018, **about), RevocationAnswers())


@MANY
@given(
    broken(
        [DATA.joinpath("certinomis_easy_leaf_laposte_2017.pem").read_bytes()[:4000], SERVER.x509.public_bytes(serialization.Encoding.PEM)]
    )
)
def test_pem(content: bytes) -> None:
    typed(lambda: load_bundle(content, "certificate"))


@MANY
@given(st.binary(max_size=80))
def test_noise(content: bytes) -> None:
    for read in (load_bundle, load_key, load_crl, load_ocsp):
        typed(lambda read=read: read(content, "file"))  # type: ignore[misc]


@MANY
@given(st.deferred(lambda: broken([small_crl()])))
def test_crls(content: bytes) -> None:
    crl = typed(lambda: load_crl(content))
    if crl is not None:
        judge_revocation(a_case(), RevocationAnswers([crl]))


@FEWER
@given(broken([CRL.x509.public_bytes(DER)]))
def test_the_real_crl(content: bytes) -> None:
    crl = typed(lambda: load_crl(content))
    if crl is not None:
        judge_revocation(
            replace(find_inputs(LA_POSTE, (), store(CHAMBERSIGN), "client", IN_2017), path=(LA_POSTE, CHAMBERSIGN)),
            RevocationAnswers([crl]),
        )


@MANY
@given(st.deferred(lambda: broken([response()])))
def test_ocsp_responses(content: bytes) -> None:
    found = typed(lambda: load_ocsp(content))
    if found is not None:
        judge_revocation(a_case(), RevocationAnswers([], [found]))


@FEWER
@given(st.deferred(lambda: broken([bundle()])))
def test_pkcs12(content: bytes) -> None:
    typed(lambda: load_bundle(content, "certificate", "secret"))


@FEWER
@given(st.deferred(lambda: broken([key_pem(make_key("ec-p256-x")), key_pem(make_key("rsa-2048-x"))])))
def test_keys(content: bytes) -> None:
    typed(lambda: load_key(content, "private_key"))


def test_a_whole_pkcs12_is_read_with_its_passphrase_only() -> None:
    found = load_bundle(bundle(), "certificate", "secret")
    assert found.certificates[0].serial == 4096
    assert found.key is not None
    for wrong in ("other", None):
        with pytest.raises(InvalidInput):
            load_bundle(bundle(), "certificate", wrong)


def test_pem_may_hold_the_chain_and_the_key() -> None:
    pem = serialization.Encoding.PEM
    content = SERVER.x509.public_bytes(pem) + key_pem(make_key("ec-p256-x")) + SERVICES.x509.public_bytes(pem)
    bundle = load_bundle(content, "certificate")
    assert bundle.certificates == (SERVER, SERVICES)
    assert bundle.key.curve.name == "secp256r1"
