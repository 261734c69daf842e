# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker of Ansible ends with the ansible-playbook that forked it: killed, or hung up by its terminal, it would leave workers that go on unseen.

Whatever they were at may be killed at any point: the next run observes what was done.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
import time

# linux/prctl.h
PR_SET_PDEATHSIG = 1
# Where the system has no such signal.
SECONDS_BETWEEN_LOOKS = 0.5


def end_with_parent() -> None:
    """Only where this process was forked to work for another: what a shell started may outlive the shell."""
    if multiprocessing.parent_process() is None:
        return
    parent = os.getppid()
    if not _is_signalled_by_kernel():
        threading.Thread(target=_watch, args=(parent,), name="antai-parent", daemon=True).start()
    if os.getppid() != parent:  # it ended meanwhile
        _end()


def _is_signalled_by_kernel() -> bool:
    """Whether the kernel now kills this process as soon as its parent has ended (Linux)."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    return bool(prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) == 0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    _end()


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
