# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that opens connections (probe.py looks at them, and is the only other one): TLS, proxies, time-outs, bounded bodies, patience.

Certificates are always verified; there is no switch against it. Redirects are not followed: a notice must never be sent elsewhere.
Only CRLs and OCSP responses may come over plain HTTP and by redirects, as their addresses say: they are signed, and judged before they are believed.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from ..compute_lock import aside
from ..errors import InvalidInput, TransportError
from ..libraries import requests
from .endpoints import check_server
from .proxy import FROM_ENVIRONMENT, Proxying
from .rate_limit import LONGEST_RETRY_AFTER, Pace
from .redirects import MOST_REDIRECTS, REDIRECTS, check_address, redirected

MAX_BODY = 16 * 1024 * 1024
# A read is repeated after these pauses (seconds) when the connection breaks or the server is busy; a write never after a break.
PAUSES = (0.2, 1.0, 3.0)
BUSY = (429, 503)


@dataclass(frozen=True)
class Request:
    """What to send. json: a body as JSON; content: one in any other form, its Content-Type among the headers.

    query: a value may be a tuple, for a parameter that is repeated. safe: repeating it changes nothing (operation classes read and session).
    rooted: the path, with its query, begins at the server's root rather than at the base URL (the server itself has named it).
    """

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    safe: bool = True
    content: bytes | None = None
    rooted: bool = False

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
class ClientCertificate:
    """For mutual TLS: paths of a PEM certificate (its chain may follow) and of its unencrypted PEM private key."""

    certificate: str
    key: str

    @contextmanager
    def files(self) -> Iterator[tuple[str, str]]:
        """Paths that are good as long as the context is open."""
        yield self.certificate, self.key


@dataclass(frozen=True)
class ClientCertificateInMemory(ClientCertificate):
    """The same as PEM texts instead of paths: this key never touches the disk. Python's TLS takes paths only, so both lie in anonymous memory."""

    key: str = field(repr=False)

    @contextmanager
    def files(self) -> Iterator[tuple[str, str]]:
        """Raises InvalidInput where the system has no anonymous files."""
        if not hasattr(os, "memfd_create"):
            raise InvalidInput(
                "private_key_content",
                "this system gives TLS no way to a key that is not in a file (memfd_create, of Linux, is missing)",
                "run the task on Linux, or declare unencrypted PEM files (certificate and private_key) that only their owner can read",
            )
        with ExitStack() as opened:
            yield _anonymous(opened, "certificate", self.certificate), _anonymous(opened, "key", self.key)


def _anonymous(opened: ExitStack, name: str, text: str) -> str:
    """The path of a file that exists in memory only, as long as `opened` is."""
    file = opened.enter_context(os.fdopen(os.memfd_create(f"antai-{name}"), "w", encoding="ascii"))
    file.write(text)
    file.flush()
    return f"/proc/self/fd/{file.fileno()}"


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
CLIENT_REFUSED = "the server refuses the client certificate during the TLS handshake"


