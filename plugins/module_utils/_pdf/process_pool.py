# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that read documents (inspection_process.py): started when one is needed, kept for the next document, as many as there are processors.

A process that starts costs a hundred times what reading a convention does: a fleet of 622 would wait a minute for it.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..compute_lock import aside
from . import inspection_process

# Imported, so that it travels with a module that is shipped.
HERE = inspection_process.__name__
START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {here} import main; main()"
MOST = os.cpu_count() or 1
CHUNK = 1024 * 1024
# The facts of the largest document (text and fields are bounded by inspector.py), with room to spare.
MOST_ANSWER = 64 * 1024 * 1024
PATIENCE = 5.0  # seconds for one that is told to end
WORTH_WAITING = 0.05  # seconds for one that is free, before another one is started: a dozen documents are read meanwhile


def ask(task: dict[str, Any], seconds: float) -> dict[str, Any]:
    """{answer}, or {status, error} of a process that died. Raises TimeoutError, and OSError where no process can be started."""
    with aside(), _pool().reader() as reader:
        return reader.ask(json.dumps(task).encode(), time.monotonic() + seconds)


class _InspectionProcess:
    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.ended = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by kill)
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter, our own words)
                [*command, json.dumps(_paths())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                cwd="/",
                start_new_session=True,
            )
        except BaseException:
            self._errors.close()
            raise
        self._say = self._process.stdin.fileno()  # type: ignore[union-attr]
        self._hear = self._process.stdout.fileno()  # type: ignore[union-attr]
        os.set_blocking(self._say, False)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, line: bytes, until: float) -> dict[str, Any]:
        """Raises TimeoutError."""
        heard = self._conversed(memoryview(line + b"\n"), until)
        if heard.endswith(b"\n"):
            with suppress(ValueError):
                found: dict[str, Any] = json.loads(heard)
                return found
            self._stop()  # what speaks otherwise was taken over
        self.ended = True
        status = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return {"status": status, "error": said[-1] if said else ""}

    def _conversed(self, to_say: memoryview, until: float) -> bytes:
        """One line, or less where the process has ended."""
        heard = bytearray()
        while not heard.endswith(b"\n"):
            to_say = self._said(to_say)
            left = until - time.monotonic()
            ready, writable, _broken = select.select([self._hear], [self._say] if to_say else [], [], max(0.0, left))
            if not ready and not writable:
                raise TimeoutError
            if ready:
                part = os.read(self._hear, CHUNK)
                if not part:
                    break
                heard += part
                if len(heard) > MOST_ANSWER:
                    self._stop()
                    break
        return bytes(heard)

    def _said(self, to_say: memoryview) -> memoryview:
        """What is left of it when the pipe is full: nothing, of most documents. To one who is gone, nothing is left to say."""
        try:
            return to_say[os.write(self._say, to_say[:CHUNK]) :] if to_say else to_say
        except BlockingIOError:
            return to_say
        except BrokenPipeError:
            return memoryview(b"")

    def end(self) -> None:
        """It ends when its input does."""
        self._process.stdin.close()  # type: ignore[union-attr]
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self.kill()

    def kill(self) -> None:
        """With the child that reads, if there is one: they are a session of their own."""
        if self.alive:
            self._stop()
        with self._process:  # closes what is open, and waits
            pass
        self._errors.close()

    def _stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)


class _ProcessPool:
    """Those that nobody uses now. At most MOST documents are read at the same time."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._changed = threading.Condition()
        self._idle: list[_InspectionProcess] = []
        self._reading = 0

    @contextmanager
    def reader(self) -> Iterator[_InspectionProcess]:
        """For one document. It is kept for another one unless it ended, or the question did not end well."""
        self._take_a_turn()
        reader = None
        try:
            reader = self._taken() or _InspectionProcess(_command())
            yield reader
        except BaseException:
            if reader:
                reader.ended = True
            raise
        finally:
            if reader and reader.ended:
                reader.kill()
            self._give_back(reader)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().end()

    def _take_a_turn(self) -> None:
        """One who reads will soon be free, as a rule before another one would have started."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle or not self._reading, WORTH_WAITING)
            self._changed.wait_for(lambda: self._reading < MOST)
            self._reading += 1

    def _taken(self) -> _InspectionProcess | None:
        with self._changed:
            while self._idle:
                reader = self._idle.pop()
                if reader.command == _command() and reader.alive:
                    return reader
                reader.end()
        return None

    def _give_back(self, reader: _InspectionProcess | None) -> None:
        with self._changed:
            self._reading -= 1
            if reader and not reader.ended:
                self._idle.append(reader)
            self._changed.notify_all()


def _command() -> list[str]:
    return [sys.executable, "-I", "-c", START.format(here=HERE)]


_pools: list[_ProcessPool] = []
_lock = threading.Lock()


def _pool() -> _ProcessPool:
    """Of this process: one that was forked from ours must not speak with our readers."""
    with _lock:
        if not _pools or _pools[-1].owner != os.getpid():
            _pools.append(_ProcessPool())
        return _pools[-1]


@atexit.register
def close() -> None:
    if _pools and _pools[-1].owner == os.getpid():
        _pools[-1].close()


def _paths() -> list[str]:
    """Where this process finds its modules, and this collection, which Ansible finds by other means."""
    here = next((each for each in Path(__file__).parents if each.name == "ansible_collections"), None)
    ours = str(here.parent) if here else ""
    return [each for each in dict.fromkeys((ours, *(os.path.abspath(each or os.curdir) for each in sys.path))) if each]
