# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store on disk: modes, atomic writes, one symlink swap, locks, journal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.files import read_file, read_json
from ansible_collections.collectivites.antai.plugins.module_utils._store.layout import check_label
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, StoreError
from tests.support.journal import note
from tests.support.observed import NOW, OTHER, SIRET, modes


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "a" / "store"), SIRET)


@pytest.fixture
def open_umask() -> object:
    """Modes are the store's, whatever the umask."""
    before = os.umask(0)
    yield
    os.umask(before)


def issue(store: Store, provider: str = "acme", number: bytes = b"1") -> None:
    store.new_version(provider, {"key.pem": b"key " + number, "request.json": b"{}"})
    store.complete_version(provider, {"certificate.pem": b"certificate " + number})


def test_relative_root_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^store: 'store' is not an absolute path$"):
        Store("store", SIRET)


def test_nothing_is_created_before_the_first_write(store: Store) -> None:
    assert (store.version("acme", "current"), store.providers(), store.dropped_files("acme")) == (None, [], [])
    assert not store.root.parent.parent.exists()


@pytest.mark.usefixtures("open_umask")
def test_modes(store: Store, tmp_path: Path) -> None:
    with store.locked():
        issue(store)
        store.new_version("acme", {"key.pem": b"2"})
        store.write(store.conventions("complet") / "blank.pdf", b"pdf")
        note(store, NOW, "one", "t")
    modes_by_path = modes(tmp_path)
    files = {name for name in modes_by_path if (tmp_path / name).is_file()}
    assert {modes_by_path[name] for name in files} == {"0o600"}
    assert {modes_by_path[name] for name in modes_by_path.keys() - files} == {"0o700"}
    assert f"a/store/{SIRET}/certificates/acme/versions/1/key.pem" in files


def test_write_replaces_whole_and_leaves_no_temporary(store: Store) -> None:
    path = store.conventions("complet") / "blank.pdf"
    store.write(path, b"a long first content")
    store.write(path, b"second")
    assert path.read_bytes() == b"second"
    assert [path.name for path in path.parent.iterdir()] == ["blank.pdf"]


