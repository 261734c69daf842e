# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every decision of a switch of provider, as tables: what is seen of both, and what follows from it. No network."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.https import ClientCertificate, Fetcher
from ansible_collections.collectivites.antai.plugins.module_utils.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils.plan import Plan, Waits
from ansible_collections.collectivites.antai.plugins.module_utils.resources.base import World
from ansible_collections.collectivites.antai.plugins.module_utils.resources.certificate import Declared, Item, Observed
from ansible_collections.collectivites.antai.plugins.module_utils.resources.provider_switch import ProviderSwitch, Switch
from tests.support.fake_operations import FakeOperations
from tests.support.judged import CRL_URL, OCSP_URL, Psce, judging, leaf, scene
from tests.support.observed import NOW, SINCE, SIRET, convention, dialogue, listed, local, space, waited

OLD, NEW = "ancien", "nouveau"
A, B = "a" * 64, "b" * 64
BEFORE, AFTER = "2026-02-01T08:00:00Z", "2026-02-28T08:00:00Z"  # the activation
ANSWERS = {"active": "authorised", "inactive": "known_inactive", "not_installed": "unknown"}
PAST, FUTURE = NOW - timedelta(days=1), NOW + timedelta(days=1)
OPEN = space(conventions=(convention("in_force"),))
NO_CONVENTION = space()
CLOSED = space(access="no_credentials", state="unknown")
CLIENT = ClientCertificate("/c.pem", "/k.pem")
INSTALL, ACTIVATE, FORBID = "install_certificate", "activate_certificate", "deactivate_certificate"


def here(provider: str, state: str, says: str = "", *, last: str | None = None, rule: str | None = None) -> Item:
    """Its key is here. says: the SI FPS, where it differs from the space."""
    fingerprint = A if provider == OLD else B
    shown = listed(fingerprint, state, provider, last_exchange_at=last) if state in ("active", "inactive") else None
    answer = dialogue(fingerprint, says or ANSWERS[state], rule=rule, message="non")
    return Item(Declared(provider, "active"), state, fingerprint, local=local(fingerprint), client=CLIENT, listed=shown, dialogue=answer)


def there(provider: str, state: str, *, last: str | None = None, **changes: Any) -> Item:
    """Only the space shows it."""
    fingerprint = A if provider == OLD else B
    shown = listed(fingerprint, state, provider, last_exchange_at=last)
    return replace(Item(Declared(provider, "active", fingerprint), state, fingerprint, listed=shown), **changes)


def missing(provider: str) -> Item:
    return Item(Declared(provider, "active"), "missing")


def observed(*items: Item, seen: Any = OPEN) -> Observed:
    return Observed(seen, items, (), None, removable=False, by_editor=False)


def plan_of(*items: Item, date: Any = PAST, rollback: bool = False, seen: Any = OPEN) -> Plan:
    return ProviderSwitch(SIRET, [], Switch(OLD, NEW, date, rollback)).plan(observed(*items, seen=seen), NOW)


OLD_ACTIVE, NEW_ACTIVE = here(OLD, "active"), here(NEW, "active")
REFUSED = here(NEW, "active", "refused", rule="R9")


