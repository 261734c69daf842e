# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lock for all threads that compute; whoever waits for a server, a process or a file lets go of it meanwhile.

Python runs one of them at a time anyway. Where sixteen want to at once, a third of the processor's time goes into handing over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_thread = threading.local()


@contextmanager
def computing() -> Iterator[None]:
    """No other thread that computes within this lock does so meanwhile."""
    with _lock:
        _thread.computes = True
        try:
            yield
        finally:
            _thread.computes = False


@contextmanager
def blocking() -> Iterator[None]:
    """Around whatever may block: a server, a process, a lock that is held while somebody waits. Outside `computing`, nothing."""
    if not getattr(_thread, "computes", False):
        yield
        return
    _thread.computes = False
    _lock.release()
    try:
        yield
    finally:
        _lock.acquire()
        _thread.computes = True
