# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller that options name: what the collection ships, by its name, and what a user writes, by its path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ...module_utils.user_files import read_regular

SHIPPED = Path(__file__).parents[1] / "_shipped"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Ours: a profile has about 50 kB and 2,000 nodes.
MOST_BYTES = 4 * 1024 * 1024
MOST_NODES = 200_000
DEEPEST = 50
LONGEST_NAME = 100


class UnreadableFile(Exception):
    """The message names the file and says what is wrong. problems: of a profile, one text each, with file and line."""

    def __init__(self, message: str, problems: list[str] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or []


@dataclass(frozen=True)
class ShippedFiles:
    """The YAML files of a folder of `_shipped`. title: what they are, in messages."""

    folder: str
    title: str

    @property
    def path(self) -> Path:
        return SHIPPED / self.folder

    def find(self, name: str) -> Path | None:
        """The shipped file of this name; None where there is none, then it is the path of a user's."""
        path = self.path / f"{name}.yml"
        return path if name.isidentifier() and len(name) <= LONGEST_NAME and path.is_file() else None

    def hint(self) -> str:
        """What may be named instead of a path."""
        names = ", ".join(sorted(path.stem for path in self.path.glob("*.yml")))
        return f"shipped {self.title}: {names}; otherwise give the path of yours"


PROFILES = ShippedFiles("profiles", "profiles")
TRUST_STORES = ShippedFiles("trust", "trust stores")
FORMS = ShippedFiles("forms", "forms")


def read_bytes(path: Path) -> bytes:
    """Raises UnreadableFile."""
    try:
        return read_regular(path, MOST_BYTES)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read ({error.strerror})") from error


def read_text(path: Path) -> str:
    """Raises UnreadableFile, also for what is no UTF-8."""
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path} is no text file in UTF-8") from error


def read_yaml(path: Path) -> Any:
    """What stands in a YAML file. Raises UnreadableFile."""
    text = read_text(path)
    try:
        check_depth(text)
        check_size(yaml.compose(text, LOADER))
        return yaml.load(text, LOADER)  # noqa: S506  the safe one
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFile(f"{path} is not YAML: {error}") from error


def check_depth(text: str) -> None:
    """Raises ValueError where collections stand within more than DEEPEST others: libyaml would overflow the stack. Raises yaml.YAMLError."""
    depth = 0
    for event in yaml.parse(text, LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise ValueError("it is nested too deeply")


def check_size(root: Any) -> None:
    """Raises ValueError where the nodes of a document are too many once its aliases stand for what they mean, or where it contains itself."""
    sizes: dict[Any, int] = {}
    open_nodes: set[Any] = set()

    def size(node: Any) -> int:
        if node in sizes:
            return sizes[node]
        if node in open_nodes:
            raise ValueError("it contains itself")
        open_nodes.add(node)
        parts = node.value if isinstance(node, yaml.CollectionNode) else ()
        total = 1 + sum(size(part) for item in parts for part in (item if isinstance(item, tuple) else (item,)))
        if total > MOST_NODES:
            raise ValueError(f"with its aliases it has more than {MOST_NODES} parts")
        sizes[node] = total
        return total

    if root is not None:
        size(root)
