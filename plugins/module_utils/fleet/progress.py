# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run has come: what is counted while it goes on, and the line that says so. Pure, but for the lock."""

from __future__ import annotations

import threading
from dataclasses import dataclass

WORDS = {
    "fr": ("faits", "modifiés", "en attente", "échecs", "requêtes", "req/s", "reste"),
    "en": ("done", "changed", "waiting", "failed", "requests", "req/s", "left"),
}
PHASES = {
    "reading": ("lecture", "reading"),
    "planning": ("examen", "planning"),
    "converging": ("mise en conformité", "converging"),
    "certificates": ("attente des certificats", "awaiting certificates"),
}


@dataclass(frozen=True)
class Tally:
    """requests: over HTTP, so far."""

    phase: str
    total: int
    done: int
    changed: int
    waiting: int
    failed: int
    requests: int


class Counting:
    """What the threads of a run count together."""

    def __init__(self, total: int) -> None:
        self._lock = threading.Lock()
        self._total = total
        self._done = self._changed = self._waiting = self._failed = 0
        self.phase = "reading"

    def count(self, *, changed: bool, waiting: bool, failed: bool) -> None:
        """One collectivité is done."""
        with self._lock:
            self._done += 1
            self._changed += changed
            self._waiting += waiting
            self._failed += failed

    def tally(self, requests: int) -> Tally:
        with self._lock:
            return Tally(self.phase, self._total, self._done, self._changed, self._waiting, self._failed, requests)


def line(tally: Tally, seconds: float, language: str) -> str:
    """One line for people, after so many seconds. The time left is that of the share that is done, so it is only said while there is one."""
    done, changed, waiting, failed, requests, per_second, left = WORDS[language]
    phase = PHASES[tally.phase][0 if language == "fr" else 1]
    rate = tally.requests / seconds if seconds > 0 else 0.0
    parts = [
        f"{phase}: {tally.done}/{tally.total} {done}",
        f"{tally.changed} {changed}",
        f"{tally.waiting} {waiting}",
        f"{tally.failed} {failed}",
        f"{tally.requests} {requests} ({rate:.0f} {per_second})",
    ]
    if 0 < tally.done < tally.total:
        parts.append(f"{left} {_duration(seconds * (tally.total - tally.done) / tally.done)}")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
