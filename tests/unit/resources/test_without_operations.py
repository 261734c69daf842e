# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations that an interface does not have: nothing is planned that cannot be done, and people are told what is left to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._resources.account import Account
from ansible_collections.collectivites.antai.plugins.module_utils._resources.account_info import account_info
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate import Certificates, Scope
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.convention import Convention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.plan import DeclaredConvention, ObservedConvention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.dialogue import dialogue
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space, account_waiting, observe_space
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.fake_operations import FakeOperations
from tests.support.journal import note
from tests.support.observed import DECLARED, EMAIL, NOW, SIGNED, SIRET, codes, convention, item, listed, request, space, waited

A = "a" * 64
IN_FORCE = (convention("in_force"),)


def without(*operations: str, state: str = "active", **changes: Any) -> Space:
    return space(state, **{"lacks": frozenset(operations), "conventions": IN_FORCE, **changes})


# The space


def test_a_portal_without_interface_is_unseen() -> None:
    operations = FakeOperations(absent=("account_get", "account_request_get"))
    found = observe_space(operations, SIRET, EMAIL)
    assert (found.access, found.state, operations.calls) == ("no_interface", "unknown", [])
    waiting = account_waiting(found, EMAIL)
    assert waiting is not None
    assert waiting.code == "unseen"


def test_a_portal_that_shows_only_the_request() -> None:
    operations = FakeOperations({"account_request_get": request("accepted")}, absent=("account_get",))
    found = observe_space(operations, SIRET, EMAIL)
    assert (found.access, found.state, account_waiting(found, EMAIL)) == ("no_interface", "accepted", None)


def test_lists_that_do_not_exist_are_not_read() -> None:
    operations = FakeOperations({"account_get": request("active")}, absent=("convention_list", "certificate_list"))
    found = observe_space(operations, SIRET, EMAIL)
    assert (found.conventions, found.certificates, operations.calls) == ((), (), [("account_get", SIRET)])
    assert {"convention_list", "certificate_list"} <= found.lacks


def test_no_list_of_all_needs_a_siret() -> None:
    operations = FakeOperations()
    operations.has_list = False
    with pytest.raises(InvalidInput, match="no list to read"):
        account_info({"siret": None, "agent_email": None}, Context(operations), Settings())


# The account


@pytest.mark.parametrize(
    ("lacking", "seen", "present", "code"),
    [
        ("account_request", without("account_request", state="absent"), True, "account_request_by_hand"),
        ("account_update", without("account_update"), True, "account_update_by_hand"),
        ("account_close", without("account_close", certificates=()), False, "account_close_by_hand"),
    ],
)
def test_account(lacking: str, seen: Space, present: bool, code: str) -> None:
    declared = DECLARED | {"name": "Autre"}
    plan = Account(SIRET, declared, present=present).plan(seen, NOW)
    assert (codes(plan), waited(plan), plan.before == plan.after) == ([], [code], True)
    can = Account(SIRET, declared, present=present).plan(replace(seen, lacks=frozenset()), NOW)
    step = {"account_request": "request_account", "account_update": "update_account", "account_close": "close_account"}[lacking]
    assert codes(can) == [(step, "")]


def test_a_field_that_is_not_shown_is_not_compared() -> None:
    seen = replace(space(), account=space().account | {"city": None}, shown=frozenset({"name", "state"}))  # type: ignore[operator]
    assert codes(Account(SIRET, DECLARED).plan(seen, NOW)) == []
    assert codes(Account(SIRET, DECLARED).plan(replace(seen, shown=None), NOW)) == [("update_account", "")]


# The convention


def seen_convention(tmp_path: Path, space_seen: Space, *, document: bool = True) -> Any:
    observed = ObservedConvention(space_seen, SIGNED if document else None, Store(str(tmp_path), SIRET), None, None, None)
    return Convention(DeclaredConvention(SIRET, "complet", agent_email=EMAIL)).plan(observed, NOW)


@pytest.mark.parametrize(
    ("seen", "document", "code"),
    [
        (without("convention_upload", conventions=()), True, "convention_upload_by_hand"),
        (without("convention_blank", conventions=()), False, "convention_signature"),
        (without("convention_list", conventions=()), True, "unseen"),
    ],
)
def test_convention(tmp_path: Path, seen: Space, document: bool, code: str) -> None:
    plan = seen_convention(tmp_path, seen, document=document)
    assert (codes(plan), waited(plan)) == ([], [code])
    assert codes(seen_convention(tmp_path, replace(seen, lacks=frozenset()), document=document))


