# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about the convention of one cycle, from its declaration and what was observed. Pure decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from ..._options.choices import DAYS_AHEAD
from ..._pdf.document import Document
from ..._pdf.document_rules import failure_phrases, remarks
from ..._pki.renewal import RenewalPolicy
from ..._pki.verdict import FAIL, Judgement
from ..._plan.plan import Plan, Step
from ..._plan.records import ConventionRecord
from ..._plan.waiting import Waiting
from ..._store.store import Store
from ..._texts.text import LANGUAGES
from ..space import Space, account_waiting
from .gate import (
    SIGNED_BY_BOTH,
    countersignature_waiting,
    current_convention,
    excluding_convention,
    lapsed_on,
    latest_in_state,
    of_cycle,
    shows_conventions,
    signature_waiting,
    signing_place,
)
from .renewal import ConventionRenewal, renewal_of

DEFAULT_POLICY = RenewalPolicy(DAYS_AHEAD)
BETWEEN = {"fr": " ; ", "en": "; "}
FIELDS = tuple(ConventionRecord.__annotations__)
REPLACES_PARTIEL = "the convention cycle partiel stays in force until ANTAI countersigns this one, which then replaces it at once (R5); the exchange goes on"


@dataclass(frozen=True)
class DeclaredConvention:
    """document: the signed convention, or None to use the one that people lay in the store. path: where it is awaited, if not there.

    next_document, next_path: the same of the convention that is to follow the one in force. policy: when that one is due.
    """

    siret: str
    cycle: str
    document: Document | None = None
    path: str | None = None
    next_document: Document | None = None
    next_path: str | None = None
    policy: RenewalPolicy = DEFAULT_POLICY
    agent_email: str | None = None


@dataclass(frozen=True)
class ObservedConvention:
    """document: what the user wants ANTAI to have, or None; next_document: what is to follow it, or None.

    blank, copy, next_copy: paths of the store's blank and countersigned copies, where they exist.
    checks: what the rules say of the document that is to be sent, where it was judged; None once ANTAI has it.
    """

    space: Space
    document: Document | None
    store: Store | None
    blank: str | None
    copy: str | None
    copy_sha256: str | None
    checks: Judgement | None = None
    next_document: Document | None = None
    next_copy: str | None = None
    next_copy_sha256: str | None = None


@dataclass(frozen=True)
class ConventionCase:
    """All that the decision looks at, and what follows from it: each part is worked out once."""

    declared: DeclaredConvention
    observed: ObservedConvention
    now: datetime

    @cached_property
    def conventions(self) -> list[ConventionRecord]:
        """Those of the declared cycle, the oldest first."""
        return of_cycle(self.observed.space.conventions, self.declared.cycle)

    @cached_property
    def current(self) -> ConventionRecord | None:
        return current_convention(self.conventions)

    @cached_property
    def renewal(self) -> ConventionRenewal | None:
        return renewal_of(self.conventions, self.now, self.declared.policy)

    @cached_property
    def to_send(self) -> Document | None:
        return document_to_send(self.conventions, self.observed.document, self.observed.next_document)

    @cached_property
    def account(self) -> Waiting | None:
        return account_waiting(self.observed.space, self.declared.agent_email)

    @cached_property
    def path(self) -> str:
        """Where the signed document is awaited: after an end, that of the next period."""
        if self.current and self.current["state"] == "ended":
            return self.declared.next_path or self.declared.path or self._place(next_period=True)
        return self.declared.path or self._place()

    @cached_property
    def next_path(self) -> str:
        return self.declared.next_path or self._place(next_period=True)

    def _place(self, *, next_period: bool = False) -> str:
        return signing_place(self.observed.store, self.declared.cycle, next_period=next_period)

    def lacks(self, operation: str) -> bool:
        return operation in self.observed.space.lacks

    @cached_property
    def before(self) -> dict[str, Any]:
        """The convention as results show it."""
        space, observed = self.observed.space, self.observed
        is_known = (space.visible and shows_conventions(space)) or space.state in ("absent", "under_control", "refused")
        return {
            "siret": self.declared.siret,
            **dict.fromkeys(FIELDS),
            "cycle": self.declared.cycle,
            "state": "none" if is_known else "unknown",
            **(self.current or {}),
            "lapsed": lapsed_on(space.conventions),
            "next": self.renewal.next if self.renewal else None,
            "blank": observed.blank,
            "countersigned_copy": observed.copy,
            "next_countersigned_copy": observed.next_copy,
            "checks": observed.checks.as_dict() if observed.checks else None,
        }

    @cached_property
    def submitted(self) -> dict[str, Any]:
        """The fields of the convention once the document is sent."""
        sha256 = self.to_send.sha256 if self.to_send else None
        return {**dict.fromkeys(FIELDS), "cycle": self.declared.cycle, "state": "submitted", "sha256": sha256}

    @property
    def is_refused_here(self) -> bool:
        """Whether a rule on documents keeps it from being sent."""
        return self.observed.checks is not None and self.observed.checks.outcome == FAIL

    def plan(self, *waiting: Waiting | None, warnings: tuple[str, ...] = ()) -> Plan:
        """Nothing can be done now but to wait."""
        return Plan(self.before, self.before, waiting=tuple(filter(None, waiting)), warnings=warnings)


