# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of one certificate as a table: wanted state x what is known of it x account x convention -> steps, waiting, after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate import Certificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import ObservedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.observed import EMAIL, NOW, SINCE, SIRET, codes, convention, dialogue, item, listed, local, space, waited

A = "a" * 64
INSTALL, ACTIVATE = ("install_certificate", A), ("activate_certificate", A)
DEACTIVATE, REMOVE = ("deactivate_certificate", A), ("remove_certificate", A)
IN_FORCE = (convention("in_force"),)
OPEN = space(conventions=IN_FORCE)
UNSEEN = space("accepted", "no_mandate")
INSTALLED = {"state": "inactive", "since": None, "listed": True}
ACTIVE, INACTIVE = {"state": "active", "since": None}, {"state": "inactive", "since": None}
NO_KEY = {"client": None, "local": None}


def in_space(state: str, wanted: str, *, key: bool = True, **changes: Any) -> ObservedCertificate:
    """Listed in the space."""
    return item(A, state, wanted, key=key, listed=listed(A, state), **changes)


def told(state: str, wanted: str, answer: str, **changes: Any) -> ObservedCertificate:
    """Not listed; the SI FPS has answered."""
    return item(A, state, wanted, key=True, dialogue=dialogue(A, answer, **changes))


def plan_of(found: ObservedCertificate, observed: Space = OPEN, *, store: Store | None = None, removable: bool = False) -> Plan:
    resource = Certificates(SIRET, [found.declared], agent_email=EMAIL)
    return resource.plan(ObservedCertificates(observed, (found,), (), store, removable, False), NOW)


def differs(plan: Plan) -> dict[str, Any]:
    """What changes in the one declared certificate."""
    (before,), (after,) = plan.before["declared"], plan.after["declared"]
    assert before.keys() == after.keys()
    return {field: value for field, value in after.items() if before[field] != value}


Row = tuple[ObservedCertificate, Space, list[tuple[str, str]], list[str], dict[str, Any]]

SEEN: dict[str, Row] = {
    # Wanted active
    "active: active, key held": (in_space("active", "active"), OPEN, [], [], {}),
    "active: active, key not held": (in_space("active", "active", key=False), OPEN, [], [], {}),
    "active: inactive, key held": (in_space("inactive", "active"), OPEN, [ACTIVATE], [], ACTIVE),
    "active: inactive, key not held": (in_space("inactive", "active", key=False), OPEN, [ACTIVATE], [], ACTIVE),
    "active: inactive, not listed yet": (told("inactive", "active", "known_inactive"), OPEN, [], ["certificate_listing"], {}),
    "active: not installed, key held": (
        told("not_installed", "active", "unknown"),
        OPEN,
        [INSTALL, ACTIVATE],
        [],
        {"state": "active", "listed": True},
    ),
    "active: not installed, key not held": (item(A, "not_installed"), OPEN, [], ["certificate_installation"], {}),
    "active: authorised, not listed yet": (told("active", "active", "authorised"), OPEN, [], [], {}),
    "active: refused": (told("refused", "active", "refused", rule="PKI-DATE", message="expiré"), OPEN, [], ["certificate_refused"], {}),
    "active: missing": (item(None, "missing"), OPEN, [], ["certificate_order"], {}),
    # Wanted present
    "present: active": (in_space("active", "present"), OPEN, [], [], {}),
    "present: inactive": (in_space("inactive", "present"), OPEN, [], [], {}),
    "present: inactive, not listed": (told("inactive", "present", "known_inactive"), OPEN, [], [], {}),
    "present: not installed, key held": (
        told("not_installed", "present", "unknown"),
        OPEN,
        [INSTALL],
        [],
        {"state": "inactive", "listed": True},
    ),
    "present: not installed, key not held": (item(A, "not_installed", "present"), OPEN, [], ["certificate_installation"], {}),
    "present: refused": (told("refused", "present", "refused", rule="R7"), OPEN, [], ["certificate_refused"], {}),
    "present: missing": (item(None, "missing", "present"), OPEN, [], ["certificate_order"], {}),
    # Wanted inactive or absent: without removal they are one
    **{
        f"{wanted}: {name}": (found, OPEN, steps, [], after)
        for wanted in ("inactive", "absent")
        for name, found, steps, after in (
            ("active", in_space("active", wanted), [DEACTIVATE], INACTIVE),
            ("active, key not held", in_space("active", wanted, key=False), [DEACTIVATE], INACTIVE),
            ("active, not listed", told("active", wanted, "authorised"), [DEACTIVATE], {"state": "inactive"}),
            ("inactive", in_space("inactive", wanted), [], {}),
            ("inactive, not listed", told("inactive", wanted, "known_inactive"), [], {}),
            ("not installed", told("not_installed", wanted, "unknown"), [], {}),
            ("refused", told("refused", wanted, "refused"), [], {}),
            ("missing", item(None, "missing", wanted), [], {}),
        )
    },
}