def test_before_the_account_is_active_there_is_no_convention_to_be_seen(tmp_path: Path) -> None:
    plan = seen_convention(tmp_path, without("convention_list", state="under_control", conventions=()), document=False)
    assert (plan.before["state"], waited(plan)) == ("none", ["convention_signature", "account_control"])


def test_an_unseen_convention_is_unknown(tmp_path: Path) -> None:
    assert seen_convention(tmp_path, without("convention_list", conventions=())).before["state"] == "unknown"
    portal = seen_convention(tmp_path, Space("no_interface", "accepted"))
    assert (portal.before["state"], waited(portal)) == ("unknown", ["unseen"])


def test_no_countersigned_copy_is_fetched_where_there_is_none(tmp_path: Path) -> None:
    assert codes(seen_convention(tmp_path, without("convention_document"))) == []
    assert codes(seen_convention(tmp_path, without())) == [("fetch_countersigned", "complet")]


# Certificates


def plan_of(found: Any, seen: Space, *, exclusive: bool = False) -> Any:
    resource = Certificates(SIRET, [found.declared], scope=Scope(exclusive), agent_email=EMAIL)
    return resource.plan(ObservedCertificates(seen, (found,), (), None, False, False), NOW)


@pytest.mark.parametrize(
    ("found", "seen", "steps", "waiting"),
    [
        (item(A, "not_installed", key=True), without("certificate_install"), [], ["certificate_installation"]),
        (
            item(A, "inactive", key=True, listed=listed(A)),
            without("certificate_activate"),
            [],
            ["certificate_activation"],
        ),
        (
            item(A, "active", "inactive", key=True, listed=listed(A, "active")),
            without("certificate_deactivate"),
            [],
            ["certificate_deactivation"],
        ),
        (item(A, "inactive", key=True), without("certificate_list"), ["activate_certificate"], []),
        (
            item(A, "inactive", key=True, listed=listed(A)),
            without("convention_list", conventions=()),
            ["activate_certificate"],
            [],
        ),
    ],
)
def test_certificate(found: Any, seen: Space, steps: list[str], waiting: list[str]) -> None:
    plan = plan_of(found, seen)
    assert ([step for step, _target in codes(plan)], waited(plan)) == (steps, waiting)


def test_exclusive_waits_where_certificates_are_not_listed() -> None:
    plan = plan_of(item(A, "active", key=True), without("certificate_list"), exclusive=True)
    assert (codes(plan), waited(plan)) == ([], ["unseen"])


NO_QUERY = ("exchange_query", "certificate_remove")


@pytest.mark.parametrize(
    ("absent", "noted", "state"),
    [
        (NO_QUERY, (), "not_installed"),
        (NO_QUERY, ("install_certificate",), "inactive"),
        ((*NO_QUERY, "certificate_list"), (), "unknown"),
        ((*NO_QUERY, "certificate_list"), ("install_certificate", "activate_certificate"), "active"),
        ((*NO_QUERY, "certificate_list"), ("fetch_blank",), "unknown"),
        ((*NO_QUERY, "certificate_list"), ("install_next", "activate_next", "swap"), "active"),
        ((*NO_QUERY, "certificate_list"), ("activate_next", "swap", "deactivate_rejected", "set_aside"), "inactive"),
        ((*NO_QUERY, "certificate_list"), ("deactivate_previous", "remove_previous"), "not_installed"),
    ],
)
def test_without_the_query_the_journal_tells_what_was_done(
    tmp_path: Path, absent: tuple[str, ...], noted: tuple[str, ...], state: str
) -> None:
    operations, store = FakeOperations(absent=absent), Store(str(tmp_path), SIRET)
    for each in noted and ("request_account", *noted):
        note(store, NOW, each, A)
    note(store, NOW, "install_certificate", "b" * 64)
    found = item(A, "missing", key=True)
    resource = Certificates(SIRET, [found.declared])
    seen = resource.query(found, replace(space(), lacks=operations.absent), Context(operations, store))
    assert (seen.state, operations.calls) == (state, [])


def test_a_dialogue_that_nobody_can_ask_about_is_unverifiable() -> None:
    found = item(A, "active", key=True)
    told = dialogue(Context(FakeOperations(absent=("exchange_query",))), SIRET, found, space(certificates=(listed(A, "active"),)))
    assert (told["state"], told["source"], told["verifiable"]) == ("not_asked", "space", False)
