# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a run over many writes to first, and what it says where one of these does not end as planned."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.canary import CanaryFault, batches, by_agent_in_turn, problem


@pytest.mark.parametrize(
    ("members", "ordered"),
    [
        ([], []),
        ([("a", 1), ("a", 2), ("a", 3)], [1, 2, 3]),
        ([("a", 1), ("a", 2), ("b", 3), ("b", 4), ("c", 5)], [1, 3, 5, 2, 4]),
    ],
)
def test_one_of_each_agent_in_turn(members: list[tuple[str, int]], ordered: list[int]) -> None:
    assert by_agent_in_turn(members) == ordered


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [(0, 3, []), (2, 3, [2]), (10, 3, [3, 6, 1]), (9, 1, [1, 2, 4, 2])],
)
def test_batches_that_show_nothing_grow(count: int, size: int, sizes: list[int]) -> None:
    assert [len(batch) for batch in batches(range(count), size)] == sizes


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "rien n'est écrit pour les 619 autres"), ("en", "nothing is written for the 619 others")]
)
def test_it_says_who_and_why_and_how_many_were_spared(language: str, words: str) -> None:
    told = problem([CanaryFault("albi", "Albi", "update_account was accepted, and yet it is asked for again.")], 3, 619, language)
    assert (told.code, told.hosts) == ("canary", ("albi",))
    assert words in told.text
    assert "Albi" in told.text
    assert "asked for again)" in told.text