@pytest.mark.parametrize(
    ("items", "given", "state", "steps", "waiting"),
    [
        # The key of the one that comes is here
        pytest.param((OLD_ACTIVE, here(NEW, "not_installed")), {}, "preparing", [INSTALL, ACTIVATE, FORBID], [], id="all at once"),
        pytest.param(
            (OLD_ACTIVE, here(NEW, "not_installed")),
            {"date": FUTURE},
            "preparing",
            [INSTALL, ACTIVATE],
            ["switch_date"],
            id="before the date",
        ),
        pytest.param((OLD_ACTIVE, here(NEW, "inactive")), {}, "preparing", [ACTIVATE, FORBID], [], id="installed"),
        pytest.param((OLD_ACTIVE, NEW_ACTIVE), {"date": FUTURE}, "proved", [], ["switch_date"], id="proved, before the date"),
        pytest.param((OLD_ACTIVE, NEW_ACTIVE), {"date": NOW}, "proved", [FORBID], [], id="proved, at the date"),
        pytest.param((here(OLD, "inactive"), NEW_ACTIVE), {}, "done", [], [], id="done"),
        pytest.param((NEW_ACTIVE,), {}, "done", [], [], id="the one that leaves is nowhere"),
        pytest.param((OLD_ACTIVE, REFUSED), {}, "beside", [], ["dialogue_refused"], id="active, and refused"),
        pytest.param(
            (OLD_ACTIVE, here(NEW, "active", "known_inactive")), {}, "beside", [], ["certificate_proof"], id="active, and not heard of yet"
        ),
        pytest.param(
            (OLD_ACTIVE, here(NEW, "inactive")), {"seen": NO_CONVENTION}, "preparing", [], ["convention_signature"], id="no convention"
        ),
        # Its key is elsewhere
        pytest.param((OLD_ACTIVE, missing(NEW)), {}, "preparing", [], ["switch_missing"], id="not there"),
        pytest.param((OLD_ACTIVE, there(NEW, "inactive")), {}, "preparing", [ACTIVATE], ["switch_proof"], id="there"),
        pytest.param((OLD_ACTIVE, there(NEW, "active")), {}, "beside", [], ["switch_proof"], id="no exchange"),
        pytest.param((OLD_ACTIVE, there(NEW, "active", last=BEFORE)), {}, "beside", [], ["switch_proof"], id="an exchange of before"),
        pytest.param((OLD_ACTIVE, there(NEW, "active", last=AFTER)), {}, "proved", [FORBID], [], id="an exchange since"),
        pytest.param(
            (OLD_ACTIVE, there(NEW, "active", last=AFTER)),
            {"date": FUTURE},
            "proved",
            [],
            ["switch_date"],
            id="an exchange, before the date",
        ),
        # The way back waits for the traffic, and for no date
        pytest.param((here(OLD, "inactive"), NEW_ACTIVE), {"rollback": True}, "preparing", [ACTIVATE, FORBID], [], id="back"),
        pytest.param(
            (here(OLD, "active", last=BEFORE), here(NEW, "active", last=AFTER)),
            {"rollback": True},
            "proved",
            [],
            ["switch_traffic"],
            id="back, the traffic is not",
        ),
        pytest.param(
            (here(OLD, "active", last=AFTER), here(NEW, "active", last=BEFORE)),
            {"rollback": True, "date": FUTURE},
            "proved",
            [FORBID],
            [],
            id="back, and the traffic too",
        ),
        pytest.param((OLD_ACTIVE, here(NEW, "inactive")), {"rollback": True}, "done", [], [], id="back, done"),
        # Who may not see the space
        pytest.param(
            (there(OLD, "unknown", listed=None), replace(NEW_ACTIVE, listed=None)),
            {"seen": CLOSED},
            "done",
            [],
            ["access"],
            id="what is active there cannot be seen",
        ),
    ],
)
def test_decisions(items: tuple[Item, ...], given: dict[str, Any], state: str, steps: list[str], waiting: list[str]) -> None:
    plan = plan_of(*items, **given)
    assert (plan.before["state"], [step.code for step in plan.steps], waited(plan)) == (state, steps, waiting)
    assert plan.before.keys() == plan.after.keys()
    if FORBID in steps:
        assert (plan.steps[-1].code, plan.steps[-1].after_all, plan.after["state"]) == (FORBID, True, "done")


def test_where_one_of_several_leaving_certificates_is_active_all_that_are_get_forbidden() -> None:
    second = replace(there(OLD, "active"), fingerprint="c" * 64, listed=listed("c" * 64, "active", OLD))
    plan = plan_of(OLD_ACTIVE, second, NEW_ACTIVE)
    assert [step.key for step in plan.steps] == [(FORBID, A), (FORBID, "c" * 64)]


