# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names say what they hold, one word has one meaning, and what is written fits a screen.

What is not true yet stands in not_yet.yml, as figures that may only shrink. `python -m tests.support.measures` lists each of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import measures
from tests.support.collection import PLUGINS

NOT_YET: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("not_yet.yml").read_text(encoding="utf-8"))
MOST_UNTYPED_DICTS = 60
ROOMS = measures.by_room()


@pytest.mark.parametrize("room", sorted(set(ROOMS) - set(NOT_YET["rooms"])))
def test_a_room_that_is_done_stays_so(room: str) -> None:
    assert ROOMS[room] == {}


@pytest.mark.parametrize("measure", ["empty_names", "too_long", "wide_constructors"])
def test_the_others_have_no_more_than_is_written(measure: str) -> None:
    """Together, not each: what moves from one room to another is no more than before."""
    measured = {room: count for room in NOT_YET["rooms"] if (count := ROOMS.get(room, {}).get(measure))}
    assert sum(measured.values()) <= sum(written.get(measure, 0) for written in NOT_YET["rooms"].values()), measured


def test_no_class_name_twice() -> None:
    assert set(measures.class_names_used_twice()) <= set(NOT_YET["class_names_used_twice"])


def test_records_are_typed() -> None:
    written = sum(measures.untyped_dicts(path) for path in measures.SOURCES if path.is_relative_to(PLUGINS))
    assert written <= max(MOST_UNTYPED_DICTS, NOT_YET["untyped_dicts"])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("for each in range(3): pass", "each"),
        ("[seen for seen in ()]", "seen"),
        ("def f(*, given): pass", "given"),
        ("def found(): pass", "found"),
        ("lambda told: told", "told"),
        ("with open('x') as data: pass", "data"),
        ("(kept := 1)", "kept"),
        ("a, (b, *others) = x", "others"),
        ("class A:\n    said: int", "said"),
        ("class A:\n    def f(self):\n        self._held = 1", "_held"),
        ("def f(*things, **known): pass", "things"),
    ],
)
def test_an_empty_name_is_noticed_wherever_it_is_bound(tmp_path: Path, source: str, name: str) -> None:
    path = tmp_path / "source.py"
    path.write_text(source, encoding="utf-8")
    assert name in [line.split()[1] for line in measures.empty_names(path)]


@pytest.mark.parametrize(
    "source", ["f(data=1)", "x.found = 1", "def __eq__(self, other): pass", "from m import told", "known_certificates = 1"]
)
def test_names_of_others_are_not_ours(tmp_path: Path, source: str) -> None:
    path = tmp_path / "source.py"
    path.write_text(source, encoding="utf-8")
    assert measures.empty_names(path) == []


def test_lengths_and_constructors_are_measured(tmp_path: Path) -> None:
    path = tmp_path / "source.py"
    function = "    def f(self):\n" + "        pass\n" * 40
    constructor = "    def __init__(self, a, b, *, c, d, e, f=1): pass\n"
    path.write_text("class A:\n" + constructor + function + "    x = 1\n" * 330, encoding="utf-8")
    assert measures.too_long(path) == ["file source.py: 373 lines", "class A: 373 lines", "function f: 41 lines"]
    assert measures.wide_constructors(path) == ["A: 6 parameters"]
    path.write_text("a: dict[str, Any]\nb: dict[str, dict[str, Any]]\nc: dict[str, int]\n", encoding="utf-8")
    assert measures.untyped_dicts(path) == 2
