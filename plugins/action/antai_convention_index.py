# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_convention_index: gathers what the play's hosts registered, and writes one file on the controller."""

from __future__ import annotations

from typing import Any

from ..module_utils._texts.failures import failure_text
from ..module_utils._texts.prefill_index import NOT_PREFILLED
from ..plugin_utils._controller.report_action import FOLDER, ReportAction, as_json
from ..plugin_utils._report.prefill_index import SCHEMA, PrefillView, csv_bytes, line, text

RESULT = "antai_convention_prefill_result"
OPTIONS: dict[str, dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    **FOLDER,
    "language": {"type": "str", "choices": ["fr", "en"], "default": "fr"},
    "most_rows": {"type": "int", "default": 1000},
}


class ActionModule(ReportAction):
    options = OPTIONS

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        path, language = self.path(given["path"]), given["language"]
        prefills = [_prefill(host, variables["hostvars"][host], language) for host in variables["ansible_play_hosts_all"]]
        content, before = csv_bytes(prefills, language), self.read("path", path)
        if before != content and not self._task.check_mode:
            self.write("path", path, content)  # it names people
        contents = {"csv": lambda: content, "json": lambda: as_json({"schema": SCHEMA, "conventions": prefills})}
        files = [] if self._task.check_mode else [str(path), *self.written(given, path.stem, contents)]
        shown = text(prefills, language, given["most_rows"], files)
        self.show(shown)
        diff = {
            "before": (before or b"").decode("utf-8", "replace"),
            "after": content.decode(),
            "before_header": str(path),
            "after_header": str(path),
        }
        return {"changed": before != content, "path": str(path), "lines": prefills, "text": shown, "files": files, "diff": diff}


def _prefill(host: str, variables: Any, language: str) -> PrefillView:
    """A host without a result was not reached: it has failed before."""
    result = variables.get(RESULT, {"failed": True, "msg": NOT_PREFILLED.text(language)})
    siret, name = (str(variables[variable]) if variable in variables else "" for variable in ("antai_siret", "antai_name"))
    return line(name or host, siret, result.get("prefill"), failure_text(result, language) or "")
