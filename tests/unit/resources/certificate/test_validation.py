# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that breaks a rule of RGS* is installed or activated; what is active already is left so, and it is said. No network."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._http.revocation_fetcher import RevocationFetcher
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ValidationPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Override
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import certificate as module
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate import Certificates, Scope
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    ObservedCertificate,
)
from tests.support.evaluation import CRL_URL, OCSP_URL, Psce, leaf, scene, validation_policy
from tests.support.fake_operations import FakeOperations
from tests.support.observed import NOW, SIRET, account, convention, dialogue, listed, waited

GOOD = scene()
NO_CLIENT = scene(eku=("server",))
F = leaf(GOOD).fingerprint
BOTH, SHARED = [OCSP_URL, CRL_URL], [CRL_URL]


def context_of(state: str, made: Any, psce: Psce, signed: str | None = "in_force") -> Context:
    """The space lists the certificate as inactive or active; or it is not installed."""
    found = leaf(made).fingerprint
    answers = {
        "account_get": account(),
        "convention_list": [convention(signed)] if signed else [],
        "certificate_list": [listed(found, state)] if state != "not_installed" else [],
        "exchange_query": dialogue(found, "unknown"),
    }
    return Context(cast(Operations, FakeOperations(answers)), None, cast(RevocationFetcher, psce))


def planned(
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    wanted: str = "active",
    *,
    made: Any = GOOD,
    how: ValidationPolicy | None = None,
    signed: str | None = "in_force",
    **psce: bool,
) -> tuple[Plan, list[str]]:
    """(plan, addresses asked) of one declared certificate that lies here."""
    provider, local = Psce(made, **psce), leaf(made)
    held = ObservedCertificate(
        DeclaredCertificate("acme", wanted), "missing", local.fingerprint, local=local, client=ClientCertificate("/c.pem", "/k.pem")
    )
    monkeypatch.setattr(module, "read_certificate", lambda declared, siret, store, foreseen: held)
    resource = Certificates(SIRET, [held.declared], judging=how or validation_policy(made))
    observed = resource.observe(context_of(state, made, provider, signed))
    asked = list(provider.asked)
    plan = resource.plan(observed, NOW)
    assert provider.asked == asked, "a plan asks nobody"
    assert resource.plan(observed, NOW) == plan, "and is the same each time"
    return plan, asked


def steps(plan: Plan) -> list[str]:
    return [step.code for step in plan.steps]


def broken(plan: Plan) -> dict[str, str]:
    (told,) = plan.facts["verdicts"]
    return {verdict["rule"]: verdict["outcome"] for verdict in told["verdicts"]}


INSTALL, ACTIVATE = "install_certificate", "activate_certificate"
REVOKED = {"crl_status": "fail", "ocsp_status": "fail", "revocation": "fail", "revoked": "fail"}


