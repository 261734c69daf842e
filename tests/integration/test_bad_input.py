# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input is refused before any request, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.collectivites.antai.plugins.module_utils._http import client as https
from tests.support.bench import ACCOUNT, FORM, Bench
from tests.support.certificates import self_signed_now
from tests.support.keys import key_pem, new_key
from tests.support.playbook import play
from tests.support.run_module import profile
from tests.support.sandbox_process import SandboxProcess
from tests.support.values import OTHER, SIRET, existing


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, sandbox_template: Path) -> Iterator[SandboxProcess]:
    """One sandbox for all: each test finds and leaves its log empty."""
    with SandboxProcess(tmp_path_factory.mktemp("shared") / "state", existing(), sandbox_template) as running:
        yield running


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https, "PAUSES", (0.01,))


@pytest.fixture
def here(shared: SandboxProcess, tmp_path: Path) -> Bench:
    return Bench(shared, tmp_path)


SIRETS = {
    "21690123100012": "wrong key",
    "213105554": "SIREN",
    "69001": "postal code",
    "1690123100011": "leading zero",
    "2.17E+13": "spreadsheet",
    "216 901 231 00011": "digits",
    "FR12213105554": "VAT",
    "abc": "14 digits",
    "": "14 digits",
}
MODULES: dict[str, dict[str, Any]] = {
    "antai_account": {},
    "antai_convention": {},
    "antai_certificate": {"certificates": [{"provider": "essai"}]},
    "antai_certificate_request": {"provider": "essai", "name": "Lyon"},
    "antai_account_info": {},
    "antai_certificate_info": {},
    "antai_convention_info": {},
    "antai_certificate_request_info": {},
    "antai_exchange_info": {"certificates": [{"provider": "essai"}]},
    "antai_onboarding_info": {"certificates": [{"provider": "essai"}], "name": "Lyon"},
}
ALL = {"antai_account_info", "antai_certificate_info", "antai_convention_info"}


@pytest.mark.parametrize("siret", SIRETS)
def test_no_siret(here: Bench, siret: str) -> None:
    for module, arguments in MODULES.items():
        if siret or module not in ALL:  # without a SIRET these list all
            refused(here, module, arguments | {"siret": siret}, "invalid_input", SIRETS[siret], "siret")


def refused(here: Bench, module: str, arguments: dict[str, Any], code: str, text: str, field: str | None = None) -> None:
    before = len(here.requests())
    result = here.run(module, **arguments)
    assert result["failed"]
    assert "error" in result, result["msg"]
    assert (result["error"]["code"], result["error"]["details"].get("field")) == (code, field), result["msg"]
    assert text.lower() in result["msg"].lower()
    assert result["error"]["hint"], "what to do"
    assert len(here.requests()) == before, "a request was made"
    assert not here.store.exists(), "something was written"


@dataclass(frozen=True)
class Bad:
    """Arguments that cannot be right; field: which of them is named; text: part of the message."""

    what: str
    module: str
    arguments: dict[str, Any] | Callable[[Path], dict[str, Any]]
    text: str
    field: str | None
    code: str = "invalid_input"


def files(siret: str = SIRET, certificate: bytes | None = None, key: bytes | None = None, **more: Any) -> Callable[[Path], dict[str, Any]]:
    """A certificate and a key of that SIRET in files, or what stands in for them."""

    def write(folder: Path) -> dict[str, Any]:
        own = new_key()
        (folder / "certificate.pem").write_bytes(self_signed_now(siret, own) if certificate is None else certificate)
        (folder / "key.pem").write_bytes(key_pem(own) if key is None else key)
        declared = {"provider": "essai", "certificate": str(folder / "certificate.pem"), "private_key": str(folder / "key.pem")}
        return {"siret": SIRET, "certificates": [declared | more]}

    return write


def certificates(*declared: dict[str, Any]) -> dict[str, Any]:
    return {"siret": SIRET, "certificates": list(declared)}


