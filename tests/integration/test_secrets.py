# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: a canary in every secret input is found nowhere, on success and on failure; nobody's credentials travel for another."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, Bench
from tests.support.keys import private_lines
from tests.support.playbook import Played, play
from tests.support.portal_client import PortalClient
from tests.support.sandbox_process import REPOSITORY, SandboxProcess
from tests.support.values import OTHER, SIRET, THIRD, existing, policy

METZ = "21570463600012"

PASSWORDS = ("canari-mot-de-passe-A", "canari-mot-de-passe-B", "canari-mauvais-mot-de-passe")
EDITOR_KEY = "canari-cle-d-editeur"
EST_PASSWORD, PASSPHRASE = "canari-mot-de-passe-est", "canari-phrase-secrete"
A, B = ("agent-a", PASSWORDS[0]), ("agent-b", PASSWORDS[1])


# In this process: every secret that was in flight is known


@pytest.fixture
def in_flight(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Values of the headers that carry secrets, as they leave and as they come."""
    seen: set[str] = set()
    send = requests.Session.send

    def spy(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = send(session, request, **options)
        for headers in (request.headers, response.headers):
            for name in ("Authorization", "X-Xsrf-Token", "X-Editeur-Cle"):
                seen.add(str(headers.get(name, "")).rpartition(" ")[2])
        return response

    monkeypatch.setattr(requests.Session, "send", spy)
    return seen


RUNS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("antai_account", ACCOUNT),
    ("antai_account_info", {}),
    ("antai_account_info", {"siret": OTHER}),
    ("antai_convention", {"siret": SIRET}),
    ("antai_certificate_request", {"siret": SIRET, "provider": "autre", "name": "Lyon", "key_type": "ec-p256"}),
    ("antai_certificate_request_info", {"siret": SIRET}),
    ("antai_certificate", {"siret": SIRET, "certificates": [{"provider": "essai"}]}),
    ("antai_certificate_info", {}),
    ("antai_convention_info", {}),
    ("antai_exchange_info", {"siret": SIRET, "certificates": [{"provider": "essai"}]}),
    ("antai_onboarding_info", ACCOUNT | {"certificates": [{"provider": "essai"}]}),
)


def canaries(bench: OpenBench) -> Bench:
    rules = existing()
    rules["agents"] = [rules["agents"][0] | {"password": PASSWORDS[0]}]
    rules["editors"] = [{"id": "canari", "name": "Canari", "key": EDITOR_KEY, "qualified": True}]
    rules["est"] = [{"login": "canari", "password": EST_PASSWORD}]
    here = bench(rules)
    here.login, here.editor = ("agent", PASSWORDS[0]), ("canari", EDITOR_KEY)
    return here


def secrets_of(here: Bench, in_flight: set[str]) -> list[str]:
    """All of them, and the keys' own lines."""
    keys = [path.read_text() for path in here.store.rglob("key.pem")]
    return [*PASSWORDS, EDITOR_KEY, EST_PASSWORD, PASSPHRASE, "PRIVATE KEY", *filter(None, in_flight), *key_lines(keys)]


def key_lines(keys: list[str]) -> list[str]:
    return [line for key in keys for line in private_lines(key)]


def test_no_result_tells_a_secret(bench: OpenBench, in_flight: set[str]) -> None:
    here = canaries(bench)
    here.certificate()
    results = [here.run(module, check=check, **arguments) for check in (True, False) for module, arguments in RUNS]
    results += [here.run("antai_certificate_request", check=check, **by_est(here)) for check in (True, False)]
    assert not [each["msg"] for each in results if each.get("failed")]
    assert results[-1]["certificate_request"]["state"] == "issued"
    found(here, results, in_flight)


def by_est(here: Bench, **changes: Any) -> dict[str, Any]:
    psce = here.endpoints["psce"]
    service = {"est_url": psce["est_url"], "est_ca_file": psce["est_ca_file"], "est_username": "canari", "est_password": EST_PASSWORD}
    return {"siret": SIRET, "provider": "est", "name": "Lyon", "key_type": "ec-p256", "passphrase": PASSPHRASE, **service, **changes}


FAULTS = ("nonsense", "503", "truncated")


def test_no_failure_tells_a_secret(bench: OpenBench, in_flight: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong credentials, refusals, spoilt answers: messages quote what the server said, never what we sent."""
    from ansible_collections.collectivites.antai.plugins.module_utils._http import client as https

    monkeypatch.setattr(https, "PAUSES", (0.01,))
    here = canaries(bench)
    here.certificate()
    certificate: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}
    results = [here.run("antai_account", **ACCOUNT, password=PASSWORDS[2])]
    results.append(here.run("antai_account", **ACCOUNT | {"contact_email": f"{PASSWORDS[0]}@x"}))
    for kind in FAULTS:
        here.fault("*", kind)
        results += [here.run("antai_account", **ACCOUNT), here.run("antai_certificate", **certificate)]
        here.running.cli("fault", "clear")
    results.append(here.run("antai_certificate_request", **by_est(here, est_password=PASSWORDS[2])))
    results.append(here.run("antai_certificate_request", **by_est(here, est_ca_file=None)))
    here.fault("certificateActivate", "503")
    results.append(here.run("antai_certificate", **certificate))
    assert all(each["failed"] for each in results)
    found(here, results, in_flight)


def found(here: Bench, results: list[dict[str, Any]], in_flight: set[str]) -> None:
    """Nowhere in results; in files only as the store's keys."""
    text = json.dumps(results, ensure_ascii=False)
    secrets = secrets_of(here, in_flight)
    assert len(in_flight) > 3, "the spy has seen tokens"
    assert not [secret for secret in secrets if secret in text]
    for path in here.store.rglob("*"):
        if path.is_file() and path.name != "key.pem":
            assert not [secret for secret in secrets if secret.encode() in path.read_bytes()], path


# With Ansible, as talkative as it can be


@dataclass(frozen=True)
class Fleet:
    """Two agents with credentials of their own, and a host whose password is wrong."""

    running: SandboxProcess
    folder: Path
    played: Played


# Of a portal that means harm: it clears the screen, forges a line of Ansible's, turns the sentence around, and goes on and on.
HOSTILE = "\x1b[2J\x1b]0;canari\x07\nok: [metz]\r\u202eesrevni\u2066\x9b31m" + "sans fin " * 48
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
HOSTS: dict[str, dict[str, Any]] = {
    "lyon": {"siret": SIRET, "name": "Lyon", "login": A, "departement": "69"},
    "toulouse": {"siret": OTHER, "name": "Toulouse", "login": B, "departement": "31"},
    "nice": {"siret": THIRD, "name": "Nice", "login": (A[0], PASSWORDS[2]), "departement": "06"},
    "metz": {"siret": METZ, "name": "Metz", "login": A, "departement": "57", "control": {"refuse": HOSTILE}},
}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, sandbox_template: Path) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    people = {each["siret"]: {"name": each["name"], "control": each.get("control", "accept")} for each in HOSTS.values()}
    rules = policy(sign="accept", collectivites=people)
    rules["agents"] = [
        {"login": login, "password": password, "name": login, "email": f"{login}@essai.example", "mandates": mandates}
        for (login, password), mandates in ((A, [SIRET, THIRD, METZ]), (B, [OTHER]))
    ]
    rules["editors"] = [{"id": "canari", "name": "Canari", "key": EDITOR_KEY, "qualified": True}]
    with SandboxProcess(folder / "sandbox", rules, sandbox_template) as running:
        inventory = folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump(inventory_of(running, folder)), encoding="utf-8")
        played = play(REPOSITORY / "playbooks" / "onboard.yml", inventory, folder / "home", "-vvvv", "--diff")
        yield Fleet(running, folder, played)


