# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_doctor_report: gathers what the doctor found for the play's hosts, prints it once, and writes it where asked."""

from __future__ import annotations

from typing import Any

from ..module_utils._doctor.table import table, together
from ..plugin_utils._controller.report_action import TellingAction, as_json

RESULT = "antai_doctor_result"
KEPT = ("outcome", "counts", "checks")
OPTIONS: dict[str, dict[str, Any]] = {"language": {"type": "str", "choices": ["fr", "en"], "default": "fr"}, "json": {"type": "path"}}


class ActionModule(TellingAction):
    options = OPTIONS

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        hosts = {host: _told(variables["hostvars"][host].get(RESULT)) for host in variables["ansible_play_hosts_all"]}
        checks = {host: told["checks"] for host, told in hosts.items() if "checks" in told}
        failures = [f"{host}: {told['failure']}" for host, told in hosts.items() if "failure" in told]
        text = "\n".join([table(together(checks), given["language"]) if checks else "", *failures]).strip("\n")
        self.show(text)  # first: a file that cannot be written must not cost it
        files = [] if self._task.check_mode or not given["json"] else [self._written(hosts, given["json"])]
        return {"changed": False, "hosts": hosts, "text": text, "files": files}

    def _written(self, hosts: dict[str, Any], name: str) -> str:
        path = self.path(name)
        self.write("json", path, as_json({"hosts": hosts}))
        return str(path)


def _told(found: dict[str, Any] | None) -> dict[str, Any]:
    if found and "checks" in found:
        return {name: found[name] for name in KEPT}
    return {"failure": str((found or {}).get("msg") or "the doctor did not come this far")}
