# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates judged on the road, against the sandbox's PSCE with its CRL, its OCSP responder and its defects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.trust_store import load
from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, Bench, codes, waits
from tests.support.collection import returns
from tests.support.playbook import play
from tests.support.portal_client import code
from tests.support.run_module import Result
from tests.support.shape import same_shape
from tests.support.values import SIRET, existing, ready

DECLARED: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}
INSTALL, ACTIVATE = "install_certificate", "activate_certificate"
NOT_RGS, NO_LONGER = [("collectivite", "certificate_not_rgs")], [("collectivite", "certificate_no_longer_rgs")]


def trust(here: Bench, *entries: dict[str, Any]) -> dict[str, Any]:
    """The sandbox's own trust store as the action would read it, with more entries."""
    content: dict[str, Any] = load(Path(here.endpoints["psce"]["trust_store"]))
    return content | {"entries": [*content["entries"], *entries]}


def judged(here: Bench, module: str = "antai_certificate", **more: Any) -> Result:
    return here.done(module, **{**DECLARED, "trust_store": trust(here), **more})


def broken(result: Result) -> dict[str, str]:
    (told,) = result["verdicts"]
    return {each["rule"]: each["outcome"] for each in told["verdicts"]}


def defect(here: Bench, kind: str) -> None:
    here.running.cli("defect", "add", "--kind", kind)


def test_a_good_one_passes_every_rule_and_goes_its_way(bench: OpenBench) -> None:
    here = bench(existing())
    here.certificate()
    predicted = judged(here, check=True)
    done = judged(here)
    assert codes(done) == codes(predicted) == [INSTALL, ACTIVATE]
    assert (done["verdicts"][0]["outcome"], broken(done), done["waiting"]) == ("pass", {}, [])
    assert predicted["verdicts"] == done["verdicts"]
    assert predicted["diff"] == done["diff"] | {"after": predicted["diff"]["after"]}, "verdicts are no part of the state"
    again = judged(here)
    assert (again["changed"], again["steps"], broken(again)) == (False, [], {})
    same_shape(returns("antai_certificate")["verdicts"]["sample"], done["verdicts"], "verdicts")


def test_nothing_revoked_is_installed_nor_activated(bench: OpenBench) -> None:
    here = bench(existing())
    fingerprint = here.certificate()
    judged(here, state="present")
    here.running.cli("revoke", fingerprint)
    for given in ({}, {"check": True}):
        result = judged(here, **given)
        assert (result["changed"], result["steps"], waits(result)) == (False, [], NOT_RGS)
        assert broken(result) == {"crl_status": "fail", "ocsp_status": "fail", "revocation": "fail", "revoked": "fail"}
    assert here.writes() == ["certificateInstall"]
    text = result["waiting"][0]["next_action"]["text"]
    assert fingerprint in text
    assert "revocation: " in text
    status = judged(here, "antai_onboarding_info", **ACCOUNT)["status"]
    assert "certificate_not_rgs" in [each["next_action"]["code"] for each in status["waiting"]]
    assert status["verdicts"][0]["outcome"] == "fail"


def test_one_in_use_is_left_so_when_it_is_revoked_and_it_is_said(bench: OpenBench) -> None:
    here = bench(existing())
    fingerprint = here.certificate()
    assert codes(judged(here)) == [INSTALL, ACTIVATE]
    here.running.cli("revoke", fingerprint)
    written = len(here.writes())
    result = judged(here)
    assert (result["changed"], result["steps"], waits(result)) == (False, [], NO_LONGER)
    assert result["certificates"]["declared"][0]["state"] == "active"
    assert broken(result) == {"crl_status": "fail", "revocation": "fail", "revoked": "fail"}, "for the price of the CRL"
    assert len(here.writes()) == written
    assert codes(judged(here, state="inactive")) == ["deactivate_certificate"], "nobody judges what is to be cut"


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("no_policy", "policy"), ("no_client_auth", "extended_key_usage"), ("long_life", "lifetime")],
)
def test_what_the_psce_got_wrong_stays_out_unless_the_rule_is_overridden(bench: OpenBench, kind: str, rule: str) -> None:
    here = bench(existing())
    defect(here, kind)
    here.certificate()
    result = judged(here, state="present")
    assert (result["steps"], waits(result), broken(result)) == ([], NOT_RGS, {rule: "fail"})
    override = {"rule": rule, "outcome": "warn", "reason": "the PSCE issues another one next week"}
    status = judged(here, "antai_onboarding_info", **ACCOUNT)["status"]
    assert (status["waiting"][0]["next_action"]["code"], status["dialogues"][0]["state"]) == ("certificate_not_rgs", "not_asked")
    if kind == "no_client_auth":  # whoever lets it pass learns what TLS says of it
        assert (
            "does not accept the client certificate"
            in here.run("antai_certificate", **DECLARED, trust_store=trust(here), overrides=[override])["msg"]
        )
        return
    done = judged(here, state="present", overrides=[override])
    assert codes(done) == [INSTALL]
    assert done["verdicts"][0]["verdicts"][0]["override"] == {"found": "fail", "reason": override["reason"]}