class HttpClient:
    """One base URL, one pool of connections, at most one client certificate. Threads may share it.

    option, ca_option: what the user has to correct where the URL or the CA file is wrong. ca_file: PEM; None: the CAs that `requests` brings.
    connections: how many are kept open, one for each thread that asks at the same time. pace: shared by all clients of one endpoint.
    pauses: seconds before each repetition of what may be repeated. observer: told of everything that is sent.
    """

    def __init__(
        self,
        base_url: str,
        *,
        option: str = "url",
        ca_file: str | None = None,
        ca_option: str = "ca_file",
        timeout: float = 30.0,
        client_certificate: ClientCertificate | None = None,
        connections: int = 1,
        pace: Pace | None = None,
        proxying: Proxying = FROM_ENVIRONMENT,
        pauses: tuple[float, ...] = PAUSES,
        observer: Observer | None = None,
    ) -> None:
        self.base_url = check_server(base_url, option).rstrip("/")
        self.origin = "/".join(self.base_url.split("/")[:3])
        self._timeout = timeout
        self._pace = pace or Pace()
        self._pauses = pauses
        self._observer = observer
        # Found once: at each request it would cost more than the request itself.
        self._way = proxying.way_to(self.base_url)
        # Given with each request: verification never hangs on the state of a session.
        self._verify: str | bool = ca_file or True
        self._ca_option = ca_option
        self._opened = ExitStack()
        self._certificate = self._opened.enter_context(client_certificate.files()) if client_certificate else None
        # DER of the certificates that the server has shown, its own first; empty before the first answer.
        self.server_chain: tuple[bytes, ...] = ()
        # How far our clock was ahead of the server's (header Date) at its last answer; None before, and where it says nothing.
        self.clock_offset: timedelta | None = None
        self._session = _session(connections)
        # Cookies are sent by the authentication that owns them, never by a jar that several agents could share.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(self, request: Request) -> Response:
        """The answer, whatever its status. Raises TransportError when there is none, ambiguous where a write may have been done."""
        with aside():
            for pause in self._pauses:
                try:
                    response = self._in_turn(request)
                except TransportError as error:
                    if not (request.safe and error.passing):
                        raise
                    self._pace.pause(pause)
                    continue
                wait = self._patience(request, response, pause)
                if wait is None:
                    return response
                if wait:
                    self._pace.pause(wait)
            return self._in_turn(request)

    def _in_turn(self, request: Request) -> Response:
        self._pace.await_turn()
        response = self._once(request)
        if response.status in BUSY and (asked := retry_after(response)):
            self._pace.hold_back(asked)
        return response

    def close(self) -> None:
        self._session.close()
        self._opened.close()

    def url_of(self, request: Request) -> str:
        """The address that this request goes to, without its query."""
        return (self.origin if request.rooted else self.base_url) + request.path

    @staticmethod
    def _patience(request: Request, response: Response, pause: float) -> float | None:
        """Seconds to pause before repeating, or None to take the answer as it is. 429 says that nothing was done; 503 does not.

        What Retry-After asks for is not paused here: it holds back everybody (Pace).
        """
        if response.status not in BUSY or (response.status != 429 and not request.safe):
            return None
        asked = retry_after(response)
        if asked is None:
            return pause
        return 0.0 if asked <= LONGEST_RETRY_AFTER else None

    def _once(self, request: Request) -> Response:
        begun, response, error = time.monotonic(), None, None
        try:
            response = self._exchanged(request)
        except TransportError as found:
            error = found
            raise
        finally:
            if self._observer:
                seconds = time.monotonic() - begun
                self._observer(Exchange(self.url_of(request), request, response, error, seconds, datetime.now(timezone.utc)))
        return response

    def _exchanged(self, request: Request) -> Response:
        try:
            with self._session.request(
                request.method,
                self.url_of(request),
                params=request.query or None,
                headers=request.headers,
                json=request.json,
                data=request.content,
                timeout=self._timeout,
                verify=self._verify,
                cert=self._certificate,
                proxies=self._way.proxies,
                auth=_own_headers_only,
                allow_redirects=False,
                stream=True,
            ) as answer:
                self.server_chain = self.server_chain or _shown_by_server(answer)
                body = self._body(request, answer)
                headers = {name.lower(): value for name, value in answer.headers.items()}
                self.clock_offset = clock_offset(headers, datetime.now(timezone.utc)) or self.clock_offset
                return Response(answer.status_code, headers, body, dict(answer.cookies))
        except (requests.RequestException, OSError) as error:
            raise self._transport_error(request, error) from error

    def _body(self, request: Request, answer: Any) -> bytes:
        body = bytearray()
        for chunk in answer.iter_content(64 * 1024):
            body += chunk
            if len(body) > MAX_BODY:
                raise TransportError(f"{self.base_url} answers with more than {MAX_BODY} bytes", ambiguous=not request.safe)
        return bytes(body)

    def _transport_error(self, request: Request, error: Exception) -> TransportError:
        what, hint, sent = explain(error, self._way.shown, self._ca_option)
        if sent and self._certificate:
            hint += "; a server that does not accept the client certificate may close the connection like this"
        return TransportError(
            f"{self.base_url}: {what}",
            hint,
            ambiguous=sent and not request.safe,
            passing=sent,
            method=request.method,
            path=request.path,
            timed_out=isinstance(error, requests.exceptions.ReadTimeout),
            client_refused=what == CLIENT_REFUSED,
        )


@dataclass(frozen=True)
class Redirect:
    """Where a server sends us, and what to post there (None: nothing, a GET)."""

    address: str
    body: bytes | None


