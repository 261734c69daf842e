# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all collectivités of one agent share: its login and its conversations; and what all agents of one run share: the connections.

Every class here may be used by several threads at once. One agent logs in once, however many threads ask.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from .._http.circuit import Circuit
from .._http.client import PAUSES, HttpClient, Server, Traffic
from .._http.client_certificate import ClientCertificate
from .._http.messages import Observer, Request, Response
from .._http.proxy import FROM_ENVIRONMENT, ProxySettings
from .._http.rate_limit import RateLimit
from ..errors import AuthenticationFailed, InvalidInput, TransportError
from .auth.methods import Credentials, XsrfSession, authentication, has_credentials, options_of
from .auth.shared_attempt import SharedAttempt
from .profile.profile import Profile


@dataclass(frozen=True)
class Endpoints:
    """Where the faces are. ca_file: PEM file that signs their server certificates (None: those that `requests` brings). timeout: seconds.

    client_certificate: presented by faces whose profile says `client_certificate: declared`. proxy_settings: the proxies before them.
    """

    portal_url: str | None
    sifps_url: str | None
    portal_ca_file: str | None = None
    sifps_ca_file: str | None = None
    timeout: float = 30.0
    client_certificate: ClientCertificate | None = None
    proxy_settings: ProxySettings = FROM_ENVIRONMENT

    def url(self, face: str) -> str | None:
        return self.portal_url if face == "portal" else self.sifps_url

    def ca_file(self, face: str) -> str | None:
        return self.portal_ca_file if face == "portal" else self.sifps_ca_file

    def of(self, face: str) -> tuple[str, str | None]:
        """(URL, CA file). Raises InvalidInput where the face has no URL."""
        url = self.url(face)
        if not url:
            raise InvalidInput(
                f"{face}_url", "is not set", f"declare antai_{face}_url, or the environment variable ANTAI_{face.upper()}_URL"
            )
        return url, self.ca_file(face)


# face, endpoints, client certificate, another server than the face's own.
ClientKey = tuple[str, Endpoints, "ClientCertificate | None", "str | None"]


class Network:
    """The connections of one run: for each endpoint one pool (of as many as there are workers), one rate limit, one circuit, one XSRF session.

    requests_per_second: limit for each endpoint, over all workers; None: none.
    """

    def __init__(self, workers: int = 1, requests_per_second: float | None = None) -> None:
        self._workers = workers
        self._rate = requests_per_second
        self._lock = threading.Lock()
        self._clients: dict[ClientKey, HttpClient] = {}
        self._traffic: dict[str, Traffic] = {}
        self._xsrf_sessions: dict[tuple[str, Endpoints], XsrfSession] = {}
        self._pauses: tuple[float, ...] = PAUSES
        self._observer: Observer | None = None

    @property
    def requests(self) -> int:
        """How many have left so far, logins and repetitions included."""
        with self._lock:
            return sum(traffic.rate_limit.sent for traffic in self._traffic.values())

    @property
    def clock_offset(self) -> timedelta | None:
        """How far our clock is off that of the server whose last answer differs most; positive: ahead. None where nobody has said the time."""
        with self._lock:
            offsets = [client.clock_offset for client in self._clients.values() if client.clock_offset is not None]
        return max(offsets, key=abs, default=None)

    @property
    def servers_down(self) -> list[str]:
        """URLs of the servers whose circuit is open at this moment."""
        with self._lock:
            return [url for url, traffic in self._traffic.items() if traffic.circuit.is_open]

    def watch(self, observer: Observer) -> None:
        """Before the first connection: the observer is called with all that is sent, and nothing is repeated."""
        self._observer, self._pauses = observer, ()

    def client(self, face: str, endpoints: Endpoints, certificate: ClientCertificate | None, server: str | None = None) -> HttpClient:
        """The shared one. certificate: of the agent or the editor. server: URL of another server that this face sends to (for tokens)."""
        key = (face, endpoints, certificate, server)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make_client(face, endpoints, certificate, server, connections=self._workers)
            return self._clients[key]

    def own_client(self, face: str, endpoints: Endpoints, certificate: ClientCertificate, server: str | None = None) -> HttpClient:
        """A new one, that presents this certificate of a collectivité; the caller closes it."""
        with self._lock:
            return self._make_client(face, endpoints, certificate, server, connections=1)

    def xsrf_session(self, face: str, endpoints: Endpoints) -> XsrfSession:
        with self._lock:
            return self._xsrf_sessions.setdefault((face, endpoints), XsrfSession())

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _make_client(
        self, face: str, endpoints: Endpoints, certificate: ClientCertificate | None, token_server: str | None, *, connections: int
    ) -> HttpClient:
        """Under the lock. token_server: URL of another server than the face's own."""
        url, ca_file = endpoints.of(face)
        option, address = ("token_url", token_server) if token_server else (f"{face}_url", url)
        server = Server(address, option, ca_file, f"antai_{face}_ca_file", endpoints.timeout, endpoints.proxy_settings)
        key = address.rstrip("/")
        if key not in self._traffic:
            self._traffic[key] = Traffic(Circuit(key), RateLimit(self._rate), self._pauses, self._observer)
        return HttpClient(server, client_certificate=certificate, connections=connections, traffic=self._traffic[key])


