# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rotation brings in nothing that breaks a rule of RGS*, nor goes back to it; and what ends the trust in a certificate makes it due. No network."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._http.revocation_fetcher import RevocationFetcher
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ValidationPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.renewal import RenewalPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Override
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.delivery import DeliveredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import DeclaredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import Order
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.case import Wish, due
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.rotation import Rotation
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.state import CertificateVersion, RotationState
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.support.evaluation import CRL_URL, OCSP_URL, Psce, leaf, scene, trusting, validation_policy
from tests.support.fake_operations import FakeOperations
from tests.support.observed import NOW, SIRET, convention, dialogue, listed, local, space, waited

GOOD, NO_CLIENT = scene(), scene(eku=("server",))
OLD = "a" * 64
BOTH, SHARED = [OCSP_URL, CRL_URL], [CRL_URL]
STATES = {"active": "authorised", "inactive": "known_inactive", "not_installed": "unknown"}
CLIENT = ClientCertificate("/c.pem", "/k.pem")
ORDER = Order(Subject(SIRET, "Lyon", "FPS acme"), "acme", "ec-p256")
PENDING = {"requested_at": "2026-02-20T08:00:00Z", "handed_out": True, "rotates": OLD}
BRINGING = ["install_next", "activate_next", "swap", "confirm_reload"]


def held(state: str, certificate: Any = None) -> CertificateVersion:
    found = certificate or local(OLD)
    shown = listed(found.fingerprint, state) if state != "not_installed" else None
    return CertificateVersion("1", found, CLIENT, listed=shown, dialogue=dialogue(found.fingerprint, STATES[state]))


def planned(
    tmp_path: Path, seen: dict[str, Any], wish: Wish, made: Any, how: ValidationPolicy | None, **psce: bool
) -> tuple[Plan, list[str]]:
    """(plan, addresses asked)."""
    provider = Psce(made, **psce)
    resource = Rotation(ORDER, DeclaredCertificate("acme", "active"), wish, judging=how)
    context = Context(cast(Operations, FakeOperations({})), None, cast(RevocationFetcher, provider))
    in_use = held("active", replace(leaf(GOOD), fingerprint=OLD))
    found = {"space": space(conventions=(convention("in_force"),)), "store": Store(str(tmp_path), SIRET), "current": in_use, **seen}
    observed = RotationState(**found)
    observed = replace(observed, coming_evidence=resource.gather_coming_evidence(observed, context))
    asked = list(provider.asked)
    plan = resource.plan(observed, NOW)
    assert provider.asked == asked, "a plan asks nobody"
    return plan, asked


def delivered(made: Any) -> dict[str, Any]:
    return {"pending": PENDING, "delivered": DeliveredCertificate("/in.pem", leaf(made), ())}


UNASKED = replace(CertificateVersion("2", leaf(NO_CLIENT), CLIENT), unasked=TransportError("reset"))
NOT_RGS, GRACE = ["certificate_not_rgs"], ["rotation_grace"]


