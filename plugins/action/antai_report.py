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

from ..plugin_utils._controller.host_variables import HostVariables, UnusableVariable
from ..plugin_utils._controller.registered import RESULTS, registered_results
from ..plugin_utils._controller.report_action import FOLDER, TellingAction, as_json, terminal_width
from ..plugin_utils._report.contents import Seen, Settings, Together, report
from ..plugin_utils._report.outcome import RUN, Problem, failing
from ..plugin_utils._report.spreadsheet import spreadsheet
from ..plugin_utils._report.summary import summary, totals
from ..plugin_utils._report.table import outcome, table, written

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


class ActionModule(TellingAction):
    options = OPTIONS

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        limits = {name: given[name] for name in ("silence_days", "ending_days", "proof_max_age")}
        settings = Settings(datetime.now(timezone.utc), given["language"], **limits)
        fleet = variables.get(FLEET)
        if given["refusal"] is None:
            told = report(self._seen(variables), settings, together(fleet))
        else:
            told = report([], settings, Together(problems=(Problem("inventory", given["refusal"]),)))
        try:
            files = self._files(told, given)
        except AnsibleActionFail:
            self._shown(told, given, [], fleet)  # a file that cannot be written does not cost the table
            raise
        result = {
            "changed": False,
            "report": told,
            "text": self._shown(told, given, files, fleet),
            "files": files,
            "failing": failing(told, _run_host(variables)),
        }
        return result | (statistics(result) if fleet else {})

    def _shown(self, told: dict[str, Any], given: dict[str, Any], files: list[str], fleet: Any) -> str:
        """How it ended is said of a run over all of them, whose exit code it is."""
        if given["refusal"] is not None:
            text = "\n".join([*outcome(told), *written(files, told["language"])])
            self.show(text)
            return text
        many = len(told["collectivites"]) > given["most_rows"]
        width = terminal_width(self._display)
        text = summary(told, files, width) if many else f"{table(told, files, width)}\n\n{totals(told)}"
        text = "\n".join([text, *(outcome(told) if fleet else [])])
        self.show(text)
        return text

    def _seen(self, variables: dict[str, Any]) -> list[Seen]:
        """What one task knows of the whole fleet, or else what the tasks of each host registered."""
        hosts, fleet = variables["ansible_play_hosts_all"], variables.get(FLEET)
        if fleet and "hosts" in fleet:
            found = [seen(host, [fleet["hosts"][host]] if host in fleet["hosts"] else []) for host in hosts]
        else:
            found = [seen(host, registered(variables["hostvars"][host])) for host in hosts]
        declared = HostVariables(self._loader, variables["hostvars"])
        return [
            each
            if each.status
            else replace(each, name=_declared(declared, each.host, "name"), siret=_declared(declared, each.host, "siret"))
            for each in found
        ]

    def _files(self, told: dict[str, Any], given: dict[str, Any]) -> list[str]:
        contents: dict[str, Callable[[], bytes]] = {"csv": cache(lambda: spreadsheet(told)), "json": cache(lambda: as_json(told))}
        files = self.written(given, "report", contents)
        if given["history"] and not self._task.check_mode:
            path = self.path(given["history"]) / f"{told['generated_at'].replace(':', '')}.json"
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
    """variables: of one host."""
    passed = [name for name in ROTATION if name in variables][:-1]
    return [each | {"waiting": []} if name in passed else each for name in RESULTS for each in registered_results(variables, name)]


def together(fleet: dict[str, Any] | None) -> Together:
    """What the summary of antai_fleet says of the run as a whole."""
    summary = (fleet or {}).get("summary") or {}
    problems = tuple(Problem(each["code"], each["text"], tuple(each["hosts"])) for each in summary.get("problems", ()))
    return Together(summary.get("brake"), _spaces(summary, "undeclared"), _spaces(summary, "declared_elsewhere"), problems)


def _spaces(summary: dict[str, Any], name: str) -> tuple[dict[str, str], ...] | None:
    """None where they are not known."""
    return None if summary.get(name) is None else tuple(summary[name])


def statistics(result: dict[str, Any]) -> dict[str, Any]:
    """How it ended, as a custom statistic of the run (as ansible.builtin.set_stats makes one): for the callback exit_code, and for AWX.

    result: of this action. Each of its own, not for each host.
    """
    totals = result["report"]["totals"]
    data = {
        "antai_outcome": totals["outcome"],
        "antai_exit_code": totals["exit_code"],
        "antai_failing": [each["host"] for each in result["failing"]],
    }
    return {"ansible_stats": {"data": data, "per_host": False, "aggregate": False}}


def seen(host: str, results: list[dict[str, Any]]) -> Seen:
    """What the results of one host's tasks say together. A step that could not be done is known to the task that tried it, and to nobody else."""
    failed = next((each for each in results if each.get("failed")), None)
    # RESULTS has the order of the onboarding; a space is closed after everything else.
    steps = sorted(
        ((each, step) for each in results for step in each.get("steps") or []), key=lambda pair: pair[1]["code"] == "close_account"
    )
    return Seen(
        host,
        status=next((each["status"] for each in reversed(results) if each.get("status")), None),
        failure=str(failed.get("msg", "")) if failed else None,
        tried=tuple(
            one
            for each in results
            if "siret_change" in each or any(step["outcome"] == "waiting" for step in each.get("steps") or [])
            for one in each["waiting"]
        ),
        changed=tuple(step for _each, step in steps if step["outcome"] in DONE),
        planned=tuple(step for _each, step in steps if step["outcome"] == "planned"),
        held=any(each.get("held") for each in results),
    )
