# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A column of what people read: its title and its cells, for the terminal and for a spreadsheet alike. Pure.

To add a column: a line in the columns of its report, with its title in _texts/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ...module_utils._texts.text import Bilingual
from .layout import aligned, fitted
from .spreadsheet import safe, sheet, siret_cell

Row = TypeVar("Row")
# What the terminal shows where there is nothing, and what separates the lines of one cell in a file.
NOTHING, BETWEEN = "-", " | "


@dataclass(frozen=True)
class Column(Generic[Row]):
    """cell: (row, language) -> its text, "" where there is nothing; a line for each thing, where a cell has several.

    on_terminal: whether the terminal shows it; a file has every column. gives_way: whether a narrow terminal may leave it out, 1 the first of all;
    0: never. may_be_cut: whether it may cut long cells. is_siret: whether a spreadsheet would take it for a number.
    """

    title: Bilingual
    cell: Callable[[Row, str], str]
    on_terminal: bool = True
    gives_way: int = 0
    may_be_cut: bool = False
    is_siret: bool = False


Columns = Mapping[str, Column[Row]]


def grid(columns: Columns[Row], rows: Iterable[Row], language: str, width: int | None = None) -> list[str]:
    """Titles, rule and rows, aligned, no wider than the terminal (None: as wide as they are)."""
    shown = [column for column in columns.values() if column.on_terminal]
    lines = [[column.title.text(language) for column in shown]]
    for row in rows:
        cells = [column.cell(row, language).split("\n") for column in shown]
        lines += [
            [(cell[number] or NOTHING) if number < len(cell) else "" for cell in cells]
            for number in range(max(len(cell) for cell in cells))
        ]
    places = sorted((column.gives_way, place) for place, column in enumerate(shown) if column.gives_way)
    return aligned(
        fitted(lines, width, [place for _rank, place in places], {place for place, column in enumerate(shown) if column.may_be_cut})
    )


def csv_file(columns: Columns[Row], rows: Iterable[Row], language: str, notes: Iterable[Mapping[str, str]] = ()) -> bytes:
    """The file, every column of it. notes: lines above the rows that are about none of them, by the name of the column that each text stands in."""
    lines = [[column.title.text(language) for column in columns.values()]]
    lines += [[safe(note.get(name, "")) for name in columns] for note in notes]
    lines += [[_file_cell(column, row, language) for column in columns.values()] for row in rows]
    return sheet(lines)


def _file_cell(column: Column[Row], row: Row, language: str) -> str:
    text = BETWEEN.join(line for line in column.cell(row, language).split("\n") if line)
    return siret_cell(text) if column.is_siret else safe(text)
