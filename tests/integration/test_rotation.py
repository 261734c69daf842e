# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antai_certificate_rotation over TLS: the whole of it while a client sends, kills, refusals, and what other modules must not do meanwhile.

The long form, with the playbooks, is tests/rotation_proof.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from tests.integration.conftest import OpenBench
from tests.rotation_proof.kills import ROTATION, STORIES, in_use, order, tries
from tests.rotation_proof.sender import Sender
from tests.support.bench import Bench, codes, waits
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.keys import Issued
from tests.support.portal_client import PortalClient, SiFpsClient
from tests.support.run_module import Result
from tests.support.values import AGENT, NUMBER, SIRET, existing

pytestmark = EITHER_INTERFACE

ESSAI = "essai"
LIST: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": ESSAI}]}
MEANWHILE = LIST | {"exclusive": True}


def go(here: Bench, **more: Any) -> Result:
    return here.done(ROTATION, **order(here, ESSAI, **more))


def proved(here: Bench, **more: Any) -> Result:
    """The next one active beside the one in use."""
    go(here, replace=in_use(here, ESSAI), until="proved")
    return go(here, until="proved", wait=True, wait_timeout=20, **more)


def states(here: Bench) -> list[str]:
    listed = here.done("antai_certificate_info", siret=SIRET)["certificates"]
    return [certificate["state"] for certificate in sorted(listed, key=lambda certificate: certificate["since"] or "")]


def test_not_one_message_is_refused(bench: OpenBench) -> None:
    here = bench(existing())
    old = in_use(here, ESSAI)
    link = here.store / SIRET / "certificates" / ESSAI / "current"
    with Sender(here.endpoints, link, SIRET, here.folder / "report.json") as sender:
        go(here, replace=old, until="proved")
        go(here, until="proved", wait=True, wait_timeout=20)
        result = go(here, until="swapped")
        assert (codes(result), result["rotation"]["reload_due"]) == (["swap"], True)
        sender.await_sent(40)
        assert sender.uses == f"{ESSAI}/2"
        result = go(here, grace="0")
        assert codes(result) == ["confirm_reload", "deactivate_previous", "drop_previous"]
        sender.await_sent(40)
        again = go(here, grace="0", replace=old)
        assert (again["changed"], again["waiting"], again["rotation"]["state"]) == (False, [], "settled"), (
            "what is replaced is not forced again"
        )
    assert (sender.told["refused"], sender.told["first_refusals"]) == (0, [])
    assert not (here.store / SIRET / "certificates" / ESSAI / "versions" / "1" / "key.pem").exists(), "its key is no longer there"


def test_killed_after_every_step_and_run_again(bench: OpenBench) -> None:
    """One story; all of them are `make rotation-proof`."""
    (story,) = [each for each in STORIES if each.name == "rollback"]
    for tried, wrong in tries(bench(existing()), story):
        assert not wrong, tried


def in_use_by_hand(here: Bench) -> str:
    """As in_use, where the PSCE issues only when it is told to."""
    here.done("antai_certificate_request", **order(here, ESSAI))
    here.people("issue")
    here.done("antai_certificate_request", **order(here, ESSAI))
    fingerprint: str = here.done("antai_certificate", **LIST)["certificates"]["declared"][0]["fingerprint"]
    return fingerprint


def test_check_mode_predicts_what_is_done(bench: OpenBench) -> None:
    here = bench(existing(issue="never"))
    old = in_use_by_hand(here)
    for arguments in ({"replace": old}, {"until": "proved"}, {"until": "swapped"}, {}, {"rollback": True}):
        writes, store = here.writes(), here.listing()
        predicted = here.done(ROTATION, check=True, **order(here, ESSAI, **arguments))
        assert (here.writes(), here.listing()) == (writes, store), "check mode has written"
        done = go(here, **arguments)
        assert done["changed"] is predicted["changed"] is True
        assert [step | {"outcome": "planned"} for step in done["steps"]] == predicted["steps"]
        for state in (done["rotation"], predicted["rotation"]):
            state |= {"requested_at": None, "grace_until": None}
        assert done["rotation"] == predicted["rotation"]
        if "replace" in arguments:
            here.people("issue")


