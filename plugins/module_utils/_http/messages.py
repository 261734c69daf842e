# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent over HTTP and what comes back, whole; and the two headers about time, read from an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from ..errors import TransportError

# Seconds. A server that asks for more is taken to ask for this: nobody plans beyond, and larger numbers are no dates.
LONGEST_RETRY = 366 * 86_400.0


@dataclass(frozen=True)
class Request:
    """What to send. json: a body as JSON; content: one in any other form, its Content-Type among the headers.

    query: a value may be a tuple, for a parameter that is repeated. safe: repeating it changes nothing (operation classes read and session).
    rooted: the path, with its query, begins at the server's root rather than at the base URL (the server itself has named it).
    subject: the collectivité or the agent that it is for (circuit.py).
    """

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    safe: bool = True
    content: bytes | None = None
    rooted: bool = False
    subject: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two requests the same question."""
        return (
            self.method,
            self.path,
            tuple(sorted(self.query.items())),
            tuple(sorted(self.headers.items())),
            repr(self.json),
            self.content,
        )


@dataclass(frozen=True)
class Response:
    """What came back, whole. headers: names in lower case. cookies: name to value."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: dict[str, str]

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass(frozen=True)
class Exchange:
    """A request as it was sent, and what came of it: an answer, or an error. url: whole, without query. at: our clock at the end (UTC)."""

    url: str
    request: Request
    response: Response | None
    error: TransportError | None
    seconds: float
    at: datetime


Observer = Callable[[Exchange], None]


def clock_offset(headers: dict[str, str], now: datetime) -> timedelta | None:
    """How far `now` is ahead of the header Date (RFC 9110, 6.6.1: to the second); None where there is none that can be read."""
    server_time = http_date(headers.get("date"))
    if server_time is None:
        return None
    return now - (server_time if server_time.tzinfo else server_time.replace(tzinfo=timezone.utc))


def retry_after(response: Response) -> float | None:
    """Seconds asked for by Retry-After (RFC 9110, 10.2.3), at most LONGEST_RETRY: a number, or a date read against the answer's own Date."""
    value = response.headers.get("retry-after")
    if value is None:
        return None
    if value.isdecimal():
        return min(float(value), LONGEST_RETRY)
    retry_at, server_time = http_date(value), http_date(response.headers.get("date"))
    if retry_at is None or server_time is None or (retry_at.tzinfo is None) != (server_time.tzinfo is None):
        return None
    return min(max(0.0, (retry_at - server_time).total_seconds()), LONGEST_RETRY)


def http_date(text: str | None) -> datetime | None:
    """A date of HTTP (RFC 9110, 5.6.7) whose UTC can be told; None for anything else, a year beyond 9999 among it."""
    try:
        moment = parsedate_to_datetime(text or "")
        if moment.tzinfo is not None:
            moment = moment.astimezone(timezone.utc)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return moment
