# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ended: the outcome, its exit code and who fails for it, as one table; and the callback that hands the code on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.executor.stats import AggregateStats

from ansible_collections.collectivites.antai.plugins.callback.exit_code import CallbackModule
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._texts.report import CAUSE_TEXTS, OUTCOME_TEXTS
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.contents import report
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.model import FleetRun, HostRun, ReportOptions, RunProblem
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.outcome import (
    CAUSES,
    EXIT_CODES,
    OUTCOMES,
    PROBLEMS,
    RUN,
    failing,
)
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.summary import summary
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.table import outcome, table
from tests.support.collection import ROOT
from tests.support.statuses import CONTROL, DONE, STEP, status_of
from tests.unit.report.test_contents import NOW, SCHEMA, made

LAPSED = Plan({}, {}, (), (Waiting("convention_ended", None, {"end": "2027-02-26", "path": "/p"}),))
LIST = RunProblem("list_incomplete", "page 3 of 7 failed")
STORE = RunProblem("store_incomplete", "/store/1: no link", ("a",))

FINE = HostRun("a", status_of(DONE, DONE, DONE, DONE))
WAITS = HostRun("b", status_of(CONTROL, DONE, DONE, DONE))
LEFT = HostRun("c", status_of(DONE, DONE, DONE, STEP))
STOPPED = HostRun("d", status_of(DONE, DONE, LAPSED, DONE))
FAILED = HostRun("e", None, "boom")
SECOND = {"provider": "prestataire2", "fingerprint": "c" * 64, "since": "2026-11-01T08:00:00Z", "not_after": None}
DRIFT = HostRun("f", status_of(DONE, DONE, DONE, DONE) | {"name": "Albi", "undeclared_certificates": [SECOND]})
BRAKE = {"engaged": True, "limit": 3, "planned": []}

TABLE: dict[str, tuple[list[HostRun], FleetRun, str, int, list[str]]] = {
    "nobody": ([], FleetRun(), "converged", 0, []),
    "all is well": ([FINE], FleetRun(), "converged", 0, []),
    "left for the next run": ([FINE, LEFT], FleetRun(), "pending", 0, []),
    "people are waited for": ([FINE, LEFT, WAITS], FleetRun(), "waiting", 0, []),
    "a stop, beside others that wait": ([FINE, WAITS, STOPPED], FleetRun(), "stopped", 2, ["d"]),
    "a failure, beside a stop": ([STOPPED, FAILED], FleetRun(), "failed", 2, ["e", "d"]),
    "an active certificate that nobody declares": ([FINE, WAITS, DRIFT], FleetRun(), "undeclared", 2, ["f"]),
    "a list that is not whole is nobody's": ([FINE, WAITS], FleetRun(problems=(LIST,)), "incomplete", 2, [RUN]),
    "a store that is not whole is one's": ([FINE, WAITS], FleetRun(problems=(STORE,)), "incomplete", 2, ["a"]),
    "the brake": ([FINE], FleetRun(BRAKE), "failed", 2, [RUN]),
}


@pytest.mark.parametrize(("seen", "together", "expected", "code", "hosts"), TABLE.values(), ids=TABLE)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_outcome(seen: list[HostRun], together: FleetRun, expected: str, code: int, hosts: list[str], language: str) -> None:
    told = report(seen, ReportOptions(NOW, language), together)
    assert (told["totals"]["outcome"], told["totals"]["exit_code"]) == (expected, code)
    assert sorted(each["host"] for each in failing(told)) == sorted(hosts)
    assert all(each["msg"] for each in failing(told)), "who fails is told why"
    first, *others = outcome(told)
    assert f"({expected}, " in first
    assert first.endswith(f" {code}).")
    assert bool(others) == bool(code), "a run that did not end well says for whom, or why"


@pytest.mark.parametrize("shown", [table, lambda told: summary(told, [])], ids=["table", "summary"])
def test_an_active_certificate_that_nobody_declares_is_listed_with_its_provider_and_date(shown: Any) -> None:
    told = made(FINE, DRIFT, language="en")
    assert f"  Albi: prestataire2, active since 2026-11-01, fingerprint {'c' * 64}" in shown(told)
    assert [each["host"] for each in told["undeclared_certificates"]] == ["f"]
    assert "Albi" not in shown(made(FINE, language="en"))
    no_date = HostRun("f", DRIFT.status | {"undeclared_certificates": [SECOND | {"since": None}]})  # type: ignore[operator]
    assert "active (the server does not say since when)" in shown(made(no_date, language="en"))


