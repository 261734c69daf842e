# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting and refusal are states: the task succeeds, says who is waited for, and sends nothing twice."""

from __future__ import annotations

import fcntl
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, PDF, Bench, codes, encoded, eventually, waits
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.portal_client import PortalClient
from tests.support.values import AGENT, OTHER, SIRET, existing, policy

pytestmark = EITHER_INTERFACE
REFUSED = {"refuse": "L'adresse ne correspond pas au SIRET."}
EMAIL = {"siret": SIRET, "agent_email": "agent@essai.example"}


@pytest.mark.parametrize("login", [AGENT, None], ids=["with a mandate", "without access"])
def test_a_refused_account_waits_and_is_sent_again_only_when_it_differs(bench: OpenBench, login: tuple[str, str] | None) -> None:
    here = bench(policy(collectivites={SIRET: {"name": "Lyon", "control": REFUSED}}))
    here.login = login
    first = here.done("antai_account", **ACCOUNT)
    assert (first["changed"], first["account"]["state"], waits(first)) == (True, "refused", [("collectivite", "account_refused")])
    assert first["account"]["reason"] == REFUSED["refuse"]
    assert REFUSED["refuse"] in first["waiting"][0]["next_action"]["text"]
    assert first["waiting"][0]["since"] == first["account"]["since"]
    again = here.done("antai_account", **ACCOUNT)
    assert (again["changed"], waits(again), here.writes()) == (False, waits(first), ["accountRequest"])
    corrected = here.done("antai_account", **ACCOUNT | {"address": ACCOUNT["address"] | {"street": "2 place de la Comédie"}})
    assert (corrected["changed"], codes(corrected), here.writes()) == (True, ["request_account"], ["accountRequest"] * 2)
    assert "street" in corrected["steps"][0]["reason"]


def test_a_refused_request_is_sent_again_when_only_its_agent_differs(bench: OpenBench) -> None:
    here = bench(policy(collectivites={SIRET: {"control": REFUSED}}))
    here.login = None
    here.done("antai_account", **ACCOUNT)
    other = here.done("antai_account", **ACCOUNT | {"agent_name": "Une autre"})
    assert (other["changed"], here.writes()) == (True, ["accountRequest"] * 2)
    assert not here.done("antai_account", **ACCOUNT | {"agent_name": "Une autre"})["changed"]


def test_a_space_that_others_have_opened_waits_for_a_mandate_and_is_not_asked_for_at_every_run(bench: OpenBench) -> None:
    """Seen by nobody but its owner: the request meets it, and says nothing of ANTAI's control. The store remembers that for a day."""
    rules = existing()
    rules["agents"].append({"login": "horodat", "password": "horodat", "name": "Horodat", "email": "a@horodat.example", "mandates": []})
    here = bench(rules)
    here.login = ("horodat", "horodat")
    declared = ACCOUNT | {"agent_email": "agent@horodat.example"}
    mandate = [("collectivite", "mandate")]
    first = here.done("antai_account", **declared)
    assert (first["changed"], codes(first), waits(first), here.writes()) == (False, ["request_account"], mandate, ["accountRequest"])
    again = here.done("antai_account", **declared)
    assert (again["changed"], codes(again), waits(again), here.writes()) == (False, [], mandate, ["accountRequest"])
    status = here.done("antai_onboarding_info", **declared, certificates=[])["status"]
    assert (status["stage"], waits(status)) == ("account", [*mandate, ("collectivite", "convention_signature")])
    other = here.done("antai_account", **declared | {"agent_name": "Une autre"})
    assert (codes(other), waits(other), here.writes()) == (["request_account"], mandate, ["accountRequest"] * 2)
    without = here.done("antai_account", **declared, store=None)
    assert (codes(without), waits(without), here.writes()) == (["request_account"], mandate, ["accountRequest"] * 3)


def test_a_refused_convention_waits_for_another_document(bench: OpenBench) -> None:
    entry = {"countersign": {"refuse": "Le document n'est pas signé."}}
    here = bench(existing(None, entry=entry))
    declared = {"siret": SIRET, "document_content": here.signed()}
    first = here.done("antai_convention", **declared)
    assert (first["changed"], first["convention"]["state"], waits(first)[0]) == (True, "refused", ("collectivite", "convention_refused"))
    again = here.done("antai_convention", **declared)
    assert (here.writes(), again["steps"], waits(again)) == (["conventionUpload"], [], waits(first))
    assert entry["countersign"]["refuse"] in again["waiting"][0]["next_action"]["text"]
    here.running.cli("tick", "--days", "1")
    another = here.done("antai_convention", siret=SIRET, document_content=here.signed())
    assert (another["changed"], here.writes()) == (True, ["conventionUpload"] * 2)


