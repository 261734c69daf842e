# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_convention_index: gathers what the play's hosts registered, and writes one file on the controller."""

from __future__ import annotations

from typing import Any

from ..plugin_utils._controller.report_action import FOLDER, TellingAction, as_json
from ..plugin_utils._report.prefill_index import SCHEMA, csv_bytes, line, text

RESULT = "antai_convention_prefill_result"
OPTIONS: dict[str, dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    **FOLDER,
    "language": {"type": "str", "choices": ["fr", "en"], "default": "fr"},
    "most_rows": {"type": "int", "default": 1000},
}


class ActionModule(TellingAction):
    options = OPTIONS

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        path = self.path(given["path"])
        lines = [_line(host, variables["hostvars"][host]) for host in variables["ansible_play_hosts_all"]]
        wanted = csv_bytes(lines, given["language"])
        there = self.read("path", path)
        if there != wanted and not self._task.check_mode:
            self.write("path", path, wanted)  # it names people
        contents = {"csv": lambda: wanted, "json": lambda: as_json({"schema": SCHEMA, "conventions": lines})}
        files = [] if self._task.check_mode else [str(path), *self.written(given, path.stem, contents)]
        told = text(lines, given["language"], given["most_rows"], files)
        self.show(told)
        diff = {
            "before": (there or b"").decode("utf-8", "replace"),
            "after": wanted.decode(),
            "before_header": str(path),
            "after_header": str(path),
        }
        return {"changed": there != wanted, "path": str(path), "lines": lines, "text": told, "files": files, "diff": diff}


def _line(host: str, seen: Any) -> dict[str, Any]:
    """A host without a result was not reached: it has failed before."""
    found = seen.get(RESULT, {"failed": True, "msg": "not prefilled in this play"})
    siret, name = (str(seen[each]) if each in seen else "" for each in ("antai_siret", "antai_name"))
    return line(name or host, siret, found.get("prefill"), str(found.get("msg", "")) if found.get("failed") else "")
