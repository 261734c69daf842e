# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ended: the one definition of the outcomes, of their exit codes, and of what brings each about. Pure.

To add a cause: a line in CAUSES (about one collectivité) or in PROBLEMS (about the run), and its words in CAUSE_TEXTS of _texts/report.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...module_utils._texts.report import CAUSE_TEXTS, MANY_UNPROVED
from ...module_utils._texts.text import with_colon
from .model import CollectiviteView, ProblemView, ProvedFacts, ReportView, RunProblem

OK, FAILED, UNPROVED = 0, 2, 3
# Exit codes by outcome, the worst outcome first. pending: nobody is waited for, and a further run has something to do.
EXIT_CODES = {
    "failed": FAILED,
    "stopped": FAILED,
    "undeclared": FAILED,
    "incomplete": FAILED,
    "unproved": UNPROVED,
    "waiting": OK,
    "pending": OK,
    "converged": OK,
}
OUTCOMES = tuple(EXIT_CODES)
# The host, in memory only, that fails in place of everybody where what is wrong is nobody's in particular.
RUN = "antai-run"
# More unproved collectivités than these fail in one line, which names so many of them.
MOST_NAMED = 10


@dataclass(frozen=True)
class Cause:
    """outcome: what the run ends with, at best, where this holds. holds: whether it does, of an entry of the report."""

    outcome: str
    holds: Callable[[ProvedFacts], bool]


# By its code.
CAUSES: dict[str, Cause] = {
    "failure": Cause("failed", lambda entry: entry["failure"] is not None),
    "stopped": Cause("stopped", lambda entry: entry["alert"] == "stopped"),
    "undeclared_certificate": Cause("undeclared", lambda entry: bool(entry["undeclared_certificates"])),
    "unproved": Cause("unproved", lambda entry: entry["proof"] == "unproved"),
    "waiting": Cause("waiting", lambda entry: bool(entry["waiting"])),
    "steps_left": Cause("pending", lambda entry: bool(entry["steps"])),
}
# What the run knows of itself, by its code: the outcome that it leads to.
PROBLEMS: dict[str, str] = {
    "inventory": "failed",
    "braked": "failed",
    "canary": "failed",
    "list_incomplete": "incomplete",
    "store_incomplete": "incomplete",
    "order_held": "failed",
}


def causes_of(entry: ProvedFacts, problems: Iterable[RunProblem] = ()) -> list[str]:
    """Codes of all that holds of this collectivité, the worst first. problems: of the whole run."""
    codes = [code for code, cause in CAUSES.items() if cause.holds(entry)]
    codes += [problem.code for problem in problems if entry["host"] in problem.hosts]
    return sorted(codes, key=lambda code: OUTCOMES.index(outcome_of(code)))


def outcome_of(code: str) -> str:
    """Of one cause or problem."""
    return CAUSES[code].outcome if code in CAUSES else PROBLEMS[code]


def worst(codes: Iterable[str]) -> str:
    """The outcome where all of these hold."""
    return min((outcome_of(code) for code in codes), key=OUTCOMES.index, default="converged")


def decisive(codes: Iterable[str]) -> list[str]:
    """Those that a run cannot end well with."""
    return [code for code in codes if EXIT_CODES[outcome_of(code)] != OK]


def failing(report: ReportView, run_host: str = RUN) -> list[dict[str, str]]:
    """[{host, msg}]: the hosts that a playbook has to fail so that it ends as the report says, each with the reason.

    run_host stands for the run itself where it has a problem that is nobody's in particular, and nobody fails for it, and for the unproved where they are
    many: with --limit a host of the run,
    for Ansible leaves out whom the limit does not name, RUN too.
    """
    language = report["language"]
    failing_views = [entry for entry in report["collectivites"] if EXIT_CODES[entry["outcome"]] != OK]
    unproved = [entry for entry in failing_views if entry["outcome"] == "unproved"]
    is_many = len(unproved) > MOST_NAMED
    failures = [
        {"host": entry["host"], "msg": _reason(entry, language)}
        for entry in failing_views
        if not (is_many and entry["outcome"] == "unproved")
    ]
    of_the_run = [problem_text(problem, language) for problem in report["problems"] if not problem["hosts"]]
    if failures:
        of_the_run = []
    if is_many:
        names = ", ".join(entry["name"] or entry["host"] for entry in unproved[:MOST_NAMED])
        of_the_run.append(MANY_UNPROVED.text(language, count=len(unproved), names=names))
    return failures + ([{"host": run_host, "msg": ". ".join(of_the_run)}] if of_the_run else [])


def problem_text(problem: ProblemView, language: str) -> str:
    cause = CAUSE_TEXTS[problem["code"]].text(language)
    return with_colon(cause, problem["text"], language) if problem["text"] else cause


def _reason(entry: CollectiviteView, language: str) -> str:
    if entry["failure"] is not None:
        return entry["failure"]
    why = ", ".join(CAUSE_TEXTS[code].text(language) for code in decisive(entry["causes"]))
    todo = " ".join(waiting["next_action"]["text"] for waiting in entry["waiting"])
    return with_colon(why, todo, language) if todo else why