@pytest.mark.parametrize(
    ("state", "wanted", "made", "psce", "expected"),
    [
        # state, wanted, certificate, PSCE -> steps, waiting, verdicts that are no pass, addresses asked
        pytest.param("not_installed", "active", GOOD, {}, ([INSTALL, ACTIVATE], [], {}, BOTH), id="good"),
        pytest.param("not_installed", "present", GOOD, {}, ([INSTALL], [], {}, BOTH), id="good, present"),
        pytest.param("inactive", "active", GOOD, {}, ([ACTIVATE], [], {}, BOTH), id="good, to activate"),
        pytest.param("inactive", "present", GOOD, {}, ([], [], {}, SHARED), id="good, as declared"),
        pytest.param("active", "active", GOOD, {}, ([], [], {}, SHARED), id="good, active"),
        pytest.param(
            "not_installed", "active", GOOD, {"revoked": True}, ([], ["certificate_not_rgs"], REVOKED, BOTH), id="revoked, to install"
        ),
        pytest.param(
            "inactive", "active", GOOD, {"revoked": True}, ([], ["certificate_not_rgs"], REVOKED, BOTH), id="revoked, to activate"
        ),
        pytest.param(
            "active",
            "active",
            GOOD,
            {"revoked": True},
            ([], ["certificate_no_longer_rgs"], {"crl_status": "fail", "revocation": "fail", "revoked": "fail"}, SHARED),
            id="revoked, active",
        ),
        pytest.param(
            "inactive",
            "active",
            NO_CLIENT,
            {},
            ([], ["certificate_not_rgs"], {"extended_key_usage": "fail"}, BOTH),
            id="a server's certificate, to activate",
        ),
        pytest.param(
            "active",
            "active",
            NO_CLIENT,
            {},
            ([], ["certificate_no_longer_rgs"], {"extended_key_usage": "fail"}, SHARED),
            id="no client's, active",
        ),
        pytest.param(
            "inactive",
            "active",
            GOOD,
            {"down": True},
            ([], ["certificate_not_rgs"], {"revocation": "fail"}, BOTH),
            id="unreachable, to activate",
        ),
        pytest.param("active", "active", GOOD, {"down": True}, ([], [], {"revocation": "warn"}, SHARED), id="unreachable, active"),
        pytest.param("active", "inactive", GOOD, {"revoked": True}, (["deactivate_certificate"], [], {}, []), id="off: nobody judges it"),
        pytest.param("active", "absent", GOOD, {"revoked": True}, (["deactivate_certificate"], [], {}, []), id="absent: likewise"),
    ],
)
def test_what_is_done(monkeypatch: pytest.MonkeyPatch, state: str, wanted: str, made: Any, psce: dict[str, bool], expected: Any) -> None:
    plan, asked = planned(monkeypatch, state, wanted, made=made, **psce)
    assert (steps(plan), waited(plan), broken(plan), asked) == expected
    if not plan.steps:
        assert plan.before == plan.after


def test_the_reason_names_rule_and_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, _ = planned(monkeypatch, "inactive", made=NO_CLIENT)
    text = plan.waiting[0].as_dict("en", NOW)["next_action"]["text"]
    assert "extended_key_usage: clientAuth is not among serverAuth" in text
    assert leaf(NO_CLIENT).fingerprint in text
    assert plan.waiting[0].facts["provider"] == "acme"


def test_it_is_judged_as_this_collectivite_s(monkeypatch: pytest.MonkeyPatch) -> None:
    held = ObservedCertificate(DeclaredCertificate("acme", "active"), "missing", F, local=leaf(GOOD))
    monkeypatch.setattr(module, "read_certificate", lambda declared, siret, store, _foreseen: held)
    resource = Certificates(SIRET, [held.declared], judging=validation_policy(GOOD))
    (found,) = resource.observe(context_of("active", GOOD, Psce(GOOD))).certificates
    assert found.evidence is not None
    assert found.evidence.siret == SIRET


def test_what_is_not_to_be_done_yet_is_known_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """The convention is not signed: nothing is activated, and yet the certificate's fault is told now, for the price of the CRL."""
    plan, asked = planned(monkeypatch, "inactive", made=NO_CLIENT, signed=None)
    assert (steps(plan), waited(plan), asked) == ([], ["certificate_not_rgs", "convention_signature"], SHARED)


def test_an_override_by_name_lets_it_pass_and_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    how = validation_policy(NO_CLIENT, overrides=(Override("extended_key_usage", "warn", "the PSCE issues a new one in May"),))
    plan, _ = planned(monkeypatch, "inactive", made=NO_CLIENT, how=how)
    assert (steps(plan), waited(plan)) == ([ACTIVATE], [])
    (told,) = plan.facts["verdicts"]
    assert told["outcome"] == "warn"
    assert told["verdicts"][0]["override"] == {"found": "fail", "reason": "the PSCE issues a new one in May"}


def test_the_user_chose_that_unreachable_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, _ = planned(monkeypatch, "inactive", how=validation_policy(GOOD, unreachable="warn"), down=True)
    assert (steps(plan), broken(plan)) == ([ACTIVATE], {"revocation": "warn"})


