# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults between client and server: reads are repeated within bounds, writes never; a lost answer is settled by observing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http import client as https
from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, Bench, codes
from tests.support.run_module import Result, run_module
from tests.support.values import SIRET, existing, policy

DECLARED: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}
CHANGED: dict[str, Any] = {"siret": SIRET, "contact_email": "autre@lyon.example"}
KINDS = ("latency", "429", "503", "reset", "lost_answer", "truncated", "content_type", "nonsense")
# A fault before the deed; after it, its answer lost or spoilt; none that matters.
BEFORE, AFTER = ("503", "reset"), ("lost_answer", "truncated", "content_type", "nonsense")
# Operations for which the profile takes 200 for a success: what the sandbox's nonsense answers.
OK_WITHOUT_CREATION = ("accountUpdate", "accountClose", "certificateInstall", "certificateActivate", "certificateDeactivate")
MOST_REQUESTS = 4


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https, "PAUSES", tuple(0.01 for _pause in https.PAUSES))


def typed(result: Result, *codes: str) -> None:
    """A failure that a person can read and a program can tell."""
    assert result["failed"]
    assert result["error"]["code"] in codes, result["msg"]
    assert result["error"]["message"]
    assert result["error"]["hint"]
    assert "Traceback" not in str(result)
    assert "exception" not in result


# Reads


@dataclass(frozen=True)
class Read:
    """A read operation, and a run that needs it."""

    operation: str
    run: Callable[[Bench], Result]
    policy: dict[str, Any]
    prepare: Callable[[Bench], Any] = lambda bench: None


def hold(bench: Bench) -> None:
    bench.fingerprint = bench.certificate()


READS = (
    Read("spaceGet", lambda bench: bench.run("antai_account", siret=SIRET), existing()),
    Read("spaceList", lambda bench: bench.run("antai_account_info"), existing()),
    Read("init", lambda bench: bench.run("antai_account", siret=SIRET), existing()),
    Read("login", lambda bench: bench.run("antai_account", siret=SIRET), existing()),
    Read("accountRequestGet", lambda bench: bench.run("antai_account", **ACCOUNT, username="", password=""), policy(control="never")),
    Read("conventionBlank", lambda bench: bench.run("antai_convention", siret=SIRET), existing(None)),
    Read("conventionDocument", lambda bench: bench.run("antai_convention", siret=SIRET), existing()),
    Read("exchangeQuery", lambda bench: bench.run("antai_exchange_info", **DECLARED), existing(), hold),
)


@pytest.mark.parametrize("read", READS, ids=lambda read: read.operation)
def test_reads(bench: OpenBench, read: Read) -> None:
    """One fault passes unnoticed, or is told; a lasting one is told, after a bounded number of requests. Nothing is ever written."""
    here = bench(read.policy)
    read.prepare(here)
    for kind in KINDS:
        shutil.rmtree(here.store / SIRET / "conventions", ignore_errors=True)
        here.fault(read.operation, kind, times=1, **({"delay": 0.1} if kind == "latency" else {}))
        once(read.run(here), read.operation, kind)
    for kind in ("429", "reset") if read.operation in ("spaceGet", "exchangeQuery") else ("503",):
        shutil.rmtree(here.store / SIRET / "conventions", ignore_errors=True)
        here.running.cli("fault", "clear")
        here.fault(read.operation, kind)
        before = len(here.requests(operation=read.operation))
        result = read.run(here)
        typed(result, "transport", "unexpected_answer", "refused_by_server")
        assert 0 < len(here.requests(operation=read.operation)) - before <= MOST_REQUESTS
    assert set(here.writes()) <= {"accountRequest"}


def once(result: Result, operation: str, kind: str) -> None:
    header_only = operation in ("init", "login")
    if kind == "nonsense" or (kind == "content_type" and not header_only):
        typed(result, "unexpected_answer")
    elif result.get("failed"):
        raise AssertionError(f"{kind}: {result['msg']}")


def test_a_slow_answer_is_asked_for_again(bench: OpenBench) -> None:
    here = bench(existing())
    here.fault("spaceGet", "latency", times=1, delay=5)
    assert here.done("antai_account", siret=SIRET, timeout=1)["account"]["state"] == "active"


def test_a_server_that_asks_for_much_patience_is_not_waited_for(bench: OpenBench) -> None:
    here = bench(existing())
    here.fault("spaceGet", "429", retry_after=3600)
    result = here.run("antai_account", siret=SIRET)
    typed(result, "refused_by_server")
    assert len(here.requests(operation="spaceGet")) == 1


def test_retry_after_is_obeyed(bench: OpenBench) -> None:
    here = bench(existing())
    here.fault("spaceGet", "503", times=1, retry_after=0)
    here.done("antai_account", siret=SIRET)
    assert [line["status"] for line in here.requests(operation="spaceGet")] == [503, 200]


