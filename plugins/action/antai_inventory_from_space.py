# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_inventory_from_space: reads the lists of the agents that the play's hosts are, and writes an inventory on the controller."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..module_utils._interface.agent import Network
from ..module_utils._plan.settings import Settings
from ..module_utils._store.actor import assume
from ..module_utils.errors import AntaiError, InvalidInput
from ..module_utils.libraries import require
from ..plugin_utils._adoption.adopting import AdoptionOptions, adopt
from ..plugin_utils._adoption.keys import OPTION, KeyFolder, read_key_folder
from ..plugin_utils._adoption.reading import distinct_agents
from ..plugin_utils._adoption.rows import CSV_FILE, SOURCE, SOURCE_FILE, csv_bytes
from ..plugin_utils._adoption.summary import Adoption, contents, text
from ..plugin_utils._adoption.summary import csv_bytes as summary_csv
from ..plugin_utils._controller.controller_files import ControllerFiles
from ..plugin_utils._controller.host_variables import HostVariables, declared_sirets
from ..plugin_utils._controller.report_action import FOLDER, ReportAction, as_json, terminal_width
from ..plugin_utils._controller.run_actor import run_actor
from ..plugin_utils._fleet.declared_hosts import DeclaredHosts

STEM = "adoption"
OPTIONS: dict[str, dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    "force": {"type": "bool", "default": False},
    OPTION: {"type": "path", "no_log": False},
    "passphrase": {"type": "str", "no_log": True},
    "pin": {"type": "bool", "default": False},
    **FOLDER,
    "workers": {"type": "int", "default": 8},
    "language": {"type": "str", "choices": ["fr", "en"], "default": "fr"},
    "most_rows": {"type": "int", "default": 50},
}


class ActionModule(ReportAction):
    BYPASS_HOST_LOOP = True
    _supports_async = False
    options = OPTIONS

    def tell(self, options: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        try:
            require()
            assume(run_actor())
            return self._adopt(options, variables)
        except AntaiError as error:
            return {"failed": True, "msg": f"{error.sentence} (no inventory was written)", "error": error.as_dict()}

    def _adopt(self, options: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        folder = self.path(options["path"])
        places = {name: folder / name for name in (CSV_FILE, SOURCE_FILE)}  # the one that makes an inventory of it comes last
        before = {name: self.read("path", path) for name, path in places.items()}
        _refuse_overwriting([str(places[name]) for name, content in before.items() if content is not None], options["force"])
        keys = read_key_folder(options[OPTION], options["passphrase"]) if options[OPTION] else KeyFolder()
        hosts = variables["ansible_play_hosts"]
        files = ControllerFiles(self._loader.path_dwim, partial(self._find_needle, "files"))
        entries = DeclaredHosts(HostVariables(self._loader, variables["hostvars"]), files.content)
        settings = Settings(check_mode=self._task.check_mode, language=options["language"])
        network = Network(options["workers"])
        try:
            agents = distinct_agents(((host, entries.connection_of(host)) for host in hosts), network)
            adoption, steps = adopt(agents, keys, AdoptionOptions(settings, options["language"], options["pin"], options["workers"]))
        finally:
            network.close()
        adoption = replace(adoption, not_shown=_not_shown(adoption, variables["hostvars"], hosts))
        after = {CSV_FILE: csv_bytes(adoption.spaces, options["language"]), SOURCE_FILE: SOURCE.encode()}
        if settings.acts:
            for name, path in places.items():
                if before[name] != after[name]:
                    self.write("path", path, after[name])  # it names people
        return self._result(options, contents(adoption, options["language"]), steps, list(map(str, places.values()))) | {
            "changed": bool(steps) or before != after,
            "diff": [_diff(path, before[name], after[name]) for name, path in places.items()],
        }

    def _result(self, options: dict[str, Any], summary: dict[str, Any], steps: list[dict[str, Any]], files: list[str]) -> dict[str, Any]:
        """Print it and write it as a report, and return it."""
        forms = {"csv": lambda: summary_csv(summary), "json": lambda: as_json(summary)}
        files = [*files, *self.written(options, STEM, forms)]
        shown = text(summary, options["most_rows"], terminal_width(self._display), files, check_mode=self._task.check_mode)
        self.show(shown)
        return {"adoption": summary, "store_steps": steps, "text": shown, "files": [] if self._task.check_mode else files}


def _refuse_overwriting(files: list[str], force: bool) -> None:
    """Raises InvalidInput: what people have filled in there would be lost."""
    if files and not force:
        raise InvalidInput(
            "path",
            f"{' and '.join(files)} is there already" if len(files) == 1 else f"{' and '.join(files)} are there already",
            "give another folder, or force: true, which replaces them whole; nothing was sent",
        )


def _not_shown(adoption: Adoption, hostvars: Any, hosts: list[str]) -> tuple[str, ...]:
    """The hosts of this play that declare a SIRET which no agent sees."""
    shown = {space.siret for space in adoption.spaces} | {space.siret for space in adoption.left_out}
    return tuple(dict.fromkeys(host for host, siret in declared_sirets(hostvars) if host in hosts and siret not in shown))


def _diff(path: Path, before: bytes | None, after: bytes) -> dict[str, str]:
    shown = {"before": (before or b"").decode("utf-8", "replace"), "after": after.decode()}
    return shown | {"before_header": str(path), "after_header": str(path)}
