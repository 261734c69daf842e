# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_doctor_report: gathers what the doctor found for the play's hosts, prints it once, and writes it where asked."""

from __future__ import annotations

from typing import Any

from ..module_utils._doctor.table import table_of_lines, together
from ..module_utils._texts.doctor.table import NOT_REACHED
from ..module_utils._texts.failures import failure_text
from ..plugin_utils._controller.report_action import ReportAction, as_json

RESULT = "antai_doctor_result"
ANSWERED = ("outcome", "counts", "checks")
OPTIONS: dict[str, dict[str, Any]] = {"language": {"type": "str", "choices": ["fr", "en"], "default": "fr"}, "json": {"type": "path"}}


class ActionModule(ReportAction):
    options = OPTIONS

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        hosts = {host: _answer(variables["hostvars"][host].get(RESULT), given["language"]) for host in variables["ansible_play_hosts_all"]}
        checks = {host: answer["checks"] for host, answer in hosts.items() if "checks" in answer}
        failures = [f"{host}: {answer['failure']}" for host, answer in hosts.items() if "failure" in answer]
        text = "\n".join([table_of_lines(together(checks), given["language"]) if checks else "", *failures]).strip("\n")
        self.show(text)  # first: a file that cannot be written must not cost it
        files = [] if self._task.check_mode or not given["json"] else [self._written(hosts, given["json"])]
        return {"changed": False, "hosts": hosts, "text": text, "files": files}

    def _written(self, hosts: dict[str, Any], name: str) -> str:
        path = self.path(name)
        self.write("json", path, as_json({"hosts": hosts}))
        return str(path)


def _answer(result: dict[str, Any] | None, language: str) -> dict[str, Any]:
    """What the report has of one host; a failure where the doctor has no checks of it."""
    if result and "checks" in result:
        return {name: result[name] for name in ANSWERED}
    return {"failure": failure_text({"failed": True, **(result or {})}, language) or NOT_REACHED.text(language)}
