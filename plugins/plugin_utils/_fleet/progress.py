# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run has come: what is counted while it goes on, and the line that says so. Pure, but for the lock."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ...module_utils._texts.text import is_singular

# Plural and singular.
WORDS = {
    "fr": (("faits", "fait"), ("modifiés", "modifié"), ("en attente", "en attente"), ("échecs", "échec"), ("requêtes", "requête")),
    "en": (("done", "done"), ("changed", "changed"), ("waiting", "waiting"), ("failed", "failed"), ("requests", "request")),
}
DEADLINE = {"fr": "fin au plus tard dans", "en": "ends within"}
LEFT = {"fr": "reste", "en": "left"}
PHASES = {
    "reading": ("lecture", "reading"),
    "planning": ("examen", "planning"),
    "converging": ("mise en conformité", "converging"),
    "certificates": ("attente des certificats", "awaiting certificates"),
    "concluding": ("bilan", "concluding"),
}


@dataclass(frozen=True)
class Tally:
    """requests: over HTTP, so far. turn: how often this phase has begun; of the `of` collectivités that it is about, `gone` are through, in
    `seconds`. seconds_left: until the deadline of the run; None: it has none.
    """

    phase: str
    total: int
    done: int
    changed: int
    waiting: int
    failed: int
    requests: int
    turn: int = 1
    gone: int = 0
    of: int = 0
    seconds: float = 0.0
    seconds_left: float | None = None


class Counting:
    """What the threads of a run count together."""

    def __init__(
        self, total: int, clock: Callable[[], float] = time.monotonic, seconds_left: Callable[[], float | None] = lambda: None
    ) -> None:
        self._seconds_left = seconds_left
        self._lock = threading.Lock()
        self._clock = clock
        self._total = total
        self._done = self._changed = self._waiting = self._failed = 0
        self._turns: Counter[str] = Counter()
        self.begin("reading")

    def begin(self, phase: str, of: int = 0) -> None:
        with self._lock:
            self._phase, self._of, self._through, self._begun = phase, of, 0, self._clock()
            self._turns[phase] += 1

    def passed(self) -> None:
        """One collectivité is through this phase."""
        with self._lock:
            self._through += 1

    def count(self, *, changed: bool, waiting: bool, failed: bool) -> None:
        """One collectivité is done."""
        with self._lock:
            self._done += 1
            self._changed += changed
            self._waiting += waiting
            self._failed += failed

    def tally(self, requests: int) -> Tally:
        with self._lock:
            so_far = (self._done, self._changed, self._waiting, self._failed, requests)
            begun = (self._turns[self._phase], self._through, self._of, self._clock() - self._begun)
            return Tally(self._phase, self._total, *so_far, *begun, self._seconds_left())


def line(tally: Tally, seconds: float, language: str) -> str:
    """One line for people, after so many seconds. What is left is the time of this phase, by the share that is through it."""
    counts = (tally.done, tally.changed, tally.waiting, tally.failed, tally.requests)
    done, changed, waiting, failed, requests = (
        words[is_singular(count, language)] for words, count in zip(WORDS[language], counts, strict=True)
    )
    phase = PHASES[tally.phase][0 if language == "fr" else 1]
    if tally.turn > 1 and tally.of:
        phase += f" {tally.turn}"
    if 0 < tally.gone < tally.of:
        phase += f" ({tally.gone}/{tally.of}, {LEFT[language]} {_duration(tally.seconds * (tally.of - tally.gone) / tally.gone)})"
    rate = tally.requests / seconds if seconds > 0 else 0.0
    parts: tuple[str, ...] = (
        f"{phase}: {tally.done}/{tally.total} {done}",
        f"{tally.changed} {changed}",
        f"{tally.waiting} {waiting}",
        f"{tally.failed} {failed}",
        f"{tally.requests} {requests} ({rate:.0f} req/s)",
    )
    if tally.seconds_left is not None:
        parts = (*parts, f"{DEADLINE[language]} {_duration(tally.seconds_left)}")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