def test_a_document_that_no_reader_opens_is_sent_only_where_the_rules_are_overridden(bench: OpenBench) -> None:
    here = bench(existing(None))
    result = here.done("antai_convention", siret=SIRET, document_content=encoded(PDF))
    assert (result["changed"], waits(result), here.writes()) == (False, [("collectivite", "convention_document")], [])
    assert "cut short or damaged" in result["waiting"][0]["next_action"]["text"]

    overrides = [{"rule": rule, "reason": "to see what the server says"} for rule in ("whole", "readable")]
    result = here.run("antai_convention", siret=SIRET, document_content=encoded(PDF), document_overrides=overrides)
    assert (result["failed"], result.get("changed", False), result["error"]["code"]) == (True, False, "refused_by_server")


def test_under_control_everything_waits_for_antai_and_nothing_is_installed(bench: OpenBench) -> None:
    here = bench(policy(control="never", collectivites={SIRET: {"name": "Lyon"}}))
    here.certificate()
    account = here.done("antai_account", **ACCOUNT)
    assert (account["account"]["state"], waits(account)) == ("under_control", [("antai", "account_control")])
    assert account["waiting"][0]["since"]
    assert account["waiting"][0]["next_action"]["support"] is None
    convention = here.done("antai_convention", siret=SIRET, document_content=here.signed())
    certificate = here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "essai"}])
    assert waits(convention) == waits(certificate) == waits(account)
    assert here.writes() == ["accountRequest"]
    assert not here.requests(operation="certificateInstall"), "R1"


def test_antai_is_late_after_a_while(bench: OpenBench) -> None:
    here = bench(policy(control="never"))
    here.running.cli("tick", "--to", "2024-01-01", "--back")
    here.done("antai_account", **ACCOUNT)
    assert here.done("antai_account", **ACCOUNT)["waiting"][0]["next_action"]["support"] == "01.76.49.27.07"


def test_credentials_arrive_by_mail(bench: OpenBench) -> None:
    here = bench({"control": "never"})
    here.login = None
    here.done("antai_account", **ACCOUNT)
    here.people("approve")
    accepted = here.done("antai_account", **ACCOUNT)
    assert (accepted["account"]["state"], waits(accepted)) == ("accepted", [("collectivite", "credentials")])
    assert ACCOUNT["agent_email"] in accepted["waiting"][0]["next_action"]["text"]
    convention = here.done("antai_convention", **EMAIL, document_content=encoded(PDF))
    assert (convention["convention"]["state"], waits(convention)) == ("unknown", [("collectivite", "credentials")])
    mail = json.loads((Path(here.endpoints["mail_folder"]) / f"{SIRET}.json").read_text(encoding="utf-8"))
    here.login = (mail["login"], mail["password"])
    opened = here.done("antai_account", **ACCOUNT)
    assert (opened["changed"], opened["account"]["state"], opened["account"]["access"], opened["waiting"]) == (False, "active", "open", [])


OWNER: dict[str, Any] = {
    "login": "proprietaire",
    "password": "secret-p",
    "name": "Propriétaire",
    "email": "p@essai.example",
    "mandates": [SIRET],
}


def without_mandate(bench: OpenBench, editor: str) -> Bench:
    """A provider's agent whom nobody mandates, and a collectivité that has its own."""
    rules = policy()
    rules["agents"] = [rules["agents"][0] | {"mandates": []}, OWNER]
    rules["collectivites"] = {SIRET: {"name": "Lyon", "existing": {"account": "active", "convention": "in_force", "agent": OWNER["login"]}}}
    here = bench(rules)
    here.editor = (editor, f"cle-{editor[-1]}")
    here.fingerprint = here.certificate()
    return here


DECLARED: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}


