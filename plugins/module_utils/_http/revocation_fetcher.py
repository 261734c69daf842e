# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CRLs and OCSP responses from where certificates say that they are.

Only these may come over plain HTTP and by redirects, as their addresses say: they are signed, and judged before they are believed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from ..errors import TransportError
from ..libraries import requests
from .exchange_budget import ExchangeBudget, exchange_budget
from .proxy import FROM_ENVIRONMENT, ProxySettings
from .redirects import MOST_REDIRECTS, REDIRECTS, check_address, redirected
from .session import open_session, own_headers_only, read_body
from .transport_failure import explain


@dataclass(frozen=True)
class Redirect:
    """Where a server sends us, and what to post there (None: nothing, a GET)."""

    address: str
    body: bytes | None


class RevocationFetcher:
    """Each list or response is asked for once in the life of this object: all threads of a fleet share one. Failures are remembered as well.

    longest: seconds for one whole answer, redirects included; timeout: for a connection, and for each part of the answer. Nothing is opened before
    the first question.
    """

    def __init__(
        self,
        timeout: float = 10.0,
        longest: float = 60.0,
        proxy_settings: ProxySettings = FROM_ENVIRONMENT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeout = timeout
        self._longest = longest
        self._proxy_settings = proxy_settings
        self._clock = clock
        self._session: Any = None
        self._lock = threading.Lock()  # of what follows; never locked while somebody answers
        self._answers: dict[tuple[str, bytes | None], Future[bytes]] = {}
        self._unreachable: dict[str, TransportError] = {}

    def __call__(self, url: str, body: bytes | None = None) -> bytes:
        """The content; body: an OCSP request to post. Who asks for what another thread is fetching waits for it. Raises TransportError."""
        with self._lock:
            answer = self._answers.get((url, body))
            is_first = answer is None
            if answer is None:
                answer = self._answers[(url, body)] = Future()
        if is_first:
            try:
                answer.set_result(self._follow(url, body))
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

    def _follow(self, url: str, body: bytes | None) -> bytes:
        """A host that takes no connection is asked once: every certificate has an OCSP question of its own, and each would wait anew."""
        address, until = url, self._clock() + self._longest
        for _redirect in range(MOST_REDIRECTS + 1):
            content = self._ask(address, body, until - self._clock())
            if isinstance(content, bytes):
                return content
            address, body = content.address, content.body
        raise TransportError(f"{url}: redirects more than {MOST_REDIRECTS} times", "show it to the PSCE")

    def _ask(self, url: str, body: bytes | None, seconds: float) -> bytes | Redirect:
        host = check_address(url).netloc
        with self._lock:
            unreachable = self._unreachable.get(host)
            self._session = self._session or open_session()
        if unreachable is not None:
            raise unreachable.with_traceback(None)  # else it would keep the frames of everybody who meets it
        with exchange_budget(seconds) as budget:
            try:
                return self._fetch(url, body, budget)
            except (requests.RequestException, OSError, ValueError) as error:
                raise self._failure(url, host, error, budget) from error

    def _failure(self, url: str, host: str, error: Exception, budget: ExchangeBudget) -> TransportError:
        message, hint, arrived, _is_outage = explain(error, self._proxy_before(url))
        if budget.is_late:
            message, hint, arrived = (
                f"has not answered within {self._longest:g} s",
                "is this address still right? show it to the PSCE",
                True,
            )
        elif budget.exceeded:
            message, hint, arrived = budget.exceeded, "is this address still right? show it to the PSCE", True
        failure = TransportError(f"{url}: {message}", hint)
        if not arrived:
            with self._lock:
                self._unreachable[host] = failure
        return failure

    def _proxy_before(self, url: str) -> str:
        """host:port; an address in a certificate may be none at all."""
        try:
            return self._proxy_settings.route_to(url).shown
        except ValueError:
            return ""

    def _fetch(self, url: str, body: bytes | None, budget: ExchangeBudget) -> bytes | Redirect:
        with self._session.request(
            "GET" if body is None else "POST",
            url,
            data=body,
            headers={} if body is None else {"Content-Type": "application/ocsp-request"},
            timeout=min(self._timeout, budget.seconds_left()),
            verify=True,
            proxies=self._proxy_settings.route_to(url).proxies,
            auth=own_headers_only,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code in REDIRECTS:
                # 303 asks for the answer elsewhere; all others for the same question there (RFC 9110, 15.4).
                return Redirect(redirected(url, answer.headers.get("location")), None if answer.status_code == 303 else body)
            if answer.status_code != 200:
                raise TransportError(f"{url} answers with status {answer.status_code}", "is this address still right?")
            return read_body(answer, budget)