UNSEEN_ROWS: dict[str, Row] = {
    "active: key held, unknown to the SI FPS": (
        told("not_installed", "active", "unknown"),
        UNSEEN,
        [INSTALL],
        ["certificate_activation"],
        {"state": "inactive"},
    ),
    "present: key held, unknown to the SI FPS": (
        told("not_installed", "present", "unknown"),
        UNSEEN,
        [INSTALL],
        [],
        {"state": "inactive"},
    ),
    "active: key held, inactive": (told("inactive", "active", "known_inactive"), UNSEEN, [], ["certificate_activation"], {}),
    "active: key held, authorised": (told("active", "active", "authorised"), UNSEEN, [], [], {}),
    "active: key held, refused": (told("refused", "active", "refused"), UNSEEN, [], ["certificate_refused"], {}),
    "active: key not held, no mandate": (item(A, "unknown"), UNSEEN, [], ["mandate"], {}),
    "active: key not held, no credentials": (item(A, "unknown"), space("accepted", "no_credentials"), [], ["credentials"], {}),
    "active: key not held, nothing known": (item(A, "unknown"), space("unknown", "no_credentials"), [], ["access"], {}),
    "present: key held, nothing known, not installed": (
        told("not_installed", "present", "unknown"),
        space("unknown", "no_credentials"),
        [INSTALL],
        [],
        {"state": "inactive"},
    ),
    "inactive: authorised": (told("active", "inactive", "authorised"), UNSEEN, [], ["certificate_deactivation"], {}),
    "absent: authorised": (told("active", "absent", "authorised"), UNSEEN, [], ["certificate_deactivation"], {}),
    "inactive: inactive": (told("inactive", "inactive", "known_inactive"), UNSEEN, [], [], {}),
    "inactive: unknown": (item(A, "unknown", "inactive"), UNSEEN, [], [], {}),
    "active: missing": (item(None, "missing"), UNSEEN, [], ["certificate_order"], {}),
}

# R1: (state, access) of the account -> who is waited for, whatever else is there
ACCOUNTS = {
    ("absent", "open"): "account_missing",
    ("under_control", "open"): "account_control",
    ("refused", "open"): "account_refused",
    ("closed", "open"): "account_closed",
    ("absent", "no_credentials"): "account_missing",
    ("under_control", "no_credentials"): "account_control",
    ("refused", "no_mandate"): "account_refused",
    ("accepted", "no_credentials"): "credentials",
    ("accepted", "no_mandate"): "mandate",
    ("unknown", "no_mandate"): "mandate",
}

# R2, R6: conventions -> who is waited for before an activation
CONVENTIONS: dict[str, tuple[tuple[dict[str, Any], ...], str | None]] = {
    "none": ((), "convention_signature"),
    "submitted": ((convention("submitted"),), "convention_countersignature"),
    "refused": ((convention("refused"),), "convention_refused"),
    "upcoming: signed by both": ((convention("upcoming"),), None),
    "ended": ((convention("ended"),), "convention_ended"),
    "in force": (IN_FORCE, None),
    "partiel in force": ((convention("in_force", "partiel"),), None),
    "ended, next in force": ((convention("ended"), *IN_FORCE), None),
}


def check(row: Row) -> None:
    found, observed, steps, waiting, after = row
    plan = plan_of(found, observed)
    assert (codes(plan), waited(plan), differs(plan)) == (steps, waiting, {k: v for k, v in after.items() if _shown(plan, k) != v})
    assert plan.server_assigned == ("since",)


def _shown(plan: Plan, field: str) -> Any:
    return plan.before["declared"][0][field]


@pytest.mark.parametrize("name", SEEN)
def test_space_open_convention_in_force(name: str) -> None:
    check(SEEN[name])


