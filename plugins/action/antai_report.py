# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_report: gathers the statuses of the play's hosts, prints them, and writes them where asked. Speaks with nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from functools import cache
from typing import Any

from ansible.errors import AnsibleActionFail

from ..module_utils._texts.failures import failure_text
from ..plugin_utils._controller.host_variables import HostVariables, UnusableVariable
from ..plugin_utils._controller.journal_heads import JournalHead, journal_heads
from ..plugin_utils._controller.registered import RESULTS, registered_results
from ..plugin_utils._controller.report_action import FOLDER, ReportAction, as_json, terminal_width
from ..plugin_utils._report.contents import report
from ..plugin_utils._report.layout import files_written
from ..plugin_utils._report.model import FleetRun, HostRun, ReportOptions, ReportView, RunProblem
from ..plugin_utils._report.outcome import RUN, failing
from ..plugin_utils._report.report_columns import spreadsheet
from ..plugin_utils._report.summary import summary, totals
from ..plugin_utils._report.table import outcome, table

# The same order three times, each time a little further: whom an earlier one waited for, the last one that ran knows better.
ROTATION = ("antai_rotation_proved_result", "antai_rotation_swapped_result", "antai_rotation_result")
DONE = ("done", "settled")
OPTIONS: dict[str, dict[str, Any]] = {
    "language": {"type": "str", "choices": ["fr", "en"], "default": "fr"},
    "refusal": {"type": "str"},
    "csv": {"type": "path"},
    "json": {"type": "path"},
    **FOLDER,
    "history": {"type": "path"},
    "silence_days": {"type": "int", "default": 30},
    "ending_days": {"type": "int", "default": 90},
    "proof_max_age": {"type": "int", "default": 48},
    "most_rows": {"type": "int", "default": 100},
}
# What the playbook registers of antai_fleet, for all hosts at once; read as it is: templating it would walk through all of it.
FLEET = "antai_fleet_result"


class ActionModule(ReportAction):
    options = OPTIONS

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        limits = {name: given[name] for name in ("silence_days", "ending_days", "proof_max_age")}
        options = ReportOptions(datetime.now(timezone.utc), given["language"], **limits)
        fleet = variables.get(FLEET)
        if given["refusal"] is None:
            heads, unread = self._journal_heads(variables, fleet)
            view = report(self._runs(variables, given["language"]), options, replace(fleet_run(fleet), journals=tuple(heads)))
            for problem in unread:
                self._display.warning(problem)
        else:
            view = report([], options, FleetRun(problems=(RunProblem("inventory", given["refusal"]),)))
        try:
            files = self._files(view, given)
        except AnsibleActionFail:
            self._shown(view, given, [], fleet)  # a file that cannot be written does not cost the table
            raise
        result = {
            "changed": False,
            "report": view,
            "text": self._shown(view, given, files, fleet),
            "files": files,
            "failing": failing(view, _run_host(variables)),
        }
        return result | (statistics(result) if fleet else {})

    def _shown(self, view: ReportView, given: dict[str, Any], files: list[str], fleet: Any) -> str:
        """How it ended is said of a run over all of them, whose exit code it is."""
        if given["refusal"] is not None:
            text = "\n".join([*outcome(view), *files_written(files, view["language"])])
            self.show(text)
            return text
        is_long = len(view["collectivites"]) > given["most_rows"]
        width = terminal_width(self._display)
        text = summary(view, files, width) if is_long else f"{table(view, files, width)}\n\n{totals(view)}"
        text = "\n".join([text, *(outcome(view) if fleet else [])])
        self.show(text)
        return text

    def _runs(self, variables: dict[str, Any], language: str) -> list[HostRun]:
        """What one task knows of the whole fleet, or else what the tasks of each host registered."""
        hosts, fleet = variables["ansible_play_hosts_all"], variables.get(FLEET)
        if fleet and "hosts" in fleet:
            results = {host: [fleet["hosts"][host]] if host in fleet["hosts"] else [] for host in hosts}
        else:
            results = {host: registered(variables["hostvars"][host]) for host in hosts}
        runs = [host_run(host, results[host], language) for host in hosts]
        declared = HostVariables(self._loader, variables["hostvars"])
        return [
            run if run.status else replace(run, name=_declared(declared, run.host, "name"), siret=_declared(declared, run.host, "siret"))
            for run in runs
        ]

    def _journal_heads(self, variables: dict[str, Any], fleet: dict[str, Any] | None) -> tuple[list[JournalHead], list[str]]:
        """As journal_heads has them, of the stores of the play's hosts; a run over all of them has read them."""
        if fleet:
            return (fleet.get("summary") or {}).get("journals", []), []
        declared = HostVariables(self._loader, variables["hostvars"])
        return journal_heads(_declared(declared, host, "store") for host in variables["ansible_play_hosts_all"])

    def _files(self, view: ReportView, given: dict[str, Any]) -> list[str]:
        contents: dict[str, Callable[[], bytes]] = {"csv": cache(lambda: spreadsheet(view)), "json": cache(lambda: as_json(view))}
        files = self.written(given, "report", contents)
        if given["history"] and not self._task.check_mode:
            path = self.path(given["history"]) / f"{view['generated_at'].replace(':', '')}.json"
            self.write("history", path, contents["json"]())
            files.append(str(path))
        return files


