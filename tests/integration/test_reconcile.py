# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/reconcile.yml as a schedule runs it: every hour, over another run, killed, held by the brake; and what its report says."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.conftest import StartSandbox
from tests.support.bench import listing
from tests.support.collection import ROOT
from tests.support.fleet import fleet_inventory, fleet_policy, host, siret
from tests.support.interfaces import EITHER_INTERFACE, Interface
from tests.support.playbook import Played, play
from tests.support.sandbox_process import SandboxProcess

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
NEW_EMAIL = "nouveau@essai.example"
# Holds the lock of a collectivité until its standard input ends, as another run would.
HOLD = """
import fcntl, os, sys
os.makedirs(sys.argv[1], exist_ok=True)
with open(os.path.join(sys.argv[1], ".lock"), "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


class Hour:
    """`run()` is one run of the schedule; `report` what it wrote."""

    def __init__(self, running: SandboxProcess, folder: Path, interface: Interface) -> None:
        self.running = running
        self.interface = interface
        self.folder = folder
        self.store = folder / "store"
        self.reports = folder / "reports"

    def declare(self, count: int, changes: dict[int, dict[str, Any]] | None = None, **common: Any) -> None:
        hosts = {
            host(rank): {
                "antai_siret": siret(rank),
                "antai_name": host(rank),
                "antai_departement": "21",
                "antai_contact_email": f"{host(rank)}@essai.example",
            }
            | (changes or {}).get(rank, {})
            for rank in range(count)
        }
        fleet_inventory(self.folder / "hosts.yml", hosts, self.interface, **common)

    def run(self, *words: str, kill_when: Any = None, callbacks: str = "", **variables: Any) -> Played:
        """callbacks: to be enabled besides."""
        given = {"antai_store": str(self.store), "antai_report_folder": str(self.reports), "antai_progress": "none"} | variables
        return play(
            "playbooks/reconcile.yml",
            self.folder / "hosts.yml",
            self.folder / "home",
            "-e",
            json.dumps(given),
            *words,
            kill_when=kill_when,
            ANSIBLE_CALLBACKS_ENABLED=",".join(filter(None, ("record", callbacks))),
            SANDBOX_ENDPOINTS=str(self.running.state_dir / "endpoints.json"),
        )

    @property
    def report(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.reports / "report.json").read_text(encoding="utf-8"))
        jsonschema.validate(told, SCHEMA)
        return told

    @property
    def outcome(self) -> str:
        outcome: str = self.report["totals"]["outcome"]
        return outcome

    def writes(self) -> list[str]:
        return [line["siret"] for line in self.running.requests(operation_class="write")]


@pytest.fixture
def hour(sandbox: StartSandbox, tmp_path: Path, interface: Interface) -> Any:
    return lambda policy: Hour(sandbox(policy, program=interface.program), tmp_path, interface)


@EITHER_INTERFACE
def test_every_hour(hour: Any) -> None:
    """Drift is told and written nowhere; then brought back and reported; then nothing is left to be done, hour by hour."""
    schedule = hour(fleet_policy(4))
    schedule.declare(3)
    assert schedule.run(antai_report_folder="").code == 0
    assert not schedule.reports.exists()
    before = listing(schedule.store)
    schedule.declare(3, {1: {"antai_contact_email": NEW_EMAIL}})
    told = schedule.run("--check", antai_language="en")
    assert (told.code, schedule.writes(), listing(schedule.store), schedule.reports.exists()) == (0, [], before, False), told.stdout
    assert f"This run would do (nothing is done, --check):\n  {host(1)}: space updated\n\n" in told.stdout

    first = schedule.run(antai_report_history=True)
    assert "antai_fleet_failed" not in first.stdout + first.stderr, "nobody failed, and nobody is looked for"
    report = schedule.report
    assert (first.code, first.failed(), schedule.writes()) == (0, set(), [siret(1)]), first.stdout[-3000:]
    assert (report["totals"]["outcome"], report["totals"]["changed"], report["brake"]["engaged"]) == ("converged", 1, False)
    assert {each["host"]: each["changed"] for each in report["collectivites"] if each["changed"]} == {
        host(1): [{"code": "update_account", "target": ""}]
    }
    # Who is not declared shows in lists only.
    undeclared = [{"siret": siret(3), "name": host(3)}] if schedule.interface.name == "sandbox" else None
    assert report["undeclared"] == undeclared
    assert ("Espaces visibles" in first.stdout, siret(3) in first.stdout) == (bool(undeclared), bool(undeclared))
    assert (schedule.reports / "report.csv").read_bytes().count(b"\r\n") == 1 + 3
    (kept,) = (schedule.reports / "history").iterdir()
    assert json.loads(kept.read_text(encoding="utf-8")) == report

    before = listing(schedule.store)
    second = schedule.run("--limit", f"{host(0)},{host(1)}")
    assert (second.code, second.changed(), schedule.writes(), listing(schedule.store)) == (0, set(), [siret(1)], before)
    assert (schedule.report["totals"]["changed"], schedule.report["totals"]["collectivites"]) == (0, 2)
    assert schedule.report["undeclared"] == undeclared, "what is left out of the run is declared"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == b"held\n"
        yield
        other.stdin.close()


def test_who_is_held_by_another_run_is_left_to_it(hour: Any) -> None:
    schedule = hour(fleet_policy(3))
    schedule.declare(3, {rank: {"antai_contact_email": NEW_EMAIL} for rank in range(2)})
    with held(schedule.store / siret(0)):
        skipped = schedule.run()
        assert (skipped.code, skipped.failed(), schedule.writes()) == (0, set(), [siret(1)]), skipped.stdout[-3000:]
        report = schedule.report
        assert (report["totals"]["outcome"], report["totals"]["held"]) == ("pending", 1)
        assert [each["host"] for each in report["collectivites"] if each["held"]] == [host(0)]
        assert f"Laissées à un autre passage qui y travaille :\n  {host(0)}" in skipped.stdout
        failed = schedule.run(antai_held="fail")
        assert (failed.code, failed.failed(), schedule.outcome) == (2, {host(0)}, "failed")
        assert "another run is working on" in failed.stdout
    freed = schedule.run()
    assert (freed.code, schedule.writes(), schedule.outcome) == (0, [siret(1), siret(0)], "converged")


def test_waiting_is_told_apart_from_failing(hour: Any) -> None:
    schedule = hour(fleet_policy(3, existing=False, control="never"))
    person = {"antai_agent_name": "Agent", "antai_agent_email": "agent@essai.example"}
    address = {"street": "1 place de la Mairie", "postal_code": "21000", "city": "Dijon"}
    schedule.declare(3, {2: {"antai_departement": "nulle part"}}, antai_address=address, **person)
    mixed = schedule.run()
    assert (mixed.code, mixed.failed(), schedule.outcome) == (2, {host(2)}, "failed"), mixed.stdout[-3000:]
    waiting = schedule.run("--limit", f"!{host(2)}")
    assert (waiting.code, schedule.outcome, schedule.report["awaited"][0]["on"]) == (0, "waiting", "antai")
    strict = schedule.run("--limit", f"!{host(2)}", antai_fail_on_waiting=True, antai_language="en")
    assert (strict.code, strict.failed(), schedule.outcome) == (2, {host(0), host(1)}, "waiting")
    assert schedule.report["collectivites"][0]["waiting"][0]["next_action"]["text"] in " ".join(
        each["result"].get("msg", "") for each in strict.results
    )


@EITHER_INTERFACE
def test_the_brake_and_doubles_stop_it_before_the_first_write(hour: Any) -> None:
    schedule = hour(fleet_policy(5))
    schedule.declare(4)
    assert schedule.run().code == 0
    schedule.declare(4, {rank: {"antai_siret": siret(rank + 1), "antai_contact_email": NEW_EMAIL} for rank in range(4)})
    braked = schedule.run()
    report = schedule.report
    assert (braked.code, braked.failed(), schedule.writes()) == (2, {host(rank) for rank in range(4)}, []), braked.stdout[-3000:]
    assert (report["totals"]["outcome"], report["brake"]["engaged"], report["brake"]["limit"]) == ("failed", True, 3)
    assert {each["host"] for each in report["brake"]["planned"]} == {host(rank) for rank in range(4)}
    assert f"{host(0)} : nouveau SIRET {siret(1)}" in braked.stdout

    schedule.declare(4, {3: {"antai_siret": siret(0), "antai_contact_email": NEW_EMAIL}})
    asked = len(schedule.running.requests())
    doubled = schedule.run()
    assert (doubled.code, schedule.outcome, len(schedule.running.requests())) == (2, "failed", asked)
    assert f"{host(0)}, {host(3)}" in doubled.stdout


def test_an_active_certificate_that_no_declaration_names_any_more(hour: Any) -> None:
    """It is drift, with its provider and date, and exit code 2, run after run; only antai_exclusive touches it."""
    schedule = hour(fleet_policy(2))
    folders = {f"antai_{name}": f"{{{{ endpoints.psce.{name} }}}}" for name in ("drop_folder", "pickup_folder")}
    one, two = ({"provider": name, "key_type": "ec-p256"} for name in ("acme", "beta"))
    common = {"antai_request_wait_timeout": 30, **folders}
    schedule.declare(2, {0: {"antai_certificates": [one, two]}, 1: {"antai_certificates": [one]}}, **common)
    assert (schedule.run().code, schedule.outcome) == (0, "converged")

    schedule.declare(2, antai_certificates=[one], **common)
    writes = schedule.writes()
    for words in (("--check",), ()):
        drifted = schedule.run(*words, antai_language="en")
        assert (drifted.code, drifted.failed(), schedule.writes()) == (2, {host(0)}, writes), drifted.stdout[-3000:]
        assert f"{host(0)}: beta, active since 20" in drifted.stdout
        assert "(undeclared, exit code 2)" in drifted.stdout
    (found,) = schedule.report["undeclared_certificates"]
    assert (found["host"], found["provider"], bool(found["since"])) == (host(0), "beta", True)

    taken = schedule.run(antai_exclusive=True)
    assert (taken.code, schedule.outcome, len(schedule.writes())) == (0, "converged", len(writes) + 1), taken.stdout[-3000:]


@pytest.mark.parametrize(
    ("spoil", "outcome", "sentence"),
    [
        (
            lambda profile: profile["operations"]["space_list"]["pagination"].update(total="sum([total, `1`])", per_page=3),
            "incomplete",
            "space_list: the list ends before its end: only 4 of 5 have come",
        ),
        (
            lambda profile: profile["records"]["convention"]["fields"].update(end="join('', ['le ', fin])"),
            "failed",
            "end 'le 20",
        ),
    ],
    ids=["a list cut short", "a date that cannot be read"],
)
def test_what_is_not_known_ends_no_run_well(hour: Any, tmp_path: Path, spoil: Any, outcome: str, sentence: str) -> None:
    schedule = hour(fleet_policy(4))
    profile = copy.deepcopy(schedule.interface.content())
    spoil(profile)
    path = tmp_path / "profile.yml"
    path.write_text(yaml.safe_dump(profile, allow_unicode=True), encoding="utf-8")
    schedule.declare(4, antai_profile=str(path))
    run = schedule.run()
    assert (run.code, schedule.outcome, schedule.report["totals"]["exit_code"]) == (2, outcome, 2), run.stdout[-3000:]
    assert sentence in run.stdout
    assert "converged" not in run.stdout


@EITHER_INTERFACE
def test_killed_in_the_middle_it_ends_where_it_would_have_ended(hour: Any) -> None:
    """Killed at several places on the road from a key to an active certificate: one key for each, one installation, all in service."""
    count = 6
    schedule = hour(fleet_policy(count))
    folders = {f"antai_{name}": f"{{{{ endpoints.psce.{name} }}}}" for name in ("drop_folder", "pickup_folder")}
    certificates = [{"provider": "acme", "key_type": "ec-p256"}]
    schedule.declare(count, antai_certificates=certificates, antai_request_wait_timeout=30, antai_workers=1, **folders)
    keys = schedule.store.glob

    def key_made() -> bool:
        return any(keys("*/certificates/acme/pending/key.pem"))

    def installed() -> bool:
        return bool(schedule.running.requests(operation="certificateInstall"))

    def some_active() -> bool:
        return len(schedule.running.requests(operation="certificateActivate")) >= count // 2

    for condition in (key_made, installed, some_active):
        killed = schedule.run(kill_when=condition)
        assert killed.code == -9, killed.stdout[-3000:]
    last = schedule.run()
    assert (last.code, schedule.outcome) == (0, "converged"), last.stdout[-3000:]
    assert {each["alert"] for each in schedule.report["collectivites"]} == {"in_service"}
    assert sorted(path.parents[4].name for path in keys("*/certificates/acme/versions/*/certificate.pem")) == sorted(
        siret(rank) for rank in range(count)
    )
    installed_once = [line["siret"] for line in schedule.running.requests(operation="certificateInstall") if line["status"] < 300]
    assert sorted(installed_once) == sorted(siret(rank) for rank in range(count))
    writes, before = schedule.writes(), listing(schedule.store)
    again = schedule.run(antai_prove="never")
    assert (again.code, again.changed(), schedule.writes(), listing(schedule.store)) == (0, set(), writes, before)


FOLDERS = {f"antai_{name}": f"{{{{ endpoints.psce.{name} }}}}" for name in ("drop_folder", "pickup_folder")}
ONE_EACH = {"antai_certificates": [{"provider": "acme", "key_type": "ec-p256"}], "antai_request_wait_timeout": 30, **FOLDERS}


def proofs(schedule: Hour) -> int:
    return len(schedule.running.requests(operation="exchangeQuery"))


def fingerprints(schedule: Hour) -> dict[str, str]:
    return {each["siret"]: each["dialogues"][0]["fingerprint"] for each in schedule.report["collectivites"]}


def forget(schedule: Hour, rank: int, **changes: Any) -> None:
    """What the store remembers of the dialogue of this one, changed; without changes, nothing is remembered any more."""
    path = schedule.store / siret(rank) / "proofs.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({each: record | changes for each, record in records.items()} if changes else {}), encoding="utf-8")


LONG_AGO = {"at": "2020-01-01T00:00:00Z", "proved_at": "2020-01-01T00:00:00Z"}


def test_no_green_without_a_proof(hour: Any) -> None:
    """Proved in the run that activates, then at most once a day; by $?, JSON and terminal: not proved is 3 (2 without the callback), revoked is 2."""
    count = 3
    schedule = hour(fleet_policy(count))
    schedule.declare(count, **ONE_EACH)
    first = schedule.run()
    assert (first.code, schedule.outcome, proofs(schedule)) == (0, "converged", count), first.stdout[-3000:]
    assert schedule.report["totals"]["dialogues"] == {"proved": count, "unverifiable": 0, "unproved": 0}
    assert {each["dialogues"][0]["proved_at"][:2] for each in schedule.report["collectivites"]} == {"20"}

    forget(schedule, 0, **LONG_AGO)
    asked, before = proofs(schedule), listing(schedule.store)
    checked = schedule.run("--check", antai_prove="never", antai_language="en")
    assert (checked.code, proofs(schedule), listing(schedule.store)) == (2, asked, before)
    assert "(unproved, exit code 3)" in checked.stdout
    assert f"{host(0)}: acme, authorised, last proof: 2020-01-01 00:00 UTC" in checked.stdout
    unproved = schedule.run(antai_prove="never", callbacks="collectivites.antai.exit_code")
    totals = schedule.report["totals"]
    assert (unproved.code, unproved.failed(), totals["outcome"], totals["exit_code"]) == (3, {host(0)}, "unproved", 3), unproved.stdout
    assert "(unproved, code de sortie 3)" in unproved.stdout
    assert (schedule.run(antai_prove="never").code, proofs(schedule)) == (2, asked), "never 0, without the callback either"

    again = schedule.run(callbacks="collectivites.antai.exit_code")
    assert (again.code, schedule.outcome, proofs(schedule)) == (0, "converged", asked + 1), "the one that was overdue, and no other"
    (revoked,) = [each for of, each in fingerprints(schedule).items() if of == siret(1)]
    schedule.running.cli("revoke", revoked)
    refused = schedule.run(antai_prove="always", callbacks="collectivites.antai.exit_code")
    totals = schedule.report["totals"]
    assert (refused.code, refused.failed(), totals["outcome"], totals["exit_code"]) == (2, {host(1)}, "stopped", 2), refused.stdout
    assert [(each["on"], each["for"], each["count"]) for each in schedule.report["awaited"]] == [("collectivite", "dialogue", 1)]
    assert f"plus rien ne passe, ou le SI FPS refuse : {host(1)}" in refused.stdout
    assert schedule.run(antai_prove="never").code == 2, "the store remembers the refusal, too"

    schedule.declare(count, {1: {"antai_contact_email": NEW_EMAIL}}, **ONE_EACH)
    drifted = schedule.run("--check")
    assert (drifted.code, "Aucun FPS ne passe" in drifted.stdout) == (2, True), "a stop outranks what is planned"


def test_what_nobody_answers_is_told_once_and_fails_nobody(hour: Any) -> None:
    count = 3
    schedule = hour(fleet_policy(count))
    schedule.declare(count, **ONE_EACH)
    assert schedule.run().code == 0
    for rank in range(count):
        forget(schedule, rank, **LONG_AGO)
    nowhere = {"antai_sifps_url": "https://127.0.0.1:9", "antai_workers": 1}
    down = schedule.run(callbacks="collectivites.antai.exit_code", **nowhere)
    assert (down.code, schedule.outcome, down.failed()) == (3, "unproved", {host(rank) for rank in range(count)}), down.stdout[-3000:]
    assert (down.stdout + down.stderr).count(f"are asked about again later: {count} - ") == 1
    record = json.loads((schedule.store / siret(0) / "proofs.json").read_text(encoding="utf-8"))
    assert {each["failures"] for each in record.values()} == {1}
    asked = proofs(schedule)
    assert (schedule.run(callbacks="collectivites.antai.exit_code").code, proofs(schedule)) == (3, asked), "not asked again at once"
    always = schedule.run(antai_prove="always", **nowhere)
    assert (always.code, always.failed(), schedule.outcome) == (2, {host(rank) for rank in range(count)}, "failed")
