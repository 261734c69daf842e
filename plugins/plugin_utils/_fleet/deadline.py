# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that a run may take: after it, nothing new is begun; what has begun goes to its end, within the time-out of its requests."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...module_utils.errors import DeadlinePassed

TEXTS = {
    "fr": "le temps de ce passage est écoulé (antai_deadline : {seconds:.0f} s) : rien de plus n'a été commencé pour cette collectivité",
    "en": "the time of this run is over (antai_deadline: {seconds:.0f} s): nothing further was begun for this collectivité",
}
HINTS = {
    "fr": "relancez : chaque passage reprend où le précédent s'est arrêté",
    "en": "run again: each run goes on where the last one stopped",
}


class Deadline:
    """seconds: from now on; None: without end. clock: monotonic."""

    def __init__(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = None if seconds is None else clock() + seconds

    @property
    def seconds_left(self) -> float | None:
        """At least 0; None where there is no end."""
        return None if self._end is None else max(0.0, self._end - self._clock())

    @property
    def has_passed(self) -> bool:
        return self.seconds_left == 0.0

    def error(self, language: str) -> DeadlinePassed:
        """What fails whoever is not done by then."""
        return DeadlinePassed(TEXTS[language].format(seconds=self.seconds or 0.0), hint=HINTS[language])
