# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped profile is valid; whatever is not a profile is refused, all its problems named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils.catalogue import CLASSES, FACES, OPERATIONS, RECORDS
from ansible_collections.collectivites.antai.plugins.module_utils.errors import ProfileError
from ansible_collections.collectivites.antai.plugins.module_utils.profile import Profile

SHIPPED = Path(__file__).parents[2] / "plugins" / "profiles" / "sandbox.yml"
DATA: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))


def test_the_shipped_profile() -> None:
    profile = Profile(copy.deepcopy(DATA))
    assert profile.name == "sandbox"
    assert "Not an interface of ANTAI" in DATA["notice"]
    assert set(profile.faces) == set(FACES)
    for name, spec in OPERATIONS.items():
        call = profile.call(name)
        if name == "certificate_remove":  # the letter knows activation and deactivation only
            assert (call, spec.optional) == (None, True)
        else:
            assert call is not None
            assert (call.name, call.spec) == (name, spec)


def test_the_catalogue_agrees_with_itself() -> None:
    for name, operation in OPERATIONS.items():
        assert operation.kind in CLASSES, name
        assert operation.face in FACES, name
        assert operation.record in (None, *RECORDS), name
        assert (operation.record is not None) is (operation.answer in ("one", "many")), name


def test_an_optional_operation_may_be_left_out_or_declared() -> None:
    data = copy.deepcopy(DATA)
    del data["operations"]["certificate_remove"]
    assert Profile(data).call("certificate_remove") is None
    data["operations"]["certificate_remove"] = data["operations"]["certificate_activate"]
    assert Profile(data).call("certificate_remove") is not None


def put(*path: Any) -> Callable[[dict[str, Any]], None]:
    """A change of the data: the last item is the value, the others the way to it."""

    def change(data: dict[str, Any]) -> None:
        *way, last, value = path
        for step in way:
            data = data[step]
        data[last] = value

    return change