@pytest.mark.parametrize(("unreachable", "steps"), [("fail", []), ("warn", [INSTALL, ACTIVATE])])
def test_where_nobody_answers_the_user_chose(bench: OpenBench, unreachable: str, steps: list[str]) -> None:
    here = bench(existing())
    here.certificate()
    defect(here, "crl_unreachable")
    defect(here, "ocsp_unreachable")
    result = judged(here, unreachable=unreachable)
    assert codes(result) == steps
    assert broken(result) == {"revocation": "warn" if steps else "fail"}
    assert waits(result) == ([] if steps else NOT_RGS)


def test_without_a_trust_store_it_is_as_before_and_the_result_says_so(bench: OpenBench) -> None:
    here = bench(existing())
    here.certificate()
    defect(here, "crl_unreachable")
    result = here.done("antai_certificate", **DECLARED)
    assert (codes(result), result["verdicts"], result.get("warnings", [])) == ([INSTALL, ACTIVATE], None, [])
    assert here.requests(face="psce", operation="crlGet") == []
    assert here.done("antai_exchange_info", **DECLARED)["server"] is None


def test_a_store_that_does_not_trust_the_psce(bench: OpenBench) -> None:
    here = bench(existing())
    here.certificate()
    result = judged(here, trust_store={"version": 1, "entries": []})
    assert (waits(result), here.writes()) == (NOT_RGS, [])
    assert broken(result)["chain"] == "fail"
    assert here.requests(face="psce", operation="crlGet") == [], "nobody else chooses where we connect"


@pytest.mark.parametrize(
    ("more", "field"),
    [({"trust_store": {"version": 2}}, "trust_store"), ({"overrides": [{"rule": "all", "reason": "x"}]}, "overrides")],
)
def test_what_cannot_be_used_is_refused_before_any_request(bench: OpenBench, more: dict[str, Any], field: str) -> None:
    here = bench(existing())
    result = here.run("antai_certificate", **{**DECLARED, "trust_store": trust(here), **more})
    assert result["failed"]
    assert result["error"]["details"]["field"] == field
    assert here.requests() == []


# The SI FPS's own certificate


def server_entry(here: Bench) -> dict[str, Any]:
    ca = Path(here.endpoints["sifps"]["ca_file"]).read_text(encoding="utf-8")
    return {"name": "serveurs", "certificate": ca, "usage": ["server"], "source": "a test"}


def test_the_server_of_the_si_fps_is_judged_too(bench: OpenBench) -> None:
    """The sandbox's lives 82 years and names no organisation by number: it says so, and the dialogue is read all the same."""
    here = bench(existing())
    here.certificate()
    asked = len(here.requests(face="sifps"))
    found = judged(here, "antai_exchange_info", trust_store=trust(here, server_entry(here)))
    assert len(here.requests(face="sifps")) == asked + 1, "the query, and nothing more"
    server = found["server"]
    rules = {each["rule"]: each["outcome"] for each in server["verdicts"]}
    assert (server["host"], server["outcome"]) == ("127.0.0.1", "fail")
    assert rules["lifetime"] == rules["subject_identifier"] == "fail"
    assert not {"chain", "trusted_ca", "host_name", "extended_key_usage", "alternative_name"} & set(rules), "these pass"
    assert [each for each in found["warnings"] if "127.0.0.1" in each and "lifetime" in each]
    assert found["dialogues"][0]["source"] == "query"
    same_shape(returns("antai_exchange_info")["server"]["sample"], server, "server")
    status = judged(here, "antai_onboarding_info", **ACCOUNT, trust_store=trust(here, server_entry(here)))["status"]
    assert status["server"] == server