@pytest.mark.parametrize("name", UNSEEN_ROWS)
def test_space_not_visible(name: str) -> None:
    check(UNSEEN_ROWS[name])


@pytest.mark.parametrize("wanted", ["active", "present"])
@pytest.mark.parametrize(("state", "access"), ACCOUNTS)
def test_nothing_is_installed_before_the_account_is_active(state: str, access: str, wanted: str) -> None:
    """R1."""
    found = item(A, "not_installed" if access == "open" else "unknown", wanted, key=True)
    plan = plan_of(found, space(state, access, conventions=IN_FORCE))
    assert (codes(plan), waited(plan), differs(plan)) == ([], [ACCOUNTS[state, access]], {})


@pytest.mark.parametrize("state", ["closed", "under_control"])
def test_nothing_is_activated_while_the_account_is_not_active(state: str) -> None:
    """R1: "nothing about certificates"; the convention may still be in force."""
    plan = plan_of(in_space("inactive", "active"), space(state, conventions=IN_FORCE))
    assert (codes(plan), waited(plan)) == ([], [ACCOUNTS[state, "open"]])


@pytest.mark.parametrize("name", CONVENTIONS)
def test_nothing_is_activated_before_the_convention_is_signed_by_both(name: str) -> None:
    """R2, R6: an installed certificate."""
    conventions, code = CONVENTIONS[name]
    plan = plan_of(in_space("inactive", "active"), space(conventions=conventions))
    assert (codes(plan), waited(plan), differs(plan)) == (([], [code], {}) if code else ([ACTIVATE], [], {**ACTIVE}))


@pytest.mark.parametrize("name", CONVENTIONS)
def test_installing_does_not_wait_for_the_convention(name: str) -> None:
    """R3: installing never activates, and never waits for what only activation needs."""
    conventions, code = CONVENTIONS[name]
    plan = plan_of(told("not_installed", "active", "unknown"), space(conventions=conventions))
    assert (codes(plan), waited(plan)) == (([INSTALL], [code]) if code else ([INSTALL, ACTIVATE], []))
    assert differs(plan)["state"] == ("inactive" if code else "active")


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("wanted", ["inactive", "absent"])
def test_deactivating_waits_for_no_convention(name: str, wanted: str) -> None:
    plan = plan_of(in_space("active", wanted), space(conventions=CONVENTIONS[name][0]))
    assert (codes(plan), waited(plan)) == ([DEACTIVATE], [])


@pytest.mark.parametrize("state", ["active", "inactive"])
def test_removal_where_the_interface_knows_it(state: str) -> None:
    plan = plan_of(in_space(state, "absent", **NO_KEY), removable=True)
    assert (codes(plan), waited(plan)) == ([REMOVE], [])
    assert plan.after["declared"] == [
        {
            "provider": "acme",
            "fingerprint": A,
            "state": "not_installed",
            "listed": False,
            "since": None,
            "not_after": None,
            "last_exchange_at": None,
        }
    ]


def test_removal_keeps_what_the_file_here_says() -> None:
    plan = plan_of(in_space("inactive", "absent"), removable=True)
    assert plan.after["declared"][0]["not_after"] == plan.before["declared"][0]["not_after"] == "2027-03-02T10:00:00Z"


@pytest.mark.parametrize(
    ("found", "observed", "steps", "waiting"),
    [
        pytest.param(in_space("inactive", "inactive"), OPEN, [], [], id="inactive is not absent"),
        pytest.param(in_space("active", "inactive"), OPEN, [DEACTIVATE], [], id="inactive deactivates"),
        pytest.param(told("inactive", "absent", "known_inactive"), OPEN, [], [], id="not listed, inactive"),
        pytest.param(told("active", "absent", "authorised"), OPEN, [DEACTIVATE], [], id="not listed, active"),
        pytest.param(item(None, "missing", "absent"), OPEN, [], [], id="missing"),
        pytest.param(told("active", "absent", "authorised"), UNSEEN, [], ["certificate_deactivation"], id="unseen"),
    ],
)
def test_no_removal(found: ObservedCertificate, observed: Space, steps: list[Any], waiting: list[str]) -> None:
    plan = plan_of(found, observed, removable=True)
    assert (codes(plan), waited(plan)) == (steps, waiting)


