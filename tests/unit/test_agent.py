# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One login for all threads of an agent, and one new one after a 401; no connection is opened."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.agent import Conversation, Endpoints, Network
from ansible_collections.collectivites.antai.plugins.module_utils.auth import Credentials, Visit
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AuthenticationFailed, InvalidInput
from ansible_collections.collectivites.antai.plugins.module_utils.https import Request, Response
from tests.unit.test_auth import XSRF

THREADS = 8
READ = Request("GET", "/read")


class Portal:
    """Answers as a portal would. valid: the token that it takes; serve: what it answers to who has it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked: Counter[str] = Counter()
        self.valid = ""
        self.password_is_right = True
        self.takes_tokens = True
        self.together: Callable[[], Any] = lambda: None

    def send(self, request: Request) -> Response:
        with self.lock:
            self.asked[request.path] += 1
            number = self.asked[request.path]
        if request.path == "/init":
            return Response(204, {}, b"", {"XSRF": f"xsrf-{number}"})
        if request.path == "/login":
            if not self.password_is_right:
                return Response(401, {}, b"", {})
            self.valid = f"token-{number}"
            return Response(200, {"authorization": f"Bearer {self.valid}"}, b"", {})
        known = self.takes_tokens and request.headers["Authorization"] == f"Bearer {self.valid}"
        self.together()
        return Response(200 if known else 401, {}, b"", {})

    def close(self) -> None:
        pass


def conversation(portal: Portal, visit: Visit | None = None) -> Conversation:
    return Conversation(portal, XSRF, Credentials("agent", "secret"), visit)  # type: ignore[arg-type]


def read(agent: Conversation, counts: Counter[str] | None = None) -> int:
    return agent.send(READ, anonymous=False, kind="read", counts=Counter() if counts is None else counts).status


def by_all(agent: Conversation, times: int = 1) -> list[int]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda _: read(agent), range(THREADS * times)))


def test_all_threads_use_one_login() -> None:
    portal = Portal()
    assert set(by_all(conversation(portal), 5)) == {200}
    assert portal.asked == {"/init": 1, "/login": 1, "/read": THREADS * 5}


def test_an_expired_login_is_renewed_by_one_thread_for_all() -> None:
    portal = Portal()
    agent = conversation(portal)
    assert read(agent) == 200
    portal.valid = "expired meanwhile"
    portal.together = threading.Barrier(THREADS, action=lambda: setattr(portal, "together", lambda: None)).wait
    assert set(by_all(agent)) == {200}
    assert portal.asked["/login"] == 2
    assert portal.asked["/read"] == 1 + 2 * THREADS


def test_a_portal_that_takes_no_token_is_not_asked_for_ever() -> None:
    portal = Portal()
    portal.takes_tokens = False
    assert set(by_all(conversation(portal), 3)) == {401}
    assert portal.asked["/login"] == 2


def test_a_refused_password_is_tried_once() -> None:
    portal = Portal()
    portal.password_is_right = False
    agent = conversation(portal)
    for _ in range(3):
        with pytest.raises(AuthenticationFailed):
            read(agent)
    assert portal.asked == {"/init": 1, "/login": 1}


def test_agents_of_one_endpoint_share_what_a_visitor_gets() -> None:
    portal, visit = Portal(), Visit()
    assert [read(conversation(portal, visit)) for _ in range(1)] == [200]
    assert read(conversation(portal, visit)) == 200
    assert portal.asked == {"/init": 1, "/login": 2, "/read": 2}


def test_who_makes_the_login_is_counted_for_it() -> None:
    agent, first, second = conversation(Portal()), Counter[str](), Counter[str]()
    read(agent, first)
    read(agent, second)
    assert (first, second) == ({"session": 2, "read": 1}, {"read": 1})


def test_a_network_has_one_client_for_each_endpoint() -> None:
    network, here = Network(), Endpoints("https://portal.example", "https://sifps.example")
    assert network.client("portal", here) is network.client("portal", Endpoints("https://portal.example", "https://sifps.example"))
    assert network.client("portal", here) is not network.client("sifps", here)
    assert network.requests == 0
    network.close()


def test_an_endpoint_without_a_url_is_said() -> None:
    with pytest.raises(InvalidInput, match="sifps_url: is not set"):
        Network().client("sifps", Endpoints("https://portal.example", None))
