# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordering by EST over TLS: at once, later, refused, from the wrong PSCE, with spoilt answers; the same key through all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from ansible_collections.collectivites.antai.plugins.module_utils._http import client as https
from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, Bench, codes, eventually, waits
from tests.support.certificates import pem_of, self_signed
from tests.support.keys import new_key
from tests.support.run_module import Result
from tests.support.values import EST, EST_OF_THIRD, SIRET, existing, policy

LATER = {"issue": "never", "est_retry_after_seconds": 3600}


def order(here: Bench, **changes: Any) -> dict[str, Any]:
    """By EST; the folders are declared too, as a fleet would, and are not used."""
    psce = here.endpoints["psce"]
    service = {"est_url": psce["est_url"], "est_ca_file": psce["est_ca_file"], "est_username": EST[0], "est_password": EST[1]}
    folders = {"drop_folder": psce["drop_folder"], "pickup_folder": psce["pickup_folder"], "psce_ca_file": psce["ca_file"]}
    return {"siret": SIRET, "provider": "essai", "name": "Lyon", "key_type": "ec-p256", **service, **folders, **changes}


def request(here: Bench, **changes: Any) -> Result:
    return here.done("antai_certificate_request", **order(here, **changes))


def failed(here: Bench, **changes: Any) -> Result:
    result = here.run("antai_certificate_request", **order(here, **changes))
    assert result.get("failed"), result
    return result


def place(here: Bench) -> Path:
    return here.store / SIRET / "certificates" / "essai"


def about(here: Bench) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place(here) / "pending" / "request.json").read_bytes())
    return found


def enrolments(here: Bench) -> list[int]:
    return [line["status"] for line in here.requests(operation="estEnroll")]


def test_at_once(bench: OpenBench) -> None:
    here = bench(existing())
    result = request(here)
    assert [(step["code"], step["outcome"]) for step in result["steps"]] == [("make_request", "done"), ("enroll", "done")]
    assert (result["certificate_request"]["state"], result["waiting"]) == ("issued", [])
    assert result["operations"] == {"read": 3, "write": 1, "session": 2}
    chain = x509.load_pem_x509_certificates((place(here) / "current" / "chain.pem").read_bytes())
    assert chain == x509.load_pem_x509_certificates(Path(here.endpoints["psce"]["ca_file"]).read_bytes()), "issuing CA, then root"
    whole = x509.load_pem_x509_certificates((place(here) / "current" / "fullchain.pem").read_bytes())
    assert whole[1:] == chain[:1], "the root is not presented"
    assert not list(Path(here.endpoints["psce"]["drop_folder"]).glob(f"{SIRET}-*")), "nothing is handed out to people"
    again = request(here)
    assert (again["changed"], again["operations"]["write"], enrolments(here)) == (False, 0, [200])
    certificates = {"siret": SIRET, "certificates": [{"provider": "essai"}]}
    assert codes(here.done("antai_certificate", **certificates)) == ["install_certificate", "activate_certificate"]


def test_later_and_never_asked_before(bench: OpenBench) -> None:
    here = bench(policy(**LATER))
    first = request(here)
    assert [(step["code"], step["outcome"]) for step in first["steps"]] == [("make_request", "done"), ("enroll", "done")]
    assert waits(first) == [("psce", "certificate_issue")]
    asked = about(here)
    assert first["waiting"][0]["since"] == asked["requested_at"]
    assert asked["retry_at"] in first["waiting"][0]["next_action"]["text"]
    for check in (True, False):
        again = here.done("antai_certificate_request", check=check, **order(here))
        assert (again["changed"], again["steps"], waits(again)) == (False, [], [("psce", "certificate_issue")])
    assert (enrolments(here), about(here)) == ([202], asked), "not before Retry-After is over"
    status = here.done("antai_onboarding_info", **_entry(here))["status"]
    assert [each for each in status["waiting"] if each["on"] == "psce"] == first["waiting"], "told once"


def _entry(here: Bench) -> dict[str, Any]:
    own = {name: value for name, value in order(here).items() if name not in ("provider", "key_type")}
    return ACCOUNT | own | {"certificates": [{"provider": "essai", "key_type": "ec-p256"}]}


def test_the_same_key_is_asked_for_again_until_it_is_there(bench: OpenBench) -> None:
    here = bench(policy(issue="never", est_retry_after_seconds=0))
    request(here)
    key = (place(here) / "pending" / "key.pem").read_bytes()
    runs: list[Result] = []
    eventually(lambda: runs.append(request(here)) or codes(runs[-1]) == ["ask_again"])
    assert (runs[-1]["changed"], set(enrolments(here))) == (False, {202}), "a PSCE that is still checking is no change"
    here.people("issue")
    eventually(lambda: request(here)["certificate_request"]["state"] == "issued")
    assert (place(here) / "current" / "key.pem").read_bytes() == key
    assert len(list((place(here) / "versions").iterdir())) == 1


def test_waiting_within_one_run(bench: OpenBench) -> None:
    here = bench(policy(est_retry_after_seconds=0, issue="never"))
    result = request(here, wait=True, wait_timeout=3)
    assert waits(result) == [("psce", "certificate_issue")]
    assert len(enrolments(here)) >= 2


