# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of one server: TLS, proxies, time-outs, bounded answers, repetitions.

Certificates are always verified; there is no switch against it. Redirects are not followed: a notice must never be sent elsewhere.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from ..errors import TransportError
from ..libraries import requests
from .circuit import Circuit
from .client_certificate import ClientCertificate
from .endpoints import check_server
from .exchange_budget import ExchangeBudget, exchange_budget
from .messages import Exchange, Observer, Request, Response, clock_offset, retry_after
from .proxy import FROM_ENVIRONMENT, ProxySettings
from .rate_limit import LONGEST_RETRY_AFTER, RateLimit
from .session import cookies_of, open_session, own_headers_only, read_body, server_chain_of
from .transport_failure import CLIENT_REFUSED, Failure, explain

# A read is repeated after these pauses (seconds) when the connection breaks or the server is busy; a write never after a break.
PAUSES = (0.2, 1.0, 3.0)
BUSY = (429, 503)
# A whole exchange may last so many times the time-out of one of its reads.
WHOLE_EXCHANGE = 4


@dataclass(frozen=True)
class Server:
    """Where requests go. option, ca_option: what the user has to correct where the URL or the CA file is wrong.

    ca_file: PEM; None: the CAs that `requests` brings. timeout: seconds for a connection, and for each part of an answer; a whole exchange may
    last four times as long.
    """

    url: str
    option: str = "url"
    ca_file: str | None = None
    ca_option: str = "ca_file"
    timeout: float = 30.0
    proxy_settings: ProxySettings = FROM_ENVIRONMENT


@dataclass(frozen=True)
class Traffic:
    """How a server is asked, by all its clients together. pauses: seconds before each repetition of what may be repeated.

    observer: is called with everything that is sent.
    """

    circuit: Circuit
    rate_limit: RateLimit = field(default_factory=RateLimit)
    pauses: tuple[float, ...] = PAUSES
    observer: Observer | None = None


class HttpClient:
    """One server, one pool of connections, at most one client certificate. Threads may share it.

    connections: how many are kept open, one for each thread that asks at the same time. traffic: None where nobody else asks this server.
    """

    def __init__(
        self,
        server: Server,
        *,
        client_certificate: ClientCertificate | None = None,
        connections: int = 1,
        traffic: Traffic | None = None,
    ) -> None:
        self.base_url = check_server(server.url, server.option).rstrip("/")
        self.origin = "/".join(self.base_url.split("/")[:3])
        self._server = server
        self._traffic = traffic or Traffic(Circuit(self.origin))
        # Looked up once: at each request it would cost more than the request itself.
        self._route = server.proxy_settings.route_to(self.base_url)
        self._resources = ExitStack()
        self._certificate = self._resources.enter_context(client_certificate.files()) if client_certificate else None
        # DER of the certificates that the server has shown, its own first; empty before the first answer.
        self.server_chain: tuple[bytes, ...] = ()
        # How far our clock was ahead of the server's (header Date) at its last answer; None before, and where it says nothing.
        self.clock_offset: timedelta | None = None
        self._session = open_session(connections)

    def send(self, request: Request) -> Response:
        """The answer, whatever its status. Raises TransportError when there is none, ambiguous where a write may have been done."""
        limit = self._traffic.rate_limit
        for pause in self._traffic.pauses:
            try:
                response = self._in_turn(request)
            except TransportError as error:
                if not (request.safe and error.passing) or (error.is_outage and not self._traffic.circuit.was_answering):
                    raise
                limit.pause(pause)
                continue
            wait = self._patience(request, response, pause)
            if wait is None:
                return response
            if wait:
                limit.pause(wait)
        return self._in_turn(request)

    def close(self) -> None:
        self._session.close()
        self._resources.close()

    def url_of(self, request: Request) -> str:
        """The address that this request goes to, without its query."""
        return (self.origin if request.rooted else self.base_url) + request.path

    def share_failure(self, subject: str, error: TransportError) -> None:
        """A request has failed for this subject, or another one that it depends on (a login)."""
        if error.is_outage:
            self._traffic.circuit.record_failure(subject, error.message)

    def _in_turn(self, request: Request) -> Response:
        circuit, limit = self._traffic.circuit, self._traffic.rate_limit
        circuit.check()
        limit.await_turn()
        try:
            response = self._once(request)
        except TransportError as error:
            self.share_failure(request.subject, error)
            raise
        if response.status >= 500:
            circuit.record_failure(request.subject, f"HTTP {response.status}", answered=True)
        else:
            circuit.record_answer()
        seconds = retry_after(response)
        if response.status in BUSY and seconds:
            limit.hold_back(seconds)
        return response

    @staticmethod
    def _patience(request: Request, response: Response, pause: float) -> float | None:
        """Seconds to pause before repeating, or None to take the answer as it is. 429 says that nothing was done; 503 does not.

        What Retry-After asks for is not paused here: it holds back everybody (RateLimit).
        """
        if response.status not in BUSY or (response.status != 429 and not request.safe):
            return None
        seconds = retry_after(response)
        if seconds is None:
            return pause
        return 0.0 if seconds <= LONGEST_RETRY_AFTER else None

    def _once(self, request: Request) -> Response:
        begin, response, failure = time.monotonic(), None, None
        try:
            response = self._exchanged(request)
        except TransportError as error:
            failure = error
            raise
        finally:
            if self._traffic.observer:
                seconds = time.monotonic() - begin
                self._traffic.observer(Exchange(self.url_of(request), request, response, failure, seconds, datetime.now(timezone.utc)))
        return response

    def _exchanged(self, request: Request) -> Response:
        with exchange_budget(WHOLE_EXCHANGE * self._server.timeout) as budget:
            try:
                return self._answer(request, budget)
            except (requests.RequestException, OSError) as error:
                raise self._transport_error(request, error, budget) from error

    def _answer(self, request: Request, budget: ExchangeBudget) -> Response:
        with self._session.request(
            request.method,
            self.url_of(request),
            params=request.query or None,
            headers=request.headers,
            json=request.json,
            data=request.content,
            timeout=self._server.timeout,
            verify=self._server.ca_file or True,  # with each request: verification never hangs on the state of a session
            cert=self._certificate,
            proxies=self._route.proxies,
            auth=own_headers_only,
            allow_redirects=False,
            stream=True,
        ) as answer:
            self.server_chain = self.server_chain or server_chain_of(answer)
            body = read_body(answer, budget)
            headers = {name.lower(): value for name, value in answer.headers.items()}
            self.clock_offset = clock_offset(headers, datetime.now(timezone.utc)) or self.clock_offset
            return Response(answer.status_code, headers, body, cookies_of(answer))

    def _transport_error(self, request: Request, error: Exception, budget: ExchangeBudget) -> TransportError:
        failure = explain(error, self._route.shown, self._server.ca_option)
        if budget.exceeded:
            failure = Failure(budget.exceeded, "the server, or what stands before it, is in trouble: run again later", arrived=True)
        timed_out = budget.is_late or (failure.arrived and failure.is_outage)
        hint = failure.hint
        if failure.arrived and self._certificate and not budget.exceeded:
            hint += "; a server that does not accept the client certificate may close the connection like this"
        lost = TransportError(
            f"{self.base_url}: {failure.message}",
            hint,
            ambiguous=failure.arrived and not request.safe,
            passing=failure.arrived and not budget.exceeded,
            method=request.method,
            path=request.path,
            timed_out=timed_out,
            client_refused=failure.message == CLIENT_REFUSED,
        )
        lost.is_outage = failure.is_outage or timed_out
        return lost
