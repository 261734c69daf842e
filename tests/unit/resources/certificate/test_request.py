# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a certificate request as a table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.est import EstService
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.delivery import DeliveredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.key_pair import KeyPair
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import Order
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.request import CertificateRequest, ObservedOrder
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.stored_certificates import StoredCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.observed import NOW, SINCE, SIRET, changes, codes, local, waited

STORE = Store("/store", SIRET)
PLACE = f"/store/{SIRET}/certificates/acme"
ORDER = {"organization": "Lyon", "common_name": "FPS acme", "key_type": "ec-p256"}
PENDING = {**ORDER, "requested_at": SINCE, "handed_out": False}
HANDED = {**PENDING, "handed_out": True}
ANSWERED = dict.fromkeys((*ORDER, "requested_at"))
MAKE, HAND_OUT, PICK_UP, DISCARD = (
    ("make_request", "acme"),
    ("hand_out", "acme"),
    ("pick_up", "acme"),
    ("discard_request", "acme"),
)
NEW, OLD = "b" * 64, "a" * 64
ISSUED = {"fingerprint": NEW, "not_after": "2027-03-02T10:00:00Z"}
CURRENT = local(OLD)

Row = tuple[dict[str, Any] | None, Any, bool, bool, list[tuple[str, str]], list[str], dict[str, Any]]

# id: (pending, current, delivered?, drop folder?, steps, waiting, what differs after)
PRESENT: dict[str, Row] = {
    "none": (None, None, False, False, [MAKE], ["certificate_issue"], {**ORDER, "state": "pending"}),
    "none, drop folder": (
        None,
        None,
        False,
        True,
        [MAKE, HAND_OUT],
        ["certificate_issue"],
        {**ORDER, "state": "pending", "handed_out": True},
    ),
    "pending": (PENDING, None, False, False, [], ["certificate_issue"], {}),
    "pending, drop folder": (PENDING, None, False, True, [HAND_OUT], ["certificate_issue"], {"handed_out": True}),
    "pending, handed out": (HANDED, None, False, True, [], ["certificate_issue"], {}),
    "pending, handed out, no drop folder any more": (HANDED, None, False, False, [], ["certificate_issue"], {}),
    "delivered": (PENDING, None, True, False, [PICK_UP], [], {**ANSWERED, **ISSUED, "state": "issued"}),
    "delivered, handed out": (HANDED, None, True, True, [PICK_UP], [], {**ANSWERED, **ISSUED, "state": "issued", "handed_out": False}),
    "delivered, never handed out": (PENDING, None, True, True, [PICK_UP], [], {**ANSWERED, **ISSUED, "state": "issued"}),
    "issued": (None, CURRENT, False, True, [], [], {}),
    "issued, the next one pending": (HANDED, CURRENT, False, True, [], ["certificate_issue"], {}),
    "issued, the next one delivered": (
        HANDED,
        CURRENT,
        True,
        True,
        [PICK_UP],
        [],
        {**ANSWERED, "fingerprint": NEW, "state": "issued", "handed_out": False},
    ),
}

ABSENT: dict[str, Row] = {
    "none": (None, None, False, False, [], [], {}),
    "pending": (PENDING, None, False, False, [DISCARD], [], {**ANSWERED, "state": "none"}),
    "pending, handed out": (HANDED, None, False, True, [DISCARD], [], {**ANSWERED, "state": "none", "handed_out": False}),
    "delivered": (HANDED, None, True, True, [DISCARD], [], {**ANSWERED, "state": "none", "handed_out": False}),
    "issued": (None, CURRENT, False, False, [], [], {}),
    "issued, the next one pending": (PENDING, CURRENT, False, False, [DISCARD], [], {**ANSWERED, "state": "issued"}),
}


# By EST

SERVICE = EstService("https://psce.example/.well-known/est", username="lyon")
ENROLL, ASK_AGAIN, REPAIR, IMPORT = (("enroll", "acme"), ("ask_again", "acme"), ("repair_link", "acme"), ("import_key", "acme"))
ASKED = {**PENDING, "est_url": SERVICE.url, "est_username": "lyon"}
BEFORE, AFTER = "2026-03-02T09:59:59Z", "2026-03-02T10:00:01Z"
REFUSED = {**ASKED, "retry_at": None, "refused": "trop court"}

