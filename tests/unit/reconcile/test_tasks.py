# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module does, whoever runs it: whatever happens becomes a result, without a secret."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.tasks import Task, run_task
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from ansible_collections.collectivites.antai.plugins.module_utils.redact import Redactor

PARAMETERS = {"password": "canari-secret"}


def done(doing: Any, check_mode: bool = False) -> dict[str, Any]:
    return run_task(Task({}, doing), PARAMETERS, check_mode)


def test_a_result_is_handed_on() -> None:
    assert done(lambda parameters, _redactor, check_mode: {"changed": check_mode, "seen": sorted(parameters)}, True) == {
        "changed": True,
        "seen": ["password"],
    }


def test_a_typed_error_tells_what_to_do() -> None:
    def refuse(parameters: dict[str, Any], _redactor: Redactor, _check_mode: bool) -> dict[str, Any]:
        raise InvalidInput("siret", f"{parameters['password']} is none", "give one", value=parameters["password"])

    result = done(refuse)
    assert result == {
        "failed": True,
        "msg": "siret: ******** is none - give one",
        "error": {
            "code": "invalid_input",
            "message": "siret: ******** is none",
            "hint": "give one",
            "details": {"field": "siret", "value": "********"},
        },
    }


def test_an_exception_that_nobody_foresaw_tells_where_and_no_secret() -> None:
    def break_down(parameters: dict[str, Any], redactor: Redactor, _check_mode: bool) -> dict[str, Any]:
        redactor.learn("canari-token")
        raise KeyError(f"{parameters['password']} canari-token")

    result = done(break_down)
    assert (result["failed"], result["error"]["code"]) == (True, "unexpected")
    assert "unexpected KeyError" in result["msg"]
    places = result["error"]["details"]["where"]
    assert places[0].startswith("tasks.py:")
    assert places[-1].startswith("test_tasks.py:")
    assert places[-1].endswith("break_down")
    assert "canari" not in json.dumps(result)
