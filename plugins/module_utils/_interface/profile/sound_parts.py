# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a profile whose form is right: what the rules look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..catalogue import OPERATIONS, Operation
from .schema import Path, ProfileProblem

FACE_CERTIFICATE = {"portal": "none", "sifps": "subject"}


Problems = Iterator[ProfileProblem]


class SoundParts:
    """The parts of a profile whose form is right."""

    def __init__(self, data: dict[str, Any], wrong: list[Path]) -> None:
        self._data = data
        self._wrong = wrong

    def at(self, *path: Any) -> Any:
        """What stands there, or None where it is not there or its form is wrong."""
        if any(each[: len(path)] == path or path[: len(each)] == each for each in self._wrong):
            return None
        found: Any = self._data
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def operations(self) -> Iterator[tuple[str, Operation, dict[str, Any]]]:
        """Those that are spoken."""
        for name, spec in OPERATIONS.items():
            data = self.at("operations", name)
            if data is not None and "absent" not in data:
                yield name, spec, data

    def has(self, operation: str) -> bool:
        data = self._data.get("operations")
        found = data.get(operation) if isinstance(data, dict) else None
        return isinstance(found, dict) and "absent" not in found
