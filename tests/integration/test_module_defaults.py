# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One action serves many modules: each keeps its own defaults, its check mode, and the host that it is delegated to."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.support.playbook import play

NOBODY = "https://127.0.0.1:9"
GROUP = {"profile": "sandbox", "portal_url": NOBODY, "sifps_url": NOBODY, "username": "agent", "password": "secret", "timeout": 2}
DEFAULTS = {
    "group/collectivites.antai.antai": GROUP,
    "collectivites.antai.antai_account_info": {"siret": "21690123100011"},
    "collectivites.antai.rgs_certificate_info": {"trust_store": "of-this-module"},
}
INFO = {"collectivites.antai.antai_account_info": {}}
JUDGE = {"collectivites.antai.rgs_certificate_info": {"certificate": "none.pem"}}
TASKS = [
    {"name": "by its name"} | INFO,
    {"name": "by its short name", "collections": ["collectivites.antai"], "antai_account_info": {}},
    {"name": "delegated", "delegate_to": "other"} | INFO,
    {"name": "checked", "check_mode": True, "collectivites.antai.antai_convention": {"siret": "21690123100011", "cycle": "complet"}},
    {"name": "in no group"} | JUDGE,
]


@pytest.mark.parametrize("shipped", [False, True], ids=["in process", "shipped"])
def test_defaults_reach_the_module_that_they_are_for(tmp_path: Path, shipped: bool) -> None:
    tasks = [task | {"ignore_errors": True} for task in TASKS]
    playbook, inventory = tmp_path / "play.yml", tmp_path / "inventory.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "here", "gather_facts": False, "module_defaults": DEFAULTS, "tasks": tasks}]))
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", "antai_in_process": not shipped}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"here": {}, "other": {}}, "vars": local}}))
    played = play(playbook, inventory, tmp_path / "home")
    messages = {line["task"]: line["result"]["msg"] for line in played.results}
    assert all(messages[name].startswith(f"{NOBODY}: connection refused") for name in list(messages)[:4]), messages
    assert "of-this-module" in messages["in no group"]
