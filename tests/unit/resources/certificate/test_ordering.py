# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request that is not answered: who is waited for, where, and what a run does about it. Pure tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.est import EstService
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import order_plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import (
    Order,
    differing_fields,
    requested_fields,
)
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.observed import NOW, SIRET

STORE = Store("/store", SIRET)
IN_STORE = f"/store/{SIRET}/certificates/acme"
AT, URL, OLD_URL = "2026-02-20T08:00:00Z", "https://psce.example/est", "https://old.example/est"
BY_HAND = Order(Subject(SIRET, "Lyon", "FPS"), "acme", "ec-p256")
BY_FOLDERS = replace(BY_HAND, drop_folder="/drop", pickup_folder="/pickup")
BY_EST = replace(BY_HAND, est=EstService(URL, username="lyon"))
ASKED = {"est_url": URL, "est_username": "lyon"}


def made(order: Order = BY_HAND, **more: Any) -> dict[str, Any]:
    """What request.json says of it."""
    return requested_fields(order) | {"requested_at": AT} | more


HAND = {"provider": "acme", "drop": str(STORE.dropped("acme")), "csr": f"{IN_STORE}/pending/request.csr"}
FOLDERS = {"provider": "acme", "drop": "/pickup", "csr": f"/drop/{SIRET}-acme.csr"}
EST = {"provider": "acme", "drop": HAND["drop"], "url": URL, "retry": None}
WAITED_FOR: dict[str, tuple[dict[str, Any] | None, Order | None, str | None, dict[str, Any]]] = {
    "by hand, still to be made": (None, BY_HAND, None, HAND),
    "by hand": (made(), BY_HAND, AT, HAND),
    "by folders": (made(), BY_FOLDERS, AT, FOLDERS),
    "where only the store is known": (made(), None, AT, HAND),
    "by EST, still to be made": (None, BY_EST, None, EST),
    "by EST": (made(**ASKED), BY_EST, AT, EST),
    "by EST, later": (made(**ASKED, retry_at=AT), BY_EST, AT, EST | {"retry": AT}),
    "by EST, whose address is declared anew": (made(est_url=OLD_URL, retry_at=AT), BY_EST, AT, EST | {"retry": AT}),
    "by EST once, where only the store is known": (made(est_url=OLD_URL, retry_at=AT), None, AT, EST | {"url": OLD_URL, "retry": AT}),
    "by EST once, by hand now": (made(est_url=OLD_URL, retry_at=AT), BY_HAND, AT, HAND),
}


@pytest.mark.parametrize("name", WAITED_FOR)
def test_who_is_waited_for(name: str) -> None:
    pending, order, since, about = WAITED_FOR[name]
    found = order_plan.answer_waiting(STORE, "acme", pending, order)
    assert (found.code, found.since, found.facts) == ("certificate_issue", since, about)
    assert (found.wording == "certificate_issue_est") == ("url" in about)


REFUSED = made(BY_EST, **ASKED, refused="SIRET inconnu")
AGAIN = "the PSCE refused it, and the declaration differs from it"
SERVICE = "the PSCE's EST service is asked for the certificate"
DONE: dict[str, tuple[dict[str, Any] | None, Order, list[tuple[str, str]], str]] = {
    "refused as declared": (REFUSED, BY_EST, [], "request_refused"),
    "refused, by hand": (made(refused="SIRET inconnu"), BY_HAND, [], "request_refused"),
    "refused, another key": (
        REFUSED,
        replace(BY_EST, key_type="ec-p384"),
        [("discard_request", AGAIN), ("make_request", AGAIN), ("enroll", SERVICE)],
        "certificate_issue",
    ),
    "refused, another service": (
        REFUSED,
        replace(BY_EST, est=EstService(OLD_URL, username="lyon")),
        [("enroll", SERVICE)],
        "certificate_issue",
    ),
    "to be asked again": (
        made(BY_EST, **ASKED, retry_at=AT),
        BY_EST,
        [("ask_again", f"the PSCE said to ask again from {AT} on")],
        "certificate_issue",
    ),
    "not yet to be asked again": (made(BY_EST, **ASKED, retry_at="2099-01-01T00:00:00Z"), BY_EST, [], "certificate_issue"),
}


@pytest.mark.parametrize("name", DONE)
def test_what_a_run_does(name: str) -> None:
    pending, order, steps, code = DONE[name]
    found, waiting = order_plan.plan_request(order, STORE, pending, NOW)
    assert ([(each.code, each.reason) for each in found], waiting.code) == (steps, code)
    assert waiting.since == (None if ("make_request", AGAIN) in steps else AT), "since the request that is waited for was made"
    if "service" in name:
        assert waiting.facts == EST | {"url": OLD_URL}


def test_what_was_declared_otherwise_is_named() -> None:
    order = replace(BY_HAND, subject=Subject(SIRET, "Lyon", "FPS bis"), key_type="ec-p384")
    (told,) = order_plan.request_warnings(order, made(), ())
    assert told.startswith("the pending request of acme was made with another ")
    assert sorted(told.partition("another ")[2].partition(";")[0].split(", ")) == sorted(differing_fields(order, made()))
    assert len(differing_fields(order, made())) == 2
    assert order_plan.request_warnings(BY_HAND, made(), (str(Path("/pickup/old.pem")),)) == (
        "/pickup/old.pem answers an earlier request of acme, and is passed over: remove it",
    )
