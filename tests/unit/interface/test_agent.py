# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One login for all threads of an agent, and one new one after a 401; no connection is opened."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._interface.agent import Conversation, Endpoints, Network
from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials, XsrfSession
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AuthenticationFailed, InvalidInput
from tests.unit.interface.auth.test_methods import XSRF

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


class Recording(Portal):
    def __init__(self) -> None:
        super().__init__()
        self.valid = "t"
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        return super().send(request)


class Tokens:
    """A token service, elsewhere."""

    asked = 0

    def send(self, request: Request) -> Response:
        self.asked += 1
        return Response(200, {}, json.dumps({"access_token": f"token-{self.asked}", "token_type": "Bearer"}).encode(), {})


def conversation(portal: Portal, xsrf_session: XsrfSession | None = None) -> Conversation:
    return Conversation(lambda: portal, [XSRF], Credentials("agent", "secret"), xsrf_session)  # type: ignore[arg-type]


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
    agent = conversation(portal)
    assert read(agent) == 401
    with pytest.raises(AuthenticationFailed) as refused:
        read(agent)
    assert "antai_username, antai_password" in refused.value.hint
    assert (portal.asked["/login"], portal.asked["/read"]) == (2, 2)


def test_a_wrong_key_is_shown_once_too() -> None:
    """Methods without a login of their own: what is refused with every call would be refused six hundred times."""
    portal = Portal()
    agent = Conversation(lambda: portal, [{"method": "bearer"}], Credentials(token="wrong"))  # type: ignore[arg-type]
    assert read(agent) == 401
    with pytest.raises(AuthenticationFailed) as refused:
        read(agent)
    assert "antai_token" in refused.value.hint
    assert portal.asked == {"/read": 1}


def test_a_key_that_has_served_is_tried_with_every_call() -> None:
    portal = Portal()
    portal.valid = "right"
    agent = Conversation(lambda: portal, [{"method": "bearer"}], Credentials(token="right"))  # type: ignore[arg-type]
    assert read(agent) == 200
    portal.valid = "another"
    assert [read(agent), read(agent)] == [401, 401]


def test_what_the_profile_takes_for_a_lost_login_is_one() -> None:
    portal = Portal()
    agent = conversation(portal)
    assert read(agent) == 200
    asked = agent.send(READ, anonymous=False, kind="read", counts=Counter(), is_unauthenticated=lambda response: response.status == 200)
    assert (asked.status, portal.asked["/login"], portal.asked["/read"]) == (200, 2, 3)


def test_a_token_of_another_server_is_asked_for_there_by_one_thread() -> None:
    portal, tokens, servers = Portal(), Tokens(), []
    portal.valid = "token-1"

    def open_client(server: str | None = None) -> Any:
        servers.append(server)
        return tokens if server else portal

    settings = {"method": "oauth2_client_credentials", "token_url": "https://jeton.example/t"}
    agent = Conversation(open_client, [settings], Credentials(client_id="c", client_secret="s"))  # type: ignore[arg-type]
    assert set(by_all(agent, 3)) == {200}
    assert (servers, tokens.asked) == ([None, "https://jeton.example"], 1)
    portal.valid = "token-2"
    assert set(by_all(agent)) == {200}
    assert tokens.asked == 2


def test_every_request_bears_what_the_face_wants() -> None:
    always = iter([{"Id": "1"}, {"Id": "2"}])
    portal = Recording()
    agent = Conversation(lambda: portal, [{"method": "bearer"}], Credentials(token="t"), always=lambda: next(always))  # type: ignore[arg-type]
    read(agent)
    assert [each.headers["Id"] for each in portal.sent] == ["1"]
    read(agent)
    assert [each.headers["Id"] for each in portal.sent] == ["1", "2"]


def test_a_refused_password_is_tried_once() -> None:
    portal = Portal()
    portal.password_is_right = False
    agent = conversation(portal)
    for _ in range(3):
        with pytest.raises(AuthenticationFailed):
            read(agent)
    assert portal.asked == {"/init": 1, "/login": 1}


def test_agents_of_one_endpoint_share_what_a_visitor_gets() -> None:
    portal, xsrf_session = Portal(), XsrfSession()
    assert [read(conversation(portal, xsrf_session)) for _ in range(1)] == [200]
    assert read(conversation(portal, xsrf_session)) == 200
    assert portal.asked == {"/init": 1, "/login": 2, "/read": 2}


def test_who_makes_the_login_is_counted_for_it() -> None:
    agent, first, second = conversation(Portal()), Counter[str](), Counter[str]()
    read(agent, first)
    read(agent, second)
    assert (first, second) == ({"session": 2, "read": 1}, {"read": 1})


def test_a_network_has_one_client_for_each_endpoint() -> None:
    network, here = Network(), Endpoints("https://portal.example", "https://sifps.example")
    assert network.client("portal", here, None) is network.client(
        "portal", Endpoints("https://portal.example", "https://sifps.example"), None
    )
    assert network.client("portal", here, None) is not network.client("sifps", here, None)
    assert network.requests == 0
    network.close()


def test_an_endpoint_without_a_url_is_said() -> None:
    with pytest.raises(InvalidInput, match="sifps_url: is not set"):
        Network().client("sifps", Endpoints("https://portal.example", None), None)
