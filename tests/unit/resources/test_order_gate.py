# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known before an order, and what speaks against it: a certificate that exists already is never paid for a second time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.runner import run
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import ordering, pending_request
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import Order
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.request import CertificateRequest, ObservedOrder
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.stored_certificates import StoredCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.order_gate import (
    OrderEvidence,
    adopting_steps,
    gather_order_evidence,
    order_stops,
)
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.dates import instant
from ansible_collections.collectivites.antai.plugins.module_utils.errors import OrderLimit, OrderStopped
from tests.support.certificates import Family, fingerprint_of, pem_of, self_signed
from tests.support.fake_operations import FakeOperations
from tests.support.journal import concluded_steps
from tests.support.observed import NOW, SIRET, account, codes, listed, local, waited

A, B = "a" * 64, "b" * 64
ORDER = Order(Subject(SIRET, "Lyon", "FPS"), "acme", "ec-p256")
ADOPTING = replace(ORDER, adopted=(SIRET,))
MINUTES = timedelta(minutes=1)
EXPIRED = {"not_after": "2026-03-02T10:00:00Z"}

# id: (what is known, codes of what speaks against an order)
KNOWN: dict[str, tuple[OrderEvidence, list[str]]] = {
    "nothing": (OrderEvidence(), []),
    "one is active, and its key is here": (OrderEvidence((listed(A, "active"),), frozenset({A}), has_versions=True), []),
    "one is active, and nothing is here": (OrderEvidence((listed(A, "active"),)), ["order_twice"]),
    "one is active, and the key of another one is here": (
        OrderEvidence((listed(A, "active"),), frozenset({B}), has_versions=True),
        ["order_twice"],
    ),
    "one was installed, and nothing is here": (OrderEvidence((listed(A),)), ["order_twice"]),
    "one was installed, and the store holds others": (OrderEvidence((listed(A),), frozenset({B}), has_versions=True), []),
    "one was installed, and has expired": (OrderEvidence((listed(A, **EXPIRED),)), []),
    "one is active, expired or not": (OrderEvidence((listed(A, "active", **EXPIRED),)), ["order_twice"]),
    "one was installed, and nobody says until when": (OrderEvidence((listed(A, not_after=None),)), ["order_twice"]),
    "a living pair that no link leads to": (OrderEvidence(has_versions=True, strays=(("2", True),)), ["order_stray_pair"]),
    "a living certificate without its key": (OrderEvidence(has_versions=True, strays=(("1", False),)), ["order_key_lost"]),
    "our clock is right": (OrderEvidence(clock_offset=5 * MINUTES), []),
    "our clock is ahead": (OrderEvidence(clock_offset=5 * MINUTES + timedelta(seconds=1)), ["order_clock"]),
    "our clock is behind": (OrderEvidence(clock_offset=-6 * MINUTES), ["order_clock"]),
    "one more is allowed": (OrderEvidence(orders=49), []),
    "as many as allowed": (OrderEvidence(orders=50), ["order_limit"]),
    "all at once": (
        OrderEvidence((listed(A, "active"),), strays=(("1", False),), clock_offset=9 * MINUTES, orders=70),
        ["order_twice", "order_key_lost", "order_clock", "order_limit"],
    ),
}


def plan_of(evidence: OrderEvidence, order: Order = ORDER, kept: StoredCertificates | None = None) -> Plan:
    return CertificateRequest(order).plan(
        ObservedOrder(Store("/store", SIRET), kept or StoredCertificates(None, None), None, evidence=evidence), NOW
    )


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize(
    "kept", [StoredCertificates(None, None), StoredCertificates(None, local(B, timedelta(0)))], ids=["none", "expired"]
)
def test_what_speaks_against_an_order(name: str, kept: StoredCertificates) -> None:
    evidence, stops = KNOWN[name]
    assert [stop.kind for stop in order_stops(ORDER, "/store", evidence, NOW)] == stops
    plan = plan_of(evidence, kept=kept)
    assert [stop.kind for stop in plan.stops] == stops
    if stops:
        assert (plan.steps, waited(plan), plan.before == plan.after) == ((), stops, True)
    else:
        assert (codes(plan), waited(plan)) == ([("make_request", "acme")], ["certificate_issue"])