def test_near_its_end_it_is_due(bench: OpenBench) -> None:
    here = bench(existing(issue="never"))
    here.done("antai_certificate_request", **order(here, ESSAI))
    here.running.cli("tick", "--days", "-700", "--back")
    here.people("issue")
    here.running.cli("tick", "--days", "700")
    here.done("antai_certificate_request", **order(here, ESSAI))
    here.done("antai_certificate", **LIST)
    assert (codes(go(here)), codes(go(here))) == (["make_request", "hand_out"], [])
    here.people("issue")
    assert codes(go(here)) == ["pick_up", "install_next", "activate_next", "swap", "confirm_reload"]
    assert go(here)["rotation"]["state"] == "grace"


def test_a_refused_one_is_set_aside_and_not_tried_again(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bench(existing(issue="never"))
    go(here, replace=in_use_by_hand(here))
    here.people("issue")
    change = Operations.certificate_change

    def revoked_once_active(self: Operations, operation: str, siret: str, fingerprint: str) -> bool:
        done = change(self, operation, siret, fingerprint)
        if operation == "certificate_activate":
            here.running.cli("revoke", fingerprint)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "certificate_change", revoked_once_active)
        result = go(here)
    assert (result["rotation"]["state"], result["rotation"]["current"]["state"], result["rotation"]["rejected"]["state"]) == (
        "set_aside",
        "active",
        "inactive",
    )
    assert waits(result) == [("collectivite", "rotation_refused")]
    assert "révoqué" in result["waiting"][0]["next_action"]["text"], "the server's own reason"
    again = go(here)
    assert (again["changed"], waits(again)) == (False, [("collectivite", "rotation_refused")])
    another = go(here, replace=result["rotation"]["rejected"]["fingerprint"], until="proved")
    assert codes(another)[:3] == ["make_request", "drop_rejected", "hand_out"], "a new request, not the rejected one again"


def test_a_run_of_the_onboarding_does_not_break_a_rotation_and_the_status_shows_it(bench: OpenBench) -> None:
    here = bench(existing())
    for advance in (proved, go):  # the next one is active beside the one in use; then it is in use, and the old one in its grace period
        advance(here)
        before = here.listing()
        here.done("antai_certificate_request", **order(here, ESSAI))
        result = here.done("antai_certificate", **MEANWHILE)
        assert (result["changed"], here.listing()) == (False, before)
        assert states(here) == ["active", "active"]
    status = here.done("antai_onboarding_info", siret=SIRET, name="Lyon", certificates=[{"provider": ESSAI}], grace="30d")["status"]
    assert ("date", "rotation_grace") in waits(status)
    info = here.done("antai_certificate_rotation_info", siret=SIRET, name="Lyon", provider=ESSAI, grace="0")
    assert [step["code"] for step in info["steps_to_come"]] == ["deactivate_previous", "drop_previous"]
    assert (info["operations"]["write"], info["renewal"]["due"]) == (0, False)


def test_what_is_due_is_ordered_and_the_onboarding_leaves_the_request_alone(bench: OpenBench) -> None:
    here = bench(existing(issue="never"))
    old = in_use_by_hand(here)
    requests = len(here.requests())
    result = go(here)
    assert (result["changed"], result["rotation"]["state"]) == (False, "settled")
    assert result["operations"] == {"read": 0, "write": 0, "session": 0}
    result = go(here, renewal_days=[100_000])
    assert result["rotation"]["state"] == "settled", "a new certificate is not due in the first two thirds of its life"
    assert len(here.requests()) == requests, "nothing is asked while nothing is due"
    go(here, replace=old)
    here.people("issue")
    result = here.done("antai_certificate_request", **order(here, ESSAI))
    assert (result["changed"], result["certificate_request"]["state"], result["certificate_request"]["fingerprint"]) == (
        False,
        "issued",
        old,
    )
    status = here.done("antai_onboarding_info", siret=SIRET, name="Lyon", certificates=[{"provider": ESSAI}])["status"]
    assert [step["code"] for step in status["steps"] if step["resource"] == "rotation"] == []
    assert ("psce", "certificate_issue") in waits(status), "without its folder, the rotation waits for the PSCE, and the status says so"


