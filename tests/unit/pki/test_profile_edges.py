# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long chains, many names, and other edges of the profile that no single rule's pair of certificates shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography import x509

from ansible_collections.collectivites.antai.plugins.module_utils._pki.chain import _plain, complete_chain, find_paths
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import summarise_judgement
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Judgement
from tests.certificates_proof.cases import both, crl, delegated, issuing, leaf, ocsp, server, subject, trust
from tests.certificates_proof.scene import SIRET, Change, authority, base
from tests.support.psce import NOW, SECOND, Ours, Spec


def judgement(change: Change, family: str = "ec") -> Judgement:
    return change(base(family)).judged(Ours())


def said(change: Change, rule: str) -> tuple[str, str]:
    return next((verdict.outcome, verdict.reason) for verdict in judgement(change).verdicts if verdict.rule == rule)


NAMES = tuple(f"dns:{letter}.example" for letter in "abcdef")
FIVE = "a.example, b.example, c.example, d.example, e.example"
SERVER_ONLY = "clientAuth is not among {}: this is no client certificate"


@pytest.mark.parametrize(
    ("change", "rule", "verdict"),
    [
        (server(*NAMES, host=None), "alternative_name", ("pass", FIVE)),
        (
            server("dns:a.example", "ip:192.0.2.1", "ip:2001:db8::1", host=None),
            "alternative_name",
            ("pass", "a.example, 192.0.2.1, 2001:db8::1"),
        ),
        (server("ip:192.0.2.1", host=None), "alternative_name", ("pass", "192.0.2.1")),
        (server(*NAMES, host="x.example"), "host_name", ("fail", f"x.example is not among {FIVE}")),
        (server(*NAMES, host="f.example"), "host_name", ("pass", "f.example")),
        (server("ip:2001:db8::1", host="[2001:db8::1]"), "host_name", ("pass", "[2001:db8::1]")),
        (server("ip:2001:db8::1", host="2001:db8:0::1"), "host_name", ("pass", "2001:db8:0::1")),
        (server("dns:a.example", host="X[192.0.2.1]X"), "host_name", ("fail", "X[192.0.2.1]X is not among a.example")),
        (server("ip:192.0.2.1", host="X[192.0.2.1]X"), "host_name", ("fail", "X[192.0.2.1]X is not among the names in the SAN")),
        (leaf(eku=("ocsp", "email")), "extended_key_usage", ("fail", SERVER_ONLY.format("OCSPSigning, 1.3.6.1.5.5.7.3.4"))),
        (
            leaf(eku=("client", "email", "any")),
            "extended_key_usage",
            ("warn", "clientAuth, but also 1.3.6.1.5.5.7.3.4, 2.5.29.37.0"),
        ),
        (
            leaf(key_usage=("digital_signature", "content_commitment", "data_encipherment")),
            "key_usage",
            ("fail", "sets content_commitment, data_encipherment, which is not for authentication"),
        ),
        (leaf(policies=("1.2.3", "1.2.4")), "policy", ("fail", "1.2.3, 1.2.4 is not among 1.2.250.1.999.1.1")),
        (
            both(leaf(policies=("1.2.3", "1.2.4")), trust(policies=())),
            "policy",
            ("not_verifiable", "the trust store does not know this CA's policies; the certificate names 1.2.3, 1.2.4"),
        ),
        (trust(policies=("1.2.3", "1.2.4")), "policy", ("fail", "1.2.250.1.999.1.1 is not among 1.2.3, 1.2.4")),
        (issuing(not_after=NOW + timedelta(days=9)), "valid_now", ("pass", "until 2026-06-10 12:00:00Z")),
        (lambda scene: replace(scene, trusted=()), "trusted_ca", ("not_verifiable", "there is no path to a CA of the trust store")),
        (subject(("O", "Z")), "subject_organization", ("fail", "O must be there once; found: Lyon, Z")),
        (
            subject(("OU", "1234 rue"), ("OU", "5678 place")),
            "subject_other_units",
            ("fail", "an OU that is no identifier starts with four digits: 1234 rue, 5678 place"),
        ),
        (
            subject(("OU", "0002 21310555400017"), ("OI", "NTRFR-21130055300016"), without=("OU", "OI")),
            "owner",
            ("fail", f"names 21130055300016, 21310555400017, not {SIRET}"),
        ),
        (subject(without=("OU", "OI")), "owner", ("fail", f"names nobody: nothing says that it is {SIRET}'s")),
    ],
)
def test_what_a_rule_says_of_several(change: Change, rule: str, verdict: tuple[str, str]) -> None:
    assert said(change, rule) == verdict


