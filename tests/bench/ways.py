# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to do the same thing, each as a command of its own.

ours    playbooks/onboard_fleet.yml, as users run it        roles   playbooks/onboard.yml, likewise: tasks for each host
uri     a playbook of ansible.builtin.uri                   bare    a thread pool of requests (bare.py)
engine  the engine of antai_fleet without Ansible           nothing ansible-playbook that does nothing
task    one task of ours for each host, which asks nobody
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.bench import scene
from tests.bench.cases import DRIFT, ONBOARDING, Case
from tests.bench.measuring import Cost, measure
from tests.support.playbook import environment
from tests.support.portal_client import PortalClient
from tests.support.run_module import PROFILE
from tests.support.sandbox_process import REPOSITORY, SandboxProcess

WORKERS = 16  # the default of antai_fleet
LONGEST = 3600.0
HERE = REPOSITORY / "tests" / "bench" / "playbooks"
PLAYBOOKS = {
    "ours": REPOSITORY / "playbooks" / "onboard_fleet.yml",
    "roles": REPOSITORY / "playbooks" / "onboard.yml",
    "nothing": HERE / "nothing.yml",
    "task": HERE / "per_host.yml",
}
MODULES = {"bare": "tests.bench.bare", "engine": "tests.bench.engine"}


@dataclass(frozen=True)
class Outcome:
    """cost: of the whole command. loop: {wall_s, cpu_s} of what bare and engine do, without starting Python and reading the declarations.

    hosts: how many it was run on, where these are fewer than the case has: then the cost is theirs, not scaled yet.
    """

    cost: Cost
    loop: dict[str, float] = field(default_factory=dict)
    hosts: int | None = None


