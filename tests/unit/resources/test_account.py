# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an account as a table: desired x observed -> steps, who is waited for, what will differ."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._resources.account import Account
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.observed import ADDRESS, DECLARED, EMAIL, NOW, SINCE, SIRET, account, changes, codes, listed, request, space, waited

REQUEST, UPDATE, CLOSE = [("request_account", "")], [("update_account", "")], [("close_account", "")]
SENT = {"state": "under_control", "since": None, "reason": None}

# id: (observed, steps, waiting, what differs after)
PRESENT: dict[str, tuple[Space, list[tuple[str, str]], list[str], dict[str, Any]]] = {
    "absent, open": (space("absent"), REQUEST, ["account_control"], {**ADDRESS, "state": "under_control"}),
    "absent, no credentials": (
        space("absent", "no_credentials"),
        REQUEST,
        ["account_control"],
        {**ADDRESS, "state": "under_control"},
    ),
    "absent, no mandate": (space("absent", "no_mandate"), REQUEST, ["account_control"], {**ADDRESS, "state": "under_control"}),
    "under control, open": (space("under_control"), [], ["account_control"], {}),
    "under control, no credentials": (space("under_control", "no_credentials"), [], ["account_control"], {}),
    "under control, no mandate": (space("under_control", "no_mandate"), [], ["account_control"], {}),
    "under control, declaration differs": (
        space("under_control", account=account("under_control", city="Paris")),
        [],
        ["account_control"],
        {},
    ),
    "refused as declared, open": (space("refused"), [], ["account_refused"], {}),
    "refused as declared, no credentials": (space("refused", "no_credentials"), [], ["account_refused"], {}),
    "refused as declared, no mandate": (space("refused", "no_mandate"), [], ["account_refused"], {}),
    "refused, declaration corrected": (
        space("refused", "no_credentials", account=request("refused", street="1 plase", reason="adresse")),
        REQUEST,
        ["account_control"],
        {"street": DECLARED["street"], "state": "under_control", "since": None, "reason": None},
    ),
    "refused, the agent's name corrected": (
        space("refused", "no_credentials", account=request("refused", agent_name="Agen Essai", reason="agent")),
        REQUEST,
        ["account_control"],
        SENT,
    ),
    "refused, open, declaration corrected": (
        space("refused", account=account("refused", name="Lion", reason="nom")),
        REQUEST,
        ["account_control"],
        {"name": "Lyon", "state": "under_control", "since": None, "reason": None},
    ),
    "accepted, no credentials": (space("accepted", "no_credentials"), [], ["credentials"], {}),
    "accepted, no mandate": (space("accepted", "no_mandate"), [], ["mandate"], {}),
    "active as declared": (space("active"), [], [], {}),
    **{
        f"active, {field} differs": (space("active", account=account(**{field: "autre"})), UPDATE, [], {field: DECLARED[field]})
        for field in ADDRESS
    },
    "active, a field is not shown": (space("active", account=account(city=None)), UPDATE, [], {"city": "Lyon"}),
    "active, two fields differ": (
        space("active", account=account(city="X", name="Y")),
        UPDATE,
        [],
        {"name": "Lyon", "city": "Lyon"},
    ),
    "closed stays closed": (space("closed"), [], ["account_closed"], {}),
    "unknown, no credentials": (space("unknown", "no_credentials"), [], ["access"], {}),
    "unknown, no mandate": (space("unknown", "no_mandate"), [], ["mandate"], {}),
}

# id: (observed, steps, waiting, what differs after)
ABSENT: dict[str, tuple[Space, list[tuple[str, str]], list[str], dict[str, Any]]] = {
    "absent": (space("absent"), [], [], {}),
    "closed": (space("closed"), [], [], {}),
    "refused": (space("refused", "no_credentials"), [], [], {}),
    "under control": (space("under_control", "no_credentials"), [], ["account_control"], {}),
    "accepted, no credentials": (space("accepted", "no_credentials"), [], ["credentials"], {}),
    "accepted, no mandate": (space("accepted", "no_mandate"), [], ["mandate"], {}),
    "unknown": (space("unknown", "no_mandate"), [], ["mandate"], {}),
    "active": (space("active"), CLOSE, [], {"state": "closed", "since": None}),
    "active, certificate inactive": (space(certificates=(listed("a" * 64),)), CLOSE, [], {"state": "closed", "since": None}),
    "active, certificate active": (space(certificates=(listed("a" * 64, "active"),)), [], ["certificates_still_active"], {}),
}


