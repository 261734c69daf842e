# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the dialogue under a SIRET that is left may end, as a table (R8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import DeclaredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.siret_change import ObservedSiretChange, SiretChange, SiretMove
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import Forbidden, InvalidInput
from tests.support.certificates import certificate_files, fingerprint_of, pem_of, self_signed
from tests.support.fake_operations import FakeOperations
from tests.support.keys import key_pem, new_key
from tests.support.observed import EMAIL, NOW, OTHER, SINCE, SIRET, account, changes, codes, dialogue, listed, request, space, waited

A, B, C = "a" * 64, "b" * 64, "c" * 64
TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)
ENDED = [("deactivate_certificate", B), ("deactivate_certificate", C), ("close_account", OTHER)]
LEFT = space(certificates=(listed(B, "active"), listed(C, "active"), listed("d" * 64, "inactive")))


def status(state: str = "authorised", source: str = "query", heard: str | None = None) -> dict[str, Any]:
    return {"provider": "acme", "fingerprint": A, "state": state, "rule": None, "last_exchange_at": heard, "source": source}


def planned(
    dialogues: tuple[dict[str, Any], ...], leaving: Space = LEFT, on: Any = TODAY, back: bool = False, staying: str = "active"
) -> Plan:
    resource = SiretChange(SiretMove(SIRET, OTHER, on, back), [])
    return resource.plan(ObservedSiretChange(dialogues, space(certificates=(listed(A, staying),)), leaving), NOW)


@pytest.mark.parametrize(
    ("dialogues", "on", "steps", "waiting"),
    [
        pytest.param((status(),), TODAY, ENDED, [], id="the day, proven"),
        pytest.param((status(),), TODAY - timedelta(days=400), ENDED, [], id="long after, proven"),
        pytest.param((status(),), TOMORROW, [], ["siret_change_date"], id="the day before"),
        pytest.param((), TODAY, [], ["siret_change_dialogue"], id="nothing that could be proven"),
        pytest.param((status("known_inactive"),), TODAY, [], ["siret_change_dialogue"], id="not active yet"),
        pytest.param((status("refused"),), TODAY, [], ["siret_change_dialogue"], id="refused"),
        pytest.param((status("unknown", "none"),), TODAY, [], ["siret_change_dialogue"], id="not installed"),
        pytest.param((status(), status("refused")), TODAY, [], ["siret_change_dialogue"], id="one of two"),
        pytest.param((status("refused"),), TOMORROW, [], ["siret_change_date", "siret_change_dialogue"], id="neither"),
        pytest.param((status("unknown", "space", SINCE),), TODAY, ENDED, [], id="an exchange that the space shows"),
        pytest.param((status("unknown", "space"),), TODAY, [], ["siret_change_dialogue"], id="no exchange that the space shows"),
    ],
)
def test_plan(dialogues: tuple[dict[str, Any], ...], on: Any, steps: list[tuple[str, str]], waiting: list[str]) -> None:
    plan = planned(dialogues, on=on)
    assert (codes(plan), waited(plan)) == (steps, waiting)
    assert changes(plan) == ({"left_account": "closed", "active_certificates": []} if steps else {})


@pytest.mark.parametrize(
    ("lacks", "steps", "waiting"),
    [
        pytest.param("account_close", ENDED[:2], ["account_close_by_hand"], id="no closing"),
        pytest.param("certificate_deactivate", [], ["certificate_deactivation", "certificate_deactivation"], id="no deactivation"),
        pytest.param("certificate_list", [], ["unseen"], id="what is active does not show"),
    ],
)
def test_what_the_interface_cannot_do_is_left_to_people(lacks: str, steps: list[tuple[str, str]], waiting: list[str]) -> None:
    certificates = () if lacks == "certificate_list" else LEFT.certificates
    plan = planned((status(),), leaving=replace(LEFT, lacks=frozenset({lacks}), certificates=certificates))
    assert (codes(plan), waited(plan)) == (steps, waiting)
    assert plan.after["left_account"] == "active"


def test_the_account_is_closed_only_behind_its_certificates() -> None:
    assert [step.after_all for step in planned((status(),)).steps] == [False, False, True]


def test_an_exchange_of_an_inactive_certificate_proves_nothing() -> None:
    assert waited(planned((status("unknown", "space", SINCE),), staying="inactive")) == ["siret_change_dialogue"]


@pytest.mark.parametrize("state", ["absent", "closed", "refused"])
def test_what_is_left_already_is_left_alone(state: str) -> None:
    plan = planned((status("refused"),), space(state), TODAY - timedelta(days=9))
    assert (codes(plan), waited(plan), plan.before) == ([], [], plan.after)
    assert plan.before["left_account"] == state


def test_what_may_not_be_seen_is_not_touched() -> None:
    assert waited(planned((status(),), space("unknown", "no_mandate"))) == ["mandate"]


def test_the_way_back_needs_no_day_and_ends_with_it() -> None:
    assert codes(planned((status(),), on=TOMORROW, back=True)) == ENDED
    assert waited(planned((status("refused"),), on=TOMORROW, back=True)) == ["siret_change_dialogue"]
    with pytest.raises(InvalidInput) as caught:
        planned((status(),), on=TODAY, back=True)
    assert (caught.value.message, caught.value.hint) == (
        "change_siret_on: the day of the change, 2026-03-02, has come: there is no way back any more",
        "finish the change instead",
    )


# What people read


def test_view() -> None:
    heard = status("refused", heard=SINCE) | {"rule": "R7"}
    assert planned((heard,)).before == {
        "siret": SIRET,
        "leaving": OTHER,
        "on": "2026-03-02",
        "dialogues": [{"provider": "acme", "fingerprint": A, "state": "refused", "rule": "R7", "last_exchange_at": SINCE}],
        "left_account": "active",
        "active_certificates": [B, C],
    }


