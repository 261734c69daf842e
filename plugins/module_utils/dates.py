# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instants as text, in the one form that results and the store use (RFC 3339, UTC, whole seconds, ending in Z); durations as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import TypeVar

Day = TypeVar("Day", date, datetime)
DURATION = re.compile(r"([0-9]{1,6})([smhd]?)")
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def utc_now() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)


def instant(moment: datetime) -> str:
    """An aware UTC moment as text."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def parse_date(text: str) -> datetime:
    """An RFC 3339 instant; without an offset it is taken as UTC. Raises ValueError."""
    instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)


def date_or_none(text: str | None) -> datetime | None:
    """Of a text that a server gave: None where there is none, or where it is no instant."""
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


def later(moment: Day, duration: timedelta) -> Day:
    """The day or the moment so much later; the calendar's last (31 December 9999) where that lies beyond it, as "no end" is often written so."""
    try:
        return moment + duration
    except OverflowError:
        return datetime.max.replace(microsecond=0, tzinfo=moment.tzinfo) if isinstance(moment, datetime) else date.max


def parse_duration(text: str) -> timedelta:
    """A whole number of s, m, h or d: 7d, 36h, 0. Raises ValueError."""
    match = DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])
