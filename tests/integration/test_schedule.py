# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role schedule: units that systemd takes, and that run what was declared."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.playbook import Played, play

SERVICE, TIMER = "antai-reconcile.service", "antai-reconcile.timer"


def scheduled(folder: Path, **variables: Any) -> Played:
    units = folder / "units"
    units.mkdir(exist_ok=True)
    given = {
        "antai_schedule_folder": str(units),
        "antai_schedule_state": "written",
        "antai_schedule_user": getpass.getuser(),
        "antai_schedule_command": str(Path(sys.executable).with_name("ansible-playbook")),
        "antai_schedule_inventory": "/etc/antai/inventory",
        "ansible_python_interpreter": sys.executable,
    }
    told = {name: value for name, value in (given | variables).items() if value is not None}
    role = {"role": "collectivites.antai.schedule"}
    playbook = folder / "schedule.yml"
    playbook.write_text(
        yaml.safe_dump([{"name": "Schedule", "hosts": "all", "gather_facts": False, "vars": told, "roles": [role]}]),
        encoding="utf-8",
    )
    return play(playbook, "localhost,", folder / "home", "-c", "local")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    hostile = 'antai_name=L"Haÿ %n $HOME \\ \nUser=root'
    given = {
        "antai_schedule_arguments": ["--extra-vars", hostile],
        "antai_schedule_environment": {
            "ANSIBLE_VAULT_PASSWORD_FILE": "/etc/antai/100%",
            "ANSIBLE_CALLBACKS_ENABLED": "collectivites.antai.exit_code, timer",
        },
    }
    first = scheduled(tmp_path, **given)
    assert (first.code, first.changed()) == (0, {"localhost"}), first.stdout
    service = (tmp_path / "units" / SERVICE).read_text(encoding="utf-8")
    assert 'Environment="ANSIBLE_VAULT_PASSWORD_FILE=/etc/antai/100%%"\n' in service
    assert 'Environment="ANSIBLE_CALLBACKS_ENABLED=timer,collectivites.antai.exit_code"\n' in service, "the user's, and ours last"
    assert service.endswith(
        'ansible-playbook --inventory "/etc/antai/inventory" collectivites.antai.reconcile "--extra-vars"'
        ' "antai_name=L\\"Haÿ %%n $$HOME \\\\ \\nUser=root"\n'
    )
    units = [str(tmp_path / "units" / name) for name in (SERVICE, TIMER)]
    verified = subprocess.run(["systemd-analyze", "--man=no", "verify", *units], capture_output=True, text=True, timeout=60, check=False)
    told = [line for line in verified.stderr.splitlines() if "antai-reconcile" in line]
    assert (verified.returncode, told) == (0, []), verified.stderr
    assert scheduled(tmp_path, **given).changed() == set()


def test_without_an_inventory_there_is_no_schedule(tmp_path: Path) -> None:
    refused = scheduled(tmp_path, antai_schedule_inventory=None)
    assert refused.code == 2
    assert "antai_schedule_inventory" in refused.stdout
    assert list((tmp_path / "units").iterdir()) == []
