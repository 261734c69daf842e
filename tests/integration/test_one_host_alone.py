# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook over many takes some of its options from the first host's variables: a wrong one is that host's fault alone."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.support.playbook import play

NOBODY = "https://127.0.0.1:9"
SHARED = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    "antai_profile": "sandbox",
    "antai_portal_url": NOBODY,
    "antai_sifps_url": NOBODY,
    "antai_username": "agent",
    "antai_password": "secret-agent",
    "antai_certificates": [],
    "antai_timeout": 2,
}
HOSTS = {
    "a_toulouse": {"antai_siret": "21310555400017", "antai_name": "Toulouse", "antai_departement": "31", "antai_language": "xx"},
    "lyon": {"antai_siret": "21690123100011", "antai_name": "Lyon", "antai_departement": "69"},
}


def test_an_unknown_language_of_the_first_host_ends_no_run(tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(yaml.safe_dump({"antai": {"hosts": HOSTS, "vars": SHARED}}))
    played = play("playbooks/onboard_fleet.yml", inventory, tmp_path / "home", "--check")
    hosts = next(line["result"]["hosts"] for line in played.results if line["action"].endswith("antai_fleet"))
    assert "language" in hosts["a_toulouse"]["msg"]
    assert "got: xx" in hosts["a_toulouse"]["msg"]
    assert hosts["lyon"]["msg"].startswith(f"{NOBODY}: connection refused")
    assert "Toulouse : Une valeur déclarée ne peut pas être juste." in played.stdout
    assert "declaration: value of language" in played.stdout
