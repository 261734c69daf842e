# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options in Ansible's own process: checked, converted and hidden as AnsibleModule does it."""

from __future__ import annotations

import contextlib
import io
import json
from collections import UserDict
from datetime import UTC, date, datetime
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible.module_utils.testing import patch_module_args

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.options import Spec, carried, censored, validate

SPEC: Spec = {
    "name": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True, "fallback": (env_fallback, ["TEST_PASSWORD"])},
    "count": {"type": "int", "default": 3},
    "file": {"type": "path"},
    "state": {"type": "str", "choices": ["on", "off"], "default": "on"},
    "items": {"type": "list", "elements": "dict", "options": {"key": {"type": "str", "no_log": True}, "on": {"type": "bool"}}},
}
GIVEN: tuple[dict[str, Any], ...] = (
    {"name": "a"},
    {"name": 1, "count": "4", "file": "~/$HOME/x", "items": [{"key": "hidden-key", "on": "yes"}]},
    {"name": "a", "password": "hidden"},
    {"name": "the hidden one", "password": "hidden"},
    {"name": "a", "count": "many"},
    {"name": "a", "count": "hidden", "password": "hidden"},
    {"name": "a", "state": "half"},
    {"name": "a", "nobody": "knows", "and": "this"},
    {"name": "a", "items": [{"nobody": "knows"}]},
    {"name": "a", "items": [{"key": "hidden-key", "on": "perhaps"}]},
    {"name": "a", "items": "text"},
    {},
)


@pytest.mark.parametrize("given", GIVEN, ids=str)
@pytest.mark.parametrize("environment", [None, "hidden-there"])
def test_as_ansible_module(given: dict[str, Any], environment: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if environment:
        monkeypatch.setenv("TEST_PASSWORD", environment)
    checked = validate(given, SPEC, "a.b.c")
    result = {"failed": True, "msg": checked.error} if checked.error else {"changed": False, "echo": checked.parameters}
    assert censored(carried(result | {"invocation": {"module_args": checked.parameters}}), checked.secrets) == as_module(given)


def as_module(given: dict[str, Any]) -> dict[str, Any]:
    """What a real AnsibleModule prints that does nothing but repeat its parameters."""
    printed = io.StringIO()
    with patch_module_args({**given, "_ansible_module_name": "a.b.c"}), contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
        module = AnsibleModule(SPEC)
        module.exit_json(changed=False, echo=module.params)
    answer: dict[str, Any] = json.loads(printed.getvalue())
    return answer


def test_arguments_stay_as_they_were() -> None:
    given = {"name": 5}
    assert validate(given, SPEC, "a.b.c").parameters["name"] == "5"
    assert given == {"name": 5}


class Marked(str):
    """A text with something more, as Ansible's marks are."""

    __slots__ = ("origin",)


class Vaulted:
    def __str__(self) -> str:
        return "decrypted"


def test_carried() -> None:
    value = {
        Marked("text"): Marked("text"),
        "vaulted": Vaulted(),
        404: (1, 2.5, None, True),
        "day": date(2026, 11, 23),
        "instant": datetime(2026, 11, 23, 8, tzinfo=UTC),
        "mapping": UserDict({"a": {1}}),
    }
    plain = carried(value)
    assert plain == {
        "text": "text",
        "vaulted": "decrypted",
        "404": [1, 2.5, None, True],
        "day": "2026-11-23",
        "instant": "2026-11-23T08:00:00+00:00",
        "mapping": {"a": [1]},
    }
    assert {type(each) for each in (plain["text"], *plain)} == {str}
