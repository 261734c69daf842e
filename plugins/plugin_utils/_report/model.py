# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of a report: what a run says of each collectivité, and the report as docs/report.schema.json publishes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from ...module_utils._plan.waiting import WaitingView
from ...module_utils._resources.dialogue import Dialogue


class StepView(TypedDict):
    """A step that was done, or is to be done: its code, and what it is done to (a fingerprint, a provider, a cycle)."""

    code: str
    target: str


class UndeclaredCertificate(TypedDict):
    """An active certificate that no declaration names. since, not_after: RFC 3339, None where the server does not say."""

    provider: str | None
    fingerprint: str
    since: str | None
    not_after: str | None


class UndeclaredAt(UndeclaredCertificate):
    """The same, with the collectivité that it is found at."""

    host: str
    name: str
    siret: str | None


class JudgedCertificate(TypedDict):
    """A certificate of a status, judged by the rules: {rule, outcome, ...} each."""

    verdicts: Sequence[Mapping[str, str]]


class StatusView(TypedDict, total=False):
    """What a task of one host answered as its `status` (status.py of _reconcile). Moments are RFC 3339, days ISO 8601."""

    siret: str
    name: str | None
    stage: str
    stage_text: str
    steps: list[StepView]
    waiting: list[WaitingView]
    ahead: list[WaitingView]
    certificate_until: str | None
    convention_until: str | None
    convention_lapsed: str | None
    last_exchange_at: str | None
    active_since: str | None
    dialogues: list[Dialogue]
    undeclared_certificates: list[UndeclaredCertificate] | None
    verdicts: list[JudgedCertificate] | None


@dataclass(frozen=True)
class HostRun:
    """What a run knows of one host. status: None where the run did not come so far. failure: why it failed, or None.

    name, siret: as declared, for where there is no status; a SIRET that is none is left out of the report.
    tried: what was waited for when a step was tried; changed: the steps that were done; planned: those that check mode foresees.
    held: another run was working on it.
    """

    host: str
    status: StatusView | None = None
    failure: str | None = None
    tried: tuple[WaitingView, ...] = ()
    changed: tuple[StepView, ...] = ()
    planned: tuple[StepView, ...] = ()
    held: bool = False
    name: str | None = None
    siret: str | None = None


@dataclass(frozen=True)
class RunProblem:
    """Something that the run knows of itself (summary.problems of antai_fleet).

    code: of PROBLEMS in outcome.py. text: what happened, in one sentence; empty where the words of the code say it all. hosts: whom it concerns;
    empty where it is nobody's in particular.
    """

    code: str
    text: str = ""
    hosts: tuple[str, ...] = ()

    def as_dict(self) -> ProblemView:
        return {"code": self.code, "text": self.text, "hosts": list(self.hosts)}


class ProblemView(TypedDict):
    """A RunProblem as results show it."""

    code: str
    text: str
    hosts: list[str]


class PlannedDanger(TypedDict):
    """One thing that the run would take away. kind: of DANGERS in _texts/report.py; target: a fingerprint, a SIRET or a provider."""

    host: str
    siret: str
    kind: str
    target: str
    reason: str


class BrakeView(TypedDict):
    """The safety brake of antai_fleet: whether it held the run (in check mode: would), what it lets through, and all that was planned."""

    engaged: bool
    limit: int
    planned: list[PlannedDanger]


@dataclass(frozen=True)
class FleetRun:
    """What a run over all of them at once knows besides (antai_fleet's summary). brake: None where there was none.

    undeclared: {siret, name} each; declared_elsewhere: {siret, name, host} each; None where that is not known.
    journals: the head of the journal of each store, {store, number, hash}: an anchor for later.
    """

    brake: BrakeView | None = None
    undeclared: tuple[dict[str, str], ...] | None = None
    declared_elsewhere: tuple[dict[str, str], ...] | None = None
    problems: tuple[RunProblem, ...] = ()
    journals: tuple[dict[str, str | int], ...] = ()


@dataclass(frozen=True)
class ReportOptions:
    """now: the moment of the report. silence_days (R11) and ending_days: from when on silence, and an end to come, are reported. language: fr or en.

    proof_max_age: hours after which what the SI FPS has answered proves nothing any more.
    """

    now: datetime
    language: str = "fr"
    silence_days: int = 30
    ending_days: int = 90
    proof_max_age: int = 48


class ReportedDialogue(Dialogue):
    """proof: proved, unproved or unverifiable; None where nothing is to be proved."""

    proof: str | None


class CollectiviteFacts(TypedDict):
    """What the run says of one collectivité, before it is judged."""

    host: str
    name: str
    siret: str | None
    stage: str
    failure: str | None
    held: bool
    waiting: list[WaitingView]
    steps: list[StepView]
    planned: list[StepView]
    changed: list[StepView]
    certificate_until: str | None
    convention_until: str | None
    convention_lapsed: str | None
    ahead: list[WaitingView]
    last_exchange_at: str | None
    active_since: str | None
    dialogues: list[ReportedDialogue]
    undeclared_certificates: list[UndeclaredCertificate]


class ProvedFacts(CollectiviteFacts):
    """proof: the worst of its dialogues; stage_text: its stage in words; alert: why it stands where it stands in the list."""

    proof: str | None
    stage_text: str
    alert: str


class CollectiviteView(ProvedFacts):
    """One entry of the report. causes: what brings its outcome about, the worst first."""

    causes: list[str]
    outcome: str


class TotalsView(TypedDict):
    """How many there are; how the run ends."""

    collectivites: int
    outcome: str
    exit_code: int
    changed: int
    pending: int
    held: int
    by_alert: dict[str, int]
    by_stage: dict[str, int]
    dialogues: dict[str, int]


# How many wait for the same ("for" is no name in Python).
AwaitedView = TypedDict(
    "AwaitedView", {"on": str, "for": str, "text": str, "count": int, "oldest": "str | None", "oldest_at_least": "str | None"}
)


class EndingView(TypedDict):
    """The end of a certificate or a convention (what), and who must act before it (ahead)."""

    what: str
    end: str
    host: str
    name: str
    siret: str | None
    ahead: list[WaitingView]


class ReportView(TypedDict):
    """The whole report, as docs/report.schema.json describes it."""

    schema: int
    generated_at: str
    language: str
    silence_days: int
    ending_days: int
    proof_max_age: int
    totals: TotalsView
    brake: BrakeView | None
    undeclared: list[dict[str, str]] | None
    declared_elsewhere: list[dict[str, str]] | None
    problems: list[ProblemView]
    journals: list[dict[str, str | int]]
    awaited: list[AwaitedView]
    undeclared_certificates: list[UndeclaredAt]
    ending: list[EndingView]
    collectivites: list[CollectiviteView]


# What the result of a task holds, as Ansible gives it.
TaskResult = Mapping[str, Any]
