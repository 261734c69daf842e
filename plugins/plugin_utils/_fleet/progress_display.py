# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a fleet has come, on the terminal or in a log. Always on standard error, and through Ansible's own display: its output stays whole."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .progress import Tally, line

CHOICES = ("auto", "live", "plain", "none")
LIVE_EVERY, PLAIN_EVERY = 0.25, 10.0
# Back to the first column, and wipe the line.
WIPE = "\r\x1b[K"
TERMINALS = ("/dev/pts/", "/dev/tty", "/dev/console")


class ProgressDisplay:
    """display: Ansible's. kind: live (one line that changes), plain (a line at intervals)."""

    def __init__(self, display: Any, kind: str, language: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._display = display
        self._live = kind == "live"
        self._language = language
        self._clock = clock
        self._begin = clock()
        self._has_shown = False

    @property
    def every(self) -> float:
        """Seconds between two calls."""
        return LIVE_EVERY if self._live else PLAIN_EVERY

    def __call__(self, tally: Tally) -> None:
        text = line(tally, self._clock() - self._begin, self._language)
        self._has_shown = True
        if not self._live:
            self._display.display(text, stderr=True)
            return
        width = max(20, self._display.columns - 1)
        self._display.display(WIPE + text[:width], stderr=True, screen_only=True, newline=False)

    def over(self) -> None:
        """Leave nothing behind on a terminal: the next line is Ansible's."""
        if self._live and self._has_shown:
            self._display.display(WIPE, stderr=True, screen_only=True, newline=False)


@contextmanager
def shown_progress(show: Callable[[Tally], None] | None, seconds: float, tally: Callable[[], Tally]) -> Iterator[None]:
    """Show every so many seconds how far it has come, from a thread of its own: also while everybody waits for an answer."""
    if show is None:
        yield
        return
    over = threading.Event()

    def show_until_over() -> None:
        while not over.wait(seconds):
            show(tally())

    thread = threading.Thread(target=show_until_over, name="antai-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def chosen(kind: str) -> str:
    """auto: live where people look at it, else plain."""
    if kind != "auto":
        return kind
    return "live" if _on_a_terminal() else "plain"


def _on_a_terminal() -> bool:
    """Whether the standard error of ansible-playbook is one. We are its child, and newer versions give their children another one."""
    try:
        return os.readlink(f"/proc/{os.getppid()}/fd/2").startswith(TERMINALS)
    except OSError:  # no Linux: then by our own
        return os.isatty(2)
