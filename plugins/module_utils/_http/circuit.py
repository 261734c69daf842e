# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A circuit breaker for one server: one that is down is asked by few, and said once, whatever the number of agents and collectivités.

Pure logic: no connection is opened, and the clock is given. States as Nygard names them ("Release It!", 2007): closed (all may ask), open (nobody
asks), half-open (one probes). Only connect failures, timeouts and statuses from 500 on count; 401, 403, 404, 409 and 429 are answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..errors import CircuitOpen

# It opens when so many different subjects (collectivités, agents) have met failures, one after the other without an answer between.
SUBJECTS = 3
# An error status comes at once, so more of them are waited for than of timeouts: single requests may fail while the server lives.
ERROR_STATUSES = 10
# Seconds until one probes an open circuit, and twice as long after each probe in vain.
FIRST_PROBE, LONGEST_PROBE = 15.0, 240.0


class Circuit:
    """Whether a server may be asked; threads may share it. server: its URL, for people. clock: seconds, monotonic."""

    def __init__(self, server: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.server = server
        self._clock = clock
        self._lock = threading.Lock()
        self._subjects: set[str] = set()
        self._failures = 0  # since the last answer
        self._has_answered = False
        self._reason = ""
        self._probe_at: float | None = None  # None: closed
        self._pause = FIRST_PROBE

    @property
    def is_open(self) -> bool:
        with self._lock:
            return self._probe_at is not None

    @property
    def was_answering(self) -> bool:
        """Whether the last failure is the first since an answer: a slow answer rather than a silent server, so that asking again is of use."""
        with self._lock:
            return self._has_answered and self._failures <= 1

    def check(self) -> None:
        """Before a request. Raises CircuitOpen where the server is not to be asked now; from time to time one passes, and so probes it."""
        with self._lock:
            if self._probe_at is None:
                return
            if self._clock() >= self._probe_at:
                self._probe_at = self._clock() + self._pause
                return
            raise CircuitOpen(self.server, self._reason, len(self._subjects))

    def record_answer(self) -> None:
        """The server has answered, with whatever status below 500: it is up, and everybody may ask."""
        with self._lock:
            self._subjects.clear()
            self._has_answered = True
            self._failures, self._probe_at, self._pause = 0, None, FIRST_PROBE

    def record_failure(self, subject: str, reason: str, *, answered: bool = False) -> None:
        """A failed request of this subject. reason: for people. answered: with a status from 500 on, rather than not at all."""
        with self._lock:
            self._subjects.add(subject)
            self._failures += 1
            self._reason = reason
            if self._probe_at is not None:
                self._pause = min(2 * self._pause, LONGEST_PROBE)
                self._probe_at = self._clock() + self._pause
            elif len(self._subjects) >= SUBJECTS and (not answered or self._failures >= ERROR_STATUSES):
                self._probe_at = self._clock() + self._pause
