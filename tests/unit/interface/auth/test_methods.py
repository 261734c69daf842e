# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Six ways to log in: what each sends, when it asks anew, what it says where something is missing."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import (
    METHODS,
    NAMES,
    Credentials,
    authentication,
    has_credentials,
    options_of,
)
from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.oauth2_client_credentials import OAuth2ClientCredentials
from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import FIELDS
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AuthenticationFailed, InvalidInput, UnexpectedAnswer
from ansible_collections.collectivites.antai.plugins.module_utils.redact import HIDDEN, Redactor

XSRF = {
    "method": "xsrf_basic_bearer",
    "init": {"method": "GET", "path": "/init"},
    "login": {"method": "POST", "path": "/login"},
    "cookie": "XSRF",
    "header": "X-Xsrf",
}
OAUTH = {"method": "oauth2_client_credentials", "token_url": "/token", "scope": "a b"}


def never_sent(request: Request, server: str | None = None) -> Response:
    raise AssertionError(f"{request.path} was sent")


def headers(settings: dict[str, Any], **credentials: Any) -> dict[str, str]:
    return authentication([settings], Credentials(**credentials), never_sent).headers(anonymous=False)


def test_every_method_takes_options_that_exist() -> None:
    for method in METHODS.values():
        assert set(method.needs.values()) <= set(NAMES) <= set(FIELDS)


@pytest.mark.parametrize(
    ("settings", "credentials", "sent"),
    [
        ({"method": "bearer"}, {"token": "t"}, {"Authorization": "Bearer t"}),
        ({"method": "bearer", "scheme": "Token", "token": "password"}, {"password": "p"}, {"Authorization": "Token p"}),
        ({"method": "basic"}, {"username": "u", "password": "é"}, {"Authorization": f"Basic {base64.b64encode('u:é'.encode()).decode()}"}),
        ({"method": "api_key", "header": "X-Key"}, {"api_key": "k"}, {"X-Key": "k"}),
        ({"method": "api_key", "header": "X-Key", "key": "editor_key"}, {"editor_key": "e"}, {"X-Key": "e"}),
        ({"method": "client_certificate"}, {}, {}),
        (
            {"method": "client_certificate", "headers": {"X-Editor": "editor_id", "X-Key": "editor_key"}},
            {"editor_id": "e"},
            {"X-Editor": "e"},
        ),
    ],
)
def test_headers(settings: dict[str, Any], credentials: dict[str, str], sent: dict[str, str]) -> None:
    assert headers(settings, **credentials) == sent
    if settings["method"] != "client_certificate":
        assert authentication([settings], Credentials(), never_sent).headers(anonymous=True) == {}


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"method": "bearer"}, "token"),
        ({"method": "basic"}, "username"),
        ({"method": "api_key", "header": "X"}, "api_key"),
        (OAUTH, "client_id"),
        (OAUTH | {"client_id": "username"}, "username"),
    ],
)
def test_what_is_not_declared_is_named(settings: dict[str, Any], missing: str) -> None:
    assert not has_credentials([settings], Credentials())
    with pytest.raises(InvalidInput, match=f"{missing}: is not set"):
        headers(settings)


def test_several_methods_at_once() -> None:
    settings = [{"method": "api_key", "header": "X-Key"}, {"method": "basic"}]
    credentials = Credentials(username="u", password="p", api_key="k")
    both = authentication(settings, credentials, never_sent)
    assert set(both.headers(anonymous=False)) == {"X-Key", "Authorization"}
    assert (both.forget(), options_of(settings)) == (False, ["api_key", "username", "password"])