class Fetcher:
    """CRLs and OCSP responses, each asked for once in the life of this object: all threads of a fleet share one. Failures are remembered as well.

    longest: seconds for one whole answer; timeout: for a connection, and for each part of it. Nothing is opened before the first question.
    """

    def __init__(
        self,
        timeout: float = 10.0,
        longest: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        proxying: Proxying = FROM_ENVIRONMENT,
    ) -> None:
        self._timeout = timeout
        self._longest = longest
        self._clock = clock
        self._proxying = proxying
        self._session: Any = None
        self._lock = threading.Lock()  # of what follows; never held while somebody answers
        self._answers: dict[tuple[str, bytes | None], Future[bytes]] = {}
        self._silent: dict[str, TransportError] = {}

    def __call__(self, url: str, body: bytes | None = None) -> bytes:
        """The content; body: an OCSP request to post. Who asks for what another thread is fetching waits for it. Raises TransportError."""
        with self._lock:
            answer = self._answers.get((url, body))
            mine = answer is None
            if answer is None:
                answer = self._answers[(url, body)] = Future()
        with aside():
            if mine:
                try:
                    answer.set_result(self._settled(url, body))
                except BaseException as error:  # whatever it is, nobody may wait for ever
                    answer.set_exception(error)
            failure = answer.exception()
            if failure:
                raise failure.with_traceback(None)
            return answer.result()

    def close(self) -> None:
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None

    def _settled(self, url: str, body: bytes | None) -> bytes:
        """A host that takes no connection is asked once: every certificate has an OCSP question of its own, and each would wait anew."""
        address, until = url, self._clock() + self._longest
        for _redirect in range(MOST_REDIRECTS + 1):
            content = self._asked(address, body, until)
            if isinstance(content, bytes):
                return content
            address, body = content.address, content.body
        raise TransportError(f"{url}: redirects more than {MOST_REDIRECTS} times", "show it to the PSCE")

    def _asked(self, url: str, body: bytes | None, until: float) -> bytes | Redirect:
        host = check_address(url).netloc
        try:
            with self._lock:
                silent = self._silent.get(host)
                self._session = self._session or _session_without_cookies()
            if silent is not None:
                raise silent.with_traceback(None)  # else it would keep what each of us was about
            return self._fetched(url, body, until)
        except (requests.RequestException, OSError, ValueError) as error:
            what, hint, sent = explain(error, self._proxy_before(url))
            failure = TransportError(f"{url}: {what}", hint)
            if not sent:
                with self._lock:
                    self._silent[host] = failure
            raise failure from error

    def _proxy_before(self, url: str) -> str:
        """host:port; an address in a certificate may be none at all."""
        try:
            return self._proxying.way_to(url).shown
        except ValueError:
            return ""

    def _fetched(self, url: str, body: bytes | None, until: float) -> bytes | Redirect:
        with self._session.request(
            "GET" if body is None else "POST",
            url,
            data=body,
            headers={} if body is None else {"Content-Type": "application/ocsp-request"},
            timeout=self._timeout,
            verify=True,
            proxies=self._proxying.way_to(url).proxies,
            auth=_own_headers_only,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code in REDIRECTS:
                # 303 asks for the answer elsewhere; all others for the same question there (RFC 9110, 15.4).
                return Redirect(redirected(url, answer.headers.get("location")), None if answer.status_code == 303 else body)
            if answer.status_code != 200:
                raise TransportError(f"{url} answers with status {answer.status_code}", "is this address still right?")
            content = bytearray()
            for chunk in answer.iter_content(64 * 1024):
                content += chunk
                if len(content) > MAX_BODY:
                    raise TransportError(f"{url} answers with more than {MAX_BODY} bytes")
                if self._clock() > until:
                    raise TransportError(f"{url} has not answered within {self._longest:g} s")
        return bytes(content)


def _shown_by_server(answer: Any) -> tuple[bytes, ...]:
    """The certificates of the live connection. Python hands out what follows the server's own from 3.13 on; nothing where none is to be had."""
    connection = answer.raw.connection
    # A server that closes after its answer: the connection has let go of its socket, the answer still reads from it.
    socket: Any = getattr(connection, "sock", None) or getattr(getattr(getattr(answer.raw, "_fp", None), "fp", None), "raw", None)
    socket = getattr(socket, "_sock", socket)
    if hasattr(socket, "get_unverified_chain"):
        return tuple(socket.get_unverified_chain())
    own = socket.getpeercert(binary_form=True) if hasattr(socket, "getpeercert") else None
    return (own,) if own else ()


def _session(connections: int = 1) -> Any:
    """One that takes nothing from the environment: its REQUESTS_CA_BUNDLE would silently win over `verify`; of proxies, proxy.py decides."""
    session = requests.Session()
    session.mount("https://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=connections))
    session.trust_env = False
    return session


def _session_without_cookies() -> Any:
    """For servers that are nobody's account: what one sets, no other gets to see."""
    session = _session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _own_headers_only(prepared: Any) -> Any:
    """Given as `auth` so that a .netrc of the user never replaces our Authorization header."""
    return prepared


def clock_offset(headers: dict[str, str], now: datetime) -> timedelta | None:
    """How far `now` is ahead of the header Date (RFC 9110, 6.6.1: to the second); None where there is none that can be read."""
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=timezone.utc))