def test_a_certificate_that_comes_another_way_is_picked_up_all_the_same(bench: OpenBench) -> None:
    here = bench(policy(**LATER))
    request(here)
    here.people("issue")
    (delivered,) = Path(here.endpoints["psce"]["pickup_folder"]).glob("est-*.pem")
    delivered.rename(place(here) / "dropped" / "received.pem")
    result = request(here)
    assert (codes(result), result["certificate_request"]["state"]) == (["pick_up"], "issued")


@pytest.mark.parametrize("account", [(EST[0], "canari-faux"), ("inconnu", EST[1]), (None, None)])
def test_wrong_credentials(bench: OpenBench, account: tuple[str | None, str | None]) -> None:
    here = bench(policy())
    result = failed(here, est_username=account[0], est_password=account[1])
    assert (result["error"]["code"], codes(result)) == ("authentication_failed", ["make_request"])
    assert "est_password" in result["msg"]
    assert "canari-faux" not in json.dumps(result)
    key = (place(here) / "pending" / "key.pem").read_bytes()
    assert request(here)["certificate_request"]["state"] == "issued"
    assert (place(here) / "current" / "key.pem").read_bytes() == key


def test_a_refusal_is_waited_for_and_not_sent_again(bench: OpenBench) -> None:
    """The account is another's: the PSCE says so, and the same question is not asked twice."""
    here = bench(policy())
    other = {"est_username": EST_OF_THIRD[0], "est_password": EST_OF_THIRD[1]}
    result = request(here, **other)
    assert waits(result) == [("collectivite", "request_refused")]
    assert f"may not ask for a certificate of {SIRET}" in result["waiting"][0]["next_action"]["text"]
    again = request(here, **other)
    assert (again["changed"], waits(again), enrolments(here)) == (False, [("collectivite", "request_refused")], [403])
    assert request(here)["certificate_request"]["state"] == "issued", "another account: asked again"


def test_a_corrected_declaration_is_a_new_request(bench: OpenBench) -> None:
    here = bench(policy())
    other = {"est_username": EST_OF_THIRD[0], "est_password": EST_OF_THIRD[1]}
    request(here, **other)
    key = (place(here) / "pending" / "key.pem").read_bytes()
    result = request(here, key_type="ec-p384")
    assert codes(result) == ["discard_request", "make_request", "enroll"]
    assert result["certificate_request"]["state"] == "issued"
    assert (place(here) / "current" / "key.pem").read_bytes() != key
    assert len(list((place(here) / "versions").iterdir())) == 1


def test_another_psce_is_sent_nothing(bench: OpenBench, tmp_path: Path) -> None:
    here = bench(policy())
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(pem_of(self_signed(new_key())))
    result = failed(here, psce_ca_file=str(stranger))
    assert (result["error"]["code"], enrolments(here)) == ("unexpected_answer", [])
    assert "psce_ca_file" in result["msg"]


def test_the_server_is_verified(bench: OpenBench) -> None:
    here = bench(policy())
    result = failed(here, est_ca_file=here.endpoints["psce"]["ca_file"])
    assert (result["error"]["code"], here.requests(face="psce")) == ("transport", [])
    assert "not accepted" in result["msg"]


def test_without_declared_cas_the_chain_is_what_the_psce_shows(bench: OpenBench) -> None:
    here = bench(policy())
    assert request(here, psce_ca_file=None)["certificate_request"]["state"] == "issued"
    assert len(x509.load_pem_x509_certificates((place(here) / "current" / "chain.pem").read_bytes())) == 2


@pytest.mark.parametrize("operation", ["estCacerts", "estEnroll"])
@pytest.mark.parametrize(("kind", "code"), [("nonsense", "unexpected_answer"), ("503", "unexpected_answer"), ("truncated", "transport")])
def test_spoilt_answers(bench: OpenBench, operation: str, kind: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed errors, nothing kept; and the next run asks with the same request."""
    monkeypatch.setattr(https, "PAUSES", (0.01,))
    here = bench(policy())
    here.fault(operation, kind)
    result = failed(here)
    assert result["error"]["code"] == code, result["msg"]
    key = (place(here) / "pending" / "key.pem").read_bytes()
    assert not (place(here) / "current").exists()
    here.running.cli("fault", "clear")
    assert request(here)["certificate_request"]["state"] == "issued"
    assert (place(here) / "current" / "key.pem").read_bytes() == key


def test_a_lost_answer_is_settled_by_asking_again(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https, "PAUSES", (0.01,))
    here = bench(policy())
    here.fault("estEnroll", "lost_answer", times=1)
    result = request(here)
    assert (result["certificate_request"]["state"], len(enrolments(here))) == ("issued", 2)
    assert len(list((Path(here.running.state_dir) / "psce/out").glob("est-*.pem"))) == 1, "one certificate, though asked for twice"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"est_url": "http://127.0.0.1/.well-known/est"}, "est_url"),
        ({"est_certificate": "/c.pem"}, "est_certificate"),
        ({"psce_ca_file": "/none.pem"}, "psce_ca_file"),
    ],
)
def test_bad_input_makes_no_key(bench: OpenBench, changes: dict[str, Any], field: str) -> None:
    here = bench(policy())
    result = failed(here, **changes)
    assert (result["error"]["code"], result["error"]["details"]["field"]) == ("invalid_input", field)
    assert not here.store.exists()
    assert here.requests(face="psce") == []