def test_a_provider_without_mandate_installs_and_waits_for_the_activation(bench: OpenBench) -> None:
    here = without_mandate(bench, "editeur-1")
    first = here.done("antai_certificate", **DECLARED)
    assert (codes(first), waits(first)) == (["install_certificate"], [("collectivite", "certificate_activation")])
    assert here.fingerprint in first["waiting"][0]["next_action"]["text"]
    shown = first["certificates"]["declared"][0]
    assert (shown["state"], shown["listed"]) == ("inactive", False)
    again = here.done("antai_certificate", **DECLARED)
    assert (again["changed"], waits(again), here.writes()) == (False, waits(first), ["certificateInstall"])
    PortalClient(here.endpoints).login(OWNER["login"], OWNER["password"]).activate(SIRET, here.fingerprint)
    done = here.done("antai_certificate", **DECLARED)
    assert (done["changed"], done["waiting"], done["certificates"]["declared"][0]["state"]) == (False, [], "active")
    off = here.done("antai_certificate", **DECLARED, state="inactive")
    assert (off["changed"], waits(off)) == (False, [("collectivite", "certificate_deactivation")])
    account = here.done("antai_account", siret=SIRET)
    assert (account["account"]["state"], account["account"]["access"], waits(account)) == (
        "unknown",
        "no_mandate",
        [("collectivite", "mandate")],
    )
    assert waits(here.done("antai_convention", siret=SIRET)) == [("collectivite", "mandate")]


def test_an_unqualified_editor_waits_for_its_qualification(bench: OpenBench) -> None:
    here = without_mandate(bench, "editeur-2")
    result = here.done("antai_certificate", **DECLARED)
    assert (result["changed"], waits(result)[0]) == (False, ("editeur", "certificate_rights"))
    assert [(step["code"], step["outcome"]) for step in result["steps"]] == [("install_certificate", "waiting")]
    assert "EDITEUR" in result["waiting"][0]["next_action"]["text"]
    assert [line["status"] for line in here.requests(operation="certificateInstall")] == [403]


def test_an_account_that_somebody_else_has_opened_waits_for_a_mandate(bench: OpenBench) -> None:
    here = without_mandate(bench, "editeur-1")
    result = here.done("antai_account", **ACCOUNT)
    assert (result["changed"], waits(result)[0]) == (False, ("collectivite", "mandate"))


def test_a_certificate_that_is_not_listed_yet_is_never_installed_again(bench: OpenBench) -> None:
    here = bench(existing(listing_lag_seconds=3600))
    here.certificate()
    first = here.done("antai_certificate", **DECLARED)
    assert (codes(first)[0], waits(first)) == ("install_certificate", [("antai", "certificate_listing")])
    assert [step["outcome"] for step in first["steps"]] == ["done", "waiting"]
    before = here.writes()
    again = here.done("antai_certificate", **DECLARED)
    assert (again["changed"], waits(again), here.writes()) == (False, waits(first), before)
    here.running.cli("tick", "--seconds", "3601")
    listed = here.done("antai_certificate", **DECLARED)
    assert (codes(listed), listed["waiting"]) == (["activate_certificate"], [])
    assert here.writes().count("certificateInstall") == 1


# Waiting on purpose, for a bounded time


def acting(deed: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=deed, daemon=True)
    thread.start()
    return thread


def test_wait_goes_on_when_people_have_acted_even_after_the_session_has_expired(bench: OpenBench) -> None:
    here = bench(policy(control="never"))

    def antai() -> None:
        eventually(lambda: len(here.requests(operation="spaceGet")) > 2)
        here.running.cli("tick", "--hours", "2")
        here.people("approve")

    thread = acting(antai)
    result = here.done("antai_account", **ACCOUNT, wait=True, wait_timeout=30)
    thread.join()
    assert (result["account"]["state"], result["waiting"], codes(result)) == ("active", [], ["request_account"])
    assert [line["status"] for line in here.requests(operation="accountRequest")] == [201]
    assert {line["status"] for line in here.requests(operation="spaceGet")} >= {200, 401}, "a new login, not a failure"


def test_wait_does_what_becomes_possible(bench: OpenBench) -> None:
    here = bench(existing(None, countersign="never"))

    def antai() -> None:
        eventually(lambda: here.requests(operation="conventionUpload"))
        here.people("countersign")

    document = here.signed()
    thread = acting(antai)
    result = here.done("antai_convention", siret=SIRET, document_content=document, wait=True, wait_timeout=30)
    thread.join()
    assert (codes(result), result["waiting"]) == (["upload_convention", "fetch_countersigned"], [])
    assert Path(result["convention"]["countersigned_copy"]).read_bytes().startswith(b"%PDF-")


def test_wait_is_bounded(bench: OpenBench) -> None:
    here = bench(policy(control="never"))
    begin = time.monotonic()
    result = here.done("antai_account", **ACCOUNT, wait=True, wait_timeout=1)
    assert 1 <= time.monotonic() - begin < 8
    assert (result["changed"], waits(result), here.writes()) == (True, [("antai", "account_control")], ["accountRequest"])


