# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The read-only modules: right answers, 0 writes, whole lists, and "unknown" where they may not look."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from stdnum.fr import siret as siret_number

from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, Bench, waits
from tests.support.keys import Issued
from tests.support.portal_client import SiFpsClient
from tests.support.run_module import Result
from tests.support.values import AGENT, NUMBER, OTHER, SIRET, existing, policy

ONE: dict[str, Any] = {"siret": SIRET}
DECLARED: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}
ROAD: dict[str, Any] = ACCOUNT | {"certificates": [{"provider": "essai", "key_type": "ec-p256"}]}
LISTS = {"antai_account_info": "accounts", "antai_convention_info": "conventions", "antai_certificate_info": "certificates"}


@pytest.fixture
def looked(bench: OpenBench) -> Iterator[Callable[..., Bench]]:
    """`looked(policy, prepare)`: after the preparation, the collection must not write any more (a test's own client may send an FPS)."""
    opened: list[tuple[Bench, list[str]]] = []

    def start(policy: dict[str, Any], prepare: Callable[[Bench], object] = lambda bench: None) -> Bench:
        here = bench(policy)
        prepare(here)
        opened.append((here, written(here)))
        return here

    yield start
    for here, writes in opened:
        assert written(here) == writes, "an info module has written"


def written(here: Bench) -> list[str]:
    return [each for each in here.writes() if each != "fpsSend"]


def active(bench: Bench) -> None:
    bench.fingerprint = bench.certificate()
    bench.done("antai_certificate", **DECLARED)


def same_in_check_mode(here: Bench, module: str, **arguments: Any) -> Result:
    """Info modules answer alike in check mode."""
    result, checked = here.done(module, **arguments), here.done(module, check=True, **arguments)
    assert not result["changed"]
    assert result["operations"]["write"] == 0
    assert without_moments(result) == without_moments(checked)
    return result


def without_moments(answer: Any) -> Any:
    """A result without what is of this very call: its arguments, and the second in which the SI FPS was asked."""
    if isinstance(answer, dict):
        return {name: without_moments(value) for name, value in answer.items() if name not in ("invocation", "proved_at")}
    return [without_moments(item) for item in answer] if isinstance(answer, list) else answer


def test_one_collectivite(looked: Callable[..., Bench]) -> None:
    here = looked(existing(), active)
    account = same_in_check_mode(here, "antai_account_info", **ONE)["accounts"]
    assert [(each["siret"], each["state"], each["access"], each["name"]) for each in account] == [(SIRET, "active", "open", "Lyon")]
    convention = same_in_check_mode(here, "antai_convention_info", **ONE)["conventions"]
    assert [(each["siret"], each["cycle"], each["state"]) for each in convention] == [(SIRET, "complet", "in_force")]
    certificate = same_in_check_mode(here, "antai_certificate_info", **ONE)["certificates"]
    assert [(each["siret"], each["fingerprint"], each["provider"], each["state"]) for each in certificate] == [
        (SIRET, here.fingerprint, "essai", "active")
    ]
    request = same_in_check_mode(here, "antai_certificate_request_info", **ONE)["requests"]
    assert [(each["provider"], each["state"], each["fingerprint"]) for each in request] == [("essai", "issued", here.fingerprint)]
    assert same_in_check_mode(here, "antai_certificate_request_info", **ONE, provider="autre")["requests"][0]["state"] == "none"


def test_no_account_yet(looked: Callable[..., Bench]) -> None:
    here = looked(policy())
    assert same_in_check_mode(here, "antai_account_info", **ONE)["accounts"][0]["state"] == "absent"
    assert same_in_check_mode(here, "antai_convention_info", **ONE)["conventions"] == []
    assert same_in_check_mode(here, "antai_certificate_request_info", **ONE)["requests"] == []


def test_a_request_is_followed_without_credentials(looked: Callable[..., Bench]) -> None:
    here = looked(policy(control="never"), lambda bench: bench.done("antai_account", **ACCOUNT))
    here.login = None
    followed = same_in_check_mode(here, "antai_account_info", **ONE, agent_email=ACCOUNT["agent_email"])["accounts"][0]
    assert (followed["state"], followed["access"]) == ("under_control", "no_credentials")
    assert same_in_check_mode(here, "antai_account_info", **ONE, agent_email="autre@essai.example")["accounts"][0]["state"] == "absent"
    unknown = same_in_check_mode(here, "antai_account_info", **ONE)["accounts"][0]
    assert (unknown["state"], unknown["access"]) == ("unknown", "no_credentials")


def test_what_one_may_not_see_is_unknown(looked: Callable[..., Bench]) -> None:
    here = looked(existing())
    account = same_in_check_mode(here, "antai_account_info", siret=OTHER)["accounts"][0]
    assert (account["siret"], account["state"], account["access"], account["name"]) == (OTHER, "unknown", "no_mandate", None)
    assert same_in_check_mode(here, "antai_certificate_info", siret=OTHER)["certificates"] == []


def sirets(count: int) -> list[str]:
    """Invented ones with the right keys."""
    sirens = (str(base) + siret_number.luhn.calc_check_digit(str(base)) for base in range(21000000, 21000000 + count))
    return [f"{siren}0001" + siret_number.luhn.calc_check_digit(f"{siren}0001") for siren in sirens]