def test_without_a_declared_one_the_active_ones_count_and_else_the_newest() -> None:
    first, second = (
        replace(there(NEW, "inactive"), fingerprint=each * 64, listed=listed(each * 64, "inactive", NEW, not_before=f"2026-0{count}-01"))
        for count, each in enumerate("de", 1)
    )
    assert [step.key for step in plan_of(OLD_ACTIVE, second, first).steps] == [(ACTIVATE, "e" * 64)]
    active = replace(first, state="active", listed=(first.listed or {}) | {"state": "active", "last_exchange_at": AFTER})
    assert [step.key for step in plan_of(OLD_ACTIVE, second, active).steps] == [(FORBID, A)]


# At the moment itself


@pytest.mark.parametrize(
    ("items", "says", "wanted"),
    [
        pytest.param((OLD_ACTIVE, NEW_ACTIVE), "authorised", None, id="authorised"),
        pytest.param((OLD_ACTIVE, NEW_ACTIVE), "refused", "dialogue_refused", id="refused meanwhile"),
        pytest.param((OLD_ACTIVE, NEW_ACTIVE), "known_inactive", "certificate_proof", id="deactivated meanwhile"),
        pytest.param((OLD_ACTIVE, there(NEW, "active", last=AFTER)), "unknown", None, id="the space's word, where the key is elsewhere"),
        pytest.param((OLD_ACTIVE, there(NEW, "active")), "authorised", "switch_proof", id="and it has none"),
    ],
)
def test_nobody_is_forbidden_before_the_other_one_passes(items: tuple[Item, ...], says: str, wanted: str | None) -> None:
    operations = FakeOperations({"exchange_query": dialogue(B, says, message="non"), "certificate_change": True})
    resource = ProviderSwitch(SIRET, [], Switch(OLD, NEW, PAST))
    step = plan_of(OLD_ACTIVE, NEW_ACTIVE).steps[0]
    world = World(cast(Operations, operations))
    if wanted is None:
        resource.apply(world, observed(*items), step, NOW)
        assert operations.written == [("certificate_change", "certificate_deactivate", SIRET, A)]
        return
    with pytest.raises(Waits) as raised:
        resource.apply(world, observed(*items), step, NOW)
    assert (raised.value.waiting.code, operations.written) == (wanted, [])


# Judged before it is installed or activated


GOOD = scene()


def new_one(state: str) -> Item:
    found = leaf(GOOD)
    shown = listed(found.fingerprint, state, NEW, since=SINCE) if state != "not_installed" else None
    answer = dialogue(found.fingerprint, ANSWERS[state])
    return Item(Declared(NEW, "active"), state, found.fingerprint, local=found, client=CLIENT, listed=shown, dialogue=answer)


@pytest.mark.parametrize(
    ("state", "revoked", "steps", "waiting", "asked"),
    [
        ("not_installed", False, [INSTALL, ACTIVATE, FORBID], [], [OCSP_URL, CRL_URL]),
        ("not_installed", True, [], ["certificate_not_rgs"], [OCSP_URL, CRL_URL]),
        ("inactive", True, [], ["certificate_not_rgs"], [OCSP_URL, CRL_URL]),
        ("active", False, [FORBID], [], [CRL_URL]),
        ("active", True, [], ["certificate_no_longer_rgs"], [CRL_URL]),
    ],
)
def test_one_that_breaks_a_rule_takes_nobody_s_place(
    state: str, revoked: bool, steps: list[str], waiting: list[str], asked: list[str]
) -> None:
    psce = Psce(GOOD, revoked=revoked)
    resource = ProviderSwitch(SIRET, [], Switch(OLD, NEW, PAST), judging=judging(GOOD))
    world = World(cast(Operations, FakeOperations()), None, cast(Fetcher, psce))
    seen = observed(OLD_ACTIVE, new_one(state))
    seen = replace(seen, items=tuple(resource._to_judge(item, seen, world) for item in seen.items))
    assert psce.asked == asked, "nobody judges the one that leaves"
    plan = resource.plan(seen, NOW)
    assert ([step.code for step in plan.steps], waited(plan)) == (steps, waiting)
    assert [each["outcome"] for each in plan.facts["verdicts"]] == ["fail" if revoked else "pass"]


def test_without_a_trust_store_nothing_is_judged() -> None:
    assert plan_of(OLD_ACTIVE, NEW_ACTIVE).facts == {"verdicts": None}
