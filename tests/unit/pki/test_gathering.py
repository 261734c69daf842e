# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses of a certificate are asked for its revocation, in which order, and what is said of those that answer nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp

from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import (
    ValidationPolicy,
    blocking_reasons,
    evaluate,
    find_inputs,
    gather_evidence,
    judge,
)
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle, load_crl, load_ocsp
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import (
    RevocationAnswers,
    crl_urls,
    fetch_revocation,
    judge_revocation,
    ocsp_urls,
)
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.support.evaluation import CRL_URL, LIFE, OCSP_URL, Psce, authority, scene, validation_policy
from tests.support.observed import NOW
from tests.support.psce import CrlSpec, OcspSpec, Ours, make_key

A, B = "http://a.example/crl", "http://b.example/crl"
TRY_LATER = b"\x30\x03\x0a\x01\x03"
GOOD = scene()
CA = authority(GOOD)


def made(given: Any) -> ParsedCertificate:
    return load_bundle(Ours().certificate(given.leaf, given.issuer), "x").certificates[0]


def point(*urls: str, reasons: Any = None, issuer: Any = None, names: Any = None) -> x509.DistributionPoint:
    full = names or [x509.UniformResourceIdentifier(url) for url in urls]
    return x509.DistributionPoint(full, None, reasons, issuer)


def pointing(*points: x509.DistributionPoint) -> ParsedCertificate:
    extension = ("2.5.29.31", False, x509.CRLDistributionPoints(points).public_bytes())
    return made(scene(crl_point=None, extra=(extension,)))


