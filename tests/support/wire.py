# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is a function, for what operations.py makes of a profile: what was sent, and what comes back."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client import HttpClient
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._interface import agent
from ansible_collections.collectivites.antai.plugins.module_utils._interface.agent import Agent, Endpoints
from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.profile import Profile
from tests.support.interfaces import INTERFACES

Handler = Callable[[Request], Response]


def told(content: Any = None, status: int = 200, **headers: str) -> Response:
    body = content if isinstance(content, bytes) else (b"" if content is None else json.dumps(content).encode())
    kind = {"content-type": "application/pdf" if body.startswith(b"%PDF") else "application/json"} if body else {}
    return Response(status, kind | {name.replace("_", "-"): value for name, value in headers.items()}, body, {})


class Wire:
    """handle: the server. sent: every request, in order; slept: every pause."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, handle: Handler) -> None:
        self.handle = handle
        self.sent: list[Request] = []
        self.slept: list[float] = []
        self.time = 0.0
        wire = self

        class Client(HttpClient):
            def send(self, request: Request) -> Response:
                wire.sent.append(request)
                return wire.handle(request)

        monkeypatch.setattr(agent, "HttpClient", Client)

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.sent]

    def _pause(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def operations(self, changes: Callable[[dict[str, Any]], None] | None = None, **credentials: Any) -> Operations:
        """The shipped profile, its authentication a token, with changes."""
        content = copy.deepcopy(INTERFACES["sandbox"].content())
        content["faces"]["portal"]["auth"] = {"method": "bearer"}
        if changes:
            changes(content)
        credentials_given = Credentials(**{"token": "t", **credentials})
        endpoints = Endpoints("https://portal.example/racine", "https://sifps.example")
        return Operations(Agent(Profile(content), endpoints, credentials_given), pause=self._pause, monotonic=lambda: self.time)