def test_a_compromised_key_is_cut_off_at_once_and_for_ever(bench: OpenBench) -> None:
    here = bench(existing(issue="never"))
    old = in_use_by_hand(here)
    result = go(here, replace=old, compromised=True)
    assert codes(result) == ["deactivate_compromised", "mark_compromised", "make_request", "hand_out"]
    assert waits(result) == [("collectivite", "certificate_revocation"), ("psce", "dialogue_down"), ("psce", "certificate_issue")]
    assert any("is down" in warning for warning in result["warnings"])
    onboarded = here.done("antai_certificate", **LIST)
    assert (onboarded["changed"], waits(onboarded)) == (False, [("psce", "certificate_compromised")]), "never activated again"
    again = go(here)
    assert (again["changed"], waits(again)) == (False, waits(result)), "the flags need not be given again"
    here.people("issue")
    result = go(here, rollback=True)
    assert (result["changed"], result["rotation"]["current"]["state"]) == (False, "inactive"), "there is no way back to it"
    result = go(here)
    assert (codes(result)[-2:], result["rotation"]["state"], result["rotation"]["current"]["state"]) == (
        ["confirm_reload", "drop_previous"],
        "settled",
        "active",
    )


def test_without_access_the_collectivite_activates(bench: OpenBench) -> None:
    here = bench(existing())
    old, own = in_use(here, ESSAI), PortalClient(here.endpoints).login(*AGENT)
    here.login = None  # from here on: the PSCE may deliver at once
    go(here, replace=old, until="proved", agent_email="agent@essai.example")
    result = here.done(ROTATION, **order(here, ESSAI, wait=True, wait_timeout=2, agent_email="agent@essai.example"))
    assert (result["rotation"]["state"], waits(result)) == ("issued", [("collectivite", "certificate_activation")])
    own.activate(SIRET, result["rotation"]["next"]["fingerprint"])
    result = go(here, grace="0")
    assert (codes(result), waits(result)) == (["swap", "confirm_reload"], [("collectivite", "certificate_deactivation")])
    own.deactivate(SIRET, result["rotation"]["previous"]["fingerprint"])
    result = go(here, grace="0")
    assert (codes(result), result["waiting"]) == (["drop_previous"], [])


def test_a_key_elsewhere_is_the_providers_business(bench: OpenBench) -> None:
    here = bench(existing())
    fingerprint = in_use(here, "autre")
    elsewhere = {"siret": SIRET, "name": "Lyon", "provider": ESSAI, "fingerprint": fingerprint}
    result = here.done(ROTATION, **elsewhere)
    assert (result["rotation"]["state"], result["waiting"]) == ("elsewhere", []), "not due yet"
    result = here.done(ROTATION, **elsewhere, renewal_days=[3000])
    assert (result["changed"], waits(result)) == (False, [("prestataire", "rotation_elsewhere")])
    declared = {"certificate": str(here.key_pair("autre")[0])}
    result = here.done(ROTATION, **(elsewhere | {"fingerprint": None} | declared), renewal_days=[3000])
    assert waits(result) == [("prestataire", "rotation_files")]


