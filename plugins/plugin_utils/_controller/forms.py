# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller that say what a convention looks like and whom to trust: form mappings (YAML) and anchors (PEM)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parents[2] / "forms"
PEM = "-----BEGIN"


class Unreadable(Exception):
    """A file cannot be read; the message says which and why."""


def shipped(name: str) -> Path | None:
    """The shipped mapping of this name."""
    path = SHIPPED / f"{name}.yml"
    return path if name.isidentifier() and path.is_file() else None


def load(path: Path) -> Any:
    """A mapping of a form's fields, as YAML has it. Raises Unreadable."""
    try:
        return yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise Unreadable(f"{path} is not YAML: {error}") from error


def listed(given: Any) -> list[str]:
    """Anchors as a list: Ansible takes a text with commas for one, and PEM has none."""
    if isinstance(given, str):
        return [given] if PEM in given else [each.strip() for each in given.split(",")]
    return [str(each) for each in given]


def anchor(path: Path) -> str:
    """The PEM of a CA trusted for signatures. Raises Unreadable."""
    return _text(path)


def known() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is no text file") from error
