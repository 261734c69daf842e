# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One thread attempts a login for all who wait for it: they share its failure too, rather than queueing for one time-out after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import TransportError


class SharedAttempt:
    """A lock whose waiters share the failure of whoever holds it. lock: for what asks nobody, and so shares nothing."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._waiting: list[str] = []
        self._failures = 0
        self._failure: TransportError | None = None

    @property
    def waiting(self) -> set[str]:
        """The subjects (collectivités, agents) that this attempt is made for: of who makes it, and of all who wait for it."""
        return set(self._waiting)

    @contextmanager
    def turn(self, subject: str) -> Iterator[None]:
        """The attempt, or the use of what an earlier one has brought. Raises TransportError where one failed since this thread began to wait."""
        before = self._failures
        self._waiting.append(subject)
        try:
            with self.lock:
                if self._failure is not None and self._failures != before:
                    raise self._failure.with_traceback(None)
                try:
                    yield
                except TransportError as error:
                    self._failures += 1
                    self._failure = error
                    raise
        finally:
            self._waiting.remove(subject)