def plan_convention(declared: DeclaredConvention, observed: ObservedConvention, now: datetime) -> Plan:
    case = ConventionCase(declared, observed, now)
    plan = _planned(case)
    ahead = case.renewal.waiting(case.next_path) if case.renewal and not plan.waiting else ()
    return replace(plan, facts={"renewal": case.renewal.as_dict() if case.renewal else None, "ahead": ahead})


def _planned(case: ConventionCase) -> Plan:
    space, current = case.observed.space, case.current
    if (not space.visible and space.state in ("accepted", "unknown")) or not shows_conventions(space):
        return case.plan(case.account or Waiting("unseen"))
    if current and current["state"] in SIGNED_BY_BOTH:
        return _plan_signed_by_both(case, current)
    if current and current["state"] == "submitted":
        return case.plan(_countersignature(case, current["since"]), warnings=_remarks_on_sent(case))
    excluding = excluding_convention(space) if case.declared.cycle == "partiel" else None
    if excluding:
        return case.plan(Waiting("convention_exclusive", facts={"end": excluding["end"]}))
    return _plan_upload(case, case.to_send) if case.to_send else _plan_signature(case)


def _plan_upload(case: ConventionCase, document: Document) -> Plan:
    cycle, warnings = case.declared.cycle, _remarks(case, document)
    if case.is_refused_here or case.account:
        return case.plan(_refused(case, document, case.path) if case.is_refused_here else None, case.account, warnings=warnings)
    if case.lacks("convention_upload"):
        return case.plan(Waiting("convention_upload_by_hand"), warnings=warnings)
    why = f"the convention is {case.current['state']}, and another document is declared" if case.current else None
    step = Step("upload_convention", why or f"the space holds no convention cycle {cycle}", cycle)
    # R5: what becomes of the other cycle is said before it is done.
    replaces = cycle == "complet" and latest_in_state(of_cycle(case.observed.space.conventions, "partiel"), "in_force")
    return Plan(
        case.before,
        case.before | case.submitted,
        (step,),
        (_countersignature(case, None),),
        (*warnings, *((REPLACES_PARTIEL,) if replaces else ())),
        server_assigned=("id", "since"),
    )


def _plan_signature(case: ConventionCase) -> Plan:
    """Somebody has to sign; meanwhile the blank is fetched."""
    cycle, store = case.declared.cycle, case.observed.store
    plan = case.plan(signature_waiting(case.current, cycle, case.path), case.account)
    if store is None or case.observed.blank or case.lacks("convention_blank"):
        return plan
    step = Step("fetch_blank", "nothing to sign lies in the store yet", cycle)
    return replace(plan, after=case.before | {"blank": str(store.blank_convention(cycle))}, steps=(step,))


def _plan_signed_by_both(case: ConventionCase, current: ConventionRecord) -> Plan:
    """Nothing is asked of anybody but the copies, and the convention that is to follow."""
    cycle, observed, after, steps = case.declared.cycle, case.observed, case.before, []
    waiting = (Waiting("convention_begins", facts={"start": current["start"]}),) if current["state"] == "upcoming" else ()
    warnings = (*_left_alone(case, current), *_remarks_on_sent(case))
    store = None if case.lacks("convention_document") else observed.store
    if store and not _is_copy_of(observed.copy, observed.copy_sha256, current):
        steps.append(Step("fetch_countersigned", "the store does not hold the countersigned copy", cycle))
        after = after | {"countersigned_copy": str(store.countersigned_convention(cycle))}
    coming = latest_in_state(case.conventions, "upcoming") if current["state"] == "in_force" else None
    if store and coming and not _is_copy_of(observed.next_copy, observed.next_copy_sha256, coming):
        steps.append(Step("fetch_next_countersigned", "the store does not hold the next countersigned copy", cycle))
        after = after | {"next_countersigned_copy": str(store.countersigned_convention(cycle, following=True))}
    plan = Plan(case.before, after, tuple(steps), waiting, warnings)
    return _with_renewal(case, case.renewal, plan) if case.renewal else plan


