# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of one collectivité: what was done, one JSON object a line, never rewritten."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..dates import date_or_none
from .files import guarded, make_folder, open_own, read_own

JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class JournalEntry:
    """One step that was done. at: when it was written, an aware moment; None where the line does not say.

    step: its code, as results name it in `steps`. target: what it was done to (a fingerprint, a provider, a cycle), or "".
    """

    at: datetime | None
    step: str
    target: str


def append_entry(folder: Path, now: datetime, what: str, target: str) -> None:
    """One line more. Raises StoreError."""
    make_folder(folder)
    line = json.dumps({"at": now.isoformat(timespec="seconds"), "what": what, "target": target})
    with (
        guarded(folder / JOURNAL),
        os.fdopen(open_own(folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "a") as journal,
    ):
        journal.write(line + "\n")


def read_entries(folder: Path, target: str | None = None) -> Iterator[JournalEntry]:
    """What was done, the last first; target: to this one alone. A line that is no entry (a run was killed while it wrote) is passed over.

    Raises StoreError where the file cannot be read.
    """
    path = folder / JOURNAL
    if not os.path.lexists(path):
        return
    with guarded(path):
        lines = read_own(path).decode("utf-8", errors="replace").splitlines()
    for line in reversed(lines):
        entry = parse_entry(line)
        if entry is not None and target in (None, entry.target):
            yield entry


def parse_entry(line: str) -> JournalEntry | None:
    """None where the line is no JSON object that names a step."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict) or not isinstance(record.get("what"), str):
        return None
    return JournalEntry(date_or_none(_text(record, "at")), record["what"], _text(record, "target"))


def _text(record: dict[str, object], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""
