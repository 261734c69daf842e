# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_inventory_check: compares the SIRETs of the inventory's hosts. Reads variables only."""

from __future__ import annotations

from typing import Any

from ..module_utils.duplicates import shared, told
from ..plugin_utils.host_variables import declared_sirets
from ..plugin_utils.telling import TellingAction


class ActionModule(TellingAction):
    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        declared = list(declared_sirets(variables["hostvars"]))
        doubles = shared(declared, variables["ansible_play_hosts_all"])
        found = {"changed": False, "compared": len(declared), "duplicates": doubles}
        return found | ({"failed": True, "msg": told(doubles)} if doubles else {})
