# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chain of a journal: how a line is sealed to the one before it, and appended by one of several writers. What verifies it is journal_check.py.

A line is a JSON object whose last key, `hash`, is the SHA-256 of all that stands before it in the line. `previous` is the hash of the line before, and
`number` counts from 1. `cut`: the SHA-256 of what a killed run had begun to write in between; it stays there, as a line of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import StoreError
from .files import guarded, open_own
from .identity import ensure_identity, read_identity
from .lock import wait_for_store

JOURNAL = "journal.jsonl"
SEALED = re.compile(rb'(\{.*), "hash": "([0-9a-f]{64})"\}')
# Bytes from its end in which the last line of a journal is looked for first.
BLOCK = 64 * 1024


@dataclass(frozen=True)
class Head:
    """The last line of a journal: what an anchor keeps elsewhere. store: id of the store. number 0: there is no line yet."""

    store: str
    number: int
    hash: str

    def as_dict(self) -> dict[str, str | int]:
        return {"store": self.store, "number": self.number, "hash": self.hash}


@dataclass(frozen=True)
class _Tail:
    """size: of the file, up to its end. cut: what stands after the last whole line, of runs that were killed while they wrote."""

    size: int
    number: int
    hash: str
    cut: bytes = b""


def origin(store_id: str) -> str:
    """What the first line of this store's journal follows."""
    return digest(f"collectivites.antai journal of store {store_id}".encode())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def seal(record: Mapping[str, object]) -> bytes:
    """The line of this record, without its end."""
    body = json.dumps(record)[:-1].encode("ascii")
    return body + f', "hash": "{digest(body)}"}}'.encode("ascii")


def append_record(root: Path, record: Mapping[str, object], *, synced: bool) -> None:
    """One line more, under the lock of the store. synced: it lies on the disk, not only with the system, when this returns. Raises StoreError."""
    path = root / JOURNAL
    if not os.path.lexists(path):
        ensure_identity(str(root))
    with guarded(path):
        with wait_for_store(root):
            handle = open_own(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            try:
                size = _append(handle, root, record)
            except BaseException:
                os.close(handle)
                raise
        with os.fdopen(handle, "wb"):
            if synced:
                _sync(handle, size)


def _append(handle: int, root: Path, record: Mapping[str, object]) -> int:
    """The size of the file afterwards."""
    tail = _tail(handle, root)
    links = {"number": tail.number + 1, **record, **({"cut": digest(tail.cut.strip(b"\n"))} if tail.cut else {}), "previous": tail.hash}
    content = (b"\n" if tail.cut and not tail.cut.endswith(b"\n") else b"") + (sealed := seal(links)) + b"\n"
    _write_whole(handle, content)
    _tails[str(root)] = (os.fstat(handle).st_ino, _Tail(tail.size + len(content), tail.number + 1, sealed[-66:-2].decode("ascii")))
    return tail.size + len(content)


def _write_whole(handle: int, content: bytes) -> None:
    written = 0
    while written < len(content):
        written += os.write(handle, content[written:])


# By store: (inode of its journal, where it ended when this process wrote there last).
_tails: dict[str, tuple[int, _Tail]] = {}


def _tail(handle: int, root: Path) -> _Tail:
    status = os.fstat(handle)
    inode, tail = _tails.get(str(root), (0, _Tail(0, 0, "")))
    if inode == status.st_ino and tail.size == status.st_size:
        return tail
    return _read_tail(handle, status.st_size, root)


def _read_tail(handle: int, size: int, root: Path) -> _Tail:
    block = BLOCK
    while True:
        content = os.pread(handle, min(block, size), max(0, size - block))
        lines = content.split(b"\n")
        whole = lines if block >= size else lines[1:]
        for position in range(len(whole) - 2, -1, -1):
            if sealed := SEALED.fullmatch(whole[position]):
                return _Tail(size, _number(whole[position], root), sealed[2].decode("ascii"), b"\n".join(whole[position + 1 :]))
        if block >= size:
            identity = read_identity(str(root))
            return _Tail(size, 0, origin(identity.id if identity else ""), content)
        block *= 4


def _number(line: bytes, root: Path) -> int:
    try:
        return int(json.loads(line)["number"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{root / JOURNAL}: its last line is none of this collection's",
            "antai_journal says what is wrong with it; restore it from a backup",
        ) from error


_syncing = threading.Lock()
_synced: dict[tuple[int, int], int] = {}  # by device and inode: as far as the disk has it


def _sync(handle: int, size: int) -> None:
    """Have the disk hold the file this far. Who waits meanwhile is served by the same sync."""
    status = os.fstat(handle)
    file = (status.st_dev, status.st_ino)
    with _syncing:
        reached = os.fstat(handle).st_size
        if not size <= _synced.get(file, 0) <= reached:
            os.fsync(handle)
            _synced[file] = reached


def read_head(root: str) -> Head | None:
    """None where there is no store. Raises StoreError."""
    identity = read_identity(root)
    if identity is None:
        return None
    path = Path(root) / JOURNAL
    if not os.path.lexists(path):
        return Head(identity.id, 0, origin(identity.id))
    with guarded(path), os.fdopen(open_own(path, os.O_RDONLY), "rb") as file:
        tail = _read_tail(file.fileno(), os.fstat(file.fileno()).st_size, Path(root))
    return Head(identity.id, tail.number, tail.hash)
