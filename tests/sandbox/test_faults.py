# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of fault does what its name says, as often as asked, and is logged."""

from __future__ import annotations

import time

import pytest
import requests

from tests.conftest import StartSandbox
from tests.support.portal_client import PortalClient
from tests.support.psce_client import PsceClient
from tests.support.values import AGENT, SIRET, THIRD, existing, policy


def unchecked(portal: PortalClient) -> PortalClient:
    """A spoilt answer is not to be held against the contract."""
    portal.session.hooks["response"].clear()
    return portal


def test_latency_until_cleared(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    portal = PortalClient(running.endpoints)
    running.cli("fault", "add", "--operation", "init", "--kind", "latency", "--delay", "0.3")
    for _ in range(2):
        started = time.monotonic()
        portal.init()
        assert time.monotonic() - started >= 0.3
    assert "latency on init" in running.cli("fault", "list").stdout
    running.cli("fault", "clear")
    assert running.cli("fault", "list").stdout == ""
    portal.init()
    assert [line["fault"] for line in running.requests(operation="init")] == ["latency", "latency", None]


@pytest.mark.parametrize("kind", ["429", "503"])
def test_refusals_with_retry_after_are_not_handled(sandbox: StartSandbox, kind: str) -> None:
    running = sandbox(policy())
    portal = unchecked(PortalClient(running.endpoints).login(*AGENT))
    running.cli("fault", "add", "--operation", "accountRequest", "--kind", kind, "--times", "2", "--retry-after", "3")
    for _ in range(2):
        answer = portal.request_account(SIRET, int(kind))
        assert answer.headers["Retry-After"] == "3" and "erreur" in answer.json()
    portal.request_account(SIRET, 201)
    portal.space(THIRD, 404)


def test_reset_comes_before_handling(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    portal = unchecked(PortalClient(running.endpoints).login(*AGENT))
    running.cli("fault", "add", "--operation", "accountRequest", "--kind", "reset", "--times", "1")
    with pytest.raises(requests.ConnectionError):
        portal.request_account(SIRET)
    portal.space(SIRET, 404)
    assert running.requests(operation="accountRequest")[0]["status"] is None
    portal.request_account(SIRET)


def test_a_lost_answer_was_handled(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    portal = unchecked(PortalClient(running.endpoints).login(*AGENT))
    running.cli("fault", "add", "--operation", "accountRequest", "--kind", "lost_answer", "--times", "1")
    with pytest.raises(requests.ConnectionError):
        portal.request_account(SIRET)
    assert portal.space(SIRET)["compte"]["etat"] == "ACTIF"
    assert running.requests(operation="accountRequest")[0]["status"] == 201


def test_a_truncated_answer(sandbox: StartSandbox) -> None:
    running = sandbox(existing())
    portal = unchecked(PortalClient(running.endpoints).login(*AGENT))
    running.cli("fault", "add", "--operation", "spaceGet", "--kind", "truncated", "--times", "1")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        portal.space(SIRET)
    portal.space(SIRET)


def test_a_wrong_content_type(sandbox: StartSandbox) -> None:
    running = sandbox(existing())
    portal = unchecked(PortalClient(running.endpoints).login(*AGENT))
    running.cli("fault", "add", "--operation", "spaceGet", "--kind", "content_type", "--times", "1")
    answer = portal.call("GET", f"/api/espaces/{SIRET}", 200)
    assert answer.headers["Content-Type"].startswith("text/html") and answer.json() == portal.space(SIRET)


def test_nonsense_is_json_of_something_else(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    portal = unchecked(PortalClient(running.endpoints).login(*AGENT))
    running.cli("fault", "add", "--operation", "accountRequest", "--kind", "nonsense", "--times", "1")
    assert "siret" not in portal.request_account(SIRET, 200).json()
    portal.space(SIRET)


def test_a_fault_of_one_face_spares_the_other(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    running.cli("fault", "add", "--operation", "*", "--face", "sifps", "--kind", "503")
    PortalClient(running.endpoints).init()
    running.cli("fault", "add", "--operation", "*", "--kind", "429", "--times", "1")
    unchecked(PortalClient(running.endpoints)).call("GET", "/api/init", 429)


def test_a_fault_of_the_psce(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints, checked=False)
    running.cli("fault", "add", "--operation", "*", "--face", "psce", "--kind", "503", "--times", "2", "--retry-after", "1")
    assert client.call("GET", "/crl/clients.crl", 503).headers["Retry-After"] == "1"
    client.call("GET", "/.well-known/est/cacerts", 503)
    assert [(line["face"], line["operation"]) for line in running.requests(fault="503")] == [("psce", "crlGet"), ("psce", "estCacerts")]
    running.cli("fault", "add", "--operation", "crlGet", "--kind", "truncated", "--times", "1")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.crl()
    client.crl()


def test_errors_of_the_command(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    assert "no operation" in running.cli("fault", "add", "--operation", "rien", "--kind", "503", check=False).stderr
    assert running.cli("fault", "add", "--operation", "*", "--kind", "feu", check=False).returncode == 2
    assert running.cli("fault", "add", "--operation", "*", "--kind", "503", "--times", "0", check=False).returncode == 2
