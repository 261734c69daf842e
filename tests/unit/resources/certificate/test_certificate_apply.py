# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the certificates' resource reads, and what its steps do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ValidationPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step, WaitRequired
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate import Certificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    read_certificate,
)
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, RefusedByServer, StoreError, TransportError
from tests.support.certificates import Family, certificate_files, fingerprint_of, pem_of, self_signed
from tests.support.fake_operations import FakeOperations
from tests.support.keys import key_pem, new_key
from tests.support.observed import EMAIL, NOW, OTHER, SIRET, account, dialogue, listed, request

A = "a" * 64
OPEN: dict[str, Any] = {"account_get": account(), "convention_list": [], "certificate_list": [listed(A, "active")]}
ASKED: dict[str, Any] = {**OPEN, "exchange_query": dialogue(A, "unknown")}


def resource(*declared: DeclaredCertificate, **options: Any) -> Certificates:
    return Certificates(SIRET, list(declared), agent_email=EMAIL, **options)


@pytest.fixture
def held(tmp_path: Path) -> tuple[DeclaredCertificate, ClientCertificate, str]:
    """A certificate with its key in files: declaration, client, fingerprint."""
    certificate, key, fingerprint = certificate_files(tmp_path, SIRET)
    return (
        DeclaredCertificate("acme", "active", None, str(certificate), str(key)),
        ClientCertificate(str(certificate), str(key)),
        fingerprint,
    )


# Observing


def test_listed_certificate_by_fingerprint() -> None:
    observed = resource(DeclaredCertificate("acme", "active", A)).observe(Context(FakeOperations(OPEN)))
    (found,) = observed.certificates
    assert (found.state, found.listed, found.client, found.dialogue) == ("active", listed(A, "active"), None, None)
    assert (observed.undeclared, observed.removable, observed.by_editor) == ((), False, False)


def test_what_is_listed_and_not_declared_is_other() -> None:
    observed = resource(DeclaredCertificate("acme", "active", "b" * 64)).observe(Context(FakeOperations(OPEN, removable=True)))
    assert observed.undeclared == (listed(A, "active"),)
    assert observed.certificates[0].state == "not_installed"
    assert observed.removable is True


def test_by_editor() -> None:
    operations = FakeOperations(OPEN, credentials=Credentials(editor_id="e-1"))
    assert resource().observe(Context(operations)).by_editor is True


@pytest.mark.parametrize(
    ("answer", "state"),
    [("authorised", "active"), ("known_inactive", "inactive"), ("unknown", "not_installed"), ("refused", "refused")],
)
def test_a_certificate_held_here_and_not_listed_is_asked_for(held: Any, answer: str, state: str) -> None:
    declared, client, fingerprint = held
    operations = FakeOperations({**OPEN, "exchange_query": dialogue(fingerprint, answer)})
    (found,) = resource(declared).observe(Context(operations)).certificates
    assert (found.state, found.fingerprint, found.client) == (state, fingerprint, client)
    assert operations.calls[-1] == ("exchange_query", SIRET, client)


def test_a_listed_certificate_is_not_asked_for(held: Any) -> None:
    declared, _client, fingerprint = held
    operations = FakeOperations({**OPEN, "certificate_list": [listed(fingerprint, "inactive")]})
    assert resource(declared).observe(Context(operations)).certificates[0].state == "inactive"
    assert "exchange_query" not in [call[0] for call in operations.calls]


@pytest.mark.parametrize(
    ("login", "answers", "state"),
    [
        pytest.param(True, {"account_get": account("closed"), "convention_list": [], "certificate_list": []}, "not_installed", id="closed"),
        pytest.param(True, {}, "not_installed", id="absent"),
        pytest.param(False, {"account_request_get": request("under_control")}, "unknown", id="under control, unseen"),
        pytest.param(False, {"account_request_get": request("refused")}, "unknown", id="refused, unseen"),
    ],
)
def test_nothing_is_asked_where_the_account_cannot_be_active(held: Any, login: bool, answers: dict[str, Any], state: str) -> None:
    operations = FakeOperations(answers, login=login)
    assert resource(held[0]).observe(Context(operations)).certificates[0].state == state
    assert "exchange_query" not in [call[0] for call in operations.calls]


