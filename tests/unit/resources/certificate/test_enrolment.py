# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking the PSCE's EST service, with a service of the test: what is asked, what its answers leave in the store, and who is waited for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.est import (
    CertificateIssued,
    EnrolmentPending,
    EnrolmentRefused,
    EstService,
)
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate, parse_loaded
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import WaitRequired
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import enrolment
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import DeclaredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import Order
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.request import CertificateRequest
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.case import Wish
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.rotation import Rotation
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, OrderStopped, TransportError, UnexpectedAnswer
from tests.support.certificates import Family, fingerprint_of, pem_of, self_signed
from tests.support.fake_operations import FakeOperations
from tests.support.keys import key_pem, new_key
from tests.support.observed import NOW, OTHER, SIRET

URL = "https://psce.example/.well-known/est"
SERVICE = EstService(URL, username="lyon", password="canari")
FAMILY = Family()
AUTHORITIES = (parse_loaded(FAMILY.issuing), parse_loaded(FAMILY.root))


class Psce:
    """Stands for EstClient. answer: what /simpleenroll gives for the public key of the request that came."""

    def __init__(self, answer: Callable[[Any], Any], shown: tuple[ParsedCertificate, ...] = AUTHORITIES) -> None:
        self.answer, self.shown = answer, shown
        self.made_with: tuple[Any, ...] = ()
        self.anchors: tuple[ParsedCertificate, ...] = ()
        self.request = b""
        self.closed = 0

    clock_offset: timedelta | None = None

    def __call__(self, *given: Any) -> Psce:
        self.made_with = given
        return self

    def cacerts(self, anchors: tuple[ParsedCertificate, ...]) -> tuple[ParsedCertificate, ...]:
        self.anchors = anchors
        return self.shown

    def enroll(self, request: bytes) -> Any:
        self.request = request
        answer = self.answer(x509.load_der_x509_csr(request).public_key())
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed += 1


