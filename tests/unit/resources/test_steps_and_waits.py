# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What plans tell people: why each step, who is waited for with which facts; and that what was observed is what the declaration asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan, Step, WaitRequired
from ansible_collections.collectivites.antai.plugins.module_utils._resources.account import Account
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import certificate as module
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate import Certificates, Scope
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    ObservedCertificate,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.convention import Convention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.gate import convention_waiting
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.plan import DeclaredConvention, ObservedConvention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import Forbidden, RefusedByServer, TransportError
from tests.support.fake_operations import FakeOperations
from tests.support.observed import (
    DECLARED,
    EMAIL,
    NOW,
    SIGNED,
    SINCE,
    SIRET,
    account,
    codes,
    convention,
    dialogue,
    item,
    listed,
    local,
    request,
    space,
    waited,
)

A, C = "a" * 64, "c" * 64
STORE = Store("/store", SIRET)
OPEN = space(conventions=(convention("in_force"),))
FORBIDDEN = Forbidden("non", status=403)


def certificates(
    *items: ObservedCertificate, seen: Space = OPEN, exclusive: bool = False, store: Store | None = None, removable: bool = False
) -> Plan:
    resource = Certificates(SIRET, [each.declared for each in items], scope=Scope(exclusive), agent_email=EMAIL)
    return resource.plan(ObservedCertificates(seen, items, (listed(C, "active", "old"),), store, removable, False, agent_email=EMAIL), NOW)


def in_space(state: str, wanted: str, **changes: Any) -> ObservedCertificate:
    return item(A, state, wanted, listed=listed(A, state), **changes)


NEW = item(A, "not_installed", key=True, dialogue=dialogue(A, "unknown"))


@pytest.mark.parametrize(
    ("found", "removable", "steps"),
    [
        (in_space("inactive", "active"), False, [Step("activate_certificate", "declared active, and the convention is in force", A, A)]),
        (
            NEW,
            False,
            [
                Step("install_certificate", "the SI FPS does not know it", A, A),
                Step("activate_certificate", "declared active, and the convention is in force", A, A),
            ],
        ),
        (in_space("active", "inactive"), False, [Step("deactivate_certificate", "declared inactive", A)]),
        (in_space("active", "absent"), False, [Step("deactivate_certificate", "declared absent", A)]),
        (in_space("active", "absent"), True, [Step("remove_certificate", "declared absent", A)]),
    ],
    ids=["activate", "install", "deactivate", "absent", "remove"],
)
def test_why_a_certificate_is_changed(found: ObservedCertificate, removable: bool, steps: list[Step]) -> None:
    assert list(certificates(found, removable=removable).steps) == steps


def test_why_the_account_is_closed() -> None:
    assert Account(SIRET, DECLARED, present=False).plan(space(), NOW).steps == (Step("close_account", "declared absent"),)


def test_what_is_removed_is_shown_gone() -> None:
    found = replace(in_space("active", "absent"), dialogue=dialogue(A, "authorised", last_exchange_at=SINCE))
    (after,) = certificates(found, removable=True).after["declared"]
    assert (after["state"], after["listed"], after["since"], after["last_exchange_at"]) == ("not_installed", False, None, None)


# The agent's address is named where the mandate or the credentials are waited for
ACCEPTED = space("accepted", "no_mandate")
FACTS = {"agent_email": EMAIL, "reason": None, "login": ""}


@pytest.mark.parametrize(
    "made",
    [
        lambda: Account(SIRET, DECLARED).plan(ACCEPTED, NOW),
        lambda: Account(SIRET, DECLARED, present=False).plan(ACCEPTED, NOW),
        lambda: Convention(DeclaredConvention(SIRET, "complet", agent_email=EMAIL)).plan(
            ObservedConvention(ACCEPTED, SIGNED, STORE, None, None, None), NOW
        ),
        lambda: certificates(item(A, "unknown"), seen=ACCEPTED),
        lambda: certificates(seen=ACCEPTED, exclusive=True),
    ],
    ids=["account", "account, absent", "convention", "certificate", "exclusive"],
)
def test_the_agent_is_named(made: Callable[[], Plan]) -> None:
    plan = made()
    assert [(each.code, each.since, each.facts) for each in plan.waiting] == [("mandate", SINCE, FACTS)]
    assert plan.before == plan.after


