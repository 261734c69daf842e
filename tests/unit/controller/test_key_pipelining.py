# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a module's arguments hold a key, it is shipped through a pipe or not at all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible.errors import AnsibleActionFail

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.key_pipelining import holds_key, key_pipelining_for

WITH = {"private_key_content": "canari"}


def connection(**changes: Any) -> Any:
    return SimpleNamespace(**{"transport": "ssh", "has_pipelining": True, "always_pipeline_modules": False, "become": None, **changes})


@pytest.mark.parametrize(
    ("arguments", "held"),
    [
        ({}, False),
        ({"certificates": None}, False),
        ({"certificates": [{"provider": "a", "private_key": "/k"}]}, False),
        (WITH, True),
        ({"certificate_content": "x"}, True),
        ({"private_key_content": None}, False),
        ({"certificates": [{"provider": "a"}, WITH]}, True),
        ({"certificates": "[{private_key_content: x}]"}, True),
        ({"certificates": "[{provider: x}]"}, False),
        ({"certificates": ["x"]}, False),
    ],
)
def test_holds_key(arguments: dict[str, Any], held: bool) -> None:
    assert holds_key(arguments) is held


@pytest.mark.parametrize("become", [None, SimpleNamespace(name="sudo", pipelining=True)])
def test_through_a_pipe_and_only_for_this_task(become: Any) -> None:
    used = connection(become=become)
    with key_pipelining_for(used, WITH, asynchronous=False):
        assert used.always_pipeline_modules is True
    assert used.always_pipeline_modules is False


def test_what_holds_no_key_is_shipped_as_ever() -> None:
    used = connection(has_pipelining=False)
    with key_pipelining_for(used, {}, asynchronous=True):
        assert used.always_pipeline_modules is False


@pytest.mark.parametrize(
    ("changes", "asynchronous", "text"),
    [
        ({}, True, "async keeps"),
        ({"has_pipelining": False}, False, "connection ssh knows no pipelining"),
        ({"become": SimpleNamespace(name="su", pipelining=False)}, False, "su knows no pipelining"),
    ],
)
def test_or_not_at_all(changes: dict[str, Any], asynchronous: bool, text: str) -> None:
    used = connection(**changes)
    with pytest.raises(AnsibleActionFail, match=text) as caught, key_pipelining_for(used, WITH, asynchronous=asynchronous):
        pass
    assert "canari" not in str(caught.value)
    assert used.always_pipeline_modules is False


def test_files_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_KEEP_REMOTE_FILES", True)
    with pytest.raises(AnsibleActionFail, match="KEEP_REMOTE_FILES"), key_pipelining_for(connection(), WITH, asynchronous=False):
        pass