class Bench:
    """A request of acme in a store of its own, and the PSCE that is asked about it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = Store(str(folder / "store"), SIRET)
        self.ca_file = folder / "psce.pem"
        self.ca_file.write_bytes(pem_of(FAMILY.root))
        self.operations = FakeOperations()
        self._monkeypatch = monkeypatch

    def run(
        self, psce: Psce, *, named: bool = True, est: EstService | None = SERVICE, now: datetime = NOW, pickup: str | None = None
    ) -> Waiting | None:
        """Make the request if there is none, and ask; who is waited for."""
        self._monkeypatch.setattr(enrolment, "EstClient", psce)
        order = Order(
            Subject(SIRET, "Lyon", "FPS"),
            "acme",
            "ec-p256",
            psce_ca_file=str(self.ca_file) if named else None,
            est=est,
            pickup_folder=pickup,
        )
        resource, context = CertificateRequest(order), Context(self.operations, self.store)  # type: ignore[arg-type]
        observed = resource.observe(context)
        for step in resource.plan(observed, now).steps:
            try:
                resource.apply(context, observed, step, now)
            except WaitRequired as required:
                return required.waiting
        return None

    @property
    def folder(self) -> Path:
        return self.store.certificates("acme")

    def about(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "pending/request.json").read_bytes())
        return found

    def certificates(self, name: str) -> list[x509.Certificate]:
        content = (self.folder / "current" / name).read_bytes()
        return x509.load_pem_x509_certificates(content) if content else []


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def leaf_of(public: Any, family: Family = FAMILY, siret: str = SIRET) -> ParsedCertificate:
    class Key:
        """Only its public half is known, as to any CA."""

        def public_key(self) -> Any:
            return public

    return parse_loaded(family.issue(Key(), siret))


ASKED = {"common_name": "FPS", "organization": "Lyon", "key_type": "ec-p256", "requested_at": "2026-03-02T10:00:00Z", "handed_out": False}
ACCOUNT = {"est_url": URL, "est_username": "lyon"}


def test_who_is_asked_and_what_is_sent(bench: Bench) -> None:
    psce = Psce(lambda public: EnrolmentPending(60))
    bench.run(psce)
    service, counts, redactor = psce.made_with
    assert (service, redactor) == (SERVICE, bench.operations.credentials.redactor)
    assert counts is bench.operations.counts
    assert isinstance(counts, Counter)
    assert [anchor.x509 for anchor in psce.anchors] == [FAMILY.root]
    kept = x509.load_pem_x509_csr((bench.folder / "pending/request.csr").read_bytes())
    assert psce.request == kept.public_bytes(Encoding.DER)
    assert psce.closed == 1


@pytest.mark.parametrize("named", [True, False], ids=["psce_ca_file", "no psce_ca_file"])
@pytest.mark.parametrize("sent", [(), AUTHORITIES], ids=["leaf alone", "with its chain"])
def test_a_certificate_is_kept_with_its_chain(bench: Bench, sent: tuple[ParsedCertificate, ...], named: bool) -> None:
    psce = Psce(lambda public: CertificateIssued((leaf_of(public), *sent)))
    assert bench.run(psce, named=named) is None
    (leaf,) = bench.certificates("certificate.pem")
    key = load_pem_private_key((bench.folder / "current/key.pem").read_bytes(), None)
    assert leaf.public_key() == key.public_key()
    assert bench.certificates("chain.pem") == [FAMILY.issuing, FAMILY.root]
    assert bench.certificates("fullchain.pem") == [leaf, FAMILY.issuing]
    assert not (bench.folder / "pending").exists()
    assert psce.closed == 1


def test_later(bench: Bench) -> None:
    """One second more than was said: the clock of a run is cut to the second."""
    waiting = bench.run(Psce(lambda public: EnrolmentPending(60)))
    assert waiting is not None
    assert (waiting.code, waiting.since) == ("certificate_issue", "2026-03-02T10:00:00Z")
    assert waiting.facts == {
        "provider": "acme",
        "drop": str(bench.folder / "dropped"),
        "url": URL,
        "retry": "2026-03-02T10:01:01Z",
    }
    assert waiting.wording == "certificate_issue_est"
    assert bench.about() == {**ASKED, **ACCOUNT, "retry_at": "2026-03-02T10:01:01Z", "refused": None}


def test_asked_again_when_it_may_be(bench: Bench) -> None:
    bench.run(Psce(lambda public: EnrolmentPending(60)))
    key = (bench.folder / "pending/key.pem").read_bytes()
    assert bench.run(Psce(lambda public: CertificateIssued((leaf_of(public),))), now=NOW + timedelta(seconds=61)) is None
    assert (bench.folder / "current/key.pem").read_bytes() == key


def test_an_answer_that_comes_another_way_is_awaited_where_it_is_declared(bench: Bench, tmp_path: Path) -> None:
    waiting = bench.run(Psce(lambda public: EnrolmentPending(60)), pickup=str(tmp_path))
    assert waiting is not None
    assert waiting.facts["drop"] == str(tmp_path)


def test_refused(bench: Bench) -> None:
    waiting = bench.run(Psce(lambda public: EnrolmentRefused("clé trop courte")))
    assert waiting is not None
    assert (waiting.code, waiting.since) == ("request_refused", "2026-03-02T10:00:00Z")
    assert waiting.facts == {"provider": "acme", "reason": "clé trop courte"}
    assert bench.about() == {**ASKED, **ACCOUNT, "retry_at": None, "refused": "clé trop courte"}


def test_what_was_refused_is_forgotten_once_the_psce_thinks_again(bench: Bench) -> None:
    bench.run(Psce(lambda public: EnrolmentRefused("non")))
    bench.run(Psce(lambda public: EnrolmentPending(9)), est=EstService(URL, username="autre"))
    assert bench.about() == {**ASKED, "est_url": URL, "est_username": "autre", "retry_at": "2026-03-02T10:00:10Z", "refused": None}


OTHER_FAMILY = Family()
NO_CA = (
    "simpleenroll: the certificate comes from none of the CAs that the PSCE shows (cacerts) and that psce_ca_file names",
    "show it to the PSCE; nothing was kept",
)
NOT_ASKED = "this is not what was asked for: show it to the PSCE; nothing was kept"
WRONG: dict[str, tuple[Callable[[Any], Any], tuple[str, str]]] = {
    "of an unknown CA": (lambda public: CertificateIssued((leaf_of(public, OTHER_FAMILY),)), NO_CA),
    "of another key": (
        lambda public: CertificateIssued((leaf_of(new_key().public_key()),)),
        ("simpleenroll: no certificate in this file matches the private key", NOT_ASKED),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_certificate_that_was_not_asked_for_is_not_kept(bench: Bench, name: str) -> None:
    answer, said = WRONG[name]
    psce = Psce(answer)
    with pytest.raises(UnexpectedAnswer) as caught:
        bench.run(psce)
    assert (caught.value.message, caught.value.hint) == said
    assert not (bench.folder / "current").exists()
    bad = bench.about().pop("bad_delivery")
    assert (bad["path"], bad["reason"], bad["at"]) == (SERVICE.url, {"fr": said[0], "en": said[0]}, "2026-03-02T10:00:00Z")
    assert psce.closed == 1
    assert bench.run(psce) is None, "it was issued, and paid: it is not asked for again"
    assert psce.closed == 1


def test_one_that_has_expired_is_not_kept_nor_asked_for_again(bench: Bench) -> None:
    """Or our clock is years ahead: then each one is, and asking again would only be paid for again."""
    late = NOW + timedelta(days=4000)
    psce = Psce(lambda public: CertificateIssued((leaf_of(public),)))
    waiting = bench.run(psce, now=late)
    assert waiting is not None
    assert (waiting.code, waiting.facts["reason"]["en"][:13]) == ("delivery_unusable", "expired since")
    assert not (bench.folder / "current").exists()
    assert bench.run(psce, now=late + timedelta(days=30)) is None
    assert psce.closed == 1


def test_an_answer_that_was_lost_counts_once_more(bench: Bench) -> None:
    lost = Psce(lambda public: TransportError("coupé", ambiguous=True))
    for orders in (1, 2):
        with pytest.raises(TransportError):
            bench.run(lost)
        assert bench.store.count_orders(NOW) == orders


@pytest.mark.parametrize("minutes", [6, -6])
def test_nothing_is_ordered_while_the_clocks_differ(bench: Bench, minutes: int) -> None:
    psce = Psce(lambda public: TransportError("never asked"))
    psce.clock_offset = timedelta(minutes=minutes)
    with pytest.raises(OrderStopped, match="360 s") as caught:
        bench.run(psce)
    assert caught.value.code == "order_clock"


def test_the_one_of_an_unknown_ca_is_named(bench: Bench) -> None:
    sent: list[ParsedCertificate] = []

    def answer(public: Any) -> Any:
        sent.append(leaf_of(public, OTHER_FAMILY))
        return CertificateIssued(tuple(sent))

    with pytest.raises(UnexpectedAnswer) as caught:
        bench.run(Psce(answer))
    assert caught.value.details["fingerprint"] == sent[0].fingerprint


def test_a_certificate_of_another_collectivite_is_not_kept(bench: Bench) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"^simpleenroll: certificate .* names {OTHER}, not {SIRET}$") as caught:
        bench.run(Psce(lambda public: CertificateIssued((leaf_of(public, siret=OTHER),))))
    assert caught.value.hint == NOT_ASKED
    assert caught.value.details["field"] == "simpleenroll"
    assert not (bench.folder / "current").exists()


def test_a_conversation_that_breaks_is_closed_too(bench: Bench) -> None:
    psce = Psce(lambda public: TransportError("coupé"))
    with pytest.raises(TransportError):
        bench.run(psce)
    assert psce.closed == 1
    assert bench.about() == ASKED


def test_without_a_service_nothing_is_asked(bench: Bench) -> None:
    order = Order(Subject(SIRET, "Lyon", "FPS"), "acme", "ec-p256")
    with pytest.raises(InvalidInput) as caught:
        enrolment.enroll(order, bench.store, (), Counter(), bench.operations.credentials.redactor, NOW)
    assert (caught.value.message, caught.value.hint) == ("est_url: is not set", "declare antai_est_url, or order through the folders")


def test_a_rotation_asks_it_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    made = self_signed(key, units=(f"0002 {SIRET}",))
    bench.store.new_version("acme", {"key.pem": key_pem(key), "certificate.pem": pem_of(made)}, link="current")
    order = Order(Subject(SIRET, "Lyon", "FPS"), "acme", "ec-p256", psce_ca_file=str(bench.ca_file), est=SERVICE)
    context = Context(bench.operations, bench.store)  # type: ignore[arg-type]

    def run(psce: Psce, now: Any = NOW, order: Order = order) -> list[str]:
        monkeypatch.setattr(enrolment, "EstClient", psce)
        resource = Rotation(order, DeclaredCertificate("acme", "active"), Wish(replace=fingerprint_of(made)))
        observed, done = resource.observe(context), []
        for step in resource.plan(observed, now).steps:
            done.append(step.code)
            resource.apply(context, observed, step, now)
        return done

    psce = Psce(lambda public: EnrolmentPending(60))
    with pytest.raises(WaitRequired) as caught:
        run(psce)
    assert (caught.value.waiting.wording, caught.value.waiting.facts["retry"]) == ("certificate_issue_est", "2026-03-02T10:01:01Z")
    service, counts, redactor = psce.made_with
    assert (service, counts is bench.operations.counts, redactor) == (SERVICE, True, bench.operations.credentials.redactor)
    assert [anchor.x509 for anchor in psce.anchors] == [FAMILY.root]
    with pytest.raises(WaitRequired) as caught:
        run(Psce(lambda public: EnrolmentRefused("non")), NOW + timedelta(seconds=61))
    assert caught.value.waiting.code == "request_refused"
    refused = (bench.folder / "pending/request.csr").read_bytes()
    other = replace(order, subject=Subject(SIRET, "Lyon", "FPS autre"))
    with pytest.raises(WaitRequired):
        run(Psce(lambda public: EnrolmentPending(60)), order=other)
    assert (bench.folder / "pending/request.csr").read_bytes() != refused, "the refused one is discarded"
    assert len(bench.store.versions("acme")) == 2
    order = other
    again = Psce(lambda public: CertificateIssued((leaf_of(public),)))
    assert run(again, NOW + timedelta(seconds=61), order) == ["ask_again"]
    kept = x509.load_pem_x509_certificate((bench.folder / "next/certificate.pem").read_bytes())
    assert kept.public_key() == load_pem_private_key((bench.folder / "next/key.pem").read_bytes(), None).public_key()
    assert not (bench.folder / "pending").exists()