@pytest.mark.parametrize("login", [True, False])
def test_unseen_and_accepted_is_asked_for(held: Any, login: bool) -> None:
    operations = FakeOperations({"account_request_get": request("accepted"), "exchange_query": dialogue(held[2], "unknown")}, login=False)
    assert resource(held[0]).observe(Context(operations)).certificates[0].state == "not_installed"


def test_the_same_certificate_declared_twice_is_refused(held: Any) -> None:
    """By its file and by its fingerprint: two wishes for one certificate would undo each other at every run."""
    declared, _client, fingerprint = held
    operations = FakeOperations(OPEN)
    with pytest.raises(InvalidInput, match=f"^certificates: {fingerprint} is declared twice"):
        resource(declared, DeclaredCertificate("other", "absent", fingerprint)).observe(Context(operations))
    assert operations.calls == []


def test_what_lies_here_is_made_known_by_all_its_names(held: Any) -> None:
    """An interface may name certificates by serial or SHA-1 only."""
    declared, client, fingerprint = held
    known: list[tuple[str, Any]] = []
    operations = FakeOperations(ASKED)
    operations.hold = lambda local, client: known.append((local.fingerprint, client))  # type: ignore[method-assign]
    resource(declared, DeclaredCertificate("b", "active", A)).observe(Context(operations))
    assert known == [(fingerprint, client)]


def test_the_store_s_own_is_observed_and_its_rotation_too(store: Store) -> None:
    declared = [DeclaredCertificate("acme", "active"), DeclaredCertificate("b", "inactive")]
    added = {}
    for provider, link in (("acme", "next"), ("acme", "previous"), ("b", "previous")):
        made = self_signed(new_key(), units=(f"0002 {SIRET}",))
        store.new_version(provider, {"certificate.pem": pem_of(made)}, link=link)
        added[provider, link] = fingerprint_of(made)
    observed = resource(*declared).observe(Context(FakeOperations(ASKED), store))
    assert observed.certificates[0].client is not None
    assert observed.rotating == {added["acme", "next"], added["acme", "previous"]}, "b is not to be there"
    assert resource(DeclaredCertificate("acme", "present")).observe(Context(FakeOperations(ASKED), store)).rotating == observed.rotating
    assert resource(*declared).observe(Context(FakeOperations(ASKED))).rotating == frozenset()


@pytest.mark.parametrize(
    "files", [{"certificate.pem": b"x"}, {"certificate.pem": b""}, {"key.pem": b"x"}], ids=["garbled", "empty", "gone"]
)
def test_a_rotation_that_cannot_be_read_is_the_store_s(store: Store, files: dict[str, bytes]) -> None:
    store.new_version("acme", files, link="next")
    with pytest.raises(InvalidInput, match=r"^store: "):
        resource(DeclaredCertificate("acme", "active")).observe(Context(FakeOperations(ASKED), store))


@pytest.mark.parametrize("of_this_run", ["the certificate", "the account"])
def test_what_came_in_this_very_run_is_known_to_nobody(held: Any, of_this_run: str) -> None:
    """Nothing is installed before the account is active (R1)."""
    declared, client, fingerprint = held
    operations = FakeOperations(OPEN)
    news = {"picked_up": {fingerprint}} if of_this_run == "the certificate" else {"opened": {SIRET}}
    (found,) = resource(declared).observe(Context(operations, **news)).certificates
    assert (found.state, found.fingerprint, found.client) == ("not_installed", fingerprint, client)
    assert "exchange_query" not in [call[0] for call in operations.calls]


def test_where_it_is_judged_tls_s_refusal_is_kept_for_the_plan(held: Any) -> None:
    declared, client, fingerprint = held
    reset = TransportError("reset")
    operations = FakeOperations({**OPEN, "exchange_query": reset})
    (found,) = resource(declared, judging=ValidationPolicy(TrustStore(()))).observe(Context(operations)).certificates
    assert (found.state, found.fingerprint, found.client, found.unasked) == ("unknown", fingerprint, client, reset)


