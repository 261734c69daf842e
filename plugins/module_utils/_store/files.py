# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the store, and those that a user names: private directories, atomic writes, errors that name the file."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..compute_lock import aside
from ..errors import InvalidInput, StoreError
from ..user_files import read_regular


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """An OSError of the system becomes a StoreError that names this path."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}", "check the path, its owner and its mode") from error


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """The whole file or the old one, with missing folders; readable by others only where `mode` says so. Raises StoreError."""
    make_folder(path.parent)
    with guarded(path):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                with aside():
                    os.fsync(file.fileno())
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def make_folder(folder: Path) -> None:
    """As make_private. Raises StoreError."""
    with guarded(folder):
        make_private(folder)


def read_file(path: str | Path, field: str) -> bytes:
    """The bytes of a file that the user named. Raises InvalidInput, with the reason, where it cannot be read or is no regular file of bounded size."""
    try:
        return read_regular(path)
    except OSError as error:
        raise InvalidInput(
            field, f"{path}: {error.strerror or error}", "check the path and its mode on the machine where the task runs", path=str(path)
        ) from error


def make_private(folder: Path) -> None:
    """The folder, and those above it that are missing, for the owner only. Raises OSError."""
    # Not parents=True: those would get the mode that the umask gives.
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)


def write_private(path: str | Path, content: bytes, field: str) -> None:
    """A file that the user named, and its folder where there is none, for the owner only. Raises InvalidInput, with the reason."""
    temporary = ""
    try:
        make_private(Path(path).parent)
        handle, temporary = tempfile.mkstemp(dir=Path(path).parent, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise InvalidInput(field, f"{path}: {error.strerror or error}", "give a file in a folder that you may write to") from error


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object that this store wrote. Raises StoreError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {error}", "restore it from a backup, or discard the request (state: absent)") from error
    if not isinstance(content, dict):
        raise StoreError(f"{path} holds no JSON object", "restore it from a backup, or discard the request (state: absent)")
    return content
