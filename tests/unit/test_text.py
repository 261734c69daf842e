# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts from outside: what a terminal would obey is written out, what is long is cut, what people read stays."""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.text import bounded, escape_controls, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lyon, l'été à 9 h\u00a0!", "Lyon, l'été à 9 h\u00a0!"),
        ("Saint-Étienne \u20ac \U0001f600", "Saint-Étienne \u20ac \U0001f600"),
        ("two\nlines\r\nand\ta tab", "two\nlines\r\nand\ta tab"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2J", "\\x9b2J"),
        ("ok\rKO", "ok\\x0dKO"),
        ("\x07\x00\x7f", "\\x07\\x00\\x7f"),
        ("\u202egnol\u2066", "\\u202egnol\\u2066"),
        ("a\u200bb\ufeff\u2028", "a\\u200bb\\ufeff\\u2028"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_controls_are_written_out(text: str, shown: str) -> None:
    assert escape_controls(text) == shown


def test_no_control_of_unicode_is_left_out() -> None:
    obeyed = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert [each for each in obeyed if each not in "\n\t" and each in escape_controls(each)] == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("  refused\n  by\tANTAI ", "refused by ANTAI"),
        ("ok\nfatal: [lyon]: FAILED!", "ok fatal: [lyon]: FAILED!"),
        (None, "None"),
        (404, "404"),
    ],
)
def test_one_line(value: Any, shown: str) -> None:
    assert one_line(value) == shown


@pytest.mark.parametrize(("text", "shown"), [("x" * 11, "xxxxxxxxxx... (11 characters)"), ("\x1b" * 3, "\\x1b\\x1b\\x... (12 characters)")])
def test_of_a_long_one_the_beginning(text: str, shown: str) -> None:
    assert one_line(text, 10) == shown


def test_bounded() -> None:
    assert bounded({"a": ["x" * 6, 1, None], "b": "x\n"}, 4) == {"a": ["xxxx... (6 characters)", 1, None], "b": "x\n"}
