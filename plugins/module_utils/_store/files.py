# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How every file is written and read: whole or not at all, for the owner alone, and never through a link that somebody else has planted."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import InvalidInput, StoreError
from ..user_files import read_regular

# A file that is being written beside its place; nobody else gives such a name, so what a killed run has left is known by it.
TEMPORARY = re.compile(r"\.antai-[a-z0-9_]{8}\.tmp")
PREFIX, SUFFIX = ".antai-", ".tmp"


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """An OSError of the system becomes a StoreError that names this path."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise StoreError(*untrusted(path, "is a symbolic link that no run of the collection has made")) from error
        raise StoreError(f"{path}: {error.strerror or error}", _hint(error)) from error


def _hint(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space there, then run again: what was not written whole is not there at all"
    return "check the path, its owner and its mode"


def untrusted(path: str | Path, reason: str) -> tuple[str, str]:
    """(message, hint) of what is refused because somebody else may have put it there."""
    return (
        f"{path} {reason}: nothing was read from it or written to it",
        "find out who has changed the store, and what else (docs/store.md); then remove it, or give it to the user who runs Ansible (chown, chmod go-w)",
    )


def why_untrusted(status: os.stat_result) -> str | None:
    """Why a file or folder that only we write is not ours; None where it is. Owner: who runs this, or root. Pure but for our own user."""
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return "is neither a regular file nor a folder"
    if status.st_uid not in (os.geteuid(), 0):
        return f"belongs to another user (uid {status.st_uid})"
    if status.st_mode & stat.S_IWOTH:
        return f"may be written by everybody (mode {stat.S_IMODE(status.st_mode):04o})"
    return None


def open_own(path: str | Path, flags: int) -> int:
    """A descriptor of a file that only we write, made with mode 0600 where `flags` create it. Raises StoreError where it is not ours, OSError."""
    # O_NONBLOCK: a pipe with nobody at its other end would hang.
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        reason = why_untrusted(status)
        if reason:
            raise StoreError(*untrusted(path, reason))
    except BaseException:
        os.close(handle)
        raise
    return handle


def replace_file(path: str | Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file whole: who opens it meanwhile, or after a kill, reads the old one or the new one. Its folder stands. Raises OSError."""
    handle, temporary = locked_temporary(os.path.dirname(path) or ".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
            os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def locked_temporary(folder: str) -> tuple[int, str]:
    """(descriptor, path) of a file that nobody takes for a leftover: its writer holds a lock on it as long as it lives."""
    while True:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=PREFIX, suffix=SUFFIX)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:  # else another run took it for one before we held it
            return handle, temporary
        os.close(handle)


def remove_leftovers(folder: str | Path) -> int:
    """Remove the temporary files of killed runs in this folder; how many there were. Raises OSError.

    By name, kind and owner it is ours, and nobody holds its lock any more: that of a run that lives is left alone.
    """
    try:
        leftovers = [name for name in os.listdir(folder) if TEMPORARY.fullmatch(name)]
    except (FileNotFoundError, NotADirectoryError):
        return 0
    return sum(remove_leftover(os.path.join(folder, name)) for name in leftovers)


def remove_leftover(path: str) -> bool:
    """Whether it was one, and is gone. path: of a name as TEMPORARY has it."""
    try:
        handle = open_own(path, os.O_RDONLY)
    except (OSError, StoreError):  # gone meanwhile, or not ours
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    except OSError:  # its writer lives
        return False
    finally:
        os.close(handle)
    return True


def write_named(path: str | Path, content: bytes, mode: int = 0o600) -> None:
    """A file that a user named, whole, and its folder where there is none; what a killed run has left beside it goes. Raises OSError."""
    folder = Path(path).parent
    make_private(folder)
    remove_leftovers(folder)
    replace_file(path, content, mode)


def write_private(path: str | Path, content: bytes, field: str) -> None:
    """As write_named, for the owner only. Raises InvalidInput, with the reason."""
    try:
        write_named(path, content)
    except OSError as error:
        raise InvalidInput(field, f"{path}: {error.strerror or error}", "give a file in a folder that you may write to") from error


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """A file of the store, whole or the old one, with missing folders; readable by others only where `mode` says so. Raises StoreError."""
    make_folder(path.parent)
    with guarded(path):
        replace_file(path, content, mode)


def make_folder(folder: Path) -> None:
    """As make_private. Raises StoreError."""
    with guarded(folder):
        make_private(folder)


def make_private(folder: Path) -> None:
    """The folder, and those above it that are missing, for the owner only. Raises OSError."""
    # Not parents=True: those would get the mode that the umask gives.
    for ancestor in (*reversed(folder.parents), folder):
        if not ancestor.is_dir():
            ancestor.mkdir(mode=0o700, exist_ok=True)


def read_file(path: str | Path, field: str) -> bytes:
    """The bytes of a file that the user named. Raises InvalidInput, with the reason, where it cannot be read or is no regular file of bounded size."""
    try:
        return read_regular(path)
    except OSError as error:
        raise InvalidInput(
            field, f"{path}: {error.strerror or error}", "check the path and its mode on the machine where the task runs", path=str(path)
        ) from error


def read_own(path: str | Path) -> bytes:
    """The bytes of a file that only we write. Raises StoreError where it is not ours, OSError where it cannot be read."""
    with os.fdopen(open_own(path, os.O_RDONLY), "rb") as file:
        return file.read()


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object that this store wrote. Raises StoreError."""
    try:
        with guarded(path):
            content = json.loads(read_own(path).decode("utf-8"))
    except ValueError as error:
        raise StoreError(f"{path} cannot be read: {error}", "restore it from a backup, or discard the request (state: absent)") from error
    if not isinstance(content, dict):
        raise StoreError(f"{path} holds no JSON object", "restore it from a backup, or discard the request (state: absent)")
    return content