def test_fail_on_waiting(bench: OpenBench) -> None:
    here = bench(policy(control="never"))
    assert not here.run("antai_account", **ACCOUNT, fail_on_waiting=True, check=True).get("failed")
    result = here.run("antai_account", **ACCOUNT, fail_on_waiting=True)
    assert (result["failed"], result["changed"], codes(result)) == (True, True, ["request_account"])
    assert result["msg"].startswith("waiting for antai: ")
    assert waits(result) == [("antai", "account_control")]
    again = here.run("antai_account", **ACCOUNT, fail_on_waiting=True)
    assert (again["failed"], again["changed"], here.writes()) == (True, False, ["accountRequest"])


# What the state of things forbids


def test_no_convention_no_activation(bench: OpenBench) -> None:
    here = bench(existing(None, sign="never"))
    here.certificate()
    result = here.done("antai_certificate", **DECLARED)
    assert (codes(result), waits(result)) == (["install_certificate"], [("collectivite", "convention_signature")])
    assert here.writes() == ["certificateInstall"], "R2: nothing that would be refused is sent"


def test_an_ended_convention_activates_nothing(bench: OpenBench) -> None:
    here = bench(existing("ended"))
    here.certificate()
    assert waits(here.done("antai_certificate", **DECLARED)) == [("collectivite", "convention_ended")]
    assert waits(here.done("antai_convention", siret=SIRET)) == [("collectivite", "convention_ended")]


def test_complet_excludes_partiel(bench: OpenBench) -> None:
    here = bench(existing("in_force"))
    result = here.done("antai_convention", siret=SIRET, cycle="partiel", document_content=encoded(PDF))
    assert (result["changed"], waits(result), here.writes()) == (False, [("date", "convention_exclusive")], [])


def test_a_certificate_that_is_delivered_expired_waits_for_the_psce(bench: OpenBench) -> None:
    here = bench(existing("in_force"))
    here.request()
    here.running.cli("tick", "--to", "2019-01-01", "--back")
    here.certificate()
    result = here.done("antai_certificate", **DECLARED)
    assert (result["changed"], waits(result), here.writes()) == (False, [("psce", "delivery_unusable")], [])


def test_an_account_is_not_closed_under_an_active_certificate(bench: OpenBench) -> None:
    here = bench(existing("in_force"))
    here.certificate()
    here.done("antai_certificate", **DECLARED)
    result = here.done("antai_account", siret=SIRET, state="absent")
    assert (result["changed"], waits(result)) == (False, [("collectivite", "certificates_still_active")])
    assert not here.requests(operation="accountClose")


def test_nothing_is_taken_away_before_all_that_is_declared_is_active(bench: OpenBench) -> None:
    here = bench(existing("in_force"))
    here.certificate("ancien")
    here.certificate("nouveau")
    here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "ancien"}])
    switch: dict[str, Any] = {"siret": SIRET, "exclusive": True}
    waiting = here.done("antai_certificate", **switch, certificates=[{"provider": "nouveau"}, {"provider": "tiers"}])
    assert (codes(waiting), waits(waiting)) == (["install_certificate", "activate_certificate"], [("collectivite", "certificate_order")])
    assert [each["state"] for each in waiting["certificates"]["others"]] == ["active"]
    done = here.done("antai_certificate", **switch, certificates=[{"provider": "nouveau"}])
    assert (codes(done), [each["state"] for each in done["certificates"]["others"]]) == (["deactivate_certificate"], ["inactive"])


def test_a_refused_activation_holds_the_deactivation_back(bench: OpenBench) -> None:
    """Not listed yet: the new one cannot be activated, so the old one stays."""
    here = bench(existing(listing_lag_seconds=3600))
    here.certificate("ancien")
    here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "ancien"}])
    here.request("nouveau")
    here.running.cli("tick", "--seconds", "3601")
    here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "ancien"}])
    here.certificate("nouveau")
    result = here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "nouveau"}], exclusive=True)
    assert [step["outcome"] for step in result["steps"]] == ["done", "waiting", "withheld"]
    assert [each["state"] for each in result["certificates"]["others"]] == ["active"]
    assert not here.requests(operation="certificateDeactivate")


def test_a_second_run_on_the_same_collectivite_is_refused_at_once(bench: OpenBench) -> None:
    here = bench(existing(None))
    folder = here.store / SIRET
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = here.run("antai_convention", siret=SIRET)
        assert (result["failed"], result["error"]["code"], here.writes()) == (True, "held", [])
        assert not here.run("antai_convention", siret=OTHER, check=True).get("failed"), "locks are per collectivité"
    assert here.done("antai_convention", siret=SIRET)["changed"]
