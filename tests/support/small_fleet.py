# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A few collectivités as an inventory, for the playbooks over them, against one sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.interfaces import INTERFACES, Interface
from tests.support.keys import Issued
from tests.support.playbook import Played, play
from tests.support.portal_client import SiFpsClient
from tests.support.sandbox_process import SandboxProcess
from tests.support.values import AGENT

PROVIDER = "essai"


@dataclass
class Fleet:
    """hosts: by name, their variables beside those that all share. interface: the one that the collection speaks."""

    running: SandboxProcess
    folder: Path
    hosts: dict[str, dict[str, Any]]
    interface: Interface = INTERFACES["sandbox"]

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def play(self, playbook: str, *arguments: str, **variables: Any) -> Played:
        inventory = self.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"antai": {"hosts": self.hosts, "vars": self._shared() | variables}}), encoding="utf-8")
        return play(f"playbooks/{playbook}.yml", inventory, self.folder / "home", *arguments)

    def machine(self, siret: str) -> SiFpsClient:
        """An independent client with this collectivité's certificate, from the store."""
        current = self.store / siret / "certificates" / PROVIDER / "current"
        return SiFpsClient(self.running.endpoints, Issued(current / "certificate.pem", current / "key.pem"))

    def written(self, since: int = 0) -> list[tuple[str, str]]:
        """(operation, SIRET) of the writes, but for the FPS of the independent clients."""
        lines = [line for line in self.running.requests(operation_class="write") if line["operation"] != "fpsSend"]
        return [(line["operation"], line["siret"]) for line in lines[since:]]

    def _shared(self) -> dict[str, Any]:
        endpoints = self.running.endpoints
        faces = {
            f"antai_{face}_{name}": place
            for face, where in self.interface.faces(endpoints).items()
            for name, place in where.items()
            if name in ("url", "ca_file")
        }
        folders = {f"antai_{name}_folder": endpoints["psce"][f"{name}_folder"] for name in ("drop", "pickup")}
        return {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "antai_profile": self.interface.profile,
            "antai_username": AGENT[0],
            "antai_password": AGENT[1],
            "antai_store": str(self.store),
            "antai_language": "en",
            "antai_certificates": [{"provider": PROVIDER, "key_type": "ec-p256"}],
            "antai_request_wait_timeout": 20,
            **faces,
            **folders,
        }
