# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several certificates (R4): order of the steps, chains, and exclusivity over the whole declared list."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate import Certificates, Scope
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import ObservedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from tests.support.observed import NOW, SIRET, codes, convention, dialogue, item, listed, space, waited

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
OPEN = space(conventions=(convention("in_force"),))


def install(fingerprint: str) -> tuple[str, str]:
    return ("install_certificate", fingerprint)


def activate(fingerprint: str) -> tuple[str, str]:
    return ("activate_certificate", fingerprint)


def deactivate(fingerprint: str) -> tuple[str, str]:
    return ("deactivate_certificate", fingerprint)


def in_space(fingerprint: str, state: str, wanted: str = "active", provider: str = "acme") -> ObservedCertificate:
    return item(fingerprint, state, wanted, provider=provider, listed=listed(fingerprint, state, provider))


def new(fingerprint: str, provider: str = "acme", wanted: str = "active") -> ObservedCertificate:
    """Not installed, and its key lies here."""
    return item(fingerprint, "not_installed", wanted, key=True, provider=provider, dialogue=dialogue(fingerprint, "unknown"))


def plan_of(*items: ObservedCertificate, others: tuple[dict[str, Any], ...] = (), exclusive: bool = False, observed: Space = OPEN) -> Plan:
    resource = Certificates(SIRET, [certificate.declared for certificate in items], scope=Scope(exclusive))
    return resource.plan(ObservedCertificates(observed, items, others, None, False, False), NOW)


def after_all(plan: Plan) -> list[tuple[str, str]]:
    return [step.key for step in plan.steps if step.after_all]


OTHERS = (listed(C, "active", "old"), listed(D, "inactive", "older"))


def test_two_providers_at_once() -> None:
    plan = plan_of(new(A, "one"), new(B, "two"))
    assert codes(plan) == [install(A), activate(A), install(B), activate(B)]
    assert [step.chain for step in plan.steps] == [A, A, B, B]
    assert [entry["state"] for entry in plan.after["declared"]] == ["active", "active"]


def test_activation_goes_before_deactivation() -> None:
    plan = plan_of(in_space(A, "active", "inactive", "old"), new(B, "new"), in_space(C, "inactive", provider="third"))
    assert codes(plan) == [install(B), activate(B), activate(C), deactivate(A)]


def test_one_that_waits_does_not_stop_the_other() -> None:
    plan = plan_of(item(None, "missing", provider="one"), in_space(B, "inactive", provider="two"))
    assert (codes(plan), waited(plan)) == ([activate(B)], ["certificate_order"])


@pytest.mark.parametrize("exclusive", [False, True])
def test_others_are_shown(exclusive: bool) -> None:
    plan = plan_of(in_space(A, "active"), others=OTHERS, exclusive=exclusive)
    assert plan.before["others"] == [
        {"fingerprint": C, "provider": "old", "state": "active"},
        {"fingerprint": D, "provider": "older", "state": "inactive"},
    ]
    assert [certificate["state"] for certificate in plan.after["others"]] == ["inactive" if exclusive else "active", "inactive"]


@pytest.mark.parametrize(
    ("items", "steps", "last"),
    [
        pytest.param((in_space(A, "active"),), [deactivate(C)], [deactivate(C)], id="all active"),
        pytest.param((new(A),), [install(A), activate(A), deactivate(C)], [deactivate(C)], id="one to install"),
        pytest.param((in_space(A, "inactive"),), [activate(A), deactivate(C)], [deactivate(C)], id="one to activate"),
        pytest.param(
            (in_space(A, "active", "inactive", "old"), new(B, "new")),
            [install(B), activate(B), deactivate(A), deactivate(C)],
            [deactivate(C)],
            id="declared inactive goes first",
        ),
        pytest.param((), [deactivate(C)], [deactivate(C)], id="nothing declared"),
        pytest.param((new(A, wanted="present"),), [install(A), deactivate(C)], [deactivate(C)], id="present only"),
    ],
)
def test_exclusive(items: tuple[ObservedCertificate, ...], steps: list[Any], last: list[Any]) -> None:
    plan = plan_of(*items, others=OTHERS, exclusive=True)
    assert (codes(plan), after_all(plan), waited(plan)) == (steps, last, [])