def test_dates_are_the_plan_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Observed once, judged by the clock that the plan is given."""
    local = leaf(GOOD)
    held = ObservedCertificate(
        DeclaredCertificate("acme", "active"), "missing", F, local=local, client=ClientCertificate("/c.pem", "/k.pem")
    )
    monkeypatch.setattr(module, "read_certificate", lambda declared, siret, store, _foreseen: held)
    resource = Certificates(SIRET, [held.declared], judging=validation_policy(GOOD))
    observed = resource.observe(context_of("inactive", GOOD, Psce(GOOD)))
    assert steps(resource.plan(observed, NOW)) == [ACTIVATE]
    early = resource.plan(observed, NOW - timedelta(days=2))
    assert waited(early) == ["certificate_not_rgs"]
    assert broken(early)["valid_now"] == "fail"


def test_without_trust_store_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, local = Psce(GOOD, revoked=True), leaf(GOOD)
    held = ObservedCertificate(
        DeclaredCertificate("acme", "active"), "missing", F, local=local, client=ClientCertificate("/c.pem", "/k.pem")
    )
    monkeypatch.setattr(module, "read_certificate", lambda declared, siret, store, _foreseen: held)
    resource = Certificates(SIRET, [held.declared])
    plan = resource.plan(resource.observe(context_of("inactive", GOOD, provider)), NOW)
    assert (steps(plan), plan.facts, plan.warnings, provider.asked) == (
        [ACTIVATE],
        {"verdicts": None, "undeclared_certificates": []},
        (),
        [],
    )


def test_what_does_not_lie_here_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Psce(GOOD, revoked=True)
    monkeypatch.setattr(module, "read_certificate", lambda declared, siret, store, _foreseen: ObservedCertificate(declared, "missing", F))
    resource = Certificates(SIRET, [DeclaredCertificate("acme", "active", F)], judging=validation_policy(GOOD))
    plan = resource.plan(resource.observe(context_of("inactive", GOOD, provider)), NOW)
    assert (steps(plan), provider.asked) == ([ACTIVATE], [])
    assert plan.facts["verdicts"] == [{"provider": "acme", "fingerprint": F, "outcome": None, "verdicts": []}]


def test_one_that_is_active_and_fails_keeps_nobody_else_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there, as declared: whom the collectivité forbids is cut at once."""
    held = ObservedCertificate(
        DeclaredCertificate("acme", "active"), "missing", F, local=leaf(GOOD), client=ClientCertificate("/c.pem", "/k.pem")
    )
    monkeypatch.setattr(module, "read_certificate", lambda declared, siret, store, _foreseen: held)
    context = context_of("active", GOOD, Psce(GOOD, revoked=True))
    cast(FakeOperations, context.operations).answers["certificate_list"] += [listed("c" * 64, "active", "old")]
    resource = Certificates(SIRET, [held.declared], scope=Scope(exclusive=True), judging=validation_policy(GOOD))
    plan = resource.plan(resource.observe(context), NOW)
    assert ([step.key for step in plan.steps], waited(plan)) == ([("deactivate_certificate", "c" * 64)], ["certificate_no_longer_rgs"])


def test_one_that_fails_holds_up_only_itself_and_what_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    other = leaf(replace(GOOD, leaf=replace(GOOD.leaf, eku=("server",), serial=5)))
    client = ClientCertificate("/c.pem", "/k.pem")
    held = {
        "good": ObservedCertificate(DeclaredCertificate("good", "active"), "missing", F, local=leaf(GOOD), client=client),
        "bad": ObservedCertificate(DeclaredCertificate("bad", "active"), "missing", other.fingerprint, local=other, client=client),
    }
    monkeypatch.setattr(module, "read_certificate", lambda declared, siret, store, _foreseen: held[declared.provider])
    surplus = listed("c" * 64, "active", "old")
    context = context_of("inactive", GOOD, Psce(GOOD))
    cast(FakeOperations, context.operations).answers["certificate_list"] += [listed(other.fingerprint, "inactive"), surplus]
    resource = Certificates(SIRET, [pair.declared for pair in held.values()], scope=Scope(exclusive=True), judging=validation_policy(GOOD))
    plan = resource.plan(resource.observe(context), NOW)
    assert [step.key for step in plan.steps] == [(ACTIVATE, F)]
    assert waited(plan) == ["certificate_not_rgs"]