ENCRYPTED = new_key().private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
)
BAD = (
    Bad(
        "rule that is none",
        "antai_convention",
        {"siret": SIRET, "document_overrides": [{"rule": "x", "reason": "y"}]},
        "no rule",
        "document_overrides",
    ),
    Bad("day that is none", "antai_convention", {"siret": SIRET, "deliberation_date": "5/3/2026"}, "not a day", "deliberation_date"),
    Bad("form that is none", "antai_convention", {"siret": SIRET, "form": {"version": 1}}, "names no field", "form"),
    Bad("anchor that is none", "antai_convention", {"siret": SIRET, "signature_anchors": ["/a.pem"]}, "PEM", "signature_anchors"),
    Bad("prefilling without store", "antai_convention_prefill", {"siret": SIRET, "form": FORM, "store": None}, "is not set", "store"),
    Bad("document not in base64", "antai_convention", {"siret": SIRET, "document_content": "%PDF-1.4"}, "base64", "document_content"),
    Bad("key of another certificate", "antai_certificate", files(key=key_pem(new_key())), "matches the private key", "certificate"),
    Bad("certificate of another SIRET", "antai_certificate", files(OTHER), f"names {OTHER}, not {SIRET}", "certificate"),
    Bad("certificate that names nobody", "antai_certificate", files(""), f"names nobody, not {SIRET}", "certificate"),
    Bad("garbled certificate", "antai_certificate", files(certificate=b"-----BEGIN CERTIFICATE-----\nAAAA"), "was cut", "certificate"),
    Bad("empty certificate", "antai_certificate", files(certificate=b""), "no certificate", "certificate"),
    Bad("garbled key", "antai_certificate", files(key=b"-----BEGIN PRIVATE KEY-----\nAAAA"), "was cut", "private_key"),
    Bad("encrypted key", "antai_certificate", files(key=ENCRYPTED), "passphrase", "private_key"),
    Bad("no such file", "antai_certificate", files(private_key="/nowhere/key.pem"), "/nowhere/key.pem: No such file", "private_key"),
    Bad("key of a dialogue that does not match", "antai_exchange_info", files(key=key_pem(new_key())), "matches", "certificate"),
    Bad(
        "key without certificate",
        "antai_certificate",
        certificates({"provider": "essai", "private_key": "/k"}),
        "without its certificate",
        "certificates.private_key",
    ),
    Bad("declared twice", "antai_certificate", certificates({"provider": "a"}, {"provider": "a"}), "declared twice", "certificates"),
    Bad("label that is a path", "antai_certificate", certificates({"provider": "../a"}), "no label", "certificates.provider"),
    Bad(
        "short fingerprint",
        "antai_certificate",
        certificates({"provider": "a", "fingerprint": "ab:cd"}),
        "64 hexadecimal",
        "certificates.fingerprint",
    ),
    Bad("label", "antai_certificate_request", {"siret": SIRET, "provider": "Été", "name": "Lyon"}, "no label", "provider"),
    Bad("no name", "antai_certificate_request", {"siret": SIRET, "provider": "a", "name": " "}, "1 to 64", "name"),
    Bad("long name", "antai_certificate_request", {"siret": SIRET, "provider": "a", "name": "x" * 65}, "has 65 characters", "name"),
    Bad("no store", "antai_certificate_request", {"siret": SIRET, "provider": "a", "name": "x", "store": None}, "is not set", "store"),
    Bad("no store to look into", "antai_certificate_request_info", {"siret": SIRET, "store": None}, "is not set", "store"),
    Bad("relative store", "antai_convention", {"siret": SIRET, "store": "here"}, "not an absolute path", "store"),
    Bad("postal code", "antai_account", ACCOUNT | {"address": {"postal_code": "1000"}}, "five digits", "address.postal_code"),
    Bad("département", "antai_account", ACCOUNT | {"departement": "1"}, "two digits", "departement"),
    Bad("e-mail", "antai_account", ACCOUNT | {"contact_email": "mairie"}, "e-mail", "contact_email"),
    Bad("http", "antai_account", ACCOUNT | {"portal_url": "http://127.0.0.1:1"}, "https://", "portal_url"),
    Bad("http, nothing to log in with", "antai_account_info", {"sifps_url": "http://127.0.0.1:1"}, "https://", "sifps_url"),
    Bad("http for tokens", "antai_account", ACCOUNT | {"token_url": "http://127.0.0.1:1"}, "https://", "token_url"),
    Bad("password in a URL", "antai_account", ACCOUNT | {"portal_url": "https://lyon:canari@127.0.0.1:1"}, "before the @", "portal_url"),
    *[Bad(f"timeout of {value}", "antai_account", ACCOUNT | {"timeout": value}, "no time", "timeout") for value in (0, -5, "nan")],
    Bad("no URL", "antai_account", ACCOUNT | {"portal_url": None}, "is not set", "portal_url"),
    Bad("no SIRET and no credentials", "antai_account_info", {"username": None, "password": None}, "without credentials", "siret"),
    Bad("no profile", "antai_account", ACCOUNT | {"profile": "sandbox"}, "not read by the action", None, "invalid_profile"),
    Bad("empty profile", "antai_account", ACCOUNT | {"profile": {}}, "operations", None, "invalid_profile"),
    Bad(
        "profile with an unknown state",
        "antai_account",
        lambda folder: ACCOUNT | {"profile": changed_profile("records", "account", "states", {"OUI": "yes"})},
        "records.account.states.OUI: 'yes' is none of",
        None,
        "invalid_profile",
    ),
    Bad(
        "profile with a placeholder of another operation",
        "antai_account",
        lambda folder: (
            ACCOUNT | {"profile": changed_profile("operations", "account_get", "request", {"method": "GET", "path": "/{cycle}"})}
        ),
        "{cycle} is no value of this operation",
        None,
        "invalid_profile",
    ),
    Bad(
        "profile with an unknown authentication",
        "antai_account",
        lambda folder: ACCOUNT | {"profile": changed_profile("faces", "portal", "auth", {"method": "magic"})},
        "'magic' is none of",
        None,
        "invalid_profile",
    ),
)


