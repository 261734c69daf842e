# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The groups that the entries of a fleet belong to: all of them in one, and below it one for each value of what the user groups by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .._controller.words import slug
from .entries import InventoryEntry
from .problems import FileProblem, UnusableFiles

GROUP_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What a fleet is grouped by, other than by columns of its own.
DECLARED: dict[str, Callable[[dict[str, Any]], Iterable[str | None]]] = {
    "departement": lambda values: [values.get("departement")],
    "cycle": lambda values: [values.get("cycle")],
    "provider": lambda values: [certificate["provider"] for certificate in values.get("certificates", ())],
}


class Groups:
    """by: keys of DECLARED, and titles of columns that are no declared fields. source: the file that says so, for messages."""

    def __init__(self, source: str, by: list[str], prefix: str, extra_prefix: str) -> None:
        if not GROUP_NAME.fullmatch(prefix):
            todo = "take letters, digits and _"
            raise UnusableFiles([FileProblem(source, f"group_prefix: {prefix!r} cannot begin the name of a group", todo)])
        self._source = source
        self._by = [(name, f"{prefix}{slug(name, '_')}_", f"{extra_prefix}{slug(name, '_')}") for name in by]
        self._meant: dict[str, str] = {}

    def check(self, entries: list[InventoryEntry]) -> None:
        """Raises UnusableFiles where something to group by is in none of the files."""
        columns = set().union(*(entry.extra for entry in entries))
        unknown = [name for name, _prefix, variable in self._by if name not in DECLARED and variable not in columns]
        if unknown:
            todo = f"group by {', '.join(DECLARED)}, or by the title of a column that is no declared field"
            raise UnusableFiles([FileProblem(self._source, f"group_by: no file has a column {name}", todo) for name in unknown])

    def of(self, entry: InventoryEntry) -> Iterator[str]:
        """The names of this entry's groups. Raises UnusableFiles where two values would be one group."""
        for name, prefix, variable in self._by:
            values = DECLARED[name](entry.values) if name in DECLARED else [entry.extra.get(variable)]
            for value in values:
                if value:
                    yield self._named(name, prefix, value)

    def _named(self, by: str, prefix: str, value: str) -> str:
        name = prefix + re.sub(r"[^A-Za-z0-9_]", "_", value)
        if by not in DECLARED:
            name = prefix + slug(value, "_")
        if self._meant.setdefault(name, value) != value:
            why = f"group_by: {by} {self._meant[name]!r} and {value!r} would both be the group {name}"
            raise UnusableFiles([FileProblem(self._source, why, "rename one of them")])
        return name
