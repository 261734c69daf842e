# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Python files are written, measured on their syntax: empty names, lengths, parameters of constructors, untyped dicts.

What is too much, by room: PYTHONPATH=build/collections:. .venv/bin/python -m tests.support.measures
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.collection import PLUGINS, ROOT
from tests.support.rooms import BY_NAME, room_of

# Participles, pronouns and nouns that could be anything: they name nothing. The record has a name (certificate, listing, extension).
EMPTY_NAMES = frozenset(Path(__file__).with_name("empty_names.txt").read_text(encoding="utf-8").split())
# What a method has to call its parameter: Python's own name for it.
COMPARED_WITH = "other"
MOST_LINES = {"file": 350, "function": 40, "class": 250}
MOST_CONSTRUCTOR_PARAMETERS = 5
SHARED_CLASS_NAMES = frozenset({"ActionModule", "FilterModule", "ModuleDocFragment", "TestModule"})  # Ansible's: it looks for them by name

SOURCES = sorted([*PLUGINS.rglob("*.py"), *(ROOT / "sandbox").rglob("*.py")])


def syntax(path: Path) -> ast.Module:
    return _parsed(path.read_text(encoding="utf-8"))


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def room(path: Path) -> str:
    """The room of a file of plugins (`module_utils/_pki`), or the first folder of what stands in none (`sandbox`, `doc_fragments`)."""
    if not path.is_relative_to(PLUGINS):
        return path.relative_to(ROOT).parts[0]
    folder = path.relative_to(PLUGINS).parts[0]
    return room_of(path).name if folder in {name.split("/")[0] for name in BY_NAME} else folder


def empty_names(path: Path) -> list[str]:
    """`line name` of each variable, field, parameter and function whose name is one of EMPTY_NAMES."""
    bound = {(node.lineno, node.col_offset, name) for node in ast.walk(syntax(path)) for node, name in _bound(node)}
    return [f"{line} {name}" for line, _column, name in sorted(bound) if name.strip("_") in EMPTY_NAMES]


def _bound(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt | ast.arg, str]]:
    """The names that a node of the syntax binds, but for imports, classes, and what other objects call their fields."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node, node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            yield node, node.attr
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield node, node.name
        dunder = node.name.startswith("__") and node.name.endswith("__")
        for parameter in _parameters(node.args):
            if not (dunder and parameter.arg == COMPARED_WITH):
                yield parameter, parameter.arg
    elif isinstance(node, ast.Lambda):
        yield from ((parameter, parameter.arg) for parameter in _parameters(node.args))


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [*named, *(variadic for variadic in (arguments.vararg, arguments.kwarg) if variadic)]


def too_long(path: Path) -> list[str]:
    """`what: lines` of the file, its functions and its classes that are longer than MOST_LINES."""
    lengths = [("file", path.name, len(path.read_text(encoding="utf-8").splitlines()))]
    for node in ast.walk(syntax(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lengths.append(("function", node.name, _lines(node)))
        elif isinstance(node, ast.ClassDef):
            lengths.append(("class", node.name, _lines(node)))
    return [f"{kind} {name}: {lines} lines" for kind, name, lines in lengths if lines > MOST_LINES[kind]]


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def wide_constructors(path: Path) -> list[str]:
    """`class: parameters` of the written constructors that take more than MOST_CONSTRUCTOR_PARAMETERS beside self; a dataclass has none."""
    wide = []
    for node in ast.walk(syntax(path)):
        for method in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(node, ast.ClassDef) and isinstance(method, ast.FunctionDef) and method.name == "__init__":
                count = len(_parameters(method.args)) - 1
                if count > MOST_CONSTRUCTOR_PARAMETERS:
                    wide.append(f"{node.name}: {count} parameters")
    return wide


def untyped_dicts(path: Path) -> int:
    """How many times `dict[str, Any]` is written."""
    subscripts = [node for node in ast.walk(syntax(path)) if isinstance(node, ast.Subscript)]
    return sum(ast.unparse(node) == "dict[str, Any]" for node in subscripts)


def classes(path: Path) -> list[str]:
    return [node.name for node in ast.walk(syntax(path)) if isinstance(node, ast.ClassDef)]


def class_names_used_twice() -> list[str]:
    """In plugins and the sandbox together: one word, one meaning."""
    counted = Counter(name for path in SOURCES for name in classes(path))
    return sorted(name for name, count in counted.items() if count > 1 and name not in SHARED_CLASS_NAMES)


def by_room() -> dict[str, dict[str, int]]:
    """How much is too much in each room: measure -> count, without those that are zero."""
    rooms: dict[str, Counter[str]] = {}
    for path in SOURCES:
        counted = rooms.setdefault(room(path), Counter())
        counted["empty_names"] += len(empty_names(path))
        counted["too_long"] += len(too_long(path))
        counted["wide_constructors"] += len(wide_constructors(path))
    return {name: {measure: count for measure, count in counted.items() if count} for name, counted in rooms.items()}


def _report() -> None:
    for path in SOURCES:
        for fault in (*(f"empty name at line {name}" for name in empty_names(path)), *too_long(path), *wide_constructors(path)):
            print(f"{path.relative_to(ROOT)}: {fault}")
    print(f"class names used twice: {', '.join(class_names_used_twice())}")
    print(f"dict[str, Any]: {sum(map(untyped_dicts, SOURCES))} in plugins and sandbox")


if __name__ == "__main__":
    _report()
