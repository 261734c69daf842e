# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles as files on the controller: YAML, judged as a whole, every problem with its line.

A key is the text that stands in the file (`ON`, `NO` and `007` are no booleans and no numbers there); a key given twice is a problem.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ...module_utils._interface.profile.rules import check
from ...module_utils._interface.profile.schema import ProfileProblem
from .shipped_files import DEEPEST, LOADER, UnreadableFile, check_depth, check_size, read_text


@dataclass
class Written:
    """The content of a file, and the line on which each part of it begins."""

    data: Any = None
    lines: dict[tuple[Any, ...], int] = field(default_factory=dict)
    problems: list[ProfileProblem] = field(default_factory=list)

    def line(self, path: tuple[Any, ...]) -> int:
        """Of the part itself, or of the nearest one around it that stands in the file."""
        return next((self.lines[path[:size]] for size in range(len(path), -1, -1) if path[:size] in self.lines), 1)


def load(path: Path) -> Any:
    """The profile in this file, judged. Raises UnreadableFile with all its problems, in the order of the file."""
    try:
        status = path.stat()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read ({error.strerror})") from error
    return _loaded(path, status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=8)
def _loaded(path: Path, _changed: int, _size: int) -> Any:
    try:
        written = read(read_text(path))
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFile(f"{path} is not YAML: {error}") from error
    problems = sorted((written.line(problem.path), str(problem)) for problem in (*written.problems, *check(written.data)))
    if problems:
        told = [f"{path}:{line}: {text}" for line, text in dict.fromkeys(problems)]
        raise UnreadableFile(f"the profile {path} cannot be used, {len(told)} problem(s):\n" + "\n".join(told), told)
    return written.data


def read(text: str) -> Written:
    """YAML with its lines. Raises yaml.YAMLError, ValueError."""
    check_depth(text)
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
        written = Written()
        check_size(node)
        if node is not None:
            written.data = _built(loader, node, (), written)
        return written
    finally:
        loader.dispose()


def _built(loader: Any, node: Any, path: tuple[Any, ...], written: Written) -> Any:
    if len(path) > DEEPEST:
        raise ValueError("it is nested too deeply, or contains itself")
    written.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return {name: _built(loader, value, (*path, name), written) for name, value in _pairs(loader, node, path, written)}
    if isinstance(node, yaml.SequenceNode):
        return [_built(loader, value, (*path, position), written) for position, value in enumerate(node.value)]
    value = loader.construct_object(node)
    # A day or a time, in YAML's own notation, is the text that stands there.
    return value if value is None or isinstance(value, (str, int, float, bool)) else node.value


def _pairs(loader: Any, node: Any, path: tuple[Any, ...], written: Written) -> Iterator[tuple[str, Any]]:
    """Keys as text, each once; keys of a merge (<<) come first, so that the mapping's own win."""
    seen: dict[str, int] = {}
    for key, _value in node.value:
        name, line = _key(key), key.start_mark.line + 1
        if name in seen and name != "<<":
            written.problems.append(ProfileProblem((*path, name), f"is given twice, on lines {seen[name]} and {line}: contradictory"))
        seen.setdefault(name, line)
    loader.flatten_mapping(node)
    for key, value in node.value:
        name = _key(key)
        written.lines |= {(*path, name): key.start_mark.line + 1}
        yield name, value


def _key(node: Any) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError(f"line {node.start_mark.line + 1}: a key is a text")
    plain = node.tag in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")
    word = str(node.value).lower()
    return {"~": "null", "": "null"}.get(word, word) if plain and word in ("true", "false", "null", "~", "") else str(node.value)