def test_a_store_for_clients_says_nothing_of_servers(bench: OpenBench) -> None:
    here = bench(existing())
    here.certificate()
    assert judged(here, "antai_exchange_info")["server"] is None
    only_the_space = here.done("antai_exchange_info", **DECLARED, trust_store=trust(here, server_entry(here)), store=None)
    assert only_the_space["server"] is None, "no key, no connection, no certificate seen"


# Renewal


def test_the_entry_s_end_is_the_deadline(bench: OpenBench) -> None:
    here = bench(existing())
    here.certificate()
    judged(here)
    own = here.done("antai_certificate_info", siret=SIRET)
    store = trust(here)
    store["entries"][0]["valid_to"] = "2027-06-30"
    found = here.done("antai_certificate_info", siret=SIRET, trust_store=store, renewal_days=[4000, 3000])
    for each, before in zip((*found["certificates"], *found["held"]), (*own["certificates"], *own["held"]), strict=True):
        assert each["renewal"]["end"] == "2027-06-30T23:59:59Z"
        assert before["renewal"]["end"] == before["not_after"] == each["not_after"]
        assert each["renewal"]["stage"] in (3000, -1)
        assert each["renewal"]["due"] is True


# The sandbox's side


def test_the_sandbox_refuses_to_activate_what_is_revoked(bench: OpenBench, tmp_path: Path) -> None:
    """Who judges nothing learns it from the refusal."""
    here = bench(existing())
    fingerprint = here.certificate()
    here.done("antai_certificate", **DECLARED, state="present")
    here.running.cli("revoke", fingerprint)
    result = here.done("antai_certificate", **DECLARED)
    assert (result["changed"], waits(result)) == (False, [("collectivite", "certificate_refused")])
    assert "PKI-REVOCATION" in result["waiting"][0]["next_action"]["text"]


def test_the_action_reads_the_trust_store_on_the_controller(bench: OpenBench, tmp_path: Path) -> None:
    """By its path, relative to the playbook; and the result does not repeat it."""
    here = bench(existing())
    here.certificate()
    entries = trust(here)["entries"]
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust/psce.pem").write_text(entries[0]["certificate"], encoding="utf-8")
    (tmp_path / "trust/mine.yml").write_text(
        yaml.safe_dump({"version": 1, "entries": [entries[0] | {"certificate": "psce.pem"}]}), encoding="utf-8"
    )
    connection = {"profile": "sandbox", **here.connection()}
    task = {"collectivites.antai.antai_certificate": {**connection, **DECLARED, "trust_store": "trust/mine.yml"}}
    wrong = {"collectivites.antai.antai_certificate": {**connection, **DECLARED, "trust_store": "trust/none.yml"}}
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("all: {hosts: {lyon: {ansible_connection: local, ansible_python_interpreter: '{{ ansible_playbook_python }}'}}}\n")
    playbook = tmp_path / "play.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task, wrong]}]), encoding="utf-8")
    played = play(playbook, inventory, tmp_path / "home")
    assert played.failed() == {"lyon"}
    first, second = (each["result"] for each in played.results)
    assert first["verdicts"][0]["outcome"] == "pass"
    assert first["invocation"]["module_args"]["trust_store"] == "trust/mine.yml"
    assert "none.yml" in second["msg"]


def test_activation_by_hand_is_refused_as_well(bench: OpenBench, tmp_path: Path) -> None:
    here = bench(existing())
    portal, _, issued = ready(here.running, tmp_path / "machine")
    portal.deactivate(SIRET, issued.fingerprint)
    here.running.cli("revoke", issued.fingerprint)
    assert code(portal.activate(SIRET, issued.fingerprint, 409)) == ("CERTIFICAT_REVOQUE", "PKI-REVOCATION")
    by_hand = here.running.cli("activate", SIRET, check=False)
    assert by_hand.returncode != 0
    assert "PKI-REVOCATION" in by_hand.stdout + by_hand.stderr