def _is_401(response: Response) -> bool:
    return response.status == 401


class Conversation:
    """One agent with one face. A 401, or what the profile takes for one, is answered by one new login, made by one thread; the others use it.

    always: makes the headers that every request bears, beside the login.
    open_client: opens a connection to the face's server, or to another one (`server`: its URL).
    """

    def __init__(
        self,
        open_client: Callable[..., HttpClient],
        auth_settings: list[dict[str, Any]],
        credentials: Credentials,
        xsrf_session: XsrfSession | None = None,
        *,
        always: Callable[[], dict[str, str]] = dict,
    ) -> None:
        self._client = open_client()
        self._always = always
        self._open_client = open_client
        self._servers: dict[str, HttpClient] = {}
        self._settings = auth_settings
        self._xsrf_session = xsrf_session or XsrfSession()
        self._auth = authentication(auth_settings, credentials, self._session_request, self._xsrf_session)
        self._name = next(
            (f"agent {login}" for login in (credentials.username, credentials.editor_id, credentials.client_id) if login), "agent"
        )
        self._attempt = SharedAttempt()
        self._login = 0  # which login it is that the headers come from
        self._in_vain = False  # whether this login follows a 401 and has not served yet
        self._let_in = False  # whether these credentials have ever served
        self._refused: AuthenticationFailed | None = None
        self._counts: Counter[str] = Counter()

    def send(
        self,
        request: Request,
        *,
        anonymous: bool,
        kind: str,
        counts: Counter[str],
        is_unauthenticated: Callable[[Response], bool] = _is_401,
    ) -> Response:
        """The answer, whatever its status. counts: of whoever asks, by class of operation; the login is counted for whom it is made."""
        response, login = self._once(request, anonymous, kind, counts)
        refused = is_unauthenticated(response)
        # It is said before anything is done: one new login, one repetition, whatever the class of the operation.
        if refused and self._login_anew(login):
            response, login = self._once(request, anonymous, kind, counts)
            refused = is_unauthenticated(response)
        if refused and not anonymous:
            self._shut_out(response)
        elif not refused:
            self._in_vain = False
            self._let_in = self._let_in or not anonymous
        return response

    def log_in(self, counts: Counter[str]) -> None:
        """Begin the session, where there is one. Raises AuthenticationFailed."""
        self._headers(False, counts, self._name)

    @property
    def server_chain(self) -> tuple[bytes, ...]:
        """As HttpClient has it."""
        return self._client.server_chain

    def url_of(self, request: Request) -> str:
        """As HttpClient has it."""
        return self._client.url_of(request)

    def close(self) -> None:
        """For whom it was made; those that are shared are the network's."""
        for client in (self._client, *self._servers.values()):
            client.close()

    def _once(self, request: Request, anonymous: bool, kind: str, counts: Counter[str]) -> tuple[Response, int]:
        request = replace(request, subject=request.subject or self._name)
        headers, login = self._headers(anonymous, counts, request.subject)
        counts[kind] += 1
        return self._client.send(replace(request, headers=self._always() | request.headers | headers)), login

    def _headers(self, anonymous: bool, counts: Counter[str], subject: str) -> tuple[dict[str, str], int]:
        """What a request bears of the login, which is made where there is none; and which login it is."""
        with self._attempt.turn(subject):
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
        with self._attempt.lock:
            if login != self._login:
                return True
            if self._in_vain or not self._auth.forget():
                return False
            self._login += 1
            self._in_vain = True
            return True

    def _shut_out(self, response: Response) -> None:
        """Credentials that have never served and are refused are not shown again: neither a wrong password nor a wrong key, with any method."""
        with self._attempt.lock:
            if not self._let_in and not self._refused:
                named = ", ".join(f"antai_{option}" for option in options_of(self._settings)) or "the client certificate"
                self._refused = AuthenticationFailed(
                    "the server refuses the credentials", f"check {named}; it was not asked again", status=response.status
                )

    def _session_request(self, request: Request, server: str | None = None) -> Response:
        self._counts["session"] += 1
        client = self._to(server)
        try:
            return client.send(replace(request, subject=self._name))
        except TransportError as error:
            for subject in self._attempt.waiting | self._xsrf_session.attempt.waiting:
                client.share_failure(subject, error)
            raise

    def _to(self, server: str | None) -> HttpClient:
        if server is None:
            return self._client
        if server not in self._servers:
            self._servers[server] = self._open_client(server=server)
        return self._servers[server]


