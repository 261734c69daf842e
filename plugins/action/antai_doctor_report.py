# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_doctor_report: gathers what the doctor found for the play's hosts, prints it once, and writes it where asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..module_utils.doctor.table import table, together
from ..plugin_utils.files import write_whole

RESULT = "antai_doctor_result"
KEPT = ("outcome", "counts", "checks")
OPTIONS: dict[str, dict[str, Any]] = {"language": {"type": "str", "choices": ["fr", "en"], "default": "fr"}, "json": {"type": "path"}}


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, arguments = self.validate_argument_spec(OPTIONS)
        hosts = {host: _told(variables["hostvars"][host].get(RESULT)) for host in variables["ansible_play_hosts_all"]}
        checks = {host: told["checks"] for host, told in hosts.items() if "checks" in told}
        failures = [f"{host}: {told['failure']}" for host, told in hosts.items() if "failure" in told]
        text = "\n".join([table(together(checks), arguments["language"]) if checks else "", *failures]).strip("\n")
        files = [] if self._task.check_mode or not arguments["json"] else [self._written(hosts, arguments["json"])]
        self._display.display(f"\n{text}\n")
        return result | {"changed": False, "hosts": hosts, "text": text, "files": files}

    def _written(self, hosts: dict[str, Any], name: str) -> str:
        path = Path(self._loader.path_dwim(name))
        try:
            write_whole(path, json.dumps({"hosts": hosts}, ensure_ascii=False, indent=1).encode() + b"\n")
        except OSError as error:
            raise AnsibleActionFail(f"json: {path} cannot be written ({error.strerror}); give a folder that you may write to") from error
        return str(path)


def _told(found: dict[str, Any] | None) -> dict[str, Any]:
    if found and "checks" in found:
        return {name: found[name] for name in KEPT}
    return {"failure": str((found or {}).get("msg") or "the doctor did not come this far")}
