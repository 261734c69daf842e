# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""rgs_certificate_info as Ansible runs it, with a CRL and an OCSP responder over plain HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.shipped_files import TRUST_STORES
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.trust_store import load
from tests.certificates_proof.scene import POLICY, SIRET, base
from tests.support.collection import returns
from tests.support.keys import key_pem
from tests.support.psce import CrlSpec, OcspSpec, Ours, Spec, make_key
from tests.support.responder import Responder
from tests.support.run_module import Result, run_module
from tests.support.shape import same_shape

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Files:
    leaf: Spec
    issuer: Spec
    arguments: dict[str, Any]


@pytest.fixture
def files(tmp_path: Path, responder: Responder) -> Files:
    scene = base("ec")
    life = {"not_before": NOW - 24 * HOUR, "not_after": NOW + 24 * HOUR}
    leaf = replace(scene.leaf, crl_point=f"{responder.url}/crl", ocsp_url=f"{responder.url}/ocsp", **life)
    ca = x509.load_der_x509_certificate(Ours().certificate(scene.issuer, scene.trusted[0].issuer))
    entry = {
        "name": "proof",
        "certificate": ca.public_bytes(serialization.Encoding.PEM).decode(),
        "policies": [POLICY],
        "usage": ["client"],
        "source": "a test",
    }
    (tmp_path / "leaf.der").write_bytes(Ours().certificate(leaf, scene.issuer))
    (tmp_path / "key.pem").write_bytes(key_pem(make_key(leaf.key)))
    store = {"version": 1, "entries": [entry]}
    arguments = {"certificate": str(tmp_path / "leaf.der"), "private_key": str(tmp_path / "key.pem"), "trust_store": store, "siret": SIRET}
    return Files(leaf, scene.issuer, arguments)


def crl(files: Files, *revoked: int) -> bytes:
    spec = CrlSpec(files.issuer, files.issuer.key, NOW - HOUR, NOW + HOUR, tuple((each, NOW - HOUR) for each in revoked))
    return Ours().crl(spec)


def response(files: Files, status: str = "good") -> bytes:
    return Ours().ocsp(OcspSpec(files.leaf.serial, files.issuer, status, NOW - HOUR, NOW + HOUR, NOW - HOUR))


def rules(result: Result) -> dict[str, str]:
    return {each["rule"]: each["outcome"] for each in result["verdicts"] if each["outcome"] != "pass"}


def judged(files: Files, **more: Any) -> Result:
    return run_module("rgs_certificate_info", files.arguments | more)


def test_all_is_well(files: Files, responder: Responder) -> None:
    responder.answers = {"/crl": (200, crl(files)), "/ocsp": (200, response(files))}
    result = judged(files)
    assert (result["outcome"], rules(result), result["changed"]) == ("pass", {}, False)
    assert responder.asked == ["/ocsp", "/crl"]
    assert ocsp.load_der_ocsp_request(responder.posted[0]).serial_number == files.leaf.serial
    assert result["certificate"]["identifiers"] == [SIRET]
    assert len(result["path"]) == 2


def test_a_crl_that_has_moved_and_comes_as_people_publish_it(files: Files, responder: Responder) -> None:
    pem = x509.load_der_x509_crl(crl(files)).public_bytes(serialization.Encoding.PEM)
    responder.answers = {"/crl": (301, b""), "/new": (308, b""), "/ac.crl": (200, b"Certificate Revocation List (CRL):\n" + pem)}
    responder.headers = {"/crl": {"Location": f"{responder.url}/new"}, "/new": {"Location": "ac.crl"}}
    result = judged(files)
    assert (result["outcome"], responder.asked) == ("pass", ["/ocsp", "/crl", "/new", "/ac.crl"])


