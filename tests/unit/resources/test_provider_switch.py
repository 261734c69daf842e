# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switch from one provider to another as tables: what each side is like, the date, the way back; what is observed, and proved at the moment itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._options.switch import DeclaredSwitch
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan, Step, WaitRequired
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import certificate as module
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    ObservedCertificate,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.provider_switch import ProviderSwitch
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.fake_operations import FakeOperations
from tests.support.observed import EMAIL, NOW, SINCE, SIRET, account, convention, dialogue, item, listed, local, space, waited

A, B, C = "a" * 64, "b" * 64, "c" * 64
OPEN = space(conventions=(convention("in_force"),))
PAST, TODAY, TO_COME = (NOW + timedelta(days=days) for days in (-1, 0, 1))
EARLIER, LATER = "2026-02-20T07:59:59Z", "2026-02-21T08:00:00Z"  # than SINCE
DATE = "2026-03-01T10:00:00Z"
INSTALL, ACTIVATE, FORBID = ("install_certificate", B), ("activate_certificate", B), ("deactivate_certificate", A)
RESTORE, FORBID_NEW = ("activate_certificate", A), ("deactivate_certificate", B)


def there(
    fingerprint: str, state: str, provider: str, *, key: bool = False, says: str | None = None, compromised: bool = False, **shown: Any
) -> ObservedCertificate:
    """Listed in the space; says: what the SI FPS answers."""
    found = {"listed": listed(fingerprint, state, provider, **shown)}
    answer = {"dialogue": dialogue(fingerprint, says, rule="R9", message="non")} if says else {}
    return item(fingerprint, state, provider=provider, key=key, compromised=compromised, **found, **answer)


def old(state: str = "active", **changes: Any) -> ObservedCertificate:
    return there(A, state, "old", **changes)


def new(state: str = "active", **changes: Any) -> ObservedCertificate:
    return there(B, state, "new", **changes)


NEW_KEY = item(B, "not_installed", provider="new", key=True, dialogue=dialogue(B, "unknown"))
PROVED = {"key": True, "says": "authorised"}


def plan_of(*items: ObservedCertificate, date: Any = PAST, rollback: bool = False, seen: Space = OPEN) -> Plan:
    switch = ProviderSwitch(SIRET, [], DeclaredSwitch("old", "new", date, rollback), agent_email=EMAIL)
    return switch.plan(ObservedCertificates(seen, items, (), Store("/store", SIRET), False, False), NOW)


Row = tuple[tuple[ObservedCertificate, ...], dict[str, Any], list[tuple[str, str]], list[str], tuple[str, str]]