@pytest.mark.parametrize(
    ("evidence", "steps", "stops"),
    [
        (OrderEvidence((listed(A, "active"), listed(B))), [("adopt_store", A), ("adopt_store", B), ("make_request", "acme")], []),
        (OrderEvidence((listed(A, "active"),), frozenset({A}), has_versions=True), [("make_request", "acme")], []),
        (OrderEvidence(strays=(("1", False),), has_versions=True), [("make_request", "acme")], []),
        # No word of the user's makes a clock right, a pair useless, or an order free.
        (OrderEvidence((listed(A, "active"),), strays=(("2", True),)), [], ["order_stray_pair"]),
        (OrderEvidence((listed(A, "active"),), clock_offset=6 * MINUTES), [], ["order_clock"]),
        (OrderEvidence((listed(A, "active"),), orders=50), [], ["order_limit"]),
    ],
)
def test_a_store_that_is_taken_over(evidence: OrderEvidence, steps: list[tuple[str, str]], stops: list[str]) -> None:
    plan = plan_of(evidence, ADOPTING)
    assert (codes(plan), [stop.kind for stop in plan.stops]) == (steps, stops)
    assert adopting_steps(replace(ORDER, adopted=("21310555400017",)), evidence, NOW) == (), "another space is meant"


@pytest.mark.parametrize("order", [ORDER, ADOPTING])
@pytest.mark.parametrize(
    "kept",
    [
        StoredCertificates(None, None, detached=("current",)),
        StoredCertificates({"requested_at": "x", "handed_out": True}, None, detached=("pending",)),
    ],
)
def test_a_store_without_its_links_is_made_whole_and_nothing_else_is_done(order: Order, kept: StoredCertificates) -> None:
    plan = plan_of(OrderEvidence(), order, kept)
    assert (codes(plan), [stop.kind for stop in plan.stops], waited(plan)) == (
        [("repair_links", "acme")],
        ["store_relinked"],
        ["store_relinked"],
    )


class Bench:
    """An order of acme in a store of its own. space: what the space lists."""

    def __init__(self, folder: Path, *certificates: dict[str, Any]) -> None:
        self.store = Store(str(folder / "store"), SIRET)
        self.operations = FakeOperations({"account_get": account(), "convention_list": [], "certificate_list": list(certificates)})
        self.context = Context(self.operations, self.store, now=lambda: NOW)  # type: ignore[arg-type]
        self.settings = Settings(now=lambda: NOW, language="en")

    def run(self, order: Order = ORDER, **settings: Any) -> dict[str, Any]:
        return run(CertificateRequest(order), self.context, replace(self.settings, **settings))

    def steps(self, order: Order = ORDER) -> list[tuple[str, str]]:
        return [(step["code"], step["target"]) for step in self.run(order)["steps"]]

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.store.top)) for path in Path(self.store.top).rglob("*") if path.is_file())


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("state", ["active", "inactive"])
@pytest.mark.parametrize("label", ["acme", "Acme"])
def test_an_empty_store_orders_nothing_a_second_time(tmp_path: Path, label: str, state: str, check_mode: bool) -> None:
    bench = Bench(tmp_path, listed(A, state, label))
    with pytest.raises(
        OrderStopped, match=f"acme already has a certificate in the space {SIRET} \\({A}\\), and no key of it is here"
    ) as caught:
        bench.run(check_mode=check_mode)
    assert (caught.value.code, bench.files()) == ("order_twice", []), "nothing was written, not even which store this is"


@pytest.mark.parametrize("listing", [[], [listed(A, "active", "other")]])
def test_the_first_order_of_a_new_store(tmp_path: Path, listing: list[dict[str, Any]]) -> None:
    bench = Bench(tmp_path, *listing)
    assert bench.steps() == [("make_request", "acme")]
    assert bench.files()[-2:] == ["orders.jsonl", "store.json"]
    assert bench.steps() == []


def test_a_lost_key_is_said_once(tmp_path: Path) -> None:
    """It stands in the journal: what follows asks for no word any more, whatever the space still shows."""
    bench = Bench(tmp_path, listed(A, "active"))
    assert bench.steps(ADOPTING) == [("adopt_store", A), ("make_request", "acme")]
    assert ("adopt_store", A, "done") in concluded_steps(bench.store)
    ordering.discard(bench.store, "acme")
    assert bench.steps() == [("make_request", "acme")]


def test_where_the_space_is_not_seen_it_is_not_known(tmp_path: Path) -> None:
    bench = Bench(tmp_path, listed(A, "active"))
    bench.operations.has_login = False
    assert bench.steps() == [("make_request", "acme")]


