# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_journal answers: whether the journal of a store is whole, its entries of collectivités or of a period, and the end of their personal values."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..dates import date_or_none, parse_date, utc_now
from ..errors import InvalidInput, StoreError
from ..siret import check_siret
from .chain import JOURNAL, SEALED, Head
from .files import guarded, read_own, write_private
from .identity import read_identity
from .journal import INTENT, OUTCOME, Intent, write_intent, write_outcome
from .journal_check import JournalCheck, JournalProblem, check_anchors, check_chain
from .journal_values import SALT, destroy_salt
from .layout import Layout

SPEC: dict[str, dict[str, Any]] = {
    "store": {"type": "path", "required": True},
    "anchors": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "store": {"type": "str", "required": True},
            "number": {"type": "int", "required": True},
            "hash": {"type": "str", "required": True},
        },
    },
    "sirets": {"type": "list", "elements": "str"},
    "since": {"type": "str"},
    "until": {"type": "str"},
    "export": {"type": "path"},
    "forget": {"type": "list", "elements": "str", "default": []},
}
BROKEN = "the journal is not as it was written: find out who has changed it, and compare with a backup"


class BrokenJournal(StoreError):
    """The journal is not as it was written."""

    code = "journal"


@dataclass(frozen=True)
class Selection:
    """sirets: of these collectivités alone; None: of all. since, until: RFC 3339 moments, or None; until: not included."""

    sirets: frozenset[str] | None
    since: datetime | None
    until: datetime | None

    @property
    def is_everything(self) -> bool:
        return self.sirets is None and self.since is None and self.until is None

    def takes(self, record: Mapping[str, object]) -> bool:
        """One whose moment cannot be read is in every period."""
        at = date_or_none(str(record.get("at") or ""))
        return (
            (self.sirets is None or record.get("siret") in self.sirets)
            and (at is None or self.since is None or at >= self.since)
            and (at is None or self.until is None or at < self.until)
        )


def audit_journal(parameters: Mapping[str, Any], writes: bool) -> dict[str, Any]:
    """As the documentation of antai_journal has it. writes: not in check mode. Raises InvalidInput and StoreError."""
    selection = Selection(
        None if parameters["sirets"] is None else frozenset(map(check_siret, parameters["sirets"])),
        _moment(parameters, "since"),
        _moment(parameters, "until"),
    )
    forgotten = [check_siret(siret) for siret in parameters["forget"]]
    root = Path(Layout(parameters["store"], ".hosts").top)
    identity = read_identity(str(root))
    if identity is None:
        raise StoreError(f"{root} is no store: it has no store.json", "give the folder that antai_store declares")
    content = _content(root / JOURNAL)
    check = check_chain(content, identity.id)
    anchors = [Head(anchor["store"], anchor["number"], anchor["hash"]) for anchor in parameters["anchors"]]
    problems = [*check.problems, *check_anchors(check, anchors)]
    records, earlier = _records(content), _earlier_records(root)
    entries = [record for record in (*earlier, *records) if selection.takes(record)]
    result: dict[str, Any] = {
        "changed": _forget(root, forgotten, writes),
        "journal": _summary(root, check, anchors, len(earlier))
        | {"whole": not problems, "problems": [_problem(problem) for problem in problems]},
        "unfinished": _without_outcome([record for record in records if selection.takes(record)], records),
        "entries": [] if selection.is_everything or parameters["export"] else entries,
    }
    if parameters["export"] and writes:
        write_private(parameters["export"], b"".join(json.dumps(entry, ensure_ascii=False).encode() + b"\n" for entry in entries), "export")
    if problems:
        error = BrokenJournal("; ".join(problem.text for problem in problems[:5]), BROKEN)
        result |= {"failed": True, "msg": error.sentence, "error": error.as_dict()}
    return result


def _problem(problem: JournalProblem) -> dict[str, Any]:
    return {"code": problem.code, "line": problem.line, "text": problem.text}


def _summary(root: Path, check: JournalCheck, anchors: Sequence[Head], earlier: int) -> dict[str, Any]:
    """proved_to: the number of the last line that an anchor vouches for; None where there was none: then a cut tail would not show."""
    vouched = [anchor.number for anchor in anchors if anchor.store == check.head.store and check.hashes.get(anchor.number) == anchor.hash]
    return {
        "path": str(root / JOURNAL),
        "head": check.head.as_dict(),
        "lines": check.lines,
        "cut_lines": check.cut,
        "last_line_unfinished": check.unfinished,
        "proved_to": max(vouched, default=None),
        "unchained_entries": earlier,
    }


def _moment(parameters: Mapping[str, Any], option: str) -> datetime | None:
    text = parameters[option]
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise InvalidInput(
            option, f"{text!r} is no date", "write a day (2026-11-28) or a moment (2026-11-28T10:00:00Z); UTC where it names no zone"
        ) from error


def _content(path: Path) -> bytes:
    if not os.path.lexists(path):
        return b""
    with guarded(path):
        return read_own(path)


def _records(content: bytes) -> list[dict[str, object]]:
    lines = (line for line in content.split(b"\n") if SEALED.fullmatch(line))
    return [record | {"chained": True} for line in lines if (record := _object(line))]


def _earlier_records(root: Path) -> list[dict[str, object]]:
    """Of journals that an earlier release wrote, by collectivité: nothing seals them."""
    return [record for siret in sorted(filter(str.isdigit, os.listdir(root))) for record in _earlier(root / siret / JOURNAL, siret)]


def _earlier(path: Path, siret: str) -> Iterator[dict[str, object]]:
    for line in _content(path).splitlines():
        record = _object(line)
        if record is not None and isinstance(record.get("what"), str):
            step = {"step": record["what"], "target": record.get("target", ""), "at": record.get("at"), "outcome": "done"}
            yield {"siret": siret, **step, "event": OUTCOME, "chained": False}


def _object(line: bytes) -> dict[str, object] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _without_outcome(records: Sequence[Mapping[str, object]], everything: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Intents of runs that were killed, or work at this moment: whether the step was done is not known."""
    concluded = {record.get("id") for record in everything if record.get("event") == OUTCOME}
    return [
        {key: record.get(key) for key in ("siret", "at", "step", "target", "user", "host", "run")}
        for record in records
        if record.get("event") == INTENT and record.get("id") not in concluded
    ]


def _forget(root: Path, sirets: Sequence[str], writes: bool) -> bool:
    """Destroy the salts of these collectivités, and say so in the journal; whether there was one."""
    salted = [siret for siret in sirets if os.path.lexists(root / siret / SALT)]
    for siret in salted if writes else ():
        intent = Intent(siret, "destroy_salt", "")
        write_intent(root, utc_now(), intent)
        destroy_salt(root / siret)
        write_outcome(root, utc_now(), intent, "done")
    return bool(salted)
