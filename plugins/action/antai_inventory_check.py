# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_inventory_check: is the inventory whole, does it hold anybody, and everybody once? Reads variables only."""

from __future__ import annotations

import re
from typing import Any

from ..plugin_utils._controller.host_variables import HostVariables, UnusableVariable, declared_sirets
from ..plugin_utils._controller.inventory_sources import matched_hosts, unread_sources
from ..plugin_utils._controller.report_action import ReportAction
from ..plugin_utils._fleet.duplicates import shared
from ..plugin_utils._report import refusal

# What every collectivité of an inventory usually shares: where it cannot be read for one, it can be read for none.
CONNECTION = ("antai_profile", "antai_portal_url", "antai_sifps_url")


class ActionModule(ReportAction):
    options = {
        "pattern": {"type": "str"},
        "fail": {"type": "bool", "default": True},
        "language": {"type": "str", "choices": ["fr", "en"], "default": "fr"},
    }

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        result = self._examined(given, variables)
        refused = given["fail"] and result["refusal"] is not None
        return result | ({"failed": True, "msg": result["refusal"]} if refused else {})

    def _examined(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        language, hostvars = given["language"], variables["hostvars"]
        unread = unread_sources(hostvars)
        result: dict[str, Any] = {
            "changed": False,
            "unread_sources": [source.path for source in unread],
            "compared": 0,
            "duplicates": {},
            "refusal": None,
        }
        if unread:
            return result | {"refusal": refusal.unread_sources([(source.path, source.reason) for source in unread], language)}
        hosts = variables["ansible_play_hosts_all"] if given["pattern"] is None else matched_hosts(hostvars, given["pattern"])
        if not hosts:
            sources = variables.get("ansible_inventory_sources") or []
            return result | {"refusal": refusal.no_host(given["pattern"], variables.get("ansible_limit"), sources, language)}
        declared = list(declared_sirets(hostvars))
        doubles = shared(declared, hosts)
        result |= {"compared": len(declared), "duplicates": doubles}
        if doubles:
            return result | {"refusal": refusal.duplicates(doubles, language)}
        unusable = self._unusable_connection(hosts, hostvars)
        if unusable:
            return result | {"refusal": refusal.unusable_connection(unusable.variable, _innermost(unusable.why), language)}
        return result

    def _unusable_connection(self, hosts: list[str], hostvars: Any) -> UnusableVariable | None:
        """Why nobody can be reached; None as soon as somebody can: whoever cannot fails alone, later."""
        inventory_variables = HostVariables(self._loader, hostvars)
        first = None
        for host in hosts:
            try:
                inventory_variables.of(host, CONNECTION)
            except UnusableVariable as error:
                first = first or error
            else:
                return None
        return first


def _innermost(why: str) -> str:
    """Of an error of templating only what the template itself says, where it does: Ansible tells the name of the exception, and of the filter, first."""
    return re.sub(r"\A(?:.*original message: |\w+: (?:The filter plugin '[^']+' failed: )?)", "", why, flags=re.DOTALL)
