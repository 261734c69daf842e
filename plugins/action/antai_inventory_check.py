# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_inventory_check: compares the SIRETs of the inventory's hosts. Reads variables only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils.duplicates import shared, told


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        self.validate_argument_spec({})
        declared = list(_declared(variables["hostvars"]))
        doubles = shared(declared, variables["ansible_play_hosts_all"])
        found = {"changed": False, "compared": len(declared), "duplicates": doubles}
        return result | found | ({"failed": True, "msg": told(doubles)} if doubles else {})


def _declared(hostvars: Any) -> Iterator[tuple[str, str]]:
    """Every host that declares a SIRET. Templating costs 1 ms a host, so that only a template is templated."""
    for host in hostvars:
        siret = hostvars.raw_get(host).get("antai_siret")
        if isinstance(siret, str) and "{{" in siret:
            siret = hostvars[host].get("antai_siret")
        if siret is not None:
            yield host, str(siret)