def retry_after(response: Response) -> float | None:
    """Seconds asked for by Retry-After (RFC 9110, 10.2.3): a number, or a date read against the answer's own Date."""
    value = response.headers.get("retry-after")
    if value is None:
        return None
    if value.isdecimal():
        return float(value)
    try:
        asked = parsedate_to_datetime(value) - parsedate_to_datetime(response.headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, asked.total_seconds())


def explain(error: Exception, proxy: str = "", ca_option: str = "ca_file") -> tuple[str, str, bool]:
    """(what happened, what to do, may the request have reached the server?). proxy: host:port of the one in use. ca_option: what names the CA file."""
    text = str(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return (*_explain_proxy(text, proxy), False)
    if isinstance(error, requests.exceptions.SSLError) or "[SSL:" in text or "SSLError" in text:
        return _explain_tls(text, ca_option)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "no connection in time", "check the address, the firewall and the proxy", False
    if isinstance(error, requests.exceptions.ReadTimeout):
        return "no answer in time", "try again; raise timeout if the server is slow", True
    if "NameResolutionError" in text or "Name or service not known" in text:
        return "this host name does not resolve", "check the URL and the DNS", False
    if "Connection refused" in text or "NewConnectionError" in text:
        return "connection refused", "check the URL and that the server runs", False
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        unreadable = _explain_file(error, text, ca_option)
        if unreadable:
            return (*unreadable, False)
    return "the connection broke before the answer was complete", "try again; the next run observes first", True


def _explain_file(error: OSError, text: str, ca_option: str) -> tuple[str, str] | None:
    """Of a file that TLS was to read; None where the error is about none."""
    path = text.rpartition("invalid path: ")[2]
    if "CA certificate bundle" in text:
        return f"there is no CA file {path}", f"correct {ca_option}: the path of a PEM file on the machine where the task runs"
    found = re.search(r"TLS (certificate|key) file", text)
    if found:
        which = "client certificate" if found[1] == "certificate" else "private key of the client certificate"
        return f"there is no {which} {path}", "check the path on the machine where the task runs"
    if isinstance(error, PermissionError):
        return "the client certificate or its key may not be read", "check their owner and mode on the machine where the task runs"
    return None


def _explain_proxy(text: str, proxy: str) -> tuple[str, str]:
    found = re.search(r"Tunnel connection failed: ([0-9]{3})", text)
    if found is None:
        return f"the proxy {proxy} cannot be reached", "check proxy (antai_proxy), or the proxy variables of the environment"
    if found[1] == "407":
        return (
            f"the proxy {proxy} asks for credentials",
            "give them in the URL: http://user:password@host:port (antai_proxy, or the proxy variables of the environment)",
        )
    return (
        f"the proxy {proxy} does not let this through (HTTP {found[1]})",
        "have this host allowed there, or name it in NO_PROXY where it is reached directly",
    )


def _explain_tls(text: str, ca_option: str) -> tuple[str, str, bool]:
    if "CERTIFICATE_VERIFY_FAILED" in text:
        reason = text.split("certificate verify failed:")[-1].split("(")[0].strip()
        return (
            f"the server's certificate is not accepted: {reason}",
            f"give the CA that signs it ({ca_option}); verification is never turned off",
            False,
        )
    if "NO_CERTIFICATE_OR_CRL_FOUND" in text:
        return "the CA file holds no certificate", f"give a file with the CA's certificate in PEM ({ca_option})", False
    if "Permission denied" in text:
        return "the CA file may not be read", f"check its owner and mode on the machine where the task runs ({ca_option})", False
    if "EOF occurred" in text:  # with TLS, a connection that breaks while we write; or a port that closes at the handshake
        return (
            "the connection broke before the answer was complete",
            "try again, and check that this port speaks TLS; the next run observes first",
            True,
        )
    if "alert" in text.lower():  # TLS 1.3 sends it after the handshake, while the first answer is read
        return (
            CLIENT_REFUSED,
            "check that the certificate comes from a PSCE the server trusts, and that key and certificate belong together",
            False,
        )
    return "the TLS connection failed", "check that this port speaks TLS", False