@pytest.mark.parametrize(
    "made",
    [
        lambda: Convention(DeclaredConvention(SIRET, "complet", agent_email=EMAIL)).plan(
            ObservedConvention(space("under_control"), SIGNED, STORE, "blank", None, None), NOW
        ),
        lambda: certificates(item(A, "not_installed", key=True), seen=space("under_control")),
        lambda: certificates(in_space("inactive", "active"), seen=space("under_control")),
    ],
    ids=["convention", "to install", "to activate"],
)
def test_the_account_comes_first_and_its_agent_is_known(made: Callable[[], Plan]) -> None:
    assert [(each.code, each.facts) for each in made().waiting] == [("account_control", FACTS)]


@pytest.mark.parametrize(
    ("seen", "waiting"),
    [
        (space("accepted", "no_credentials"), ["credentials"]),
        (space("active", "no_mandate"), ["mandate"]),
        (space("unknown", "no_credentials"), ["access"]),
    ],
    ids=["no credentials", "active, no mandate", "unknown"],
)
def test_exclusive_over_what_cannot_be_seen_waits_for_access(seen: Space, waiting: list[str]) -> None:
    plan = certificates(seen=seen, exclusive=True)
    assert (codes(plan), waited(plan)) == ([], waiting)
    assert waited(certificates(seen=seen)) == [], "what is not exclusive needs to see nothing"
    missing = item(None, "missing")
    assert waited(certificates(missing, seen=seen, exclusive=True)) == [*waiting, "certificate_order"]


def test_exclusive_where_all_is_seen_waits_for_nobody() -> None:
    assert waited(certificates(in_space("active", "active"), exclusive=True)) == []


@pytest.mark.parametrize("wanted", ["active", "present"])
def test_the_certificate_that_waits_is_named(wanted: str) -> None:
    (waiting,) = certificates(item(A, "not_installed", wanted)).waiting
    assert (waiting.code, waiting.since, waiting.facts) == ("certificate_installation", None, {"provider": "acme", "fingerprint": A})


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (item(A, "inactive", key=True, dialogue=dialogue(A, "known_inactive")), "certificate_activation"),
        (item(A, "active", "inactive", key=True, dialogue=dialogue(A, "authorised")), "certificate_deactivation"),
    ],
)
def test_who_has_access_is_told_which_certificate(found: ObservedCertificate, code: str) -> None:
    (waiting,) = certificates(found, seen=ACCEPTED).waiting
    assert (waiting.code, waiting.since, waiting.facts) == (code, None, {"provider": "acme", "fingerprint": A})


@pytest.mark.parametrize("state", ["inactive", "not_installed", "active"])
def test_a_compromised_one_is_left_as_it_is_and_named(state: str) -> None:
    found = item(A, state, key=True, compromised=True, listed=listed(A, state) if state != "not_installed" else None)
    plan = certificates(found)
    assert (plan.steps, plan.before) == ((), plan.after)
    (waiting,) = plan.waiting
    assert (waiting.code, waiting.since, waiting.facts) == ("certificate_compromised", None, {"provider": "acme", "fingerprint": A})
    off = certificates(item(A, state, "inactive", key=True, compromised=True, listed=found.listed))
    assert waited(off) == []


EXPIRED = {"local": local(A, timedelta(0)), "client": ClientCertificate("/c.pem", "/k.pem")}
REFUSED = item(A, "refused", key=True, dialogue=dialogue(A, "refused", rule="R7"))


@pytest.mark.parametrize(
    "found",
    [
        item(A, "not_installed", **EXPIRED),
        item(A, "active", listed=listed(A, "active", not_after="2026-03-02T10:00:00Z")),
        REFUSED,
        item(A, "not_installed"),
        item(None, "missing"),
        item(A, "inactive", key=True, dialogue=dialogue(A, "known_inactive")),
        item(A, "active", "inactive", key=True, dialogue=dialogue(A, "authorised")),
    ],
    ids=["expired", "expired in the space", "refused", "to install elsewhere", "missing", "not listed", "off, unseen"],
)
def test_what_waits_is_shown_as_it_is(found: ObservedCertificate) -> None:
    plan = certificates(found, seen=ACCEPTED if found.declared.state == "inactive" else OPEN)
    assert plan.waiting
    assert plan.before == plan.after
    assert plan.before["declared"][0]["provider"] == "acme"


