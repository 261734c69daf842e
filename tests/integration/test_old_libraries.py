# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""With a library that is too old nothing is sent, by a playbook of the fleet or the doctor's: one failure, which says what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import StartSandbox
from tests.support.fleet import fleet_inventory, fleet_policy, host, siret
from tests.support.playbook import play

OLD = "43.0.3"


@pytest.mark.parametrize("playbook", ["reconcile", "doctor"])
def test_nothing_is_sent_with_an_old_library(sandbox: StartSandbox, tmp_path: Path, playbook: str) -> None:
    running = sandbox(fleet_policy(2))
    hosts = {host(rank): {"antai_siret": siret(rank), "antai_name": host(rank)} for rank in range(2)}
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory = fleet_inventory(tmp_path / "hosts.yml", hosts, **local, antai_report_folder=str(tmp_path / "report"))
    older = tmp_path / "older" / f"cryptography-{OLD}.dist-info"  # what a library says of itself, found before the one that is there
    older.mkdir(parents=True)
    (older / "METADATA").write_text(f"Metadata-Version: 2.1\nName: cryptography\nVersion: {OLD}\n")
    before = len(running.requests())
    result = play(
        f"playbooks/{playbook}.yml",
        inventory,
        tmp_path / "home",
        PYTHONPATH=str(older.parent),
        SANDBOX_ENDPOINTS=str(running.state_dir / "endpoints.json"),
    )
    assert (result.code, len(running.requests())) == (2, before), result.stdout[-3000:]
    text = result.stdout + result.stderr
    assert f"cryptography {OLD} is installed, and 45.0.1 or newer is needed" in text
    assert "-m pip install 'cryptography>=45.0.1'" in text
    assert "converged" not in text
