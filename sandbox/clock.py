# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's movable clock: real time plus an offset that is kept in the state."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from wsgiref.handlers import format_date_time

# RFC 3339 years must stay writable and certificates computable whatever the offset.
EARLIEST = datetime(2017, 1, 2, tzinfo=UTC)
LATEST = datetime(2090, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self, offset: int = 0) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.fromtimestamp(int(time.time()) + self.offset, UTC)

    def http_date(self) -> str:
        """For the header Date (RFC 9110, 6.6.1)."""
        return format_date_time(int(time.time()) + self.offset)


def offset_for(target: datetime) -> int:
    return int(target.timestamp()) - int(time.time())


def moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def parse_moment(text: str) -> datetime:
    """Accept 2027-01-01, 2027-01-01T12:00:00Z or an offset; what has no zone is UTC."""
    value = datetime.fromisoformat(text)
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).replace(microsecond=0)


def shift(now: datetime, days: float = 0, hours: float = 0, seconds: float = 0) -> datetime:
    return now + timedelta(days=days, hours=hours, seconds=seconds)
