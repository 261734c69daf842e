# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_report: gathers the statuses of the play's hosts and prints the table. Reads variables only."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils.report import row, table

# Results that the roles register, in their order: the first that failed is why a collectivité stopped.
RESULTS = (
    "antai_account_result",
    "antai_certificate_request_result",
    "antai_convention_result",
    "antai_certificate_result",
    "antai_rotation_result",
    "antai_switch_result",
    "antai_onboarding_result",
)


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, arguments = self.validate_argument_spec({"language": {"type": "str", "choices": ["fr", "en"], "default": "fr"}})
        language = arguments["language"]
        rows = [self._row(host, variables["hostvars"][host], language) for host in variables["ansible_play_hosts_all"]]
        text = table(rows, language)
        self._display.display(f"\n{text}\n")
        return result | {"changed": False, "rows": rows, "text": text}

    @staticmethod
    def _row(host: str, seen: Any, language: str) -> dict[str, Any]:
        results = [each for name in RESULTS if name in seen for each in (seen[name].get("results") or [seen[name]])]
        failed = next((each for each in results if each.get("failed")), None)
        status = next((each["status"] for each in reversed(results) if "status" in each), None)
        if failed:
            return row(host, None, str(failed.get("msg", "")), language)
        # A step that could not be done is known to the task that tried it, and to nobody else.
        tried = [one for each in results if any(step["outcome"] == "waiting" for step in each.get("steps", [])) for one in each["waiting"]]
        return row(host, status, None, language, tried)