# id: (pending, delivered?, steps, waiting, what differs after); a drop folder is declared too, and not used
BY_EST: dict[str, tuple[dict[str, Any] | None, bool, list[tuple[str, str]], list[str], dict[str, Any]]] = {
    "none": (None, False, [MAKE, ENROLL], ["certificate_issue"], {**ORDER, "state": "pending"}),
    "made, never asked": (PENDING, False, [ENROLL], ["certificate_issue"], {}),
    "too early": ({**ASKED, "retry_at": AFTER}, False, [], ["certificate_issue"], {}),
    "on the second": ({**ASKED, "retry_at": "2026-03-02T10:00:00Z"}, False, [ASK_AGAIN], ["certificate_issue"], {"retry_at": None}),
    "late enough": ({**ASKED, "retry_at": BEFORE}, False, [ASK_AGAIN], ["certificate_issue"], {"retry_at": None}),
    "a date that is none": ({**ASKED, "retry_at": "bientôt"}, False, [ASK_AGAIN], ["certificate_issue"], {"retry_at": None}),
    "too early, and delivered another way": (
        {**ASKED, "retry_at": AFTER},
        True,
        [PICK_UP],
        [],
        {**ANSWERED, **ISSUED, "state": "issued", "retry_at": None},
    ),
    "refused": (REFUSED, False, [], ["request_refused"], {}),
    "refused by another service": ({**REFUSED, "est_url": "https://autre.example"}, False, [ENROLL], ["certificate_issue"], {}),
    "refused to another account": ({**REFUSED, "est_username": "autre"}, False, [ENROLL], ["certificate_issue"], {}),
    "refused with another key": (
        {**REFUSED, "key_type": "rsa-2048"},
        False,
        [DISCARD, MAKE, ENROLL],
        ["certificate_issue"],
        {**ORDER, "requested_at": None},
    ),
}


@pytest.mark.parametrize("name", BY_EST)
def test_by_est(name: str) -> None:
    pending, delivered, steps, waiting, differs = BY_EST[name]
    plan = plan_of((pending, None, delivered, True, [], [], {}), est=SERVICE)
    assert (codes(plan), waited(plan)) == (steps, waiting)
    changed = changes(plan)
    assert {field: differs[field] for field in changed} == changed
    assert set(differs) - set(changed) <= set(ORDER), "what was declared before stays"
    assert ("retry_at" in plan.server_assigned) is (bool(steps) and not delivered)


def test_what_is_waited_for_says_when_the_psce_is_asked_again() -> None:
    pending = {**ASKED, "retry_at": AFTER}
    (waiting,) = plan_of((pending, None, False, True, [], [], {}), est=SERVICE).waiting
    told = waiting.as_dict("fr", NOW)
    assert (told["on"], told["since"], told["next_action"]["code"]) == ("psce", SINCE, "certificate_issue")
    assert AFTER in told["next_action"]["text"]
    assert SERVICE.url in told["next_action"]["text"]


def test_a_refusal_without_a_service_is_still_told() -> None:
    assert waited(plan_of((REFUSED, None, False, False, [], [], {}))) == ["request_refused"]


# A link that is gone, a key made elsewhere


@pytest.mark.parametrize(("drop", "steps"), [(False, [REPAIR]), (True, [REPAIR, HAND_OUT])])
@pytest.mark.parametrize("current", [None, CURRENT, local(OLD, timedelta(days=-1))], ids=["none", "current", "expired"])
def test_a_request_that_lost_its_link_is_no_reason_for_a_new_key(current: Any, drop: bool, steps: list[tuple[str, str]]) -> None:
    request = declared(drop="/drop" if drop else None)
    plan = request.plan(ObservedOrder(STORE, StoredCertificates(None, current, PENDING), None), NOW)
    assert (codes(plan), waited(plan)) == (steps, ["certificate_issue"])
    expected = {**ORDER, "state": "pending", "requested_at": SINCE, **({"handed_out": True} if drop else {})}
    assert changes(plan) == expected
    assert "state: absent" in plan.steps[0].reason


def test_a_lost_request_can_be_discarded() -> None:
    plan = declared(present=False).plan(ObservedOrder(STORE, StoredCertificates(None, None, PENDING), None), NOW)
    assert codes(plan) == [DISCARD]


