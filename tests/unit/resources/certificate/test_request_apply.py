# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate request on disk: made, handed out, picked up, discarded; each plan tells what the next observation will show."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7, pkcs12

from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.order_sheet import Contact
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject, describe_request
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.delivery import find_delivered
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.key_pair import Source
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import Order
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.ordering import discard, new_request
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.request import CertificateRequest
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.stored_certificates import (
    read_picked_up,
    read_stored,
)
from ansible_collections.collectivites.antai.plugins.module_utils._store.layout import DROPPED_SUFFIXES
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, StoreError
from tests.support.certificates import Family, fingerprint_of, pem_of, self_signed
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
        self.context = Context(self.operations, self.store)

    def resource(self, *, present: bool = True, **order: Any) -> CertificateRequest:
        subject = Subject(SIRET, "Lyon", "FPS acme")
        return CertificateRequest(Order(subject, "acme", "ec-p256", str(self.drop), str(self.pickup), **order), present=present)

    def plan(self, **options: Any) -> Plan:
        resource = self.resource(**options)
        return resource.plan(resource.observe(self.context), NOW)

    def run(self, **options: Any) -> list[str]:
        resource = self.resource(**options)
        observed = resource.observe(self.context)
        plan = resource.plan(observed, NOW)
        for step in plan.steps:
            resource.apply(self.context, observed, step, NOW)
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
        made = self_signed(key or self.key(), units=(f"0002 {siret}",))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pem_of(made))
        return fingerprint_of(made)


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
    assert bench.operations.calls == [("account_get", SIRET)], "once, before the order"


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
    assert read_stored(bench.store, "acme").current is not None


def test_without_store_no_key_is_made(bench: Bench) -> None:
    with pytest.raises(InvalidInput, match=r"^store: is not set"):
        bench.resource().observe(Context(FakeOperations()))


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


# Forms and chains


def current(bench: Bench) -> Path:
    return bench.store.certificates("acme") / "current"


def chain_of(bench: Bench, name: str = "chain.pem") -> list[x509.Certificate]:
    content = (current(bench) / name).read_bytes()
    return x509.load_pem_x509_certificates(content) if content else []


FORMS: dict[str, tuple[str, Any]] = {
    "PKCS#7": (".p7b", lambda leaf, key, others: pkcs7.serialize_certificates([*others, leaf], serialization.Encoding.DER)),
    "PKCS#7 in PEM": (".p7b", lambda leaf, key, others: pkcs7.serialize_certificates([leaf, *others], serialization.Encoding.PEM)),
    "PKCS#12 with the key": (".p12", lambda leaf, key, others: pkcs12.serialize_key_and_certificates(None, key, leaf, others, LOCKED)),
    "PKCS#12 without": (".pfx", lambda leaf, key, others: pkcs12.serialize_key_and_certificates(None, None, None, [*others, leaf], LOCKED)),
    "PEM": (".pem", lambda leaf, key, others: b"".join(pem_of(certificate) for certificate in (leaf, *others))),
}
LOCKED = serialization.BestAvailableEncryption(b"canari")


