# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a store says of itself, in <store>/store.json: which one it is, since when, and in which format it was written.

A folder without this file is a store of before there was one (format 0), or a new one where nothing lies in it. The first write of a run makes the
file; reading never does.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from ..dates import instant
from ..errors import StoreError
from .files import guarded, read_json, remove_leftovers, write_atomically
from .lock import wait_for_store

FILE = "store.json"
# To be raised when what lies in the store changes so that an older release would misread it; ensure_identity then brings older stores there.
FORMAT = 1


@dataclass(frozen=True)
class Identity:
    """id: random, never changed. format: of the layout. created_at: RFC 3339, of this file: a store that was migrated is older.

    migrated_from: the format that it had before, or None where it was new.
    """

    id: str
    format: int
    created_at: str
    migrated_from: int | None = None


def read_identity(root: str) -> Identity | None:
    """None where there is no such file. Raises StoreError where it cannot be read, or where a newer release has written it."""
    path = Path(root) / FILE
    if not os.path.lexists(path):
        return None
    content = read_json(path)
    format_number = content.get("format")
    if not isinstance(format_number, int) or not isinstance(content.get("id"), str):
        raise StoreError(f"{path} does not say which store this is", "restore it from a backup; the rest of the store is not touched")
    if format_number > FORMAT:
        raise StoreError(
            f"{root} is a store of format {format_number}, and this release knows format {FORMAT}",
            "use the release that wrote it, or a newer one; nothing was read or written",
        )
    return Identity(content["id"], format_number, str(content.get("created_at")), content.get("migrated_from"))


def is_empty(root: str) -> bool:
    """Whether no collectivité lies there: the folder is missing, or holds nothing but what every store has."""
    try:
        return not any(name.isdigit() for name in os.listdir(root))
    except (FileNotFoundError, NotADirectoryError):
        return True


def ensure_identity(root: str) -> None:
    """Write the file where there is none. Raises StoreError.

    Format 0 to 1: the same layout, which says so now; links that a backup has lost are repaired where they are met (versions.py).
    """
    if read_identity(root):
        return
    with wait_for_store(Path(root)):
        if read_identity(root) is None:  # else another run was faster
            _write(root)


def _write(root: str) -> None:
    content = {
        "id": str(uuid.uuid4()),
        "format": FORMAT,
        "created_at": instant(datetime.now(timezone.utc)),
        "migrated_from": None if is_empty(root) else 0,
    }
    with guarded(Path(root)):
        remove_leftovers(root)
    write_atomically(Path(root) / FILE, json.dumps(content, indent=1).encode() + b"\n")
