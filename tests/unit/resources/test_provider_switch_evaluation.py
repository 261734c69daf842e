# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A switch of provider judges the certificate that comes, by RGS*, before it is installed or activated."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._http.revocation_fetcher import RevocationFetcher
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._options.switch import DeclaredSwitch
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    ObservedCertificate,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.provider_switch import ProviderSwitch
from tests.support.evaluation import CRL_URL, OCSP_URL, Psce, leaf, scene, validation_policy
from tests.support.fake_operations import FakeOperations
from tests.support.observed import NOW, SINCE, SIRET, convention, dialogue, item, listed, space, waited

OLD, NEW = "ancien", "nouveau"
ANSWERS = {"active": "authorised", "inactive": "known_inactive", "not_installed": "unknown"}
PAST = NOW - timedelta(days=1)
CLIENT = ClientCertificate("/c.pem", "/k.pem")
INSTALL, ACTIVATE, FORBID = "install_certificate", "activate_certificate", "deactivate_certificate"
A, B = "a" * 64, "b" * 64
OLD_ACTIVE = item(A, "active", provider=OLD, key=True, listed=listed(A, "active", OLD), dialogue=dialogue(A, "authorised"))
NEW_ACTIVE = item(B, "active", provider=NEW, key=True, listed=listed(B, "active", NEW), dialogue=dialogue(B, "authorised"))


def observed(*items: ObservedCertificate) -> ObservedCertificates:
    return ObservedCertificates(space(conventions=(convention("in_force"),)), items, (), None, removable=False, by_editor=False)


GOOD = scene()


def new_one(state: str) -> ObservedCertificate:
    found = leaf(GOOD)
    shown = listed(found.fingerprint, state, NEW, since=SINCE) if state != "not_installed" else None
    answer = dialogue(found.fingerprint, ANSWERS[state])
    return ObservedCertificate(
        DeclaredCertificate(NEW, "active"), state, found.fingerprint, local=found, client=CLIENT, listed=shown, dialogue=answer
    )


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
    resource = ProviderSwitch(SIRET, [], DeclaredSwitch(OLD, NEW, PAST), judging=validation_policy(GOOD))
    context = Context(cast(Operations, FakeOperations()), None, cast(RevocationFetcher, psce))
    seen = observed(OLD_ACTIVE, new_one(state))
    seen = replace(seen, certificates=tuple(resource.gather_evidence(item, seen, context) for item in seen.certificates))
    assert psce.asked == asked, "nobody judges the one that leaves"
    plan = resource.plan(seen, NOW)
    assert ([step.code for step in plan.steps], waited(plan)) == (steps, waiting)
    assert [verdict["outcome"] for verdict in plan.facts["verdicts"]] == ["fail" if revoked else "pass"]


def test_whose_key_is_elsewhere_is_not_judged() -> None:
    elsewhere = item(B, "inactive", provider=NEW, listed=listed(B, "inactive", NEW))
    plan = ProviderSwitch(SIRET, [], DeclaredSwitch(OLD, NEW, PAST), judging=validation_policy(GOOD)).plan(
        observed(OLD_ACTIVE, elsewhere), NOW
    )
    assert [step.code for step in plan.steps] == [ACTIVATE]
    assert [verdict["outcome"] for verdict in plan.facts["verdicts"]] == [None]


def test_without_a_trust_store_nothing_is_judged() -> None:
    plan = ProviderSwitch(SIRET, [], DeclaredSwitch(OLD, NEW, PAST)).plan(observed(OLD_ACTIVE, NEW_ACTIVE), NOW)
    assert plan.facts == {"verdicts": None}