SOME = frozenset([x509.ReasonFlags.key_compromise])
NAMED = [x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")]))]
MANY = [f"http://{number}.example/crl" for number in range(6)]


@pytest.mark.parametrize(
    ("points", "urls"),
    [
        ([point(A)], [A]),
        ([point(A, B)], [A, B]),
        ([point(A), point(B)], [A, B]),
        ([point(A), point(A)], [A]),
        ([point(A, reasons=SOME)], []),
        ([point(A, issuer=NAMED)], []),
        ([point(A, reasons=SOME, issuer=NAMED), point(B)], [B]),
        ([point("ldap://a.example/crl", "HTTPS://b.example/crl", "ftp://x", A)], ["HTTPS://b.example/crl", A]),
        ([point(names=NAMED), point(A)], [A]),
        ([x509.DistributionPoint(None, None, None, NAMED)], []),
        ([point(*MANY)], MANY[:4]),
    ],
)
def test_where_crls_are(points: list[x509.DistributionPoint], urls: list[str]) -> None:
    assert crl_urls(pointing(*points)) == urls


def access(*described: tuple[x509.ObjectIdentifier, str]) -> ParsedCertificate:
    known = x509.AuthorityInformationAccess([x509.AccessDescription(kind, x509.UniformResourceIdentifier(url)) for kind, url in described])
    return made(scene(ocsp_url=None, extra=(("1.3.6.1.5.5.7.1.1", False, known.public_bytes()),)))


OCSP, ISSUERS = x509.AuthorityInformationAccessOID.OCSP, x509.AuthorityInformationAccessOID.CA_ISSUERS


def test_where_responders_are() -> None:
    assert ocsp_urls(access((ISSUERS, B), (OCSP, A))) == [A]
    assert ocsp_urls(access((ISSUERS, B))) == []
    assert ocsp_urls(made(scene(ocsp_url=None))) == []
    assert crl_urls(made(scene(crl_point=None))) == []


def test_what_is_asked() -> None:
    """OCSP names leaf and CA with SHA-1, as all responders know it (RFC 5019, 2.1.1)."""
    asked: list[tuple[str, bytes | None]] = []

    def fetch(url: str, body: bytes | None) -> bytes:
        asked.append((url, body))
        return Psce(GOOD)(url, body)

    leaf = made(GOOD)
    answers = fetch_revocation((leaf, CA, CA), fetch)
    assert [url for url, _ in asked] == [OCSP_URL, CRL_URL]
    (_, question), (_, nothing) = asked
    assert nothing is None
    assert question is not None
    request = ocsp.load_der_ocsp_request(question)
    assert (request.serial_number, request.hash_algorithm.name) == (leaf.serial, "sha1")
    assert (len(answers.crls), len(answers.responses), answers.missed, answers.unreachable) == (1, 1, [], "fail")
    assert isinstance(answers.responses[0], ocsp.OCSPResponse)


@pytest.mark.parametrize("path", [(), (CA,)])
def test_without_the_issuing_ca_nobody_is_asked(path: tuple[ParsedCertificate, ...]) -> None:
    assert fetch_revocation(path, Psce(GOOD), "warn") == RevocationAnswers(unreachable="warn")


def answering(answers: dict[str, Any]) -> Any:
    def fetch(url: str, body: bytes | None) -> bytes:
        answer = answers[url]
        if isinstance(answer, Exception):
            raise answer
        content: bytes = answer
        return content

    return fetch


def test_the_first_that_answers_is_enough_and_the_others_are_told() -> None:
    leaf = pointing(point("http://down.example"), point("http://odd.example"), point(A), point(B))
    answers = fetch_revocation(
        (leaf, CA),
        answering(
            {
                OCSP_URL: TRY_LATER,
                "http://down.example": TransportError("connection refused"),
                "http://odd.example": b"<html>",
                A: Psce(GOOD)(A),
            }
        ),
    )
    assert (len(answers.crls), answers.responses) == (1, [])
    assert answers.missed == [
        f"{OCSP_URL}: ocsp: the responder says try_later",
        "http://down.example: connection refused",
        "http://odd.example: crl: this is an HTML page, such as an error page of a server, no CRL",
    ]
    case = find_inputs(made(GOOD), (), validation_policy(GOOD).store, "client", NOW)
    assert judge_revocation(case, answers)[-1].reason == "CRL: not listed; not had: " + "; ".join(answers.missed)


def test_what_is_given_and_answers_nothing() -> None:
    case = find_inputs(made(GOOD), (), validation_policy(GOOD).store, "client", NOW)
    (verdict,) = judge_revocation(case, RevocationAnswers([], [load_ocsp(TRY_LATER)]))
    assert (verdict.rule, verdict.outcome) == ("revocation", "fail")
    assert verdict.reason == "no source could be reached; not had: OCSP: the responder says try_later"
    assert verdict.source == "RGS annex A4 v3.0 (restatement); RFC 5280, 6.3; RFC 6960"


def test_all_sources_that_are_good_are_named() -> None:
    crl, response = load_crl(Psce(GOOD)(CRL_URL)), load_ocsp(Psce(GOOD)(OCSP_URL, b"x"))
    case = find_inputs(made(GOOD), (), validation_policy(GOOD).store, "client", NOW)
    found = judge_revocation(case, RevocationAnswers([crl], [response]))
    assert found[-1].reason == "CRL: not listed, OCSP: good"
    assert judge(case, RevocationAnswers([crl], [response])).as_dict() == {
        "outcome": "pass",
        "verdicts": [verdict.as_dict() for verdict in judge(case, RevocationAnswers([crl], [response])).verdicts],
    }


def test_each_crl_has_its_verdicts() -> None:
    case, crl = find_inputs(made(GOOD), (), validation_policy(GOOD).store, "client", NOW), load_crl(Psce(GOOD)(CRL_URL))

    def rules(crls: list[Any]) -> list[str]:
        return [each.rule for each in judge_revocation(case, RevocationAnswers(crls))]

    assert rules([crl, crl]) == rules([crl])[:-1] + rules([crl])


def test_without_the_issuing_ca_nothing_can_be_verified() -> None:
    case = find_inputs(made(GOOD), (), ValidationPolicy(replace(validation_policy(GOOD).store, entries=())).store, "client", NOW)
    (verdict,) = judge_revocation(case, RevocationAnswers())
    assert (verdict.outcome, verdict.reason) == ("not_verifiable", "without the issuing CA nothing can be verified")


def test_a_crl_that_gives_no_reason_for_a_revocation() -> None:
    builder = x509.CertificateRevocationListBuilder().issuer_name(CA.subject).last_update(LIFE["not_before"])
    entry = x509.RevokedCertificateBuilder().serial_number(GOOD.leaf.serial).revocation_date(LIFE["not_before"]).build()
    crl = builder.next_update(LIFE["not_after"]).add_revoked_certificate(entry).sign(make_key(GOOD.issuer.key), CA.hash)
    case = find_inputs(made(GOOD), (), validation_policy(GOOD).store, "client", NOW)
    verdicts = judge_revocation(case, RevocationAnswers([load_crl(crl.public_bytes(serialization.Encoding.DER))]))
    assert verdicts[-1].reason == f"revoked on {LIFE['not_before']:%Y-%m-%d %H:%M:%S}Z"


# The judgement as a whole knows for whom and for which host


@pytest.mark.parametrize(
    ("given", "usage", "about", "told"),
    [
        (GOOD, "client", {"siret": "21310555400017"}, "owner: names 21690123100011, not 21310555400017"),
        (
            scene(eku=("server",), san=("dns:sifps.example",)),
            "server",
            {"host": "autre.example", "siret": "21310555400017"},
            "owner: names 21690123100011, not 21310555400017; host_name: autre.example is not among sifps.example",
        ),
    ],
)
def test_for_whom_it_is_judged(given: Any, usage: str, about: dict[str, str], told: str) -> None:
    how = ValidationPolicy(
        replace(
            validation_policy(given).store,
            entries=tuple(replace(entry, usage=("client", "server")) for entry in validation_policy(given).store.entries),
        )
    )
    evidence = gather_evidence(made(given), (), how, Psce(given), usage=usage, **about)
    assert blocking_reasons(evaluate(evidence, how, NOW)) == told


# The CAs of the path


def pointing_ca(url: str | None = "http://root.example/crl") -> Any:
    """A scene whose issuing CA names a CRL of its root's; the leaf names no OCSP."""
    found = scene(ocsp_url=None)
    return replace(found, issuer=replace(found.issuer, crl_point=url))


def of_root(made_of: Any, *revoked: int, key: str | None = None) -> bytes:
    root = made_of.trusted[0].issuer
    return Ours().crl(CrlSpec(root, key or root.key, LIFE["not_before"], LIFE["not_after"], tuple((serial, NOW) for serial in revoked)))


def chain_of(made_of: Any) -> tuple[ParsedCertificate, ParsedCertificate, ParsedCertificate]:
    root = made_of.trusted[0].issuer
    pairs = ((made_of.leaf, made_of.issuer), (made_of.issuer, root), (root, root))
    leaf, ca, top = (load_bundle(Ours().certificate(*pair), "x").certificates[0] for pair in pairs)
    return leaf, ca, top


@pytest.mark.parametrize(
    ("authorities", "root_crl", "revoked", "said"),
    [
        pytest.param(True, "good", False, "pass", id="its root's list is had"),
        pytest.param(True, "lists it", True, "fail", id="its root's list has the trusted CA"),
        pytest.param(True, "down", False, "warn", id="its root's list is out of reach"),
        pytest.param(True, "another's", False, "warn", id="another CA's list stands there"),
        pytest.param(False, "lists it", False, "absent", id="its root is not here, nobody is asked"),
    ],
)
def test_the_trusted_ca_s_own_revocation(authorities: bool, root_crl: str, revoked: bool, said: str) -> None:
    given = pointing_ca()
    leaf, ca, root = chain_of(given)
    answers: dict[str, Any] = {
        CRL_URL: Psce(given)(CRL_URL),
        "http://root.example/crl": {
            "good": of_root(given),
            "lists it": of_root(given, ca.serial),
            "down": TransportError("connection refused"),
            "another's": Psce(given)(CRL_URL),
        }[root_crl],
    }
    how = ValidationPolicy(TrustStore((replace(validation_policy(given).store.entries[0], ca=ca),)))
    evidence = gather_evidence(leaf, (root,) if authorities else (), how, answering(answers))
    verdicts = {verdict.rule: verdict for verdict in evaluate(evidence, how, NOW).verdicts}
    assert (verdicts["ca_revocation"].outcome if "ca_revocation" in verdicts else "absent") == said
    assert ("revoked" in verdicts) is revoked
    assert verdicts["revocation"].outcome == "pass"
    if root_crl == "another's":
        assert "not of CN=Racine" in verdicts["ca_revocation"].reason


def test_another_ca_s_crl_at_the_address_is_as_good_as_none() -> None:
    """Who answers with another CA's good list must not make a revoked certificate good, nor just unknown."""
    leaf, ca, _root = chain_of(GOOD)
    answers = fetch_revocation((leaf, ca), answering({OCSP_URL: TransportError("no"), CRL_URL: of_root(GOOD)}))
    assert answers.crls == []
    assert answers.missed[1].startswith(f"{CRL_URL}: crl: this is the CRL of ")
    case = find_inputs(leaf, (), TrustStore((replace(validation_policy(GOOD).store.entries[0], ca=ca),)), "client", NOW)
    assert judge_revocation(case, answers)[-1].outcome == "fail"


def test_a_crl_and_a_response_about_a_ca_are_not_judged_as_the_leaf_s() -> None:
    given = pointing_ca()
    leaf, ca, root = chain_of(given)
    store = TrustStore((replace(validation_policy(given).store.entries[0], ca=ca),))
    about_ca = load_ocsp(Ours().ocsp(OcspSpec(ca.serial, given.trusted[0].issuer, "revoked", NOW, LIFE["not_after"], NOW)))
    verdicts = judge_revocation(find_inputs(leaf, (root,), store, "client", NOW), RevocationAnswers([load_crl(of_root(given))], [about_ca]))
    assert [(verdict.rule, verdict.outcome) for verdict in verdicts] == [
        ("revocation", "not_verifiable"),
        ("ca_revocation", "fail"),
        ("revoked", "fail"),
    ]
    assert verdicts[0].reason == "no CRL and no OCSP response of its CA was given"
