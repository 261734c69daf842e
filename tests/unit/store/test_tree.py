# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody else has planted in the store is refused; what a killed run has left is removed, and nothing else."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store import versions
from ansible_collections.collectivites.antai.plugins.module_utils._store.files import (
    TEMPORARY,
    remove_leftovers,
    replace_file,
    why_untrusted,
    write_named,
)
from ansible_collections.collectivites.antai.plugins.module_utils._store.proofs import read_proofs
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import StoreError
from tests.support.journal import note

SIRET = "21690123100011"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LEFT = ".antai-0abc_9xy.tmp"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(str(tmp_path / "store"), SIRET)
    with store.locked():
        store.new_version("acme", {"key.pem": b"key", "request.json": b"{}"})
        store.complete_version("acme", {"certificate.pem": b"certificate"})
        note(store, NOW, "one", "t")
        store.keep_jobs({"one": {"operation": "x"}})
        store.claim_order(NOW, "acme", "first", 5)
    return store


def again(store: Store) -> None:
    """What every run does first, then what writes and reads each shared file."""
    reopened = Store(store.top, SIRET)
    with reopened.locked():
        note(reopened, NOW, "two", "t")
        list(reopened.history())
        reopened.jobs()
        reopened.claim_order(NOW, "acme", "again", 5)


# Every file and folder that only we write: a link in its place leads somebody else's way.
PLANTED = (
    "store.json",
    ".lock",
    "orders.jsonl",
    "journal.jsonl",
    SIRET,
    f"{SIRET}/.lock",
    f"{SIRET}/jobs.json",
    f"{SIRET}/certificates",
    f"{SIRET}/certificates/acme",
    f"{SIRET}/certificates/acme/current",
    f"{SIRET}/certificates/acme/versions",
    f"{SIRET}/certificates/acme/versions/1",
    f"{SIRET}/certificates/acme/versions/1/key.pem",
)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_link_is_refused_and_not_followed(store: Store, tmp_path: Path, name: str) -> None:
    place, target = Path(store.top) / name, tmp_path / "target"
    place.rename(target)
    if place.name == "current":
        target.unlink()
        target.mkdir()
    place.symlink_to(target)
    before = {path: path.read_bytes() for path in (target, *target.rglob("*")) if path.is_file()}
    with pytest.raises(StoreError, match=r"symbolic link .*that no run of the collection has made: nothing was read from it") as refusal:
        again(store)
    assert "find out who has changed the store" in refusal.value.hint
    assert {path: path.read_bytes() for path in (target, *target.rglob("*")) if path.is_file()} == before


def test_a_planted_pipe_neither_hangs_nor_is_read(store: Store) -> None:
    (Path(store.top) / "journal.jsonl").unlink()
    os.mkfifo(Path(store.top) / "journal.jsonl")
    with pytest.raises(StoreError, match="is neither a regular file nor a folder"):
        list(store.history())


def test_a_planted_proof_proves_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "proofs").write_text('{"a": {"state": "authorised"}}')
    (store.root / "proofs.json").symlink_to(tmp_path / "proofs")
    assert read_proofs(store) == {}


@pytest.mark.parametrize("name", ["", SIRET, f"{SIRET}/certificates/acme/versions", "journal.jsonl", "orders.jsonl", "store.json"])
def test_what_everybody_may_write_is_refused(store: Store, name: str) -> None:
    place = Path(store.top) / name
    place.chmod(stat.S_IMODE(place.stat().st_mode) | stat.S_IWOTH)
    with pytest.raises(StoreError, match=r"may be written by everybody \(mode 07?[06]?[02]2\)|mode 0602|mode 0702"):
        again(store)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", ["", SIRET, f"{SIRET}/.lock", f"{SIRET}/certificates/acme/versions/1/key.pem", "orders.jsonl"])
def test_what_belongs_to_somebody_else_is_refused(store: Store, name: str) -> None:
    os.chown(Path(store.top) / name, 65534, 65534)
    with pytest.raises(StoreError, match=r"belongs to another user \(uid 65534\)"):
        again(store)


def status(mode: int, uid: int) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, uid, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("file_status", "reason"),
    [
        (status(stat.S_IFREG | 0o600, os.geteuid()), None),
        (status(stat.S_IFDIR | 0o755, 0), None),
        (status(stat.S_IFREG | 0o660, os.geteuid()), None),
        (status(stat.S_IFREG | 0o602, os.geteuid()), "may be written by everybody (mode 0602)"),
        (status(stat.S_IFDIR | 0o1777, 0), "may be written by everybody (mode 1777)"),
        (status(stat.S_IFREG | 0o600, os.geteuid() + 7), f"belongs to another user (uid {os.geteuid() + 7})"),
        (status(stat.S_IFIFO | 0o600, os.geteuid()), "is neither a regular file nor a folder"),
        (status(stat.S_IFCHR | 0o600, 0), "is neither a regular file nor a folder"),
    ],
)
def test_who_is_trusted(file_status: os.stat_result, reason: str | None) -> None:
    assert why_untrusted(file_status) == reason


