# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A value in its field: which size, which lines, or that it does not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.appearance import Box, drawing, fitting_size

LINE = Box(310, 18, size=10)
AREA = Box(100, 60, size=10, multiline=True)
CELLS = Box(140, 18, size=10, cells=14)


@pytest.mark.parametrize(
    ("text", "box", "size"),
    [
        pytest.param("Lyon", LINE, 10, id="the form's own size"),
        pytest.param("Lyon", replace(LINE, size=0), 11, id="any size"),
        pytest.param("Lyon", replace(LINE, size=0, height=11), 7.5, id="any size in a low field"),
        pytest.param("Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson, communauté", replace(LINE, width=220), 7.5, id="smaller letters"),
        pytest.param("W" * 200, LINE, None, id="too long"),
        pytest.param("un deux trois quatre cinq six sept huit", AREA, 10, id="several lines"),
        pytest.param("mot " * 90, AREA, None, id="too many lines"),
        pytest.param("W" * 40, AREA, None, id="a word longer than a line"),
        pytest.param("21690123100011", CELLS, 10, id="one digit in each cell"),
        pytest.param("21690123100011", replace(CELLS, size=30, height=14), 10, id="cells lower than the form's own size"),
        pytest.param("Évreux", replace(LINE, size=30, height=14), 10, id="an accent on a capital is not cut"),
        pytest.param("Lyon", replace(LINE, size=10, height=7), 6, id="a field as low as can be read"),
        pytest.param("216901231000112", CELLS, None, id="more digits than cells"),
        pytest.param("Lyon", replace(LINE, size=4), 4, id="the form wants it tiny"),
        pytest.param("W" * 200, replace(LINE, size=4), None, id="tiny and too long"),
    ],
)
def test_size(text: str, box: Box, size: float | None) -> None:
    assert fitting_size(text.strip(), box) == size


def test_lines_are_broken_between_words() -> None:
    drawn = drawing("un deux trois quatre cinq six sept huit", AREA, 10)
    assert drawn.count(b" Tj") == 2
    assert b"(un deux trois quatre) Tj" in drawn


def test_cells_hold_one_digit_each() -> None:
    assert drawing("21690123100011", CELLS, 10).count(b" Tj") == 14


@pytest.mark.parametrize(("alignment", "x"), [(0, b"2 "), (1, b"147.77 "), (2, b"293.54 ")])
def test_alignment(alignment: int, x: bytes) -> None:
    assert b"Tf\n" + x in drawing("ab", replace(LINE, alignment=alignment, width=306.66), 10)


def test_background_and_border_stay() -> None:
    assert drawing("a", replace(LINE, decoration=b"q 1 g Q"), 10).startswith(b"q 1 g Q\n/Tx BMC")


@pytest.mark.parametrize(("rotation", "x", "y"), [(90, 18, 0), (180, 310, 18), (270, 0, 310)])
def test_a_turned_drawing_fills_its_rectangle(rotation: int, x: float, y: float) -> None:
    """Where the beginning of the text comes to lie, and that the whole box stays within the rectangle."""
    box = replace(LINE, rotation=rotation)
    assert box.matrix
    a, b, c, d, e, f = box.matrix
    corners = [(a * across + c * up + e, b * across + d * up + f) for across in (0, box.width) for up in (0, box.height)]
    turned = (box.height, box.width) if rotation in (90, 270) else (box.width, box.height)
    assert corners[0] == (x, y)
    assert {max(corner[axis] for corner in corners) for axis in (0, 1)} == set(turned)
    assert min(min(corner) for corner in corners) == 0


def test_a_straight_drawing_is_not_turned() -> None:
    assert LINE.matrix is None
