# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes that data from a YAML file may have. One declaration judges the data, and is written as JSON Schema and as documentation.

A problem is said where it is, all of them at once; nothing is raised.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...libraries import jmespath

Path = tuple[Any, ...]


@dataclass(frozen=True)
class ProfileProblem:
    """path: the keys and positions that lead to it. text: what is wrong."""

    path: Path
    text: str

    def __str__(self) -> str:
        where = ".".join(map(str, self.path))
        return f"{where}: {self.text}" if where else self.text


class Shape:
    """description: the shape in a word or two, for messages and documentation."""

    description = "anything"

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema (draft 2020-12)."""
        raise NotImplementedError

    def accepts_type(self, content: Any) -> bool:
        """Whether data is of the YAML type that this shape is about; then its problems are worth telling."""
        raise NotImplementedError


@dataclass(frozen=True)
class Anything(Shape):
    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        return []

    def schema(self) -> dict[str, Any]:
        return {}

    def accepts_type(self, content: Any) -> bool:
        return True


@dataclass(frozen=True)
class Text(Shape):
    """choices: the only texts allowed. pattern: what the whole text must match. description: what it is, in words."""

    description: str = "a text"
    choices: tuple[str, ...] = ()
    pattern: str = ""

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        if not isinstance(content, str):
            quotes = ", in quotes" if isinstance(content, (bool, int, float)) else ""
            return [
                ProfileProblem(path, f"must be {self.description if not self.choices else 'one of ' + ', '.join(self.choices)}{quotes}")
            ]
        if self.choices and content not in self.choices:
            return [ProfileProblem(path, f"{content!r} is none of {', '.join(self.choices)}{did_you_mean(content, self.choices)}")]
        if self.pattern and not re.fullmatch(self.pattern, content):
            return [ProfileProblem(path, f"{content!r} is not {self.description}")]
        return []

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string"}
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.pattern:
            schema["pattern"] = f"^(?:{self.pattern})$"
        return schema

    def accepts_type(self, content: Any) -> bool:
        return isinstance(content, str)


@dataclass(frozen=True)
class Expression(Text):
    """JMESPath. The schema knows it as a text with a format; only the library judges it."""

    description: str = "a JMESPath expression"

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        problems = super().judge(content, path)
        if content == "":
            problems = [ProfileProblem(path, f"must be {self.description}, and is empty")]
        if not problems and jmespath is not None:
            try:
                jmespath.compile(content)
            except jmespath.exceptions.JMESPathError as error:
                problems = [ProfileProblem(path, f"{content!r} is no JMESPath ({str(error).splitlines()[0]})")]
        return problems

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "format": "jmespath"}


@dataclass(frozen=True)
class Flag(Shape):
    description: str = "true or false"
    only: bool | None = None

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        if not isinstance(content, bool) or (self.only is not None and content is not self.only):
            return [ProfileProblem(path, f"must be {self.description if self.only is None else str(self.only).lower()}")]
        return []

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"} if self.only is None else {"const": self.only}

    def accepts_type(self, content: Any) -> bool:
        return isinstance(content, bool)


@dataclass(frozen=True)
class Number(Shape):
    """whole: without decimals. Both bounds belong to it."""

    low: float = 0
    high: float = 1_000_000
    whole: bool = True

    @property
    def description(self) -> str:  # type: ignore[override]
        return f"a {'whole ' if self.whole else ''}number from {self.low:g} to {self.high:.10g}"

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        if not self.accepts_type(content) or not self.low <= content <= self.high:
            return [ProfileProblem(path, f"must be {self.description}")]
        return []

    def schema(self) -> dict[str, Any]:
        return {"type": "integer" if self.whole else "number", "minimum": self.low, "maximum": self.high}

    def accepts_type(self, content: Any) -> bool:
        return isinstance(content, int if self.whole else (int, float)) and not isinstance(content, bool)


@dataclass(frozen=True)
class Null(Shape):
    description: str = "null"

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        return [] if content is None else [ProfileProblem(path, "must be null")]

    def schema(self) -> dict[str, Any]:
        return {"type": "null"}

    def accepts_type(self, content: Any) -> bool:
        return content is None


@dataclass(frozen=True)
class Items(Shape):
    """A list. of: the shape of each item; called: what they are, in words. least: how many there must be."""

    of: Shape
    called: str = "items"
    least: int = 0

    @property
    def description(self) -> str:  # type: ignore[override]
        return f"a list of {self.called}"

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        if not isinstance(content, list):
            return [ProfileProblem(path, f"must be {self.description}")]
        if len(content) < self.least:
            return [ProfileProblem(path, f"needs at least {self.least} of {self.called}")]
        return [problem for position, item in enumerate(content) for problem in self.of.judge(item, (*path, position))]

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.of.schema()} | ({"minItems": self.least} if self.least else {})

    def accepts_type(self, content: Any) -> bool:
        return isinstance(content, list)


class MappingShape(Shape):
    """What all shapes of mappings share."""

    description = "a mapping"

    def accepts_type(self, content: Any) -> bool:
        return isinstance(content, dict)


@dataclass(frozen=True)
class Key:
    """One key of a mapping. text: what it says, for the documentation."""

    shape: Shape
    text: str
    required: bool = False


@dataclass(frozen=True)
class Mapping(MappingShape):
    """Known keys, each with its shape. name: of the section that documents it."""

    name: str
    keys: dict[str, Key]

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        if not isinstance(content, dict):
            return [ProfileProblem(path, "must be a mapping")]
        problems = [ProfileProblem((*path, name), "is missing") for name, key in self.keys.items() if key.required and name not in content]
        problems += unknown_keys(content, self.keys, path)
        for name, key in self.keys.items():
            if name in content:
                problems += key.shape.judge(content[name], (*path, name))
        return problems

    def schema(self) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{re.sub('[^a-z0-9]+', '_', self.name)}"}

    def definition(self) -> dict[str, Any]:
        """What stands behind the reference."""
        return {
            "type": "object",
            "properties": {name: {"description": key.text} | key.shape.schema() for name, key in self.keys.items()},
            "required": [name for name, key in self.keys.items() if key.required],
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Table(MappingShape):
    """A mapping of free names, or of some of the names in `names`, to values of one shape. A key that YAML read as a boolean or a number is its text."""

    of: Shape
    names: tuple[str, ...] = ()
    called: str = "name"

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        if not isinstance(content, dict):
            return [ProfileProblem(path, "must be a mapping")]
        problems = unknown_keys(content, self.names, path) if self.names else []
        for name, item in content.items():
            if not self.names or name in self.names:
                problems += self.of.judge(item, (*path, name))
        return problems

    def schema(self) -> dict[str, Any]:
        if self.names:
            return {"type": "object", "properties": {name: self.of.schema() for name in self.names}, "additionalProperties": False}
        return {"type": "object", "additionalProperties": self.of.schema()}


@dataclass(frozen=True)
class Variants(MappingShape):
    """A mapping whose key `by` says which of several shapes it has."""

    by: str
    shapes: dict[str, Mapping]

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        if not isinstance(content, dict):
            return [ProfileProblem(path, "must be a mapping")]
        if self.by not in content:
            return [ProfileProblem((*path, self.by), "is missing")]
        chosen = content[self.by]
        problems = Text(choices=tuple(self.shapes)).judge(chosen, (*path, self.by))
        return problems or self.shapes[chosen].judge(content, path)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "required": [self.by],
            "properties": {self.by: {"enum": list(self.shapes)}},
            "allOf": [
                {"if": {"properties": {self.by: {"const": name}}, "required": [self.by]}, "then": shape.schema()}
                for name, shape in self.shapes.items()
            ],
        }


@dataclass(frozen=True)
class With(MappingShape):
    """A mapping that has the shape `then` where it has the key, else the shape `otherwise`."""

    key: str
    then: Mapping
    otherwise: Mapping

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        return (self.then if isinstance(content, dict) and self.key in content else self.otherwise).judge(content, path)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "if": {"required": [self.key]},
            "then": self.then.schema(),
            "else": self.otherwise.schema(),
        }


class OneOf(Shape):
    """Shapes of different YAML types: the data's type says which one is meant."""

    def __init__(self, *shapes: Shape, called: str = "") -> None:
        self.shapes = shapes
        self.called = called

    @property
    def description(self) -> str:  # type: ignore[override]
        return self.called or " or ".join(shape.description for shape in self.shapes)

    def judge(self, content: Any, path: Path = ()) -> list[ProfileProblem]:
        for shape in self.shapes:
            if shape.accepts_type(content):
                return shape.judge(content, path)
        return [ProfileProblem(path, f"must be {self.description}")]

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [shape.schema() for shape in self.shapes]}

    def accepts_type(self, content: Any) -> bool:
        return any(shape.accepts_type(content) for shape in self.shapes)


def unknown_keys(content: dict[Any, Any], names: Iterable[str], path: Path) -> list[ProfileProblem]:
    names = tuple(names)
    return [ProfileProblem((*path, name), f"unknown key{did_you_mean(str(name), names)}") for name in content if name not in names]


def did_you_mean(word: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(names), n=1)
    return f"; did you mean {close[0]}?" if close else ""