BAD_INPUT: tuple[tuple[dict[str, Any], str], ...] = (
    ({"replace": "x"}, "replace"),
    ({"replace": "0" * 64}, "replace"),
    ({"acknowledge": "x"}, "acknowledge"),
    ({"acknowledge": "0" * 64}, "acknowledge"),
    ({"replace": "0" * 64, "acknowledge": "0" * 64}, "acknowledge"),
    ({"compromised": True}, "compromised"),
    ({"grace": "soon"}, "grace"),
    ({"renewal_days": [0]}, "renewal_days"),
    ({"store": None}, "store"),
)


def test_bad_input_changes_nothing(bench: OpenBench) -> None:
    here = bench(existing())
    for options, field in BAD_INPUT:
        result = here.run(ROTATION, **order(here, ESSAI, **options))
        assert (result["failed"], result["error"]["details"]["field"]) == (True, field), options
    assert (here.writes(), here.store.exists()) == ([], False)


# Interfaces with less


def lacking(here: Bench, *operations: str) -> dict[str, Any]:
    """The interface's profile, without these operations."""
    profile = copy.deepcopy(here.interface.content())
    profile["operations"] |= {operation: {"absent": True} for operation in operations}
    return profile


def test_without_a_query_the_space_s_word_counts_and_the_old_one_goes_after_an_exchange_only(bench: OpenBench) -> None:
    here = bench(existing())
    old = in_use(here, ESSAI)
    asked = len(here.requests(operation="exchangeQuery"))
    profile = lacking(here, "exchange_query")
    go(here, replace=old, until="proved", profile=profile)
    result = go(here, wait=True, wait_timeout=20, until="proved", profile=profile)
    assert (result["rotation"]["next"]["state"], any("no query" in warning for warning in result["warnings"])) == ("active", True)
    result = go(here, grace="0", profile=profile)
    assert (codes(result), waits(result)) == (["swap", "confirm_reload"], [("prestataire", "rotation_exchange")])
    assert not go(here, grace="0", profile=profile)["changed"]
    SiFpsClient(here.endpoints, Issued(*here.key_pair(ESSAI))).send(NUMBER)
    result = go(here, grace="0", profile=profile)
    assert (codes(result), result["waiting"], sorted(states(here))) == (
        ["deactivate_previous", "drop_previous"],
        [],
        ["active", "inactive"],
    )
    assert len(here.requests(operation="exchangeQuery")) == asked


def test_by_hand_what_the_interface_cannot_do(bench: OpenBench) -> None:
    here = bench(existing())
    old = in_use(here, ESSAI)
    own = PortalClient(here.endpoints).login(*AGENT)
    profile = lacking(here, "certificate_activate", "certificate_deactivate")
    go(here, replace=old, until="proved", profile=profile)
    result = here.done(ROTATION, **order(here, ESSAI, wait=True, wait_timeout=2, profile=profile))
    assert (result["rotation"]["state"], waits(result)) == ("issued", [("collectivite", "certificate_activation")])
    own.activate(SIRET, result["rotation"]["next"]["fingerprint"])
    result = go(here, grace="0", profile=profile)
    assert (codes(result), waits(result)) == (["swap", "confirm_reload"], [("collectivite", "certificate_deactivation")])
    own.deactivate(SIRET, result["rotation"]["previous"]["fingerprint"])
    result = go(here, grace="0", profile=profile)
    assert (codes(result), result["waiting"]) == (["drop_previous"], [])


def test_without_lists_the_query_is_enough(bench: OpenBench) -> None:
    here = bench(existing())
    old = in_use(here, ESSAI)
    profile = lacking(here, "convention_list", "certificate_list")
    if here.interface.name == "stand_in":  # its changes go by the server's own identifier, which only the list shows
        profile["operations"]["certificate_list"] = here.interface.content()["operations"]["certificate_list"]
    go(here, replace=old, until="proved", profile=profile)
    go(here, wait=True, wait_timeout=20, until="proved", profile=profile)
    result = go(here, grace="0", profile=profile)
    assert (codes(result)[-3:], result["waiting"]) == (["confirm_reload", "deactivate_previous", "drop_previous"], [])
    assert sorted(states(here)) == ["active", "inactive"]