@pytest.mark.parametrize("whole", [True, False], ids=["with its chain", "alone"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_ends_in_the_same_files(bench: Bench, form: str, whole: bool, tmp_path: Path) -> None:
    """What the PSCE did not send is taken from the CAs that are known."""
    bench.run()
    family = Family()
    leaf = family.issue(bench.key())
    authorities = [family.root, family.issuing]
    known = tmp_path / "psce.pem"
    known.write_bytes(b"".join(pem_of(authority) for authority in authorities))
    suffix, make = FORMS[form]
    (bench.pickup / f"{SIRET}-acme{suffix}").write_bytes(make(leaf, bench.key(), authorities if whole else []))
    assert bench.run(passphrase="canari", psce_ca_file=None if whole else str(known)) == ["pick_up"]
    assert chain_of(bench, "certificate.pem") == [leaf]
    assert chain_of(bench) == [family.issuing, family.root]
    assert chain_of(bench, "fullchain.pem") == [leaf, family.issuing]


def test_what_does_not_belong_to_the_path_is_left_out(bench: Bench) -> None:
    bench.run()
    family = Family()
    stranger = pem_of(self_signed(new_key()))
    (bench.pickup / f"{SIRET}-acme.pem").write_bytes(stranger + pem_of(family.issuing) + pem_of(family.issue(bench.key())))
    bench.run()
    assert chain_of(bench) == [family.issuing]


def test_a_pkcs12_that_does_not_open_is_refused_aloud(bench: Bench) -> None:
    bench.run()
    content = pkcs12.serialize_key_and_certificates(None, None, None, [Family().issue(bench.key())], LOCKED)
    (bench.pickup / f"{SIRET}-acme.p12").write_bytes(content)
    with pytest.raises(InvalidInput, match="this PKCS#12 wants a passphrase"):
        bench.plan()


# The order sheet


def test_the_sheet_lies_beside_the_request(bench: Bench) -> None:
    bench.run(language="en", contact=Contact("Camille Durand"))
    handed = (bench.drop / f"{SIRET}-acme.md").read_text(encoding="utf-8")
    assert (bench.pending / "order.md").read_text(encoding="utf-8") == handed
    assert "Camille Durand" in handed
    assert str(bench.pickup) in handed
    assert describe_request((bench.pending / "request.csr").read_bytes()).key_sha256[:4] in handed
    assert "PRIVATE" not in handed


def test_a_request_of_before_there_were_sheets_is_handed_out_with_one(bench: Bench) -> None:
    bench.run()
    (bench.pending / "order.md").unlink()
    shutil.rmtree(bench.drop)
    about = json.loads((bench.pending / "request.json").read_bytes())
    (bench.pending / "request.json").write_text(json.dumps(about | {"handed_out": False}))
    assert bench.run() == ["hand_out"]
    assert (bench.drop / f"{SIRET}-acme.md").is_file()


# A link that is gone


def test_a_removed_link_is_set_again_and_no_new_key_is_made(bench: Bench) -> None:
    bench.run()
    key = bench.key()
    bench.pending.unlink()
    assert bench.run() == ["repair_link"]
    assert bench.key().private_numbers() == key.private_numbers()
    assert len(bench.store.versions("acme")) == 1
    bench.deliver(bench.pickup / f"{SIRET}-acme.pem")
    assert bench.run() == ["pick_up"]
    assert bench.run() == []


def test_a_version_that_was_not_whole_is_no_request(bench: Bench) -> None:
    """A kill while it was made: nobody was ever given it."""
    bench.run()
    bench.pending.unlink()
    (bench.store.versions("acme")[0] / "request.json").unlink()
    assert bench.run() == ["make_request", "hand_out"]


def test_a_lost_request_is_discarded_with_its_key(bench: Bench) -> None:
    bench.run()
    bench.pending.unlink()
    assert bench.run(present=False) == ["discard_request"]
    assert bench.store.versions("acme") == []
    assert bench.run(present=False) == []


# A key made elsewhere


def made_elsewhere(folder: Path, family: Family, **changes: Any) -> Source:
    file = folder / "made.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(None, family.key, family.leaf, [family.issuing], LOCKED))
    return Source(**{"certificate": str(file), "passphrase": "canari", **changes})


def test_a_key_made_elsewhere_is_kept(bench: Bench, tmp_path: Path) -> None:
    family = Family()
    source = made_elsewhere(tmp_path, family)
    assert bench.run(source=source) == ["import_key"]
    assert bench.run(source=source) == [], "the same certificate again"
    assert (chain_of(bench, "certificate.pem"), chain_of(bench)) == ([family.leaf], [family.issuing])
    key = load_pem_private_key((current(bench) / "key.pem").read_bytes(), None)
    assert key.public_key() == family.key.public_key()
    assert {each.stat().st_mode & 0o777 for each in current(bench).iterdir()} == {0o600}
    next_one = Family()
    assert bench.run(source=made_elsewhere(tmp_path, next_one)) == ["import_key"]
    assert chain_of(bench, "certificate.pem") == [next_one.leaf]
    assert len(bench.store.versions("acme")) == 2


@pytest.mark.parametrize(
    ("changes", "siret", "text"),
    [
        ({"passphrase": "faux"}, SIRET, "this passphrase does not open this PKCS#12"),
        ({}, OTHER, f"names {OTHER}, not {SIRET}"),
        ({"certificate": "/none.p12"}, SIRET, "No such file"),
        ({"certificate": None, "certificate_content": pem_of(Family().leaf)}, SIRET, "holds no private key"),
    ],
)
def test_what_cannot_be_kept(bench: Bench, tmp_path: Path, changes: dict[str, Any], siret: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=text) as caught:
        bench.plan(source=made_elsewhere(tmp_path, Family(siret), **changes))
    assert "canari" not in str(caught.value)
    assert not bench.store.root.exists()


def test_what_is_picked_up_is_known_to_nobody_yet(bench: Bench) -> None:
    bench.run()
    fingerprint = bench.deliver(bench.pickup / f"{SIRET}-acme.pem")
    assert bench.run() == ["pick_up"]
    assert bench.context.picked_up == {fingerprint}


def test_a_rotation_on_its_way_is_seen(bench: Bench) -> None:
    bench.run()
    bench.deliver(bench.pickup / f"{SIRET}-acme.pem")
    bench.run()
    new_request(bench.resource().order, bench.store, NOW, "a" * 64)
    observed = bench.resource().observe(bench.context)
    assert (observed.store, observed.stored.in_rotation, observed.delivered) == (bench.store, True, None)
    assert bench.plan().steps == ()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_cas_that_are_known_complete_the_chain(bench: Bench, tmp_path: Path, elsewhere: bool) -> None:
    family = Family()
    ca_file = tmp_path / "psce.pem"
    ca_file.write_bytes(pem_of(family.issuing) + pem_of(family.root))
    if elsewhere:
        file = tmp_path / "leaf.p12"
        file.write_bytes(pkcs12.serialize_key_and_certificates(None, family.key, family.leaf, None, LOCKED))
        options = {"psce_ca_file": str(ca_file), "source": Source(str(file), passphrase="canari")}
        bench.run(**options)
    else:
        options = {"psce_ca_file": str(ca_file)}
        bench.run(**options)
        (bench.pickup / f"{SIRET}-acme.pem").write_bytes(pem_of(family.issue(bench.key())))
        bench.run(**options)
    assert chain_of(bench, "chain.pem") == [family.issuing, family.root]
    assert [authority.x509 for authority in bench.resource(present=False, **options).observe(bench.context).authorities] == [
        family.issuing,
        family.root,
    ]


def test_what_holds_no_key_is_named(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "leaf.pem"
    file.write_bytes(pem_of(Family().leaf))
    with pytest.raises(InvalidInput, match=r"^certificate: "):
        bench.plan(source=Source(str(file)))


def test_a_discard_of_several_only_takes_the_pending_one(bench: Bench) -> None:
    """Its link stands: the newest version may be another's."""
    bench.run()
    first = (bench.store.certificates("acme") / "pending").readlink()
    bench.store.new_version("acme", {"request.json": b"{}"}, link="next")
    discard(bench.store, "acme")
    assert not (bench.store.certificates("acme") / first).exists()
    assert bench.store.version("acme", "next") is not None


def test_what_is_delivered_is_named_by_its_place(bench: Bench) -> None:
    bench.run()
    path = bench.pickup / f"{SIRET}-acme.pem"
    bench.deliver(path)
    assert [step.reason for step in bench.plan().steps] == [f"the PSCE has delivered {path}"]
    bench.deliver(path, siret=OTHER)
    with pytest.raises(InvalidInput) as caught:
        bench.plan()
    assert caught.value.message.startswith(f"{path}: ")


def test_what_was_picked_up_before_does_not_hide_what_came_since(bench: Bench) -> None:
    bench.run()
    bench.deliver(bench.pickup / f"{SIRET}-acme.pem")
    bench.run()
    order = bench.resource().order
    new_request(order, bench.store, NOW)
    path = bench.store.dropped("acme") / "c.pem"
    fingerprint = bench.deliver(path)
    delivered, stale = find_delivered(order, bench.store)
    assert delivered is not None
    assert (delivered.path, delivered.leaf.fingerprint, stale) == (str(path), fingerprint, ())


@pytest.mark.parametrize("link", ["current", "previous"])
def test_what_lies_in_a_version_and_cannot_be_read_is_the_store_s(bench: Bench, link: str) -> None:
    bench.store.new_version("acme", {"key.pem": b"x", "certificate.pem": b"x"}, link=link)
    with pytest.raises(InvalidInput, match=r"^store: "):
        read_picked_up(bench.store, "acme")


# What the store keeps


UNREAD = {"requested_at": None, "handed_out": False}


def test_a_request_with_its_link_is_not_lost(bench: Bench) -> None:
    bench.run()
    found = read_stored(bench.store, "acme")
    assert found.pending is not None
    assert (found.pending["handed_out"], found.lost, found.in_rotation) == (True, None, False)
    assert read_stored(bench.store, "acme", to_discard=True).pending == UNREAD
    bench.pending.unlink()
    lost = read_stored(bench.store, "acme")
    assert (lost.pending, lost.lost) == (None, found.pending)
    assert read_stored(bench.store, "acme", to_discard=True).lost == UNREAD


def test_only_the_newest_request_may_be_lost(bench: Bench) -> None:
    """An older one was followed by what came after it."""
    bench.run()
    bench.pending.unlink()
    bench.store.new_version("acme", {"certificate.pem": pem_of(Family().leaf)}, link="current")
    assert read_stored(bench.store, "acme").lost is None


def test_a_next_certificate_is_a_rotation_s(bench: Bench) -> None:
    bench.store.new_version("acme", {"certificate.pem": pem_of(Family().leaf)}, link="next")
    assert read_stored(bench.store, "acme").in_rotation


def test_a_kill_between_the_certificate_and_its_link_hides_no_answer(bench: Bench) -> None:
    bench.run()
    (bench.pending / "certificate.pem").write_bytes(pem_of(Family().leaf))
    assert read_picked_up(bench.store, "acme") == []
