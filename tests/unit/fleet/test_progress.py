# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is counted while a fleet runs, and the line that says so."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.fleet.progress import PHASES, WORDS, Counting, Tally, line


@pytest.mark.parametrize(
    ("tally", "seconds", "language", "text"),
    [
        (Tally("reading", 622, 0, 0, 0, 0, 0), 0.0, "fr", "lecture: 0/622 faits, 0 modifiés, 0 en attente, 0 échecs, 0 requêtes (0 req/s)"),
        (
            Tally("converging", 622, 311, 5, 2, 1, 900),
            30.0,
            "en",
            "converging: 311/622 done, 5 changed, 2 waiting, 1 failed, 900 requests (30 req/s), left 0:30",
        ),
        (
            Tally("converging", 100, 1, 0, 0, 0, 1),
            60.0,
            "fr",
            "mise en conformité: 1/100 faits, 0 modifiés, 0 en attente, 0 échecs, 1 requêtes (0 req/s), reste 1:39:00",
        ),
        (Tally("planning", 2, 2, 0, 0, 0, 3), 1.0, "en", "planning: 2/2 done, 0 changed, 0 waiting, 0 failed, 3 requests (3 req/s)"),
    ],
)
def test_the_line(tally: Tally, seconds: float, language: str, text: str) -> None:
    assert line(tally, seconds, language) == text


def test_every_phase_has_its_words() -> None:
    for phase in PHASES:
        for language in WORDS:
            assert line(Tally(phase, 1, 0, 0, 0, 0, 0), 1.0, language)


def test_counting() -> None:
    counting = Counting(3)
    counting.count(changed=True, waiting=True, failed=False)
    counting.count(changed=True, waiting=False, failed=True)
    assert counting.tally(7) == Tally("reading", 3, 2, 2, 1, 1, 7)
