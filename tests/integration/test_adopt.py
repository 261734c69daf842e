# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collectivités that were onboarded by hand become an inventory, for which a fleet has nothing to do: antai_inventory_from_space over TLS."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import StartSandbox
from tests.support.bench import listing
from tests.support.fleet import EDITORS_AGENT, fleet_inventory, fleet_policy, host, siret
from tests.support.interfaces import Interface
from tests.support.journal import concluded_steps
from tests.support.keys import Issued, get_issued
from tests.support.playbook import Played, play
from tests.support.portal_client import PortalClient, SiFpsClient
from tests.support.sandbox_process import SandboxProcess

PROVIDER = "parkexemple"
# Ranks of fleet_policy: with a certificate; with two of one provider; with none; closed by hand; of nobody's mandate.
WITH_ONE, WITH_TWO, WITHOUT, CLOSED, UNSEEN = 0, 1, 2, 3, 4
ADOPTED = (WITH_ONE, WITH_TWO, WITHOUT)


@dataclass
class Scene:
    """A sandbox that people have used by hand. issued: the pairs of WITH_ONE and WITH_TWO, which lie in `keys`."""

    running: SandboxProcess
    folder: Path
    interface: Interface
    issued: dict[int, list[Issued]]

    @property
    def inventory(self) -> Path:
        return self.folder / "inventory"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def adopt(self, *arguments: str, **variables: Any) -> Played:
        agents = fleet_inventory(self.folder / "agents.yml", {"parkexemple": {}}, self.interface)
        return self._play("adopt", agents, *arguments, antai_adopt_folder=str(self.inventory), **variables)

    def onboard(self, *arguments: str) -> Played:
        """The written inventory, beside it the connection as people would declare it."""
        shared = yaml.safe_load((self.folder / "agents.yml").read_text(encoding="utf-8"))["antai"]["vars"]
        (self.inventory / "group_vars").mkdir(exist_ok=True)
        shared = {name: value for name, value in shared.items() if name != "antai_certificates"}
        (self.inventory / "group_vars" / "antai.yml").write_text(yaml.safe_dump(shared), encoding="utf-8")
        return self._play("onboard_fleet", self.inventory / "collectivites.yml", *arguments, antai_progress="none")

    def written(self) -> int:
        return len(self.running.requests(operation_class="write"))

    def _play(self, playbook: str, inventory: Path, *arguments: str, **variables: Any) -> Played:
        extra = {"antai_store": str(self.store), "antai_language": "en"} | variables
        endpoints = str(self.running.state_dir / "endpoints.json")
        words = ("-e", json.dumps(extra), *arguments)
        return play(f"playbooks/{playbook}.yml", inventory, self.folder / "home", *words, SANDBOX_ENDPOINTS=endpoints)


@pytest.fixture
def scene(sandbox: StartSandbox, tmp_path: Path, interface: Interface) -> Iterator[Scene]:
    policy = fleet_policy(5)
    policy["agents"][0]["mandates"].remove(siret(UNSEEN))
    policy["collectivites"][siret(UNSEEN)]["existing"].pop("agent")
    running = sandbox(policy, program=interface.program)
    portal = PortalClient(running.endpoints).login(*EDITORS_AGENT)
    issued: dict[int, list[Issued]] = {}
    for rank, count in ((WITH_ONE, 1), (WITH_TWO, 2)):
        for number in range(count):
            pair = get_issued(running.endpoints, tmp_path / "keys", siret(rank), f"{host(rank)}-{number}")
            SiFpsClient(running.endpoints, pair).install(siret(rank), label=PROVIDER)
            portal.activate(siret(rank), pair.fingerprint)
            issued.setdefault(rank, []).append(pair)
    portal.close_account(siret(CLOSED))
    yield Scene(running, tmp_path, interface, issued)


def adoption(played: Played) -> dict[str, Any]:
    summary: dict[str, Any] = next(line["result"] for line in played.results if "adoption" in line["result"])
    return summary


def steps(played: Played) -> list[dict[str, Any]]:
    fleet = next(line["result"] for line in played.results if line["action"].endswith("antai_fleet"))
    return [step for one in fleet["hosts"].values() for step in one["steps"]]