@pytest.mark.parametrize(
    ("pending", "current", "steps", "differs"),
    [
        (None, None, [IMPORT], {**ISSUED, "state": "issued"}),
        (None, CURRENT, [IMPORT], {"fingerprint": NEW}),
        (None, local(NEW), [], {}),
        (PENDING, None, [IMPORT], ISSUED),
        (PENDING, local(NEW), [], {}),
    ],
)
def test_a_key_made_elsewhere(pending: Any, current: Any, steps: list[tuple[str, str]], differs: dict[str, Any]) -> None:
    pair = KeyPair(local(NEW), (), object(), None)
    plan = declared().plan(ObservedOrder(STORE, StoredCertificates(pending, current), None, made_elsewhere=pair), NOW)
    assert (codes(plan), plan.waiting, changes(plan)) == (steps, (), differs)
    reused = [warning for warning in plan.warnings if "has the same key as" in warning]
    assert bool(reused) is bool(current and differs)
    assert (len(plan.warnings) > len(reused)) is bool(pending)


def test_answers_to_earlier_requests_are_named() -> None:
    plan = declared().plan(ObservedOrder(STORE, StoredCertificates(PENDING, None), None, ("/dropped/a.pem",)), NOW)
    assert plan.warnings == ("/dropped/a.pem answers an earlier request of acme, and is passed over: remove it",)
    assert waited(plan) == ["certificate_issue"]


def declared(*, present: bool = True, drop: str | None = None) -> CertificateRequest:
    return CertificateRequest(Order(Subject(SIRET, "Lyon", "FPS acme"), "acme", "ec-p256", drop), present=present)


def plan_of(row: Row, *, present: bool = True, **order: Any) -> Plan:
    pending, current, delivered, drop, _steps, _waiting, _differs = row
    declared = Order(
        Subject(SIRET, "Lyon", "FPS acme"), "acme", **{"key_type": "ec-p256", "drop_folder": "/drop" if drop else None, **order}
    )
    found = DeliveredCertificate("/dropped/c.pem", local(NEW), (local(NEW),)) if delivered else None
    return CertificateRequest(declared, present=present).plan(ObservedOrder(STORE, StoredCertificates(pending, current), found), NOW)


@pytest.mark.parametrize("name", PRESENT)
def test_present(name: str) -> None:
    plan = plan_of(PRESENT[name])
    assert (codes(plan), waited(plan), changes(plan)) == PRESENT[name][4:]
    assert plan.server_assigned == (("requested_at",) if MAKE in codes(plan) else ())
    assert plan.warnings == ()


@pytest.mark.parametrize("name", ABSENT)
def test_absent(name: str) -> None:
    plan = plan_of(ABSENT[name], present=False)
    assert (codes(plan), waited(plan), changes(plan)) == ABSENT[name][4:]


@pytest.mark.parametrize(
    ("field", "value"),
    [("key_type", "rsa-3072"), ("organization", "Lion"), ("common_name", "autre")],
)
@pytest.mark.parametrize("name", ["pending", "delivered"])
def test_another_declaration_than_the_pending_one_is_a_warning(name: str, field: str, value: str) -> None:
    pending, *rest = PRESENT[name]
    plan = plan_of(({**pending, field: value}, *rest))  # type: ignore[dict-item,arg-type]
    assert plan.warnings == (f"the pending request of acme was made with another {field}; to order anew, discard it first (state: absent)",)
    assert codes(plan) == PRESENT[name][4]


@pytest.mark.parametrize(
    ("name", "order", "csr", "drop", "since"),
    [
        ("none", {}, f"{PLACE}/pending/request.csr", f"{PLACE}/dropped", None),
        ("pending", {}, f"{PLACE}/pending/request.csr", f"{PLACE}/dropped", SINCE),
        ("pending, drop folder", {}, f"/drop/{SIRET}-acme.csr", f"{PLACE}/dropped", SINCE),
        ("pending", {"pickup_folder": "/pickup"}, f"{PLACE}/pending/request.csr", "/pickup", SINCE),
    ],
)
def test_waiting_tells_both_places(name: str, order: dict[str, str], csr: str, drop: str, since: str | None) -> None:
    (waiting,) = plan_of(PRESENT[name], **order).waiting
    assert (waiting.facts, waiting.since) == ({"provider": "acme", "csr": csr, "drop": drop}, since)


@pytest.mark.parametrize(
    ("name", "present", "reasons"),
    [
        ("none, drop folder", True, ["the store holds no certificate for acme", "the PSCE has not been given the request yet"]),
        ("delivered", True, ["the PSCE has delivered /dropped/c.pem"]),
        ("pending", False, ["declared absent, and not answered yet"]),
    ],
)
def test_reasons(name: str, present: bool, reasons: list[str]) -> None:
    assert [step.reason for step in plan_of(PRESENT[name], present=present).steps] == reasons