def plan_of(observed: Space, *, present: bool = True, reopen: bool = False, **declared: Any) -> Any:
    return Account(SIRET, {**DECLARED, **declared}, present=present, reopen=reopen).plan(observed, NOW)


@pytest.mark.parametrize("name", PRESENT)
def test_present(name: str) -> None:
    observed, steps, waiting, differs = PRESENT[name]
    plan = plan_of(observed)
    assert (codes(plan), waited(plan), changes(plan)) == (steps, waiting, differs)
    assert plan.server_assigned == (("since",) if steps == REQUEST else ())
    assert plan.before["state"] == observed.state
    assert plan.before["access"] == observed.access
    assert plan.warnings == ()


@pytest.mark.parametrize("name", ABSENT)
def test_absent(name: str) -> None:
    observed, steps, waiting, differs = ABSENT[name]
    plan = plan_of(observed, present=False)
    assert (codes(plan), waited(plan), changes(plan)) == (steps, waiting, differs)
    assert plan.server_assigned == (("since",) if steps else ())


@pytest.mark.parametrize("field", list(DECLARED))
@pytest.mark.parametrize("value", [None, ""])
def test_request_needs_every_field(field: str, value: str | None) -> None:
    with pytest.raises(InvalidInput, match=f"^{field}: the request for the space needs {field}$") as caught:
        plan_of(space("absent"), **{field: value})
    assert caught.value.details["missing"] == [field]


def test_request_names_all_that_is_missing() -> None:
    with pytest.raises(InvalidInput) as caught:
        plan_of(space("absent"), city=None, agent_name=None)
    assert caught.value.details == {"field": "city", "missing": ["city", "agent_name"]}


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_not_declared_is_not_compared(value: str | None) -> None:
    """An empty column of a CSV declares nothing."""
    plan = plan_of(space(account=account(city="ailleurs", street="là")), city=value, street=value)
    assert (codes(plan), changes(plan)) == ([], {})


@pytest.mark.parametrize(
    ("observed", "reason"),
    [
        (space("absent"), "there is no account"),
        (space("closed"), "the account is closed"),
        (
            space("refused", account=account("refused", city="Lion", name="x")),
            "refused, and the declaration has changed since: name, city",
        ),
        (space("active", account=account(name="x", city="Lion")), "differs from the declaration: name, city"),
    ],
    ids=["absent", "closed", "refused", "active"],
)
def test_reasons(observed: Space, reason: str) -> None:
    assert [step.reason for step in plan_of(observed, reopen=True).steps] == [reason]


def test_closed_is_asked_for_anew_only_where_that_is_declared() -> None:
    plan = plan_of(space("closed"), reopen=True)
    assert (codes(plan), waited(plan), changes(plan)) == (REQUEST, ["account_control"], {"state": "under_control", "since": None})
    for state in ("under_control", "active"):
        assert codes(plan_of(space(state), reopen=True)) == []


def test_view() -> None:
    assert plan_of(space("refused")).before == {
        "siret": SIRET,
        "state": "refused",
        "access": "open",
        **ADDRESS,
        "since": SINCE,
        "reason": "SIRET illisible",
    }


def test_waiting_tells_since_and_reason() -> None:
    refused, accepted = plan_of(space("refused")).waiting[0], plan_of(space("accepted", "no_credentials")).waiting[0]
    assert (refused.since, refused.facts["reason"]) == (SINCE, "SIRET illisible")
    assert (accepted.since, accepted.facts["agent_email"]) == (SINCE, EMAIL)


@pytest.mark.parametrize("access", ["no_mandate", "no_credentials"])
def test_who_is_named_where_the_account_is_to_be_closed(access: str) -> None:
    (waiting,) = Account(SIRET, DECLARED, present=False).plan(space("accepted", access), NOW).waiting
    assert waiting.facts["agent_email"] == DECLARED["agent_email"]


def test_all_that_is_to_be_changed_by_hand_is_named() -> None:
    seen = space(account=account(name="Lion", city="Ailleurs"), lacks=frozenset({"account_update"}))
    (waiting,) = Account(SIRET, DECLARED).plan(seen, NOW).waiting
    assert waiting.facts == {"fields": "name, city"}
