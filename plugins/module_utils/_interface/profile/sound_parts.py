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

    def __init__(self, declaration: dict[str, Any], wrong: list[Path]) -> None:
        self._declaration = declaration
        self._wrong = wrong

    def at(self, *path: Any) -> Any:
        """What stands there, or None where it is not there or its form is wrong."""
        if any(part[: len(path)] == path or path[: len(part)] == part for part in self._wrong):
            return None
        content: Any = self._declaration
        for name in path:
            content = content.get(name) if isinstance(content, dict) else None
        return content

    def operations(self) -> Iterator[tuple[str, Operation, dict[str, Any]]]:
        """Those that are spoken."""
        for name, spec in OPERATIONS.items():
            declaration = self.at("operations", name)
            if declaration is not None and "absent" not in declaration:
                yield name, spec, declaration

    def has(self, operation: str) -> bool:
        declaration = self._declaration.get("operations")
        content = declaration.get(operation) if isinstance(declaration, dict) else None
        return isinstance(content, dict) and "absent" not in content
