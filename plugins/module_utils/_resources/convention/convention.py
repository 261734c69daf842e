# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convention between the collectivité and ANTAI (letter, operation 3): blank, signed, uploaded, countersigned, in force, ended (R6).

While one is in force and ends soon, the one that is to follow it is uploaded beside it (convention_renewal.py decides when).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..._options.choices import DAYS_AHEAD
from ..._pdf.document import Document, read_document
from ..._pdf.document_rules import failure_phrases, remarks
from ..._pki.renewal import RenewalPolicy
from ..._pki.verdict import FAIL, Judgement
from ..._plan.plan import Plan, Step
from ..._plan.records import ConventionRecord
from ..._plan.waiting import LANGUAGES, Waiting
from ..._store.files import read_file
from ..._store.layout import BLANK, COUNTERSIGNED, SIGNED
from ..._store.store import Store
from ..base import Context, Resource
from ..space import Space, account_waiting, observe_space
from .renewal import Following, following

SIGNED_BY_BOTH = ("in_force", "upcoming")
# Given the document, and whether it is one that still has to be signed.
Judge = Callable[[Document, bool], Judgement]
BETWEEN = {"fr": " ; ", "en": "; "}
SHOWN = tuple(ConventionRecord.__annotations__)


@dataclass(frozen=True)
class Observed:
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


