# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of a store (<store>/journal.jsonl): every change, written ahead. One line says what is about to be done, another what became of it.

A line is one JSON object; chain.py seals each to the one before. An intent without an outcome is of a run that was killed meanwhile: whether it was done
is not known. Earlier releases wrote one line for each step that was done, in the folder of the collectivité (<siret>/journal.jsonl): these are read on.
"""

from __future__ import annotations

import json
import os
import re
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..dates import date_or_none, instant
from .actor import acting
from .chain import JOURNAL, append_record
from .files import guarded, open_own, read_own

INTENT, OUTCOME = "intent", "outcome"
DONE, UNKNOWN = "done", "unknown"
# Outcomes of a step that ANTAI or the store has.
ACCOMPLISHED = (DONE, "begun", "settled")


@dataclass(frozen=True)
class JournalEntry:
    """One step that was attempted. at: when its last line was written, an aware moment; None where the line does not say.

    step: its code, as results name it in `steps`. target: what it was done to (a fingerprint, a provider, a cycle), or "". outcome: done, begun (ANTAI
    still works on it), settled (answer lost, effect seen), waiting, failed, or unknown (the run was killed meanwhile, or could not find out).
    """

    at: datetime | None
    step: str
    target: str
    outcome: str = DONE


@dataclass(frozen=True)
class Intent:
    """A step that is about to be done. before, after: the fields that the plan changes, as journal_values.py shows them.

    correlation: what its requests bear for the server's support; "" where the interface has no such header.
    """

    siret: str
    step: str
    target: str
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    correlation: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


def write_intent(root: Path, now: datetime, intent: Intent) -> None:
    """It lies on the disk when this returns. Raises StoreError: then the step must not be done."""
    record = _record(now, intent, INTENT) | {"check": False} | acting().as_dict()
    append_record(root, record | {"before": intent.before, "after": intent.after, "correlation": intent.correlation}, synced=True)


def write_outcome(root: Path, now: datetime, intent: Intent, outcome: str, error: str = "") -> None:
    """error: the code of what failed. Raises StoreError."""
    append_record(root, _record(now, intent, OUTCOME) | {"outcome": outcome} | ({"error": error} if error else {}), synced=False)


def _record(now: datetime, intent: Intent, event: str) -> dict[str, object]:
    # The SIRET stands first: lines of one collectivité are told by their beginning.
    return {"siret": intent.siret, "at": instant(now), "event": event, "id": intent.id, "step": intent.step, "target": intent.target}


def read_entries(root: Path, siret: str, target: str | None = None) -> Iterator[JournalEntry]:
    """What was attempted, the last first; target: on this one alone. A line that is no entry (a run was killed while it wrote) is passed over.

    Raises StoreError where a file cannot be read.
    """
    concluded: set[str] = set()
    for line in (*_lines_of(root / JOURNAL, siret), *_earlier_lines(root / siret / JOURNAL)):
        entry = parse_entry(line, concluded)
        if entry is not None and target in (None, entry.target):
            yield entry


def parse_entry(line: bytes, concluded: set[str]) -> JournalEntry | None:
    """None where the line is no JSON object that names a step, or an intent whose outcome was read. concluded: ids of those; gets this one's."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    step = _text(record, "step") or _text(record, "what")  # `what`: of earlier releases
    if not step:
        return None
    event, identifier = record.get("event"), _text(record, "id")
    if event == INTENT and identifier in concluded:
        return None
    concluded.add(identifier)
    outcome = UNKNOWN if event == INTENT else _text(record, "outcome") or DONE
    return JournalEntry(date_or_none(_text(record, "at")), step, _text(record, "target"), outcome)


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _earlier_lines(path: Path) -> Iterator[bytes]:
    """The last first."""
    if os.path.lexists(path):
        with guarded(path):
            yield from reversed(read_own(path).splitlines())


@dataclass
class _Index:
    """Where the lines of each collectivité lie in a journal, as far as it was read. lines: SIRET -> (offset, length)."""

    inode: int = 0
    size: int = 0
    lines: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


OF_SIRET = re.compile(rb'\{"number": \d+, "siret": "([^"]*)"')
_indexes: dict[str, _Index] = {}
_indexing = threading.Lock()


def _lines_of(path: Path, siret: str) -> Iterator[bytes]:
    """The last first. A journal of thousands of collectivités is read once in a process, and then what has come since."""
    if not os.path.lexists(path):
        return
    with guarded(path), os.fdopen(open_own(path, os.O_RDONLY), "rb") as file:
        with _indexing:
            places = list(_index(path, file.fileno()).lines.get(siret, ()))
        for offset, length in reversed(places):
            yield os.pread(file.fileno(), length, offset)


def _index(path: Path, handle: int) -> _Index:
    status = os.fstat(handle)
    index = _indexes.get(str(path))
    if index is None or index.inode != status.st_ino or index.size > status.st_size:
        index = _indexes[str(path)] = _Index(status.st_ino)
    if status.st_size > index.size:
        content = os.pread(handle, status.st_size - index.size, index.size)
        start = 0
        while (end := content.find(b"\n", start)) >= 0:
            if beginning := OF_SIRET.match(content, start):
                index.lines.setdefault(beginning[1].decode(errors="replace"), []).append((index.size + start, end - start))
            start = end + 1
        index.size += start
    return index