def _with_renewal(case: ConventionCase, renewal: ConventionRenewal, plan: Plan) -> Plan:
    """With the document of the next period, where one is there and due; and with what is coming."""
    document = case.to_send
    if document is None:
        return replace(plan, warnings=(*plan.warnings, *_lapse_warnings(renewal)))
    remarked = _remarks(case, document)
    if not renewal.open:
        first = f"it is sent from {max(case.declared.policy.days)} days before the end of the convention in force ({renewal.end}) on"
        return replace(plan, warnings=(*plan.warnings, f"{document.name}: {first}", *remarked))
    waiting = _refused(case, document, case.next_path) if case.is_refused_here else None
    if waiting is None and case.lacks("convention_upload"):
        waiting = Waiting("convention_upload_by_hand")
    if waiting:
        return replace(plan, waiting=(*plan.waiting, waiting), warnings=(*plan.warnings, *_lapse_warnings(renewal), *remarked))
    step = Step("renew_convention", f"{renewal.decision.reason}, and the document of the next period is there", case.declared.cycle)
    return replace(
        plan,
        after=plan.after | {"next": case.submitted},
        steps=(*plan.steps, step),
        warnings=(*plan.warnings, *remarked),
        server_assigned=("next",),
    )


def document_to_send(conventions: list[ConventionRecord], document: Document | None, next_document: Document | None) -> Document | None:
    """The document that ANTAI is to get, if it has not got that very one: nothing while another is submitted or to come.

    What it refused, or what has ended, is not sent again. conventions: of one cycle. document: of now; next_document: of the next period.
    """
    states = {convention["state"] for convention in conventions}
    if states & {"submitted", "upcoming"}:
        return None
    candidates = (next_document,) if "in_force" in states else (document, next_document)
    return next((candidate for candidate in candidates if candidate and _is_new(candidate, conventions)), None)


def _is_new(document: Document, conventions: list[ConventionRecord]) -> bool:
    """Whether ANTAI has never been sent this very document for this cycle."""
    return all(convention["sha256"] != document.sha256 for convention in conventions)


def _is_copy_of(copy: str | None, sha256: str | None, convention: ConventionRecord) -> bool:
    return copy is not None and convention["countersigned_sha256"] in (None, sha256)


def _countersignature(case: ConventionCase, since: str | None) -> Waiting:
    return countersignature_waiting(case.before["lapsed"], since, case.declared.cycle)


def _refused(case: ConventionCase, document: Document, path: str) -> Waiting:
    checks = case.observed.checks
    reasons = {language: BETWEEN[language].join(failure_phrases(checks, language)) for language in LANGUAGES} if checks else {}
    return Waiting("convention_document", None, {"name": document.name, "path": path, "reasons": reasons})


def _remarks(case: ConventionCase, document: Document | None) -> tuple[str, ...]:
    checks = case.observed.checks
    return tuple(f"{document.name}: {remark}" for remark in remarks(checks)) if document and checks else ()


def _remarks_on_sent(case: ConventionCase) -> tuple[str, ...]:
    """What was remarked on the document that this run has sent."""
    return () if case.to_send else _remarks(case, case.observed.document or case.observed.next_document)


def _left_alone(case: ConventionCase, current: ConventionRecord) -> tuple[str, ...]:
    document = case.observed.document
    if not document or not current["sha256"] or not _is_new(document, case.conventions):
        return ()
    return (
        f"{document.name} is not the document of the convention {current['state']}; it is not sent while that one runs: "
        "one that is to follow it is declared as next_document",
    )


def _lapse_warnings(renewal: ConventionRenewal) -> tuple[str, ...]:
    """What a lapse would do to the exchange, said in advance."""
    if not renewal.decision.due or renewal.state == "secured":
        return ()
    missing = {"to_sign": "nobody has signed it yet", "refused": "ANTAI refused it", "submitted": "ANTAI has to countersign it"}[
        renewal.state
    ]
    return (
        f"the convention ends on {renewal.end}; from {renewal.lapses_on} no FPS passes unless the next one is countersigned by then: {missing}",
    )
