# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the read-only answers are made of, with operations of the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import ORDERING_NAMES
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import Forbidden, InvalidInput
from tests.support.certificates import certificate_files
from tests.support.fake_operations import FakeOperations
from tests.support.kinds import INFORMING
from tests.support.observed import DECLARED, EMAIL, NOTHING_TO_CHECK, OTHER, SIRET, account, convention, dialogue, listed
from tests.support.words import Clock

A = "a" * 64
OPEN: dict[str, Any] = {
    "account_get": account(),
    "convention_list": [convention("in_force")],
    "certificate_list": [listed(A, "active", last_exchange_at="2026-02-01T00:00:00Z")],
    "space_list": [
        {"account": account(siret=SIRET), "conventions": [convention("ended")], "certificates": []},
        {"account": account("closed", siret=OTHER), "conventions": [], "certificates": [listed(A)]},
    ],
}


def answer(kind: str, parameters: dict[str, Any], operations: FakeOperations, store: Store | None = None) -> dict[str, Any]:
    found = INFORMING[kind].answer(
        {"siret": None, "agent_email": None, "renewal_days": [90], **parameters}, Context(operations, store), Clock().settings()
    )
    assert operations.written == []
    return found


def test_one_account() -> None:
    (found,) = answer("account_info", {"siret": SIRET}, FakeOperations(OPEN))["accounts"]
    assert (found["siret"], found["state"], found["name"]) == (SIRET, "active", "Lyon")


def test_all_that_the_agent_may_see() -> None:
    operations = FakeOperations(OPEN)
    assert [(each["siret"], each["state"]) for each in answer("account_info", {}, operations)["accounts"]] == [
        (SIRET, "active"),
        (OTHER, "closed"),
    ]
    assert [(each["siret"], each["state"]) for each in answer("convention_info", {}, operations)["conventions"]] == [(SIRET, "ended")]
    assert [(each["siret"], each["fingerprint"]) for each in answer("certificate_info", {}, operations)["certificates"]] == [(OTHER, A)]


@pytest.mark.parametrize("kind", ["account_info", "convention_info", "certificate_info"])
def test_without_credentials_there_is_no_list(kind: str) -> None:
    with pytest.raises(InvalidInput, match=r"^siret: is not set"):
        answer(kind, {}, FakeOperations(login=False))


@pytest.mark.parametrize("kind", ["account_info", "convention_info", "certificate_info", "certificate_request_info", "exchange_info"])
def test_a_bad_siret_is_refused_before_any_request(kind: str) -> None:
    operations = FakeOperations(OPEN)
    with pytest.raises(InvalidInput, match=r"^siret: "):
        answer(kind, {"siret": "69001", "provider": None, "certificates": []}, operations)
    assert operations.calls == []


def test_requests(tmp_path: Path) -> None:
    store = Store(str(tmp_path), SIRET)
    store.new_version("zeta", {"request.json": b'{"requested_at": "2026-02-20T08:00:00Z", "handed_out": true}'})
    store.new_version("acme", {"request.json": b'{"requested_at": "2026-02-21T08:00:00Z", "handed_out": false}'})
    found = answer("certificate_request_info", {"siret": SIRET, "provider": None}, FakeOperations(), store)["requests"]
    assert [(each["provider"], each["state"], each["handed_out"]) for each in found] == [
        ("acme", "pending", False),
        ("zeta", "pending", True),
    ]
    one = answer("certificate_request_info", {"siret": SIRET, "provider": "none"}, FakeOperations(), store)["requests"]
    assert [each["state"] for each in one] == ["none"]


def test_requests_need_a_store() -> None:
    with pytest.raises(InvalidInput, match=r"^store: is not set"):
        answer("certificate_request_info", {"siret": SIRET, "provider": None}, FakeOperations())


def exchange(item: dict[str, Any], operations: FakeOperations) -> dict[str, Any]:
    (found,) = answer("exchange_info", {"siret": SIRET, "certificates": [item]}, operations)["dialogues"]
    return found


def test_dialogue_of_who_holds_the_key(tmp_path: Path) -> None:
    certificate, key, fingerprint = certificate_files(tmp_path, SIRET)
    operations = FakeOperations({**OPEN, "exchange_query": dialogue(fingerprint, "refused", rule="R6", message="terminée")})
    found = exchange({"provider": "acme", "certificate": str(certificate), "private_key": str(key)}, operations)
    assert {k: found[k] for k in ("fingerprint", "state", "rule", "message", "source")} == {
        "fingerprint": fingerprint,
        "state": "refused",
        "rule": "R6",
        "message": "terminée",
        "source": "query",
    }
    assert found["not_after"] == "2027-12-02T00:00:00Z"


def test_dialogue_of_who_does_not_hold_the_key() -> None:
    found = exchange({"provider": "acme", "fingerprint": A}, FakeOperations(OPEN))
    assert (found["state"], found["source"], found["last_exchange_at"]) == ("not_asked", "space", "2026-02-01T00:00:00Z")
    assert found["not_after"] == "2028-01-01T00:00:00Z"


def test_dialogue_of_a_certificate_that_nobody_knows() -> None:
    found = exchange({"provider": "acme", "fingerprint": "b" * 64}, FakeOperations(OPEN))
    assert (found["state"], found["source"], found["last_exchange_at"]) == ("not_asked", "none", None)


def test_bad_files_are_refused_before_any_request(tmp_path: Path) -> None:
    operations = FakeOperations(OPEN)
    with pytest.raises(InvalidInput, match=r"^certificate: "):
        exchange({"provider": "acme", "certificate": str(tmp_path / "none.pem")}, operations)
    assert operations.calls == []


def test_onboarding() -> None:
    parameters = {
        **DECLARED,
        "siret": SIRET,
        "address": {field: DECLARED[field] for field in ("street", "postal_code", "city")},
        "cycle": "complet",
        "document": None,
        "document_content": None,
        **NOTHING_TO_CHECK,
        "certificates": [{"provider": "acme", "key_type": "ec-p256", "fingerprint": A}],
        "exclusive": False,
        "reopen": False,
        "state": "active",
        **dict.fromkeys(ORDERING_NAMES),
    }
    found = answer("onboarding_info", parameters, FakeOperations(OPEN))["status"]
    assert (found["stage"], found["steps"], found["waiting"]) == ("onboarded", [], [])
    operations = FakeOperations({**OPEN, "account_get": Forbidden("non", status=403)})
    found = answer("onboarding_info", parameters, operations)["status"]
    assert (found["stage"], [each["code"] for each in found["steps"]]) == ("account", ["request_account"])
    assert [each["next_action"]["code"] for each in found["waiting"]] == ["convention_signature"], "not what would be, once it is requested"
    assert ("account_request_get", SIRET, EMAIL) in operations.calls
