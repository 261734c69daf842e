# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIRET and SIREN in templates: what Ansible itself evaluates."""

from __future__ import annotations

import pytest
import yaml

from tests.support.playbook import play

VALUES: list[tuple[str, object]] = [
    ("'21690123100011' | collectivites.antai.siren_of", "216901231"),
    ("'2169012310001' | collectivites.antai.siret_key", "1"),
    ("'2000301950011' | collectivites.antai.siret_key", "5"),
    ("'21690123100011' is collectivites.antai.siret", True),
    ("'21690123100012' is collectivites.antai.siret", False),
    ("'216901231' is collectivites.antai.siret", False),
    ("'216 901 231 00011' is collectivites.antai.siret", False),
    ("21690123100011 is collectivites.antai.siret", False),
    ("'00000000000000' is collectivites.antai.siret", False),
    ("'35600000049837' is collectivites.antai.siret", True),
    ("'216901231' is collectivites.antai.siren", True),
    ("'216901232' is collectivites.antai.siren", False),
    ("'000000000' is collectivites.antai.siren", False),
    ("'21690123100011' is collectivites.antai.siren", False),
    ("none is collectivites.antai.siren", False),
]
REFUSALS = [
    ("'216901231' | collectivites.antai.siren_of", "this is a SIREN"),
    ("'21690123100012' | collectivites.antai.siren_of", "wrong key"),
    ("21690123100011 | collectivites.antai.siren_of", "quote it"),
    ("'21690123100' | collectivites.antai.siret_key", "first 13 digits"),
    ("'3560000000004' | collectivites.antai.siret_key", "no single key"),
]


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """By expression, the outcome and result of a debug task on it: one play, as a user's."""
    home = tmp_path_factory.mktemp("filters")
    tasks = [
        {"name": expression, "ansible.builtin.debug": {"msg": "{{ " + expression + " }}"}, "ignore_errors": True}
        for expression, _expected in (*VALUES, *REFUSALS)
    ]
    playbook = home / "filters.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    inventory = home / "hosts"
    inventory.write_text("localhost ansible_connection=local\n", encoding="utf-8")
    played = play(playbook, inventory, home / "ansible")
    assert played.code == 0, played.stderr
    return {result["task"]: {"outcome": result["outcome"], **result["result"]} for result in played.results}


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_values(evaluated: dict[str, dict[str, object]], expression: str, value: object) -> None:
    assert evaluated[expression]["msg"] == value


@pytest.mark.parametrize(("expression", "message"), REFUSALS)
def test_refusals(evaluated: dict[str, dict[str, object]], expression: str, message: str) -> None:
    assert evaluated[expression]["outcome"] == "failed"
    assert message in str(evaluated[expression]["msg"])