def _run_host(variables: dict[str, Any]) -> str:
    """Who fails for the run itself, as `failing` has it."""
    hosts = variables["ansible_play_hosts_all"]
    return str(hosts[0]) if variables.get("ansible_limit") and hosts else RUN


def _declared(variables: HostVariables, host: str, field: str) -> str | None:
    """What tells people which collectivité it is, where the run has not got so far as to say it; None where that cannot be read."""
    try:
        value = variables.of(host, [f"antai_{field}"]).get(f"antai_{field}")
    except UnusableVariable:
        return None
    return None if value is None else str(value)


def registered(variables: Any) -> list[dict[str, Any]]:
    """Results of the tasks of one host, by its variables."""
    passed = [name for name in ROTATION if name in variables][:-1]
    return [result | {"waiting": []} if name in passed else result for name in RESULTS for result in registered_results(variables, name)]


def fleet_run(fleet: dict[str, Any] | None) -> FleetRun:
    """What the summary of antai_fleet says of the run as a whole."""
    summary = (fleet or {}).get("summary") or {}
    problems = tuple(RunProblem(problem["code"], problem["text"], tuple(problem["hosts"])) for problem in summary.get("problems", ()))
    return FleetRun(summary.get("brake"), _spaces(summary, "undeclared"), _spaces(summary, "declared_elsewhere"), problems)


def _spaces(summary: dict[str, Any], name: str) -> tuple[dict[str, str], ...] | None:
    """None where they are not known."""
    return None if summary.get(name) is None else tuple(summary[name])


def statistics(result: dict[str, Any]) -> dict[str, Any]:
    """How it ended, as a custom statistic of the run (as ansible.builtin.set_stats makes one): for the callback exit_code, and for AWX.

    result: of this action. Each of its own, not for each host.
    """
    totals = result["report"]["totals"]
    outcome = {
        "antai_outcome": totals["outcome"],
        "antai_exit_code": totals["exit_code"],
        "antai_failing": [failure["host"] for failure in result["failing"]],
    }
    return {"ansible_stats": {"data": outcome, "per_host": False, "aggregate": False}}


def host_run(host: str, results: list[dict[str, Any]], language: str) -> HostRun:
    """What the results of one host's tasks say together. A step that could not be done is known to the task that tried it, and to nobody else."""
    failed = next((result for result in results if result.get("failed")), {})
    # RESULTS has the order of the onboarding; a space is closed after everything else.
    steps = sorted((step for result in results for step in result.get("steps") or []), key=lambda step: step["code"] == "close_account")
    return HostRun(
        host,
        status=next((result["status"] for result in reversed(results) if result.get("status")), None),
        failure=failure_text(failed, language),
        tried=tuple(
            waiting
            for result in results
            if "siret_change" in result or any(step["outcome"] == "waiting" for step in result.get("steps") or [])
            for waiting in result["waiting"]
        ),
        changed=tuple(step for step in steps if step["outcome"] in DONE),
        planned=tuple(step for step in steps if step["outcome"] == "planned"),
        held=any(result.get("held") for result in results),
    )