def drop(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        *way, last = path
        for step in way:
            data = data[step]
        del data[last]

    return change


GET = ("operations", "account_get")

BROKEN: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "no faces": (drop("faces"), "faces: must be a mapping of portal and sifps"),
    "a face too many": (put("faces", "other", {"auth": {"method": "x"}}), "faces: must be a mapping of portal and sifps"),
    "faces is a list": (put("faces", []), "faces: must be a mapping of portal and sifps"),
    "face without auth": (put("faces", "portal", {}), "faces.portal: needs auth with a method"),
    "face without method": (put("faces", "sifps", {"auth": {}}), "faces.sifps: needs auth with a method"),
    "face is a text": (put("faces", "sifps", "x"), "faces.sifps: needs auth with a method"),
    "no records": (drop("records"), "records.account: needs fields and states"),
    "records is a list": (put("records", [1]), "records.account: needs fields and states"),
    "record without states": (drop("records", "dialogue", "states"), "records.dialogue: needs fields and states"),
    "field missing": (drop("records", "account", "fields", "city"), "records.account.fields: city is missing"),
    "field unknown": (put("records", "account", "fields", "ville", "x"), "records.account.fields: ville is unknown"),
    "field of no text": (put("records", "account", "fields", True, "x"), "records.account.fields: True is unknown"),
    "field is no JMESPath": (put("records", "account", "fields", "city", "a["), "records.account.fields.city: 'a[' is no JMESPath"),
    "state unknown": (
        put("records", "convention", "states", "X", "signed"),
        "records.convention.states.X: 'signed' is none of submitted, refused, upcoming, in_force, ended",
    ),
    "error is no JMESPath": (put("errors", "code", "..."), "errors.code: '...' is no JMESPath"),
    "errors is a list": (put("errors", ["x"]), "errors: must be a mapping"),
    "no operations": (drop("operations"), "operations: must be a mapping"),
    "operations is a list": (put("operations", []), "operations: must be a mapping"),
    "operation missing": (drop(*GET), "operations: account_get is missing"),
    "operation unknown": (put("operations", "fps_send", {}), "operations: fps_send is unknown"),
    "operation is null": (put(*GET, None), "operations.account_get: must be a mapping"),
    "operation is a text": (put(*GET, "GET /x"), "operations.account_get: must be a mapping"),
    "request is a text": (put(*GET, "request", "GET /x"), "operations.account_get.request: must be a mapping"),
    "no class": (drop(*GET, "class"), "operations.account_get.class: must be read"),
    "a write classed as read": (put("operations", "account_close", "class", "read"), "operations.account_close.class: must be write"),
    "a read classed as write": (put(*GET, "class", "write"), "operations.account_get.class: must be read"),
    "class unknown": (put(*GET, "class", "get"), "operations.account_get.class: must be read"),
    "no path": (drop(*GET, "request", "path"), "operations.account_get.request: needs a method and a path that begins with /"),
    "whole URL": (put(*GET, "request", "path", "https://x/"), "operations.account_get.request: needs a method and a path"),
    "no method": (drop(*GET, "request", "method"), "operations.account_get.request: needs a method and a path"),
    "no request": (drop(*GET, "request"), "operations.account_get.request: needs a method and a path"),
    "placeholder in the path": (
        put(*GET, "request", "path", "/{siret}/{city}"),
        "operations.account_get.request: {city} is no value of this operation (siret)",
    ),
    "placeholder in the query": (
        put(*GET, "request", "query", {"q": "{name}"}),
        "operations.account_get.request: {name} is no value of this operation (siret)",
    ),
    "placeholder in a header": (
        put(*GET, "request", "headers", {"X": "a{agent_email}"}),
        "operations.account_get.request: {agent_email} is no value",
    ),
    "placeholder deep in the body": (
        put("operations", "account_close", "request", "body", {"a": [{"b": "{password}"}]}),
        "operations.account_close.request: {password} is no value",
    ),
    "query is a text": (put(*GET, "request", "query", "a=b"), "operations.account_get.request.query: must be a mapping"),
    "headers is a list": (put(*GET, "request", "headers", ["a"]), "operations.account_get.request.headers: must be a mapping"),
    "no success": (drop(*GET, "success"), "operations.account_get.success: needs at least one HTTP status"),
    "success is empty": (put(*GET, "success", []), "operations.account_get.success: needs at least one HTTP status"),
    "success is a number": (put(*GET, "success", 200), "operations.account_get.success: must be a list of HTTP statuses"),
    "success is null": (put(*GET, "success", None), "operations.account_get.success: needs at least one HTTP status"),
    "status is a word": (put(*GET, "not_there", ["none"]), "operations.account_get.not_there: must be a list of HTTP statuses"),
    "answer is no JMESPath": (put(*GET, "answer", {"at": "a b"}), "operations.account_get.answer.at: 'a b' is no JMESPath"),
    "answer is a text": (put(*GET, "answer", "compte"), "operations.account_get.answer: must be a mapping"),
    "part of the space is no JMESPath": (
        put("operations", "space_list", "answer", "account", "]"),
        "operations.space_list.answer.account: ']' is no JMESPath",
    ),
    "pagination without size and total": (
        put("operations", "space_list", "pagination", {"page": "p", "per_page": 1, "first": 0}),
        "operations.space_list.pagination: needs size, total",
    ),
    "pagination is a number": (put("operations", "space_list", "pagination", 100), "operations.space_list.pagination: must be a mapping"),
    "total is no JMESPath": (
        put("operations", "space_list", "pagination", "total", "("),
        "operations.space_list.pagination.total: '(' is no JMESPath",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str) -> None:
    change, message = BROKEN[name]
    data = copy.deepcopy(DATA)
    change(data)
    with pytest.raises(ProfileError) as caught:
        Profile(data)
    problems = caught.value.details["problems"]
    assert any(problem.startswith(message) for problem in problems), problems
    assert caught.value.message.startswith("the profile cannot be used: ")


@pytest.mark.parametrize("data", [None, [], "sandbox", 1])
def test_not_a_mapping(data: Any) -> None:
    with pytest.raises(ProfileError, match="a profile is a mapping"):
        Profile(data)


def test_all_problems_at_once() -> None:
    data = copy.deepcopy(DATA)
    for name in ("faces is a list", "state unknown", "no class", "operation unknown"):
        BROKEN[name][0](data)
    with pytest.raises(ProfileError) as caught:
        Profile(data)
    assert len(caught.value.details["problems"]) == 4


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5) | st.booleans(), inner, max_size=2),
    max_leaves=4,
)
PLACES = [
    ("faces",),
    ("errors",),
    ("records",),
    ("records", "account"),
    ("records", "account", "fields"),
    ("records", "account", "states"),
    ("operations",),
    ("operations", "space_list"),
    *[("operations", "space_list", key) for key in ("class", "request", "success", "not_there", "answer", "pagination")],
    *[("operations", "space_list", "request", key) for key in ("method", "path", "query", "headers", "body")],
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), JUNK)
def test_junk_anywhere_is_a_profile_or_a_profile_error(place: tuple[str, ...], junk: Any) -> None:
    data = copy.deepcopy(DATA)
    put(*place, junk)(data)
    try:
        Profile(data)
    except ProfileError as error:
        assert error.details["problems"]
