# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mutmut found, as data: one Mutant each, and by what it is recognised in the next version of the code.

mutmut numbers the mutants of a function, and the numbers move with every change; a survivor is known by its file, its function, the lines
that the mutation takes out and those that it puts in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.collection import ROOT

WORK = ROOT / "build/mutants"
TREE = "ansible_collections/collectivites/antai"
MUTATED = "plugins/module_utils"

# Exit codes of the tests, and what mutmut makes of signals: failed, crashed, ran out of time. All other mutants have survived.
KILLED = (1, 3, -24, 24, 152, 255, 36, -11, -9)
NO_TESTS = (5, 33)


@dataclass(frozen=True)
class Mutant:
    """file: _pki/chain.py. function: find_path, or Certificates.observe. before, after: lines without their indentation."""

    file: str
    function: str
    before: str
    after: str
    untested: bool = False


@dataclass(frozen=True)
class Results:
    """killed: file to number."""

    killed: dict[str, int]
    survivors: tuple[Mutant, ...]
    untried: int

    @property
    def files(self) -> list[str]:
        return sorted({*self.killed, *(mutant.file for mutant in self.survivors)})


def killed(code: int | None) -> bool:
    return code in KILLED


def read_results(selected: list[str]) -> Results:
    """selected: patterns of files below plugins/module_utils."""
    base = WORK / "mutants" / TREE / MUTATED
    counts: dict[str, int] = {}
    survivors: list[Mutant] = []
    untried = 0
    for path in sorted({each for pattern in selected for each in base.glob(f"{pattern}.meta")}):
        file = str(path.relative_to(base)).removesuffix(".meta")
        codes = json.loads(path.read_text())["exit_code_by_key"]
        counts[file] = sum(killed(code) for code in codes.values())
        untried += sum(code is None for code in codes.values())
        left = {name: code for name, code in codes.items() if code is not None and not killed(code)}
        survivors += _described(file, left)
    return Results(counts, tuple(survivors), untried)


def _described(file: str, codes: dict[str, int]) -> Iterator[Mutant]:
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    here = Path.cwd()
    os.chdir(WORK)  # mutmut looks for everything from there
    try:
        for name, code in codes.items():
            diff = get_diff_for_mutant(name, path=f"{TREE}/{MUTATED}/{file}").splitlines()[2:]
            before, after = ("\n".join(line[1:].strip() for line in diff if line[0:1] == sign) for sign in "-+")
            yield Mutant(file, _function(name), before, after, code in NO_TESTS)
    finally:
        os.chdir(here)


def _function(name: str) -> str:
    """As Python calls it: x_find_path__mutmut_3, xǁCertificatesǁobserve__mutmut_1."""
    mangled = name.rpartition(".")[2].partition("__mutmut")[0]
    return mangled[1:].strip("ǁ").replace("ǁ", ".") if "ǁ" in mangled else mangled.removeprefix("x_")