@pytest.mark.parametrize("wanted", ["active", "present"])
@pytest.mark.parametrize("state", ["inactive", "not_installed"])
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_expired(wanted: str, state: str, seconds: int) -> None:
    found = in_space("inactive", wanted) if state == "inactive" else told(state, wanted, "unknown")
    plan = plan_of(replace(found, local=local(A, timedelta(seconds=seconds))))
    assert (waited(plan) == ["certificate_expired"]) is (seconds <= 0)
    if seconds <= 0:
        assert codes(plan) == []
        assert plan.waiting[0].facts == {"provider": "acme", "end": "2026-03-02"}


@pytest.mark.parametrize("wanted", ["inactive", "absent"])
def test_an_expired_certificate_can_still_be_deactivated(wanted: str) -> None:
    found = replace(in_space("active", wanted), local=local(A, timedelta(days=-1)))
    assert codes(plan_of(found)) == [DEACTIVATE]


@pytest.mark.parametrize("wanted", ["active", "present"])
def test_an_expired_active_certificate_is_waited_for(wanted: str) -> None:
    """Nothing passes with it any more: to say that all is well would be a lie (R11)."""
    plan = plan_of(replace(in_space("active", wanted), local=local(A, timedelta(days=-1))))
    assert (codes(plan), waited(plan)) == ([], ["certificate_expired"])


def test_the_end_is_read_in_the_space_where_the_file_is_elsewhere() -> None:
    found = in_space("active", "active")
    ended = replace(found, local=None, listed={**(found.listed or {}), "not_after": "2020-01-01T00:00:00Z"})
    assert waited(plan_of(ended)) == ["certificate_expired"]
    assert waited(plan_of(replace(ended, listed={**(found.listed or {}), "not_after": "soon"}))) == []


def test_to_be_activated_is_told_only_of_what_could_be_installed() -> None:
    """By who does not see the space: the SI FPS may refuse the installation."""
    to_come = plan_of(told("not_installed", "active", "unknown"), UNSEEN)
    assert [(reason.code, reason.after) for reason in to_come.waiting] == [("certificate_activation", INSTALL)]
    plan = plan_of(told("inactive", "active", "known_inactive"), UNSEEN)
    assert [(reason.code, reason.after) for reason in plan.waiting] == [("certificate_activation", None)]


def test_refusal_names_the_rule() -> None:
    found = told("refused", "active", "refused", rule="R7", message="SIRET différent")
    assert plan_of(found).waiting[0].facts == {"provider": "acme", "fingerprint": A, "reason": "SIRET différent", "rule": "R7"}


@pytest.mark.parametrize("wanted", ["active", "present"])
def test_missing_and_requested_waits_for_the_psce(wanted: str) -> None:
    found = item(None, "missing", wanted, pending={"requested_at": SINCE})
    waiting = plan_of(found, store=Store("/store", SIRET)).waiting[0]
    folder = f"/store/{SIRET}/certificates/acme"
    assert (waiting.code, waiting.since) == ("certificate_issue", SINCE)
    assert waiting.facts == {"provider": "acme", "csr": f"{folder}/pending/request.csr", "drop": f"{folder}/dropped"}


@pytest.mark.parametrize("wanted", ["inactive", "absent"])
def test_missing_and_not_wanted_waits_for_nobody(wanted: str) -> None:
    assert plan_of(item(None, "missing", wanted, pending={"requested_at": SINCE}), store=Store("/store", SIRET)).waiting == ()


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        pytest.param(
            in_space("active", "active", key=False),
            {"state": "active", "listed": True, "since": SINCE, "not_after": "2028-01-01T00:00:00Z", "last_exchange_at": None},
            id="listed",
        ),
        pytest.param(
            in_space("active", "active"),
            {"state": "active", "listed": True, "since": SINCE, "not_after": "2027-03-02T10:00:00Z", "last_exchange_at": None},
            id="listed, and the file is here",
        ),
        pytest.param(
            told("active", "active", "authorised", last_exchange_at=SINCE),
            {"state": "active", "listed": False, "since": None, "not_after": "2027-03-02T10:00:00Z", "last_exchange_at": SINCE},
            id="dialogue",
        ),
    ],
)
def test_view(found: ObservedCertificate, shown: dict[str, Any]) -> None:
    assert plan_of(found).before == {"declared": [{"provider": "acme", "fingerprint": A, **shown}], "others": []}
