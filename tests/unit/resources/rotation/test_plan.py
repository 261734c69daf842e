# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every decision of a rotation, as tables: what is seen and wished, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.est import EstService
from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ValidationPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.renewal import RenewalPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.delivery import DeliveredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import DeclaredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import Order, requested_fields
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.case import Wish, due, failed_proof
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.plan import decide
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.rotation import Rotation
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.state import (
    CertificateVersion,
    ExternalCertificate,
    RotationState,
)
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.evaluation import authority, leaf, scene, trusting, trusting_the_root
from tests.support.observed import EMAIL, NOW, SINCE, SIRET, codes, convention, dialogue, listed, local, space, waited

A, B, C = "a" * 64, "b" * 64, "c" * 64
OPEN = space(conventions=(convention("in_force"),))
CLOSED = space(access="no_credentials", state="unknown")
ORDER = Order(Subject(SIRET, "Lyon", "FPS acme"), "acme", "ec-p256")
ANSWERS = {"active": "authorised", "inactive": "known_inactive", "not_installed": "unknown"}
PENDING = {"requested_at": "2026-02-20T08:00:00Z", "handed_out": True, "rotates": A}
LONG_AGO, JUST_NOW = "2026-02-01T10:00:00Z", "2026-03-02T09:00:00Z"


def held(
    fingerprint: str, state: str, *, says: str = "", rule: str | None = None, expires_in: int = 365, **changes: Any
) -> CertificateVersion:
    """A version in this state in the space, and what the SI FPS says of it."""
    return replace(
        CertificateVersion("1", local(fingerprint, timedelta(days=expires_in)), ClientCertificate("/c.pem", "/k.pem")),
        listed=listed(fingerprint, state) if state in ("active", "inactive") else None,
        dialogue=dialogue(fingerprint, says or ANSWERS[state], rule=rule, message="non"),
        **changes,
    )


def plan_of(tmp_path: Path, wish: Wish, **seen: Any) -> Plan:
    found = {"space": OPEN, "store": Store(str(tmp_path), SIRET), "current": held(A, "active"), **seen}
    return decide(RotationState(**found), ORDER, wish, NOW)


def unseen(found: CertificateVersion) -> CertificateVersion:
    return replace(found, listed=None)


MEANT = DeclaredCertificate("acme", "active")
OLD, IN_USE = held(A, "active"), held(B, "active")
GRACE = {"current": IN_USE, "previous": replace(OLD, notes={"replaced_at": JUST_NOW})}
OVER = {"current": IN_USE, "previous": replace(OLD, notes={"replaced_at": LONG_AGO})}
REFUSED_ASIDE = replace(held(B, "inactive"), notes={"set_aside": {"why": "refused", "reason": "non", "rule": "R9", "at": JUST_NOW}})
COMPROMISED = replace(held(A, "inactive"), notes={"compromised_at": JUST_NOW})
DELIVERED = DeliveredCertificate("/in.pem", local(B), (local(B),))
BRINGING = ["install_next", "activate_next", "swap", "confirm_reload"]

