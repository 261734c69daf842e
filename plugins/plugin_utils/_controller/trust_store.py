# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust stores as files on the controller: YAML, with PEM files beside it. What they mean is module_utils/_pki/trust.py's."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ...module_utils._pki.formats import UnrecognisedFile, certificate_pem, detect_objects
from .shipped_files import UnreadableFile, read_bytes, read_yaml

PEM = "-----BEGIN"


def load(path: Path) -> Any:
    """The YAML document, with the PEM files that it names in their places and its days as text. Nothing is judged here. Raises UnreadableFile."""
    content = read_yaml(path)
    entries = content.get("entries") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return content
    return content | {"entries": [_with_certificate(entry, path.parent) for entry in entries]}


def _with_certificate(entry: Any, folder: Path) -> Any:
    if not isinstance(entry, dict):
        return entry
    fields = {name: value.isoformat() if isinstance(value, date) else value for name, value in entry.items()}
    certificate = fields.get("certificate")
    if isinstance(certificate, str) and PEM not in certificate:
        fields["certificate"] = certificate_text(folder / certificate)
    return fields


def certificate_text(path: Path) -> str:
    """The certificate of a file in PEM, whatever form it has there. Raises UnreadableFile."""
    try:
        items = detect_objects(read_bytes(path))
    except UnrecognisedFile as error:
        raise UnreadableFile(f"{path}: this is {error.description or 'no certificate'} - {error.todo}") from error
    return "".join(certificate_pem(item.content).decode() for item in items)
