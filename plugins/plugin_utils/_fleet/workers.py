# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The threads of a run: one action for many collectivités."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Workers:
    """count: threads of the run. A second pool is for whoever waits for the first."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="antai")
        self._waiting_pool = ThreadPoolExecutor(count, thread_name_prefix="antai-list")

    def map(self, action: Callable[[T], R], subjects: Iterable[T]) -> Iterable[R]:
        """The results in order."""
        return self._pool.map(action, subjects)

    def map_groups(self, action: Callable[[T], R], groups: Iterable[T]) -> Iterable[R]:
        """For actions that themselves map: one waiting for the other would end in a deadlock in one pool."""
        return self._waiting_pool.map(action, groups)

    def run_each(self, action: Callable[[T], None], subjects: Sequence[T], at_once: int = 1) -> None:
        """at_once: how many a thread takes at a time; more than one where most need no request, and handing over costs more than the action."""
        size = max(1, min(at_once, len(subjects) // (4 * self._count)))

        def run_several(begin: int) -> None:
            for subject in subjects[begin : begin + size]:
                action(subject)

        for _done in self._pool.map(run_several, range(0, len(subjects), size)):
            pass

    def close(self) -> None:
        self._waiting_pool.shutdown(cancel_futures=True)
        self._pool.shutdown(cancel_futures=True)