CASES: dict[str, tuple[dict[str, Any], Wish, list[str], list[str]]] = {
    # Nothing under way
    "nothing is due": ({}, Wish(), [], []),
    "due": ({"current": held(A, "active", expires_in=5)}, Wish(), ["make_request"], ["certificate_issue"]),
    "not so early": ({"current": held(A, "active", expires_in=5)}, Wish(policy=RenewalPolicy((4,))), [], []),
    "to be replaced": ({}, Wish(replace=A), ["make_request"], ["certificate_issue"]),
    "another one is to be": ({}, Wish(replace=C), [], []),
    "there is none": ({"current": None}, Wish(), [], ["certificate_order"]),
    "the first is ordered": ({"current": None, "pending": PENDING}, Wish(), [], ["certificate_issue"]),
    # On its way
    "lost its link": ({"lost": PENDING}, Wish(), ["repair_link"], ["certificate_issue"]),
    "the onboarding's own request": ({"pending": PENDING | {"rotates": None, "handed_out": False}}, Wish(), [], ["certificate_issue"]),
    "requested": ({"pending": PENDING}, Wish(), [], ["certificate_issue"]),
    "delivered": ({"pending": PENDING, "delivered": DELIVERED}, Wish(), ["pick_up", *BRINGING], ["rotation_grace"]),
    "delivered, until proved": ({"pending": PENDING, "delivered": DELIVERED}, Wish(until="proved"), ["pick_up", *BRINGING[:2]], []),
    "delivered expired": (
        {"pending": PENDING, "delivered": DeliveredCertificate("/in.pem", local(B, timedelta(0)), ())},
        Wish(),
        ["note_delivery"],
        ["delivery_unusable"],
    ),
    "not installed": ({"next": held(B, "not_installed")}, Wish(), BRINGING, ["rotation_grace"]),
    "no grace": ({"next": held(B, "not_installed")}, Wish(timedelta(0)), [*BRINGING, "deactivate_previous", "drop_previous"], []),
    "inactive": ({"next": held(B, "inactive")}, Wish(), BRINGING[1:], ["rotation_grace"]),
    "inactive, not listed": ({"next": unseen(held(B, "inactive"))}, Wish(), [], ["certificate_listing"]),
    "before the convention": ({"next": held(B, "inactive"), "space": space()}, Wish(), [], ["convention_signature"]),
    "not installed, without access": (
        {"next": held(B, "not_installed"), "space": CLOSED},
        Wish(),
        ["install_next"],
        ["certificate_activation"],
    ),
    "authorised": ({"next": held(B, "active")}, Wish(), BRINGING[2:], ["rotation_grace"]),
    "authorised, until swapped": ({"next": held(B, "active")}, Wish(until="swapped"), ["swap"], []),
    "authorised, until proved": ({"next": held(B, "active")}, Wish(until="proved"), [], []),
    "authorised, without access": ({"next": unseen(held(B, "active")), "space": CLOSED}, Wish(), BRINGING[2:], ["rotation_grace"]),
    "refused before it is active": ({"next": held(B, "inactive", says="refused", rule="R9")}, Wish(), [], ["certificate_refused"]),
    "refused once active": (
        {"next": held(B, "active", says="refused", rule="R9")},
        Wish(),
        ["set_aside", "deactivate_rejected"],
        ["rotation_refused"],
    ),
    "unknown once active": (
        {"next": held(B, "active", says="unknown")},
        Wish(),
        ["set_aside", "deactivate_rejected"],
        ["rotation_refused"],
    ),
    "not heard of yet": ({"next": held(B, "active", says="known_inactive")}, Wish(), [], ["certificate_proof"]),
    "both refused by one rule": (
        {"current": held(A, "active", says="refused", rule="R6"), "next": held(B, "active", says="refused", rule="R6")},
        Wish(),
        [],
        ["dialogue_refused"],
    ),
    "the next is to be replaced": (
        {"next": held(B, "active")},
        Wish(replace=B),
        ["set_aside", "deactivate_rejected", "make_request", "drop_rejected"],
        ["certificate_issue"],
    ),
    "killed between two links": ({"leftovers": ("next",)}, Wish(), ["finish_move"], []),
    # The old one
    "reload due": (GRACE | {"reload_due": True}, Wish(), ["confirm_reload"], ["rotation_grace"]),
    "reload due, until swapped": (GRACE | {"reload_due": True}, Wish(until="swapped"), ["ask_reload"], []),
    "reload due, and asked": (GRACE | {"reload_due": True, "reload_asked": True}, Wish(until="swapped"), [], []),
    "reload due, until proved": (GRACE | {"reload_due": True}, Wish(until="proved"), [], []),
    "in grace": (GRACE, Wish(), [], ["rotation_grace"]),
    "in grace, the new one is to be replaced": (GRACE, Wish(replace=B), ["make_request"], ["rotation_grace", "certificate_issue"]),
    "in grace, the old one is to be replaced": (GRACE, Wish(replace=A), [], ["rotation_grace"]),
    "grace over": (OVER, Wish(), ["deactivate_previous", "drop_previous"], []),
    "grace over, until swapped": (OVER, Wish(until="swapped"), [], []),
    "grace over, removable": (OVER | {"removable": True}, Wish(), ["remove_previous", "drop_previous"], []),
    "grace over, inactive": (OVER | {"previous": held(A, "inactive")}, Wish(), ["drop_previous"], []),
    "grace over, its key is gone": (OVER | {"previous": replace(held(A, "inactive"), client=None)}, Wish(), ["drop_previous"], []),
    "grace over, no access": (
        OVER | {"previous": unseen(OVER["previous"]), "space": CLOSED},
        Wish(),
        [],
        ["certificate_deactivation"],
    ),
    "grace over, nothing is known of it": (
        OVER | {"previous": replace(OVER["previous"], listed=None, dialogue=None), "space": CLOSED},
        Wish(),
        [],
        ["certificate_deactivation"],
    ),
    "grace over, the new one does not pass": (
        OVER | {"current": held(B, "active", says="refused", rule="R9")},
        Wish(),
        [],
        ["dialogue_refused"],
    ),
    "another one comes in during the grace": (
        GRACE | {"next": held(C, "active")},
        Wish(),
        ["deactivate_previous", "drop_previous", "swap", "confirm_reload"],
        ["rotation_grace"],
    ),
    "in grace, though due": (GRACE | {"current": held(B, "active", expires_in=5)}, Wish(), [], ["rotation_grace"]),
    "reload due, until swapped, to be replaced": (GRACE | {"reload_due": True}, Wish(until="swapped", replace=B), ["ask_reload"], []),
    "grace over, the new one does not pass, and is to be replaced": (
        OVER | {"current": held(B, "active", says="refused")},
        Wish(replace=B),
        [],
        ["dialogue_refused"],
    ),
    "grace over, no access, and to be replaced": (
        OVER | {"previous": unseen(OVER["previous"]), "space": CLOSED},
        Wish(replace=B),
        [],
        ["certificate_deactivation"],
    ),
    "grace over, its key is gone, and the new one does not pass": (
        OVER | {"current": held(B, "active", says="refused"), "previous": replace(OVER["previous"], client=None)},
        Wish(),
        ["drop_previous"],
        [],
    ),
    "no grace, and the old one does not pass any more": (
        {"current": held(A, "active", says="refused", rule="R9"), "next": held(B, "active")},
        Wish(timedelta(0)),
        ["swap", "confirm_reload", "deactivate_previous", "drop_previous"],
        [],
    ),
    "another one comes in, since the one in use does not pass": (
        GRACE | {"current": held(B, "active", says="refused", rule="R9"), "next": held(C, "active")},
        Wish(),
        ["deactivate_previous", "drop_previous", "swap", "confirm_reload"],
        ["rotation_grace"],
    ),
    "not installed, the account under control": (
        {"next": held(B, "not_installed"), "space": space("under_control")},
        Wish(),
        [],
        ["account_control"],
    ),
    # Set aside
    "set aside as replaced": (
        {"rejected": replace(held(B, "inactive"), notes={"set_aside": {"why": "replaced"}})},
        Wish(),
        ["make_request", "drop_rejected"],
        ["certificate_issue"],
    ),
    "set aside, rolled back": (
        {"rejected": replace(held(B, "inactive"), notes={"set_aside": {"why": "rolled_back", "at": JUST_NOW}})},
        Wish(),
        [],
        ["rotation_rolled_back"],
    ),
    "set aside, rolled back, acknowledged": (
        {"rejected": replace(held(B, "inactive"), notes={"set_aside": {"why": "rolled_back", "at": JUST_NOW}})},
        Wish(acknowledge=B),
        ["drop_rejected"],
        [],
    ),
    "set aside, still active, acknowledged": (
        {"rejected": replace(held(B, "active"), notes=REFUSED_ASIDE.notes)},
        Wish(acknowledge=B),
        ["deactivate_rejected", "drop_rejected"],
        [],
    ),
    "set aside, another one is acknowledged": ({"rejected": REFUSED_ASIDE}, Wish(acknowledge=C), [], ["rotation_refused"]),
    "nothing set aside is acknowledged": ({}, Wish(acknowledge=B), [], []),
    "acknowledged, and the one in use is due": (
        {"current": held(A, "active", expires_in=5), "rejected": REFUSED_ASIDE},
        Wish(acknowledge=B),
        ["make_request", "drop_rejected"],
        ["certificate_issue"],
    ),
    "acknowledged, and it cannot be deactivated": (
        {"rejected": replace(unseen(held(B, "active")), notes=REFUSED_ASIDE.notes), "space": CLOSED},
        Wish(acknowledge=B),
        [],
        ["certificate_deactivation"],
    ),
    "acknowledged, though it cannot be deactivated, and due": (
        {
            "current": held(A, "active", expires_in=5),
            "rejected": replace(unseen(held(B, "active")), notes=REFUSED_ASIDE.notes),
            "space": CLOSED,
        },
        Wish(acknowledge=B),
        ["make_request"],
        ["certificate_deactivation", "certificate_issue"],
    ),
    "acknowledged, with a way back that is done": ({"rejected": REFUSED_ASIDE}, Wish(acknowledge=B, rollback=True), ["drop_rejected"], []),
    "acknowledged, without a certificate in use": (
        {"rejected": REFUSED_ASIDE, "current": None},
        Wish(acknowledge=B),
        ["drop_rejected"],
        ["certificate_order"],
    ),
    "acknowledged, and not reloaded yet": ({"rejected": REFUSED_ASIDE, "reload_due": True}, Wish(acknowledge=B, until="proved"), [], []),
    "set aside, still active, and to be replaced": (
        {"rejected": replace(held(B, "active"), notes=REFUSED_ASIDE.notes)},
        Wish(replace=B),
        ["make_request", "deactivate_rejected", "drop_rejected"],
        ["certificate_issue"],
    ),
    "set aside, though due": ({"current": held(A, "active", expires_in=5), "rejected": REFUSED_ASIDE}, Wish(), [], ["rotation_refused"]),
    "set aside, the one in use is to be replaced": ({"rejected": REFUSED_ASIDE}, Wish(replace=A), [], ["rotation_refused"]),
    "set aside, and to be replaced": (
        {"rejected": REFUSED_ASIDE},
        Wish(replace=B),
        ["make_request", "drop_rejected"],
        ["certificate_issue"],
    ),
    "set aside, and another on its way": (
        {"rejected": REFUSED_ASIDE, "pending": PENDING},
        Wish(),
        ["drop_rejected"],
        ["certificate_issue"],
    ),
    "set aside, still active": (
        {"rejected": replace(held(B, "active"), notes=REFUSED_ASIDE.notes)},
        Wish(),
        ["deactivate_rejected"],
        ["rotation_refused"],
    ),
    # Back
    "nothing to roll back": ({}, Wish(rollback=True), [], []),
    "back from the next": ({"next": held(B, "active")}, Wish(rollback=True), ["set_aside", "deactivate_rejected"], []),
    "back in grace": (GRACE, Wish(rollback=True), ["swap_back", "confirm_reload", "deactivate_rejected"], []),
    "back in grace, until swapped": (GRACE, Wish(rollback=True, until="swapped"), ["swap_back"], []),
    "back in grace, until proved": (GRACE, Wish(rollback=True, until="proved"), [], []),
    "back, it is inactive": (
        GRACE | {"previous": held(A, "inactive")},
        Wish(rollback=True),
        ["activate_previous", "swap_back", "confirm_reload", "deactivate_rejected"],
        [],
    ),
    "back, it is refused": (GRACE | {"previous": held(A, "active", says="refused")}, Wish(rollback=True), [], ["certificate_refused"]),
    "back, without access": (
        GRACE | {"previous": unseen(held(A, "inactive")), "space": CLOSED},
        Wish(rollback=True),
        [],
        ["certificate_activation"],
    ),
    "back, it has expired": (GRACE | {"previous": held(A, "active", expires_in=-1)}, Wish(rollback=True), [], []),
    "back, done": ({"rejected": REFUSED_ASIDE}, Wish(rollback=True), [], []),
    # Compromised
    "compromised": (
        {},
        Wish(replace=A, compromised=True),
        ["deactivate_compromised", "mark_compromised", "make_request"],
        ["certificate_revocation", "dialogue_down", "certificate_issue"],
    ),
    "compromised, without access": (
        {"current": unseen(OLD), "space": CLOSED},
        Wish(replace=A, compromised=True),
        ["mark_compromised", "make_request"],
        ["certificate_deactivation", "certificate_revocation", "dialogue_down", "certificate_issue"],
    ),
    "compromised before": (
        {"current": COMPROMISED, "pending": PENDING},
        Wish(),
        [],
        ["certificate_revocation", "dialogue_down", "certificate_issue"],
    ),
    "compromised, the next is there": (
        {"current": COMPROMISED, "next": held(B, "active")},
        Wish(),
        ["swap", "confirm_reload", "drop_previous"],
        ["certificate_revocation", "dialogue_down"],
    ),
    "compromised in its grace": (
        GRACE,
        Wish(replace=A, compromised=True),
        ["deactivate_compromised", "mark_compromised", "drop_previous"],
        ["certificate_revocation"],
    ),
    "compromised, no way back to it": (GRACE | {"previous": COMPROMISED}, Wish(rollback=True), [], ["certificate_revocation"]),
    "the new one is compromised, back to the old": (
        GRACE,
        Wish(replace=B, compromised=True, rollback=True),
        ["deactivate_compromised", "mark_compromised", "swap_back", "confirm_reload"],
        ["certificate_revocation", "dialogue_down"],
    ),
}


