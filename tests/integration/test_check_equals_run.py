# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook: the steps that `--check` foretells are the steps that the run then does from the same state, and its report says no other.

Each playbook has collectivités of its own in one sandbox, prepared so that as much as possible is to be done without anybody acting meanwhile.
That the state is the same is proved: `--check` leaves the store as it was, and writes nothing to anybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.bench import Bench, listing
from tests.support.fleet import host, siret
from tests.support.keys import await_file
from tests.support.playbook import Played
from tests.support.sandbox_process import REPOSITORY, SandboxProcess
from tests.support.small_fleet import PROVIDER, Fleet
from tests.support.values import AGENT, EST, policy

OTHER = "autre"
KEY = {"key_type": "ec-p256"}
TODAY = datetime.now(UTC).date()
NOBODY_ACTS = {"control": "never", "countersign": "never", "issue": "never", "sign": "never", "est_retry_after_seconds": 60}
DONE = ("done", "settled", "begun")


@dataclass(frozen=True)
class Case:
    """One collectivité. state: see Scene._prepare. steps: codes of what its playbook does, in any order. variables: of the host."""

    playbook: str
    state: str
    steps: tuple[str, ...] = ()
    variables: dict[str, Any] = field(default_factory=dict)


ASKED = ("request_account", "make_request", "hand_out", "fetch_blank")
IN_SERVICE = ("pick_up", "install_certificate", "activate_certificate")
SENT = ("make_request", "enroll", "upload_convention")
LEFT = ("deactivate_certificate", "close_account")
REPLACED = ("pick_up", "install_next", "activate_next", "swap", "leave_reload", "deactivate_previous", "drop_previous")
PREFILLED = ("fetch_blank", "prefill_convention")
SWITCHED = {"antai_certificates": [{"provider": PROVIDER} | KEY, {"provider": OTHER} | KEY]} | {
    "antai_switch": {"from": PROVIDER, "to": OTHER, "date": "2020-01-01"}
}
BY_EST = {"antai_drop_folder": "", "antai_pickup_folder": "", "antai_est_username": EST[0], "antai_est_password": EST[1]}
CASES = (
    Case("onboard", "nothing", ASKED),
    Case("onboard", "delivered", (*IN_SERVICE, "fetch_countersigned")),
    Case("onboard", "signed", SENT, BY_EST),
    Case("onboard_fleet", "nothing", ASKED),
    Case("onboard_fleet", "delivered", (*IN_SERVICE, "fetch_countersigned")),
    Case("onboard_fleet", "signed", SENT, BY_EST),
    Case("reconcile", "delivered", (*IN_SERVICE, "fetch_countersigned")),
    Case("reconcile", "in service", ("deactivate_certificate",), {"antai_certificate_state": "inactive"}),
    Case("rotate_certificates", "to order", ("make_request", "hand_out")),
    Case("rotate_certificates", "to rotate", REPLACED, {"antai_rotation_grace": "0s"}),
    Case("switch_provider", "to switch", (*IN_SERVICE, "deactivate_certificate"), SWITCHED),
    Case("change_siret", "to change", (*IN_SERVICE, "fetch_countersigned", *LEFT), {"antai_change_siret_on": str(TODAY)}),
    Case("change_siret", "in service", (), {"antai_change_siret_on": str(TODAY + timedelta(days=30))}),
    Case("offboard", "in service", LEFT),
    Case("prefill_conventions", "in service", PREFILLED),
    Case("renew_conventions", "in service", PREFILLED, {"antai_convention_renewal_days": [2000]}),
    Case("audit", "delivered"),
    Case("doctor", "in service"),
)
PLAYBOOKS = sorted({case.playbook for case in CASES})


class Scene:
    """One sandbox, and a collectivité for each case, prepared by the modules; `play` runs a playbook over its own."""

    def __init__(self, running: SandboxProcess, folder: Path) -> None:
        self.running = running
        self.bench = Bench(running, folder)
        self.fleet = Fleet(running, folder, {host(rank): self._declared(rank) for rank in range(len(CASES))})
        for rank, case in enumerate(CASES):
            self._prepare(case.state, siret(rank), rank)

    def play(self, playbook: str, *words: str) -> Played:
        ranks = [rank for rank, case in enumerate(CASES) if case.playbook == playbook]
        named = ("-e", f"antai_offboard_sirets={','.join(map(siret, ranks))}") if playbook == "offboard" else ()
        return self.fleet.play(playbook, "--limit", ",".join(map(host, ranks)), "--diff", *words, *named, antai_request_wait_timeout=0)

    def written(self) -> int:
        return len(self.running.requests(operation_class="write"))

    # People

    def _prepare(self, state: str, number: str, rank: int) -> None:
        if state == "signed":
            self.running.cli("sign", number)
        elif state == "delivered":
            self._delivered(number, PROVIDER)
        elif state == "to switch":
            self._in_service(number)
            self._delivered(number, OTHER)
        elif state == "to change":
            self._in_service(former(rank))
            self._delivered(number, PROVIDER)
        elif state in ("in service", "to order", "to rotate"):
            self._in_service(number)
        if state in ("to order", "to rotate"):
            self.fleet.hosts[host(rank)]["antai_rotation_replace"] = self._fingerprint(number)
        if state == "to rotate":
            self.bench.done("antai_certificate_rotation", **self._order(number, PROVIDER), replace=self._fingerprint(number))
            self._issued(number, PROVIDER)

    def _in_service(self, number: str) -> None:
        self._delivered(number, PROVIDER)
        self.bench.done("antai_certificate_request", **self._order(number, PROVIDER))
        self.bench.done("antai_convention", siret=number)
        self.bench.done("antai_certificate", siret=number, certificates=[{"provider": PROVIDER}])

    def _delivered(self, number: str, provider: str) -> None:
        self.bench.done("antai_certificate_request", **self._order(number, provider))
        self._issued(number, provider)

    def _issued(self, number: str, provider: str) -> None:
        self.running.cli("issue", number)
        await_file(Path(self.running.endpoints["psce"]["pickup_folder"]) / f"{number}-{provider}.pem")

    def _order(self, number: str, provider: str) -> dict[str, Any]:
        folders = {f"{name}_folder": self.running.endpoints["psce"][f"{name}_folder"] for name in ("drop", "pickup")}
        return {"siret": number, "provider": provider, "name": "Essai", **KEY, **folders}

    def _fingerprint(self, number: str) -> str:
        (listed,) = self.bench.done("antai_certificate_info", siret=number)["certificates"]
        return str(listed["fingerprint"])

    def _declared(self, rank: int) -> dict[str, Any]:
        case, psce = CASES[rank], self.running.endpoints["psce"]
        declared = {
            "antai_siret": siret(rank),
            "antai_name": host(rank),
            "antai_departement": "21",
            "antai_contact_email": f"{host(rank)}@essai.example",
            "antai_agent_name": "Agent",
            "antai_agent_email": "agent@essai.example",
            "antai_address": {"street": "1 place", "postal_code": "21000", "city": "Dijon"},
            "antai_form": "sandbox",
            "antai_proxy": "",
        }
        if case.state == "signed":
            declared |= {"antai_convention_document": f"{self.running.endpoints['signed_folder']}/{siret(rank)}.pdf"}
        if case.variables is BY_EST:
            declared |= {"antai_est_url": psce["est_url"], "antai_est_ca_file": psce["est_ca_file"]}
        if case.playbook == "change_siret":
            declared |= {"antai_former_siret": former(rank)}
        return declared | case.variables


