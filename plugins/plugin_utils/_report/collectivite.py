# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One collectivité of the report: what the run says of it, what is proved, and the worst that is the case. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from ...module_utils._plan.waiting import STOPS, WaitingView
from ...module_utils._texts.report import TEXTS
from ...module_utils.dates import date_or_none
from . import proof
from .model import CollectiviteFacts, CollectiviteView, HostRun, ProvedFacts, ReportOptions, RunProblem, StatusView, StepView
from .outcome import causes_of, worst

# Alerts, the worst first.
ALERT_ORDER = ("failed", "stopped", "unproved", "silent", "waiting", "next_run", "in_service")
# Who is waited for by these has an active certificate, where the interface does not say since when.
ACTIVE = ("certificate_no_longer_rgs",)
SIRET = re.compile("[0-9]{14}")


def report_collectivite(run: HostRun, options: ReportOptions, problems: Iterable[RunProblem]) -> CollectiviteView:
    """The entry of one host. problems: of the whole run; those that name the host count among its causes."""
    status = run.status or {}
    facts = _facts(run, status, options)
    dialogues_proof = proof.of_all(facts["dialogues"], is_silent=is_silent(facts, options))
    proved: ProvedFacts = {
        **facts,
        "proof": dialogues_proof,
        "stage_text": _stage_text(facts, status, dialogues_proof, options.language),
        "alert": _alert(facts, dialogues_proof, options, is_revoked=_is_revoked(status)),
    }
    causes = causes_of(proved, problems)
    return {**proved, "causes": causes, "outcome": worst(causes)}


def is_silent(facts: CollectiviteFacts, options: ReportOptions) -> bool:
    """R11: may exchange, and has not for long; one that never has counts from its activation. Not known is not silent."""
    if not facts["active_since"]:
        return False
    last = date_or_none(facts["last_exchange_at"]) or date_or_none(facts["active_since"])
    return last is not None and options.now - last > timedelta(days=options.silence_days)


def _facts(run: HostRun, status: StatusView, options: ReportOptions) -> CollectiviteFacts:
    failure = run.failure if run.failure is not None or run.status else TEXTS["not_run"].text(options.language)
    return {
        "host": run.host,
        "name": status.get("name") or run.name or run.host,
        "siret": status.get("siret") or (run.siret if SIRET.fullmatch(run.siret or "") else None),
        "stage": "failed" if failure is not None else status["stage"],
        "failure": failure,
        "held": run.held,
        "waiting": _distinct_waiting([*run.tried, *status.get("waiting", [])]),
        "steps": _steps_left([] if run.tried else status.get("steps", []), run.planned),
        "planned": _distinct_steps(run.planned),
        "changed": [_code_and_target(step) for step in run.changed],
        "certificate_until": status.get("certificate_until"),
        "convention_until": status.get("convention_until"),
        "convention_lapsed": status.get("convention_lapsed"),
        "ahead": list(status.get("ahead", [])),
        "last_exchange_at": status.get("last_exchange_at"),
        "active_since": status.get("active_since"),
        "dialogues": [
            {**dialogue, "proof": proof.of_dialogue(dialogue, options.now, options.proof_max_age)}
            for dialogue in status.get("dialogues", [])
        ],
        "undeclared_certificates": list(status.get("undeclared_certificates") or []),
    }


def _stage_text(facts: CollectiviteFacts, status: StatusView, dialogues_proof: str | None, language: str) -> str:
    if facts["failure"] is not None:
        return TEXTS["failed"].text(language)
    if facts["stage"] == "onboarded" and dialogues_proof == proof.UNPROVED:
        return TEXTS["onboarded_unproved"].text(language)
    return status["stage_text"]


def _code_and_target(step: StepView) -> StepView:
    return {"code": step["code"], "target": step["target"]}


def _steps_left(steps: list[StepView], planned: Sequence[StepView]) -> list[StepView]:
    """What a further run would do, and what check mode foresees besides (a rotation, an offboarding), each once."""
    keys = {(step["code"], step["target"]) for step in steps}
    return [*steps, *(step for step in _distinct_steps(planned) if (step["code"], step["target"]) not in keys)]


def _distinct_steps(steps: Iterable[StepView]) -> list[StepView]:
    return list({(step["code"], step["target"]): _code_and_target(step) for step in steps}.values())


def _distinct_waiting(waiting: list[WaitingView]) -> list[WaitingView]:
    return list({record["next_action"]["text"]: record for record in waiting}.values())


def _alert(facts: CollectiviteFacts, dialogues_proof: str | None, options: ReportOptions, *, is_revoked: bool) -> str:
    """The worst that is the case, of ALERT_ORDER."""
    if facts["failure"] is not None:
        return "failed"
    if _is_stopped(facts, is_revoked=is_revoked):
        return "stopped"
    if dialogues_proof == proof.UNPROVED:
        return "unproved"
    if is_silent(facts, options):
        return "silent"
    if facts["waiting"]:
        return "waiting"
    return "next_run" if facts["steps"] else "in_service"


def _is_revoked(status: StatusView) -> bool:
    """Whether a CRL or an OCSP responder says so of one of its certificates (antai_trust_store)."""
    verdicts = [verdict for certificate in status.get("verdicts") or () for verdict in certificate["verdicts"]]
    return any((verdict["rule"], verdict["outcome"]) == ("revocation", "fail") for verdict in verdicts)


def _is_stopped(facts: CollectiviteFacts, *, is_revoked: bool) -> bool:
    """Whatever is waited for: an active certificate that the SI FPS refuses, or that is revoked, lets nothing pass."""
    codes = {waiting["next_action"]["code"] for waiting in facts["waiting"]}
    is_active = bool(facts["active_since"]) or not codes.isdisjoint(ACTIVE)
    is_refused = any(
        dialogue["state"] == "refused" and (is_active or dialogue["verifiable"] is not None) for dialogue in facts["dialogues"]
    )
    is_cut_off = is_revoked and not codes.isdisjoint(ACTIVE)
    return bool(facts["convention_lapsed"]) or is_refused or is_cut_off or not codes.isdisjoint(STOPS)
