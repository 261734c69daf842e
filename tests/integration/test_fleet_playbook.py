# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antai_fleet in a real playbook: it leads where onboard.yml leads, and only those fail that failed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import StartSandbox
from tests.support.bench import listing
from tests.support.fleet import EDITORS_AGENT, fleet_inventory, fleet_policy, host, siret
from tests.support.interfaces import EITHER_INTERFACE, Interface
from tests.support.playbook import Played, play
from tests.support.sandbox_process import SandboxProcess

FLEET = "playbooks/onboard_fleet.yml"
DEMO = "inventories/demo"


def played(playbook: str, inventory: str | Path, running: SandboxProcess, folder: Path, *arguments: str, **variables: Any) -> Played:
    given = {"antai_store": str(folder / "store"), "antai_progress": "none"} | variables
    endpoints = str(running.state_dir / "endpoints.json")
    return play(playbook, inventory, folder / "home", "-e", json.dumps(given), *arguments, SANDBOX_ENDPOINTS=endpoints)


def told(result: Played) -> dict[str, Any]:
    fleet: dict[str, Any] = next(each["result"] for each in result.results if each["action"].endswith("antai_fleet"))
    return fleet


@pytest.fixture
def two(tmp_path: Path, sandbox_template: Path, interface: Interface) -> Iterator[tuple[SandboxProcess, SandboxProcess]]:
    with (
        SandboxProcess(tmp_path / "one" / "sandbox", None, sandbox_template, interface.program) as one,
        SandboxProcess(tmp_path / "two" / "sandbox", None, sandbox_template, interface.program) as two,
    ):
        yield one, two


@EITHER_INTERFACE
def test_it_leads_where_onboarding_leads(two: tuple[SandboxProcess, SandboxProcess], tmp_path: Path, interface: Interface) -> None:
    """The same demo in two sandboxes. The fleet reads variables once, so the credentials that come by mail count from its second run on."""
    by_role, by_fleet = two
    onboarded = played("playbooks/onboard.yml", DEMO, by_role, tmp_path / "one", **interface.variables(by_role.endpoints))
    assert onboarded.code == 0, onboarded.stdout[-4000:]
    spoken = interface.variables(by_fleet.endpoints)
    checked = played(FLEET, DEMO, by_fleet, tmp_path / "two", "--check", "--diff", **spoken)
    assert (checked.code, by_fleet.requests(operation_class="write"), (tmp_path / "two" / "store").exists()) == (0, [], False)
    assert told(checked)["summary"]["changed"] == 12, "it predicts"
    first = played(FLEET, DEMO, by_fleet, tmp_path / "two", antai_prove="always", **spoken)
    second = played(FLEET, DEMO, by_fleet, tmp_path / "two", antai_prove="always", **spoken)
    assert (first.code, second.code) == (0, 0), second.stdout[-4000:]

    fleet = told(second)["hosts"]
    assert {name: seen(each["status"]) for name, each in fleet.items()} == {name: seen(each) for name, each in onboarded.statuses().items()}
    assert states(by_fleet) == states(by_role)
    assert files(tmp_path / "two" / "store") == files(tmp_path / "one" / "store")
    for name in ("Albi", "Saint-Brieuc", "en service", "autorisé x2", "ANTAI (espace numérique)"):
        assert name in second.stdout, "the table at the end, by antai_report"

    writes, store = written(by_fleet), kept(tmp_path / "two" / "store")
    third = played(FLEET, DEMO, by_fleet, tmp_path / "two", antai_prove="never", **spoken)
    assert (third.code, told(third)["changed"], third.changed()) == (0, False, set())
    assert "antai_fleet_failed" not in third.stdout + third.stderr, "nobody failed, and nobody is looked for"
    assert (written(by_fleet), kept(tmp_path / "two" / "store")) == (writes, store)


def written(running: SandboxProcess) -> int:
    """Asking the PSCE again, when it said to, writes nothing."""
    return len([each for each in running.requests(operation_class="write") if each["operation"] != "estEnroll"])


def kept(store: Path) -> dict[str, Any]:
    """But for the moment from which the PSCE may be asked again."""
    return {name: content for name, content in listing(store).items() if not name.endswith("request.json")}


def seen(status: dict[str, Any]) -> dict[str, Any]:
    """What both must agree on: fingerprints, dates and paths differ from one sandbox to the next, and so do the seconds until the PSCE is asked again."""
    steps = [each for each in status["steps"] if each["code"] != "ask_again"]
    dialogues = [{name: each[name] for name in ("provider", "state", "rule", "source")} for each in status["dialogues"]]
    waiting = [(each["on"], each["for"], each["next_action"]["code"]) for each in status["waiting"]]
    return {name: status[name] for name in ("siret", "name", "stage", "stage_text")} | {
        "steps": steps,
        "waiting": waiting,
        "dialogues": dialogues,
    }


