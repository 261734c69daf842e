# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles over TLS: the stand-in's jobs, a declared client certificate, interfaces with less, and a broken file told by Ansible itself."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document_rules import RULE_NAMES
from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, Bench, codes, waits
from tests.support.interfaces import INTERFACES
from tests.support.playbook import play
from tests.support.values import SIRET, existing, policy

STAND_IN = pytest.mark.parametrize("interface", ["stand_in"], indirect=True)
LIST: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}


# The job of the convention


def slow(here: Bench, looks: int) -> None:
    """The stand-in works on a job until it was looked at so often."""
    (here.running.state_dir / "jobs_after").write_text(str(looks))


@STAND_IN
def test_a_job_that_still_runs_waits_on_antai_and_is_never_sent_twice(bench: OpenBench) -> None:
    here = bench(existing(None))
    slow(here, 10_000)
    quick = copy.deepcopy(here.interface.content())
    quick["operations"]["convention_upload"]["job"] |= {"timeout": 0.2}
    declared: dict[str, Any] = {"siret": SIRET, "document_content": here.signed(), "profile": quick}
    first = here.done("antai_convention", **declared)
    assert (first["changed"], waits(first)[0]) == (True, ("antai", "job_running"))
    assert [(step["code"], step["outcome"]) for step in first["steps"]][-1] == ("upload_convention", "begun")
    for check in (True, False):
        again = here.run("antai_convention", **declared, check=check)
        assert (again["changed"], again["steps"], waits(again)[0]) == (False, [], ("antai", "job_running"))
    assert here.writes() == ["conventionUpload"]
    slow(here, 0)
    done = here.done("antai_convention", **declared)
    assert (here.writes(), done["convention"]["state"]) == (["conventionUpload"], "in_force")
    assert not (here.store / SIRET / "jobs.json").exists()


@STAND_IN
def test_a_job_that_fails_is_the_servers_refusal(bench: OpenBench) -> None:
    here = bench(existing(None))
    unjudged = [{"rule": rule, "reason": "the server is to say so itself"} for rule in RULE_NAMES]
    result = here.run("antai_convention", siret=SIRET, document_content=BROKEN_PDF, document_overrides=unjudged)
    assert (result["failed"], result["error"]["code"]) == (True, "refused_by_server")
    assert "the job has failed" in result["msg"]


BROKEN_PDF = "JVBERi0xLjQKMSAwIG9iago8PD4+CmVuZG9iagolJUVPRgo="


# Other ways to be known


def test_a_declared_client_certificate(bench: OpenBench) -> None:
    """The SI FPS sees the certificate of the options, whichever the operation is about."""
    here = bench(existing())
    here.certificate()
    here.done("antai_certificate", **LIST)
    mutual = copy.deepcopy(here.interface.content())
    mutual["faces"]["sifps"]["client_certificate"] = "declared"
    certificate, key = here.key_pair()
    missing = here.run("antai_exchange_info", **LIST, profile=mutual)
    assert "client_certificate: is not set" in missing["msg"]
    assert "client_key: is not set" in here.run("antai_exchange_info", **LIST, profile=mutual, client_certificate=str(certificate))["msg"]
    told = here.done("antai_exchange_info", **LIST, profile=mutual, client_certificate=str(certificate), client_key=str(key))
    assert told["dialogues"][0]["state"] == "authorised"


@STAND_IN
def test_wrong_credentials_of_the_token_service_are_named(bench: OpenBench) -> None:
    here = bench(policy())
    result = here.run("antai_account", **ACCOUNT, password="faux")
    assert (result["failed"], result["error"]["code"], here.writes()) == (True, "authentication_failed", [])
    assert "antai_username, antai_password" in result["msg"]
    assert "faux" not in str(result)


# Interfaces with less


def lacking(*names: str) -> Callable[[Bench], dict[str, Any]]:
    def profile(here: Bench) -> dict[str, Any]:
        data = copy.deepcopy(here.interface.content())
        for name in names:
            data["operations"][name] = {"absent": True}
        return data

    return profile


def test_no_query_nothing_is_installed_twice(bench: OpenBench) -> None:
    here = bench(existing(listing_lag_seconds=3600))
    here.certificate()
    profile = lacking("exchange_query")(here)
    first = here.done("antai_certificate", **LIST, profile=profile)
    assert (codes(first)[0], waits(first)) == ("install_certificate", [("antai", "certificate_listing")])
    again = here.done("antai_certificate", **LIST, profile=profile)
    assert (again["changed"], waits(again), here.writes().count("certificateInstall")) == (False, [("antai", "certificate_listing")], 1)
    told = here.done("antai_exchange_info", **LIST, profile=profile)["dialogues"][0]
    assert (told["state"], told["source"]) == ("not_asked", "none")


def test_an_interface_that_only_the_si_fps_has(bench: OpenBench) -> None:
    """No portal at all: the certificate is installed, and people are told what is left to do by hand."""
    here = bench(existing())
    here.certificate()
    asked_by_the_order = len(here.requests(face="portal"))
    portal = [name for name in here.interface.content()["operations"] if name not in ("certificate_install", "exchange_query")]
    profile = lacking(*portal)(here)
    first = here.done("antai_certificate", **LIST, profile=profile)
    assert (codes(first), waits(first)) == (["install_certificate"], [("collectivite", "certificate_activation")])
    assert here.done("antai_account", **ACCOUNT, profile=profile)["account"]["access"] == "no_interface"
    here.people("activate")
    done = here.done("antai_certificate", **LIST, profile=profile)
    assert (done["changed"], done["waiting"], done["certificates"]["declared"][0]["state"]) == (False, [], "active")
    assert len(here.requests(face="portal")) == asked_by_the_order


def test_no_list_is_said(bench: OpenBench) -> None:
    here = bench(existing())
    result = here.run("antai_account_info", profile=lacking("space_list")(here))
    assert (result["failed"], result["error"]["code"]) == (True, "invalid_input")
    assert "this interface has no list to read" in result["msg"]


# A file that is none


def test_ansible_tells_every_problem_with_its_line(tmp_path: Path) -> None:
    text = INTERFACES["sandbox"].file.read_text(encoding="utf-8").replace("class: read\n    anonymous", "class: reed\n    anonymous", 1)
    broken = tmp_path / "mine.yml"
    broken.write_text(text.replace("errors:", "erors:"), encoding="utf-8")
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("all: {hosts: {lyon: {ansible_connection: local}}}")
    playbook = tmp_path / "play.yml"
    playbook.write_text(
        "- hosts: all\n  gather_facts: false\n  tasks:\n"
        f"    - collectivites.antai.antai_account_info: {{siret: '{SIRET}', profile: mine.yml, portal_url: 'https://127.0.0.1:1'}}\n"
    )
    played = play(playbook, inventory, tmp_path / "home")
    (result,) = [each["result"] for each in played.results]
    assert (played.code, played.failed()) == (2, {"lyon"})
    lines = {name: text[: text.index(name)].count("\n") + 1 for name in ("errors:", "class: reed")}
    problems = result["error"]["details"]["problems"]
    assert problems == [
        f"{broken}:{lines['errors:']}: erors: unknown key; did you mean errors?",
        f"{broken}:{lines['class: reed']}: operations.account_request_get.class: 'reed' is none of read, write, session; did you mean read?",
    ]
    assert all(each in result["msg"] for each in problems)
