# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an operation to a request: every value encoded for where it stands."""

from __future__ import annotations

import base64
import copy
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.operation import ProfileOperation
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.profile import Profile
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, ProfileError
from tests.support.collection import PLUGINS
from tests.support.observed import DECLARED, NOW, SIRET

SHIPPED = PLUGINS / "plugin_utils" / "_shipped" / "profiles" / "sandbox.yml"
DATA: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))


def render(operation: str, values: dict[str, Any], request: dict[str, Any] | None = None, **options: Any) -> Request:
    """As the shipped profile renders it, its request changed."""
    data = copy.deepcopy(DATA)
    data["operations"][operation]["request"] |= request or {}
    profile = Profile(data)
    call = profile.call(operation)
    assert isinstance(call, ProfileOperation)
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
    except InvalidInput:
        assert not value.isprintable(), "lone surrogates only"
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


@given(st.text(max_size=12))
@example("a\r\nX: y")
@example("a\ny")
@example("é")
@example(" a")
def test_a_header_holds_its_value_or_is_refused(value: str) -> None:
    """No line break, nothing that a header cannot hold: the whole value as it is, or InvalidInput."""
    try:
        sent = render("account_get", {"siret": value}, {"path": "/x", "headers": {"X-Siret": "{siret}"}}).headers["X-Siret"]
    except InvalidInput:
        assert value != value.strip() or not (value.isascii() and value.isprintable())
        return
    assert sent == value
    prepared = requests.Request("GET", "https://portal.example/x", headers={"X-Siret": sent}).prepare()
    assert prepared.headers["X-Siret"] == value


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


def test_a_query() -> None:
    rendered = render("space_list", {}, {"query": {"tri": 1, "avec": ["a", True]}})
    assert rendered.query == {"tri": "1", "avec": ("a", "true")}


@pytest.mark.parametrize(("operation", "safe"), [("account_get", True), ("space_list", True), ("account_close", False)])
def test_only_writes_are_unsafe(operation: str, safe: bool) -> None:
    assert render(operation, {"siret": SIRET}).safe is safe


@pytest.mark.parametrize("text", ["{Siret}", "{}", "{siret }", "{siret!r}"])
def test_braces_that_are_no_value_are_a_problem_of_the_profile(text: str) -> None:
    with pytest.raises(ProfileError) as raised:
        render("account_close", {"siret": "7"}, {"body": {"a": text}})
    (problem,) = raised.value.details["problems"]
    assert problem.startswith(f"operations.account_close.request.body.a: {text} is no value of this operation (siret)")


# Forms of values


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{siret|siren}", SIRET[:9]),
        ("{siret|nic}", SIRET[9:]),
        ("{siret|siren}-{siret|nic}", f"{SIRET[:9]}-{SIRET[9:]}"),
        ("{siret|integer}", int(SIRET)),
        ("{fingerprint|upper}", "AB" * 32),
        ("{fingerprint|upper|colons}", ":".join(["AB"] * 32)),
        ("{fingerprint|unhex}", base64.b64encode(b"\xab" * 32).decode()),
        ("{fingerprint|unhex|base64}", base64.b64encode(b"\xab" * 32).decode()),
        ("{now|date:%d/%m/%Y}", "02/03/2026"),
        ("{now}", "2026-03-02T10:00:00Z"),
        ("{username|default:personne}", "personne"),
        ("{username|upper}", None),
        ("{{siret}} {siret}", f"{{siret}} {SIRET}"),
        ("{{ a }}", "{ a }"),
    ],
)
def test_filters(text: str, filled: Any) -> None:
    values = {"siret": SIRET, "fingerprint": "ab" * 32, "now": NOW, "username": None}
    assert render("certificate_activate", values, {"body": {"a": text}}).json == {"a": filled}


def test_what_a_filter_cannot_take_is_refused() -> None:
    with pytest.raises(InvalidInput, match="siret: 'x' cannot be written as integer"):
        render("account_close", {"siret": "x"}, {"body": {"a": "{siret|integer}"}, "path": "/x"})


def test_null_is_left_out_where_the_profile_says_so() -> None:
    body = {"a": "{siret}", "b": {"c": "{siret}", "d": 1}}
    assert render("account_close", {"siret": None}, {"path": "/x", "body": body, "omit_null": True}).json == {"b": {"d": 1}}


# Bodies in other forms


def test_a_form() -> None:
    sent = render("account_close", {"siret": "é&=a"}, {"path": "/x", "as": "form", "body": {"a": "{siret}", "b": [1, "x y"], "c": None}})
    assert (sent.json, sent.content) == (None, b"a=%C3%A9%26%3Da&b=1&b=x+y")
    assert sent.headers == {"Content-Type": "application/x-www-form-urlencoded"}


def test_the_document_as_it_is() -> None:
    values = {"siret": SIRET, "document": b"%PDF-x", "cycle": "complet"}
    request = {"path": "/x", "as": "raw", "body": "{document}", "content_type": "application/pdf", "accept": "application/json"}
    sent = render("convention_upload", values, request)
    assert sent.content == b"%PDF-x"
    assert sent.headers == {"Content-Type": "application/pdf", "Accept": "application/json"}


@given(st.text(max_size=12), st.text(max_size=12), st.binary(max_size=40))
@example('a"; filename="b\r\nX: y', "--\r\n\r\n", b"\r\n--x--")
def test_multipart_holds_what_was_put_in(filename: str, text: str, document: bytes) -> None:
    """Read back by the standard library: two parts, their content untouched, and no header that a value has made."""
    values = {"siret": SIRET, "cycle": text, "filename": filename, "document": document}
    file = {"content": "{document}", "filename": "{filename}", "content_type": "application/pdf"}
    try:
        sent = render("convention_upload", values, {"path": "/x", "as": "multipart", "body": {"cycle": "{cycle}", "fichier": file}})
    except (InvalidInput, UnicodeEncodeError):
        assert not (filename + text).isprintable(), "lone surrogates only"
        return
    boundary = sent.headers["Content-Type"].partition("boundary=")[2]
    assert sent.content is not None
    parts = sent.content.split(b"--" + boundary.encode())
    assert len(parts) == 4
    heads = [part.partition(b"\r\n\r\n")[0].strip().split(b"\r\n") for part in parts[1:3]]
    assert [len(head) for head in heads] == [1, 2]
    assert [part.partition(b"\r\n\r\n")[2] for part in parts[1:3]] == [text.encode() + b"\r\n", document + b"\r\n"]


HOSTILE = [
    "../..",
    "..",
    "%2e%2e",
    "a/../b",
    "{siret}",
    "{{siret}}",
    "a\x00b",
    "a\r\nb",
    "\u202e",
    "?a=b",
    "#x",
    "//evil.example/",
    "'; --",
    "@",
    "`1`",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_stay_in_their_place_or_are_refused(value: str) -> None:
    request = {"path": "/x/{siret}/y", "query": {"q": "{siret}"}, "body": {"a": "{siret}", "b": ["x{siret}x"]}}
    try:
        sent = render("account_close", {"siret": value}, request)
    except InvalidInput:
        assert value == ".."
        return
    assert sent.path.count("/") == 3
    assert (sent.query, sent.json) == ({"q": value}, {"a": value, "b": [f"x{value}x"]})