class Convention(Resource):
    """document: the signed convention, or None to use the one that people lay in the store. expected: the path where it is awaited, if not there.

    following, expected_following: the same of the convention that is to follow the one in force. policy: when that one is due.
    judge: checks a document before it is sent.
    """

    name = "convention"

    def __init__(
        self,
        siret: str,
        cycle: str,
        document: Document | None = None,
        *,
        expected: str | None = None,
        following: Document | None = None,
        expected_following: str | None = None,
        policy: RenewalPolicy | None = None,
        agent_email: str | None = None,
        judge: Judge | None = None,
    ) -> None:
        super().__init__(siret)
        self.cycle = cycle
        self.document = document
        self.expected = expected
        self.following = following
        self.expected_following = expected_following
        self.policy = policy or RenewalPolicy(DAYS_AHEAD)
        self.agent_email = agent_email
        self._judge = judge
        self._judged: dict[str, Judgement] = {}

    def prepare(self, context: Context) -> None:
        """A new account has no convention yet, so the document is to be sent: it is judged."""
        if self.siret in context.opened:
            self._checked(self._to_send([], *self._documents(context.store)), None, context.store)

    def observe(self, context: Context) -> Observed:
        store = context.store
        document, next_document = self._documents(store)
        blank = store.laid(self.cycle, BLANK) if store else None
        copy, copy_sha256 = self._copy(store, False)
        next_copy, next_copy_sha256 = self._copy(store, True)
        space = observe_space(context.operations, self.siret, self.agent_email)
        return Observed(
            space=space,
            document=document,
            store=store,
            blank=str(blank) if blank else None,
            copy=copy,
            copy_sha256=copy_sha256,
            checks=self._checked(self._to_send(self._mine(space), document, next_document), document or next_document, store),
            next_document=next_document,
            next_copy=next_copy,
            next_copy_sha256=next_copy_sha256,
        )

    def plan(self, observed: Observed, now: datetime) -> Plan:
        mine = self._mine(observed.space)
        convention = _relevant(mine)
        ahead = following(mine, now, self.policy)
        before = self._view(observed, convention, ahead)
        if (not observed.space.visible and observed.space.state in ("accepted", "unknown")) or not _seen(observed.space):
            plan = self._unseen(observed, before)
        elif convention and convention["state"] in SIGNED_BY_BOTH:
            plan = self._signed_by_both(observed, convention, before, ahead)
        elif convention and convention["state"] == "submitted":
            plan = Plan(
                before, before, waiting=(self._countersignature(before, convention["since"]),), warnings=self._told_of_sent(observed)
            )
        else:
            other = _exclusive(observed.space) if self.cycle == "partiel" else None
            if other:
                plan = Plan(before, before, waiting=(Waiting("convention_exclusive", about={"end": other["end"]}),))
            else:
                plan = self._to_be_signed(observed, mine, before)
        waiting = ahead.waiting(self._next_place(observed.store)) if ahead and not plan.waiting else ()
        return replace(plan, facts={"renewal": ahead.as_dict() if ahead else None, "ahead": waiting})

    def apply(self, context: Context, observed: Observed, step: Step, now: datetime) -> None:
        mine, operations = self._mine(observed.space), context.operations
        document = self._to_send(mine, observed.document, observed.next_document)
        if step.code in ("upload_convention", "renew_convention") and document:
            operations.convention_upload(self.siret, self.cycle, document.name, document.content)
            return
        store = context.store
        if store is None:
            raise AssertionError(f"{step.code} is planned only with a store")
        if step.code == "fetch_blank":
            content = operations.convention_blank(self.cycle)
            if content is not None:
                store.write(store.blank_convention(self.cycle), content)
            return
        coming = step.code == "fetch_next_countersigned"
        convention = of_state(mine, "upcoming") if coming else _relevant(mine)
        if convention is None:
            raise AssertionError(f"{step.code} is planned only for a convention that is signed by both")
        content = operations.convention_document(self.siret, convention["id"])
        if content is not None:
            notes = {"id": convention["id"], "start": convention["start"], "end": convention["end"], "sha256": convention["sha256"]}
            store.keep_countersigned(self.cycle, content, notes, coming)

    # What to do

    def _unseen(self, observed: Observed, before: dict[str, Any]) -> Plan:
        waiting = account_waiting(observed.space, self.agent_email) or Waiting("unseen")
        return Plan(before, before, waiting=(waiting,))

    def _countersignature(self, before: dict[str, Any], since: str | None) -> Waiting:
        """After an end nothing passes, and that is said."""
        if before["lapsed"]:
            return Waiting("convention_lapsed", since, {"end": before["lapsed"], "cycle": self.cycle})
        return Waiting("convention_countersignature", since, {"cycle": self.cycle})

    def _signed_by_both(self, observed: Observed, convention: ConventionRecord, before: dict[str, Any], ahead: Following | None) -> Plan:
        waiting = (Waiting("convention_begins", about={"start": convention["start"]}),) if convention["state"] == "upcoming" else ()
        mine, after, steps = self._mine(observed.space), before, []
        warnings = (*self._left_alone(observed, convention, mine), *self._told_of_sent(observed))
        fetched = observed.store if "convention_document" not in observed.space.lacks else None
        if fetched and not _held(observed.copy, observed.copy_sha256, convention):
            steps.append(Step("fetch_countersigned", "the store does not hold the countersigned copy", self.cycle))
            after = after | {"countersigned_copy": str(fetched.countersigned_convention(self.cycle))}
        coming = of_state(mine, "upcoming") if convention["state"] == "in_force" else None
        if fetched and coming and not _held(observed.next_copy, observed.next_copy_sha256, coming):
            steps.append(Step("fetch_next_countersigned", "the store does not hold the next countersigned copy", self.cycle))
            after = after | {"next_countersigned_copy": str(fetched.countersigned_convention(self.cycle, following=True))}
        if ahead is None:
            return Plan(before, after, tuple(steps), waiting, warnings)
        return self._renewed(observed, ahead, Plan(before, after, tuple(steps), waiting, warnings))

    def _told_of_sent(self, observed: Observed) -> tuple[str, ...]:
        """What was remarked on the document that this run has sent."""
        if self._to_send(self._mine(observed.space), observed.document, observed.next_document):
            return ()
        return _remarks(observed, observed.document or observed.next_document)

    def _left_alone(self, observed: Observed, convention: ConventionRecord, mine: list[ConventionRecord]) -> tuple[str, ...]:
        document = observed.document
        if not document or not convention["sha256"] or not _new(document, mine):
            return ()
        return (
            f"{document.name} is not the document of the convention {convention['state']}; it is not sent while that one runs: "
            "one that is to follow it is declared as next_document",
        )

    def _renewed(self, observed: Observed, ahead: Following, plan: Plan) -> Plan:
        """With the document of the next period, where one is there and due; and with what is coming."""
        document = self._to_send(self._mine(observed.space), None, observed.next_document)
        if document is None:
            return replace(plan, warnings=(*plan.warnings, *_coming(ahead)))
        remarks_ = _remarks(observed, document)
        if not ahead.open:
            first = f"it is sent from {max(self.policy.days)} days before the end of the convention in force ({ahead.current['end']}) on"
            return replace(plan, warnings=(*plan.warnings, f"{document.name}: {first}", *remarks_))
        if observed.checks is not None and observed.checks.outcome == FAIL:
            refused = self._refused(observed, document, self._next_place(observed.store))
            return replace(plan, waiting=(*plan.waiting, refused), warnings=(*plan.warnings, *_coming(ahead), *remarks_))
        if "convention_upload" in observed.space.lacks:
            by_hand = Waiting("convention_upload_by_hand")
            return replace(plan, waiting=(*plan.waiting, by_hand), warnings=(*plan.warnings, *_coming(ahead), *remarks_))
        step = Step("renew_convention", f"{ahead.decision.reason}, and the document of the next period is there", self.cycle)
        submitted = dict.fromkeys(SHOWN) | {"cycle": self.cycle, "state": "submitted", "sha256": document.sha256}
        return replace(
            plan,
            after=plan.after | {"next": submitted},
            steps=(*plan.steps, step),
            warnings=(*plan.warnings, *remarks_),
            server_assigned=("next",),
        )

    def _to_be_signed(self, observed: Observed, mine: list[ConventionRecord], before: dict[str, Any]) -> Plan:
        convention = _relevant(mine)
        document = self._to_send(mine, observed.document, observed.next_document)
        account = account_waiting(observed.space, self.agent_email)
        place = self._place(convention, observed.store)
        if document:
            refused = observed.checks is not None and observed.checks.outcome == FAIL
            waiting = ((self._refused(observed, document, place),) if refused else ()) + ((account,) if account else ())
            if waiting:
                return Plan(before, before, waiting=waiting, warnings=_remarks(observed, document))
            if "convention_upload" in observed.space.lacks:
                return Plan(before, before, waiting=(Waiting("convention_upload_by_hand"),), warnings=_remarks(observed, document))
            step = Step("upload_convention", self._why_upload(convention), self.cycle)
            submitted = dict.fromkeys(SHOWN) | {"cycle": self.cycle, "state": "submitted", "sha256": document.sha256}
            return Plan(
                before,
                before | submitted,
                (step,),
                (self._countersignature(before, None),),
                (*_remarks(observed, document), *self._replaced(observed)),
                server_assigned=("id", "since"),
            )
        steps: tuple[Step, ...] = ()
        after = before
        if observed.store and not observed.blank and "convention_blank" not in observed.space.lacks:
            steps = (Step("fetch_blank", "nothing to sign lies in the store yet", self.cycle),)
            after = before | {"blank": str(observed.store.blank_convention(self.cycle))}
        waiting = (signature_waiting(convention, self.cycle, place),) + ((account,) if account else ())
        return Plan(before, after, steps, waiting)

    def _replaced(self, observed: Observed) -> tuple[str, ...]:
        """R5: what becomes of the other cycle is said before it is done."""
        partiel = of_state([each for each in observed.space.conventions if each["cycle"] == "partiel"], "in_force")
        if self.cycle != "complet" or partiel is None:
            return ()
        return (
            "the convention cycle partiel stays in force until ANTAI countersigns this one, which then replaces it at once (R5); "
            "the exchange goes on",
        )

    def _why_upload(self, convention: ConventionRecord | None) -> str:
        if convention is None:
            return f"the space holds no convention cycle {self.cycle}"
        return f"the convention is {convention['state']}, and another document is declared"

    # Observing

    def _mine(self, space: Space) -> list[ConventionRecord]:
        return [each for each in space.conventions if each["cycle"] == self.cycle]

    def _documents(self, store: Store | None) -> tuple[Document | None, Document | None]:
        """What is to be sent now, and what for the next period: declared, else laid in the store."""
        return self.document or self._laid_in(store, False), self.following or self._laid_in(store, True)

    def _laid_in(self, store: Store | None, next_period: bool) -> Document | None:
        path = store.laid(self.cycle, SIGNED, next_period) if store else None
        return read_document(path) if path else None

    def _copy(self, store: Store | None, next_period: bool) -> tuple[str | None, str | None]:
        """Path and SHA-256 of a countersigned copy in the store."""
        path = store.laid(self.cycle, COUNTERSIGNED, next_period) if store else None
        return (str(path), hashlib.sha256(read_file(path, "store")).hexdigest()) if path else (None, None)

    def _to_send(self, mine: list[ConventionRecord], document: Document | None, next_document: Document | None) -> Document | None:
        """The document that ANTAI is to get, if it has not got that very one: nothing while another is submitted or to come."""
        states = {each["state"] for each in mine}
        if states & {"submitted", "upcoming"}:
            return None
        candidates = (next_document,) if "in_force" in states else (document, next_document)
        return next((each for each in candidates if each and _new(each, mine)), None)

    def _checked(self, document: Document | None, sent: Document | None, store: Store | None) -> Judgement | None:
        """Judged once for each run, and only while it is to be sent: to read it takes a process of its own. sent: what was, in this run."""
        if document is None or self._judge is None:
            return self._judged.get(sent.sha256) if sent else None
        if document.sha256 not in self._judged:
            self._judged[document.sha256] = self._judge(document, document.sha256 in _to_sign(store, self.cycle))
        return self._judged[document.sha256]

    def _refused(self, observed: Observed, document: Document, path: str) -> Waiting:
        reasons = (
            {language: BETWEEN[language].join(failure_phrases(observed.checks, language)) for language in LANGUAGES}
            if observed.checks
            else {}
        )
        return Waiting("convention_document", None, {"name": document.name, "path": path, "reasons": reasons})

    def _place(self, convention: ConventionRecord | None, store: Store | None) -> str:
        """Where the signed document is awaited: after an end, that of the next period."""
        if convention and convention["state"] == "ended":
            return self.expected_following or self.expected or signing_place(store, self.cycle, next_period=True)
        return self.expected or signing_place(store, self.cycle)

    def _next_place(self, store: Store | None) -> str:
        return self.expected_following or signing_place(store, self.cycle, next_period=True)

    def _view(self, observed: Observed, convention: ConventionRecord | None, ahead: Following | None) -> dict[str, Any]:
        known = (observed.space.visible and _seen(observed.space)) or observed.space.state in ("absent", "under_control", "refused")
        state = "none" if known else "unknown"
        empty = dict.fromkeys(SHOWN) | {"cycle": self.cycle, "state": state}
        coming = ahead.next if ahead else None
        return (
            {"siret": self.siret}
            | empty
            | (convention or {})
            | {
                "lapsed": lapsed(observed.space.conventions),
                "next": coming,
                "blank": observed.blank,
                "countersigned_copy": observed.copy,
                "next_countersigned_copy": observed.next_copy,
                "checks": observed.checks.as_dict() if observed.checks else None,
            }
        )


