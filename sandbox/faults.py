# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what goes wrong between a client and us, when someone asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.state import Database

KINDS = ("latency", "429", "503", "reset", "lost_answer", "truncated", "content_type", "nonsense")
DEFAULT_DELAY = 1.0


@dataclass(frozen=True)
class Fault:
    id: int
    operation: str
    face: str | None
    kind: str
    times: int | None
    delay: float | None
    retry_after: int | None

    def concerns(self, face: str, operation: str) -> bool:
        return self.operation in ("*", operation) and self.face in (None, face)


def listed(db: Database) -> list[Fault]:
    rows = db.all("SELECT id, operation, face, kind, times, delay, retry_after FROM fault WHERE times IS NULL OR times > 0 ORDER BY id")
    return [Fault(*row) for row in rows]


def add(db: Database, fault: Fault) -> int:
    return db.insert(
        "fault",
        operation=fault.operation,
        face=fault.face,
        kind=fault.kind,
        times=fault.times,
        delay=fault.delay,
        retry_after=fault.retry_after,
    )


def clear(db: Database) -> int:
    return db.run("DELETE FROM fault")


class Faults:
    """What the server applies; the list is read again when the state was changed by another process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._list: list[Fault] = []
        self.reload()

    def reload(self) -> None:
        self._list = listed(self._db)

    def take(self, face: str, operation: str) -> tuple[Fault | None, Fault | None]:
        """A latency and one other fault for this request, each counted down."""
        latency = other = None
        for fault in self._list:
            if not fault.concerns(face, operation) or (latency if fault.kind == "latency" else other) or not self._count_down(fault):
                continue
            if fault.kind == "latency":
                latency = fault
            else:
                other = fault
        if (latency and latency.times) or (other and other.times):
            self.reload()
        return latency, other

    def _count_down(self, fault: Fault) -> bool:
        if fault.times is None:
            return True
        with self._db.transaction():
            return self._db.run("UPDATE fault SET times = times - 1 WHERE id = ? AND times > 0", fault.id) == 1
