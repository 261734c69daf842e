# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`run`: a server for the time of one command."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from sandbox.errors import UserError
from sandbox.state_paths import STAYING, StatePaths

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
PACKAGE_PARENT = str(Path(__file__).resolve().parent.parent)


def run(paths: StatePaths, policy: Path | None, words: list[str]) -> int:
    """With the server that serves this state already, where somebody has started one to stay; else with one of its own."""
    environment = {**os.environ, "SANDBOX_STATE": str(paths.root), "SANDBOX_ENDPOINTS": str(paths.endpoints)}
    if policy is None and _stays(paths):
        print(f"sandbox: the one that serves {paths.root} already is used.", file=sys.stderr)
        return _command(words, environment)
    server = _start(paths, policy)
    try:
        _await_ready(paths, server)
        return _command(words, environment)
    finally:
        _stop(server)


def _stays(paths: StatePaths) -> bool:
    """Whether a server is there that does not end with somebody else's command: it holds the lock, which says so, and is ready."""
    try:
        with paths.lock.open(encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return lock.read() == STAYING and paths.endpoints.is_file()
    except FileNotFoundError:
        pass
    return False


def _start(paths: StatePaths, policy: Path | None) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "sandbox", "serve", "--state", str(paths.root), "--until-stdin-closes"]
    if policy:
        words += ["--policy", str(policy)]
    path = os.pathsep.join(filter(None, (PACKAGE_PARENT, os.environ.get("PYTHONPATH"))))
    # A session of its own: Ctrl-C is for the command, the server stops after it. Its stdin ends with us, however we end.
    return subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True, env={**os.environ, "PYTHONPATH": path})


def _await_ready(paths: StatePaths, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise UserError(f"The server did not start (its exit code is {server.returncode}; its message stands above).", 2)
        try:
            if json.loads(paths.endpoints.read_text(encoding="utf-8"))["pid"] == server.pid:
                return
        except (OSError, ValueError):
            pass  # not there yet
        time.sleep(0.02)
    raise UserError(f"The server was not ready within {READY_SECONDS:.0f} seconds.", 2)


def _command(words: list[str], environment: dict[str, str]) -> int:
    """Run it to its end; signals that reach us are for it."""
    try:
        child = subprocess.Popen(words, env=environment)
    except OSError as error:
        raise UserError(f"{words[0]} cannot be run: {error.strerror}", 127) from error

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGTERM:
            child.send_signal(number)  # the terminal has given it SIGINT already

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    code = child.wait()
    return 128 - code if code < 0 else code


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdin:
        server.stdin.close()
