# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a certificate request as a table."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils.resources.certificate_request import (
    CertificateRequest,
    Delivered,
    Kept,
    Observed,
    Order,
)
from ansible_collections.collectivites.antai.plugins.module_utils.store import Store
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


def plan_of(row: Row, *, present: bool = True, **order: Any) -> Plan:
    pending, current, delivered, drop, _steps, _waiting, _differs = row
    declared = Order(
        Subject(SIRET, "Lyon", "FPS acme"), "acme", **{"key_type": "ec-p256", "drop_folder": "/drop" if drop else None, **order}
    )
    found = Delivered("/dropped/c.pem", local(NEW), (local(NEW),)) if delivered else None
    return CertificateRequest(declared, present=present).plan(Observed(STORE, Kept(pending, current), found), NOW)


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
    assert (waiting.about, waiting.since) == ({"provider": "acme", "csr": csr, "drop": drop}, since)


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