def test_what_people_lay_and_link_is_theirs(store: Store, tmp_path: Path) -> None:
    """Deliveries, documents, and a link of their own to what is in use."""
    (tmp_path / "share").mkdir()
    place = store.certificates("acme")
    (place / "dropped").rmdir()
    (place / "dropped").symlink_to(tmp_path / "share")
    (place / "live.pem").symlink_to("current/certificate.pem")
    store.conventions("complet").mkdir(parents=True)
    (tmp_path / "scan.pdf").write_bytes(b"%PDF")
    store.signed_convention("complet").symlink_to(tmp_path / "scan.pdf")
    again(store)
    assert (place / "live.pem").read_bytes() == b"certificate"


def test_a_link_with_the_whole_path_of_its_version_is_ours(store: Store) -> None:
    """Some tools restore links so."""
    current = store.certificates("acme") / "current"
    current.unlink()
    current.symlink_to(store.certificates("acme") / "versions" / "1")
    again(store)
    assert store.version("acme", "current") is not None


# What killed runs have left


def test_the_next_run_removes_what_a_killed_one_left(store: Store) -> None:
    place = store.certificates("acme")
    for folder in (store.root, place, place / "versions" / "1", store.conventions("complet")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LEFT).write_bytes(b"-----BEGIN PRIVATE KEY-----")
    (place / "versions" / ".antai-00000000.tmp").mkdir()
    (place / "versions" / ".antai-00000000.tmp" / "key.pem").write_bytes(b"key")
    (place / ".antai-11111111.tmp").symlink_to("versions/2")
    (place / ".pending.tmp").symlink_to("versions/2")  # as earlier releases called it
    again(store)
    assert not [path for path in store.root.rglob("*") if path.name.startswith((".antai", ".pending"))]


FOREIGN: dict[str, Callable[[Path], object]] = {
    ".antai-0abc_9xy.tmp~": lambda path: path.write_bytes(b""),
    ".antai-0abc.tmp": lambda path: path.write_bytes(b""),
    ".tmpabcdefgh.tmp": lambda path: path.write_bytes(b""),
    ".0abc_9xy.tmp": lambda path: path.write_bytes(b""),
    "antai-0abc_9xy.tmp": lambda path: path.write_bytes(b""),
    LEFT: lambda path: path.symlink_to("/etc/hostname"),
    ".antai-00000000.tmp": os.mkfifo,
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_ours_stays(store: Store, name: str) -> None:
    FOREIGN[name](store.root / name)
    again(store)
    remove_leftovers(store.root)
    assert os.path.lexists(store.root / name)


def test_a_file_whose_writer_lives_stays(tmp_path: Path) -> None:
    (tmp_path / LEFT).write_bytes(b"")
    with (tmp_path / LEFT).open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        write_named(tmp_path / "report.json", b"{}")
        assert (tmp_path / LEFT).exists()
    write_named(tmp_path / "report.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_file_that_a_user_named_is_for_its_owner(tmp_path: Path) -> None:
    write_named(tmp_path / "a" / "report.json", b"{}")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/report.json")] == [0o700, 0o600]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        replace_file(tmp_path / "taken", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_names_of_temporary_files_are_as_they_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    real = os.replace
    monkeypatch.setattr(os, "replace", lambda source, target: (names.append(Path(source).name), real(source, target)))
    store = Store(str(tmp_path / "s"), SIRET)
    for number in range(20):
        store.new_version("acme", {"key.pem": b"%d" % number})
        write_named(tmp_path / "report.json", b"")
    assert len(names) == 60
    assert all(map(TEMPORARY.fullmatch, names))


@pytest.mark.parametrize("step", range(7))
def test_a_kill_while_a_version_is_made_leaves_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """However far it came, the next run sees all of the version or nothing of it, and no key lies where no link leads."""
    store = Store(str(tmp_path / "store"), SIRET)

    class Killed(BaseException):
        pass

    calls = iter(range(100))

    def until(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            if next(calls) == step:
                raise Killed
            return real(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(versions, "replace_file", until(versions.replace_file))
        patch.setattr(versions.tempfile, "mkdtemp", until(versions.tempfile.mkdtemp))
        patch.setattr(versions.Path, "rename", until(Path.rename))
        patch.setattr(versions.Path, "symlink_to", until(Path.symlink_to))
        patch.setattr(versions.os, "replace", until(os.replace))
        try:
            with store.locked():
                store.new_version("acme", {"key.pem": b"key", "request.csr": b"request", "request.json": b"{}"})
        except Killed:
            pass
    with store.locked():
        pending = store.version("acme", "pending")
    keys = list(store.root.rglob("key.pem"))
    assert keys == ([pending / "key.pem"] if pending else [])
    assert not pending or {path.name for path in pending.iterdir()} == {"key.pem", "request.csr", "request.json"}
