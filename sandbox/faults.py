# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what goes wrong between a client and us, when someone asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.database import Database

KINDS = ("latency", "429", "503", "reset", "lost_answer", "truncated", "content_type", "nonsense")
DEFAULT_DELAY = 1.0


@dataclass(frozen=True)
class InjectedFault:
    id: int
    operation: str
    face: str | None
    kind: str
    times: int | None
    delay: float | None
    retry_after: int | None

    def concerns(self, face: str, operation: str) -> bool:
        return self.operation in ("*", operation) and self.face in (None, face)


def listed(db: Database) -> list[InjectedFault]:
    rows = db.fetch_all(
        "SELECT id, operation, face, kind, times, delay, retry_after FROM fault WHERE times IS NULL OR times > 0 ORDER BY id"
    )
    return [InjectedFault(*row) for row in rows]


def add(db: Database, fault: InjectedFault) -> int:
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


class FaultQueue:
    """What the server applies; the list is read again when the state was changed by another process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._list: list[InjectedFault] = []
        self.reload()

    def reload(self) -> None:
        self._list = listed(self._db)

    def take(self, face: str, operation: str) -> tuple[InjectedFault | None, InjectedFault | None]:
        """A latency and one other fault for this request, each counted down."""
        latency = failure = None
        for fault in self._list:
            if not fault.concerns(face, operation) or (latency if fault.kind == "latency" else failure) or not self._count_down(fault):
                continue
            if fault.kind == "latency":
                latency = fault
            else:
                failure = fault
        if (latency and latency.times) or (failure and failure.times):
            self.reload()
        return latency, failure

    def _count_down(self, fault: InjectedFault) -> bool:
        if fault.times is None:
            return True
        with self._db.transaction():
            return self._db.run("UPDATE fault SET times = times - 1 WHERE id = ? AND times > 0", fault.id) == 1