def states(running: SandboxProcess) -> str:
    return re.sub(r"20\d\d-\d\d-\d\d(T[\d:]+Z)?|[0-9a-f]{12,}", "-", running.cli("status").stdout)


def files(store: Path) -> set[str]:
    """But for what a fleet alone remembers from one run to the next."""
    return {name for name in listing(store) if not name.startswith(".hosts") and not name.endswith("proofs.json")}


@pytest.fixture
def inventory(tmp_path: Path, interface: Interface) -> Path:
    """Four communes of one agent, as people write them: templates, a vaulted password elsewhere, one with a wrong entry."""
    hosts = {
        host(rank): {
            "antai_siret": siret(rank),
            "antai_name": host(rank),
            "antai_contact_email": "{{ inventory_hostname }}@nouveau.example",
        }
        for rank in range(4)
    }
    hosts[host(1)]["antai_contact_email"] = "{{ nobody_declares_this }}"
    hosts[host(2)]["antai_departement"] = "Côte-d'Or"
    return fleet_inventory(tmp_path / "hosts.yml", hosts, interface, antai_password="{{ ['secret', 'agent'] | join('-') }}")


@EITHER_INTERFACE
def test_only_those_fail_that_failed_and_the_others_go_on(
    sandbox: StartSandbox, tmp_path: Path, inventory: Path, interface: Interface
) -> None:
    running = sandbox(fleet_policy(4), program=interface.program)
    result = played(FLEET, inventory, running, tmp_path)
    assert (result.code, result.failed()) == (2, {host(1), host(2)}), result.stdout[-3000:]
    hosts = told(result)["hosts"]
    assert {name: (each["failed"], each["changed"]) for name, each in hosts.items()} == {
        host(0): (False, True),
        host(1): (True, False),
        host(2): (True, False),
        host(3): (False, True),
    }
    assert "antai_contact_email" in hosts[host(1)]["msg"]
    assert "nobody_declares_this" in hosts[host(1)]["msg"]
    assert "departement" in hosts[host(2)]["msg"]
    assert hosts[host(3)]["diff"]["after"]["account"]["contact_email"] == f"{host(3)}@nouveau.example"
    assert told(result)["changed"] is True
    assert EDITORS_AGENT[1] not in result.stdout + result.stderr + json.dumps(result.results)
    assert len(running.requests(operation="login")) == 1
    assert len(running.requests(operation="spaceList")) == (0 if interface.name == "stand_in" else 2), "before, and after the writes"


@EITHER_INTERFACE
def test_limit_touches_its_own_hosts_only(sandbox: StartSandbox, tmp_path: Path, inventory: Path, interface: Interface) -> None:
    running = sandbox(fleet_policy(4), program=interface.program)
    result = played(FLEET, inventory, running, tmp_path, "--limit", f"{host(3)},{host(2)}")
    assert (result.code, result.failed(), set(told(result)["hosts"])) == (2, {host(2)}, {host(2), host(3)})
    assert {line["siret"] for line in running.requests(operation_class="write")} == {siret(3)}


@EITHER_INTERFACE
def test_the_brake_fails_those_it_holds(sandbox: StartSandbox, tmp_path: Path, inventory: Path, interface: Interface) -> None:
    running = sandbox(fleet_policy(4), program=interface.program)
    store = tmp_path / "store" / ".hosts"
    store.mkdir(parents=True)
    (store / "sirets.json").write_text(json.dumps({host(0): siret(8), host(3): siret(9)}), encoding="utf-8")
    result = played(FLEET, inventory, running, tmp_path, "--limit", f"{host(0)},{host(3)}", antai_brake=1)
    assert (result.code, result.failed()) == (2, {host(0), host(3)})
    assert running.requests(operation_class="write") == []
    assert "antai_brake=2" in result.stdout


def test_a_slice_knows_the_whole_inventory_by_its_path(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(fleet_policy(6))
    hosts = {host(rank): {"antai_siret": siret(rank), "antai_name": host(rank)} for rank in range(5)}
    whole = fleet_inventory(tmp_path / "whole.yml", hosts)
    cut = fleet_inventory(tmp_path / "slice.yml", {name: hosts[name] for name in (host(0), host(1))})

    def undeclared(inventory: Path, *words: str, **variables: Any) -> Any:
        result = told(played(FLEET, inventory, running, tmp_path, "--check", *words, **variables))
        return [each["siret"] for each in result["summary"]["undeclared"]] if "summary" in result else result["msg"]

    assert undeclared(whole, "--limit", f"{host(0)},{host(1)}") == [siret(5)]
    assert undeclared(cut, antai_whole_inventory=str(whole)) == [siret(5)]
    before = len(running.requests())
    assert "correct antai_whole_inventory; nothing was sent" in undeclared(cut, antai_whole_inventory=str(tmp_path / "nowhere.yml"))
    assert len(running.requests()) == before
