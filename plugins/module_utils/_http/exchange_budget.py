# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much one exchange may cost, in seconds and in bytes, whatever the server does: it may drip its headers, its chunks or its trailers byte by byte,
or say `100 Continue` without end. A time-out of a socket bounds each read by itself only; here all reads and writes of an exchange share one budget.

The classes stand between urllib3 and http.client: a connection whose responses are read, and whose requests are written, within the budget of the
context (`exchange_budget`). Nothing else of urllib3 is changed: TLS, proxies and pools are its own.
"""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ..libraries import HTTPAdapter, HTTPConnection, HTTPConnectionPool, HTTPSConnection, HTTPSConnectionPool

MAX_BODY = 16 * 1024 * 1024
# Bytes of everything before the body: interim responses, the status line and the headers (of which http.client takes 100).
MAX_HEAD = 256 * 1024
# What chunks and trailers may add to the body.
MAX_FRAMING = 1024 * 1024
# A TLS record: what one write sends.
RECORD = 16 * 1024


class BudgetExceeded(TimeoutError):
    """The exchange has cost all that it may; the text says what, for people."""


class ExchangeBudget:
    """seconds: for the whole exchange, from now on. exceeded: what was too much, for people; None as long as nothing was."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._bytes = MAX_HEAD
        self._limit = f"{MAX_HEAD} bytes before its body"
        self.exceeded: str | None = None
        self.is_late = False

    def seconds_left(self) -> float:
        """Raises BudgetExceeded where the time is over."""
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            self.is_late = True
            raise self._exceed(f"no whole answer within {self._seconds:g} s")
        return seconds

    def spend(self, count: int) -> None:
        """count: bytes that have come. Raises BudgetExceeded."""
        self._bytes -= count
        if self._bytes < 0:
            raise self._exceed(f"the answer has more than {self._limit}")

    def begin_body(self) -> None:
        """The head is complete."""
        self._bytes, self._limit = MAX_BODY + MAX_FRAMING, f"{MAX_BODY} bytes"

    def spend_body(self, size: int) -> None:
        """size: of the body so far, decompressed. Raises BudgetExceeded."""
        if size > MAX_BODY:
            raise self._exceed(f"the answer has more than {MAX_BODY} bytes")

    def _exceed(self, problem: str) -> BudgetExceeded:
        self.exceeded = problem
        return BudgetExceeded(problem)


_current: ContextVar[ExchangeBudget | None] = ContextVar("exchange_budget", default=None)


@contextmanager
def exchange_budget(seconds: float) -> Iterator[ExchangeBudget]:
    """What is sent and read by this thread meanwhile is one exchange."""
    budget = ExchangeBudget(seconds)
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


class BoundedReader(io.RawIOBase):
    """The bytes of a socket, within a budget. raw: as `makefile` gives it; its time-out stays that of each read, unless less time is left."""

    def __init__(self, raw: Any, sock: Any, budget: ExchangeBudget) -> None:
        self._raw = raw
        self._sock = sock
        self._budget = budget
        self._timeout = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._raw.fileno())

    def readinto(self, buffer: Any) -> int | None:
        seconds = self._budget.seconds_left()
        self._sock.settimeout(seconds if self._timeout is None else min(self._timeout, seconds))
        try:
            count: int | None = self._raw.readinto(buffer)
        except TimeoutError:
            self._budget.seconds_left()  # the time of the whole may be over, rather than that of this read
            raise
        self._budget.spend(count or 0)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """As http.client's, within the budget of the context that it is made in."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._budget = _current.get()
        if self._budget is not None:
            self.fp: Any = io.BufferedReader(BoundedReader(self.fp.detach(), sock, self._budget))

    def begin(self) -> None:
        super().begin()
        if self._budget is not None:
            self._budget.begin_body()


def _send_within_budget(connection: Any, content: Any, send: Any) -> None:
    """A server that takes a document byte by byte is slow, too: each record is written within what is left."""
    budget = _current.get()
    if budget is None or not isinstance(content, bytes):
        send(content)
        return
    for begin in range(0, len(content), RECORD):
        seconds = budget.seconds_left()
        if connection.sock is not None:
            connection.sock.settimeout(seconds if connection.timeout is None else min(connection.timeout, seconds))
        send(content[begin : begin + RECORD])


class BoundedConnection(HTTPConnection):
    response_class = BoundedResponse

    def send(self, content: Any) -> None:
        _send_within_budget(self, content, super().send)


class BoundedTlsConnection(HTTPSConnection):
    response_class = BoundedResponse

    def send(self, content: Any) -> None:
        _send_within_budget(self, content, super().send)


class BoundedPool(HTTPConnectionPool):
    ConnectionCls = BoundedConnection


class BoundedTlsPool(HTTPSConnectionPool):
    ConnectionCls = BoundedTlsConnection


POOLS = {"http": BoundedPool, "https": BoundedTlsPool}


class BoundedAdapter(HTTPAdapter):
    """What a session of requests sends through, directly or through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager
