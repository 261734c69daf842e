# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time works on a collectivité; the lock's time tells whether another one has since. What all share is locked for a moment only."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import Held
from .files import guarded, make_folder, open_own
from .tree import tend

LOCK = ".lock"


@contextmanager
def hold(folder: Path) -> Iterator[int]:
    """Hold this folder, of a collectivité; yields the mark that it had before, which changes. What killed runs have left there is gone then.

    Raises Held at once where another run holds it, StoreError where somebody else has planted something.
    """
    make_folder(folder)
    with guarded(folder / LOCK):
        lock = open_own(folder / LOCK, os.O_WRONLY | os.O_CREAT)
    with os.fdopen(lock, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Held(f"another run is working on {folder}", "wait for it to end, then run again") from error
        now, before = time.time_ns(), os.fstat(lock).st_mtime_ns
        os.utime(lock, ns=(now, now))
        tend(str(folder))
        yield before


def read_mark(folder: Path) -> int:
    """Another number as soon as any run has held this folder, whatever became of it; 0 where none ever did."""
    path = folder / LOCK
    return path.stat().st_mtime_ns if path.is_file() else 0


@contextmanager
def wait_for_store(root: Path) -> Iterator[None]:
    """Hold what all collectivités of this store share, as long as one file is written; who holds it is waited for. Raises StoreError."""
    make_folder(root)
    with guarded(root / LOCK):
        lock = open_own(root / LOCK, os.O_WRONLY | os.O_CREAT)
    with os.fdopen(lock, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