@pytest.mark.parametrize(
    ("answers", "more", "expected"),
    [
        pytest.param(lambda f: {"/crl": (200, crl(f))}, {}, {}, id="the CRL is enough"),
        pytest.param(lambda f: {"/ocsp": (200, response(f))}, {}, {}, id="OCSP is enough"),
        pytest.param(
            lambda f: {"/crl": (200, crl(f, 4096))},
            {},
            {"crl_status": "fail", "revocation": "fail", "revoked": "fail"},
            id="revoked by CRL",
        ),
        pytest.param(
            lambda f: {"/ocsp": (200, response(f, "revoked")), "/crl": (200, crl(f))},
            {},
            {"ocsp_status": "fail", "revocation": "fail", "revoked": "fail"},
            id="revoked by OCSP",
        ),
        pytest.param(lambda f: {}, {}, {"revocation": "fail"}, id="unreachable fails"),
        pytest.param(lambda f: {}, {"unreachable": "warn"}, {"revocation": "warn"}, id="unreachable warns, as chosen"),
        pytest.param(lambda f: {"/crl": (200, b"<html>")}, {}, {"revocation": "fail"}, id="a page instead of a CRL"),
        pytest.param(lambda f: {"/crl": (302, crl(f))}, {}, {"revocation": "fail"}, id="a redirect to nowhere"),
        pytest.param(lambda f: {"/ocsp": (200, b"\x30\x03\x0a\x01\x03")}, {}, {"revocation": "fail"}, id="try later"),
        pytest.param(lambda f: {"/crl": (200, crl(f))}, {"fetch": False}, {"revocation": "not_verifiable"}, id="nothing is fetched"),
    ],
)
def test_revocation(
    files: Files, responder: Responder, answers: Callable[[Files], Any], more: dict[str, Any], expected: dict[str, str]
) -> None:
    responder.answers = answers(files)
    assert rules(judged(files, **more)) == expected


def test_files_instead_of_addresses(files: Files, responder: Responder, tmp_path: Path) -> None:
    (tmp_path / "a.crl").write_bytes(crl(files))
    (tmp_path / "a.ocsp").write_bytes(response(files, "unknown"))
    assert rules(judged(files, crl=[str(tmp_path / "a.crl")])) == {}
    assert rules(judged(files, ocsp=[str(tmp_path / "a.ocsp")])) == {"ocsp_status": "fail", "revocation": "fail"}
    (tmp_path / "later.ocsp").write_bytes(b"\x30\x03\x0a\x01\x03")
    assert rules(judged(files, ocsp=[str(tmp_path / "later.ocsp")])) == {"revocation": "fail"}
    assert responder.asked == []


def test_nobody_else_chooses_where_we_connect(files: Files, responder: Responder) -> None:
    shipped = load(TRUST_STORES.path / "france.yml")
    found = rules(judged(files, trust_store=shipped))
    assert found == {"chain": "fail", "trusted_ca": "not_verifiable", "policy": "not_verifiable", "revocation": "not_verifiable"}
    assert responder.asked == []


def test_the_samples_have_the_shape_of_what_is_returned(files: Files) -> None:
    result, documented = judged(files), returns("rgs_certificate_info")
    for name in ("outcome", "verdicts", "certificate", "path"):
        same_shape(documented[name]["sample"], result[name], name)


def test_an_override_is_seen(files: Files) -> None:
    result = judged(files, overrides=[{"rule": "revocation", "outcome": "pass", "reason": "the machine has no way out"}])
    assert result["outcome"] == "pass"
    (softened,) = [each for each in result["verdicts"] if "override" in each]
    assert softened["override"] == {"found": "fail", "reason": "the machine has no way out"}


def test_now_and_then(files: Files) -> None:
    found = rules(judged(files, at=(NOW + 25 * HOUR).isoformat(), unreachable="warn"))
    assert found == {"valid_at": "fail", "revocation": "warn"}
    assert rules(judged(files, at=(NOW + HOUR).strftime("%Y-%m-%dT%H:%M:%SZ"), unreachable="warn")) == {"revocation": "warn"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"at": "soon"}, "at"),
        ({"trust_store": {"version": 2}}, "trust_store"),
        ({"timeout": 0, "fetch": True}, "timeout"),
        ({"certificate": "/nowhere"}, "certificate"),
        ({"siret": "216901231"}, "siret"),
        ({"overrides": [{"rule": "all", "reason": "x"}]}, "overrides"),
    ],
)
def test_bad_input_is_named(files: Files, more: dict[str, Any], field: str) -> None:
    result = judged(files, **{"fetch": False} | more)
    assert result["failed"]
    assert field in result["msg"]


def test_the_shipped_store_says_where_it_is_from() -> None:
    told = yaml.safe_load((TRUST_STORES.path / "france.yml").read_text(encoding="utf-8"))
    assert all(entry["source"] and entry["doubts"] for entry in told["entries"])
    assert not any("sandbox" in path.name or b"sandbox" in path.read_bytes().lower() for path in TRUST_STORES.path.iterdir())