def test_view_shows_paths_and_no_key() -> None:
    assert plan_of(PRESENT["issued, the next one pending"]).before == {
        "siret": SIRET,
        "provider": "acme",
        "state": "pending",
        **ORDER,
        "requested_at": SINCE,
        "retry_at": None,
        "handed_out": True,
        "request": f"{PLACE}/pending/request.csr",
        "order_sheet": f"{PLACE}/pending/order.md",
        "dropped": f"{PLACE}/dropped",
        "fingerprint": OLD,
        "not_after": "2027-03-02T10:00:00Z",
    }


LOST = PENDING | {"key_type": "rsa-2048"}


def test_what_a_lost_link_tells() -> None:
    plan = CertificateRequest(Order(Subject(SIRET, "Lyon", "FPS acme"), "acme", "ec-p256", "/drop", "/pickup")).plan(
        ObservedOrder(STORE, StoredCertificates(None, None, LOST), None, ("/dropped/a.pem",)), NOW
    )
    assert plan.steps[0].reason == (
        "the link `pending` is gone, and the newest version waits for the PSCE's answer (to order anew, discard it first, with state: absent)"
    )
    (waiting,) = plan.waiting
    assert (waiting.since, waiting.facts) == (SINCE, {"provider": "acme", "csr": f"/drop/{SIRET}-acme.csr", "drop": "/pickup"})
    stale, different = plan.warnings
    assert (stale.split()[0], "another key_type" in different) == ("/dropped/a.pem", True)


def test_what_a_key_made_elsewhere_tells() -> None:
    plan = declared().plan(
        ObservedOrder(STORE, StoredCertificates(PENDING, None), None, made_elsewhere=KeyPair(local(NEW), (), object(), None)), NOW
    )
    assert [step.reason for step in plan.steps] == [f"{NEW[:16]}... is declared with its key, and is not the one in use"]
    assert plan.warnings == ("a request of acme is still pending beside the key that was made elsewhere; discard it (state: absent)",)


@pytest.mark.parametrize(
    ("ends_in", "steps", "reason"),
    [
        (timedelta(0), [MAKE], "the certificate for acme has expired"),
        (timedelta(seconds=1), [], None),
    ],
)
def test_an_expired_one_is_followed(ends_in: timedelta, steps: list[tuple[str, str]], reason: str | None) -> None:
    plan = declared().plan(ObservedOrder(STORE, StoredCertificates(None, local(OLD, ends_in)), None), NOW)
    assert codes(plan) == steps
    assert [step.reason for step in plan.steps] == ([reason] if reason else [])


def test_a_rotation_s_request_is_left_to_the_rotation() -> None:
    plan = declared().plan(ObservedOrder(STORE, StoredCertificates(PENDING | {"rotates": OLD}, CURRENT), None), NOW)
    assert (plan.steps, plan.waiting, plan.before, plan.before["state"]) == ((), (), plan.after, "issued")


def test_what_differed_is_no_warning_once_it_is_asked_anew() -> None:
    row = ({**REFUSED, "key_type": "rsa-2048"}, None, False, True, [], [], {})
    assert plan_of(row, est=SERVICE).warnings == ()  # type: ignore[arg-type]


def test_what_lies_beside_is_told_while_the_psce_is_asked() -> None:
    order = Order(Subject(SIRET, "Lyon", "FPS acme"), "acme", "ec-p256", est=SERVICE)
    plan = CertificateRequest(order).plan(ObservedOrder(STORE, StoredCertificates(PENDING, None), None, ("/dropped/a.pem",)), NOW)
    assert (codes(plan), len(plan.warnings)) == ([ENROLL], 1)


@pytest.mark.parametrize(
    ("kept", "steps"),
    [
        (StoredCertificates(None, CURRENT, leftovers=("pending",)), ["finish_move"]),
        (StoredCertificates(None, CURRENT, detached=("current",)), ["repair_links"]),
        (StoredCertificates(None, CURRENT, detached=("current",), leftovers=("pending",)), ["repair_links", "finish_move"]),
        (StoredCertificates(PENDING | {"rotates": OLD}, CURRENT, detached=("current", "pending")), ["repair_links"]),
        (StoredCertificates(PENDING, None, detached=("pending",)), ["repair_links"]),
    ],
)
def test_links_are_mended_first_and_nothing_is_ordered(kept: StoredCertificates, steps: list[str]) -> None:
    plan = declared().plan(ObservedOrder(STORE, kept, None), NOW)
    assert [code for code, _target in codes(plan)] == steps
    assert plan.before == plan.after