class Place:
    """A running scene, the inventory written for this case, and what is drifted before each run."""

    def __init__(self, case: Case, folder: Path, running: SandboxProcess, rows: list[scene.Row]) -> None:
        self.case = case
        self.folder = folder
        self.running = running
        self.rows = rows
        self.inventory = scene.declare(folder, running, self._variables())
        if case.latency_ms:
            words = ("--operation", "*", "--kind", "latency", "--delay", str(case.latency_ms / 1000))
            running.cli("fault", "add", *words)

    def run(self, way: str, hosts: int | None = None, profile_file: Path | None = None) -> Outcome:
        """hosts: run it on so many only. Raises CommandFailed; AssertionError where the end is not the right one."""
        rows = self.rows[:hosts]
        if self.case.scenario == DRIFT:
            self._drift(rows)
        output = self.folder / f"{way}.out"
        cost = measure(self._words(way, hosts, profile_file), self.running, output, self._environment(), LONGEST)
        if way not in ("nothing", "task"):
            self._check(rows)
        loop = {}
        if way in MODULES:
            output_record = json.loads(output.read_text(encoding="utf-8").splitlines()[-1])
            assert self.case.validated or output_record["http_requests"] == cost.http_requests, (
                "every request is counted; those to the PSCE are not ours"
            )
            loop = {name: round(output_record[name], 4) for name in ("wall_s", "cpu_s")}
        return Outcome(cost, loop, hosts)

    # What is run

    def _words(self, way: str, hosts: int | None, profile_file: Path | None) -> list[str]:
        if way in MODULES:
            return [sys.executable, "-m", MODULES[way], str(self._job(profile_file))]
        playbook = PLAYBOOKS.get(way) or HERE / ("uri_onboarding.yml" if self.case.scenario == ONBOARDING else "uri_compare.yml")
        limit = ["--limit", ",".join(self._names(self.rows[:hosts]))] if hosts else []
        return [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(self.inventory), str(playbook), *limit]

    def _names(self, rows: list[scene.Row]) -> list[str]:
        """As the inventory, whose values are all unsafe, names these hosts."""
        words = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(self.inventory), "--list"]
        listed = subprocess.run(words, cwd=REPOSITORY, env=self._environment(), check=True, capture_output=True, text=True).stdout
        names = {
            output_record["antai_siret"]["__ansible_unsafe"]: name
            for name, output_record in json.loads(listed)["_meta"]["hostvars"].items()
        }
        return [names[row.siret] for row in rows]

    def _environment(self) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        paths = f"{REPOSITORY / 'build' / 'collections'}:{REPOSITORY}"
        return environment(home) | {"ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg"), "PYTHONPATH": paths}

    def _variables(self) -> dict[str, Any]:
        """Beyond how to reach the sandbox."""
        variables: dict[str, Any] = {"antai_progress": "none", "antai_workers": WORKERS, "antai_prove": "never"}
        if self.case.scenario == ONBOARDING:
            variables["antai_convention_document"] = self.running.endpoints["signed_folder"] + "/{{ antai_siret }}.pdf"
        if self.case.own_agents:
            variables |= {"antai_username": "agent-{{ antai_siret }}", "antai_password": "secret-{{ antai_siret }}"}
        if not self.case.lists:
            profile_data = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
            profile_data["operations"]["space_list"] = {"absent": True}
            without = self.folder / "without_lists.yml"
            without.write_text(yaml.safe_dump(profile_data, allow_unicode=True), encoding="utf-8")
            variables["antai_profile"] = str(without)
        if self.case.validated:
            variables["antai_trust_store"] = self.running.endpoints["psce"]["trust_store"]
        return variables

    def _job(self, profile_file: Path | None) -> Path:
        """For bare and engine: what the inventory says, as JSON."""
        endpoints = self.running.endpoints
        job = {
            "portal": endpoints["portal"],
            "sifps": endpoints["sifps"],
            "scenario": self.case.scenario,
            "workers": WORKERS,
            "lists": self.case.lists and not self.case.own_agents,
            "store": str(self.folder / "store"),
            "signed_folder": endpoints["signed_folder"],
            "agent_email": scene.AGENT_EMAIL,
            "trust_store": endpoints["psce"]["trust_store"] if self.case.validated else None,
            "profile_file": str(profile_file) if profile_file else None,
            "hosts": [asdict(row) | {"current": str(row.current)} | self._login(row) for row in self.rows],
        }
        path = self.folder / "job.json"
        path.write_text(json.dumps(job), encoding="utf-8")
        return path

    def _login(self, row: scene.Row) -> dict[str, str]:
        login, password = scene.own_agent(row.siret) if self.case.own_agents else scene.AGENT
        return {"login": login, "password": password}

    # Before and after

    def _drift(self, rows: list[scene.Row]) -> None:
        portal = self._portal()
        for row in drifting(rows):
            (certificate,) = portal.space(row.siret)["certificats"]
            portal.deactivate(row.siret, certificate["empreinte"])

    def _check(self, rows: list[scene.Row]) -> None:
        """Every one of these is where it should be: account, convention, and its certificate active."""
        sirets, in_order, page, portal = {row.siret for row in rows}, 0, 0, self._portal()
        while page * 100 < len(self.rows):
            page += 1
            for space in portal.call("GET", f"/api/espaces?page={page}&taille=100", 200).json()["elements"]:
                states = (space["compte"]["etat"], [v["etat"] for v in space["conventions"]], [k["etat"] for k in space["certificats"]])
                in_order += space["compte"]["siret"] in sirets and states == ("ACTIF", ["EN_VIGUEUR"], ["ACTIF"])
        assert in_order == len(sirets), f"{self.case.key}: {in_order} of {len(sirets)} are as they should be"

    def _portal(self) -> PortalClient:
        return PortalClient(self.running.endpoints, checked=False).login(*scene.AGENT)


def drifting(rows: list[scene.Row]) -> list[scene.Row]:
    """One of a hundred, and at least one."""
    return rows[:: len(rows) // max(1, len(rows) // 100)][: max(1, len(rows) // 100)]


def scaled(part: Cost, idle: Cost, hosts: int, size: int) -> Cost:
    """From a run on `hosts` to `size`: what Ansible costs before anything is done (idle) stays, the rest grows with the hosts. Memory stays."""

    def grown(name: str) -> float:
        fixed = getattr(idle, name)
        return round(fixed + max(0.0, getattr(part, name) - fixed) * size / hosts, 3)

    return replace(
        part,
        wall_s=grown("wall_s"),
        cpu_s=grown("cpu_s"),
        sandbox_cpu_s=grown("sandbox_cpu_s"),
        http_requests=round(part.http_requests * size / hosts),
    )
