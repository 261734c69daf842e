# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all collectivités of one agent share: its login and its conversations; and what all agents of one run share: the connections.

Every class here may be used by several threads at once. One agent logs in once, however many threads ask.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from .auth import Credentials, Visit, authentication
from .errors import AuthenticationFailed, InvalidInput
from .https import ClientCertificate, HttpClient, Request, Response
from .pace import Pace
from .profile import Profile


@dataclass(frozen=True)
class Endpoints:
    """Where the faces are. ca_file: PEM file that signs their server certificates (None: the system's). timeout: seconds."""

    portal_url: str | None
    sifps_url: str | None
    portal_ca_file: str | None = None
    sifps_ca_file: str | None = None
    timeout: float = 30.0

    def of(self, face: str) -> tuple[str, str | None]:
        """(URL, CA file). Raises InvalidInput where the face has no URL."""
        url, ca_file = (self.portal_url, self.portal_ca_file) if face == "portal" else (self.sifps_url, self.sifps_ca_file)
        if not url:
            raise InvalidInput(
                f"{face}_url", "is not set", f"declare antai_{face}_url, or the environment variable ANTAI_{face.upper()}_URL"
            )
        return url, ca_file


class Network:
    """The connections of one run: for each endpoint one pool (of as many as there are workers), one pace, one visit.

    requests_per_second: limit for each endpoint, over all workers; None: none.
    """

    def __init__(self, workers: int = 1, requests_per_second: float | None = None) -> None:
        self._workers = workers
        self._rate = requests_per_second
        self._lock = threading.Lock()
        self._clients: dict[Any, HttpClient] = {}
        self._paces: dict[str, Pace] = {}
        self._visits: dict[Any, Visit] = {}

    @property
    def requests(self) -> int:
        """How many have left so far, logins and repetitions included."""
        with self._lock:
            return sum(pace.turns for pace in self._paces.values())

    def client(self, face: str, endpoints: Endpoints) -> HttpClient:
        """The shared one, without a client certificate."""
        key = (face, endpoints)
        pace = self._pace(face, endpoints)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._made(face, endpoints, pace, None)
            return self._clients[key]

    def own_client(self, face: str, endpoints: Endpoints, certificate: ClientCertificate) -> HttpClient:
        """A new one, that presents this certificate; the caller closes it."""
        return self._made(face, endpoints, self._pace(face, endpoints), certificate)

    def visit(self, face: str, endpoints: Endpoints) -> Visit:
        with self._lock:
            return self._visits.setdefault((face, endpoints), Visit())

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _pace(self, face: str, endpoints: Endpoints) -> Pace:
        with self._lock:
            return self._paces.setdefault(endpoints.of(face)[0].rstrip("/"), Pace(self._rate))

    def _made(self, face: str, endpoints: Endpoints, pace: Pace, certificate: ClientCertificate | None) -> HttpClient:
        url, ca_file = endpoints.of(face)
        return HttpClient(
            url,
            option=f"{face}_url",
            ca_file=ca_file,
            timeout=endpoints.timeout,
            client_certificate=certificate,
            connections=1 if certificate else self._workers,
            pace=pace,
        )


class Conversation:
    """One agent with one face. A 401 is answered by one new login, made by one thread; the others use it."""

    def __init__(self, client: HttpClient, auth_settings: dict[str, Any], credentials: Credentials, visit: Visit | None = None) -> None:
        self._client = client
        self._auth = authentication(auth_settings, credentials, self._session_request, visit)
        self._lock = threading.Lock()
        self._login = 0  # which login it is that the headers come from
        self._in_vain = False  # whether this login follows a 401 and has not served yet
        self._refused: AuthenticationFailed | None = None
        self._counts: Counter[str] = Counter()

    def send(self, request: Request, *, anonymous: bool, kind: str, counts: Counter[str]) -> Response:
        """The answer, whatever its status. counts: of whoever asks, by class of operation; the login is counted for whom it is made."""
        response, login = self._once(request, anonymous, kind, counts)
        # A 401 is said before anything is done: one new login, one repetition, whatever the class of the operation.
        if response.status == 401 and self._login_anew(login):
            response, login = self._once(request, anonymous, kind, counts)
        if response.status != 401:
            self._in_vain = False
        return response

    @property
    def server_chain(self) -> tuple[bytes, ...]:
        """As HttpClient has it."""
        return self._client.server_chain

    def close(self) -> None:
        self._client.close()

    def _once(self, request: Request, anonymous: bool, kind: str, counts: Counter[str]) -> tuple[Response, int]:
        headers, login = self._headers(anonymous, counts)
        counts[kind] += 1
        return self._client.send(replace(request, headers=request.headers | headers)), login

    def _headers(self, anonymous: bool, counts: Counter[str]) -> tuple[dict[str, str], int]:
        with self._lock:
            if self._refused and not anonymous:  # asking a second time with the same password may lock the agent out
                raise self._refused
            self._counts = counts
            try:
                return self._auth.headers(anonymous=anonymous), self._login
            except AuthenticationFailed as error:
                self._refused = error
                raise

    def _login_anew(self, login: int) -> bool:
        """Whether trying again is of use: another thread has logged in since, or this one may."""
        with self._lock:
            if login != self._login:
                return True
            if self._in_vain or not self._auth.forget():
                return False
            self._login += 1
            self._in_vain = True
            return True

    def _session_request(self, request: Request) -> Response:
        self._counts["session"] += 1
        return self._client.send(request)


class Agent:
    """One agent (and editor) and the interface it speaks."""

    def __init__(self, profile: Profile, endpoints: Endpoints, credentials: Credentials, network: Network | None = None) -> None:
        self.profile = profile
        self.endpoints = endpoints
        self.credentials = credentials
        self.network = network or Network()
        self._lock = threading.Lock()
        self._conversations: dict[str, Conversation] = {}

    @property
    def has_login(self) -> bool:
        return bool(self.credentials.username and self.credentials.password)

    def conversation(self, face: str) -> Conversation:
        """The one that all collectivités share."""
        with self._lock:
            if face not in self._conversations:
                client, visit = self.network.client(face, self.endpoints), self.network.visit(face, self.endpoints)
                self._conversations[face] = Conversation(client, self._auth(face), self.credentials, visit)
            return self._conversations[face]

    def own_conversation(self, face: str, certificate: ClientCertificate) -> Conversation:
        """A new one over a connection that presents this certificate; the caller closes it."""
        return Conversation(self.network.own_client(face, self.endpoints, certificate), self._auth(face), self.credentials)

    def _auth(self, face: str) -> dict[str, Any]:
        settings: dict[str, Any] = self.profile.faces[face]["auth"]
        return settings
