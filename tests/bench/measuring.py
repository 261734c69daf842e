# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command costs: wall clock, CPU and memory of its whole process tree, what it asked of the sandbox, and what that cost the sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.sandbox_process import REPOSITORY, SandboxProcess

LOOK_EVERY = 0.5
MIB = 1024 * 1024
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """wall_s, cpu_s (user and system): of the command and all its children, in seconds. http_requests: as the sandbox logged them.

    rss_mib: the largest process (resident set, as wait4 tells it). tree_mib: the most that all of them held together, shared pages counted
    once, as seen twice a second; None where that was not seen. sandbox_cpu_s: of the sandbox meanwhile.
    """

    wall_s: float
    cpu_s: float
    rss_mib: float
    tree_mib: float | None
    http_requests: int
    sandbox_cpu_s: float


class CommandFailed(Exception):
    """It ended with another code than 0."""


def measure(words: list[str], running: SandboxProcess, output: Path, environment: dict[str, str], seconds: float) -> Cost:
    """Run it to its end, its output to this file. Raises CommandFailed, also where it takes longer than `seconds`."""
    requests_before, served = _asked(running), _cpu_of(running.pid)
    with output.open("wb") as file:
        begin = time.perf_counter()
        process = subprocess.Popen(
            words, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
        watch = _Watch(process.pid, seconds)
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.over()
    if process.returncode != 0:
        end = output.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise CommandFailed(f"{' '.join(words)} ended with {process.returncode} after {wall:.0f} s\n{end}")
    return Cost(
        wall_s=round(wall, 3),
        cpu_s=round(usage.ru_utime + usage.ru_stime, 3),
        rss_mib=round(usage.ru_maxrss / 1024, 1),
        tree_mib=round(watch.most / MIB, 1) if watch.most else None,
        http_requests=_asked(running) - requests_before,
        sandbox_cpu_s=round(_cpu_of(running.pid) - served, 3),
    )


class _Watch:
    """Looks at the tree of a process now and then, and ends it when its time is over."""

    def __init__(self, pid: int, seconds: float) -> None:
        self.most = 0
        self._pid = pid
        self._deadline = time.monotonic() + seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def over(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            tree = list(_tree(self._pid))
            self.most = max(self.most, sum(_memory(pid) for pid in tree))
            if time.monotonic() > self._deadline:
                for pid in tree:
                    _end(pid)


def _tree(pid: int) -> Iterator[int]:
    """It and its descendants: Ansible's workers have sessions of their own."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return  # it has ended
    for child in children:
        yield from _tree(int(child))


def _memory(pid: int) -> int:
    """Bytes; a page that several processes share is divided among them. 0: it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _asked(running: SandboxProcess) -> int:
    log = running.state_dir / "requests.jsonl"
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _cpu_of(pid: int) -> float:
    """Seconds, user and system (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
