# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is counted while a fleet runs, and the line that says so."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.progress import PHASES, WORDS, Counting, Tally, line


@pytest.mark.parametrize(
    ("tally", "seconds", "language", "text"),
    [
        (Tally("reading", 622, 0, 0, 0, 0, 0), 0.0, "fr", "lecture: 0/622 fait, 0 modifié, 0 en attente, 0 échec, 0 requête (0 req/s)"),
        (
            Tally("converging", 622, 11, 5, 2, 1, 900, 1, 150, 600, 5.0),
            30.0,
            "en",
            "converging (150/600, left 0:15): 11/622 done, 5 changed, 2 waiting, 1 failed, 900 requests (30 req/s)",
        ),
        (
            Tally("converging", 100, 1, 0, 0, 0, 1, 3, 1, 100, 60.0),
            600.0,
            "fr",
            "mise en conformité 3 (1/100, reste 1:39:00): 1/100 fait, 0 modifié, 0 en attente, 0 échec, 1 requête (0 req/s)",
        ),
        (Tally("reading", 9, 2, 0, 0, 0, 4, 2), 4.0, "en", "reading: 2/9 done, 0 changed, 0 waiting, 0 failed, 4 requests (1 req/s)"),
        (
            Tally("planning", 2, 2, 0, 0, 0, 3, 1, 2, 2, 1.0),
            1.0,
            "en",
            "planning: 2/2 done, 0 changed, 0 waiting, 0 failed, 3 requests (3 req/s)",
        ),
    ],
)
def test_the_line(tally: Tally, seconds: float, language: str, text: str) -> None:
    assert line(tally, seconds, language) == text


def test_every_phase_has_its_words() -> None:
    for phase in PHASES:
        for language in WORDS:
            assert line(Tally(phase, 1, 0, 0, 0, 0, 0), 1.0, language)


def test_counting() -> None:
    counting = Counting(3, clock=iter((10.0, 20.0, 21.0, 25.0)).__next__)
    counting.count(changed=True, waiting=True, failed=False)
    counting.count(changed=True, waiting=False, failed=True)
    assert counting.tally(7) == Tally("reading", 3, 2, 2, 1, 1, 7, seconds=10.0)
    counting.begin("reading", 5)
    counting.passed()
    assert counting.tally(8) == Tally("reading", 3, 2, 2, 1, 1, 8, turn=2, gone=1, of=5, seconds=4.0)
