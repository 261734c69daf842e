# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process: stopping, killing, restarting, two on one state, the clock, the policy's errors, `run`, the log."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO

import pytest
import requests

from tests.conftest import StartSandbox
from tests.support.keys import get_issued
from tests.support.portal_client import PortalClient, SiFpsClient
from tests.support.psce_client import PsceClient
from tests.support.sandbox_process import REPOSITORY, SandboxProcess
from tests.support.values import AGENT, NUMBER, SIRET, existing, policy, ready


def test_a_clean_stop_removes_the_endpoints(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    endpoints = running.endpoints
    assert endpoints["pid"] == running.pid and "not an interface of ANTAI" in endpoints["notice"]
    assert running.stop() == 0
    assert not (running.state_dir / "endpoints.json").exists()
    assert running.errors.read_text() == ""


def test_killed_and_started_again_it_goes_on(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    portal, machine, issued = ready(running, tmp_path)
    machine.send(NUMBER)
    running.cli("tick", "--days", "0.01")
    before = portal.space(SIRET)
    running.kill()
    running.start()
    again = PortalClient(running.endpoints)
    again.session.headers.update(portal.session.headers)
    again.session.cookies.update(portal.session.cookies)
    assert again.space(SIRET) == before, "tokens and accounts outlive the process"
    same = SiFpsClient(running.endpoints, issued)
    assert same.query(SIRET)["etat"] == "AUTORISE"
    same.send(NUMBER, 409)
    assert len(running.requests(operation="fpsSend")) == 2


def test_one_server_per_state(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    second = SandboxProcess(running.state_dir, policy())
    with pytest.raises(RuntimeError, match=r"ended with 2.*Another sandbox serves"):
        second.start()
    PortalClient(running.endpoints).init()


def test_it_does_not_outlive_who_started_it(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    assert running._process and running._process.stdin
    running._process.stdin.close()
    assert running._process.wait(15) == 0


def test_fixed_ports(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    used_port = running.endpoints["portal"]["url"].rsplit(":", 1)[1]
    second = SandboxProcess(running.state_dir.with_name("autre"), policy())
    with pytest.raises(RuntimeError, match=rf"Port {used_port} of 127\.0\.0\.1 cannot be used"):
        second.start("--portal-port", used_port)


def test_the_psce_keeps_its_ports(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy())
    before = running.endpoints["psce"]
    running.kill()
    running.start()
    assert running.endpoints["psce"] == before
    running.stop()
    port = int(before["ocsp_url"].rsplit(":", 1)[1].removesuffix("/ocsp"))
    with socket.create_server(("127.0.0.1", port)):
        running.start()
        assert f"port {port} of the psce-http cannot be used again" in running.errors.read_text()
        after = running.endpoints["psce"]
        assert after["ocsp_url"] != before["ocsp_url"] and after["url"] == before["url"]
    running.restart()
    assert running.endpoints["psce"] == after, "from now on"
    running.stop()
    running.start("--psce-http-port", str(port))
    assert running.endpoints["psce"]["ocsp_url"] == before["ocsp_url"]


NEWER = ("psce_certificat", "psce_crl", "defect")


def test_a_state_from_before_the_register_opens(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    portal, _, issued = ready(running, tmp_path)
    space = portal.space(SIRET)
    running.stop()
    database = sqlite3.connect(running.state_dir / "state.sqlite")
    with database:
        for table in NEWER:
            database.execute(f"DROP TABLE {table}")
        database.execute("DELETE FROM meta WHERE name = 'psce_adopted' OR name LIKE 'port:%'")
        database.execute("UPDATE meta SET value = '1' WHERE name = 'version'")
    database.close()
    for file in ("tls/psce.pem", "tls/psce.key", "psce/ocsp/responder.pem", "psce/ocsp/responder.key"):
        (running.state_dir / file).unlink()
    running.start()
    assert PortalClient(running.endpoints).login(*AGENT).space(SIRET) == space
    client = PsceClient(running.endpoints)
    assert len(client.cacerts()) == 2 and running.errors.read_text() == ""
    running.cli("revoke", issued.fingerprint)
    assert client.crl().get_revoked_certificate_by_serial_number(issued.certificate.serial_number)
    assert SiFpsClient(running.endpoints, issued).query(SIRET)["regle"] == "PKI-REVOCATION"


def test_the_clock_moves_and_the_header_shows_it(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    portal = PortalClient(running.endpoints)

    def now() -> float:
        return parsedate_to_datetime(portal.call("GET", "/api/init").headers["Date"]).timestamp()

    before = now()
    running.cli("tick", "--days", "2")
    assert 2 * 86400 <= now() - before < 2 * 86400 + 60
    running.cli("tick", "--hours", "1")
    assert 2 * 86400 + 3600 <= now() - before < 2 * 86400 + 3700
    assert "--back" in running.cli("tick", "--hours=-5", check=False).stderr
    running.cli("tick", "--hours=-49", "--back")
    assert abs(now() - before) < 60
    running.cli("tick", "--to", "2040-01-01")
    assert portal.call("GET", "/api/init").headers["Date"].startswith("Sun, 01 Jan 2040 00:00")
    for bad in ("demain", "1999-01-01", "2999-01-01"):
        assert running.cli("tick", "--to", bad, "--back", check=False).returncode == 1
    assert running.cli("tick", "--days", "1e300", check=False).returncode == 1


POLICY_FAULTS = {
    "control: perhaps": "control",
    "surplus: 1": "surplus",
    "agents: [{login: a}]": "agents.0",
    "collectivites: {'123': {}}": "123",
    "collectivites: {'21690123100012': {}}": "collectivites.21690123100012",
    "collectivites: {'21690123100011': {cycle: entier}}": "collectivites.21690123100011.cycle",
    "collectivites: {'21690123100011': {control: {refuse: ''}}}": "collectivites.21690123100011.control",
    "collectivites: {'21690123100011': {existing: {agent: personne}}}": "existing.agent",
    "collectivites: {21690123100011: {}}": "collectivites.21690123100011: write this key in quotes",
    "est: [{login: a}]": "est.0",
    "est: [{login: a, password: b}, {login: A, password: c}]": "est: login a is there twice",
    "est: [{login: a, password: b, sirets: ['21690123100012']}]": "est.0.sirets",
    "- 1": "(top)",
    "a: [": "not YAML",
}


def test_policy_errors_come_all_at_once_with_their_place(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path / "state")
    file = tmp_path / "policy.yaml"
    for text, place in POLICY_FAULTS.items():
        file.write_text(text)
        done = process.cli("serve", "--policy", str(file), check=False)
        assert done.returncode == 2 and place in done.stderr, (text, done.stderr)
        assert "Traceback" not in done.stderr
    file.write_text("control: perhaps\nsign: {}\nlisting_lag_seconds: -1\n")
    assert "3 error(s)" in process.cli("serve", "--policy", str(file), check=False).stderr
    assert process.cli("serve", "--policy", str(tmp_path / "absent"), check=False).returncode == 2


def test_the_demo_is_there_without_a_policy(sandbox: StartSandbox) -> None:
    running = sandbox(None)
    answers = {}
    for agent in running.endpoints["agents"]:
        portal = PortalClient(running.endpoints).login(agent["login"], agent["password"])
        answers[agent["login"]] = portal.call("GET", "/api/espaces", 200).json()["total"]
    assert answers == {"agent-ajaccio": 1, "agent-horodat": 0, "agent-parkexemple": 0}, "only Ajaccio's account is there from the start"


def test_the_log_counts_and_keeps_no_secret(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    portal, machine, issued = ready(running, tmp_path)
    portal.upload(SIRET, b"non", expect=422)
    machine.query(SIRET)
    portal.call("GET", "/ailleurs", 404)
    portal.call("DELETE", "/ailleurs", 404)
    writes = running.requests(operation_class="write")
    assert [w["operation"] for w in writes] == ["certificateInstall", "certificateActivate", "conventionUpload", "unknown"]
    assert writes[0]["who"] == issued.fingerprint and writes[1]["who"] == AGENT[0] and writes[0]["siret"] == SIRET
    assert set(writes[0]) == {"at", "face", "who", "operation", "class", "method", "path", "siret", "status", "rule", "fault"}
    assert running.cli("log", "--class", "write", "--count").stdout.strip() == "4"
    assert running.cli("log", "--who", AGENT[0], "--operation", "login", "--count").stdout.strip() == "1"
    assert json.loads(running.cli("log", "--operation", "exchangeQuery", "--json").stdout)["siret"] == SIRET
    assert "conventionUpload" in running.cli("log").stdout
    text = (running.state_dir / "requests.jsonl").read_text()
    token = str(portal.session.headers["Authorization"]).removeprefix("Bearer ")
    assert not any(secret in text for secret in (AGENT[1], token, str(portal.session.headers["X-Xsrf-Token"])))


def _run(state: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "sandbox", "run", "--state", str(state), *words]
    return subprocess.Popen(command, cwd=REPOSITORY, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_run_serves_for_one_command_and_hands_on_its_code(tmp_path: Path) -> None:
    script = "import json, os, sys; e = json.load(open(os.environ['SANDBOX_ENDPOINTS'])); print(e['portal']['url'], os.environ['SANDBOX_STATE']); sys.exit(7)"
    process = _run(tmp_path / "state", "--", sys.executable, "-c", script)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 7, err
    assert out.startswith("https://127.0.0.1:") and out.strip().endswith(str(tmp_path / "state"))
    assert not (tmp_path / "state/endpoints.json").exists()


def test_a_server_that_stays_says_where_it_is_and_serves_the_commands(tmp_path: Path) -> None:
    state = tmp_path / "state"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "sandbox", "serve", "--state", str(state)]
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, text=True, stdout=subprocess.PIPE) as staying:
        try:
            assert staying.stdout
            welcome = _until(staying.stdout, "Ctrl-C ends it.")
            endpoints = json.loads((state / "endpoints.json").read_text())
            assert "not an interface of ANTAI" in welcome
            assert all(url in welcome for url in (endpoints["portal"]["url"], endpoints["sifps"]["url"], endpoints["psce"]["est_url"]))
            assert str(state / "endpoints.json") in welcome and "make onboard" in welcome
            script = "import json, os; print(json.load(open(os.environ['SANDBOX_ENDPOINTS']))['pid'])"
            for _twice in range(2):  # it outlives the command
                out, err = _run(state, "--", sys.executable, "-c", script).communicate(timeout=60)
                assert (int(out), "already is used" in err) == (staying.pid, True)
            (tmp_path / "p.yaml").write_text("{}")
            second = _run(state, "--policy", str(tmp_path / "p.yaml"), "--", "true")
            assert "Another sandbox serves" in second.communicate(timeout=60)[1], "its policy would be passed over"
            assert second.returncode == 2
        finally:
            staying.terminate()
            assert staying.wait(15) == 0


def _until(stream: IO[str], end: str) -> str:
    lines = ""
    for line in stream:
        lines += line
        if end in line:
            break
    return lines


def test_a_server_of_another_command_is_not_used(tmp_path: Path) -> None:
    """It would end in the middle."""
    first = _run(tmp_path / "state", "--", sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)")
    assert first.stdout and first.stdout.readline() == "ready\n"
    second = _run(tmp_path / "state", "--", "true")
    assert "Another sandbox serves" in second.communicate(timeout=60)[1]
    assert second.returncode == 2
    first.terminate()
    first.communicate(timeout=60)


def test_run_says_why_the_server_did_not_start(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("control: perhaps")
    process = _run(tmp_path / "state", "--policy", str(tmp_path / "p.yaml"), "--", "true")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "control" in err
    process = _run(tmp_path / "state2", "--", str(tmp_path / "no-such-command"))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 127 and "cannot be run" in err


def test_run_survives_ctrl_c_and_leaves_nothing_behind(tmp_path: Path) -> None:
    script = "import os, sys, time; print(os.environ['SANDBOX_ENDPOINTS'], flush=True); time.sleep(60)"
    process = _run(tmp_path / "state", "--", sys.executable, "-c", script)
    assert process.stdout
    endpoints = json.loads(Path(process.stdout.readline().strip()).read_text())
    process.send_signal(signal.SIGTERM)  # handed on to the command
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    with pytest.raises(requests.ConnectionError):
        requests.get(endpoints["portal"]["url"] + "/api/init", verify=endpoints["portal"]["ca_file"], timeout=5)


def test_run_killed_takes_the_server_with_it(tmp_path: Path) -> None:
    script = "import os, time; print(os.environ['SANDBOX_ENDPOINTS'], flush=True); time.sleep(3)"
    process = _run(tmp_path / "state", "--", sys.executable, "-c", script)
    assert process.stdout
    endpoints = Path(process.stdout.readline().strip())
    process.kill()
    deadline = time.monotonic() + 20
    while endpoints.exists():
        assert time.monotonic() < deadline, "the server outlived `run`"
        time.sleep(0.02)
    process.communicate(timeout=60)


def test_help_says_whose_it_is(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path / "state")
    for arguments in ((), ("serve",), ("run",), ("tick",), ("fault", "add"), ("refuse",), ("revoke",), ("defect", "add")):
        assert "not ANTAI's" in " ".join(process.cli(*arguments, "--help").stdout.split())


def test_many_certificates_in_one_process(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    for rank in range(3):
        issued = get_issued(running.endpoints, tmp_path, SIRET, f"m{rank}")
        SiFpsClient(running.endpoints, issued).install(SIRET)
    assert len({line["who"] for line in running.requests(operation="certificateInstall")}) == 3
