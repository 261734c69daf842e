# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that a run may take."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.deadline import Deadline
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.progress import Tally, line


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_passes_once_its_seconds_are_over() -> None:
    clock = Clock()
    deadline = Deadline(60.0, clock)
    assert (deadline.has_passed, deadline.seconds_left) == (False, 60.0)
    clock.now += 59.9
    assert not deadline.has_passed
    clock.now += 1
    assert (deadline.has_passed, deadline.seconds_left) == (True, 0.0)


def test_without_seconds_it_never_passes() -> None:
    assert (Deadline(None).has_passed, Deadline(None).seconds_left) == (False, None)


@pytest.mark.parametrize(("language", "words"), [("fr", "antai_deadline : 60 s"), ("en", "antai_deadline: 60 s")])
def test_who_is_not_done_hears_why_and_what_to_do(language: str, words: str) -> None:
    error = Deadline(60.0).error(language)
    assert error.code == "deadline"
    assert words in error.sentence
    assert error.hint in error.sentence


@pytest.mark.parametrize(("seconds", "words"), [(None, ""), (125.0, ", ends within 2:05")])
def test_the_progress_line_says_how_long_is_left(seconds: float | None, words: str) -> None:
    tally = Tally("planning", 3, 0, 0, 0, 0, 5, seconds_left=seconds)
    assert line(tally, 1.0, "en").endswith(f"5 requests (5 req/s){words}")