@pytest.mark.parametrize(("seen", "wish", "steps", "waiting"), CASES.values(), ids=list(CASES))
def test_decision(tmp_path: Path, seen: dict[str, Any], wish: Wish, steps: list[str], waiting: list[str]) -> None:
    plan = plan_of(tmp_path, wish, **seen)
    assert ([code for code, _target in codes(plan)], waited(plan)) == (steps, waiting)
    assert plan.before.keys() == plan.after.keys()
    assert (plan.before == plan.after) is (
        not [step for step in steps if step not in ("ask_reload", "finish_move", "mark_compromised", "note_delivery")]
    )


OVER_SAID = "the new one is in use, and the grace period is over"
UNUSED_KEY = "it is retired, and a key that nothing uses is only a risk"
REVOKE = "its key is compromised: have the PSCE revoke it, if that is not done"
AUTHORISED, RELOADED, NO_LONGER = "the SI FPS authorises it", "what reads the certificate is reloaded", "it is not in use any more"
REFUSES, NEVER_AGAIN = "the SI FPS does not authorise it once active", "it must never be active again"
CUT = "its key is compromised"

# A case of CASES: (reason, target) of its steps in order
WHY: dict[str, list[tuple[str, str]]] = {
    "due": [("the certificate ends on 2026-03-07, within 7 days", "acme")],
    "to be replaced": [("it is to be replaced now", "acme")],
    "lost its link": [("the link `pending` is gone, and the newest version waits for the PSCE's answer", "acme")],
    "delivered, until proved": [
        ("the PSCE has delivered /in.pem", "acme"),
        ("the SI FPS does not know it", B),
        ("the convention is in force", B),
    ],
    "authorised": [(AUTHORISED, B), (RELOADED, "acme")],
    "refused once active": [(REFUSES, B), (REFUSES, B)],
    "the next is to be replaced": [
        ("to be replaced", B),
        ("to be replaced", B),
        ("the one that was set aside is to be replaced", "acme"),
        ("another one is ordered", "acme"),
    ],
    "killed between two links": [("a run was killed between two links (next)", "acme")],
    "reload due, until swapped": [("the certificate in use has changed, and what reads it is not known to be reloaded", "acme")],
    "grace over": [(OVER_SAID, A), (UNUSED_KEY, "acme")],
    "grace over, removable": [(OVER_SAID, A), (UNUSED_KEY, "acme")],
    "another one comes in during the grace": [
        ("another one comes in", A),
        (UNUSED_KEY, "acme"),
        (AUTHORISED, C),
        (RELOADED, "acme"),
    ],
    "set aside, still active": [(NO_LONGER, B)],
    "set aside, still active, and to be replaced": [
        ("the one that was set aside is to be replaced", "acme"),
        ("another one is ordered", B),
        ("another one is ordered", "acme"),
    ],
    "back from the next": [("rolled back", B), ("rolled back", B)],
    "back, it is inactive": [("rolled back", A), ("rolled back", A), (RELOADED, "acme"), (NO_LONGER, B)],
    "compromised": [(CUT, A), (NEVER_AGAIN, A), ("the key in use is compromised", "acme")],
    "compromised in its grace": [(CUT, A), (NEVER_AGAIN, A), (REVOKE, "acme")],
}


