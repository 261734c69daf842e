# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust stores as files on the controller: YAML, with PEM files beside it. What they mean is module_utils/_pki/trust.py's."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ...module_utils._pki.formats import UnrecognisedFile, certificate_pem, detect_objects

SHIPPED = Path(__file__).parents[2] / "trust"
PEM = "-----BEGIN"


class Unreadable(Exception):
    """A file of the store cannot be read; the message says which and why."""


def shipped(name: str) -> Path | None:
    path = SHIPPED / f"{name}.yml"
    return path if name.isidentifier() and path.is_file() else None


def known() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def load(path: Path) -> Any:
    """The YAML document, with the PEM files that it names in their places and its days as text. Nothing is judged here."""
    try:
        content = yaml.safe_load(_text(path))
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(f"{path} is not YAML: {error}") from error
    entries = content.get("entries") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return content
    return content | {"entries": [_whole(each, path.parent) for each in entries]}


def _whole(entry: Any, folder: Path) -> Any:
    if not isinstance(entry, dict):
        return entry
    found = {name: value.isoformat() if isinstance(value, date) else value for name, value in entry.items()}
    certificate = found.get("certificate")
    if isinstance(certificate, str) and PEM not in certificate:
        found["certificate"] = certificate_text(folder / certificate)
    return found


def certificate_text(path: Path) -> str:
    """The certificate of a file in PEM, whatever form it has there. Raises Unreadable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} cannot be read ({error.strerror})") from error
    try:
        items = detect_objects(content)
    except UnrecognisedFile as error:
        raise Unreadable(f"{path}: this is {error.what or 'no certificate'} - {error.todo}") from error
    return "".join(certificate_pem(item.content).decode() for item in items)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is no text file; a trust store is YAML in UTF-8") from error