def former(rank: int) -> str:
    return siret(1000 + rank)


def people() -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for rank, case in enumerate(CASES):
        there = {"account": "active", "convention": None if case.state == "signed" else "in_force", "agent": AGENT[0]}
        about = {"departement": "21", "email": f"{host(rank)}@essai.example"}
        about |= {"address": {"voie": "1 place", "code_postal": "21000", "commune": "Dijon"}}
        entries[siret(rank)] = {"name": host(rank)} | ({} if case.state == "nothing" else {"existing": there | about})
        if case.playbook == "change_siret":
            entries[former(rank)] = {"name": host(rank), "existing": there | about}
    agent = {"login": AGENT[0], "password": AGENT[1], "name": "Agent", "email": "agent@essai.example", "mandates": list(entries)}
    return policy(agents=[agent], collectivites=entries, **NOBODY_ACTS)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, sandbox_template: Path) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("check")
    with SandboxProcess(folder / "sandbox", people(), sandbox_template) as running:
        yield Scene(running, folder)


Steps = dict[str, list[tuple[str, str]]]


def steps(played: Played, outcomes: tuple[str, ...]) -> Steps:
    """By host: (code, target) of the steps with one of these outcomes, each once, whichever task tells of them."""
    told: Steps = {}
    for line in played.results:
        for name, result in _by_host(line):
            for step in result.get("steps") or ():
                if step.get("outcome") in outcomes and (step["code"], step["target"]) not in told.setdefault(name, []):
                    told[name].append((step["code"], step["target"]))
    return {name: sorted(listed) for name, listed in told.items() if listed}


def _by_host(line: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What one task tells of each host: of its own, in a loop or not, or of all of them at once."""
    result = line["result"]
    return [
        *((line["host"], each) for each in [result, *result.get("results", [])]),
        *(result["hosts"].items() if "summary" in result else []),
    ]


def reported(played: Played, what: str) -> Steps:
    """By host, what the report says of it: planned, or changed."""
    found = [line["result"]["report"] for line in played.results if "report" in line["result"]][-1]
    told = {entry["host"]: sorted((step["code"], step["target"]) for step in entry[what]) for entry in found["collectivites"]}
    return {name: listed for name, listed in told.items() if listed}


def diffs(played: Played) -> list[str]:
    """Each diff that Ansible shows and that says something, as JSON."""
    shown = [line["result"].get("diff") or [] for line in played.results if "results" not in line["result"]]
    each = [one for listed in shown for one in (listed if isinstance(listed, list) else [listed])]
    return [json.dumps(one, sort_keys=True) for one in each if one.get("before") != one.get("after")]


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_check_foretells_the_run(scene: Scene, playbook: str) -> None:
    before, written = listing(scene.fleet.store), scene.written()
    check = scene.play(playbook, "--check")
    assert (scene.written(), listing(scene.fleet.store)) == (written, before), "the run begins where the check began"
    run = scene.play(playbook)
    assert (check.code, run.code) == (0, 0), (check if check.code else run).stdout[-3000:]
    foretold, done = steps(check, ("planned",)), steps(run, DONE)
    wanted = {host(rank): sorted(case.steps) for rank, case in enumerate(CASES) if case.playbook == playbook and case.steps}
    assert {name: [code for code, _target in listed] for name, listed in done.items()} == wanted
    assert foretold == done
    assert len(diffs(check)) == len(set(diffs(check))), "no diff is shown twice"
    if not any("report" in line["result"] for line in run.results):
        return
    assert (reported(check, "planned"), reported(check, "changed")) == (foretold, {})
    assert (reported(run, "planned"), reported(run, "changed")) == ({}, done)


def test_every_playbook_is_compared() -> None:
    """The hosts of adopt.yml are agents, not collectivités: test_adopt.py compares it."""
    assert [path.stem for path in sorted((REPOSITORY / "playbooks").glob("*.yml")) if path.stem != "adopt"] == PLAYBOOKS
