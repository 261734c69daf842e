# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of the second opinion, and that its table of differences is whole; all of it: make certificates-proof."""

from __future__ import annotations

from dataclasses import replace

from tests.certificates_proof import second_opinion
from tests.certificates_proof.second_opinion import (
    CRLS,
    RESPONSES,
    USUAL,
    Opinions,
    Question,
    explanation,
    opinions,
    questions,
    unexplained,
)

EVERY = 12  # of the questions
GOOD = Question((*USUAL, "a good CRL", "no response"))


def test_there_are_enough_questions() -> None:
    assert len(questions()) >= 500


def test_a_part_of_the_questions() -> None:
    assert unexplained(questions()[::EVERY]) == []


def test_both_take_what_is_good_and_refuse_what_is_not() -> None:
    assert [opinions(GOOD).ours, opinions(GOOD).theirs] == [True, True]
    revoked = opinions(replace(GOOD, traits=(*USUAL, "a CRL lists it", "no response")))
    assert [revoked.ours, revoked.theirs] == [False, False]


def test_nothing_explains_that_ours_is_the_laxer() -> None:
    for listing in CRLS:
        for response in RESPONSES:
            assert explanation(Question((*USUAL, listing, response)), Opinions(True, False, "")) is None
    assert explanation(GOOD, Opinions(False, True, "")) is None


def test_what_the_explanations_name_is_asked() -> None:
    for line in second_opinion._explanations():
        assert set(line) <= {"crl", "response", "why"}
        assert set(line.get("crl", ())) <= set(CRLS)
        assert set(line.get("response", ())) <= set(RESPONSES)
