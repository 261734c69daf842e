# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of steps: whole, and what it says of each."""

from __future__ import annotations

import re

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.catalogue import OPERATIONS
from ansible_collections.collectivites.antai.plugins.module_utils._plan.steps import STEPS, state_after
from tests.support.collection import PLUGINS

# Where a resource names a step: as such, or in a rotation's draft.
NAMED = re.compile(r'(?:Step\(|\.do\(|\.turn\(|\b_deactivate\(|_activated\(\s*"[a-z]+",)\s*"([a-z_]+)"')


def test_it_has_every_step_of_the_resources_and_no_other() -> None:
    sources = [path.read_text() for path in (PLUGINS / "module_utils" / "_resources").rglob("*.py")]
    codes = {code for source in sources for code in NAMED.findall(source)}
    assert "install_certificate" in codes
    assert codes == set(STEPS)


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
