# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped profile is valid; whatever is not a profile is refused; the schema that editors use judges as the code does.

The table of broken profiles, each with its message and its line, is in tests/unit/controller/test_profile_file.py.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ansible_collections.collectivites.antai.plugins.module_utils._interface.catalogue import CLASSES, FACES, LOOKUPS, OPERATIONS, RECORDS
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.format import PROFILE
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.profile import Profile
from ansible_collections.collectivites.antai.plugins.module_utils.errors import ProfileError
from tests.support import profile_reference
from tests.support.collection import PLUGINS
from tests.support.interfaces import INTERFACES

SHIPPED = PLUGINS / "plugin_utils" / "_shipped" / "profiles" / "sandbox.yml"
DATA: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
SCHEMA = Draft202012Validator(yaml.safe_load(profile_reference.schema()))


def test_the_shipped_profile() -> None:
    profile = Profile(copy.deepcopy(DATA))
    assert profile.name == "sandbox"
    assert "Not an interface of ANTAI" in DATA["notice"]
    assert set(profile.faces) == set(FACES)
    for name, spec in OPERATIONS.items():
        call = profile.call(name)
        if spec.left_out and name != "space_list":
            assert call is None
            assert profile.absent[name] == spec.without
        else:
            assert call is not None
            assert (call.name, call.spec) == (name, spec)


def test_the_catalogue_agrees_with_itself() -> None:
    for name, operation in OPERATIONS.items():
        assert operation.kind in CLASSES, name
        assert operation.face in FACES, name
        assert operation.record in (None, *RECORDS), name
        assert (operation.record is not None) is (operation.answer in ("one", "many")), name
        assert operation.without, f"{name}: what does its absence mean?"
    for kind, (reader, _values) in LOOKUPS.items():
        assert OPERATIONS[reader].record == kind
    for name, record in RECORDS.items():
        assert set(record.needed) | set(record.days) | set(record.instants) <= set(record.fields), name
        assert set(record.essential) <= set(record.states), name


def test_an_operation_may_be_left_out_or_absent_or_declared() -> None:
    data = copy.deepcopy(DATA)
    del data["operations"]["certificate_remove"]
    assert Profile(data).call("certificate_remove") is None
    data["operations"]["certificate_remove"] = data["operations"]["certificate_activate"]
    assert Profile(data).call("certificate_remove") is not None


def test_every_operation_but_one_way_to_see_may_be_absent() -> None:
    data = copy.deepcopy(DATA)
    data["operations"] = {name: {"absent": True} for name in data["operations"]} | {"account_get": data["operations"]["account_get"]}
    assert set(Profile(data).absent) == set(OPERATIONS) - {"account_get"}


@pytest.mark.parametrize("data", [None, [], "sandbox", 1])
def test_not_a_mapping(data: Any) -> None:
    with pytest.raises(ProfileError, match="a profile is a mapping"):
        Profile(data)


# Rules that a form cannot say, beside those of tests/unit/controller/test_profile_file.py

LIST_ALL = {"class": "read", "request": {"method": "GET", "path": "/x"}, "success": [200]}
CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"operations.account_get": {"absent": True}, "operations.exchange_query": {"absent": True}}, "operations: neither account_get nor"),
    ({"values": {"cycles": {"complet": "C"}}}, "values.cycles: is no value of any operation; did you mean cycle?"),
    ({"values": {"cycle": {"complete": "C", "complet": "D", "partiel": "E"}}}, "values.cycle.complete: is none of complet, partiel"),
    ({"faces.sifps.client_certificate": "none"}, "faces.sifps.auth: the client certificate is the only identity"),
    ({"records": {}}, "records.account: is missing, and account_get answers with it"),
    ({"records.account.extra": {"city": "x"}}, "records.account.extra.city: is a field of its own"),
    ({"records.account.fields.state": {"at": "x", "map": {"a": "active"}}}, "records.account.states: fields.state has a map"),
    ({"records.account.states": {True: "active", "true": "closed"}}, "records.account.states: true is given twice"),
    ({"records.account.fields.name": {"at": "x", "format": "epoch"}}, "records.account.fields.name.format: epoch is for dates"),
    (
        {"records.account.fields.since": {"at": "x", "format": "%d/%Q"}},
        "records.account.fields.since.format: '%d/%Q' is no pattern of strptime",
    ),
    (
        {"records.convention.fields.sha256": {"at": "x", "format": "pem"}},
        "records.convention.fields.sha256.format: pem is for fingerprints of",
    ),
    ({"operations.account_get.already_done": [410]}, "operations.account_get.already_done: is for writes only"),
    ({"operations.account_get.job": {"state": "s", "states": {"a": "done"}}}, "operations.account_get.job: is for writes only"),
    ({"operations.account_get.then": [LIST_ALL | {"class": None}]}, "operations.account_get.then.0.class: unknown key"),
    (
        {"operations.account_get.then": [{"request": LIST_ALL["request"], "success": [200]}]},
        "operations.account_get.then: is for writes only",
    ),
    (
        {"operations.account_close.request": {"method": "POST", "path": "/x", "as": "raw", "body": {}}},
        "operations.account_close.request.body: raw",
    ),
    (
        {"operations.account_close.request": {"method": "POST", "path": "/x", "as": "form", "body": {"a": {}}}},
        "operations.account_close.request.body.a: a form has no mappings",
    ),
    ({"operations.account_close.answer": {"keep": {"a": "b"}}}, "operations.account_close.answer.keep: nothing follows"),
    ({"operations.convention_blank.answer": {"document": "a", "link": "b"}}, "operations.convention_blank.answer.link: document and link"),
    ({"operations.convention_list_all": LIST_ALL}, "operations.convention_list_all: needs records.convention.extra.siret"),
    ({"operations.convention_list_all": LIST_ALL}, "operations.convention_list_all: needs account_list beside it"),
    (
        {"operations.certificate_list.pagination": {"style": "page", "page": "p", "size": "n"}},
        "operations.certificate_list.pagination: size needs per_page",
    ),
    (
        {"operations.certificate_list.pagination": {"style": "page", "page": "p", "in": "body"}},
        "operations.certificate_list.pagination.in: there is no body",
    ),
    (
        {"operations.account_close.job": {"id": "a", "path": "/x", "state": "s", "states": {"a": "done"}}},
        "operations.account_close.job.path: does not use {job}",
    ),
    ({"operations.account_close.request.body": "{compte.x}"}, "operations.account_close.request.body: {compte.x}: compte is no record"),
]