def _relevant(mine: list[ConventionRecord]) -> ConventionRecord | None:
    """The convention of this cycle that counts: in force, else to come, else the latest."""
    return of_state(mine, "in_force") or of_state(mine, "upcoming") or (mine[-1] if mine else None)


def _held(copy: str | None, sha256: str | None, convention: ConventionRecord) -> bool:
    return copy is not None and convention["countersigned_sha256"] in (None, sha256)


def _new(document: Document, mine: list[ConventionRecord]) -> bool:
    """Whether ANTAI has never been sent this very document for this cycle: what it refused, or what has ended, is not sent again."""
    return all(each["sha256"] != document.sha256 for each in mine)


def _remarks(observed: Observed, document: Document | None) -> tuple[str, ...]:
    return tuple(f"{document.name}: {each}" for each in remarks(observed.checks)) if document and observed.checks else ()


def _coming(ahead: Following) -> tuple[str, ...]:
    """What a lapse would do to the exchange, said in advance."""
    if not ahead.decision.due or ahead.state == "secured":
        return ()
    left = {"to_sign": "nobody has signed it yet", "refused": "ANTAI refused it", "submitted": "ANTAI has to countersign it"}[ahead.state]
    return (
        f"the convention ends on {ahead.current['end']}; from {ahead.lapses_on} no FPS passes unless the next one is countersigned by then: {left}",
    )


