# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an operation to a request: every value encoded for where it stands."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, ProfileError
from ansible_collections.collectivites.antai.plugins.module_utils.https import Request
from ansible_collections.collectivites.antai.plugins.module_utils.profile import Call, Profile
from tests.support.observed import DECLARED, SIRET

SHIPPED = Path(__file__).parents[2] / "plugins" / "profiles" / "sandbox.yml"
DATA: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))


def render(operation: str, values: dict[str, Any], request: dict[str, Any] | None = None, **options: Any) -> Request:
    """As the shipped profile renders it, its request changed."""
    data = copy.deepcopy(DATA)
    data["operations"][operation]["request"] |= request or {}
    profile = Profile(data)
    call = profile.call(operation)
    assert isinstance(call, Call)
    return profile.render(call, values, **options)


def test_a_read() -> None:
    assert render("account_request_get", {"siret": SIRET, "agent_email": "a+b@x.example"}) == Request(
        "GET", f"/api/demandes/{SIRET}", {"courriel": "a+b@x.example"}, {}, None, True
    )


def test_a_write() -> None:
    rendered = render("account_request", {"siret": SIRET, **DECLARED})
    assert (rendered.method, rendered.path, rendered.safe) == ("POST", "/api/demandes", False)
    assert rendered.json == {
        "siret": SIRET,
        "nom": "Lyon",
        "departement": "69",
        "adresse": {"voie": "1 place de la Comédie", "code_postal": "69001", "commune": "Lyon"},
        "courriel": "mairie@essai.example",
        "agent": {"nom": "Agent Essai", "courriel": "agent@essai.example"},
    }


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("a/b", "/x/a%2Fb"),
        ("a?b=c#d", "/x/a%3Fb%3Dc%23d"),
        ("é", "/x/%C3%A9"),
        ("a b", "/x/a%20b"),
        ("a\r\nHost: evil", "/x/a%0D%0AHost%3A%20evil"),
        ("a%2e", "/x/a%252e"),
        ("...", "/x/..."),
        ("{id}", "/x/%7Bid%7D"),
        (7, "/x/7"),
    ],
)
def test_path(value: Any, path: str) -> None:
    assert render("account_get", {"siret": value}, {"path": "/x/{siret}"}).path == path


@pytest.mark.parametrize("value", ["", ".", "..", None])
def test_what_cannot_stand_in_a_path_is_refused(value: str | None) -> None:
    with pytest.raises(InvalidInput, match=r"^siret: .* cannot stand in a path$"):
        render("account_get", {"siret": value}, {"path": "/x/{siret}/y"})


@given(st.text(min_size=1).filter(lambda text: text not in (".", "..")))
def test_any_value_stays_one_segment_of_its_path(value: str) -> None:
    try:
        path = render("account_get", {"siret": value}).path
    except UnicodeEncodeError:  # lone surrogates
        return
    prefix = "/api/espaces/"
    assert path.startswith(prefix)
    assert "/" not in path[len(prefix) :]
    assert unquote(path[len(prefix) :]) == value
    sent = requests.Request("GET", "https://portal.example" + path).prepare()
    assert sent.url is not None
    assert urlsplit(sent.url).netloc == "portal.example"


@given(st.text(alphabet="ab\r\n:&=?#%/é ", max_size=20))
def test_a_query_value_cannot_become_anything_else(value: str) -> None:
    request = render("account_request_get", {"siret": SIRET, "agent_email": value})
    sent = requests.Request("GET", "https://portal.example" + request.path, params=request.query).prepare()
    assert sent.url is not None
    assert "\r" not in sent.url
    assert "\n" not in sent.url
    assert urlsplit(sent.url).path == f"/api/demandes/{SIRET}"
    assert urlsplit(sent.url).query.count("courriel=") == 1
    assert "&" not in urlsplit(sent.url).query


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\ny"])
def test_a_line_break_in_a_header_is_never_sent(value: str) -> None:
    request = render("account_get", {"siret": value}, {"path": "/x", "headers": {"X-Siret": "{siret}"}})
    with pytest.raises(requests.exceptions.InvalidHeader):
        requests.Request("GET", "https://portal.example/x", headers=request.headers).prepare()


def test_a_placeholder_alone_keeps_its_type() -> None:
    body = {"alone": "{siret}", "within": "n° {siret}", "list": ["{siret}", 1, None, True], "plain": "Autre"}
    rendered = render("account_close", {"siret": 7}, {"body": body})
    assert rendered.json == {"alone": 7, "within": "n° 7", "list": [7, 1, None, True], "plain": "Autre"}


def test_a_value_is_not_rendered_again() -> None:
    assert render("account_close", {"siret": "{siret}"}, {"body": {"a": "x{siret}"}, "path": "/x"}).json == {"a": "x{siret}"}


def test_what_is_not_given_is_null_in_a_body_and_left_out_elsewhere() -> None:
    request = {"path": "/x", "body": {"a": "{siret}"}, "query": {"q": "{siret}"}, "headers": {"X": "{siret}"}}
    rendered = render("account_close", {"siret": None}, request)
    assert (rendered.json, rendered.query, rendered.headers) == ({"a": None}, {}, {})


def test_more_query() -> None:
    rendered = render("space_list", {}, {"query": {"tri": 1}}, query={"page": "2"})
    assert rendered.query == {"tri": "1", "page": "2"}


@pytest.mark.parametrize(("operation", "safe"), [("account_get", True), ("space_list", True), ("account_close", False)])
def test_only_writes_are_unsafe(operation: str, safe: bool) -> None:
    assert render(operation, {"siret": SIRET}).safe is safe


@pytest.mark.parametrize("text", ["{Siret}", "{}", "{siret }", "{siret.0}", "{siret!r}"])
def test_braces_that_are_no_value_are_a_problem_of_the_profile(text: str) -> None:
    with pytest.raises(ProfileError) as raised:
        render("account_close", {"siret": "7"}, {"body": {"a": text}})
    assert f"operations.account_close.request: {text} is no value of this operation (siret)" in raised.value.details["problems"]
