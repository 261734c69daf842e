# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that accepts and never answers, and many collectivités: it is waited for at most three time-outs, whatever the number of agents and lists."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.controller_files import ControllerFiles
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.host_variables import HostVariables
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.declared_hosts import DeclaredHosts
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.engine import Fleet
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.run_state import FleetOptions
from tests.support.fleet import siret

COUNT, TIMEOUT = 100, 4.0


class Inventory(dict[str, dict[str, Any]]):
    def raw_get(self, host: str) -> dict[str, Any]:
        return self[host]


@pytest.fixture
def silent_url() -> Iterator[str]:
    """The kernel accepts, nobody reads."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        yield f"https://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("agents", [1, 10, COUNT], ids=["one agent", "lists of ten agents", "an agent each"])
def test_it_is_waited_for_three_time_outs_at_most(silent_url: str, agents: int) -> None:
    inventory = Inventory()
    for rank in range(COUNT):
        inventory[f"commune_{rank:03}"] = {
            "antai_siret": siret(rank),
            "antai_name": f"Commune {rank}",
            "antai_certificates": [],
            "antai_profile": "sandbox",
            "antai_portal_url": silent_url,
            "antai_sifps_url": silent_url,
            "antai_username": f"agent-{rank % agents}",
            "antai_password": f"secret-{rank % agents}",
            "antai_timeout": TIMEOUT,
        }
    loader = DataLoader()
    hosts = DeclaredHosts(HostVariables(loader, inventory), ControllerFiles(loader.path_dwim, str).content).of(inventory)
    begin = time.monotonic()
    result = Fleet(hosts, Settings(), FleetOptions(workers=16)).result()
    assert time.monotonic() - begin < 3 * TIMEOUT
    codes = Counter(host["error"]["code"] for host in result["hosts"].values())
    assert set(codes) <= {"transport", "server_down"}
    assert sum(codes.values()) == COUNT
