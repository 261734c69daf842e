# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of steps: whole, and what it says of each."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.catalogue import OPERATIONS
from ansible_collections.collectivites.antai.plugins.module_utils._plan.steps import STEPS, state_after
from tests.support.collection import PLUGINS

PLANNING = {"Step", "do", "turn"}


def _strings(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def test_it_has_every_step_of_the_resources_and_no_other() -> None:
    """Where a resource plans a step, it names one of these; each is named somewhere."""
    trees = [ast.parse(path.read_text()) for path in (PLUGINS / "module_utils" / "_resources").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assert set(STEPS) <= _strings(nodes)
    planned = [_strings(node.args[:1]) for node in nodes if isinstance(node, ast.Call) and _called(node) in PLANNING]
    assert len(planned) > 20
    assert [strings for strings in planned if strings and not strings & set(STEPS)] == []


def test_nothing_but_these_takes_a_dialogue_away() -> None:
    assert {code: step.takes_away for code, step in STEPS.items() if step.takes_away} == {
        "close_account": "closure",
        "deactivate_certificate": "deactivation",
        "remove_certificate": "removal",
    }


@pytest.mark.parametrize("operation", sorted({step.operation for step in STEPS.values() if step.operation}))
def test_an_operation_is_one_of_the_interface_and_leads_to_one_state(operation: str) -> None:
    assert operation in OPERATIONS
    assert len({step.leads_to for step in STEPS.values() if step.operation == operation}) == 1


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("install_next", "inactive"),
        ("activate_previous", "active"),
        ("deactivate_compromised", "inactive"),
        ("remove_previous", "not_installed"),
        ("swap", None),
        ("set_aside", None),
        ("written_by_another_release", None),
    ],
)
def test_the_state_that_a_step_leaves_a_certificate_in(code: str, state: str | None) -> None:
    assert state_after(code) == state


def test_who_is_waited_for_all_the_same() -> None:
    assert {code for code, step in STEPS.items() if step.leaves_waiting} == {"ask_again", "fetch_blank"}
    assert {code for code, step in STEPS.items() if step.asks} == {"ask_again"}
