# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped profile is valid; whatever is not a profile is refused; the schema that editors use judges as the code does.

The table of broken profiles, each with its message and its line, is in plugin_utils/test_profile_file.py.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ansible_collections.collectivites.antai.plugins.module_utils.catalogue import CLASSES, FACES, LOOKUPS, OPERATIONS, RECORDS
from ansible_collections.collectivites.antai.plugins.module_utils.errors import ProfileError
from ansible_collections.collectivites.antai.plugins.module_utils.profile import Profile
from ansible_collections.collectivites.antai.plugins.module_utils.profile_format import PROFILE
from tests.support import profile_reference
from tests.support.interfaces import INTERFACES

SHIPPED = Path(__file__).parents[2] / "plugins" / "profiles" / "sandbox.yml"
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


@settings(max_examples=300, deadline=None)
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
