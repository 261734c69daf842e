# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast one endpoint may be asked, by all the threads of a run together. Opens no connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..errors import TransportError

LONGEST_RETRY_AFTER = 60.0


class RateLimit:
    """requests_per_second: evenly spaced, without bursts; None: as fast as the workers can. clock and pause: seconds, for tests."""

    def __init__(
        self,
        requests_per_second: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1.0 / requests_per_second if requests_per_second else 0.0
        self._clock = clock
        self.pause = pause
        self._lock = threading.Lock()
        self._next = 0.0
        self._paused_until = 0.0
        self._closed_until = 0.0
        self.sent = 0  # how many requests have left

    def await_turn(self) -> None:
        """Return when the next request may leave. Raises TransportError where the server has asked for a silence that nobody waits out."""
        while True:
            with self._lock:
                now = self._clock()
                if now < self._closed_until:
                    raise TransportError(
                        f"the server has asked not to be asked again for {self._closed_until - now:.0f} s",
                        "run again later; nothing was sent",
                    )
                turn = max(now, self._next, self._paused_until)
                self._next = turn + self._interval
            if turn > now:
                self.pause(turn - now)
            with self._lock:
                if turn >= self._paused_until:  # else the server has asked somebody to wait meanwhile: so do we
                    self.sent += 1
                    return

    def hold_back(self, seconds: float) -> None:
        """The server has asked one of us to wait: nobody asks before that. Beyond LONGEST_RETRY_AFTER everybody gives up instead."""
        with self._lock:
            until = self._clock() + seconds
            if seconds > LONGEST_RETRY_AFTER:
                self._closed_until = max(self._closed_until, until)
            else:
                self._paused_until = max(self._paused_until, until)