def test_a_space_that_was_asked_for_in_this_run_is_not_read(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.context.opened.add(SIRET)
    bench.run()
    assert bench.operations.calls == []


def issue(store: Store, **files: bytes) -> str:
    leaf = Family().leaf
    store.new_version("acme", {"key.pem": b"key", "certificate.pem": pem_of(leaf)} | files, link="current")
    return fingerprint_of(leaf)


def test_what_the_store_holds_is_known_whatever_the_label(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    fingerprint = issue(bench.store)
    assert fingerprint in gather_order_evidence(bench.context, bench.store, replace(ORDER, provider="other")).stored


@pytest.mark.parametrize(("gone", "kind"), [(None, "order_stray_pair"), ("key.pem", "order_key_lost")])
def test_a_newer_version_that_no_link_leads_to(tmp_path: Path, gone: str | None, kind: str) -> None:
    bench = Bench(tmp_path)
    issue(bench.store)
    bench.store.new_version("acme", {"key.pem": b"key", "certificate.pem": pem_of(Family().leaf)}, link="current")
    place = bench.store.certificates("acme")
    (place / "current").unlink()
    (place / "current").symlink_to("versions/1")
    if gone:
        (place / "versions/2" / gone).unlink()
    evidence = gather_order_evidence(bench.context, bench.store, ORDER)
    assert [stop.kind for stop in order_stops(ORDER, "/store", evidence, NOW)] == [kind]


def test_keys_that_a_backup_left_out(tmp_path: Path) -> None:
    """A tool that leaves out links and keys: the certificate is there, and nothing can be done with it."""
    bench = Bench(tmp_path)
    issue(bench.store)
    place = bench.store.certificates("acme")
    (place / "current").unlink()
    (place / "versions/1/key.pem").unlink()
    with pytest.raises(
        OrderStopped, match=r"The store holds for acme a living certificate without its key \(versions 1\): nothing is ordered"
    ):
        bench.run()


def test_links_are_made_anew_and_the_run_ends(tmp_path: Path) -> None:
    bench = Bench(tmp_path, listed(A, "active"))
    fingerprint = issue(bench.store)
    bench.operations.answers["certificate_list"] = [listed(fingerprint, "active")]
    link = bench.store.certificates("acme") / "current"
    link.unlink()
    foretold = bench.run(check_mode=True)
    assert (foretold["failed"], [step["outcome"] for step in foretold["steps"]], link.exists()) == (True, ["planned"], False)
    result = bench.run()
    assert (result["failed"], result["error"]["code"], result["changed"], link.is_symlink()) == (True, "store_relinked", True, True)
    assert "came back without its links (acme)" in result["msg"]
    assert (bench.run()["changed"], bench.steps()) == (False, []), "the next run finds all as it was"


def test_no_more_orders_than_a_day_may_see(tmp_path: Path) -> None:
    """Counted where they are made: not even two runs at once order more."""
    bench = Bench(tmp_path)
    for provider in ("acme", "other"):
        ordering.new_request(replace(ORDER, provider=provider, limit=2), bench.store, NOW)
    with pytest.raises(OrderLimit, match=r"^2 certificates were ordered from .*/store in the last 24 hours, and 2 are allowed"):
        ordering.new_request(replace(ORDER, provider="third", limit=2), bench.store, NOW)
    assert not bench.store.certificates("third").exists()
    ordering.new_request(replace(ORDER, provider="third", limit=2), bench.store, NOW + timedelta(days=1))


def deliver(bench: Bench, number: int) -> None:
    """The PSCE answers every request that it finds, each time anew."""
    for pending in bench.store.certificates("acme").glob("pending/key.pem"):
        made = self_signed(load_pem_private_key(pending.read_bytes(), None), units=(f"0002 {SIRET}",))  # type: ignore[arg-type]
        (bench.store.dropped("acme") / f"{number}.pem").write_bytes(pem_of(made))


def test_a_clock_that_is_years_ahead_orders_once(tmp_path: Path) -> None:
    """Whatever is delivered has expired, by this clock: that is remembered, the PSCE is waited for, and nothing is paid for a second time."""
    late = NOW + timedelta(days=4000)
    bench = Bench(tmp_path)
    bench.context = replace(bench.context, now=lambda: late)
    bench.settings = replace(bench.settings, now=lambda: late)
    done = []
    for number in range(5):
        result = bench.run()
        done += [step["code"] for step in result["steps"]]
        if number == 0:
            deliver(bench, 0)
    assert (done, len(bench.store.versions("acme")), bench.store.count_orders(late)) == (["make_request", "note_delivery"], 1, 1)
    (waiting,) = result["waiting"]
    assert (waiting["on"], waiting["next_action"]["code"], waiting["since"]) == ("psce", "delivery_unusable", instant(late))
    (bench.store.dropped("acme") / "0.pem").unlink()
    assert bench.run()["waiting"][0]["next_action"]["code"] == "delivery_unusable", "remembered, whatever becomes of the file"


def test_a_good_delivery_after_a_bad_one(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run()
    pending_request.note_bad_delivery(bench.store, "acme", "/a.pem", A, {"fr": "expiré", "en": "expired"}, NOW)
    assert bench.run()["waiting"][0]["next_action"]["text"].startswith(
        "The PSCE delivered a certificate for acme that cannot be used (expired): /a.pem."
    )
    deliver(bench, 1)
    assert bench.steps() == [("pick_up", "acme")]
    assert bench.run()["waiting"] == []