# Writes


@dataclass(frozen=True)
class Write:
    """A write operation, and a run whose only write it is."""

    operation: str
    status: int
    module: str
    arguments: dict[str, Any]
    policy: dict[str, Any]
    prepare: Callable[[Bench], Any] = lambda bench: None


def installed(bench: Bench) -> None:
    hold(bench)
    bench.done("antai_certificate", **DECLARED, state="present")


def active(bench: Bench) -> None:
    hold(bench)
    bench.done("antai_certificate", **DECLARED)


def signed(bench: Bench) -> dict[str, Any]:
    return {"document_content": bench.signed()}


WRITES = (
    Write("accountRequest", 201, "antai_account", ACCOUNT, policy(control="never")),
    Write("accountUpdate", 200, "antai_account", CHANGED, existing()),
    Write("accountClose", 200, "antai_account", {"siret": SIRET, "state": "absent"}, existing()),
    Write("conventionUpload", 201, "antai_convention", {"siret": SIRET}, existing(None, countersign="never"), signed),
    Write("certificateInstall", 201, "antai_certificate", DECLARED | {"state": "present"}, existing(), hold),
    Write("certificateActivate", 200, "antai_certificate", DECLARED, existing(), installed),
    Write("certificateDeactivate", 200, "antai_certificate", DECLARED | {"state": "inactive"}, existing(), active),
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.operation)
def test_a_write_is_never_sent_twice(bench: OpenBench, write: Write, kind: str) -> None:
    here = bench(write.policy)
    arguments = write.arguments | (write.prepare(here) or {})
    options = {"delay": 0.1} if kind == "latency" else {"retry_after": 0} if kind == "429" else {}
    here.fault(write.operation, kind, times=1, **options)
    done = len(here.requests(operation=write.operation))
    result = here.run(write.module, **arguments)
    sent = [line["status"] for line in here.requests(operation=write.operation)[done:]]
    if kind in BEFORE:
        typed(result, "transport", "unexpected_answer")
        assert not result.get("changed", False)
        assert result["error"]["details"]["settled"] == "observed again: it was not done"
        assert sent == [503 if kind == "503" else None]
    else:
        assert not result.get("failed"), result["msg"]
        # Nonsense in JSON under the right status is taken for a success; what was done is observed in any case.
        settled = kind in AFTER and not (kind == "nonsense" and write.operation in OK_WITHOUT_CREATION)
        assert [step["outcome"] for step in result["steps"]] == ["settled" if settled else "done"]
        assert sent == ([429, write.status] if kind == "429" else [write.status])
    # The next run finishes what was not done, and does nothing twice.
    after = here.done(write.module, **arguments)
    assert (after["changed"], len(after["steps"])) == (kind in BEFORE, int(kind in BEFORE))
    statuses = [line["status"] for line in here.requests(operation=write.operation)[done:]]
    assert statuses.count(write.status) == 1


@pytest.mark.parametrize("kind", ["503", "reset"])
def test_a_failure_after_a_first_step_is_failed_and_changed(bench: OpenBench, kind: str) -> None:
    here = bench(existing())
    hold(here)
    here.fault("certificateActivate", kind)
    result = here.run("antai_certificate", **DECLARED)
    assert (result["failed"], result["changed"], codes(result)) == (True, True, ["install_certificate"])
    assert "what was done before stands in steps" in result["msg"]
    assert result["certificates"]["declared"][0]["state"] == "inactive", "what is there now, not what was there"
    assert result["diff"]["before"] != result["diff"]["after"]
    here.running.cli("fault", "clear")
    assert codes(here.done("antai_certificate", **DECLARED)) == ["activate_certificate"]
    assert [line["status"] for line in here.requests(operation="certificateInstall")] == [201]


def test_what_cannot_be_observed_afterwards_is_told(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first step is done, the second fails, and then the space answers no more: failed, changed, and nothing is made up."""
    here = bench(existing())
    hold(here)
    here.fault("certificateActivate", "503")
    send = https.HttpClient.send

    def break_the_space(client: https.HttpClient, request: https.Request) -> https.Response:
        response = send(client, request)
        if request.path.endswith("/activation"):
            here.fault("spaceGet", "nonsense")
        return response

    monkeypatch.setattr(https.HttpClient, "send", break_the_space)
    result = here.run("antai_certificate", **DECLARED)
    typed(result, "unexpected_answer")
    assert (result["changed"], codes(result)) == (True, ["install_certificate"])
    assert len(here.requests(operation="certificateActivate")) == 1


def test_no_server_at_all(bench: OpenBench) -> None:
    here = bench(existing())
    connection = here.connection()
    here.running.stop()
    for module in ("antai_account", "antai_account_info", "antai_convention_info"):
        result = run_module(module, connection | {"siret": SIRET})
        typed(result, "transport")
        assert "connection refused" in result["msg"]