@pytest.mark.parametrize("name", WHY)
def test_why(tmp_path: Path, name: str) -> None:
    seen, wish, _steps, _waiting = CASES[name]
    assert [(step.reason, step.target) for step in plan_of(tmp_path, wish, **seen).steps] == WHY[name]


NEVER_SAID = {"reason": "non", "rule": None}

# A case of CASES: (since, about) of what is waited for, the provider left out
TOLD: dict[str, list[tuple[str | None, dict[str, Any]]]] = {
    "there is none": [(None, {})],
    "not installed": [(None, {"fingerprint": A, "date": "2026-03-09T10:00:00Z"})],
    "not installed, without access": [(None, {"fingerprint": B})],
    "refused before it is active": [(None, {"fingerprint": B, "reason": "non", "rule": "R9"})],
    "refused once active": [(None, {"fingerprint": B, "reason": "non", "rule": "R9"})],
    "in grace": [(JUST_NOW, {"fingerprint": A, "date": "2026-03-09T09:00:00Z"})],
    "grace over, no access": [(None, {"fingerprint": A})],
    "grace over, the new one does not pass": [(None, {"fingerprint": B, "reason": "non", "rule": "R9"})],
    "another one comes in during the grace": [(None, {"fingerprint": B, "date": "2026-03-09T10:00:00Z"})],
    "set aside, rolled back": [(JUST_NOW, {"fingerprint": B, "reason": None, "rule": None})],
    "set aside, though due": [(JUST_NOW, {"fingerprint": B, "reason": "non", "rule": "R9"})],
    "back, it is refused": [(None, {"fingerprint": A} | NEVER_SAID)],
    "back, without access": [(None, {"fingerprint": A})],
    "compromised before": [(JUST_NOW, {"fingerprint": A}), (JUST_NOW, {"fingerprint": A})],
    "compromised in its grace": [(None, {"fingerprint": A})],
    "compromised, no way back to it": [(JUST_NOW, {"fingerprint": A})],
}