def test_adopted_without_a_key_and_then_nothing_is_to_be_done(scene: Scene) -> None:
    before = scene.written()
    check = scene.adopt("--check", "--diff")
    assert (check.code, scene.inventory.exists(), scene.store.exists()) == (0, False, False), check.stdout[-3000:]
    assert "Check mode: nothing is written" in check.stdout and adoption(check)["adoption"]["steps"] is None
    run = scene.adopt("--diff", antai_report_folder=str(scene.folder / "report"))
    assert run.code == 0, run.stdout[-3000:]
    summary = adoption(run)["adoption"]
    assert [line["name"] for line in summary["collectivites"]] == [host(rank) for rank in ADOPTED]
    assert (summary["totals"]["steps"], summary["totals"]["adopted"], summary["totals"]["left_out"]) == (0, 3, 1)
    assert adoption(check)["diff"] == adoption(run)["diff"], "what the check foretells is what the run writes"
    assert [step["code"] for step in adoption(check)["store_steps"]] == [step["code"] for step in adoption(run)["store_steps"]]
    certificates = {line["name"]: line["certificates"] for line in summary["collectivites"]}
    assert [(entry["keys"], len(entry["active"])) for entry in certificates[host(WITH_TWO)]] == [("elsewhere", 2)], "one entry for both"
    assert "key" in {gap["code"] for line in summary["collectivites"] for gap in line["missing"]}
    assert summary["left_out"][0]["siret"] == siret(CLOSED)
    assert json.loads((scene.folder / "report" / "adoption.json").read_text(encoding="utf-8")) == summary
    assert oct((scene.inventory / "collectivites.csv").stat().st_mode)[-3:] == "600", "it names people"
    for arguments in (("--check",), ()):
        fleet = scene.onboard(*arguments)
        assert (fleet.code, steps(fleet), fleet.changed()) == (0, [], set()), fleet.stdout[-3000:]
        fleet_hosts = next(line["result"]["hosts"] for line in fleet.results if line["action"].endswith("antai_fleet"))
        assert set(fleet_hosts) == {f"{host(rank).replace('_', '-')}-{siret(rank)}" for rank in ADOPTED}
    assert scene.written() == before, "nothing was ever sent to ANTAI"


def test_keys_that_exist_are_imported_and_no_pair_is_replaced(scene: Scene) -> None:
    (scene.folder / "keys" / "notes.pem").write_text("no key at all", encoding="utf-8")
    keys = str(scene.folder / "keys")
    for pair in (pair for pairs in scene.issued.values() for pair in pairs):
        os.link(pair.certificate_file, Path(keys) / pair.certificate_file.name)
    check = scene.adopt("--check", antai_keys_folder=keys)
    assert (check.code, scene.store.exists()) == (0, False), check.stdout[-3000:]
    run = scene.adopt(antai_keys_folder=keys)
    assert run.code == 0, run.stdout[-3000:]
    summary = adoption(run)["adoption"]
    imported = [step["target"] for step in adoption(run)["store_steps"] if step["code"] == "import_key"]
    assert imported == [step["target"] for step in adoption(check)["store_steps"] if step["code"] == "import_key"] == [PROVIDER]
    by_name = {line["name"]: line for line in summary["collectivites"]}
    assert [entry["keys"] for entry in by_name[host(WITH_ONE)]["certificates"]] == ["store"]
    assert "key" not in {gap["code"] for gap in by_name[host(WITH_ONE)]["missing"]}
    assert "not_imported_several" in {remark["code"] for remark in by_name[host(WITH_TWO)]["remarks"]}
    assert "notes.pem" in summary["keys"]["unreadable"][0]
    assert "import_key" in [step for step, _target, _outcome in concluded_steps(scene.store)]
    for arguments in (("--check",), ()):
        fleet = scene.onboard(*arguments)
        assert (fleet.code, steps(fleet), fleet.changed()) == (0, [], set()), fleet.stdout[-3000:]
    stored = {path: content for path, content in listing(scene.store).items() if "versions" in str(path)}
    refused = scene.adopt(antai_keys_folder=keys)
    assert refused.code == 2 and "are there already" in refused.stdout, "what people have filled in is not overwritten"
    again = scene.adopt(antai_keys_folder=keys, antai_adopt_force=True)
    assert (again.code, adoption(again)["changed"], adoption(again)["store_steps"]) == (0, False, [])
    assert {path: content for path, content in listing(scene.store).items() if "versions" in str(path)} == stored


def test_a_list_that_is_not_whole_writes_nothing(scene: Scene) -> None:
    """Two pages are read; the server says that there is one more space than it shows."""
    profile = copy.deepcopy(scene.interface.content())
    profile["operations"]["space_list"]["pagination"].update(total="sum([total, `1`])", per_page=3)
    path = scene.folder / "profile.yml"
    path.write_text(yaml.safe_dump(profile, allow_unicode=True), encoding="utf-8")
    played = scene.adopt(antai_profile=str(path))
    assert played.code == 2 and "ends before its end" in played.stdout and "no inventory was written" in played.stdout, played.stdout[
        -3000:
    ]
    assert (scene.inventory.exists(), scene.store.exists()) == (False, False)