def test_lists_of_more_than_one_page(looked: Callable[..., Bench], tmp_path: Path) -> None:
    here = looked(policy())
    wanted = sirets(250)
    lines = [{"siret": each, "name": f"Commune {each[3:8]}", "existing": {"agent": AGENT[0], "convention": "in_force"}} for each in wanted]
    (tmp_path / "seed.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    here.running.cli("seed", "--file", str(tmp_path / "seed.jsonl"))
    for module, name in LISTS.items():
        listed = here.done(module)[name]
        assert [each["siret"] for each in listed] == (sorted(wanted) if name != "certificates" else [])
    assert [line["status"] for line in here.requests(operation="spaceList")] == [200] * 9


# The dialogue: a read-only query over mutual TLS


def dialogue(here: Bench, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = same_in_check_mode(here, "antai_exchange_info", **DECLARED | more)["dialogues"][0]
    return told


def test_the_dialogue_from_nothing_to_the_last_exchange(looked: Callable[..., Bench]) -> None:
    here = looked(existing())
    assert (dialogue(here)["state"], dialogue(here)["source"]) == ("not_asked", "none")
    here.fingerprint = here.certificate()
    assert (dialogue(here)["state"], dialogue(here)["source"]) == ("unknown", "query")


def test_the_dialogue_of_an_active_certificate(looked: Callable[..., Bench]) -> None:
    here = looked(existing(), active)
    first = dialogue(here)
    assert (first["state"], first["rule"], first["last_exchange_at"], first["fingerprint"]) == ("authorised", None, None, here.fingerprint)
    machine = SiFpsClient(here.endpoints, Issued(*here.key_pair()))
    accepted = machine.call("POST", "/v1/fps", 201, json={"numero": NUMBER}).json()["accepte_le"]
    assert dialogue(here)["last_exchange_at"] == accepted
    # Who does not hold the key reads the last exchange in the space.
    without_key = dialogue(here, certificates=[{"provider": "essai", "fingerprint": here.fingerprint}])
    assert (without_key["source"], without_key["last_exchange_at"], without_key["state"]) == ("space", accepted, "not_asked")
    end = date.fromisoformat(here.done("antai_convention_info", **ONE)["conventions"][0]["end"])
    here.running.cli("tick", "--to", (end + timedelta(days=1)).isoformat())
    lapsed = dialogue(here)
    assert (lapsed["state"], lapsed["rule"]) == ("refused", "PKI-DATE" if lapsed["not_after"] < end.isoformat() else "R6")
    assert lapsed["message"]


def test_the_dialogue_of_an_installed_certificate(looked: Callable[..., Bench]) -> None:
    def prepare(bench: Bench) -> None:
        bench.certificate()
        bench.done("antai_certificate", **DECLARED, state="present")

    told = dialogue(looked(existing(None), prepare))
    assert (told["state"], told["rule"]) == ("known_inactive", "R3")


def test_the_dialogue_before_the_account(looked: Callable[..., Bench]) -> None:
    here = looked(policy(), lambda bench: bench.certificate())
    assert (dialogue(here)["state"], dialogue(here)["rule"]) == ("refused", "R1")


# The whole road at a look


def stage(here: Bench) -> dict[str, Any]:
    status: dict[str, Any] = same_in_check_mode(here, "antai_onboarding_info", **ROAD)["status"]
    return status


def test_the_stages_of_the_road(bench: OpenBench) -> None:
    here = bench(policy(control="never", countersign="never"))

    def next_stage(wanted: str, *waiting: tuple[str, str]) -> dict[str, Any]:
        writes = here.writes()
        seen = stage(here)
        assert (seen["stage"], [(each["on"], each["next_action"]["code"]) for each in seen["waiting"]]) == (wanted, list(waiting))
        assert here.writes() == writes
        return seen

    assert [step["code"] for step in stage(here)["steps"]] == ["request_account", "make_request", "fetch_blank"]
    here.done("antai_account", **ACCOUNT)
    assert stage(here)["stage"] == "account"
    here.certificate()
    here.people("approve")
    document = here.signed()
    here.done("antai_convention", siret=SIRET)
    seen = next_stage("convention", ("collectivite", "convention_signature"))
    assert [step["code"] for step in seen["steps"]] == ["install_certificate"]
    here.done("antai_certificate", **DECLARED)
    here.done("antai_convention", siret=SIRET, document_content=document)
    next_stage("convention", ("antai", "convention_countersignature"))
    here.people("countersign")
    here.done("antai_convention", siret=SIRET)
    assert [step["code"] for step in next_stage("certificates")["steps"]] == ["activate_certificate"]
    here.done("antai_certificate", **DECLARED)
    done = next_stage("onboarded")
    assert (done["steps"], done["dialogues"][0]["state"]) == ([], "authorised")
    assert done["certificate_until"] == done["dialogues"][0]["not_after"]


def test_texts_in_french_unless_asked_otherwise(bench: OpenBench) -> None:
    here = bench(policy(control="never"))
    french = here.done("antai_account", **ACCOUNT, language=None)
    assert "L'ANTAI contrôle la demande" in french["waiting"][0]["next_action"]["text"]
    english = here.done("antai_account", **ACCOUNT, language="en")
    assert "ANTAI is checking" in english["waiting"][0]["next_action"]["text"]
    assert waits(french) == waits(english)


def test_options_may_come_from_the_environment(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bench(existing())
    for name, value in here.connection().items():
        monkeypatch.setenv(f"ANTAI_{name.upper()}", str(value))
    nothing = dict.fromkeys(here.connection())
    result = here.done("antai_account_info", **ONE, **nothing)
    assert result["accounts"][0]["state"] == "active"