def test_without_query_nor_store_nothing_is_known(held: Any) -> None:
    operations = FakeOperations(OPEN, absent=("exchange_query",))
    assert resource(held[0]).observe(Context(operations)).certificates[0].state == "not_installed"
    unlisted = FakeOperations(OPEN, absent=("exchange_query", "certificate_list"))
    assert resource(held[0]).observe(Context(unlisted)).certificates[0].state == "unknown"


# What lies here


def test_without_store_nor_files_it_is_missing() -> None:
    certificate = read_certificate(DeclaredCertificate("acme", "active"), SIRET, None)
    assert (certificate.state, certificate.fingerprint, certificate.local, certificate.client, certificate.pending) == (
        "missing",
        None,
        None,
        None,
        None,
    )


def test_certificate_without_key(held: Any) -> None:
    declared, _client, fingerprint = held
    certificate = read_certificate(DeclaredCertificate("acme", "active", None, declared.certificate), SIRET, None)
    assert (certificate.fingerprint, certificate.client) == (fingerprint, None)
    assert certificate.local is not None


def test_fingerprint_beside_another_file_is_refused(held: Any) -> None:
    declared = held[0]
    with pytest.raises(InvalidInput, match=r"^certificates\.fingerprint: "):
        read_certificate(DeclaredCertificate("acme", "active", A, declared.certificate, declared.private_key), SIRET, None)


def test_fingerprint_beside_its_file(held: Any) -> None:
    declared, client, fingerprint = held
    assert (
        read_certificate(DeclaredCertificate("acme", "active", fingerprint, declared.certificate, declared.private_key), SIRET, None).client
        == client
    )


@pytest.mark.parametrize("key", [True, False], ids=["with key", "without key"])
def test_certificate_of_another_siret(held: Any, key: bool) -> None:
    declared = held[0]
    with pytest.raises(InvalidInput, match=f"names {SIRET}, not {OTHER}$"):
        read_certificate(
            DeclaredCertificate("acme", "active", None, declared.certificate, declared.private_key if key else None), OTHER, None
        )


@pytest.mark.parametrize(("field", "value"), [("certificate", "/none.pem"), ("private_key", "/none.pem")])
def test_unreadable_file_names_the_field(held: Any, field: str, value: str) -> None:
    declared = {"certificate": held[0].certificate, "private_key": held[0].private_key, field: value}
    with pytest.raises(InvalidInput, match=f"^{field}: /none.pem: No such file or directory$"):
        read_certificate(DeclaredCertificate("acme", "active", None, **declared), SIRET, None)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """With a current certificate of acme, and a pending request besides."""
    made = Store(str(tmp_path / "store"), SIRET)
    certificate, key, _fingerprint = certificate_files(tmp_path, SIRET)
    made.new_version("acme", {"key.pem": key.read_bytes(), "request.json": b"{}"})
    made.complete_version("acme", {"certificate.pem": certificate.read_bytes()})
    made.new_version("acme", {"request.json": b'{"requested_at": "2026-02-20T08:00:00Z", "handed_out": true}'})
    return made


def test_the_stores_own(store: Store) -> None:
    certificate = read_certificate(DeclaredCertificate("acme", "active"), SIRET, store)
    current = store.certificates("acme") / "versions" / "1"
    assert certificate.client == ClientCertificate(str(current / "certificate.pem"), str(current / "key.pem"))
    assert certificate.pending == {"requested_at": "2026-02-20T08:00:00Z", "handed_out": True}


def test_the_stores_own_is_presented_with_its_chain(store: Store) -> None:
    current = store.certificates("acme") / "versions" / "1"
    (current / "fullchain.pem").write_bytes((current / "certificate.pem").read_bytes())
    certificate = read_certificate(DeclaredCertificate("acme", "active"), SIRET, store)
    assert certificate.client == ClientCertificate(str(current / "fullchain.pem"), str(current / "key.pem"))


def test_a_compromised_key_is_known_by_its_note(store: Store) -> None:
    assert read_certificate(DeclaredCertificate("acme", "active"), SIRET, store).compromised is False
    store.annotate(store.certificates("acme") / "versions" / "1", {"compromised_at": "2026-03-02T09:00:00Z"})
    assert read_certificate(DeclaredCertificate("acme", "active"), SIRET, store).compromised is True