@pytest.mark.parametrize("name", TOLD)
def test_who_is_waited_for_is_told_what(tmp_path: Path, name: str) -> None:
    seen, wish, _steps, _waiting = CASES[name]
    waiting = plan_of(tmp_path, wish, **seen).waiting[: len(TOLD[name])]
    assert [(reason.since, reason.facts) for reason in waiting] == [(since, {"provider": "acme"} | about) for since, about in TOLD[name]]


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ({"current": None}, "none"),
        ({}, "settled"),
        ({"pending": PENDING}, "requested"),
        ({"next": held(B, "inactive"), "pending": PENDING}, "issued"),
        (GRACE, "grace"),
        ({"rejected": REFUSED_ASIDE}, "set_aside"),
        ({"current": None, "external": ExternalCertificate(MEANT, A, None)}, "elsewhere"),
    ],
)
def test_the_state_of_a_rotation(tmp_path: Path, seen: dict[str, Any], state: str) -> None:
    plan = plan_of(tmp_path, Wish(until="proved"), **seen)
    assert (plan.before["state"], plan.before["siret"], plan.before["provider"]) == (state, SIRET, "acme")


def test_view(tmp_path: Path) -> None:
    seen = GRACE | {"pending": PENDING, "reload_due": True}
    in_use = {"version": "1", "fingerprint": B, "state": "active", "not_after": "2027-03-02T10:00:00Z"}
    assert plan_of(tmp_path, Wish(), **seen).before == {
        "state": "requested",
        "siret": SIRET,
        "provider": "acme",
        "requested": True,
        "requested_at": SINCE,
        "handed_out": True,
        "current": in_use,
        "next": None,
        "previous": in_use | {"fingerprint": A},
        "rejected": None,
        "reload_due": True,
        "grace_until": "2026-03-09T09:00:00Z",
    }


def test_what_comes_in_takes_the_place_of_its_request(tmp_path: Path) -> None:
    delivered = DeliveredCertificate("/in.pem", local(B, timedelta(seconds=1)), ())
    plan = plan_of(tmp_path, Wish(until="proved"), pending=PENDING, delivered=delivered, pending_version="2")
    assert {name: plan.after[name] for name in ("requested", "requested_at", "handed_out", "next")} == {
        "requested": False,
        "requested_at": None,
        "handed_out": False,
        "next": {"version": "2", "fingerprint": B, "state": "active", "not_after": "2026-03-02T10:00:01Z"},
    }


@pytest.mark.parametrize(
    ("seen", "wish", "asked"),
    [
        ({"lost": PENDING}, Wish(), (True, SINCE, True)),
        ({}, Wish(replace=A), (True, None, False)),
    ],
    ids=["found again", "made"],
)
def test_a_request_is_shown(tmp_path: Path, seen: dict[str, Any], wish: Wish, asked: tuple[bool, str | None, bool]) -> None:
    after = plan_of(tmp_path, wish, **seen).after
    assert (after["requested"], after["requested_at"], after["handed_out"]) == asked


def test_an_install_without_access_is_shown_inactive(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, Wish(), next=held(B, "not_installed"), space=CLOSED)
    assert plan.after["next"]["state"] == "inactive"


def test_a_kill_between_two_links_holds_nothing_else_up(tmp_path: Path) -> None:
    (step,) = plan_of(tmp_path, Wish(), leftovers=("next",)).steps
    assert step.chain == "move"


@pytest.mark.parametrize("state", ["not_installed", "inactive"])
def test_the_agent_is_named_where_the_account_is_waited_for(tmp_path: Path, state: str) -> None:
    seen = RotationState(space("under_control"), Store(str(tmp_path), SIRET), current=OLD, next=held(B, state))
    (waiting,) = decide(seen, ORDER, Wish(), NOW, EMAIL).waiting
    assert (waiting.code, waiting.facts["agent_email"]) == ("account_control", EMAIL)


def test_a_refused_convention_is_awaited_in_the_store(tmp_path: Path) -> None:
    (waiting,) = plan_of(tmp_path, Wish(), next=held(B, "inactive"), space=space(conventions=(convention("refused"),))).waiting
    assert waiting.facts["path"] == str(Store(str(tmp_path), SIRET).signed_convention("complet"))


def test_what_is_said_of_the_pending_request(tmp_path: Path) -> None:
    """Beside whatever else is said."""
    asked = PENDING | requested_fields(ORDER) | {"common_name": "Autre"}
    current = replace(held(A, "active"), notes={"compromised_at": JUST_NOW})
    down, stale, different = plan_of(tmp_path, Wish(), current=current, pending=asked, stale=("/in/old.pem",)).warnings
    assert down.startswith("the dialogue of acme is down")
    assert stale == "/in/old.pem answers an earlier request of acme, and is passed over: remove it"
    assert different.startswith("the pending request of acme was made with another common_name; ")