@pytest.mark.parametrize(
    ("change", "rule", "verdict"),
    [
        (delegated(not_before=NOW), "ocsp_delegation", ("pass", "delegated by the CA")),
        (delegated(not_before=NOW + SECOND), "ocsp_delegation", ("fail", "the responder's certificate is not valid at this time")),
        (
            ocsp(status="revoked", revoked_at=NOW + timedelta(minutes=5)),
            "ocsp_status",
            ("fail", "revoked on 2026-06-01 12:05:00Z (keyCompromise)"),
        ),
        (
            ocsp(status="revoked", revoked_at=NOW + timedelta(minutes=5, seconds=1)),
            "ocsp_status",
            ("fail", "revoked on 2026-06-01 12:05:01Z (keyCompromise)"),
        ),
        (crl(revoked=((4096, NOW + timedelta(minutes=5)),)), "crl_status", ("fail", "revoked on 2026-06-01 12:05:00Z (superseded)")),
        (
            crl(revoked=((4096, NOW + timedelta(minutes=5, seconds=1)),)),
            "crl_status",
            ("fail", "revoked on 2026-06-01 12:05:01Z (superseded)"),
        ),
        (
            crl(point={"url": "http://psce.example/1.crl"}),
            "crl_scope",
            ("not_verifiable", "is one of several parts, and not the one that the certificate names"),
        ),
        (crl(next=NOW - SECOND), "crl_status", ("not_verifiable", "not listed, but this CRL is not of now")),
        (crl(delta=True), "crl_status", ("not_verifiable", "what this CRL says cannot be relied on")),
        (ocsp(next=NOW - SECOND), "ocsp_status", ("not_verifiable", "this response is not of now")),
        (ocsp(serial=4097), "ocsp_status", ("not_verifiable", "what this response says cannot be relied on")),
        (ocsp(serial=4097), "ocsp_freshness", ("not_verifiable", "it does not answer about this certificate")),
        (ocsp(hash="sha224"), "ocsp_delegation", ("not_verifiable", "nobody is known to have signed it")),
        (trust(valid_to=date(2026, 5, 1)), "policy", ("not_verifiable", "no entry of the trust store is in force for the issuing CA")),
    ],
)
def test_revocation_at_its_edges(change: Change, rule: str, verdict: tuple[str, str]) -> None:
    assert said(change, rule) == verdict


def test_every_verdict_names_where_its_rule_stands() -> None:
    sources = {verdict.rule: verdict.source for verdict in judgement(leaf()).verdicts}
    assert sources["chain"] == "RFC 5280, 6.1; own anchors only"
    assert sources["crl_status"] == "RFC 5280, 6.3.3 (i)"
    assert all(sources.values())
    assert summarise_judgement(judgement(leaf(eku=("server",))))["verdicts"] == [
        {
            "rule": "extended_key_usage",
            "outcome": "fail",
            "reason": SERVER_ONLY.format("serverAuth"),
            "source": "RGS annex A4 v3.0 (restatement)",
        }
    ]


# Chains: at most six certificates, leaf and anchor included


def ladder(authorities: int) -> list[ParsedCertificate]:
    """A leaf and the CAs above it, the root last."""
    steps = [authority(f"AC {number}", f"ec-p256-step{number}") for number in range(authorities)]
    leaf_of: Spec = base("ec").leaf
    pairs = zip([leaf_of, *steps], [*steps, steps[-1]], strict=True)
    return [load_bundle(Ours().certificate(spec, issuer), "x").certificates[0] for spec, issuer in pairs]


@pytest.mark.parametrize(("authorities", "found"), [(1, True), (4, True), (5, True), (6, False)])
def test_the_longest_chain(authorities: int, found: bool) -> None:
    whole = ladder(authorities)
    paths = find_paths(whole[0], tuple(whole[1:-1]), (whole[-1],))
    assert paths.verified == ((tuple(whole),) if found else ())
    assert not paths.undecided
    assert paths.broken == ("" if found else "no trusted CA issued it, nor a CA of this file that a trusted CA issued")
    assert complete_chain(whole[0], (), tuple(whole[1:]), NOW) == tuple(whole[1:6])


def test_the_shortest_way_to_an_anchor() -> None:
    whole = ladder(3)
    assert find_paths(whole[0], tuple(whole[1:]), tuple(whole[1:])).verified == (tuple(whole[:2]),)
    assert find_paths(whole[0], tuple(whole[1:]), (whole[3], whole[2])).verified == (tuple(whole[:3]),)


def test_an_anchor_is_not_its_own_issuer() -> None:
    root = ladder(2)[-1]
    assert find_paths(root, (), (root,)).verified == ()


def test_a_reason_of_the_verifier_is_kept_short() -> None:
    assert _plain(ValueError("a\n  b")) == "a b"
    assert _plain(ValueError("x" * 400)) == "x" * 300
    assert _plain(ValueError("")) == "ValueError"


def test_names_of_a_certificate_are_those_of_its_subject() -> None:
    (found,) = [each for each in ladder(1) if each.subject != each.issuer]
    assert found.named == "CN=FPS,2.5.4.97=NTRFR-21690123100011,OU=0002 21690123100011,O=Lyon,C=FR"
    assert isinstance(found.extension(x509.KeyUsage).value, x509.KeyUsage)