def changed_profile(room: str, name: str, part: str, value: Any) -> dict[str, Any]:
    whole = profile()
    return whole | {room: whole[room] | {name: whole[room][name] | {part: value}}}


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.what)
def test_refused_before_any_request(here: Bench, bad: Bad, tmp_path: Path) -> None:
    given = bad.arguments(tmp_path) if callable(bad.arguments) else bad.arguments
    refused(here, bad.module, given, bad.code, bad.text, bad.field)


def test_a_certificate_is_read_before_it_is_relied_upon(here: Bench) -> None:
    """What the PSCE's folder gives back for an earlier key is passed over in words; what is none, or somebody else's, is refused aloud."""
    order: dict[str, Any] = {"siret": SIRET, "provider": "essai", "name": "Lyon", "key_type": "ec-p256"}
    here.done("antai_certificate_request", **order)
    before = here.listing()
    place = here.store / SIRET / "certificates" / "essai"
    own = serialization.load_pem_private_key((place / "pending" / "key.pem").read_bytes(), password=None)
    dropped = place / "dropped" / "0.crt"
    dropped.write_bytes(self_signed_now(OTHER, new_key()))
    result = here.done("antai_certificate_request", **order)
    assert (result["changed"], result["warnings"]) == (
        False,
        [f"{dropped} answers an earlier request of essai, and is passed over: remove it"],
    )
    for content, text in ((self_signed_now(OTHER, own), f"names {OTHER}, not {SIRET}"), (b"sorry", "no certificate")):
        dropped.write_bytes(content)
        result = here.run("antai_certificate_request", **order)
        assert (result["failed"], result["error"]["code"]) == (True, "invalid_input")
        assert text in result["msg"]
    dropped.unlink()
    assert here.listing() == before
    dropped.with_name("right.der").write_bytes(certified(here, place / "pending"))
    assert here.done("antai_certificate_request", **order)["certificate_request"]["state"] == "issued"


def certified(here: Bench, pending: Path) -> bytes:
    """The pending request's certificate, as DER."""
    key = serialization.load_pem_private_key((pending / "key.pem").read_bytes(), password=None)
    return self_signed_now(SIRET, key, der=True)


