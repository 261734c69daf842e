# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read where a resource refuses what is declared or stored, word for word: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._resources.account import Account
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import (
    delivery,
    ordering,
    pending_request,
    stored_certificates,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate import Certificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.key_pair import Source, read_key_pair, with_key
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    read_certificate,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import Order
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.request import CertificateRequest
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation import observation
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AntaiError, InvalidInput
from tests.support.certificates import fingerprint_of, pem_of, self_signed
from tests.support.fake_operations import FakeOperations
from tests.support.keys import key_pem, new_key
from tests.support.observed import DECLARED, NOW, OTHER, SIRET, space

KEY = new_key()
MADE = self_signed(KEY, units=(f"0002 {SIRET}",))
FINGERPRINT, PEM, KEY_PEM = fingerprint_of(MADE), pem_of(MADE), key_pem(KEY)
LOCKED = serialization.BestAvailableEncryption(b"canari")
LOCKED_KEY = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, LOCKED)
WHOLE = "give the file as it was delivered, whole"
RIGHT = (
    "the SIRET stands in the subject's OU (0002 ...) or organizationIdentifier: order a certificate for this collectivité, "
    "or declare the right file"
)
OTHERS_KEY = "give the certificate that was issued for this request; another request's does not work with this key"
UNREADABLE_KEY = "this is no private key that can be read"
ORDER = Order(Subject(SIRET, "Lyon", "FPS acme"), "acme", "ec-p256")