@pytest.mark.parametrize(("changes", "message"), CONTRADICTIONS, ids=[message.partition(":")[0] for _changes, message in CONTRADICTIONS])
def test_a_contradiction_is_a_problem(changes: dict[str, Any], message: str) -> None:
    data = copy.deepcopy(DATA)
    for path, value in changes.items():
        *way, last = path.split(".")
        around = data
        for step in way:
            around = around[step]
        around[last] = value
    with pytest.raises(ProfileError) as caught:
        Profile(data)
    problems = caught.value.details["problems"]
    assert any(problem.startswith(message) for problem in problems), problems


# The schema and the reference are what the format says


def test_the_schema_and_the_reference_are_as_written_from_the_format() -> None:
    """After a change of the format: python -m tests.support.profile_reference."""
    assert profile_reference.SCHEMA.read_text(encoding="utf-8") == profile_reference.schema()
    page = profile_reference.PAGE.read_text(encoding="utf-8")
    assert page == profile_reference.page(page)


def test_the_reference_misses_no_key() -> None:
    page = profile_reference.PAGE.read_text(encoding="utf-8")
    assert len(profile_reference.sections()) > 20
    for section in profile_reference.sections():
        _before, _title, part = page.partition(f"### {section.name}\n")
        for name, key in section.keys.items():
            assert key.text
            assert f"| `{name}`" in part.split("###")[0], f"{section.name}: {name}"
    for name in (*OPERATIONS, *RECORDS):
        assert f"| `{name}` |" in page


@pytest.mark.parametrize("interface", INTERFACES.values(), ids=lambda interface: interface.name)
def test_a_good_profile_is_good_by_the_schema(interface: Any) -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)
    assert not list(SCHEMA.iter_errors(interface.content()))


def structurally_wrong(data: Any) -> bool:
    """By the code, but for what no schema can say: whether an expression is JMESPath."""
    return any("is no JMESPath" not in problem.text for problem in PROFILE.judge(data))


WORDS = st.text(alphabet="ab/{}:%*é ", max_size=5)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
LISTS = ("space_list", "convention_upload")
PLACES = [
    ("name",),
    ("timezone",),
    ("values",),
    ("faces",),
    ("faces", "portal", "auth"),
    ("faces", "portal", "headers"),
    ("errors",),
    ("errors", "outcomes"),
    ("records",),
    ("records", "account"),
    ("records", "account", "fields"),
    ("records", "account", "fields", "since"),
    ("records", "account", "states"),
    ("operations",),
    ("operations", "space_list"),
    *[("operations", "space_list", key) for key in ("class", "request", "success", "not_there", "answer", "pagination", "absent")],
    *[("operations", "space_list", "request", key) for key in ("method", "path", "query", "headers", "body", "as")],
    *[("operations", "convention_upload", key) for key in ("job", "then", "outcomes")],
]


@settings(max_examples=300)
@given(st.sampled_from(PLACES), JUNK)
def test_junk_anywhere_is_judged_and_as_the_schema_judges_it(place: tuple[str, ...], junk: Any) -> None:
    data = copy.deepcopy(DATA)
    around = data
    for step in place[:-1]:
        around = around[step]
    around[place[-1]] = junk
    assert structurally_wrong(data) is not SCHEMA.is_valid(data)
    try:
        Profile(data)
    except ProfileError as error:
        assert error.details["problems"]