def test_the_first_order_s_wait_names_the_folders_that_are_declared(tmp_path: Path) -> None:
    order = replace(ORDER, drop_folder="/out", pickup_folder="/in")
    seen = RotationState(OPEN, Store(str(tmp_path), SIRET), pending=PENDING)
    (waiting,) = decide(seen, order, Wish(), NOW).waiting
    assert waiting.facts == {"provider": "acme", "csr": f"/out/{SIRET}-acme.csr", "drop": "/in"}


def test_a_rollback_without_a_reload_leaves_one_due(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, Wish(rollback=True, until="swapped"), **GRACE)
    assert (plan.before["reload_due"], plan.after["reload_due"]) == (False, True)


def test_the_rule_that_bars_the_way_back_is_named(tmp_path: Path) -> None:
    seen = GRACE | {"previous": held(A, "active", says="refused", rule="R9")}
    (waiting,) = plan_of(tmp_path, Wish(rollback=True), **seen).waiting
    assert waiting.facts == {"provider": "acme", "fingerprint": A, "reason": "non", "rule": "R9"}


def test_a_ca_that_came_with_a_declared_file_counts(tmp_path: Path) -> None:
    ends = NOW + timedelta(days=50)
    certificate = replace(scene(), issuer=replace(scene().issuer, not_after=ends))
    found = leaf(certificate)
    other = ExternalCertificate(MEANT, found.fingerprint, found, chain=(authority(certificate),))
    seen = RotationState(OPEN, Store(str(tmp_path), SIRET), external=other)
    waiting = decide(seen, ORDER, Wish(), NOW, judging=ValidationPolicy(trusting_the_root(certificate))).waiting
    assert [reason.facts["end"] for reason in waiting] == [ends.date().isoformat()]


def test_what_is_expired_at_this_second_is_no_way_back(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, Wish(rollback=True), **GRACE | {"previous": replace(OLD, leaf=local(A, timedelta(0)))})
    assert plan.steps == ()
    assert plan.warnings == (f"acme: no way back, {A} is retired, compromised or expired",)


@pytest.mark.parametrize(("says", "code"), [("known_inactive", "certificate_proof"), ("unknown", "certificate_proof")])
def test_the_way_back_waits_for_the_old_one_s_proof(tmp_path: Path, says: str, code: str) -> None:
    plan = plan_of(tmp_path, Wish(rollback=True), **GRACE | {"previous": held(A, "active", says=says)})
    assert (plan.steps, [(reason.code, reason.facts) for reason in plan.waiting]) == (
        (),
        [(code, {"provider": "acme", "fingerprint": A} | NEVER_SAID)],
    )


def test_a_refusal_without_the_space_bars_the_way_back_too(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, Wish(rollback=True), **GRACE | {"previous": unseen(held(A, "not_installed", says="refused"))})
    assert (plan.steps, waited(plan)) == ((), ["certificate_refused"])


def test_the_first_order_s_wait_tells_where_its_answer_is_awaited(tmp_path: Path) -> None:
    (waiting,) = plan_of(tmp_path, Wish(), current=None, pending=PENDING).waiting
    store = Store(str(tmp_path), SIRET)
    assert (waiting.since, waiting.facts["provider"], waiting.facts["drop"]) == (SINCE, "acme", str(store.dropped("acme")))


def test_removal_takes_an_inactive_one_too_and_what_goes_is_shown_gone(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, Wish(), **OVER | {"removable": True, "previous": replace(held(A, "inactive"), notes=OVER["previous"].notes)})
    assert [code for code, _target in codes(plan)] == ["remove_previous", "drop_previous"]
    assert (plan.before["grace_until"], plan.after["grace_until"]) == ("2026-02-08T10:00:00Z", None)


def test_one_without_access_that_is_inactive_is_not_waited_for(tmp_path: Path) -> None:
    seen = OVER | {"previous": unseen(held(A, "inactive")), "space": CLOSED}
    plan = plan_of(tmp_path, Wish(), **seen)
    assert ([code for code, _target in codes(plan)], waited(plan)) == (["drop_previous"], [])


def test_the_cut_of_a_compromised_key_waits_for_nothing_else(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, Wish(replace=A, compromised=True))
    assert [step.chain for step in plan.steps] == ["compromised", "mark", "acme"]
    assert plan.warnings[0] == (
        "the dialogue of acme is down until its next certificate is active: the key of the one in use is compromised"
    )


# Declared by its files, or by its fingerprint alone


THERE, SOON = listed(A, "active"), listed(A, "active", not_after="2026-03-20T08:00:00Z")