def refused(do: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(AntaiError) as caught:
        do()
    return caught.value.message, caught.value.hint


def pair(siret: str = SIRET, **source: Any) -> Any:
    return lambda: read_key_pair(Source(**source), siret)


PAIRS: dict[str, tuple[Callable[[], Any], str, str]] = {
    "no certificate": (pair(certificate_content=b"x"), "certificate_content: this is no certificate that can be read", WHOLE),
    "another's key": (
        pair(certificate_content=PEM, private_key_content=key_pem(new_key()).decode()),
        "certificate_content: no certificate in this file matches the private key",
        OTHERS_KEY,
    ),
    "another's SIRET": (
        pair(OTHER, certificate_content=PEM),
        f"certificate_content: certificate {FINGERPRINT[:16]}... names {SIRET}, not {OTHER}",
        RIGHT,
    ),
    "another's SIRET, with the key": (
        pair(OTHER, certificate_content=PEM, private_key_content=KEY_PEM.decode()),
        f"certificate_content: certificate {FINGERPRINT[:16]}... names {SIRET}, not {OTHER}",
        RIGHT,
    ),
    "no key": (pair(certificate_content=PEM, private_key_content="x"), f"private_key_content: {UNREADABLE_KEY}", WHOLE),
    "an encrypted key": (
        pair(certificate_content=PEM, private_key_content=LOCKED_KEY.decode()),
        "private_key_content: this private key is encrypted",
        "declare its passphrase too",
    ),
    "nothing": (pair(), "certificate_content: this is an empty file, no certificate", "fetch or export it again"),
    "nothing to keep": (
        lambda: with_key(read_key_pair(Source(certificate_content=PEM), SIRET), "certificate"),
        "certificate: holds no private key",
        "give a PKCS#12, or the private key too",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_certificate_and_key_from_variables(name: str) -> None:
    read, message, hint = PAIRS[name]
    assert refused(read) == (message, hint)


@pytest.mark.parametrize(
    ("certificate", "key", "siret", "message", "hint"),
    [
        (b"x", KEY_PEM, SIRET, "certificate: this is no certificate that can be read", WHOLE),
        (PEM, b"x", SIRET, f"private_key: {UNREADABLE_KEY}", WHOLE),
        (PEM, key_pem(new_key()), SIRET, "certificate: no certificate in this file matches the private key", OTHERS_KEY),
        (PEM, KEY_PEM, OTHER, f"certificate: certificate {FINGERPRINT[:16]}... names {SIRET}, not {OTHER}", RIGHT),
        (PEM, None, OTHER, f"certificate: certificate {FINGERPRINT[:16]}... names {SIRET}, not {OTHER}", RIGHT),
    ],
    ids=("no certificate", "no key", "another's key", "another's certificate", "another's certificate, key elsewhere"),
)
def test_certificate_and_key_from_files(tmp_path: Path, certificate: bytes, key: bytes | None, siret: str, message: str, hint: str) -> None:
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(certificate)
    paths[1].write_bytes(key or b"")
    assert refused(pair(siret, certificate=str(paths[0]), private_key=str(paths[1]) if key else None)) == (message, hint)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_bytes(PEM)
    assert refused(pair(certificate="/none.pem"))[0] == "certificate: /none.pem: No such file or directory"
    assert (
        refused(pair(certificate=str(tmp_path / "c.pem"), private_key="/none.pem"))[0]
        == "private_key: /none.pem: No such file or directory"
    )
    assert refused(lambda: delivery.read_authorities(Order(ORDER.subject, "acme", "ec-p256", psce_ca_file="/none.pem")))[0] == (
        "psce_ca_file: /none.pem: No such file or directory"
    )
    wrong = tmp_path / "wrong.pem"
    wrong.write_bytes(b"x")
    assert refused(lambda: delivery.read_authorities(Order(ORDER.subject, "acme", "ec-p256", psce_ca_file=str(wrong)))) == (
        "psce_ca_file: this is no certificate that can be read",
        WHOLE,
    )


def test_two_fingerprints(tmp_path: Path) -> None:
    path = tmp_path / "c.pem"
    path.write_bytes(PEM)
    declared = DeclaredCertificate("acme", "active", "f" * 64, str(path))
    assert refused(lambda: read_certificate(declared, SIRET, None)) == (
        f"certificates.fingerprint: is not that of certificate, {FINGERPRINT}",
        "declare one of both",
    )


def test_one_certificate_twice() -> None:
    twice = Certificates(SIRET, [DeclaredCertificate("one", "active", "f" * 64), DeclaredCertificate("two", "inactive", "f" * 64)])
    assert refused(lambda: twice.observe(Context(FakeOperations()))) == (  # type: ignore[arg-type]
        f"certificates: {'f' * 64} is declared twice",
        "declare each certificate once",
    )


def test_an_account_that_is_not_whole() -> None:
    account = Account(SIRET, {**DECLARED, "city": None, "agent_name": ""})
    assert refused(lambda: account.plan(space("absent"), NOW)) == (
        "city: the request for the space needs city, agent_name",
        "declare them; nothing was sent",
    )


def test_no_store() -> None:
    assert refused(lambda: CertificateRequest(ORDER).observe(Context(FakeOperations()))) == (  # type: ignore[arg-type]
        "store: is not set, and no key is made without a place to keep it",
        "declare antai_store, an absolute path on the machine where the task runs",
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"), SIRET)


def test_a_request_that_says_nothing(store: Store) -> None:
    store.new_version("acme", {"request.json": b"{}"})
    version = store.version("acme", "pending")
    assert refused(lambda: CertificateRequest(ORDER).observe(Context(FakeOperations(), store))) == (  # type: ignore[arg-type]
        f"{version}/request.json is incomplete",
        "restore it from a backup, or discard the request (state: absent)",
    )
    CertificateRequest(ORDER, present=False).observe(Context(FakeOperations(), store))  # type: ignore[arg-type]


def test_no_request_to_go_on_with(store: Store) -> None:
    expected = (f"{store.certificates('acme')} has no pending request", "request a certificate first")
    assert refused(lambda: pending_request.note_request(store, "acme", {})) == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("key.pem", b"x", "store: {path}: this is no unencrypted private key in PEM"),
        ("dropped", b"x", "{path}: this is no certificate that can be read"),
    ],
)
def test_what_lies_in_the_store_and_cannot_be_read(store: Store, name: str, content: bytes, message: str) -> None:
    ordering.new_request(ORDER, store, NOW)
    path = store.dropped("acme") / "c.pem" if name == "dropped" else store.certificates("acme") / "pending" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    assert refused(lambda: CertificateRequest(ORDER).observe(Context(FakeOperations(), store)))[0] == message.format(path=path)  # type: ignore[arg-type]


def test_a_pending_key_that_cannot_be_read_tells_what_to_do(store: Store) -> None:
    ordering.new_request(ORDER, store, NOW)
    (store.certificates("acme") / "pending" / "key.pem").write_bytes(b"x")
    told = refused(lambda: CertificateRequest(ORDER).observe(Context(FakeOperations(), store)))  # type: ignore[arg-type]
    assert told[1] == "restore it from a backup, or discard the request (state: absent)"


WRONG_PAIRS: dict[str, tuple[dict[str, bytes], str, str]] = {
    "another key": ({"key.pem": key_pem(new_key())}, "no certificate in this file matches the private key", "fullchain.pem"),
    "garbled key": ({"key.pem": b"x"}, "this is no private key that can be read", "fullchain.pem"),
    "empty chain": ({"fullchain.pem": b""}, "this is an empty file, no certificate", "fullchain.pem"),
    "empty certificate, no chain": (
        {"fullchain.pem": None, "certificate.pem": b""},
        "this is an empty file, no certificate",
        "certificate.pem",
    ),
}


@pytest.mark.parametrize("name", WRONG_PAIRS)
@pytest.mark.parametrize("link", ["current", "next"])
def test_a_wrong_pair_in_the_store_names_its_files_and_what_to_do(store: Store, name: str, link: str) -> None:
    change, what, certificate = WRONG_PAIRS[name]
    whole = {"key.pem": KEY_PEM, "certificate.pem": PEM, "fullchain.pem": PEM} | change
    store.new_version("acme", {name: content for name, content in whole.items() if content is not None}, link=link)
    place = store.certificates("acme")
    with pytest.raises(InvalidInput) as caught:
        observation.read_version(store, "acme", link, SIRET)
    assert caught.value.message.startswith(f"store: what is kept for acme cannot be used: {what}")
    assert caught.value.message.endswith(f" ({place / link / certificate} and {place / link / 'key.pem'})")
    assert f"restore the folder {place} whole from a backup" in caught.value.hint
    assert caught.value.details == {"field": "store", "provider": "acme"}
    if link == "current":
        with pytest.raises(InvalidInput, match="what is kept for acme cannot be used"):
            read_certificate(DeclaredCertificate("acme", "active"), SIRET, store)


def test_what_is_moved_aside_is_ordered_anew(store: Store) -> None:
    """As the refusal of a wrong pair says, where there is no backup."""
    store.new_version("acme", {"key.pem": key_pem(new_key()), "certificate.pem": PEM, "fullchain.pem": PEM}, link="current")
    store.certificates("acme").rename(store.root.parent / "aside")
    resource = CertificateRequest(ORDER)
    plan = resource.plan(resource.observe(Context(FakeOperations(), store)), NOW)  # type: ignore[arg-type]
    assert plan.steps[0].code == "make_request"


@pytest.mark.parametrize("link", ["current", "previous"])
def test_a_certificate_of_the_store_that_cannot_be_read_names_its_file(store: Store, link: str) -> None:
    store.new_version("acme", {"certificate.pem": b"x"}, link=link)
    place = store.certificates("acme")
    read = {
        "current": lambda: stored_certificates.read_stored(store, "acme"),
        "previous": lambda: observation.read_version(store, "acme", link, SIRET),
    }
    told = refused(read[link])
    assert (
        told[0]
        == f"store: what is kept for acme cannot be used: this is no certificate that can be read ({place / link / 'certificate.pem'})"
    )
    assert "whole from a backup" in told[1]
    told = refused(lambda: stored_certificates.read_picked_up(store, "acme"))
    assert told[0].endswith(f"({place}/versions/1/certificate.pem)")


def test_a_folder_in_the_place_of_a_file_names_where_it_belongs(store: Store) -> None:
    store.new_version("acme", {"key.pem": KEY_PEM}, link="current")
    assert refused(lambda: stored_certificates.read_stored(store, "acme"))[0].startswith("store: ")