def test_a_write_that_fails_leaves_the_old_content_and_no_temporary(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.conventions("complet") / "blank.pdf"
    store.write(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"blank\.pdf: No space left on device$"):
        store.write(path, b"new")
    assert [path.name for path in path.parent.iterdir()] == ["blank.pdf"]
    assert path.read_bytes() == b"old"


def test_versions_and_links(store: Store) -> None:
    issue(store)
    places = store.certificates("acme")
    assert store.version("acme", "pending") is None
    assert store.version("acme", "current") == (places / "versions" / "1").resolve()
    store.new_version("acme", {"key.pem": b"key 2"})
    assert store.version("acme", "pending") == (places / "versions" / "2").resolve()
    assert (places / "current" / "key.pem").read_bytes() == b"key 1"
    store.complete_version("acme", {"certificate.pem": b"certificate 2"})
    assert (places / "current" / "key.pem").read_bytes() == b"key 2"
    assert (places / "current" / "certificate.pem").read_bytes() == b"certificate 2"
    assert sorted(path.name for path in places.iterdir()) == ["current", "dropped", "versions"]
    assert os.readlink(places / "current") == "versions/2"


def test_key_and_certificate_change_by_one_swap(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens before the swap, who reads through `current` finds the old pair, whole."""
    issue(store)
    store.new_version("acme", {"key.pem": b"key 2"})

    def interrupted(*_names: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "symlink_to", interrupted)
        with pytest.raises(StoreError):
            store.complete_version("acme", {"certificate.pem": b"certificate 2"})
    current = store.certificates("acme") / "current"
    assert ((current / "key.pem").read_bytes(), (current / "certificate.pem").read_bytes()) == (b"key 1", b"certificate 1")
    store.complete_version("acme", {"certificate.pem": b"certificate 2"})
    assert (current / "key.pem").read_bytes() == b"key 2"


def test_numbers_are_not_used_again_while_they_are_there(store: Store) -> None:
    issue(store)
    (store.certificates("acme") / "versions" / "notes").mkdir()
    store.new_version("acme", {"key.pem": b"2"})
    assert sorted(path.name for path in (store.certificates("acme") / "versions").iterdir()) == ["1", "2", "notes"]


def test_discard_removes_the_pending_version_only(store: Store) -> None:
    issue(store)
    store.new_version("acme", {"key.pem": b"2"})
    store.discard_pending("acme")
    assert [path.name for path in (store.certificates("acme") / "versions").iterdir()] == ["1"]
    assert store.version("acme", "pending") is None
    store.discard_pending("acme")


def test_discard_never_removes_the_current_version(store: Store) -> None:
    """Killed between the swap and the removal of `pending`, both links name the certificate in use."""
    issue(store)
    (store.certificates("acme") / "pending").symlink_to("versions/1")
    store.discard_pending("acme")
    assert (store.certificates("acme") / "current" / "key.pem").read_bytes() == b"key 1"
    assert store.version("acme", "pending") is None


def test_complete_without_pending(store: Store) -> None:
    with pytest.raises(StoreError, match=r"has no pending request$"):
        store.complete_version("acme", {})


def test_a_link_to_nowhere_is_no_version(store: Store) -> None:
    issue(store)
    (store.certificates("acme") / "pending").symlink_to("versions/9")
    assert store.version("acme", "pending") is None


def test_providers(store: Store) -> None:
    for provider in ("zeta", "acme"):
        issue(store, provider)
    (store.root / "certificates" / "readme").write_text("x")
    assert store.providers() == ["acme", "zeta"]


def test_dropped_files_oldest_first(store: Store) -> None:
    store.new_version("acme", {"key.pem": b"1"})
    folder = store.dropped("acme")
    for age, name in enumerate(("b.PEM", "a.crt", "c.der", "d.cer", ".hidden.pem", "e.txt", "f.pem.part")):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (1000 - age, 1000 - age))
    (folder / "folder.pem").mkdir()
    assert [path.name for path in store.dropped_files("acme")] == ["d.cer", "c.der", "a.crt", "b.PEM"]


def test_dropped_files_of_one_age_by_name(store: Store) -> None:
    store.new_version("acme", {"key.pem": b"1"})
    for name in ("b.pem", "a.pem"):
        (store.dropped("acme") / name).write_bytes(b"x")
        os.utime(store.dropped("acme") / name, (5, 5))
    assert [path.name for path in store.dropped_files("acme")] == ["a.pem", "b.pem"]


# Locks and journal


def test_the_lock_is_refused_at_once_and_given_back(store: Store) -> None:
    with (
        store.locked(),
        pytest.raises(StoreError, match=f"^another run is working on .*{SIRET}$") as caught,
        Store(str(store.root.parent), SIRET).locked(),
    ):
        raise AssertionError("locked twice")
    assert caught.value.hint == "wait for it to end, then run again"
    with store.locked():
        pass


def test_locks_are_per_collectivite(store: Store) -> None:
    with store.locked(), Store(str(store.root.parent), OTHER).locked():
        pass


# A place that cannot be written


@pytest.fixture
def blocked(tmp_path: Path) -> Store:
    """A file stands where the store should be."""
    (tmp_path / "store").write_text("in the way")
    return Store(str(tmp_path / "store"), SIRET)


def test_blocked_store_is_a_store_error(blocked: Store) -> None:
    for attempt in (
        lambda: blocked.write(blocked.conventions("complet") / "x", b""),
        lambda: blocked.new_version("acme", {"key.pem": b""}),
        lambda: note(blocked, NOW, "a", "b"),
        lambda: blocked.locked().__enter__(),
    ):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert caught.value.hint == "check the path, its owner and its mode"


def test_a_directory_in_the_place_of_a_file_is_a_store_error(store: Store) -> None:
    for name in (".lock", "../journal.jsonl"):
        (store.root / name).mkdir(parents=True)
    with pytest.raises(StoreError, match="Is a directory"):
        note(store, NOW, "a", "b")
    with pytest.raises(StoreError, match="Is a directory"), store.locked():
        pass


# Reading


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read"),
        (b"{", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[]", "no JSON object"),
        (b"1", "no JSON object"),
    ],
)
def test_garbled_json(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(StoreError, match=message):
        read_json(tmp_path / "x.json")


def test_missing_json(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file"):
        read_json(tmp_path / "x.json")


def test_read_json(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"é": 1}')
    assert read_json(tmp_path / "x.json") == {"é": 1}


@pytest.mark.parametrize(("name", "message"), [("none", "No such file or directory"), (".", "Is a directory")])
def test_read_file_names_the_field(tmp_path: Path, name: str, message: str) -> None:
    path = tmp_path / name
    with pytest.raises(InvalidInput, match=f"^certificate: .*: {message}$") as caught:
        read_file(path, "certificate")
    assert caught.value.details == {"field": "certificate", "path": str(path)}


@pytest.mark.parametrize("label", ["a", "A9", "acme-2.fr_x", "x" * 64])
def test_label(label: str) -> None:
    assert check_label(label) == label


@pytest.mark.parametrize("label", ["", ".", "..", "-a", "_a", "a/b", "../a", "é", "a b", "x" * 65, "a\n", "a\x00"])
def test_bad_label(label: str) -> None:
    with pytest.raises(InvalidInput, match=r"is no label$") as caught:
        check_label(label, "certificates.provider")
    assert caught.value.details["field"] == "certificates.provider"
