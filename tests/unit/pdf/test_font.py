# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The font: its widths are Adobe's, and what it cannot show is named."""

from __future__ import annotations

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.font import compose_accents, literal, unprintable_characters, width


def test_widths_are_those_of_helvetica() -> None:
    for code in (*range(32, 127), *range(161, 256), 0x8C, 0x9C, 0x80, 0x9F):
        character = bytes([code]).decode("cp1252")
        assert width(character, 1000) == pytest.approx(stringWidth(character, "Helvetica", 1000)), character


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("L'Haÿ-les-Roses", ""),
        ("Amélie Sénéchas, née d'Œuvre \u2013 l\u2019Île 1\u00a0€", ""),
        ("Fa\u02bba\u02bb\u0101", "\u02bb\u0101"),
        ("Škoda Đ", "Đ"),
        ("a\tb\x07", "\t\x07"),
        ("deux\nlignes", ""),
        ("東京", "東京"),
        ("a\u202fb", "\u202f"),
    ],
)
def test_what_cannot_be_shown(text: str, missing: str) -> None:
    assert unprintable_characters(text) == missing


def test_an_accent_apart_is_one_character() -> None:
    assert unprintable_characters(compose_accents("e\u0301")) == ""
    assert compose_accents("e\u0301") == "é"


def test_signs_of_the_language_are_escaped() -> None:
    assert literal("a(b)\\c é") == b"(a\\(b\\)\\\\c \xe9)"
