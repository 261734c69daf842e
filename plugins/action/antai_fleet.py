# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_fleet: gathers the declarations of the play's hosts and runs the fleet in Ansible's own process, once for all of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from ansible.errors import AnsibleError

from ..module_utils._pdf.document import holds_document
from ..module_utils._plan.settings import Settings
from ..module_utils._store.actor import assume
from ..module_utils.errors import AntaiError, InvalidInput
from ..module_utils.libraries import require, require_for
from ..module_utils.redact import Redactor
from ..plugin_utils._controller.controller_files import ControllerFiles
from ..plugin_utils._controller.host_variables import HostVariables, declared_sirets, hosts_of
from ..plugin_utils._controller.journal_heads import journal_heads
from ..plugin_utils._controller.redacting_action import RedactingAction
from ..plugin_utils._controller.run_actor import run_actor
from ..plugin_utils._fleet.declared_host import DeclaredHost
from ..plugin_utils._fleet.declared_hosts import DeclaredHosts
from ..plugin_utils._fleet.engine import Fleet
from ..plugin_utils._fleet.progress_display import ProgressDisplay, chosen
from ..plugin_utils._fleet.proving import ProvingPolicy
from ..plugin_utils._fleet.run_state import FleetOptions
from ..plugin_utils._fleet.spec import SPEC, check_numbers
from ..plugin_utils._report.layout import shared
from ..plugin_utils._report.model import RunProblem


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Of a whole country, what stays grows all the time, and Python would look through all of it again and again; what is young it still collects."""
    gc.freeze()  # the inventory
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _with_heads(result: dict[str, Any], entries: list[DeclaredHost]) -> dict[str, Any]:
    """With the head of the journal of each store, as it is now, for the report."""
    heads, problems = journal_heads(entry.parameters.get("store") for entry in entries)
    summary = result["summary"] | {"journals": heads, "warnings": [*result["summary"]["warnings"], *problems]}
    return result | {"summary": summary}


def _orders(problems: list[RunProblem]) -> dict[str, Any]:
    """The result where nothing but orders was looked at."""
    told = " ".join(problem.text for problem in problems)
    summary = {"msg": told, "warnings": [], "problems": [problem.as_dict() for problem in problems]}
    return {"changed": False, "hosts": {}, "summary": summary} | ({"failed": True} if problems else {})


class ActionModule(RedactingAction):
    BYPASS_HOST_LOOP = True
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def redacted(self, outcome: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
        """The result of each collectivité has left through its own redactor, and the summary through its agents'."""
        return outcome

    def outcome(self, variables: dict[str, Any]) -> dict[str, Any]:
        self.use_known_language()
        _validated, options = self.validate_argument_spec(SPEC)
        try:
            require()
            assume(run_actor())
            check_numbers(options)
            with _seldom_collected():
                files = ControllerFiles(self._loader.path_dwim, partial(self._find_needle, "files"))
                entries = DeclaredHosts(HostVariables(self._loader, variables["hostvars"]), files.content).of(
                    variables["ansible_play_hosts"]
                )
                require_for(documents=any(holds_document(entry.parameters) for entry in entries))
                told = self._run(entries, options, variables["hostvars"], self._whole_inventory(options["whole_inventory"]))
        except AntaiError as error:
            return {"failed": True, "msg": error.sentence, "error": error.as_dict()}
        return told | self._shown(told, options["language"])

    def _run(self, entries: list[DeclaredHost], options: dict[str, Any], hostvars: Any, whole: list[tuple[str, str]]) -> dict[str, Any]:
        kind = chosen(options["progress"])
        display = ProgressDisplay(self._display, kind, options["language"])
        fleet = Fleet(
            entries,
            Settings(check_mode=self._task.check_mode, language=options["language"]),
            FleetOptions(
                workers=options["workers"],
                requests_per_second=options["requests_per_second"],
                allowed=options["brake"],
                canary=options["canary"],
                deadline=options["deadline"],
                proving=ProvingPolicy(options["prove"], options["prove_max"]),
                skips_locked=options["held"] == "skip",
                declared=lambda: [*whole, *declared_sirets(hostvars)],
                show=None if kind == "none" else display,
                show_every=display.every,
                language=options["language"],
            ),
        )
        try:
            return _orders(fleet.order_problems()) if options["orders_only"] else _with_heads(fleet.result(), entries)
        finally:
            display.over()

    def _whole_inventory(self, path: str | None) -> list[tuple[str, str]]:
        """(host, SIRET) of the inventory of which this one is a slice. Raises InvalidInput where it declares nobody."""
        if not path:
            return []
        try:
            pairs = list(declared_sirets(hosts_of(self._loader.path_dwim(path), self._loader)))
        except AnsibleError as error:
            raise InvalidInput("whole_inventory", str(error), "correct antai_whole_inventory; nothing was sent") from error
        if not pairs:
            raise InvalidInput("whole_inventory", f"no host of {path} has antai_siret", "correct antai_whole_inventory; nothing was sent")
        return pairs

    def _shown(self, told: dict[str, Any], language: str) -> dict[str, Any]:
        """What Ansible itself shows: the warnings, and with --diff what changes for whom."""
        hosts = told["hosts"].items()
        shown: dict[str, Any] = {"msg": told["summary"]["msg"]}
        own = ((host, (each["status"] or {}).get("siret") or "", text) for host, each in hosts for text in each["warnings"])
        warnings = [*told["summary"]["warnings"], *shared(own, language)]
        if warnings:
            shown["warnings"] = warnings
        if self._task.diff:
            shown["diff"] = [
                {"before_header": host, "after_header": host, "before": each["diff"]["before"], "after": each["diff"]["after"]}
                for host, each in hosts
                if each["diff"]
            ]
        return shown