@pytest.mark.parametrize(
    ("found", "wish", "waiting", "shown"),
    [
        pytest.param(
            ExternalCertificate(MEANT, A, None, listed=THERE),
            Wish(),
            None,
            ("active", "2028-01-01T00:00:00Z"),
            id="its key elsewhere, not due",
        ),
        pytest.param(
            ExternalCertificate(MEANT, A, None, listed=SOON),
            Wish(),
            ("rotation_elsewhere", "2026-03-20"),
            ("active", "2026-03-20T08:00:00Z"),
            id="its key elsewhere, due",
        ),
        pytest.param(
            ExternalCertificate(MEANT, A, None, listed=SOON),
            Wish(policy=RenewalPolicy((5,))),
            None,
            ("active", "2026-03-20T08:00:00Z"),
            id="its key elsewhere, not so early",
        ),
        pytest.param(
            ExternalCertificate(MEANT, A, None, listed=THERE),
            Wish(replace=A),
            ("rotation_elsewhere", "2028-01-01"),
            ("active", "2028-01-01T00:00:00Z"),
            id="its key elsewhere, to be replaced",
        ),
        pytest.param(
            ExternalCertificate(MEANT, A, None, listed=THERE),
            Wish(replace=B),
            None,
            ("active", "2028-01-01T00:00:00Z"),
            id="another one is to be replaced",
        ),
        pytest.param(ExternalCertificate(MEANT, A, None), Wish(), None, (None, None), id="nobody shows it"),
        pytest.param(
            ExternalCertificate(MEANT, A, None),
            Wish(replace=A),
            ("rotation_elsewhere", None),
            (None, None),
            id="nobody shows it, to be replaced",
        ),
        pytest.param(ExternalCertificate(MEANT, None, None), Wish(), None, (None, None), id="nothing is known of it"),
        pytest.param(
            ExternalCertificate(MEANT, A, local(A), listed=SOON),
            Wish(),
            None,
            ("active", "2027-03-02T10:00:00Z"),
            id="its file goes before the space",
        ),
        pytest.param(
            ExternalCertificate(MEANT, A, local(A, timedelta(days=20)), listed=THERE),
            Wish(),
            ("rotation_files", "2026-03-22"),
            ("active", "2026-03-22T10:00:00Z"),
            id="by its files, due",
        ),
        pytest.param(
            ExternalCertificate(MEANT, A, local(A)),
            Wish(replace=A),
            ("rotation_files", "2027-03-02"),
            (None, "2027-03-02T10:00:00Z"),
            id="by its files, to be replaced",
        ),
    ],
)
def test_what_is_not_the_store_s_is_only_told_of(
    tmp_path: Path, found: ExternalCertificate, wish: Wish, waiting: tuple[str, str | None] | None, shown: tuple[str | None, str | None]
) -> None:
    plan = plan_of(tmp_path, wish, current=None, external=found)
    assert (plan.steps, plan.before["state"], plan.before) == ((), "elsewhere", plan.after)
    about = {"provider": "acme", "fingerprint": A}
    assert [(reason.code, reason.facts) for reason in plan.waiting] == ([(waiting[0], about | {"end": waiting[1]})] if waiting else [])
    state, end = shown
    assert plan.before["current"] == {"version": None, "fingerprint": found.fingerprint, "state": state, "not_after": end}


@pytest.mark.parametrize("by_file", [True, False])
def test_its_ca_s_end_counts_where_a_trust_store_tells_it(tmp_path: Path, by_file: bool) -> None:
    made = scene()
    ends = (NOW + timedelta(days=50)).date()
    found = leaf(made)
    shown = listed(found.fingerprint, "active", issuer=authority(made).named)
    other = ExternalCertificate(MEANT, found.fingerprint, found if by_file else None, listed=shown)
    seen = RotationState(OPEN, Store(str(tmp_path), SIRET), external=other)
    how = ValidationPolicy(trusting(made, valid_to=ends))
    assert [each.facts["end"] for each in decide(seen, ORDER, Wish(), NOW, judging=how).waiting] == [ends.isoformat()]
    assert decide(seen, ORDER, Wish(), NOW).waiting == ()


@pytest.mark.parametrize(("left", "wanted"), [(15, True), (91, False)])
def test_when_the_one_in_use_is_due_is_told_beforehand(tmp_path: Path, left: int, wanted: bool) -> None:
    current = held(A, "active", expires_in=left)
    current = replace(current, leaf=replace(current.leaf, not_before=NOW - timedelta(days=700)))
    resource = Rotation(ORDER, MEANT, Wish())
    told = resource.due(RotationState(OPEN, None, current=current), NOW)
    assert told is not None
    assert (told.due, told.end) == (wanted, NOW + timedelta(days=left))
    assert resource.due(RotationState(OPEN, None), NOW) is None
    patient = Rotation(ORDER, MEANT, Wish(policy=RenewalPolicy((3,)))).due(RotationState(OPEN, None, current=current), NOW)
    assert patient is not None
    assert not patient.due


def test_the_end_of_its_ca_makes_the_one_in_use_due() -> None:
    made, ends = scene(), (NOW + timedelta(days=50)).date()
    current = CertificateVersion("1", replace(leaf(made), not_before=NOW - timedelta(days=600)))
    told = Rotation(ORDER, MEANT, Wish(), judging=ValidationPolicy(trusting(made, valid_to=ends))).due(
        RotationState(OPEN, None, current=current), NOW
    )
    assert told is not None
    assert (told.due, told.end.date()) == (True, ends)


def test_a_swap_moves_every_name(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, Wish(), next=held(B, "active"))
    assert (plan.before["state"], plan.after["state"]) == ("issued", "grace")
    assert [plan.after[link] and plan.after[link]["fingerprint"] for link in ("current", "next", "previous", "rejected")] == [
        B,
        None,
        A,
        None,
    ]


def test_a_rollback_moves_every_name(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, Wish(rollback=True), **GRACE)
    assert [plan.after[link] and plan.after[link]["fingerprint"] for link in ("current", "next", "previous", "rejected")] == [
        A,
        None,
        None,
        B,
    ]
    assert (plan.after["rejected"]["state"], plan.after["grace_until"]) == ("inactive", None)


def test_the_steps_of_a_rotation_are_one_chain(tmp_path: Path) -> None:
    """One that cannot be done withholds what follows: nothing is swapped that is not active, nothing retired that is not replaced."""
    plan = plan_of(tmp_path, Wish(timedelta(0)), next=held(B, "not_installed"))
    assert {step.chain for step in plan.steps} == {"acme"}