class Agent:
    """One agent (and editor) and the interface it speaks."""

    def __init__(self, profile: Profile, endpoints: Endpoints, credentials: Credentials, network: Network | None = None) -> None:
        self.profile = profile
        self.endpoints = endpoints
        self.credentials = credentials
        self.network = network or Network()
        self._lock = threading.Lock()
        self._conversations: dict[str, Conversation] = {}

    @cached_property
    def login_options(self) -> tuple[str, ...]:
        """The options that the portal's authentication needs."""
        return tuple(options_of(self.profile.auth("portal")))

    @cached_property
    def has_login(self) -> bool:
        """Whether all that the portal's authentication needs is declared."""
        presents = self.profile.client_certificate("portal") != "declared" or self.endpoints.client_certificate is not None
        return presents and has_credentials(self.profile.auth("portal"), self.credentials)

    def presents(self, face: str, subject: ClientCertificate | None) -> ClientCertificate | None:
        """The client certificate of a connection to this face. subject: the one that the operation is about. Raises InvalidInput."""
        kind = self.profile.client_certificate(face)
        if kind == "declared" and self.endpoints.client_certificate is None:
            raise InvalidInput(
                "client_certificate", "is not set", f"the profile wants one for the {face}: antai_client_certificate, antai_client_key"
            )
        return {"none": None, "subject": subject, "declared": self.endpoints.client_certificate}[kind]

    def conversation(self, face: str) -> Conversation:
        """The one that all collectivités share."""
        client = partial(self.network.client, face, self.endpoints, self.presents(face, None))
        with self._lock:
            if face not in self._conversations:
                self._conversations[face] = self._begin_conversation(face, client, self.network.xsrf_session(face, self.endpoints))
            return self._conversations[face]

    def own_conversation(self, face: str, certificate: ClientCertificate) -> Conversation:
        """A new one over a connection that presents this certificate, with a login of its own: tokens may be bound to the certificate (RFC 8705).

        The caller closes it.
        """
        return self._begin_conversation(face, partial(self.network.own_client, face, self.endpoints, certificate))

    def _begin_conversation(self, face: str, client: Callable[..., HttpClient], xsrf_session: XsrfSession | None = None) -> Conversation:
        always = partial(_always, self.profile.faces[face])
        return Conversation(client, self.profile.auth(face), self.credentials, xsrf_session, always=always)


# What the requests of one step bear for the server's support, as its intent in the journal says it; outside a step each has one of its own.
step_correlation: ContextVar[str] = ContextVar("step_correlation", default="")


def _always(face: dict[str, Any]) -> dict[str, str]:
    """Headers of every request to this face, with the one for the server's support."""
    name = face.get("correlation_header")
    headers: dict[str, str] = face.get("headers", {})
    return headers | ({name: step_correlation.get() or str(uuid.uuid4())} if name else {})
