# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_convention_renewals: gathers what the play's hosts registered, prints it, and writes it where asked. Speaks with nobody."""

from __future__ import annotations

from typing import Any

from ..plugin_utils._controller.report_action import FOLDER, ReportAction, as_json
from ..plugin_utils._report.renewals import SCHEMA, RenewalView, counted, csv_bytes, line, ordered, text

CONVENTION, PREFILL = "antai_convention_result", "antai_convention_prefill_result"
OPTIONS: dict[str, dict[str, Any]] = {
    "csv": {"type": "path"},
    **FOLDER,
    "language": {"type": "str", "choices": ["fr", "en"], "default": "fr"},
    "late_days": {"type": "int", "default": 30},
    "most_rows": {"type": "int", "default": 1000},
}


class ActionModule(ReportAction):
    options = OPTIONS

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        lines = [_line(host, variables["hostvars"][host], given) for host in variables["ansible_play_hosts_all"]]
        worst_first, counts = ordered(lines), counted(lines)
        contents = {
            "csv": lambda: csv_bytes(lines, given["language"]),
            "json": lambda: as_json({"schema": SCHEMA, "renewals": worst_first, "totals": counts}),
        }
        files = self.written(given, "renewals", contents)
        told = text(lines, given["language"], given["most_rows"], files)
        self.show(told)
        return {"changed": False, "renewals": worst_first, "totals": counts, "text": told, "files": files}


def _line(host: str, variables: Any, options: dict[str, Any]) -> RenewalView:
    name, siret = (str(variables[variable]) if variable in variables else "" for variable in ("antai_name", "antai_siret"))
    return line(
        host, name or host, siret, variables.get(CONVENTION, {}), variables.get(PREFILL, {}), options["late_days"], options["language"]
    )