@pytest.mark.parametrize(("warning", "seen"), [("nothing to roll back", {}), ("no way back", GRACE | {"previous": COMPROMISED})])
def test_what_cannot_be_rolled_back_is_said(tmp_path: Path, warning: str, seen: dict[str, Any]) -> None:
    assert warning in plan_of(tmp_path, Wish(rollback=True), **seen).warnings[0]


@pytest.mark.parametrize(
    ("life", "left", "days", "wanted"),
    [
        (730, 91, 90, False),
        (730, 90, 90, True),
        (90, 31, 90, False),
        (90, 30, 90, True),
        (3, 2, 90, False),
        (3, 1, 90, True),
        (730, -1, 90, True),
    ],
)
def test_due(life: int, left: int, days: int, wanted: bool) -> None:
    leaf = replace(local(A), not_before=NOW + timedelta(days=left - life), not_after=NOW + timedelta(days=left))
    assert due(CertificateVersion("1", leaf), NOW, RenewalPolicy((days,)), TrustStore(())).due is wanted


def test_a_third_of_a_life_is_told_in_whole_days() -> None:
    leaf = replace(local(A), not_before=NOW - timedelta(days=71), not_after=NOW + timedelta(days=20))
    found = due(CertificateVersion("1", leaf), NOW, RenewalPolicy((90,)), TrustStore(()))
    assert (found.stage, found.reason) == (30, "the certificate ends on 2026-03-22, within 30 days")


def test_a_ca_that_came_with_the_one_in_use_counts() -> None:
    certificate = replace(scene(), issuer=replace(scene().issuer, not_after=NOW + timedelta(days=50)))
    current = CertificateVersion("1", replace(leaf(certificate), not_before=NOW - timedelta(days=700)), chain=(authority(certificate),))
    assert due(current, NOW, RenewalPolicy(), trusting_the_root(certificate)).due is True
    assert due(replace(current, chain=()), NOW, RenewalPolicy(), trusting_the_root(certificate)).due is False


@pytest.mark.parametrize(
    ("answer", "old", "wanted"),
    [
        (dialogue(B, "authorised"), None, None),
        (dialogue(B, "known_inactive"), None, "certificate_proof"),
        (dialogue(B, "unknown"), None, "rotation_refused"),
        (dialogue(B, "refused", rule="R9"), dialogue(A, "authorised"), "rotation_refused"),
        (dialogue(B, "refused", rule="R9"), dialogue(A, "refused", rule="R6"), "rotation_refused"),
        (dialogue(B, "refused", rule="R6"), dialogue(A, "refused", rule="R6"), "dialogue_refused"),
    ],
)
def test_a_proof_that_fails(answer: dict[str, Any], old: dict[str, Any] | None, wanted: str | None) -> None:
    found = failed_proof("acme", B, answer, old)
    assert (found.code if found else None) == wanted


EST = replace(ORDER, est=EstService("https://psce.example", None, "us", "secret", None, 5.0))
ASKED = PENDING | requested_fields(EST) | {"est_url": "https://psce.example", "est_username": "us"}


def test_what_is_asked_by_est_and_declared_otherwise_is_said_aloud(tmp_path: Path) -> None:
    seen = RotationState(OPEN, Store(str(tmp_path), SIRET), current=held(A, "active", expires_in=5), pending=ASKED | {"common_name": "x"})
    plan = decide(seen, EST, Wish(), NOW)
    assert [step.code for step in plan.steps] == ["enroll"]
    assert [told.partition(" common_name;")[0] for told in plan.warnings] == ["the pending request of acme was made with another"]


@pytest.mark.parametrize(
    ("pending", "steps", "waiting"),
    [
        pytest.param(None, ["make_request", "enroll"], "certificate_issue", id="to be made"),
        pytest.param(ASKED, ["enroll"], "certificate_issue", id="not asked yet"),
        pytest.param(ASKED | {"retry_at": "2026-03-02T10:00:01Z"}, [], "certificate_issue", id="still closed"),
        pytest.param(ASKED | {"retry_at": "2026-03-02T10:00:00Z"}, ["ask_again"], "certificate_issue", id="open again"),
        pytest.param(ASKED | {"refused": "non"}, [], "request_refused", id="refused"),
        pytest.param(ASKED | {"refused": "non", "est_username": "them"}, ["enroll"], "certificate_issue", id="refused to another account"),
        pytest.param(
            ASKED | {"refused": "non", "common_name": "x"}, ["discard_request", "make_request", "enroll"], "certificate_issue", id="differs"
        ),
    ],
)
def test_by_est(tmp_path: Path, pending: dict[str, Any] | None, steps: list[str], waiting: str) -> None:
    seen = RotationState(OPEN, Store(str(tmp_path), SIRET), current=held(A, "active", expires_in=5), pending=pending)
    plan = decide(seen, EST, Wish(), NOW)
    assert ([step.code for step in plan.steps], waited(plan)) == (steps, [waiting])
    assert plan.after["requested"] is True
    why = {
        "enroll": "the PSCE's EST service is asked for the certificate",
        "discard_request": "the PSCE refused it, and the declaration differs from it",
    }
    assert {step.code: step.reason for step in plan.steps if step.code in why}.items() <= why.items()
    assert plan.after["requested_at"] == (None if "make_request" in steps else SINCE)
    assert plan.warnings == ()
    assert {step.chain for step in plan.steps} <= {"acme"}, "where the PSCE lets wait, nothing after it is done"