@pytest.mark.parametrize(
    ("items", "steps", "waiting"),
    [
        pytest.param((item(None, "missing"),), [], ["certificate_order"], id="missing"),
        pytest.param((in_space(A, "active"), item(None, "missing", provider="two")), [], ["certificate_order"], id="second missing"),
        pytest.param((item(A, "not_installed"),), [], ["certificate_installation"], id="key elsewhere"),
        pytest.param(
            (item(A, "inactive", key=True, dialogue=dialogue(A, "known_inactive")),), [], ["certificate_listing"], id="not listed yet"
        ),
        pytest.param((item(A, "refused", key=True, dialogue=dialogue(A, "refused")),), [], ["certificate_refused"], id="refused"),
    ],
)
def test_exclusive_takes_nothing_away_while_a_declared_one_waits(
    items: tuple[ObservedCertificate, ...], steps: list[Any], waiting: list[str]
) -> None:
    plan = plan_of(*items, others=OTHERS, exclusive=True)
    assert (codes(plan), waited(plan)) == (steps, waiting)
    assert plan.after["others"] == plan.before["others"]


def test_exclusive_takes_nothing_away_before_the_convention() -> None:
    plan = plan_of(new(A), others=OTHERS, exclusive=True, observed=space())
    assert (codes(plan), waited(plan)) == ([install(A)], ["convention_signature"])


def test_not_exclusive_leaves_others_alone() -> None:
    plan = plan_of(in_space(A, "inactive"), others=OTHERS)
    assert codes(plan) == [activate(A)]


def test_exclusive_reason() -> None:
    (step,) = plan_of(in_space(A, "active"), others=OTHERS, exclusive=True).steps
    assert (step.reason, step.target, step.after_all, step.chain) == ("exclusive: active, and not declared", C, True, "")


EXPIRED, LONG = "2026-03-01T00:00:00Z", "2028-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("items", "others", "expected"),
    [
        ((in_space(A, "active"),), OTHERS, [C]),
        ((in_space(A, "active"),), (listed(C, "active", "acme"),), [C]),  # a second one of the same provider
        ((in_space(A, "active"),), (listed(C, "active", "old", not_after=LONG), listed(D, "active", "older", not_after=EXPIRED)), [C]),
        ((in_space(A, "active"),), (listed(D, "inactive", "older"),), []),
        (
            (item(None, "missing", provider="old"),),
            OTHERS,
            [],
        ),  # the store is without it: its order is the resource of antai_certificate_request
        ((item(None, "missing", provider="new"),), OTHERS, [C]),
        ((), OTHERS, None),  # nothing is declared of certificates
    ],
)
def test_active_and_declared_nowhere(
    items: tuple[ObservedCertificate, ...], others: tuple[dict[str, Any], ...], expected: list[str] | None
) -> None:
    plan = plan_of(*items, others=others)
    found = plan.facts["undeclared_certificates"]
    assert (None if found is None else [each["fingerprint"] for each in found]) == expected
    assert not any(step.code == "deactivate_certificate" for step in plan.steps), "touched only with exclusive"


def test_what_is_active_and_declared_nowhere_is_told_with_its_provider_and_date() -> None:
    (found,) = plan_of(in_space(A, "active"), others=OTHERS).facts["undeclared_certificates"]
    assert found == {name: OTHERS[0].get(name) for name in ("provider", "fingerprint", "since", "not_after")}


def test_where_the_space_cannot_be_seen_it_is_not_known_what_else_is_active() -> None:
    assert plan_of(new(A), observed=space(access="no_mandate", state="unknown")).facts["undeclared_certificates"] is None


def test_a_rotation_and_a_switch_are_no_drift() -> None:
    declared = in_space(A, "active")
    for resource, observed in (
        (Certificates(SIRET, [declared.declared]), ObservedCertificates(OPEN, (declared,), OTHERS, None, False, False, frozenset({C}))),
        (
            Certificates(SIRET, [declared.declared], scope=Scope(switched=frozenset({"old"}))),
            ObservedCertificates(OPEN, (declared,), OTHERS, None, False, False),
        ),
    ):
        assert resource.plan(observed, NOW).facts["undeclared_certificates"] == []
