# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the files of a fleet: every problem with its place, and the one error that carries them all."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from ...module_utils.errors import AntaiError

SHOWN = 100  # a whole column of broken SIRETs fills no more than a few screens
LONGEST = 80


@dataclass(frozen=True)
class FileProblem:
    """line: physical line in the file, from 1. column: its title. value: as it stands in the file; None where it must not be shown."""

    file: str
    why: str
    todo: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        value = None if self.value is None or self.value in self.why else repr(shortened(self.value))
        place = [self.file, f"line {self.line}" if self.line else None, f'column "{self.column}"' if self.column else None, value]
        return f"{', '.join(filter(None, place))}: {self.why} - {self.todo}"


class UnusableFiles(AntaiError):
    """The files of a fleet cannot be used; all their problems at once. No host comes out of them."""

    code = "unusable_files"

    def __init__(self, problems: list[FileProblem]) -> None:
        rest = Counter((problem.file, problem.column) for problem in problems[SHOWN:])
        lines = [str(problem) for problem in problems[:SHOWN]]
        lines += [
            f"{file}: and {count} more{f' in column {chr(34)}{column}{chr(34)}' if column else ''}"
            for (file, column), count in rest.items()
        ]
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__(
            f"no host was read, because of {count}:\n  " + "\n  ".join(lines),
            problems=[asdict(problem) for problem in problems],
        )
        self.problems = problems


def shortened(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
