# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure parts of https.py: what an error means, how long to be patient, which URLs."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from ansible_collections.collectivites.antai.plugins.module_utils._http.circuit import Circuit
from ansible_collections.collectivites.antai.plugins.module_utils._http.client import PAUSES, HttpClient, Server, Traffic
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import (
    LONGEST_RETRY,
    Request,
    Response,
    clock_offset,
    retry_after,
)
from ansible_collections.collectivites.antai.plugins.module_utils._http.rate_limit import LONGEST_RETRY_AFTER, RateLimit
from ansible_collections.collectivites.antai.plugins.module_utils._http.transport_failure import explain
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, TransportError
from tests.support.words import Clock

READ, WRITE = Request("GET", "/x"), Request("POST", "/x", safe=False)


def response(status: int = 200, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"", {})


DATE = "Mon, 02 Mar 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "1.5"}, None),
        ({"retry_after": "²"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "Mon, 02 Mar 2026 10:00:30 GMT", "date": DATE}, 30.0),
        ({"retry_after": "Mon, 02 Mar 2026 09:00:00 GMT", "date": DATE}, 0.0),
        ({"retry_after": "Mon, 02 Mar 2026 10:00:30 GMT"}, None),
        ({"retry_after": "Mon, 02 Mar 2026 10:00:30 GMT", "date": "x"}, None),
        ({"retry_after": "Mon, 02 Mar 2026 10:00:30 -0000", "date": DATE}, None),
        ({"retry_after": "9" * 400}, LONGEST_RETRY),
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 -2359", "date": DATE}, None),
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 GMT", "date": DATE}, LONGEST_RETRY),
        ({"retry_after": DATE, "date": "Fri, 31 Dec 99999999999999999999 23:59:59 GMT"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(response(503, **headers)) == seconds


@pytest.mark.parametrize(
    "date",
    ["", "soon", "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 02 Mar 999999999999 10:00:00 GMT", "," * 9],
)
def test_a_date_that_no_clock_can_show_tells_no_offset(date: str) -> None:
    assert clock_offset({"date": date}, datetime(2026, 3, 2, tzinfo=UTC)) is None


def waited(request: Request, *answers: Response | Exception) -> tuple[Any, list[float], int]:
    """(status or error, pauses, requests sent) of one `send` that gets these answers; no connection is opened."""
    clock = Clock()
    client = HttpClient(
        Server("https://portal.example"), traffic=Traffic(Circuit("x"), RateLimit(clock=lambda: clock.seconds, pause=clock.pause))
    )
    left = list(answers)

    def once(_request: Request) -> Response:
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client._once = once  # type: ignore[method-assign]
    try:
        return client.send(request).status, clock.pauses, len(answers) - len(left)
    except TransportError as error:
        return error, clock.pauses, len(answers) - len(left)


BROKEN = TransportError("cut", passing=True)
LASTING = TransportError("wrong CA")


@pytest.mark.parametrize(
    ("request_", "answers", "status", "pauses"),
    [
        pytest.param(READ, [response()], 200, [], id="read, answered"),
        pytest.param(READ, [BROKEN, response()], 200, [PAUSES[0]], id="read, cut once"),
        pytest.param(READ, [response(503), response()], 200, [PAUSES[0]], id="read, busy once"),
        pytest.param(READ, [response(429, retry_after="2"), response()], 200, [2.0], id="read, too many, asked to wait"),
        pytest.param(READ, [response(503)] * 4, 503, list(PAUSES), id="read, busy for ever"),
        pytest.param(READ, [response(503, retry_after="61")], 503, [], id="read, asked to wait too long"),
        pytest.param(READ, [response(503, retry_after="60"), response()], 200, [LONGEST_RETRY_AFTER], id="read, asked to wait long"),
        pytest.param(READ, [response(500)], 500, [], id="read, 500"),
        pytest.param(READ, [BROKEN, response(503), response(404)], 404, [PAUSES[0], PAUSES[1]], id="read, cut, busy, not there"),
        pytest.param(WRITE, [response(429), response(201)], 201, [PAUSES[0]], id="write, too many: nothing was done"),
        pytest.param(WRITE, [response(503)], 503, [], id="write, busy: may have been done"),
        pytest.param(WRITE, [response(503, retry_after="1")], 503, [], id="write, busy, asked to wait"),
    ],
)
def test_patience(request_: Request, answers: list[Any], status: int, pauses: list[float]) -> None:
    assert waited(request_, *answers) == (status, pauses, len(answers))


def test_a_write_is_never_repeated_after_a_break() -> None:
    assert waited(WRITE, BROKEN, response()) == (BROKEN, [], 1)


def test_what_does_not_heal_is_not_tried_again() -> None:
    assert waited(READ, LASTING, response()) == (LASTING, [], 1)


def test_a_read_that_breaks_for_ever_is_an_error() -> None:
    assert waited(READ, *[BROKEN] * 4) == (BROKEN, list(PAUSES), 4)


@pytest.mark.parametrize(
    ("error", "what", "sent"),
    [
        (requests.exceptions.ConnectTimeout("x"), "no connection in time", False),
        (requests.exceptions.ReadTimeout("x"), "no answer in time", True),
        (requests.exceptions.ProxyError("x"), "the proxy p:1 cannot be reached", False),
        (requests.exceptions.ProxyError("Tunnel connection failed: 407 No"), "the proxy p:1 asks for credentials", False),
        (requests.exceptions.ProxyError("Tunnel connection failed: 403 No"), "the proxy p:1 does not let this through (HTTP 403)", False),
        (requests.exceptions.ConnectionError("NameResolutionError(...)"), "this host name does not resolve", False),
        (requests.exceptions.ConnectionError("[Errno -2] Name or service not known"), "this host name does not resolve", False),
        (requests.exceptions.ConnectionError("NewConnectionError: [Errno 111] Connection refused"), "connection refused", False),
        (requests.exceptions.ConnectionError("Connection aborted."), "the connection broke before the answer was complete", True),
        (requests.exceptions.ChunkedEncodingError("IncompleteRead"), "the connection broke before the answer was complete", True),
        (ConnectionResetError(104, "reset"), "the connection broke before the answer was complete", True),
        (OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /x"), "there is no CA file /x", False),
        (OSError("Could not find the TLS certificate file, invalid path: /x"), "there is no client certificate /x", False),
        (OSError("Could not find the TLS key file, invalid path: /x"), "there is no private key of the client certificate /x", False),
        (PermissionError(13, "Permission denied"), "the client certificate or its key may not be read", False),
        (
            requests.exceptions.SSLError("(Caused by SSLError(PermissionError(13, 'Permission denied')))"),
            "the CA file may not be read",
            False,
        ),
        (
            requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1)"),
            "the server's certificate is not accepted: self-signed certificate",
            False,
        ),
        (
            requests.exceptions.SSLError("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required"),
            "the server refuses the client certificate during the TLS handshake",
            False,
        ),
        (
            requests.exceptions.ConnectionError("[SSL: SSLV3_ALERT_BAD_CERTIFICATE]"),
            "the server refuses the client certificate during the TLS handshake",
            False,
        ),
        (requests.exceptions.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "the TLS connection failed", False),
        (ssl.SSLError("[SSL: KEY_VALUES_MISMATCH] key values mismatch"), "the TLS connection failed", False),
        (
            requests.exceptions.SSLError("EOF occurred in violation of protocol"),
            "the connection broke before the answer was complete",
            True,
        ),
    ],
)
def test_explain(error: Exception, what: str, sent: bool) -> None:
    message, hint, arrived, _is_outage = explain(error, "p:1")
    assert (message, arrived) == (what, sent)
    assert hint


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /x"), True),
        (OSError("Could not find the TLS certificate file, invalid path: /x"), False),
        (PermissionError(13, "Permission denied"), False),
        (requests.exceptions.SSLError("SSLError(PermissionError(13, 'Permission denied'))"), True),
        (requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: x"), True),
        (requests.exceptions.SSLError("[X509: NO_CERTIFICATE_OR_CRL_FOUND]  SSLError"), True),
        (requests.exceptions.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), False),
    ],
)
def test_what_names_the_ca_file_is_named_where_it_is_to_blame(error: Exception, named: bool) -> None:
    assert ("antai_sifps_ca_file" in explain(error, ca_option="antai_sifps_ca_file")[1]) is named


@pytest.mark.parametrize("url", ["http://portal.example", "portal.example", "", "HTTPS//x", "ftp://x"])
def test_only_https(url: str) -> None:
    with pytest.raises(InvalidInput, match="does not begin with https://"):
        HttpClient(Server(url))


def test_base_url() -> None:
    assert HttpClient(Server("https://portal.example/a/")).base_url == "https://portal.example/a"


@pytest.mark.parametrize(
    ("header", "found"),
    [("application/json", "application/json"), ("Text/HTML; charset=utf-8", "text/html"), (" a/b ;x", "a/b"), ("", "")],
)
def test_content_type(header: str, found: str) -> None:
    assert response(content_type=header).content_type == found
    assert response().content_type == ""