def inventory_of(running: SandboxProcess, folder: Path) -> dict[str, Any]:
    endpoints = running.endpoints
    common = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "antai_profile": "sandbox",
        "antai_store": str(folder / "store"),
        "antai_editor_id": "canari",
        "antai_editor_key": EDITOR_KEY,
        "antai_convention_document": endpoints["signed_folder"] + "/{{ antai_siret }}.pdf",
        "antai_drop_folder": endpoints["psce"]["drop_folder"],
        "antai_pickup_folder": endpoints["psce"]["pickup_folder"],
        "antai_request_wait_timeout": 30,
        "antai_certificates": [{"provider": "essai", "key_type": "ec-p256"}],
        "antai_contact_email": "mairie@essai.example",
        "antai_agent_name": "Agent",
        "antai_address": {"street": "1 place", "postal_code": "69001", "city": "Essai"},
    }
    for face in ("portal", "sifps"):
        common |= {f"antai_{face}_url": endpoints[face]["url"], f"antai_{face}_ca_file": endpoints[face]["ca_file"]}
    hosts = {
        name: {
            "antai_siret": each["siret"],
            "antai_name": each["name"],
            "antai_departement": each["departement"],
            "antai_username": each["login"][0],
            "antai_password": each["login"][1],
            "antai_agent_email": f"{each['login'][0]}@essai.example",
        }
        for name, each in HOSTS.items()
    }
    return {"antai": {"hosts": hosts, "vars": common}}


