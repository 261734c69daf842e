# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saint-Denis (93) merges and changes its SIRET (R8): an independent client sends FPS without pause, and none is ever refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.bench import Bench
from tests.support.interfaces import EITHER_INTERFACE, Interface
from tests.support.playbook import Played
from tests.support.portal_client import code
from tests.support.sandbox_process import SandboxProcess
from tests.support.small_fleet import PROVIDER, Fleet
from tests.support.values import AGENT, EXISTING, policy

# Real SIREN, derived SIRET.
OLD, NEW = "21930066200018", "92993941100013"
DECLARED: dict[str, Any] = {
    "antai_siret": NEW,
    "antai_former_siret": OLD,
    "antai_name": "Saint-Denis",
    "antai_departement": "93",
    "antai_address": {"street": "Place Victor Hugo", "postal_code": "93200", "city": "Saint-Denis"},
    "antai_contact_email": "stationnement@saint-denis.example",
    "antai_agent_name": "Agent",
    "antai_agent_email": "agent@essai.example",
}


class Town:
    """Sends FPS without pause, under the SIRET that counts: the old one until the day, the new one after."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.siret = OLD
        self.sent: dict[str, int] = {OLD: 0, NEW: 0}
        self.refused: list[str] = []
        self._end = threading.Event()

    def work(self) -> None:
        machines = {}
        for rank in range(1, 1_000_000):
            siret = self.siret
            machine = machines.get(siret) or machines.setdefault(siret, self.fleet.machine(siret))
            answer = machine.send(f"{siret}26{rank:010}", None)
            if answer.status_code == 201:
                self.sent[siret] += 1
            else:
                self.refused.append(answer.text)
            if self._end.wait(0.02):
                return

    @contextmanager
    def working(self) -> Iterator[None]:
        thread = threading.Thread(target=self.work, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def waits(played: Played) -> list[str]:
    """Codes of what antai_siret_change waits for."""
    (result,) = [result["result"] for result in played.results if result["action"].endswith("antai_siret_change")]
    return [reason["next_action"]["code"] for reason in result["waiting"]]


def saint_denis(tmp_path: Path, running: SandboxProcess, interface: Interface) -> Fleet:
    """In service under its old SIRET."""
    document = f"{running.endpoints['signed_folder']}/{{{{ antai_siret }}}}.pdf"
    fleet = Fleet(running, tmp_path, {"saint_denis": DECLARED | {"antai_convention_document": document}}, interface)
    bench = Bench(running, tmp_path, interface)
    bench.certificate(PROVIDER, OLD)
    bench.done("antai_certificate", siret=OLD, certificates=[{"provider": PROVIDER}])
    return fleet


def people() -> dict[str, Any]:
    agent = {"login": AGENT[0], "password": AGENT[1], "name": "Agent", "email": "agent@essai.example", "mandates": [OLD]}
    collectivites = {OLD: {"name": "Saint-Denis", "existing": EXISTING}, NEW: {"name": "Saint-Denis"}}
    return policy(agents=[agent], collectivites=collectivites, countersign="never", sign="never")


@EITHER_INTERFACE
def test_saint_denis_is_never_without_a_dialogue(tmp_path: Path, sandbox_template: Path, interface: Interface) -> None:
    with SandboxProcess(tmp_path / "sandbox", people(), sandbox_template, interface.program) as running:
        fleet = saint_denis(tmp_path, running, interface)
        town = Town(fleet)

        def change(on: str, *more: str) -> Played:
            played = fleet.play("change_siret", *more, antai_change_siret_on=on)
            assert played.code == 0, played.stdout[-4000:]
            return played

        with town.working():
            running.cli("sign", NEW)
            assert waits(change(day(1))) == ["siret_change_date", "siret_change_dialogue"]
            assert waits(change(day(0))) == ["siret_change_dialogue"], (
                "the day has come, and the new dialogue is not proven: the old goes on"
            )
            assert town.fleet.machine(OLD).query(OLD)["etat"] == "AUTORISE"
            running.cli("countersign", NEW)
            played = change(day(1))
            assert waits(played) == ["siret_change_date"], "both are in service until the day"
            assert "a date (change of SIRET)" in played.stdout
            assert fleet.machine(NEW).query(NEW)["etat"] == fleet.machine(OLD).query(OLD)["etat"] == "AUTORISE"
            assert change(day(1)).changed() == set()
            writes = len(fleet.written())
            assert change(day(0), "--check").changed() == {"saint_denis"}
            assert fleet.written(writes) == []
            sent = town.sent[OLD]
            town.siret = NEW
            assert waits(change(day(0))) == []
            assert fleet.written(writes) == [("certificateDeactivate", OLD), ("accountClose", OLD)]
            assert change(day(0)).changed() == set()
        assert town.refused == []
        assert min(sent, town.sent[NEW]) > 20, "it worked all the time"
        assert code(fleet.machine(OLD).send(f"{OLD}269999999999", 403))[1] == "R1"


@EITHER_INTERFACE
def test_the_way_back_ends_with_the_day(tmp_path: Path, sandbox_template: Path, interface: Interface) -> None:
    with SandboxProcess(tmp_path / "sandbox", people() | {"countersign": "accept"}, sandbox_template, interface.program) as running:
        fleet = saint_denis(tmp_path, running, interface)
        running.cli("sign", NEW)
        assert fleet.play("change_siret", antai_change_siret_on=day(1)).code == 0
        fleet.machine(NEW).send(f"{NEW}260000000001")
        writes = len(fleet.written())
        late = fleet.play("change_siret", antai_change_siret_on=day(0), antai_change_siret_rollback=True)
        assert (late.code, fleet.written(writes)) == (2, [])
        back = fleet.play("change_siret", antai_change_siret_on=day(1), antai_change_siret_rollback=True)
        assert (back.code, fleet.written(writes)) == (0, [("certificateDeactivate", NEW), ("accountClose", NEW)]), back.stdout[-3000:]
        fleet.machine(OLD).send(f"{OLD}260000000001")
        again = fleet.play("change_siret", antai_change_siret_on=day(1), antai_change_siret_rollback=True)
        assert (again.code, again.changed()) == (0, set())


def test_a_host_that_keeps_the_old_siret_is_refused(tmp_path: Path, sandbox_template: Path) -> None:
    with SandboxProcess(tmp_path / "sandbox", people(), sandbox_template) as running:
        twins = {"saint_denis": DECLARED, "former": DECLARED | {"antai_siret": OLD}}
        twins["former"].pop("antai_former_siret")
        fleet = Fleet(running, tmp_path, twins)
        played = fleet.play("change_siret", "--limit", "saint_denis", antai_change_siret_on=day(1))
        assert (played.code, played.failed(), fleet.written()) == (2, {"saint_denis"}, [])
        assert "former" in played.stdout
