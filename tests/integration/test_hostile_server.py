# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a server does with the bytes of its answer, an exchange ends by its deadline, and the fleet learns that the server is down at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client import WHOLE_EXCHANGE, HttpClient, Server
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request
from ansible_collections.collectivites.antai.plugins.module_utils._http.revocation_fetcher import RevocationFetcher
from ansible_collections.collectivites.antai.plugins.module_utils._interface.agent import Agent, Endpoints, Network
from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.profile import Profile
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AntaiError, CircuitOpen, TransportError
from tests.support.hostile import Hostile, hostile_server
from tests.support.interfaces import INTERFACES

TIMEOUT = 0.3
DEADLINE = WHOLE_EXCHANGE * TIMEOUT
# This machine may be busy: what is not bounded lasts for ever, and what is bounded lasts about its deadline.
SLACK = 5.0
READ = Request("GET", "/x")
HEAD = b"HTTP/1.1 200 OK\r\n"

Send = Callable[[bytes], None]


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Hostile]:
    with hostile_server(tmp_path) as server:
        yield server


def failure_of(server: Hostile, request: Request = READ) -> TransportError:
    client = HttpClient(Server(server.url, ca_file=server.ca_file, timeout=TIMEOUT))
    begin = time.monotonic()
    with pytest.raises(TransportError) as failure:
        client.send(request)
    assert time.monotonic() - begin < DEADLINE + SLACK
    client.close()
    return failure.value


def after(start: bytes, rest: Callable[[Send], None]) -> Callable[[Send], None]:
    def behaviour(send: Send) -> None:
        send(start)
        rest(send)

    return behaviour


@pytest.mark.parametrize(
    ("start", "drops"),
    [
        pytest.param(b"", HEAD, id="status line"),
        pytest.param(HEAD, b"X-Goutte: ", id="headers"),
        pytest.param(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", id="body"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", id="chunks"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0", id="size of a chunk"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Fin: x\r\n", id="trailers"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="interim responses"),
    ],
)
def test_a_dripped_answer_ends_by_the_deadline(hostile: Hostile, start: bytes, drops: bytes) -> None:
    hostile.behaviour = after(start, hostile.drip(drops))
    error = failure_of(hostile)
    # On a busy machine one drop may come too late by itself.
    assert f"no whole answer within {DEADLINE:g} s" in error.message or "no answer in time" in error.message
    assert error.is_outage
    assert not error.passing
    assert hostile.connections == 1, "what is slow is not asked again"


def flood(text: bytes) -> Callable[[Send], None]:
    def behaviour(send: Send) -> None:
        while True:
            send(text)

    return behaviour


@pytest.mark.parametrize(
    ("start", "text"),
    [
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, id="interim responses"),
        pytest.param(HEAD, b"X-Un: " + b"x" * 60_000 + b"\r\n", id="long headers"),
        pytest.param(HEAD, b"X-Un: x\r\n", id="many headers"),
        pytest.param(HEAD + b"\r\n", b"x" * 65_536, id="body"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Fin: x\r\n" * 100, id="trailers"),
    ],
)
def test_a_flood_is_cut(hostile: Hostile, start: bytes, text: bytes) -> None:
    hostile.behaviour = after(start, flood(text))
    assert len(failure_of(hostile).message) < 300


def test_a_write_that_is_dripped_may_have_been_done(hostile: Hostile) -> None:
    hostile.behaviour = hostile.drip(HEAD)
    assert failure_of(hostile, Request("POST", "/x", safe=False)).ambiguous


def test_cookies_of_one_name_on_several_paths_end_nothing(hostile: Hostile) -> None:
    """As load balancers set them: the one whose path fits the request best is ours."""
    name = "XSRF"
    lines = [f"Set-Cookie: {name}={value}; Path={path}\r\n" for value, path in (("all", "/"), ("ours", "/x"), ("other", "/other/long"))]
    hostile.behaviour = lambda send: send(HEAD + "".join(lines).encode() + b"Content-Length: 0\r\n\r\n")
    response = HttpClient(Server(hostile.url, ca_file=hostile.ca_file, timeout=30.0)).send(READ)
    assert response.cookies == {name: "ours"}


def test_a_crl_that_is_dripped_over_http_ends_in_time(tmp_path: Path) -> None:
    with hostile_server(tmp_path, tls=False) as server:
        server.behaviour = after(HEAD + b"Content-Length: 100000\r\n\r\n", server.drip(b"x"))
        begin = time.monotonic()
        with pytest.raises(TransportError, match=r"has not answered within 0.5 s|no answer in time"):
            RevocationFetcher(TIMEOUT, longest=0.5)(f"{server.url}/crl")
        assert time.monotonic() - begin < 0.5 + SLACK


AGENTS = 100


@pytest.mark.parametrize("agents", [1, AGENTS])
def test_a_silent_server_is_asked_by_few(hostile: Hostile, agents: int) -> None:
    """A hundred collectivités, one agent or an agent each: in less than three time-outs of wall clock they all know."""
    hostile.behaviour = lambda send: hostile.stopped.wait()  # holds its connection, says nothing
    profile, network = Profile(INTERFACES["sandbox"].content()), Network(workers=16)
    endpoints = Endpoints(hostile.url, hostile.url, hostile.ca_file, hostile.ca_file, timeout=2.0)
    clients = [Agent(profile, endpoints, Credentials(f"agent{number}", "secret"), network) for number in range(agents)]

    def read(number: int) -> AntaiError:
        with pytest.raises(TransportError) as failure:
            Operations(clients[number % agents]).account_get(f"{number:014d}")
        return failure.value

    begin = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        failures = list(pool.map(read, range(100)))
    assert time.monotonic() - begin < 3 * endpoints.timeout
    assert sum(isinstance(error, CircuitOpen) for error in failures) >= 100 - 2 * 16
    assert network.servers_down == [hostile.url]
    network.close()
