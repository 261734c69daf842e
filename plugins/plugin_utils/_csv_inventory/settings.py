# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user says about his CSV files, checked as a whole before any of them is read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...module_utils._options.declaration import FIELDS
from ...module_utils.errors import InvalidInput
from .columns import PREFIX, Target, target_of
from .problems import FileProblem, UnusableFiles
from .values import value_of

# Prefixes that would let a file set what Ansible or the roles read.
RESERVED_PREFIXES = ("ansible_", "antai_")
NAMINGS = ("name-siret", "siret")


@dataclass(frozen=True)
class InventorySettings:
    """columns: path of a field -> title or None. defaults: path of a field -> constant. hostname: one of NAMINGS, or the title of a column.

    source: the file that says so, for messages.
    """

    source: str
    columns: Mapping[str, str | None] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    encoding: str = "auto"
    delimiter: str = "auto"
    extra_prefix: str = "csv_"
    hostname: str = NAMINGS[0]

    def constants(self) -> dict[Target, Any]:
        """The values of defaults, checked. Raises UnusableFiles with all that is wrong with columns, defaults and extra_prefix."""
        problems, constants = [], {}
        for option, declared in (("columns", self.columns), ("defaults", self.defaults)):
            for path, value in declared.items():
                target = target_of(str(path))
                if target is None or (target.field.elements and option == "defaults"):
                    near = difflib.get_close_matches(str(path).removeprefix(PREFIX), FIELDS, 1)
                    todo = f"did you mean {PREFIX}{near[0]}?" if near else "see the option's documentation for the fields there are"
                    problems.append(FileProblem(self.source, f"{option}: no field is called {path}", todo))
                elif target.field.secret:
                    todo = "put it into a vault (group_vars)"
                    problems.append(FileProblem(self.source, f"{option}: {path} is a secret", todo))
                elif option == "defaults":
                    try:
                        constants[target] = _constant(target, value)
                    except InvalidInput as error:
                        problems.append(FileProblem(self.source, f"defaults: {error.message}", error.hint))
                elif value is not None and not isinstance(value, str):
                    problems.append(FileProblem(self.source, f"columns: {path}: {value!r} is no title", "quote the title of the column"))
        if not re.fullmatch(r"[a-z][a-z0-9_]*_", self.extra_prefix) or self.extra_prefix.startswith(RESERVED_PREFIXES):
            problem = f"extra_prefix: {self.extra_prefix!r} is no safe prefix"
            problems.append(
                FileProblem(self.source, problem, "take small letters, digits and _, ending in _, and neither ansible_ nor antai_")
            )
        if problems:
            raise UnusableFiles(problems)
        return constants


def check_keys(source: str, keys: Iterable[str], allowed: Iterable[str]) -> None:
    """Raises UnusableFiles for the keys of the source that are no options: Ansible passes over them without a word."""
    options = sorted(allowed)
    problems = []
    for key in map(str, keys):
        if key not in options:
            near = difflib.get_close_matches(key, options, 1)
            todo = f"did you mean {near[0]}?" if near else "see `ansible-doc -t inventory collectivites.antai.collectivites`"
            problems.append(FileProblem(source, f"{key} is no option of this plugin", todo))
    if problems:
        raise UnusableFiles(problems)


def _constant(target: Target, value: Any) -> Any:
    if target.field.type == "bool" and isinstance(value, bool):
        return value
    if target.field.type == "float" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(target.path, f"{value!r} is no text", "quote it: YAML takes 01000 for the number 512")
    if any(sign in value for sign in ("{{", "{%", "{#")):
        raise InvalidInput(target.path, "is a template", "put it into group_vars, where templates are evaluated")
    return value_of(target.field, target.path, value.strip())
