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
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from . import inspection_process
from .inspection import InspectionReply, InspectionTask

START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {module} import main; main()"
CHUNK = 1024 * 1024
PATIENCE = 5.0  # seconds for one that is to end


@dataclass(frozen=True)
class PoolSettings:
    """start: the program of a process; {module} stands for inspection_process, and is imported above so that it travels with a module that is shipped.

    most_processes: that read at the same time. worth_waiting: seconds for one that is free, before another one is started: a dozen documents are
    read meanwhile. most_answer: bytes; the largest document's text and fields are bounded by inspector.py, and this has room to spare.
    """

    start: str = START
    most_processes: int = os.cpu_count() or 1
    worth_waiting: float = 0.05
    most_answer: int = 64 * 1024 * 1024

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-I", "-c", self.start.format(module=inspection_process.__name__)]


class InspectionProcess:
    """One process, with which one document is spoken of at a time. ended: whether it takes no other one."""

    def __init__(self, settings: PoolSettings) -> None:
        """Raises OSError where it cannot be started."""
        self.ended = False
        self._most_answer = settings.most_answer
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by kill)
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter, our own words)
                [*settings.command, json.dumps(_paths())],
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
        self._input = self._process.stdin.fileno()  # type: ignore[union-attr]
        self._output = self._process.stdout.fileno()  # type: ignore[union-attr]
        os.set_blocking(self._input, False)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, line: bytes, until: float) -> InspectionReply:
        """Raises TimeoutError."""
        answer = self._exchange(memoryview(line + b"\n"), until)
        if answer.endswith(b"\n"):
            with suppress(ValueError):
                return cast(InspectionReply, json.loads(answer))
            self._stop()  # what speaks otherwise was taken over
        self.ended = True
        status = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return {"status": status, "error": lines[-1] if lines else ""}

    def _exchange(self, unsent: memoryview, until: float) -> bytes:
        """One line, or less where the process has ended."""
        answer = bytearray()
        while not answer.endswith(b"\n"):
            unsent = self._send(unsent)
            remaining = until - time.monotonic()
            ready, writable, _broken = select.select([self._output], [self._input] if unsent else [], [], max(0.0, remaining))
            if not ready and not writable:
                raise TimeoutError
            if ready:
                part = os.read(self._output, CHUNK)
                if not part:
                    break
                answer += part
                if len(answer) > self._most_answer:
                    self._stop()
                    break
        return bytes(answer)

    def _send(self, unsent: memoryview) -> memoryview:
        """What is still to be sent when the pipe is full: nothing, of most documents. To one who has gone, nothing is to be sent any more."""
        try:
            return unsent[os.write(self._input, unsent[:CHUNK]) :] if unsent else unsent
        except BlockingIOError:
            return unsent
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


def _forget_in_child(pool: weakref.ref[ProcessPool]) -> None:
    """In the child of a fork: the pool, where it still lives, starts anew."""
    inherited = pool()
    if inherited is not None:
        inherited.forget_processes()


class ProcessPool:
    """Keeps those that nobody uses now. A process that was forked from ours has a pool of its own: it must not speak with our processes."""

    def __init__(
        self, settings: PoolSettings | None = None, start: Callable[[PoolSettings], InspectionProcess] = InspectionProcess
    ) -> None:
        self._settings = settings or PoolSettings()
        self._start = start
        self._inherited: list[InspectionProcess] = []
        self.forget_processes()
        os.register_at_fork(after_in_child=partial(_forget_in_child, weakref.ref(self)))

    def ask(self, task: InspectionTask, seconds: float) -> InspectionReply:
        """What a process says of one document. Raises TimeoutError, and OSError where no process can be started."""
        with self.process() as process:
            return process.ask(json.dumps(task).encode(), time.monotonic() + seconds)

    @contextmanager
    def process(self) -> Iterator[InspectionProcess]:
        """For one document. It is kept for another one unless it ended, or the question did not end well."""
        self._await_turn()
        process = None
        try:
            process = self._take_idle() or self._start(self._settings)
            yield process
        except BaseException:
            if process:
                process.ended = True
            raise
        finally:
            if process and process.ended:
                process.kill()
            self._give_back(process)

    def close(self) -> None:
        """End those that are kept."""
        while self._idle:
            self._idle.pop().end()

    def forget_processes(self) -> None:
        """For a process that was forked from the pool's."""
        self._inherited += getattr(self, "_idle", [])  # kept alive: they are the parent's, and none of ours to wait for
        self._changed = threading.Condition()
        self._idle: list[InspectionProcess] = []
        self._reading = 0

    def _await_turn(self) -> None:
        """One who reads will soon be free, as a rule before another one would have started."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle or not self._reading, self._settings.worth_waiting)
            self._changed.wait_for(lambda: self._reading < self._settings.most_processes)
            self._reading += 1

    def _take_idle(self) -> InspectionProcess | None:
        with self._changed:
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.end()
        return None

    def _give_back(self, process: InspectionProcess | None) -> None:
        with self._changed:
            self._reading -= 1
            if process and not process.ended:
                self._idle.append(process)
            self._changed.notify_all()


# Of this Ansible process: the next document is read by the process that read the one before.
SHARED = ProcessPool()
atexit.register(SHARED.close)


def _paths() -> list[str]:
    """Where this process finds its modules, and this collection, which Ansible finds by other means."""
    collections = next((parent for parent in Path(__file__).parents if parent.name == "ansible_collections"), None)
    ours = str(collections.parent) if collections else ""
    return [path for path in dict.fromkeys((ours, *(os.path.abspath(path or os.curdir) for path in sys.path))) if path]