def test_who_fails_is_told_what_to_do() -> None:
    stopped = HostRun("d", status_of(DONE, DONE, LAPSED, DONE, language="en"))
    assert failing(made(stopped, language="en")) == [
        {
            "host": "d",
            "msg": "nothing passes any more, or the SI FPS refuses: The convention ended on 2027-02-26: no FPS passes any more. "
            "Have a new one signed: /p",
        }
    ]


def test_every_outcome_and_cause_has_words_and_is_published() -> None:
    assert set(OUTCOME_TEXTS) == set(OUTCOMES)
    assert set(CAUSE_TEXTS) == {*CAUSES, *PROBLEMS}
    assert {cause.outcome for cause in CAUSES.values()} | set(PROBLEMS.values()) <= set(OUTCOMES)
    assert SCHEMA["properties"]["totals"]["properties"]["outcome"]["enum"] == list(OUTCOMES)
    assert SCHEMA["properties"]["totals"]["properties"]["exit_code"]["enum"] == sorted(set(EXIT_CODES.values()))
    assert SCHEMA["properties"]["problems"]["items"]["properties"]["code"]["enum"] == list(PROBLEMS)


@pytest.mark.parametrize("path", ["roles/reconciliation/README.md", "README.md"])
def test_the_table_in_the_documentation_is_the_definition(path: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\d) \|$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert [(name, int(code)) for name, code in rows] == list(EXIT_CODES.items())


def ended(failures: dict[str, str], **told: Any) -> AggregateStats:
    """failures: by host, what Ansible counts."""
    stats = AggregateStats()
    stats.increment("ok", "fine")
    for host, what in failures.items():
        stats.increment(what, host)
    for name, value in told.items():
        stats.set_custom_stats(name, value)
    return stats


UNPROVED = {"antai_exit_code": 3, "antai_failing": ["a"]}


@pytest.mark.parametrize(
    ("stats", "code"),
    [
        (ended({}), None),
        (ended({"a": "failures"}), None),
        (ended({"a": "failures"}, **UNPROVED), 3),
        (ended({"a": "failures", "b": "failures"}, **UNPROVED), None),
        (ended({"a": "failures", "b": "dark"}, **UNPROVED), None),
        (ended({"a": "failures"}, antai_exit_code=2, antai_failing=["a"]), None),
        (ended({}, antai_exit_code=0, antai_failing=[]), None),
    ],
    ids=["another playbook", "another playbook that failed", "unproved", "one failed besides", "one unreachable besides", "failed", "well"],
)
def test_exit_code(stats: AggregateStats, code: int | None) -> None:
    callback = CallbackModule()
    if code is None:
        callback.v2_playbook_on_stats(stats)
        return
    with pytest.raises(SystemExit) as ending:
        callback.v2_playbook_on_stats(stats)
    assert ending.value.code == code


def test_with_a_limit_a_host_of_the_run_fails_for_it() -> None:
    """Ansible leaves out whom the limit does not name: the run would end with 0."""
    told = report([FINE], ReportOptions(NOW), FleetRun(problems=(LIST,)))
    assert [each["host"] for each in failing(told, "albi")] == ["albi"]


@pytest.mark.parametrize(("count", "lines"), [(10, 10), (11, 1), (622, 1)])
def test_many_unproved_fail_in_one_line(count: int, lines: int) -> None:
    unproved = {**report([FINE], ReportOptions(NOW, "en"), FleetRun())}
    entry = unproved["collectivites"][0] | {"outcome": "unproved", "causes": ["unproved"]}
    unproved["collectivites"] = [entry | {"host": f"host_{rank}", "name": f"Commune {rank}"} for rank in range(count)]
    failures = failing(unproved)  # type: ignore[arg-type]
    assert len(failures) == lines
    if lines == 1:
        assert failures[0]["host"] == RUN
        assert f"{count} collectivités" in failures[0]["msg"]
        assert "Commune 9," in failures[0]["msg"]
        assert "Commune 10" not in failures[0]["msg"]