def test_one_host_that_fails_stops_nobody(fleet: Fleet) -> None:
    assert fleet.played.failed() == {"nice"}
    assert fleet.played.code == 2
    stages = {host: status["stage"] for host, status in fleet.played.statuses().items()}
    assert stages.pop("metz") != "onboarded"
    assert stages == {"lyon": "onboarded", "toulouse": "onboarded"}, fleet.played.stdout[-3000:]


def test_ansible_tells_no_secret(fleet: Fleet) -> None:
    keys = [path.read_text() for path in (fleet.folder / "store").rglob("key.pem")]
    assert len(keys) == 3, "a key for each host whose password is right"
    basic = [base64.b64encode(f"{login}:{password}".encode()).decode() for login, password in (A, B, (A[0], PASSWORDS[2]))]
    secrets = [*PASSWORDS, EDITOR_KEY, "PRIVATE KEY", "Bearer ey", *basic, *key_lines(keys), *tokens(fleet)]
    told = {"stdout": fleet.played.stdout.encode(), "stderr": fleet.played.stderr.encode()}
    assert len(told["stdout"]) > 10_000, "it was talkative"
    assert b"VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in told["stdout"]
    told |= {str(path): path.read_bytes() for path in fleet.folder.rglob("*") if path.is_file() and may_be_read(fleet, path)}
    assert any(name.endswith("record.jsonl") for name in told)
    assert any(name.endswith("ansible.log") for name in told)
    assert not [(name, secret) for name, content in told.items() for secret in secrets if secret.encode() in content]


def test_no_terminal_obeys_what_a_portal_says(fleet: Fleet) -> None:
    """Neither in what Ansible prints, nor in the table, nor in the results that others print."""
    printed = fleet.played.stdout + fleet.played.stderr
    shown = next(line for line in printed.splitlines() if "\\x1b[2J" in line)
    assert "ok: [metz] \\x0d" not in shown
    assert not OBEYED.findall(printed)
    assert not OBEYED.findall(json.dumps(fleet.played.results, ensure_ascii=False))
    assert "sans fin " * 46 not in printed
    assert "\nok: [metz]\n" not in printed.replace(" ", "")


def tokens(fleet: Fleet) -> list[str]:
    """The part of the sandbox's bearer tokens that never changes: base64 of `<10 digits>:<login>`, from the colon on."""
    return [base64.urlsafe_b64encode(f"{0:010}:{login}".encode()).decode().rstrip("=")[14:] for login, _password in (A, B)]


def test_the_tokens_would_be_recognised(fleet: Fleet) -> None:
    portal = PortalClient(fleet.running.endpoints).login(*B)
    assert tokens(fleet)[1] in str(portal.session.headers["Authorization"])


def may_be_read(fleet: Fleet, path: Path) -> bool:
    """Not the sandbox's own state, nor what declares the secrets, nor the keys."""
    sandbox = path.is_relative_to(fleet.running.state_dir) or path.name in ("sandbox.policy.yaml", "sandbox.stderr")
    return not sandbox and path.name not in ("inventory.yml", "key.pem")


def test_keys_are_for_their_owner_only(fleet: Fleet) -> None:
    assert {path.stat().st_mode & 0o777 for path in (fleet.folder / "store").rglob("key.pem")} == {0o600}
    assert (fleet.folder / "store").stat().st_mode & 0o777 == 0o700


def test_nobodys_credentials_travel_for_another(fleet: Fleet) -> None:
    """Who asked about whom, as the portal saw it; `-` are calls without login, fingerprints are the certificates' own."""
    agents = {A[0], B[0]}
    about = {siret: {line["who"] for line in fleet.running.requests(siret=siret)} & agents for siret in (SIRET, OTHER, THIRD)}
    assert about == {SIRET: {A[0]}, OTHER: {B[0]}, THIRD: set()}
    machines = {siret: {line["who"] for line in fleet.running.requests(siret=siret, face="sifps")} for siret in (SIRET, OTHER)}
    assert machines[SIRET]
    assert not machines[SIRET] & machines[OTHER]