class Gateway:
    """A token service: what was asked of it, and what it answers."""

    def __init__(self, **changes: Any) -> None:
        self.asked: list[tuple[Request, str | None]] = []
        self.answer: Any = {"access_token": "secret-1", "token_type": "Bearer", "expires_in": 100} | changes
        self.status = 200
        self.time = 1000.0

    def __call__(self, request: Request, server: str | None = None) -> Response:
        self.asked.append((request, server))
        return Response(self.status, {"content-type": "application/json"}, json.dumps(self.answer).encode(), {})

    def method(self, **settings: Any) -> OAuth2ClientCredentials:
        self.redactor = Redactor()
        credentials = Credentials(client_id="c d", client_secret="s:é", token_url=settings.pop("option", None), redactor=self.redactor)
        return OAuth2ClientCredentials(OAUTH | settings, credentials, self, clock=lambda: self.time)


def test_a_token_is_asked_for_once_and_again_before_its_end() -> None:
    gateway = Gateway()
    method = gateway.method()
    for passed, asked in ((0, 1), (69, 1), (2, 2), (69, 2)):
        gateway.time += passed
        assert method.headers(anonymous=False) == {"Authorization": "Bearer secret-1"}
        assert len(gateway.asked) == asked
    assert method.headers(anonymous=True) == {}
    assert method.forget()
    assert not method.forget(), "no login that could be dropped"
    method.headers(anonymous=False)
    assert len(gateway.asked) == 3


def test_a_token_that_lives_shortly_is_used_for_half_its_life() -> None:
    gateway = Gateway(expires_in=10)
    method = gateway.method()
    for passed, asked in ((0, 1), (4, 1), (2, 2)):
        gateway.time += passed
        method.headers(anonymous=False)
        assert len(gateway.asked) == asked


def test_the_client_is_named_by_basic_or_in_the_form() -> None:
    gateway = Gateway()
    gateway.method().headers(anonymous=False)
    gateway.method(client_auth="body", form={"audience": "fps"}).headers(anonymous=False)
    (basic, _), (form, _) = gateway.asked
    assert basic.headers["Authorization"] == f"Basic {base64.b64encode(b'c%20d:s%3A%C3%A9').decode()}"
    assert parse_qs((basic.content or b"").decode()) == {"grant_type": ["client_credentials"], "scope": ["a b"]}
    assert "Authorization" not in form.headers
    assert parse_qs((form.content or b"").decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["a b"],
        "audience": ["fps"],
        "client_id": ["c d"],
        "client_secret": ["s:é"],
    }


@pytest.mark.parametrize(
    ("settings", "server", "path"),
    [
        ({}, None, "/token"),
        ({"token_url": "https://oauth.example:8443/api/token?x=1"}, "https://oauth.example:8443", "/api/token?x=1"),
        ({"option": "https://other.example/t"}, "https://other.example", "/t"),
    ],
)
def test_where_tokens_are_given(settings: dict[str, Any], server: str | None, path: str) -> None:
    gateway = Gateway()
    gateway.method(**settings).headers(anonymous=False)
    assert [(request.path, host) for request, host in gateway.asked] == [(path, server)]


def test_nothing_of_it_is_told() -> None:
    gateway = Gateway()
    gateway.method().headers(anonymous=False)
    sent = gateway.asked[0][0].headers["Authorization"].partition(" ")[2]
    assert gateway.redactor.clean(f"secret-1 {sent}") == f"{HIDDEN} {HIDDEN}"


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (401, {"error": "invalid_client"}, AuthenticationFailed),
        (400, {"error": "invalid_scope"}, AuthenticationFailed),
        (500, {}, UnexpectedAnswer),
        (200, {}, UnexpectedAnswer),
        (200, [], UnexpectedAnswer),
        (200, {"access_token": "x", "token_type": "mac"}, UnexpectedAnswer),
        (200, {"access_token": "x", "expires_in": "soon"}, UnexpectedAnswer),
    ],
)
def test_a_refused_or_strange_answer(status: int, answer: Any, error: type[Exception]) -> None:
    gateway = Gateway()
    gateway.status, gateway.answer = status, answer
    with pytest.raises(error) as raised:
        gateway.method().headers(anonymous=False)
    if error is AuthenticationFailed:
        assert "antai_client_id, antai_client_secret" in raised.value.hint  # type: ignore[attr-defined]
