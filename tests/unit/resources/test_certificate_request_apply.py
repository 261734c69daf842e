# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate request on disk: made, handed out, picked up, discarded; each plan tells what the next observation will show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, StoreError
from ansible_collections.collectivites.antai.plugins.module_utils.pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils.resources.base import World
from ansible_collections.collectivites.antai.plugins.module_utils.resources.certificate_request import CertificateRequest
from ansible_collections.collectivites.antai.plugins.module_utils.resources.ordering import Order, kept
from ansible_collections.collectivites.antai.plugins.module_utils.store import DROPPED_SUFFIXES, Store
from tests.support import issued
from tests.support.fake_operations import FakeOperations
from tests.support.keys import new_key
from tests.support.observed import NOW, OTHER, SIRET, codes


class Bench:
    """One request in a store of its own; `run` applies a whole plan and checks what it predicted."""

    def __init__(self, folder: Path) -> None:
        self.drop, self.pickup = folder / "drop", folder / "pickup"
        self.pickup.mkdir()
        self.store = Store(str(folder / "store"), SIRET)
        self.operations = FakeOperations()
        self.world = World(self.operations, self.store)

    def resource(self, *, present: bool = True) -> CertificateRequest:
        subject = Subject(SIRET, "Lyon", "FPS acme")
        return CertificateRequest(Order(subject, "acme", "ec-p256", str(self.drop), str(self.pickup)), present=present)

    def plan(self, **options: Any) -> Plan:
        resource = self.resource(**options)
        return resource.plan(resource.observe(self.world), NOW)

    def run(self, **options: Any) -> list[str]:
        resource = self.resource(**options)
        observed = resource.observe(self.world)
        plan = resource.plan(observed, NOW)
        for step in plan.steps:
            resource.apply(self.world, observed, step, NOW)
        after = self.plan(**options).before
        assert {k: v for k, v in after.items() if k not in plan.server_assigned} == {
            k: v for k, v in plan.after.items() if k not in plan.server_assigned
        }
        return [step.code for step in plan.steps]

    @property
    def pending(self) -> Path:
        return self.store.certificates("acme") / "pending"

    def key(self) -> Any:
        return load_pem_private_key((self.pending / "key.pem").read_bytes(), None)

    def deliver(self, path: Path, *, siret: str = SIRET, key: Any = None) -> str:
        made = issued.certificate(key or self.key(), units=(f"0002 {siret}",))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(issued.pem(made))
        return issued.fingerprint(made)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_whole_road(bench: Bench) -> None:
    assert bench.run() == ["make_request", "hand_out"]
    assert bench.run() == []
    fingerprint = bench.deliver(bench.pickup / f"{SIRET}-acme.pem")
    assert bench.run() == ["pick_up"]
    assert bench.run() == []
    assert bench.plan().before["fingerprint"] == fingerprint
    assert not bench.pending.exists()
    assert bench.operations.calls == []


def test_request_and_key_belong_together(bench: Bench) -> None:
    bench.run()
    handed = x509.load_pem_x509_csr((bench.drop / f"{SIRET}-acme.csr").read_bytes())
    assert handed.public_key() == bench.key().public_key()
    assert json.loads((bench.pending / "request.json").read_bytes()) == {
        "organization": "Lyon",
        "common_name": "FPS acme",
        "key_type": "ec-p256",
        "requested_at": "2026-03-02T10:00:00Z",
        "handed_out": True,
    }
    assert sorted(each.name for each in bench.drop.iterdir()) == [f"{SIRET}-acme.csr", f"{SIRET}-acme.md"]
    assert (bench.drop / f"{SIRET}-acme.csr").stat().st_mode & 0o777 == (bench.drop / f"{SIRET}-acme.md").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("suffix", DROPPED_SUFFIXES)
def test_pickup_folder(bench: Bench, suffix: str) -> None:
    bench.run()
    bench.deliver(bench.pickup / f"{SIRET}-acme{suffix}")
    assert codes(bench.plan()) == [("pick_up", "acme")]


def test_others_files_in_the_pickup_folder_are_passed_over(bench: Bench) -> None:
    bench.run()
    bench.deliver(bench.pickup / f"{SIRET}-other.pem")
    bench.deliver(bench.pickup / f"{OTHER}-acme.pem")
    assert codes(bench.plan()) == []


def test_an_answer_to_an_earlier_request_is_passed_over(bench: Bench) -> None:
    bench.run()
    stale = bench.store.dropped("acme") / "c.pem"
    bench.deliver(stale, key=new_key(), siret=OTHER)
    plan = bench.plan()
    assert codes(plan) == []
    assert plan.warnings == (f"{stale} answers an earlier request of acme, and is passed over: remove it",)
    bench.deliver(bench.pickup / f"{SIRET}-acme.pem", key=new_key())
    assert len(bench.plan().warnings) == 2
    bench.deliver(bench.store.dropped("acme") / "b.pem")
    assert bench.run() == ["pick_up"], "the newer answer, whatever lies beside it"


def test_another_siret_is_refused_aloud(bench: Bench) -> None:
    bench.run()
    bench.deliver(bench.store.dropped("acme") / "c.pem", siret=OTHER)
    with pytest.raises(InvalidInput, match=f"names {OTHER}, not {SIRET}$"):
        bench.plan()


def test_discard_removes_the_key(bench: Bench) -> None:
    bench.run()
    assert bench.run(present=False) == ["discard_request"]
    assert list((bench.store.certificates("acme") / "versions").iterdir()) == []


def test_discard_never_touches_the_issued_one(bench: Bench) -> None:
    bench.run()
    bench.deliver(bench.pickup / f"{SIRET}-acme.pem")
    bench.run()
    assert bench.run(present=False) == []
    assert kept(bench.store, "acme").current is not None


def test_without_store_no_key_is_made(bench: Bench) -> None:
    with pytest.raises(InvalidInput, match=r"^store: is not set"):
        bench.resource().observe(World(FakeOperations()))


def test_observing_and_planning_write_nothing(bench: Bench) -> None:
    bench.plan()
    assert not bench.store.root.exists()
    assert not bench.drop.exists()


def test_a_key_that_is_gone_is_said(bench: Bench) -> None:
    bench.run()
    bench.deliver(bench.pickup / f"{SIRET}-acme.pem")
    (bench.pending / "key.pem").unlink()
    with pytest.raises(InvalidInput, match=r"^store: .*key\.pem: No such file"):
        bench.plan()


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b'{"requested_at": 1}'])
def test_a_garbled_request_is_never_replaced(bench: Bench, content: bytes) -> None:
    bench.run()
    (bench.pending / "request.json").write_bytes(content)
    with pytest.raises(StoreError, match=r"request\.json"):
        bench.plan()
