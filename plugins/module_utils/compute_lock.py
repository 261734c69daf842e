# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that compute take turns; who waits for somebody else steps aside meanwhile.

Python runs one of them at a time anyway. Where sixteen want to at once, a third of the processor's time goes into handing over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.Lock()
_here = threading.local()


@contextmanager
def taken() -> Iterator[None]:
    """No other thread that takes turns computes meanwhile."""
    with _turn:
        _here.taken = True
        try:
            yield
        finally:
            _here.taken = False


@contextmanager
def aside() -> Iterator[None]:
    """Around whatever may block: a server, a process, a lock that is held while somebody waits. Without a turn, nothing."""
    if not getattr(_here, "taken", False):
        yield
        return
    _here.taken = False
    _turn.release()
    try:
        yield
    finally:
        _turn.acquire()
        _here.taken = True