@pytest.mark.parametrize(
    ("seen", "made", "psce", "steps", "waiting", "asked"),
    [
        pytest.param({"next": held("not_installed", leaf(GOOD))}, GOOD, {}, BRINGING, GRACE, BOTH, id="good"),
        pytest.param(delivered(GOOD), GOOD, {}, ["pick_up", *BRINGING], GRACE, BOTH, id="good, delivered"),
        pytest.param({"next": held("active", leaf(GOOD))}, GOOD, {}, BRINGING[2:], GRACE, SHARED, id="good, active already"),
        pytest.param({"next": held("not_installed", leaf(GOOD))}, GOOD, {"revoked": True}, [], NOT_RGS, BOTH, id="revoked"),
        pytest.param({"next": held("inactive", leaf(GOOD))}, GOOD, {"revoked": True}, [], NOT_RGS, BOTH, id="revoked, to activate"),
        pytest.param({"next": held("active", leaf(GOOD))}, GOOD, {"revoked": True}, [], NOT_RGS, SHARED, id="revoked, to be used"),
        pytest.param(delivered(NO_CLIENT), NO_CLIENT, {}, ["pick_up"], NOT_RGS, BOTH, id="wrong, delivered"),
        pytest.param({"next": UNASKED}, NO_CLIENT, {}, [], NOT_RGS, BOTH, id="wrong, and TLS says no word"),
        pytest.param({"next": held("not_installed", leaf(GOOD))}, GOOD, {"down": True}, [], NOT_RGS, BOTH, id="nobody answers"),
        pytest.param({}, GOOD, {}, [], [], [], id="nothing comes in"),
    ],
)
def test_what_comes_in(
    tmp_path: Path, seen: dict[str, Any], made: Any, psce: dict[str, bool], steps: list[str], waiting: list[str], asked: list[str]
) -> None:
    plan, addresses = planned(tmp_path, seen, Wish(), made, validation_policy(made), **psce)
    assert ([step.code for step in plan.steps], waited(plan), addresses) == (steps, waiting, asked)
    assert (plan.after["current"]["fingerprint"] == OLD) is ("swap" not in steps)
    assert [(verdict["provider"], verdict["fingerprint"]) for verdict in plan.facts["verdicts"]] == (
        [("acme", leaf(made).fingerprint)] if seen else []
    )
    outcomes = [verdict["outcome"] for verdict in plan.facts["verdicts"]]
    assert outcomes == ([] if not seen else ["fail"] if waiting == NOT_RGS else ["pass"])


def test_the_rules_that_fail_are_named_and_how_to_go_on(tmp_path: Path) -> None:
    plan, _asked = planned(tmp_path, {"next": UNASKED}, Wish(), NO_CLIENT, validation_policy(NO_CLIENT))
    text = plan.waiting[0].as_dict("en", NOW)["next_action"]["text"]
    assert "extended_key_usage: " in text
    assert f"antai_rotation_replace: {leaf(NO_CLIENT).fingerprint}" in text
    assert plan.waiting[0].facts["provider"] == "acme"


def test_an_overridden_rule_holds_nothing_up_and_tls_is_heard_again(tmp_path: Path) -> None:
    how = validation_policy(NO_CLIENT, overrides=(Override("extended_key_usage", "warn", "a test"),))
    plan, _asked = planned(tmp_path, delivered(NO_CLIENT), Wish(), NO_CLIENT, how)
    assert [step.code for step in plan.steps] == ["pick_up", *BRINGING]
    with pytest.raises(TransportError, match="reset"):
        planned(tmp_path, {"next": UNASKED}, Wish(), NO_CLIENT, how)


def test_without_a_trust_store_nothing_is_judged(tmp_path: Path) -> None:
    plan, asked = planned(tmp_path, {"next": held("not_installed", leaf(GOOD))}, Wish(), GOOD, None, revoked=True)
    assert ([step.code for step in plan.steps], asked, plan.facts) == (BRINGING, [], {"verdicts": None})


@pytest.mark.parametrize(
    ("state", "revoked", "steps", "waiting", "asked"),
    [
        ("inactive", False, ["activate_previous", "swap_back", "confirm_reload", "deactivate_rejected"], [], BOTH),
        ("inactive", True, [], NOT_RGS, BOTH),
        ("active", True, ["swap_back", "confirm_reload", "deactivate_rejected"], [], []),
    ],
)
def test_the_way_back(tmp_path: Path, state: str, revoked: bool, steps: list[str], waiting: list[str], asked: list[str]) -> None:
    """What has been deactivated is judged before it is activated again; what still works is a way back without questions."""
    seen = {"current": held("active"), "previous": held(state, leaf(GOOD))}
    plan, addresses = planned(tmp_path, seen, Wish(rollback=True), GOOD, validation_policy(GOOD), revoked=revoked)
    assert ([step.code for step in plan.steps], waited(plan), addresses) == (steps, waiting, asked)
    assert {(reason.facts["provider"], reason.facts["fingerprint"]) for reason in plan.waiting} <= {("acme", leaf(GOOD).fingerprint)}