def test_the_cas_that_came_with_it_are_kept(store: Store) -> None:
    family = Family()
    files = {"key.pem": key_pem(family.key), "certificate.pem": pem_of(family.leaf)}
    files["fullchain.pem"] = files["certificate.pem"] + pem_of(family.issuing)
    store.new_version("family", files, link="current")
    assert [each.x509 for each in read_certificate(DeclaredCertificate("family", "active"), SIRET, store).chain] == [family.issuing]


def test_a_declared_fingerprint_goes_before_the_store(store: Store) -> None:
    certificate = read_certificate(DeclaredCertificate("acme", "active", A), SIRET, store)
    assert (certificate.fingerprint, certificate.client) == (A, None)


@pytest.mark.parametrize("content", [b"{}", b'{"requested_at": "2026-02-20"}', b"[]", b"{", b"\xff"])
def test_a_garbled_request_is_an_error_of_the_store(tmp_path: Path, content: bytes) -> None:
    store = Store(str(tmp_path), SIRET)
    store.new_version("acme", {"request.json": content})
    with pytest.raises(StoreError, match=r"versions/1/request\.json"):
        read_certificate(DeclaredCertificate("acme", "active"), SIRET, store)


# Doing


def test_install(held: Any) -> None:
    declared, client, fingerprint = held
    operations = FakeOperations({**OPEN, "exchange_query": dialogue(fingerprint, "unknown")})
    wanted, context = resource(declared), Context(operations)
    wanted.apply(context, wanted.observe(context), Step("install_certificate", "why", fingerprint), NOW)
    assert operations.written == [("certificate_install", SIRET, "acme", client)]


@pytest.mark.parametrize(("editor", "code"), [(None, "certificate_refused"), ("e-1", "certificate_rights")])
def test_a_refused_installation_is_waited_for(held: Any, editor: str | None, code: str) -> None:
    declared, _client, fingerprint = held
    refusal = RefusedByServer("install: non", status=403, rule="EDITEUR")
    operations = FakeOperations(
        {**OPEN, "exchange_query": dialogue(fingerprint, "unknown"), "certificate_install": refusal},
        credentials=Credentials(editor_id=editor),
    )
    wanted, context = resource(declared), Context(operations)
    with pytest.raises(WaitRequired) as caught:
        wanted.apply(context, wanted.observe(context), Step("install_certificate", "why", fingerprint), NOW)
    assert caught.value.waiting.code == code
    assert caught.value.waiting.facts == {"provider": "acme", "fingerprint": fingerprint, "reason": "install: non", "rule": "EDITEUR"}


def apply(step: str, answer: Any) -> list[tuple[Any, ...]]:
    operations = FakeOperations({"certificate_change": answer})
    wanted = resource(DeclaredCertificate("acme", "active", A))
    observed = wanted.observe(Context(FakeOperations(OPEN)))
    wanted.apply(Context(operations), observed, Step(step, "why", A), NOW)
    return operations.calls


@pytest.mark.parametrize(
    ("step", "operation"),
    [
        ("activate_certificate", "certificate_activate"),
        ("deactivate_certificate", "certificate_deactivate"),
        ("remove_certificate", "certificate_remove"),
    ],
)
def test_change(step: str, operation: str) -> None:
    assert apply(step, True) == [("certificate_change", operation, SIRET, A)]


def test_a_certificate_that_the_space_does_not_list_yet_is_waited_for() -> None:
    with pytest.raises(WaitRequired) as caught:
        apply("activate_certificate", False)
    assert caught.value.waiting.code == "certificate_listing"


def test_a_conflict_is_waited_for_and_names_its_rule() -> None:
    with pytest.raises(WaitRequired) as caught:
        apply("activate_certificate", RefusedByServer("non", status=409, rule="R2"))
    about = caught.value.waiting.facts
    assert (caught.value.waiting.code, about["reason"], about["rule"], about["fingerprint"]) == ("certificate_refused", "non", "R2", A)


@pytest.mark.parametrize("error", [RefusedByServer("non", status=400), TransportError("coupé", ambiguous=True)], ids=["400", "lost"])
def test_other_failures_are_errors(error: Exception) -> None:
    with pytest.raises(type(error)):
        apply("activate_certificate", error)