def test_a_switch_s_provider_is_left_to_the_switch() -> None:
    found = item(A, "inactive", key=True, listed=listed(A))
    resource = Certificates(SIRET, [found.declared], scope=Scope(switched=frozenset({"acme"})))
    plan = resource.plan(ObservedCertificates(OPEN, (found,), (), None, False, False), NOW)
    assert (plan.steps, plan.waiting, plan.before) == ((), (), plan.after)
    assert plan.before["declared"][0]["fingerprint"] == A


@pytest.mark.parametrize("wanted", ["present", "active"])
def test_a_missing_one_has_no_end(wanted: str) -> None:
    assert waited(certificates(item(None, "missing", wanted, listed=listed(A, not_after="2020-01-01T00:00:00Z")))) == ["certificate_order"]


def test_the_agent_is_named_where_the_space_is_not_seen() -> None:
    found = item(A, "not_installed", key=True)
    for exclusive in (False, True):
        waiting = certificates(found, seen=ACCEPTED, exclusive=exclusive).waiting[0]
        assert (waiting.code, waiting.facts["agent_email"]) == ("mandate", EMAIL)


def test_an_install_is_no_longer_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the SI FPS may know it."""
    found = held(monkeypatch)
    operations = FakeOperations({})
    context = Context(operations, picked_up={A, C}, opened={SIRET})  # type: ignore[arg-type]
    seen = ObservedCertificates(OPEN, (found,), (), None, False, False)
    Certificates(SIRET, [found.declared]).apply(context, seen, Step("install_certificate", "why", A), NOW)
    assert (context.picked_up, context.opened) == ({C}, set())


def test_an_ended_convention_is_followed_in_its_own_place() -> None:
    over = space(conventions=(convention("ended"),))
    (waiting,) = certificates(in_space("inactive", "active"), seen=over, store=STORE).waiting
    assert waiting.facts["path"] == str(STORE.signed_convention("complet", following=True))


def test_the_convention_that_an_activation_waits_for_is_awaited_in_the_store() -> None:
    refused = space(conventions=(convention("refused"),))
    (waiting,) = certificates(in_space("inactive", "active"), seen=refused, store=STORE).waiting
    assert waiting.facts["path"] == str(STORE.signed_convention("complet"))


def test_no_order_is_told_from_an_order_without_a_store() -> None:
    for pending, store in ((None, STORE), ({"requested_at": SINCE}, None)):
        (waiting,) = certificates(item(None, "missing", pending=pending), store=store).waiting
        assert (waiting.code, waiting.since, waiting.facts) == ("certificate_order", None, {"provider": "acme"})


# The convention


def planned(*conventions: dict[str, Any], cycle: str = "complet") -> Plan:
    found = space(conventions=conventions)
    return Convention(DeclaredConvention(SIRET, cycle)).plan(ObservedConvention(found, None, None, None, None, None), NOW)


def test_since_when_antai_has_the_convention() -> None:
    assert [(each.code, each.since) for each in planned(convention("submitted")).waiting] == [("convention_countersignature", SINCE)]


def test_only_the_cycle_partiel_is_excluded() -> None:
    """R5: the complet may follow a partiel, never the reverse."""
    assert waited(planned(convention("in_force", "partiel"))) == ["convention_signature"]
    assert waited(planned(convention("in_force"), cycle="partiel")) == ["convention_exclusive"]


@pytest.mark.parametrize(
    ("states", "counts"),
    [
        (("upcoming", "refused"), "upcoming"),
        (("upcoming", "in_force"), "in_force"),
        (("in_force", "upcoming"), "in_force"),
        (("ended", "refused"), "refused"),
    ],
)
def test_the_convention_that_counts(states: tuple[str, ...], counts: str) -> None:
    assert planned(*(convention(each) for each in states)).before["state"] == counts


@pytest.mark.parametrize(
    ("states", "code", "about"),
    [
        ((), "convention_signature", {"cycle": "complet/partiel", "path": "antai_convention"}),
        (("submitted", "refused"), "convention_countersignature", {"cycle": "complet"}),
        (("submitted", "ended"), "convention_lapsed", {"cycle": "complet", "end": "2028-12-31"}),
        (
            ("ended", "refused"),
            "convention_refused",
            {"cycle": "complet", "path": "antai_convention_document", "reason": "page 3 manque"},
        ),
    ],
)
def test_what_an_activation_waits_for(states: tuple[str, ...], code: str, about: dict[str, Any]) -> None:
    waiting = convention_waiting(space(conventions=tuple(convention(each) for each in states)), None)
    assert waiting is not None
    assert (waiting.code, waiting.facts) == (code, about)


# Observing


def test_a_convention_is_observed_where_it_is_declared(tmp_path: Path) -> None:
    operations = FakeOperations({"account_get": FORBIDDEN, "account_request_get": request("accepted")})
    store = Store(str(tmp_path), SIRET)
    observed = Convention(DeclaredConvention(SIRET, "complet", agent_email=EMAIL)).observe(Context(operations, store))  # type: ignore[arg-type]
    assert observed.space == space("accepted", "no_mandate")
    assert observed.store is store
    assert operations.calls == [("account_get", SIRET), ("account_request_get", SIRET, EMAIL)]


def test_certificates_are_observed_where_they_are_declared(tmp_path: Path) -> None:
    operations = FakeOperations({"account_get": FORBIDDEN, "account_request_get": request("accepted")}, removable=True)
    operations.credentials = Credentials(editor_id="e-1")
    store = Store(str(tmp_path), SIRET)
    observed = Certificates(SIRET, [DeclaredCertificate("acme", "active", A)], agent_email=EMAIL).observe(Context(operations, store))  # type: ignore[arg-type]
    assert observed.space == space("accepted", "no_mandate")
    assert (observed.store, observed.removable, observed.by_editor) == (store, True, True)
    assert operations.calls == [("account_get", SIRET), ("account_request_get", SIRET, EMAIL)]
    assert [(each.state, each.fingerprint) for each in observed.certificates] == [("unknown", A)]


def held(monkeypatch: pytest.MonkeyPatch) -> ObservedCertificate:
    found = ObservedCertificate(
        DeclaredCertificate("acme", "active"), "missing", A, local=local(A), client=ClientCertificate("/c.pem", "/k.pem")
    )
    monkeypatch.setattr(module, "read_certificate", lambda declared, siret, store, _foreseen: found)
    return found


def test_the_si_fps_is_asked_with_the_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    found = held(monkeypatch)
    answer = dialogue(A, "refused", rule="R7", message="SIRET")
    operations = FakeOperations({"account_get": account(), "convention_list": [], "certificate_list": [], "exchange_query": answer})
    observed = Certificates(SIRET, [found.declared]).observe(Context(operations))  # type: ignore[arg-type]
    assert operations.calls[-1] == ("exchange_query", SIRET, found.client)
    assert observed.certificates == (replace(found, state="refused", dialogue=answer),)


def test_a_dialogue_that_breaks_is_an_error_where_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    found = held(monkeypatch)
    operations = FakeOperations(
        {"account_get": account(), "convention_list": [], "certificate_list": [], "exchange_query": TransportError("coupé")}
    )
    with pytest.raises(TransportError):
        Certificates(SIRET, [found.declared]).observe(Context(operations))  # type: ignore[arg-type]


def test_a_conflict_is_told_whole() -> None:
    operations = FakeOperations({"certificate_change": RefusedByServer("non", status=409, rule="R2")})
    observed = ObservedCertificates(OPEN, (in_space("inactive", "active"),), (), None, False, False)
    with pytest.raises(WaitRequired) as caught:
        Certificates(SIRET, []).apply(Context(operations), observed, Step("activate_certificate", "why", A), NOW)  # type: ignore[arg-type]
    assert caught.value.waiting.facts == {"fingerprint": A, "provider": "", "reason": "non", "rule": "R2"}
    assert caught.value.waiting.since is None


def test_an_account_is_present_and_stays_closed_unless_told_otherwise() -> None:
    assert codes(Account(SIRET, DECLARED).plan(space("absent"), NOW)) == [("request_account", "")]
    assert codes(Account(SIRET, DECLARED).plan(space("closed"), NOW)) == []


def test_the_agent_s_name_is_told_by_its_field() -> None:
    refused = space("refused", "no_credentials", account=request("refused", agent_name="Autre"))
    (step,) = Account(SIRET, DECLARED).plan(refused, NOW).steps
    assert step.reason == "refused, and the declaration has changed since: agent_name"
