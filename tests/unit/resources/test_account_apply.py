# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account does: which operation, with which values."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step, WaitRequired
from ansible_collections.collectivites.antai.plugins.module_utils._resources.account import Account
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import RefusedByServer
from tests.support.fake_operations import FakeOperations
from tests.support.observed import ADDRESS, DECLARED, EMAIL, NOW, SIRET, account, request, space


def apply(step: str, answers: dict[str, Any] | None = None, declared: dict[str, Any] | None = None, observed: Any = None) -> Any:
    operations = FakeOperations(answers)
    Account(SIRET, {**DECLARED, **(declared or {})}).apply(Context(operations), observed or space(), Step(step, "why"), NOW)
    return operations.calls


def test_observe_without_login_reads_the_public_follow_up() -> None:
    operations = FakeOperations({"account_request_get": request("accepted")}, login=False)
    observed = Account(SIRET, dict(DECLARED)).observe(Context(operations))
    assert observed == space("accepted", "no_credentials")
    assert operations.calls == [("account_request_get", SIRET, EMAIL)]


def test_request_sends_the_whole_declaration() -> None:
    assert apply("request_account") == [("account_request", {"siret": SIRET, **DECLARED})]


def test_update_sends_what_is_declared_and_keeps_the_rest() -> None:
    observed = space(account=account(street="2 rue", city="Ailleurs"))
    calls = apply("update_account", declared={"street": None, "city": ""}, observed=observed)
    assert calls == [("account_update", {"siret": SIRET, **ADDRESS, "street": "2 rue", "city": "Ailleurs"})]


def test_update_sends_what_has_changed() -> None:
    ((_operation, sent),) = apply("update_account", declared={"street": "3 rue"}, observed=space(account=account(street="2 rue")))
    assert sent["street"] == "3 rue"


def test_close() -> None:
    assert apply("close_account") == [("account_close", SIRET)]


@pytest.mark.parametrize(("before", "opened"), [("absent", {SIRET}), ("refused", set()), ("closed", set())])
def test_an_account_is_new_where_there_was_none(before: str, opened: set[str]) -> None:
    context = Context(FakeOperations({}))  # type: ignore[arg-type]
    Account(SIRET, dict(DECLARED)).apply(context, space(before), Step("request_account", "why"), NOW)
    assert context.opened == opened


def test_a_request_that_was_refused_has_opened_nothing() -> None:
    context = Context(FakeOperations({"account_request": RefusedByServer("déjà là", status=409)}))  # type: ignore[arg-type]
    with pytest.raises(WaitRequired):
        Account(SIRET, dict(DECLARED)).apply(context, space("absent"), Step("request_account", "why"), NOW)
    assert context.opened == set()


def test_request_for_a_space_that_others_opened_waits_for_a_mandate() -> None:
    with pytest.raises(WaitRequired) as caught:
        apply("request_account", {"account_request": RefusedByServer("déjà là", status=409)})
    assert caught.value.waiting.code == "mandate"


@pytest.mark.parametrize(
    ("later", "change", "steps"),
    [
        (timedelta(0), {}, []),
        (timedelta(hours=23, minutes=59), {}, []),
        (timedelta(days=1), {}, ["request_account"]),
        (timedelta(hours=-1), {}, ["request_account"]),  # the clock was wrong
        (timedelta(hours=1), {"agent_name": "Une autre"}, ["request_account"]),
        (timedelta(hours=1), {"street": "ailleurs"}, ["request_account"]),
    ],
)
def test_what_has_met_a_space_of_others_is_not_asked_for_again(
    tmp_path: Path, later: timedelta, change: dict[str, str], steps: list[str]
) -> None:
    answers = {"account_request": RefusedByServer("déjà là", status=409), "account_get": None}
    context = Context(FakeOperations(answers), Store(str(tmp_path), SIRET))  # type: ignore[arg-type]
    with pytest.raises(WaitRequired):
        Account(SIRET, dict(DECLARED)).apply(context, space("absent"), Step("request_account", "why"), NOW)
    again = Account(SIRET, {**DECLARED, **change})
    plan = again.plan(again.observe(context), NOW + later)
    assert [step.code for step in plan.steps] == steps
    assert [each.code for each in plan.waiting] == (["account_control"] if steps else ["mandate"])


def test_a_conflict_of_another_kind_is_not_remembered(tmp_path: Path) -> None:
    context = Context(FakeOperations({"account_request": RefusedByServer("non", status=409)}), Store(str(tmp_path), SIRET))  # type: ignore[arg-type]
    with pytest.raises(WaitRequired):
        Account(SIRET, dict(DECLARED)).apply(context, space("refused"), Step("request_account", "why"), NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [400, 422, 404])
def test_other_refusals_of_a_request_are_errors(status: int) -> None:
    with pytest.raises(RefusedByServer):
        apply("request_account", {"account_request": RefusedByServer("non", status=status)})