# items, how, steps, waiting, (state before, state after)
PLANS: dict[str, Row] = {
    # The new one comes
    "to install": ((old(), NEW_KEY), {}, [INSTALL, ACTIVATE, FORBID], [], ("preparing", "done")),
    "to activate": ((old(), new("inactive", key=True)), {}, [ACTIVATE, FORBID], [], ("preparing", "done")),
    "to install, before the date": ((old(), NEW_KEY), {"date": TO_COME}, [INSTALL, ACTIVATE], ["switch_date"], ("preparing", "proved")),
    "to activate, key elsewhere": ((old(), new("inactive")), {}, [ACTIVATE], ["switch_proof"], ("preparing", "beside")),
    "not there": ((old(),), {}, [], ["switch_missing"], ("preparing", "preparing")),
    "not there, before the date": ((old(),), {"date": TO_COME}, [], ["switch_missing", "switch_date"], ("preparing", "preparing")),
    "ordered": (
        (old(), item(None, "missing", provider="new", pending={"requested_at": SINCE})),
        {},
        [],
        ["certificate_issue"],
        ("preparing", "preparing"),
    ),
    "declared, and nothing of it is here": (
        (old(), item(None, "missing", provider="new")),
        {},
        [],
        ["switch_missing"],
        ("preparing", "preparing"),
    ),
    "of another collectivité's convention": (
        (old(), new("inactive", key=True)),
        {"seen": space()},
        [],
        ["convention_signature"],
        ("preparing", "preparing"),
    ),
    "refused before it is listed": (
        (old(), item(B, "refused", provider="new", key=True, dialogue=dialogue(B, "refused", rule="R7", message="non"))),
        {},
        [],
        ["certificate_refused"],
        ("preparing", "preparing"),
    ),
    "to install, the key elsewhere": (
        (old(), item(B, "not_installed", provider="new")),
        {},
        [],
        ["certificate_installation"],
        ("preparing", "preparing"),
    ),
    "to install, the account under control": (
        (old(), item(B, "not_installed", provider="new", key=True)),
        {"seen": space("under_control")},
        [],
        ["account_control"],
        ("preparing", "preparing"),
    ),
    "installed, and not listed yet": (
        (old(), item(B, "inactive", provider="new", key=True, dialogue=dialogue(B, "known_inactive"))),
        {},
        [],
        ["certificate_listing"],
        ("preparing", "preparing"),
    ),
    "compromised": ((old(), new("inactive", key=True, compromised=True)), {}, [], ["certificate_compromised"], ("preparing", "preparing")),
    "expired": (
        (old(), new("inactive", not_after="2026-03-02T10:00:00Z")),
        {},
        [],
        ["certificate_expired"],
        ("preparing", "preparing"),
    ),
    # Both are active
    "proved by the SI FPS": ((old(), new(**PROVED)), {}, [FORBID], [], ("proved", "done")),
    "proved, on the second": ((old(), new(**PROVED)), {"date": TODAY}, [FORBID], [], ("proved", "done")),
    "proved, before the date": ((old(), new(**PROVED)), {"date": TO_COME}, [], ["switch_date"], ("proved", "proved")),
    "proved by an exchange": ((old(), new(last_exchange_at=LATER)), {}, [FORBID], [], ("proved", "done")),
    "by an exchange on the second": ((old(), new(last_exchange_at=SINCE)), {}, [FORBID], [], ("proved", "done")),
    "an exchange of before it was active": ((old(), new(last_exchange_at=EARLIER)), {}, [], ["switch_proof"], ("beside", "beside")),
    "no exchange yet": ((old(), new()), {}, [], ["switch_proof"], ("beside", "beside")),
    "no exchange yet, before the date": ((old(), new()), {"date": TO_COME}, [], ["switch_proof", "switch_date"], ("beside", "beside")),
    "refused": ((old(), new(key=True, says="refused")), {}, [], ["dialogue_refused"], ("beside", "beside")),
    "not heard of": ((old(), new(key=True, says="known_inactive")), {}, [], ["certificate_proof"], ("beside", "beside")),
    "refused, and one elsewhere that is proved": (
        (old(), new(key=True, says="refused"), there(C, "active", "new", last_exchange_at=LATER)),
        {},
        [],
        ["dialogue_refused"],
        ("beside", "beside"),
    ),
    "two of them go": (
        (old(), there(C, "active", "old"), new(**PROVED)),
        {},
        [FORBID, ("deactivate_certificate", C)],
        [],
        ("proved", "done"),
    ),
    # The old one has gone
    "done": ((old("inactive"), new(**PROVED)), {}, [], [], ("done", "done")),
    "done, nothing of the old is shown": ((new(**PROVED),), {}, [], [], ("done", "done")),
    "done, before the date": ((old("inactive"), new(**PROVED)), {"date": TO_COME}, [], [], ("done", "done")),
    "neither": ((old("inactive"), new("inactive", key=True)), {}, [ACTIVATE], [], ("preparing", "done")),
    # Without access to the space
    "unseen": (
        (item(B, "active", provider="new", key=True, dialogue=dialogue(B, "authorised")),),
        {"seen": space("accepted", "no_mandate")},
        [],
        ["mandate"],
        ("done", "done"),
    ),
    "unseen, and nothing is told of the account": (
        (item(B, "active", provider="new", key=True, dialogue=dialogue(B, "authorised")),),
        {"seen": space("active", "no_credentials")},
        [],
        ["mandate"],
        ("done", "done"),
    ),
    "unseen, both keys here": (
        (
            item(A, "active", provider="old", key=True, dialogue=dialogue(A, "authorised")),
            item(B, "active", provider="new", key=True, dialogue=dialogue(B, "authorised")),
        ),
        {"seen": space("accepted", "no_mandate")},
        [],
        ["certificate_deactivation"],
        ("proved", "proved"),
    ),
    "unseen, to activate": (
        (
            item(A, "active", provider="old", key=True, dialogue=dialogue(A, "authorised")),
            item(B, "inactive", provider="new", key=True, dialogue=dialogue(B, "known_inactive")),
        ),
        {"seen": space("accepted", "no_mandate")},
        [],
        ["certificate_activation"],
        ("preparing", "preparing"),
    ),
    # Back
    "back": ((old("inactive", key=True), new()), {"rollback": True}, [RESTORE, FORBID_NEW], [], ("preparing", "done")),
    "back, at any date": ((old(**PROVED), new()), {"rollback": True, "date": TO_COME}, [FORBID_NEW], [], ("proved", "done")),
    "back, the new one has sent last": (
        (old(last_exchange_at=LATER), new(last_exchange_at="2026-02-22T08:00:00Z")),
        {"rollback": True},
        [],
        ["switch_traffic"],
        ("proved", "proved"),
    ),
    "back, both have sent at once": (
        (old(last_exchange_at=LATER), new(last_exchange_at=LATER)),
        {"rollback": True},
        [],
        ["switch_traffic"],
        ("proved", "proved"),
    ),
    "back, the old one has sent last": (
        (old(last_exchange_at="2026-02-22T08:00:00Z"), new(last_exchange_at=LATER)),
        {"rollback": True},
        [FORBID_NEW],
        [],
        ("proved", "done"),
    ),
    "back, the old one never sent": (
        (old(**PROVED), new(last_exchange_at=LATER)),
        {"rollback": True},
        [],
        ["switch_traffic"],
        ("proved", "proved"),
    ),
    "back, a date that cannot be read": (
        (old(**PROVED), new(last_exchange_at="hier")),
        {"rollback": True},
        [FORBID_NEW],
        [],
        ("proved", "done"),
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_plan(name: str) -> None:
    items, how, steps, waiting, states = PLANS[name]
    plan = plan_of(*items, **how)
    assert ([step.key for step in plan.steps], waited(plan)) == (steps, waiting)
    assert (plan.before["state"], plan.after["state"]) == states
    assert plan.before.keys() == plan.after.keys()
    assert (plan.server_assigned, plan.facts) == (("since",), {"verdicts": None})
    forbidden = [step.key for step in plan.steps if step.code == "deactivate_certificate"]
    assert [step.key for step in plan.steps if step.after_all] == forbidden, "nothing is forbidden before all else is done"


def test_view() -> None:
    plan = plan_of(old(), new("inactive", key=True), rollback=False)
    shown = [{name: certificate[name] for name in ("provider", "fingerprint", "state")} for certificate in plan.before["certificates"]]
    assert {name: value for name, value in plan.before.items() if name != "certificates"} == {
        "state": "preparing",
        "from": "old",
        "to": "new",
        "date": DATE,
        "rollback": False,
        "proved": False,
    }
    assert shown == [
        {"provider": "new", "fingerprint": B, "state": "inactive"},
        {"provider": "old", "fingerprint": A, "state": "active"},
    ]
    assert [certificate["state"] for certificate in plan.after["certificates"]] == ["active", "inactive"]
    assert (plan.after["proved"], plan_of(old(), new(), rollback=True).before["rollback"]) == (True, True)


ABOUT = {"provider": "new", "other": "old", "date": DATE}


@pytest.mark.parametrize(
    ("items", "how", "code", "since", "about"),
    [
        ((old(),), {}, "switch_missing", None, {"provider": "new"}),
        ((old(), new()), {}, "switch_proof", None, ABOUT),
        ((old(), new(**PROVED)), {"date": TO_COME}, "switch_date", None, ABOUT | {"date": "2026-03-03T10:00:00Z"}),
        (
            (old(**PROVED), new(last_exchange_at=LATER)),
            {"rollback": True},
            "switch_traffic",
            None,
            {"provider": "old", "other": "new", "date": DATE, "last": LATER},
        ),
        (
            (old(), new(key=True, says="refused")),
            {},
            "dialogue_refused",
            None,
            {"provider": "new", "fingerprint": B, "reason": "non", "rule": "R9"},
        ),
        (
            (old(), new(key=True, says="known_inactive")),
            {},
            "certificate_proof",
            None,
            {"provider": "new", "fingerprint": B, "reason": "non", "rule": "R9"},
        ),
        (
            (new(**PROVED),),
            {"seen": space("accepted", "no_mandate", conventions=())},
            "mandate",
            SINCE,
            {"agent_email": EMAIL, "reason": None, "login": ""},
        ),
    ],
)
def test_who_is_told_what(
    items: tuple[ObservedCertificate, ...], how: dict[str, Any], code: str, since: str | None, about: dict[str, Any]
) -> None:
    (waiting,) = plan_of(*items, **how).waiting
    assert (waiting.code, waiting.since, waiting.facts) == (code, since, about)


def test_of_several_certificates_of_a_label_the_active_ones_count_else_the_newest() -> None:
    """Of a provider whose key is elsewhere."""
    first, second = (there(each, "inactive", "new", not_before=day) for each, day in ((B, "2026-01-02"), (C, "2026-01-01")))
    assert [step.target for step in plan_of(second, first).steps] == [B]
    assert [step.target for step in plan_of(first, second).steps] == [B]
    active = there(C, "active", "new", not_before="2026-01-01")
    assert [step.key for step in plan_of(first, active).steps] == []
    keyed = there(B, "inactive", "new", key=True)
    assert [step.key for step in plan_of(keyed, active).steps] == [ACTIVATE], "the one whose key is here is the one that is meant"


# Observing


def observed(
    *shown: dict[str, Any], rollback: bool = False, monkeypatch: Any = None, held: dict[str, ObservedCertificate] | None = None
) -> Any:
    answers = {
        "account_get": account(),
        "convention_list": [convention("in_force")],
        "certificate_list": list(shown),
        "exchange_query": lambda siret, client: dialogue(B, "authorised"),
    }
    operations = FakeOperations(answers)
    declared = [DeclaredCertificate("old", "active"), DeclaredCertificate("new", "active")] if held else []
    if held:
        monkeypatch.setattr(
            module,
            "read_certificate",
            lambda entry, siret, store, _foreseen: held.get(entry.provider, ObservedCertificate(entry, "missing")),
        )
    resource = ProviderSwitch(SIRET, declared, DeclaredSwitch("old", "new", PAST, rollback))
    return resource, resource.observe(Context(operations)), operations  # type: ignore[arg-type]


def test_labels_of_the_space_are_the_sides() -> None:
    _, found, operations = observed(listed(A, "active", "old"), listed(B, "inactive", "new"), listed(C, "active", "third"))
    assert [(certificate.declared, certificate.state, certificate.fingerprint) for certificate in found.certificates] == [
        (DeclaredCertificate("old", "active", A), "active", A),
        (DeclaredCertificate("new", "active", B), "inactive", B),
    ]
    assert [certificate.listed["fingerprint"] for certificate in found.certificates] == [A, B]
    assert [certificate["fingerprint"] for certificate in found.undeclared] == [C]
    assert "exchange_query" not in [call[0] for call in operations.calls], "whose key is not here cannot be asked with"


KEYED = {"client": ClientCertificate("/c.pem", "/k.pem")}


@pytest.mark.parametrize(
    ("rollback", "asked"), [(False, ["new"]), (True, ["old"])], ids=["the new one is to stay", "the old one is to stay"]
)
def test_the_si_fps_is_asked_with_the_one_that_stays(monkeypatch: pytest.MonkeyPatch, rollback: bool, asked: list[str]) -> None:
    held = {
        name: ObservedCertificate(DeclaredCertificate(name, "active"), "missing", each, client=ClientCertificate(f"/{name}.pem", "/k.pem"))
        for name, each in (("old", A), ("new", B))
    }
    shown = listed(A, "active", "old"), listed(B, "active", "new")
    _, found, operations = observed(*shown, rollback=rollback, monkeypatch=monkeypatch, held=held)
    assert [call[1:] for call in operations.calls if call[0] == "exchange_query"] == [(SIRET, held[asked[0]].client)]
    assert [certificate.declared.provider for certificate in found.certificates if certificate.dialogue] == asked


# Doing


def applied(step: Step, found: ObservedCertificate, answer: Any, *, rollback: bool = False) -> FakeOperations:
    operations = FakeOperations({"exchange_query": answer, "certificate_change": True})
    resource = ProviderSwitch(SIRET, [], DeclaredSwitch("old", "new", PAST, rollback))
    seen = ObservedCertificates(OPEN, (old(), found), (), None, False, False)
    resource.apply(Context(operations), seen, step, NOW)  # type: ignore[arg-type]
    return operations


STEP = Step("deactivate_certificate", "why", A)
QUERY, CHANGE = "exchange_query", ("certificate_change", "certificate_deactivate", SIRET, A)


def test_nothing_is_forbidden_before_the_other_passes_at_that_moment() -> None:
    found = new(**PROVED)
    assert applied(STEP, found, dialogue(B, "authorised")).calls == [(QUERY, SIRET, found.client), CHANGE]


def test_whose_key_is_elsewhere_goes_by_what_the_space_has_shown() -> None:
    assert applied(STEP, new(last_exchange_at=LATER), None).calls == [CHANGE]


@pytest.mark.parametrize(
    ("found", "answer", "code", "about"),
    [
        (new(**PROVED), dialogue(B, "refused", rule="R9", message="non"), "dialogue_refused", {"reason": "non", "rule": "R9"}),
        (new(**PROVED), dialogue(B, "known_inactive"), "certificate_proof", {"reason": None, "rule": None}),
        (new(), None, "switch_proof", {"other": "old"}),
        (new(last_exchange_at=EARLIER), None, "switch_proof", {"other": "old"}),
    ],
)
def test_what_does_not_pass_at_that_moment_is_waited_for(found: ObservedCertificate, answer: Any, code: str, about: dict[str, Any]) -> None:
    with pytest.raises(WaitRequired) as caught:
        applied(STEP, found, answer)
    named = {"provider": "new"} | ({"fingerprint": B} if found.client else {})
    assert (caught.value.waiting.code, caught.value.waiting.since, caught.value.waiting.facts) == (code, None, named | about)


def test_what_is_installed_needs_no_proof() -> None:
    step = Step("install_certificate", "why", B)
    assert applied(step, NEW_KEY, None).calls == [("certificate_install", SIRET, "new", NEW_KEY.client)]


def test_what_is_brought_in_needs_no_proof() -> None:
    step = Step("activate_certificate", "why", B)
    assert applied(step, new("inactive", key=True), None).calls == [("certificate_change", "certificate_activate", SIRET, B)]


def test_one_that_passes_is_enough() -> None:
    operations = FakeOperations({"exchange_query": dialogue(B, "refused"), "certificate_change": True})
    both = (replace(new(**PROVED), client=None, local=None, listed=listed(B, "active", "new", last_exchange_at=LATER)), new())
    seen = ObservedCertificates(OPEN, (old(), *both), (), None, False, False)
    ProviderSwitch(SIRET, [], DeclaredSwitch("old", "new", PAST)).apply(Context(operations), seen, STEP, NOW)  # type: ignore[arg-type]
    assert operations.calls == [CHANGE]


def test_what_the_store_has_asked_already_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not listed yet: the SI FPS has answered for it."""
    held = {"new": ObservedCertificate(DeclaredCertificate("new", "active"), "missing", B, client=ClientCertificate("/new.pem", "/k.pem"))}
    _, _found, operations = observed(listed(A, "active", "old"), monkeypatch=monkeypatch, held=held)
    assert [call[0] for call in operations.calls].count("exchange_query") == 1


def test_a_certificate_whose_key_is_elsewhere_is_the_one_that_is_meant() -> None:
    """Its file is declared: the space may list others under the same label."""
    file_alone = replace(new("inactive"), local=local(B))
    assert [step.key for step in plan_of(file_alone, there(C, "active", "new")).steps] == [ACTIVATE]