def lapsed(conventions: Iterable[ConventionRecord]) -> str | None:
    """The last day of the latest convention of either cycle, where it is over and none is in force: nothing passes since."""
    if any(each["state"] == "in_force" for each in conventions):
        return None
    return max((each["end"] for each in conventions if each["state"] == "ended" and each["end"]), default=None)


def _to_sign(store: Store | None, cycle: str) -> set[str]:
    """SHA-256 of the documents in the store that nobody has signed."""
    if store is None:
        return set()
    paths = [place(cycle, each) for each in (False, True) for place in (store.blank_convention, store.convention_to_sign)]
    return {hashlib.sha256(read_file(path, "store")).hexdigest() for path in paths if path.is_file()}


def _seen(space: Space) -> bool:
    """Whether the interface shows conventions to who may see the space."""
    return not space.visible or space.state != "active" or "convention_list" not in space.lacks


def of_state(conventions: Sequence[ConventionRecord], state: str) -> ConventionRecord | None:
    """The latest convention in this state, or None."""
    return next((each for each in reversed(conventions) if each["state"] == state), None)


def convention_waiting(space: Space, store: Store | None) -> Waiting | None:
    """Why no certificate can be activated (R2, R6), or None where a convention of either cycle is signed by both."""
    if any(of_state(space.conventions, state) for state in SIGNED_BY_BOTH):
        return None
    last = of_state(space.conventions, "submitted") or (space.conventions[-1] if space.conventions else None)
    over = lapsed(space.conventions)
    if last and last["state"] == "submitted":
        code, end = ("convention_lapsed", {"end": over}) if over else ("convention_countersignature", {})
        return Waiting(code, last["since"], {"cycle": last["cycle"], **end})
    if last is None:  # which cycle it is to be is declared elsewhere
        return signature_waiting(None, "complet/partiel", "antai_convention")
    return signature_waiting(last, last["cycle"], signing_place(store, last["cycle"], next_period=last["state"] == "ended"))


def signing_place(store: Store | None, cycle: str, *, next_period: bool = False) -> str:
    """Where the signed convention is awaited when no path is declared. next_period: the one that follows the one in force, or that ended."""
    if store:
        return str(store.signed_convention(cycle, next_period))
    return "antai_convention_next_document" if next_period else "antai_convention_document"


def signature_waiting(convention: ConventionRecord | None, cycle: str, path: str) -> Waiting:
    """The collectivité has to sign: for the first time, or again after a refusal or an end."""
    about = {"cycle": cycle, "path": path}
    if convention and convention["state"] == "refused":
        return Waiting("convention_refused", convention["since"], about | {"reason": convention["reason"]})
    if convention and convention["state"] == "ended":
        return Waiting("convention_ended", convention["since"], about | {"end": convention["end"]})
    return Waiting("convention_signature", None, about)


def _exclusive(space: Space) -> ConventionRecord | None:
    """The cycle complet that excludes a cycle partiel (R5)."""
    complet = [each for each in space.conventions if each["cycle"] == "complet"]
    return of_state(complet, "in_force") or of_state(complet, "upcoming")
