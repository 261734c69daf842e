# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a fleet has come, shown: through Ansible's display, on standard error, and nothing is left behind."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet import progress_display
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.progress import Tally
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.progress_display import WIPE, ProgressDisplay, chosen

TALLY = Tally("converging", 10, 5, 1, 0, 0, 40, gone=5, of=10, seconds=2.0)


class Display:
    columns = 40

    def __init__(self) -> None:
        self.shown: list[tuple[str, dict[str, Any]]] = []

    def display(self, text: str, **how: Any) -> None:
        self.shown.append((text, how))


def shown(kind: str) -> list[tuple[str, dict[str, Any]]]:
    display = Display()
    seconds = iter((0.0, 2.0))
    progress = ProgressDisplay(display, kind, "en", clock=lambda: next(seconds))
    progress(TALLY)
    progress.over()
    return display.shown


def test_live_is_one_line_that_is_wiped() -> None:
    assert shown("live") == [
        (WIPE + "converging (5/10, left 0:02): 5/10 done", {"stderr": True, "screen_only": True, "newline": False}),
        (WIPE, {"stderr": True, "screen_only": True, "newline": False}),
    ]


def test_plain_is_a_whole_line() -> None:
    text = "converging (5/10, left 0:02): 5/10 done, 1 changed, 0 waiting, 0 failed, 40 requests (20 req/s)"
    assert shown("plain") == [(text, {"stderr": True})]


def test_nothing_shown_leaves_nothing_to_wipe() -> None:
    display = Display()
    ProgressDisplay(display, "live", "fr").over()
    assert display.shown == []


@pytest.mark.parametrize(
    ("terminal", "kind", "found"), [(True, "auto", "live"), (False, "auto", "plain"), (True, "none", "none"), (False, "live", "live")]
)
def test_chosen(monkeypatch: pytest.MonkeyPatch, terminal: bool, kind: str, found: str) -> None:
    monkeypatch.setattr(progress_display, "_on_a_terminal", lambda: terminal)
    assert chosen(kind) == found


@pytest.mark.parametrize(("target", "terminal"), [("/dev/pts/3", True), ("/dev/tty1", True), ("pipe:[123]", False), ("/var/log/x", False)])
def test_where_standard_error_goes(monkeypatch: pytest.MonkeyPatch, target: str, terminal: bool) -> None:
    monkeypatch.setattr(progress_display.os, "readlink", lambda _path: target)
    assert (chosen("auto") == "live") is terminal
