# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker ends with the process that forked it, however that one ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller import parent_process
from tests.support.sandbox_process import REPOSITORY

SECONDS = 30.0
PARENT = """
import multiprocessing, signal, sys, time
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller import parent_process

def work():
    if "watching" in sys.argv:
        parent_process._is_signalled_by_kernel = lambda: False
        parent_process.SECONDS_BETWEEN_LOOKS = 0.01
    parent_process.end_with_parent()
    print("ready", flush=True)
    time.sleep(300)

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # it may be ignored where the tests were started (nohup)
worker = multiprocessing.get_context("fork").Process(target=work)
worker.start()
print(worker.pid, flush=True)
worker.join()
"""


def is_alive(pid: int) -> bool:
    """Not so a zombie that nobody has waited for."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.parametrize("how", ["signalled", "watching"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGHUP])
def test_a_worker_ends_with_its_parent(how: str, end: signal.Signals) -> None:
    words = [sys.executable, "-c", PARENT, how]
    environment = os.environ | {"PYTHONPATH": f"{REPOSITORY}/build/collections"}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True) as parent:
        assert parent.stdout is not None
        try:
            lines = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
            worker = int((lines - {"ready"}).pop())
            parent.send_signal(end)
            parent.wait(SECONDS)
        finally:
            parent.kill()
    until = time.monotonic() + SECONDS
    while is_alive(worker) and time.monotonic() < until:
        time.sleep(0.02)
    alive = is_alive(worker)
    if alive:
        os.kill(worker, signal.SIGKILL)
    assert not alive


def test_what_was_started_by_hand_outlives_its_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    assert multiprocessing.parent_process() is None
    monkeypatch.setattr(parent_process, "_is_signalled_by_kernel", lambda: pytest.fail("nobody forked this one"))
    parent_process.end_with_parent()
