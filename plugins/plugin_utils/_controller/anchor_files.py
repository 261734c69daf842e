# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CAs trusted for the signatures of documents: PEM, as it stands or in files on the controller."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .shipped_files import read_text

PEM = "-----BEGIN"


def read_anchors(declared: str | list[object], locate: Callable[[str], str]) -> list[str]:
    """PEM stays as it is; a path becomes the PEM in its file. Ansible takes a text with commas for a list, and PEM has none.

    locate: makes a path whole. Raises UnreadableFile.
    """
    if isinstance(declared, str):
        anchors = [declared] if PEM in declared else [name.strip() for name in declared.split(",")]
    else:
        anchors = [str(anchor) for anchor in declared]
    return [anchor if PEM in anchor else read_text(Path(locate(anchor))) for anchor in anchors]
