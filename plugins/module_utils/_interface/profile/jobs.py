# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes that go on after their answer: 202, then a job to look at until it is done, failed, or the run has waited long enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from ..._http.links import on_the_same_server
from ..._http.messages import Request, Response, retry_after
from ...errors import RequestError
from .expressions import Unexplained, by_word, compiled, search, translated
from .templates import path, word

ACCEPTED = (202,)
INTERVAL, TIMEOUT = 1.0, 30.0
SEE_OTHER, GONE = 303, (404, 410)
# Of a job whose state no body tells.
DONE, FAILED = (200, 201, 204, 205), (400, 409, 412, 422)


@dataclass(frozen=True)
class Job:
    """Where the server tells how far it is. path: with its query; rooted: from the server's root rather than from the base URL."""

    operation: str
    path: str
    rooted: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def request(self) -> Request:
        return Request("GET", self.path, headers={"Accept": "application/json"}, rooted=self.rooted)


class JobFollowing:
    """data: the profile's `job`, checked. base: what paths begin with."""

    def __init__(self, operation: str, declaration: dict[str, Any], base: str) -> None:
        self._operation = operation
        self._base = base
        self._path = declaration.get("path")
        self._id = compiled(declaration.get("id"))
        self._link = compiled(declaration.get("link"))
        self._header = declaration.get("header", "Location")
        self._state = compiled(declaration.get("state"))
        self._states = by_word(declaration.get("states", {}))
        self.statuses = tuple(declaration.get("status", ACCEPTED))
        self.interval = float(declaration.get("interval", INTERVAL))
        self.timeout = float(declaration.get("timeout", TIMEOUT))

    def begun(self, response: Response, body: Any, url: str, values: dict[str, Any]) -> Job:
        """The job that this answer announces. values: of the operation. Raises Unexplained."""
        if self._path:
            identifier = search(self._id, body)
            if identifier is None or isinstance(identifier, (dict, list)):
                raise Unexplained("no identifier of the job where the profile looks for it")
            values["job"] = word(identifier)
            return Job(self._operation, self._base + path(self._path, values), False)
        location = search(self._link, body) if self._link else response.headers.get(self._header.lower())
        location = None if location is None else str(location)
        address = on_the_same_server(url, location) if location else None
        if address is None:
            raise Unexplained(f"a job has begun, and its address is {location or 'missing'}: nothing on this server to look at")
        return Job(self._operation, address, True)

    def state(self, response: Response, body: Any) -> str:
        """pending, done or failed; `unknown` where the server knows the job no more. Raises Unexplained."""
        if response.status in GONE:
            return "unknown"
        if response.status == SEE_OTHER:
            return "done"
        if self._state is None and response.status in (*DONE, *FAILED) and response.status not in self.statuses:
            return "done" if response.status in DONE else "failed"
        if self._state is None and response.status in self.statuses:
            return "pending"
        if self._state is None or (response.status != 200 and response.status not in self.statuses):
            raise Unexplained(f"looking at the job: HTTP {response.status}")
        return str(translated(self._states, search(self._state, body), "state of the job:"))


def follow(
    following: JobFollowing,
    look: Callable[[], tuple[str, Response]],
    pause: Callable[[float], None],
    monotonic: Callable[[], float],
) -> tuple[str, Response | None]:
    """Look until it is done or failed, or the time is over: then `pending`. A look that fails tells nothing of the job."""
    deadline = monotonic() + following.timeout
    while True:
        response: Response | None = None
        try:
            state, response = look()
        except (Unexplained, RequestError):
            state = "pending"
        if state in ("done", "failed"):
            return state, response
        seconds = retry_after(response) if response else None
        wait = following.interval if seconds is None else seconds
        if monotonic() + wait > deadline:
            return "pending", response
        pause(wait)
