# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of requests as the collection opens them: nothing from the environment, no shared cookies, every answer within a budget."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import Any

from ..libraries import requests
from .exchange_budget import BoundedAdapter, ExchangeBudget

PIECE = 64 * 1024


def open_session(connections: int = 1) -> Any:
    """One that takes nothing from the environment: its REQUESTS_CA_BUNDLE would silently win over `verify`; of proxies, proxy.py decides.

    Cookies are sent by the authentication that owns them, never by a jar that several agents or servers could share.
    """
    session = requests.Session()
    session.mount("https://", BoundedAdapter(pool_connections=1, pool_maxsize=connections))
    session.mount("http://", BoundedAdapter())
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def own_headers_only(prepared: Any) -> Any:
    """As `auth`, so that a .netrc of the user never replaces our Authorization header."""
    return prepared


def read_body(answer: Any, budget: ExchangeBudget) -> bytes:
    """The whole body, decompressed. Raises BudgetExceeded."""
    body = bytearray()
    for piece in answer.iter_content(PIECE):
        body += piece
        budget.spend_body(len(body))
    return bytes(body)


def cookies_of(answer: Any) -> dict[str, str]:
    """Name to value. Of several with one name, as load balancers set them on different paths, the one whose path fits the request best (RFC 6265, 5.4)."""
    path = answer.request.path_url.partition("?")[0]
    cookies = sorted(answer.cookies, key=lambda cookie: (path.startswith(cookie.path), len(cookie.path)))
    return {cookie.name: cookie.value for cookie in cookies}


def server_chain_of(answer: Any) -> tuple[bytes, ...]:
    """DER of the certificates of the live connection. Python hands out what follows the server's own from 3.13 on; nothing where none is to be had."""
    connection = answer.raw.connection
    # A server that closes after its answer: the connection has let go of its socket, the answer still reads from it.
    socket: Any = getattr(connection, "sock", None) or getattr(getattr(getattr(answer.raw, "_fp", None), "fp", None), "raw", None)
    socket = getattr(socket, "_sock", socket)
    if hasattr(socket, "get_unverified_chain"):
        return tuple(socket.get_unverified_chain())
    certificate = socket.getpeercert(binary_form=True) if hasattr(socket, "getpeercert") else None
    return (certificate,) if certificate else ()