def test_nothing_is_sent_for_an_incomplete_declaration(here: Bench) -> None:
    """Whether a request is needed is known only after a look: what is missing is then named, and nothing is sent."""
    result = here.run("antai_account", siret=OTHER, name="Toulouse", agent_email="agent@essai.example", username=None, password=None)
    assert (result["failed"], result["error"]["code"]) == (True, "invalid_input")
    assert "departement, street, postal_code, city, contact_email, agent_name" in result["msg"]
    assert here.writes() == []


def test_a_server_that_another_authority_certifies(here: Bench) -> None:
    other = here.endpoints["psce"]["ca_file"]
    before = len(here.requests())
    for ca_file in (None, other):
        result = here.run("antai_account", **ACCOUNT, portal_ca_file=ca_file)
        assert (result["failed"], result["error"]["code"]) == (True, "transport")
        assert "certificate is not accepted" in result["msg"]
        assert "(antai_portal_ca_file); verification is never turned off" in result["error"]["hint"]
    assert len(here.requests()) == before


def test_a_ca_file_that_is_none(here: Bench, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("sorry", encoding="utf-8")
    for ca_file, text in (
        ("/nowhere/ca.pem", "there is no CA file /nowhere/ca.pem - correct antai_portal_ca_file"),
        (tmp_path / "ca.pem", "the CA file holds no certificate"),
    ):
        result = here.run("antai_account", **ACCOUNT, portal_ca_file=str(ca_file))
        assert (result["failed"], result["error"]["code"]) == (True, "transport")
        assert text in result["msg"]


def test_the_environment_cannot_make_it_trust_others(here: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", here.endpoints["psce"]["ca_file"])
    assert not here.run("antai_account", siret=SIRET, check=True).get("failed"), "portal_ca_file counts, not the environment"


def test_a_proxy_of_the_environment_is_used(here: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    result = here.run("antai_account", **ACCOUNT)
    assert (result["failed"], result["error"]["code"]) == (True, "transport")
    assert "proxy" in result["msg"]


def test_wrong_credentials(here: Bench) -> None:
    result = here.run("antai_account", **ACCOUNT, password="wrong")
    assert (result["failed"], result["error"]["code"]) == (True, "authentication_failed")
    assert "nothing was changed" in result["error"]["hint"]
    assert here.writes() == []


def test_a_psce_that_the_sifps_does_not_know(here: Bench, tmp_path: Path) -> None:
    """A certificate of the right SIRET, from nobody: the handshake refuses it (Python's asyncio sends no alert), and the hint says so."""
    result = here.run("antai_certificate", **files()(tmp_path))
    assert (result["failed"], result["error"]["code"]) == (True, "transport")
    assert "does not accept the client certificate" in result["error"]["hint"]
    assert here.writes() == []


@pytest.mark.parametrize(
    ("variable", "value"), [("antai_workers", -2), ("antai_requests_per_second", 0), ("antai_requests_per_second", -3), ("antai_brake", -1)]
)
def test_a_number_out_of_range_is_refused_by_its_name(tmp_path: Path, variable: str, value: int) -> None:
    (tmp_path / "site.yml").write_text("antai: {hosts: {lyon: {antai_siret: '21690123100011'}}}")
    result = play("playbooks/onboard_fleet.yml", tmp_path / "site.yml", tmp_path / "home", "-e", json.dumps({variable: value}))
    assert result.code == 2
    (failed,) = [each["result"] for each in result.results if each["outcome"] == "failed"]
    assert f"{value} is out of range - {variable} must be" in failed["msg"]
    assert failed["error"]["details"]["field"] == variable.removeprefix("antai_")


GONE = "cannot be read (No such file or directory)"
UNUSABLE = {
    "profile": ("antai_account_info", f"profile: {{path}} {GONE} - shipped profiles: sandbox; otherwise give the path of yours"),
    "form": ("antai_convention_prefill", f"form: {{path}} {GONE} - shipped forms: sandbox; otherwise give the path of yours"),
    "trust_store": ("antai_certificate", f"trust_store: {{path}} {GONE} - shipped trust stores: france; otherwise give the path of yours"),
    "signature_anchors": ("antai_convention", f"signature_anchors: {{path}} {GONE}"),
}


def fleet_of_lyon(folder: Path) -> Path:
    """An inventory where nobody answers."""
    shared = {"ansible_connection": "local", "antai_profile": "sandbox", "antai_store": str(folder / "store")}
    shared |= {f"antai_{face}_url": "https://127.0.0.1:9" for face in ("portal", "sifps")}
    lyon = {"antai_siret": SIRET, "antai_name": "Lyon", "antai_cycle": "complet", "antai_certificates": [{"provider": "essai"}]}
    path = folder / "site.yml"
    path.write_text(json.dumps({"antai": {"vars": shared, "hosts": {"lyon": lyon}}}))
    return path


def test_a_file_that_cannot_be_used_is_told_once_by_its_option(tmp_path: Path) -> None:
    given: dict[str, Any] = {"profile": "sandbox", "siret": SIRET, "certificates": [{"provider": "essai"}]}
    takes = {"antai_certificate": tuple(given)}
    tasks: list[dict[str, Any]] = []
    for option, (module, _text) in UNUSABLE.items():
        arguments = {name: given[name] for name in takes.get(module, ("profile", "siret"))} | {option: str(tmp_path / "none")}
        tasks.append({"name": option, f"collectivites.antai.{module}": arguments, "ignore_errors": True})
    playbook = tmp_path / "play.yml"
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    told = {each["task"]: each["result"] for each in play(playbook, fleet_of_lyon(tmp_path), tmp_path / "home").results}
    for option, (_module, text) in UNUSABLE.items():
        assert told[option]["msg"] == text.format(path=tmp_path / "none")
        assert told[option]["error"]["details"]["field"] == option


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({"antai_profile": "/none.yml"}, f"profile: /none.yml {GONE} - shipped profiles: sandbox; otherwise give the path of yours"),
        (
            {"antai_signature_anchors": ["/none.pem"]},
            f"signature_anchors: /none.pem {GONE} - correct the variable of lyon; nothing was sent",
        ),
        ({"antai_certificates": [{"provider": "a", "keytype": "x"}]}, "declaration: unknown option certificates.keytype. Supported"),
    ],
    ids=["profile", "anchors", "unknown option"],
)
def test_a_fleet_tells_it_once_too(tmp_path: Path, variables: dict[str, Any], text: str) -> None:
    inventory = fleet_of_lyon(tmp_path)
    played = play("playbooks/onboard_fleet.yml", inventory, tmp_path / "home", "-e", json.dumps(variables | {"antai_progress": "none"}))
    (found,) = [each["result"]["summary"]["failures"] for each in played.results if "summary" in each["result"]]
    assert found[0]["msg"].startswith(text)


def test_a_convention_without_form_is_told_what_a_form_is(tmp_path: Path) -> None:
    played = play("playbooks/prefill_conventions.yml", fleet_of_lyon(tmp_path), tmp_path / "home")
    assert played.failed() == {"lyon"}
    (failed,) = [each["result"]["msg"] for each in played.results if each["outcome"] == "failed"]
    assert "antai_form is not set. It says which field of the blank convention takes which variable" in failed
    assert "antai_form: sandbox" in failed


@pytest.mark.parametrize(
    ("module", "option"),
    [
        ("antai_report", "csv"),
        ("antai_report", "history"),
        ("antai_doctor_report", "json"),
        ("antai_convention_index", "path"),
        ("antai_convention_renewals", "csv"),
    ],
)
def test_a_relative_path_does_not_land_beside_the_playbook(tmp_path: Path, module: str, option: str) -> None:
    playbook = tmp_path / "play.yml"
    task = {f"collectivites.antai.{module}": {option: "reports/file"}, "run_once": True}
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))
    (failed,) = play(playbook, fleet_of_lyon(tmp_path), tmp_path / "home").results
    assert failed["outcome"] == "failed"
    assert "reports/file is not an absolute path" in failed["result"]["msg"]
    assert not (tmp_path / "reports").exists()
