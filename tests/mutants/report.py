# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read: figures by file, the survivors, those explained in survivors.yml apart from those that are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from tests.mutants.results import Mutant, Results

SURVIVORS = Path(__file__).parent / "survivors.yml"
FLOOR = 90


@dataclass(frozen=True)
class Explanation:
    """Of the mutants of a line (before) of a function; of all that it becomes, where after is None."""

    file: str
    function: str
    before: str
    after: str | None
    why: str

    def covers(self, mutant: Mutant) -> bool:
        found = (mutant.file, mutant.function, mutant.before) == (self.file, self.function, self.before)
        return found and self.after in (None, mutant.after)


def read_explanations(path: Path = SURVIVORS) -> list[Explanation]:
    return [_explanation(each) for each in yaml.safe_load(path.read_text()) or []]


def _explanation(given: dict[str, Any]) -> Explanation:
    return Explanation(given["file"], given["function"], given["before"].strip(), given.get("after"), given["why"])


def percent(part: int, whole: int) -> str:
    """Cut, not rounded: 89.99 is not 90.0."""
    return f"{part * 1000 // whole / 10:.1f}%" if whole else "-"


def report(results: Results, explanations: Iterable[Explanation]) -> tuple[list[str], bool]:
    """(lines, whether each folder and the whole reach the floor)."""
    known = list(explanations)
    explained = {mutant: each for mutant in results.survivors for each in known if each.covers(mutant)}
    lines, good = _figures(results, explained)
    open_ones = [mutant for mutant in results.survivors if mutant not in explained]
    if open_ones:
        lines += ["", f"Survivors without an explanation: {len(open_ones)}", *_listed(open_ones, {})]
    if explained:
        lines += ["", f"Survivors that survivors.yml explains: {len(results.survivors) - len(open_ones)}"]
        lines += _listed([mutant for mutant in results.survivors if mutant in explained], explained)
    unused = [each for each in known if each.file in results.killed and each not in explained.values()]
    lines += [f"survivors.yml explains what does not survive: {each.file} {each.function}: {each.before}" for each in unused]
    dead, left = sum(results.killed.values()), len(results.survivors)
    if results.untried:
        lines.append(f"{results.untried} mutants were not tried")
    lines.append(f"{dead + left} mutants, {dead} killed ({percent(dead, dead + left)}), {left} survived; floor {FLOOR}%")
    return lines, good and not results.untried


def _figures(results: Results, explained: dict[Mutant, Explanation]) -> tuple[list[str], bool]:
    lines = [f"{'file':<34} {'mutants':>7} {'killed':>7} {'':>7} {'survived':>8} {'explained':>9} {'untested':>8}"]
    survived = Counter(mutant.file for mutant in results.survivors)
    known = Counter(mutant.file for mutant in results.survivors if mutant in explained)
    untested = Counter(mutant.file for mutant in results.survivors if mutant.untested)
    good = True
    for folder, inside in groupby(results.files, key=lambda file: file.partition("/")[0]):
        files = list(inside)
        for name, members in [(each, [each]) for each in files] + [(f"{folder}/", files)]:
            dead, left = sum(results.killed[member] for member in members), sum(survived[member] for member in members)
            counts = [sum(some[member] for member in members) for some in (known, untested)]
            if dead + left:
                share = percent(dead, dead + left)
                lines.append(f"{name:<34} {dead + left:>7} {dead:>7} {share:>7} {left:>8} {counts[0]:>9} {counts[1]:>8}")
        good = good and dead * 100 >= FLOOR * (dead + left)
    return lines, good


def _listed(mutants: list[Mutant], explained: dict[Mutant, Explanation]) -> list[str]:
    lines: list[str] = []
    for (file, function), inside in groupby(mutants, key=lambda each: (each.file, each.function)):
        lines.append(f"\n{file} {function}")
        for (before, why), same in groupby(inside, key=lambda each: (each.before, explained[each].why if each in explained else "")):
            lines += [f"  - {line}" for line in before.splitlines()]
            lines += [
                f"  + {line}{'   (no test)' if each.untested else ''}" for each in same for line in each.after.splitlines() or ["(nothing)"]
            ]
            lines += [f"    {why}"] if why else []
    return lines
