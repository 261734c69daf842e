# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same cases in Ansible's own process and as shipped modules: nobody can tell the results apart, key by key.

Two hosts, each with a sandbox of its own in the same state, so that only ports, folders, instants and drawn numbers differ.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.support.bench import ACCOUNT
from tests.support.certificates import certificate_files
from tests.support.collection import ADOPTS, ALL_AT_ONCE, CHECKS_ONLY, KEEP_STORE, MODULES, PRINTS_ONLY
from tests.support.playbook import Played, play
from tests.support.sandbox_process import REPOSITORY, SandboxProcess
from tests.support.values import AGENT, SIRET, THIRD, policy

HERE, SHIPPED = "here", "shipped"
NEVER = {"control": "never", "countersign": "never", "issue": "never", "sign": "never"}
VAULT_PASSWORD = "canari-coffre"
# A port that nobody listens on: what the doctor tells of it is the same everywhere.
NOBODY = {f"{face}_url": "https://127.0.0.1:9" for face in ("portal", "sifps")}
LIST = {"siret": SIRET, "certificates": [{"provider": "essai"}]}
ENTRY = {"provider": "essai", "passphrase": "canari-phrase"}
SECRETS = {"password": "canari-mot-de-passe", "editor_key": "canari-cle", "est_password": "canari-est", "token": "canari-jeton"}
ORDER = {"siret": SIRET, "provider": "essai", "name": "Lyon", "key_type": "ec-p256"}
ORDER |= {f"{name}_folder": f"{{{{ endpoints.psce.{name}_folder }}}}" for name in ("drop", "pickup")}
ROTATE = ORDER | {"grace": "1h"}
SWITCH = LIST | {"switch": {"from": "essai", "to": "autre", "date": "2027-01-31"}}
SIGNED = {"siret": SIRET, "document": "{{ endpoints.signed_folder }}/" + SIRET + ".pdf"}
CHECK = {"check_mode": True, "diff": True}
PREFILL = {name: ACCOUNT[name] for name in ("siret", "name", "address", "agent_email") if name in ACCOUNT} | {"form": "sandbox"}


