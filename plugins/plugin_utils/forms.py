# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller that say what a convention looks like and whom to trust: form mappings (YAML) and anchors (PEM)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent.parent / "forms"
PEM = "-----BEGIN"


class Unreadable(Exception):
    """A file cannot be read; the message says which and why."""


def read_into(arguments: dict[str, Any], loader: Any) -> None:
    """Replace the names of files in `form` and `signature_anchors` by their content. loader: Ansible's, for paths beside the playbook."""
    if isinstance(arguments.get("form"), str):
        arguments["form"] = _form(arguments["form"], loader)
    anchors = arguments.get("signature_anchors")
    if isinstance(anchors, str):
        anchors = [each.strip() for each in anchors.split(",")] if PEM not in anchors else [anchors]
    if anchors:
        arguments["signature_anchors"] = [
            each if PEM in each else _text(Path(loader.path_dwim(each)), "signature_anchors") for each in anchors
        ]


def _form(name: str, loader: Any) -> Any:
    """A shipped mapping by its name, or the user's own by its path (relative to the playbook)."""
    shipped = SHIPPED / f"{name}.yml"
    path = shipped if name.isidentifier() and shipped.is_file() else Path(loader.path_dwim(name))
    try:
        return yaml.safe_load(_text(path, "form"))
    except yaml.YAMLError as error:
        raise Unreadable(f"form: {path} is not YAML: {error}") from error


def _text(path: Path, option: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        known = ", ".join(sorted(each.stem for each in SHIPPED.glob("*.yml")))
        more = f"; shipped forms: {known}; otherwise give the path of yours" if option == "form" else ""
        raise Unreadable(f"{option}: {path} cannot be read ({error.strerror}){more}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{option}: {path} is no text file") from error
