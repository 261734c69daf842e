# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JMESPath expressions of a profile, compiled, and its maps from their words to ours: how an answer is looked into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...libraries import jmespath
from .templates import word


class Unexplained(Exception):
    """Part of an answer that the profile does not explain; the message says which."""


@dataclass(frozen=True)
class CompiledExpression:
    """A JMESPath expression. names: where it is made of names only; mentioned: every name in it, wherever it stands."""

    expression: str
    names: tuple[str, ...] | None
    mentioned: frozenset[str]
    interpreter: Any

    def search(self, content: Any) -> Any:
        if self.names is None:
            return self.interpreter.search(content)
        # Nearly all are like this; without the interpreter twenty times faster (a fleet reads a million).
        for name in self.names:
            if not isinstance(content, dict):
                return None
            content = content.get(name)
        return content


def compiled(text: str | None) -> CompiledExpression | None:
    if text is None:
        return None
    path = jmespath.compile(text)
    return CompiledExpression(text, _names(path.parsed), _mentioned(path.parsed), path)


def _names(node: Any) -> tuple[str, ...] | None:
    if node["type"] == "current":
        return ()
    if node["type"] == "field":
        return (str(node["value"]),)
    parts = [_names(child) for child in node["children"]] if node["type"] == "subexpression" else [None]
    return None if None in parts else tuple(name for part in parts for name in part or ())


def _mentioned(node: Any) -> frozenset[str]:
    own = frozenset([str(node["value"])] if node["type"] == "field" else [])
    return own.union(*(_mentioned(child) for child in node["children"] if isinstance(child, dict)))


def search(path: CompiledExpression | None, content: Any) -> Any:
    """What the path finds; None where there is no path, nothing, or something that its functions cannot take."""
    try:
        return None if path is None else path.search(content)
    except jmespath.exceptions.JMESPathError:
        return None


def by_word(mapped: dict[Any, Any]) -> dict[str, Any]:
    """YAML reads some words as booleans and numbers: what is compared is their text."""
    return {word(key): value for key, value in mapped.items()}


def translated(mapped: dict[str, Any], value: Any, subject: str) -> Any:
    """The word of ours that theirs stands for. Raises Unexplained."""
    if isinstance(value, (dict, list)) or word(value) not in mapped:
        if "*" not in mapped:
            raise Unexplained(f"{subject} {value!r} is not in the profile's map ({', '.join(mapped)})")
        return mapped["*"]
    return mapped[word(value)]