def test_why() -> None:
    assert {step.reason for step in planned((status(),)).steps} == {f"{SIRET} is in service, and {OTHER} is left"}


ABOUT = {"siret": SIRET, "leaving": OTHER, "on": "2026-03-03"}


@pytest.mark.parametrize(
    ("dialogues", "providers"),
    [
        ((), "-"),
        ((status("refused"),), "acme"),
        ((status(), status("refused") | {"provider": "b"}, status("refused") | {"provider": "c"}), "b, c"),
    ],
)
def test_who_is_waited_for(dialogues: tuple[dict[str, Any], ...], providers: str) -> None:
    waiting = planned(dialogues, on=TOMORROW).waiting
    assert [(reason.code, reason.since, reason.facts) for reason in waiting] == [
        ("siret_change_date", None, ABOUT),
        ("siret_change_dialogue", None, ABOUT | {"providers": providers}),
    ]


def test_whose_access_to_what_is_left_is_waited_for() -> None:
    resource = SiretChange(SiretMove(SIRET, OTHER, TODAY), [], agent_email=EMAIL)
    seen = ObservedSiretChange((status(),), space(), space("accepted", "no_mandate", certificates=(listed(B, "active"),)))
    (waiting,) = resource.plan(seen, NOW).waiting
    assert (waiting.code, waiting.facts["agent_email"]) == ("mandate", EMAIL)
    active = ObservedSiretChange((status(),), space(), space("active", "no_mandate", certificates=(listed(B, "active"),)))
    assert waited(resource.plan(active, NOW)) == ["mandate"]


@pytest.mark.parametrize(
    ("state", "certificates", "steps"),
    [
        ("closed", (listed(B, "active"),), [("deactivate_certificate", B), ("close_account", OTHER)]),
        ("active", (), [("close_account", OTHER)]),
    ],
    ids=["a certificate is left", "only the account is left"],
)
def test_a_run_that_was_killed_goes_on(state: str, certificates: tuple[Any, ...], steps: list[tuple[str, str]]) -> None:
    assert codes(planned((status(),), space(state, certificates=certificates))) == steps


def test_an_exchange_that_the_space_shows_of_another_certificate_proves_nothing() -> None:
    other = status("unknown", "space", SINCE) | {"fingerprint": C}
    assert waited(planned((other,))) == ["siret_change_dialogue"]


# Observing and doing


def context(answers: dict[str, Any], store: Store | None = None) -> tuple[Context, FakeOperations]:
    operations = FakeOperations(answers)
    return Context(cast(Operations, operations), store), operations


def test_both_accounts_are_seen_and_the_kept_one_s_dialogue_is_asked(tmp_path: Path) -> None:
    store, key = Store(str(tmp_path), SIRET), new_key()
    made = self_signed(key, units=(f"0002 {SIRET}",))
    store.new_version("acme", {"key.pem": key_pem(key), "certificate.pem": pem_of(made)}, link="current")
    fingerprint = fingerprint_of(made)
    found, _ = context(
        {
            "account_get": lambda siret: account(siret=siret),
            "convention_list": [],
            "certificate_list": lambda siret: [listed(fingerprint, "active")] if siret == SIRET else [listed(B, "active")],
            "exchange_query": lambda siret, client: dialogue(fingerprint, "authorised") if siret == SIRET else None,
        },
        store,
    )
    seen = SiretChange(
        SiretMove(SIRET, OTHER, TODAY), [DeclaredCertificate("acme", "active"), DeclaredCertificate("b", "active", A)]
    ).observe(found)
    assert [(dialogue["provider"], dialogue["fingerprint"], dialogue["source"]) for dialogue in seen.dialogues] == [
        ("acme", fingerprint, "query"),
        ("b", A, "none"),
    ]
    assert [(each.account or {})["siret"] for each in (seen.staying, seen.leaving)] == [SIRET, OTHER]
    assert [[certificate["fingerprint"] for certificate in each.certificates] for each in (seen.staying, seen.leaving)] == [
        [fingerprint],
        [B],
    ]


def test_a_certificate_of_the_siret_that_is_left_is_refused(tmp_path: Path) -> None:
    certificate, key, _fingerprint = certificate_files(tmp_path, OTHER)
    declared = DeclaredCertificate("acme", "active", certificate=str(certificate), private_key=str(key))
    with pytest.raises(InvalidInput, match=f"names {OTHER}, not {SIRET}$"):
        SiretChange(SiretMove(SIRET, OTHER, TODAY), [declared]).observe(context({})[0])


def test_without_a_mandate_both_are_followed_as_requests() -> None:
    found, operations = context({"account_get": Forbidden("non", status=403), "account_request_get": request("accepted")})
    observed = SiretChange(SiretMove(SIRET, OTHER, TODAY), [], agent_email=EMAIL).observe(found)
    assert (observed.staying.access, observed.leaving.access) == ("no_mandate", "no_mandate")
    assert [call[1:] for call in operations.calls if call[0] == "account_request_get"] == [(SIRET, EMAIL), (OTHER, EMAIL)]


def test_only_what_is_left_is_changed() -> None:
    found, operations = context({"certificate_change": True})
    resource, seen = SiretChange(SiretMove(SIRET, OTHER, TODAY), []), ObservedSiretChange((status(),), space(), LEFT)
    for step in resource.plan(seen, NOW).steps:
        resource.apply(found, seen, step, NOW)
    assert operations.calls == [
        ("certificate_change", "certificate_deactivate", OTHER, B),
        ("certificate_change", "certificate_deactivate", OTHER, C),
        ("account_close", OTHER),
    ]
