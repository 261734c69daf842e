# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one declared store (antai_store): keys, requests, certificates and documents of each collectivité, on the machine where the task runs.

    <store>/store.json                             which store this is, and in which format (identity.py)
    <store>/journal.jsonl                          every change of every collectivité, written ahead and chained (journal.py, chain.py)
    <store>/orders.jsonl                           the orders of all collectivités, one JSON object a line (ledger.py)
    <store>/<siret>/
        journal.jsonl                              of earlier releases: what was done, one JSON object a line; read, not written
        journal.salt                               what texts are hashed with that may speak of a person (journal_values.py)
        jobs.json                                  what ANTAI still works on, so that nothing is sent twice
        proofs.json                                what the SI FPS last said of each certificate, and when (proofs.py); what is lost is asked again
        space_of_others.json                       the request for the space that met one which others have opened: for a day it is not repeated
        certificates/<provider>/
            versions/<n>/                          key.pem request.csr order.md request.json, then certificate.pem chain.pem fullchain.pem,
                                                   rotation.json
            pending -> versions/<n>                requested, not issued yet
            next -> versions/<n>                   issued in a rotation, not in use yet
            current -> versions/<n>                key and certificate in use: they change together, by one symlink swap
            previous -> versions/<n>               was in use, lives on in its grace period; its key is deleted when that is over
            rejected -> versions/<n>               was to be next, and was refused or taken back: never tried again by itself
            reload_due                             `current` has changed, and what reads it was not reloaded yet
            dropped/                               where people lay the certificate that the PSCE sent
        conventions/<cycle>/                       blank.pdf to_sign.pdf signed.pdf countersigned.pdf
            next/                                  the same, of the convention that is to follow the one in force
            earlier/                               countersigned copies of conventions that are over, by their SHA-256
            record.jsonl                           each countersigned copy's SHA-256 beside that of the document sent, one JSON object a line

Directories are 0700 and files 0600. A file is written beside its place and renamed.

A rotation goes  pending -> next -> current -> previous -> (no link);  back:  previous -> current, and the other one -> rejected.
Each arrow sets the new link first and removes the old one last, each atomically. A kill in between leaves one version under two names: the name
that stands first in LINKS counts, `leftovers` tells of the other, and `tidy` removes it. What reads the certificate follows `current` alone: it
resolves the link once, and takes key and certificate from the folder behind it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from .._plan.plan import Step
from . import identity, journal, ledger, lock
from .files import guarded, read_file, read_json
from .journal_values import changed_fields, salt_of
from .versions import Versions


class Store(Versions):
    """The files of one collectivité. Nothing is created before the first write."""

    mark_before = 0  # the mark that was there when we took hold of it

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this collectivité for the time of a write. Raises Held at once where another run does. `mark` changes.

        The store bears its identity from the first such time on.
        """
        identity.ensure_identity(self.top)
        with lock.hold(self.root) as self.mark_before:
            yield

    def mark(self) -> int:
        """Another number as soon as any run has held this collectivité, whatever became of it."""
        return lock.read_mark(self.root)

    def announce(self, now: datetime, step: Step, change: tuple[object, object] = (None, None), correlation: str = "") -> journal.Intent:
        """Write to the journal what is about to be done. change: (before, after), of the resource. correlation: as Intent has it. Raises StoreError."""
        before, after = changed_fields(*change, lambda: salt_of(self.root))
        intent = journal.Intent(self.siret, step.code, step.target, before, after, correlation)
        journal.write_intent(Path(self.top), now, intent)
        return intent

    def conclude(self, now: datetime, intent: journal.Intent, outcome: str = journal.DONE, error: str = "") -> None:
        """Write to the journal what became of it. error: the code of what failed. Raises StoreError."""
        journal.write_outcome(Path(self.top), now, intent, outcome, error)

    def attempts(self, target: str | None = None) -> Iterator[journal.JournalEntry]:
        """Every step that was attempted for this collectivité, on this target or on any, whatever became of it: the last first. Raises StoreError."""
        return journal.read_entries(Path(self.top), self.siret, target)

    def history(self, target: str | None = None) -> Iterator[journal.JournalEntry]:
        """Of these, what was done."""
        return (entry for entry in self.attempts(target) if entry.outcome in journal.ACCOMPLISHED)

    def keep_countersigned(self, cycle: str, content: bytes, facts: dict[str, Any], following: bool = False) -> None:
        """ANTAI's copy, its hash recorded beside that of the document sent; the copy of an earlier convention is kept."""
        place, digest = self.countersigned_convention(cycle, following), hashlib.sha256(content).hexdigest()
        before = read_file(place, "store") if place.is_file() else None
        if before is not None and before != content:
            self.write(self.conventions(cycle) / "earlier" / f"{hashlib.sha256(before).hexdigest()}.pdf", before)
        record = self.conventions(cycle) / "record.jsonl"
        line = (json.dumps(facts | {"countersigned_sha256": digest}, ensure_ascii=False) + "\n").encode()
        lines = read_file(record, "store") if record.is_file() else b""
        if line not in lines.splitlines(keepends=True):
            self.write(record, lines + line)
        self.write(place, content)

    # Orders

    def count_orders(self, now: datetime) -> int:
        """Those of the last 24 hours, of all collectivités."""
        return ledger.count_orders(Path(self.top), now)

    def claim_order(self, now: datetime, provider: str, cause: str, limit: int) -> None:
        """Note one more. Raises OrderLimit where `limit` of a day are made."""
        ledger.claim_order(Path(self.top), now, self.siret, provider, cause, limit)

    # Jobs: what ANTAI accepted and still works on, by the step that began it

    def jobs(self) -> dict[str, dict[str, Any]]:
        path = f"{self._root}/jobs.json"
        return read_json(Path(path)) if os.path.isfile(path) else {}

    def keep_jobs(self, jobs: dict[str, dict[str, Any]]) -> None:
        path = self.root / "jobs.json"
        if jobs:
            self.write(path, json.dumps(jobs, indent=1).encode())
        elif path.is_file():
            with guarded(path):
                path.unlink()

    # A request for the space that met one which somebody else has opened

    def space_of_others(self) -> dict[str, Any]:
        path = f"{self._root}/space_of_others.json"
        return read_json(Path(path)) if os.path.isfile(path) else {}

    def keep_space_of_others(self, met: dict[str, Any]) -> None:
        self.write(self.root / "space_of_others.json", json.dumps(met).encode() + b"\n")
