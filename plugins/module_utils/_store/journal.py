# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of one collectivité: what was done, one JSON object a line, never rewritten."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from .files import guarded, make_folder

JOURNAL = "journal.jsonl"


def append_entry(folder: Path, now: datetime, what: str, target: str) -> None:
    """One line more. Raises StoreError."""
    make_folder(folder)
    line = json.dumps({"at": now.isoformat(timespec="seconds"), "what": what, "target": target})
    with (
        guarded(folder),
        os.fdopen(os.open(folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as journal,
    ):
        journal.write(line + "\n")


def entries_about(folder: Path, target: str) -> Iterator[str]:
    """What was done to this target, the last first. Raises StoreError."""
    path = folder / JOURNAL
    if not path.is_file():
        return
    with guarded(path):
        lines = path.read_text(encoding="utf-8").splitlines()
    for line in reversed(lines):
        try:
            entry = json.loads(line)
        except ValueError:  # a run was killed while it wrote
            continue
        if entry["target"] == target:
            yield str(entry["what"])