@pytest.mark.parametrize(
    ("entry_ends_in", "wanted"),
    [pytest.param(None, False, id="never"), pytest.param(95, False, id="later"), pytest.param(50, True, id="within the first stage")],
)
def test_the_end_of_its_ca_s_entry_makes_it_due(tmp_path: Path, entry_ends_in: int | None, wanted: bool) -> None:
    ends = (NOW + timedelta(days=entry_ends_in)).date() if entry_ends_in else None
    old = replace(leaf(GOOD), not_before=NOW - timedelta(days=300))
    current = replace(held("active", old), leaf=old)
    trusted = trusting(GOOD, valid_to=ends)
    assert due(current, NOW, RenewalPolicy(), trusted).due is wanted
    assert due(current, NOW, RenewalPolicy(), TrustStore(())).due is False
    plan, _asked = planned(tmp_path, {"current": current}, Wish(), GOOD, ValidationPolicy(trusted))
    assert [step.code for step in plan.steps] == (["make_request"] if wanted else [])


def test_a_new_one_of_a_ca_that_ends_soon_is_not_due_at_once() -> None:
    new = replace(leaf(GOOD), not_before=NOW)
    assert due(CertificateVersion("1", new), NOW, RenewalPolicy(), trusting(GOOD, valid_to=(NOW + timedelta(days=50)).date())).due is False


@pytest.mark.parametrize(
    ("seen", "revoked", "steps", "asked"),
    [
        pytest.param({}, True, ["make_request"], SHARED, id="revoked"),
        pytest.param({}, False, [], SHARED, id="good"),
        pytest.param({"pending": PENDING}, True, [], [], id="the next one is on its way"),
        pytest.param({"next": held("not_installed", leaf(GOOD))}, True, [], [], id="the next one is here"),
    ],
)
def test_a_revocation_of_the_one_in_use_makes_it_due(
    tmp_path: Path, seen: dict[str, Any], revoked: bool, steps: list[str], asked: list[str]
) -> None:
    psce = Psce(GOOD, revoked=revoked)
    resource = Rotation(ORDER, DeclaredCertificate("acme", "active"), Wish(), judging=validation_policy(GOOD))
    context = Context(cast(Operations, FakeOperations({})), None, cast(RevocationFetcher, psce))
    found = {
        "space": space(conventions=(convention("in_force"),)),
        "store": Store(str(tmp_path), SIRET),
        "current": held("active", leaf(GOOD)),
    }
    observed = RotationState(**found | seen)
    observed = replace(observed, current_evidence=resource.gather_current_evidence(observed, context))
    assert psce.asked == asked
    if not seen:
        assert [
            (step.code, step.reason.startswith("it is good no longer: revoked on ")) for step in resource.plan(observed, NOW).steps
        ] == [(code, True) for code in steps]
        renewal = resource.due(observed, NOW)
        assert renewal
        assert (renewal.due, renewal.days_left == 0) == (revoked, revoked)


def test_a_key_that_is_used_again_is_told(tmp_path: Path) -> None:
    old = replace(leaf(GOOD), fingerprint=OLD)
    plan, _asked = planned(
        tmp_path, {"current": held("active", old), "next": held("not_installed", leaf(GOOD))}, Wish(), GOOD, validation_policy(GOOD)
    )
    assert len([warning for warning in plan.warnings if "has the same key as aaaaaaaaaaaaaaaa..." in warning]) == 1
    other = replace(old, public_key=b"another")
    plan, _asked = planned(
        tmp_path, {"current": held("active", other), "next": held("not_installed", leaf(GOOD))}, Wish(), GOOD, validation_policy(GOOD)
    )
    assert not [warning for warning in plan.warnings if "the same key" in warning]