@dataclass(frozen=True)
class Case:
    """outcome: ok, changed or failed. people: words for the sandbox's command line, said before. keywords: the task's own."""

    what: str
    module: str
    options: dict[str, Any]
    outcome: str = "ok"
    people: tuple[str, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


CASES = (
    # Refused by the argument spec
    Case("unknown option", "antai_account", ACCOUNT | {"sirett": SIRET}, "failed"),
    Case("unknown suboption", "antai_certificate", LIST | {"certificates": [{"provider": "a", "keyy": 1}]}, "failed"),
    Case("nothing given", "antai_account", {}, "failed"),
    Case("no such choice", "antai_convention", {"siret": SIRET, "cycle": "tout"}, "failed"),
    Case("no number", "antai_account", ACCOUNT | {"timeout": "soon"}, "failed"),
    Case("secret beside an error", "antai_account", ACCOUNT | {"timeout": AGENT[1]}, "failed"),
    Case("text where a mapping belongs", "antai_certificate", LIST | {"certificates": ["parkexemple"], **SECRETS}, "failed"),
    Case("secret in a text where a mapping belongs", "antai_certificate", LIST | {"certificates": "passphrase=canari-texte"}, "failed"),
    Case("misspelt secret", "antai_account", ACCOUNT | {"pass_word": "canari-option", "pasword": "canari-faute"}, "failed"),
    Case("misspelt secret of an entry", "antai_certificate", LIST | {"certificates": [ENTRY | {"passfrase": "canari-entree"}]}, "failed"),
    Case("list for a secret", "antai_account_info", {"password": ["canari-liste"], "timeout": "soon"}, "failed"),
    Case("no list", "rgs_certificate_info", {"certificate": "x", "trust_store": "france", "overrides": "all"}, "failed"),
    # Refused by the declaration, by the server, by nobody there
    Case("password in a URL", "antai_account", ACCOUNT | {"portal_url": "https://lyon:{{ in_url }}@127.0.0.1:9"}, "failed"),
    Case("password in a URL without TLS", "antai_account_info", {"sifps_url": "http://lyon:{{ in_url }}@127.0.0.1:9"}, "failed"),
    Case("no time", "antai_account", ACCOUNT | {"timeout": -5}, "failed"),
    Case("no SIRET", "antai_account", ACCOUNT | {"siret": "213105554"}, "failed"),
    Case("number for text", "antai_account", ACCOUNT | {"siret": 213105554, "departement": 69}, "failed"),
    Case("date for text", "antai_account_info", {"siret": "2026-11-23"}, "failed"),
    Case("no profile of that name", "antai_account_info", {"profile": "nowhere.yml"}, "failed"),
    Case("profile that is none", "antai_account_info", {"profile": {"version": 1, "operations": {404: "x"}}}, "failed"),
    Case("wrong password", "antai_account", ACCOUNT | {"password": "canari-faux"}, "failed"),
    Case("vaulted password", "antai_account_info", {"siret": SIRET, "password": "{{ vaulted }}"}),
    Case("nobody there", "antai_account", ACCOUNT | {"portal_url": "https://127.0.0.1:9"}, "failed"),
    Case("no CA file", "antai_account", ACCOUNT | {"portal_ca_file": "~/nowhere/$HOME/ca.pem"}, "failed"),
    # The road
    Case("account, check", "antai_account", ACCOUNT, "changed", keywords=CHECK),
    Case("account, somebody is waited for", "antai_account", ACCOUNT | {"fail_on_waiting": True}, "failed"),
    Case("account, again", "antai_account", ACCOUNT),
    Case("account, a wait", "antai_account", ACCOUNT | {"wait": "yes", "wait_timeout": "0.3"}),
    Case("account, accepted", "antai_account", ACCOUNT, people=("approve", SIRET)),
    Case("account, swapped name", "antai_account", ACCOUNT | {"name": "Marseille"}, "changed", keywords=CHECK),
    Case(
        "account, secret in another option",
        "antai_account",
        ACCOUNT | {"contact_email": f"{AGENT[1]}@lyon.example"},
        "changed",
        keywords=CHECK,
    ),
    Case("account, change", "antai_account", ACCOUNT | {"contact_email": "autre@lyon.example"}, "changed"),
    Case("request, check", "antai_certificate_request", ORDER, "changed", keywords=CHECK),
    Case("request", "antai_certificate_request", ORDER, "changed"),
    Case("request, picked up", "antai_certificate_request", ORDER, "changed", ("issue", SIRET)),
    Case("blank", "antai_convention", {"siret": SIRET}, "changed"),
    Case("prefill, check", "antai_convention_prefill", PREFILL, "changed", keywords=CHECK),
    Case("prefill", "antai_convention_prefill", PREFILL, "changed"),
    Case("prefill, no form of that name", "antai_convention_prefill", PREFILL | {"form": "nowhere.yml"}, "failed"),
    Case("not signed yet", "antai_convention", SIGNED),
    Case("install before the convention", "antai_certificate", LIST, "changed"),
    Case("signed", "antai_convention", SIGNED, "changed", ("sign", SIRET)),
    Case("signed document", "convention_document_info", SIGNED | {"form": "sandbox", "cycle": "complet"}),
    Case("anchors that are none", "convention_document_info", SIGNED | {"signature_anchors": "key.pem"}, "failed"),
    Case("countersigned", "antai_convention", SIGNED, "changed", ("countersign", SIRET)),
    Case("activate, check", "antai_certificate", LIST, "changed", keywords=CHECK),
    Case("activate", "antai_certificate", LIST, "changed"),
    Case("activate, again", "antai_certificate", LIST),
    Case("looped", "antai_certificate", LIST | {"state": "{{ item }}"}, "changed", keywords={"loop": ["inactive", "present", "active"]}),
    Case("next period, too early or due", "antai_convention", SIGNED | {"convention_renewal_days": [9000], "next_document": "nowhere.pdf"}),
    Case("prefill, next period", "antai_convention_prefill", PREFILL | {"next_period": True}, "changed"),
    Case("change of SIRET, itself", "antai_siret_change", LIST | {"former_siret": SIRET, "change_siret_on": "2020-01-01"}, "failed"),
    Case("change of SIRET, nothing to leave", "antai_siret_change", LIST | {"former_siret": THIRD, "change_siret_on": "2020-01-01"}),
    # A rotation, a switch
    Case("rotate, not due", "antai_certificate_rotation", ROTATE),
    Case("rotate, no such certificate", "antai_certificate_rotation", ROTATE | {"replace": "0" * 64}, "failed"),
    Case("rotate, check", "antai_certificate_rotation", ROTATE | {"renewal_days": [3000], "until": "proved"}, keywords=CHECK),
    Case("rotation_info", "antai_certificate_rotation_info", ROTATE | {"trust_store": "france"}),
    Case("switch, nobody comes", "antai_provider_switch", SWITCH),
    Case("switch, no date", "antai_provider_switch", SWITCH | {"switch": SWITCH["switch"] | {"date": "soon"}}, "failed"),
    Case("switch_info", "antai_provider_switch_info", SWITCH | {"trust_store": "france"}),
    # What is read
    Case("account_info", "antai_account_info", {"siret": SIRET}),
    Case("account_info of all", "antai_account_info", {}),
    Case("convention_info", "antai_convention_info", {"siret": SIRET}),
    Case("certificate_info", "antai_certificate_info", {"siret": SIRET}),
    Case("certificate_request_info", "antai_certificate_request_info", {"siret": SIRET}),
    Case("exchange_info", "antai_exchange_info", LIST),
    Case("doctor", "antai_doctor", LIST | NOBODY | {"fail_on": "never"}),
    Case("onboarding_info", "antai_onboarding_info", ACCOUNT | LIST, keywords={"environment": {}}),
    Case(
        "certificate file",
        "rgs_certificate_info",
        {"certificate": "certificate.pem", "private_key": "./key.pem", "trust_store": "france", "fetch": False}
        | {"at": "2026-11-23T08:00:00Z", "overrides": [{"rule": "chain", "reason": "a test"}]},
    ),
    Case(
        "certificate file, secret",
        "rgs_certificate_info",
        {"certificate": "{{ files }}/key.pem", "passphrase": "canari-phrase", "trust_store": "france"},
        "failed",
    ),
)


def tasks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for case in CASES:
        if case.people:
            # In the folder of the clone, where the sandbox is a package.
            argv = [sys.executable, "-m", "sandbox", *case.people]
            command = {"argv": argv, "chdir": str(REPOSITORY)}
            found.append(
                {"name": f"people, {case.what}", "ansible.builtin.command": command, "environment": {"SANDBOX_STATE": "{{ state }}"}}
            )
        found.append({"name": case.what, f"collectivites.antai.{case.module}": case.options, "ignore_errors": True, **case.keywords})
    return found


def connection() -> dict[str, Any]:
    """As group defaults; the login comes from the environment."""
    options: dict[str, Any] = {"profile": "sandbox", "store": "{{ files }}/{{ inventory_hostname }}/store", "timeout": "20"}
    for face in ("portal", "sifps"):
        options |= {f"{face}_url": f"{{{{ endpoints.{face}.url }}}}", f"{face}_ca_file": f"{{{{ endpoints.{face}.ca_file }}}}"}
    return options


def host(running: SandboxProcess, folder: Path, **more: Any) -> dict[str, Any]:
    return {"endpoints": running.endpoints, "state": str(running.state_dir), "files": str(folder), **more}


def write(folder: Path, hosts: dict[str, Any], *plays: dict[str, Any]) -> tuple[Path, Path]:
    """Playbook and inventory."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    (folder / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": local}}), encoding="utf-8")
    common = {"hosts": "all", "gather_facts": False, "module_defaults": {"group/collectivites.antai.antai": connection()}}
    (folder / "play.yml").write_text(yaml.safe_dump([common | each for each in plays]), encoding="utf-8")
    return folder / "play.yml", folder / "inventory.yml"


LOGIN = {"ANTAI_USERNAME": AGENT[0], "ANTAI_PASSWORD": AGENT[1], "ANTAI_LANGUAGE": "en"}


@dataclass(frozen=True)
class Both:
    played: Played
    folder: Path
    running: dict[str, SandboxProcess]

    def result(self, case: str, way: str) -> tuple[str, dict[str, Any]]:
        """(ok or failed, the result as it is registered), without what must differ between two hosts."""
        line = next(each for each in self.played.results if (each["task"], each["host"]) == (case, way))
        return line["outcome"], self._same(line["result"], way)

    def _same(self, value: Any, way: str) -> Any:
        if isinstance(value, dict):
            return {key: self._same(each, way) for key, each in value.items()}
        if isinstance(value, list):
            return [self._same(each, way) for each in value]
        return self._text(value, way) if isinstance(value, str) else value

    def _text(self, text: str, way: str) -> str:
        running = self.running[way]
        for face in ("portal", "sifps"):
            text = text.replace(running.endpoints[face]["url"], f"<{face}>")
        text = text.replace(str(running.state_dir), "<sandbox>").replace(f"{way}/store", "<store>")
        for pattern, name in DRAWN:
            text = pattern.sub(name, text)
        return text


DRAWN = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<fingerprint>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "<instant>"),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, sandbox_template: Path) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("both")
    certificate_files(folder, SIRET)
    vaulted = VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))]).encrypt(AGENT[1]).decode()
    (folder / "group_vars").mkdir()
    variables = "in_url: canari-url\nvaulted: !vault |\n" + "".join(f"  {line}\n" for line in vaulted.splitlines())
    (folder / "group_vars" / "all.yml").write_text(variables)
    (folder / "vault").write_text(VAULT_PASSWORD)
    with (
        SandboxProcess(folder / "sandbox-here", policy(**NEVER), sandbox_template) as here,
        SandboxProcess(folder / "sandbox-shipped", policy(**NEVER), sandbox_template) as shipped,
    ):
        hosts = {HERE: host(here, folder), SHIPPED: host(shipped, folder, antai_in_process=False)}
        playbook, inventory = write(folder, hosts, {"tasks": tasks()})
        played = play(playbook, inventory, folder / "home", "-vvv", "--vault-password-file", str(folder / "vault"), **LOGIN)
        assert len(played.results) >= 2 * len(CASES), played.stdout[-3000:] + played.stderr
        yield Both(played, folder, {HERE: here, SHIPPED: shipped})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_results_are_the_same(both: Both, case: Case) -> None:
    (outcome, here), (shipped_outcome, shipped) = both.result(case.what, HERE), both.result(case.what, SHIPPED)
    assert set(here) == set(shipped)
    for key in here:
        assert here[key] == shipped[key], key
    assert outcome == shipped_outcome == ("failed" if case.outcome == "failed" else "ok"), here.get("msg")
    if case.outcome != "failed":
        assert here["changed"] is (case.outcome == "changed"), here


def test_each_went_its_own_way(both: Both) -> None:
    ways = re.findall(
        r"^collectivites\.antai\.(\w+): (runs in process|the module is shipped \(antai_in_process is false\))$", both.played.stdout, re.M
    )
    runs = sum(len(case.keywords.get("loop", [0])) for case in CASES) - 2  # two fail before: no such profile, no such form
    for way in ("runs in process", "the module is shipped (antai_in_process is false)"):
        assert len([each for _module, each in ways if each == way]) == runs
    assert {module for module, _way in ways} == set(MODULES) - {*PRINTS_ONLY, *KEEP_STORE, CHECKS_ONLY, ALL_AT_ONCE, ADOPTS}


def test_both_wrote_the_same_files(both: Both) -> None:
    """Names and modes; the content is drawn."""
    stores = [
        sorted((re.sub(r"[0-9a-f]{12,}", "<drawn>", str(path.relative_to(store))), path.lstat().st_mode) for path in store.rglob("*"))
        for store in (both.folder / HERE / "store", both.folder / SHIPPED / "store")
    ]
    assert stores[0]
    assert [re.sub(r"\d{8}T\d{6}Z?", "<instant>", str(each)) for each in stores[0]] == [
        re.sub(r"\d{8}T\d{6}Z?", "<instant>", str(each)) for each in stores[1]
    ]


def test_both_asked_the_same(both: Both) -> None:
    """The same operations in the same order, as the servers saw them."""
    here, shipped = ([(line["operation"], line["status"]) for line in both.running[way].requests()] for way in (HERE, SHIPPED))
    assert len(here) > 50
    assert here == shipped


def test_neither_tells_a_secret(both: Both) -> None:
    secrets = (AGENT[1], "canari-", VAULT_PASSWORD)
    record = "".join(str(each) for each in both.played.results)
    assert not [secret for secret in secrets if secret in record]
    assert not [secret for secret in secrets if secret in both.played.stdout]


# What a task may ask for, by what only a shipped module can obey

PROXY = {"HTTPS_PROXY": "http://127.0.0.1:9"}


def test_a_task_that_asks_for_more_ships_the_module(tmp_path: Path, sandbox_template: Path) -> None:
    info = {"collectivites.antai.antai_account_info": {"siret": SIRET}, "ignore_errors": True}
    asked = {
        "plain": {},
        "environment": {"environment": PROXY},
        "async": {"async": 60, "poll": 1},
        "become": {"become": True, "become_flags": "-n"},
        "interpreter": {"vars": {"ansible_python_interpreter": "/nowhere/python3"}},
        "interpreter, and yet": {"vars": {"ansible_python_interpreter": "/nowhere/python3", "antai_in_process": True}},
        "variable": {"vars": {"antai_in_process": "{{ 'no' }}"}},
        "delegated": {"delegate_to": "other"},
        "nonsense": {"vars": {"antai_in_process": "perhaps"}},
    }
    with SandboxProcess(tmp_path / "sandbox", policy(), sandbox_template) as running:
        hosts = {HERE: host(running, tmp_path), "other": {"antai_in_process": False, "endpoints": running.endpoints}}
        playbook, inventory = write(
            tmp_path, hosts, {"hosts": HERE, "tasks": [{"name": name, **info, **keywords} for name, keywords in asked.items()]}
        )
        played = play(playbook, inventory, tmp_path / "home", "-vvv", **LOGIN, ANSIBLE_ASYNC_DIR=str(tmp_path / "async"))
    parts = re.split(r"^TASK \[(.+?)\] \**$", played.stdout, flags=re.M)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    ways = {
        name: re.findall(r"antai_account_info: (?:the module is )?(runs in process|shipped \(.*\))$", text, re.M)
        for name, text in told.items()
    }
    results = {each["task"]: each["result"] for each in played.results}
    assert ways == {
        "plain": ["runs in process"],
        "environment": ["shipped (environment)"],
        "async": ["shipped (async)"],
        "become": ["shipped (become)"],
        "interpreter": ["shipped (ansible_python_interpreter names another Python)"],
        "interpreter, and yet": ["runs in process"],
        "variable": ["shipped (antai_in_process is false)"],
        "delegated": ["shipped (antai_in_process is false)"],
        "nonsense": [],
    }, played.stdout
    assert "proxy" in results["environment"]["msg"]
    assert "accounts" in results["async"]
    assert "accounts" in results["delegated"]
    assert "antai_in_process" in results["nonsense"]["msg"]
    assert "/nowhere/python3" in str(results["interpreter"])
