# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convention between the collectivité and ANTAI (letter, operation 3): blank, signed, uploaded, countersigned, in force, ended (R6).

While one is in force and ends soon, the one that is to follow it is uploaded beside it (renewal.py says when). plan.py decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from ..._pdf.document import Document, read_document
from ..._pki.verdict import Judgement
from ..._plan.plan import Plan, Step
from ..._store.files import read_file
from ..._store.layout import BLANK, COUNTERSIGNED, SIGNED
from ..._store.store import Store
from ..base import Context, Resource
from ..space import observe_space
from .gate import current_convention, latest_in_state, of_cycle
from .plan import DeclaredConvention, ObservedConvention, document_to_send, plan_convention

# Given the document, and whether it is one that still has to be signed.
Judge = Callable[[Document, bool], Judgement]


class Convention(Resource):
    """judge: checks a document before it is sent; None where none is checked."""

    name = "convention"

    def __init__(self, declared: DeclaredConvention, judge: Judge | None = None) -> None:
        super().__init__(declared.siret)
        self.declared = declared
        self._judge = judge
        self._judgements: dict[str, Judgement] = {}  # by the document's SHA-256

    def prepare(self, context: Context) -> None:
        """A new account has no convention yet, so the document is to be sent: it is judged."""
        if self.siret in context.opened:
            self._judgement_of(document_to_send([], *self._documents(context.store)), None, context.store)

    def observe(self, context: Context) -> ObservedConvention:
        store, cycle = context.store, self.declared.cycle
        document, next_document = self._documents(store)
        blank = store.laid(cycle, BLANK) if store else None
        copy, copy_sha256 = self._copy(store, False)
        next_copy, next_copy_sha256 = self._copy(store, True)
        space = observe_space(context.operations, self.siret, self.declared.agent_email)
        to_send = document_to_send(of_cycle(space.conventions, cycle), document, next_document)
        return ObservedConvention(
            space=space,
            document=document,
            store=store,
            blank=str(blank) if blank else None,
            copy=copy,
            copy_sha256=copy_sha256,
            checks=self._judgement_of(to_send, document or next_document, store),
            next_document=next_document,
            next_copy=next_copy,
            next_copy_sha256=next_copy_sha256,
        )

    def plan(self, observed: ObservedConvention, now: datetime) -> Plan:
        return plan_convention(self.declared, observed, now)

    def apply(self, context: Context, observed: ObservedConvention, step: Step, now: datetime) -> None:
        operations, store, cycle = context.operations, context.store, self.declared.cycle
        conventions = of_cycle(observed.space.conventions, cycle)
        document = document_to_send(conventions, observed.document, observed.next_document)
        if step.code in ("upload_convention", "renew_convention") and document:
            operations.convention_upload(self.siret, cycle, document.name, document.content)
            return
        if store is None:
            raise AssertionError(f"{step.code} is planned only with a store")
        if step.code == "fetch_blank":
            content = operations.convention_blank(cycle)
            if content is not None:
                store.write(store.blank_convention(cycle), content)
            return
        is_next = step.code == "fetch_next_countersigned"
        convention = latest_in_state(conventions, "upcoming") if is_next else current_convention(conventions)
        if convention is None:
            raise AssertionError(f"{step.code} is planned only for a convention that is signed by both")
        content = operations.convention_document(self.siret, convention["id"])
        if content is not None:
            notes = {"id": convention["id"], "start": convention["start"], "end": convention["end"], "sha256": convention["sha256"]}
            store.keep_countersigned(cycle, content, notes, is_next)

    def _documents(self, store: Store | None) -> tuple[Document | None, Document | None]:
        """What is to be sent now, and what for the next period: declared, else laid in the store."""
        return self.declared.document or self._laid_in(store, False), self.declared.next_document or self._laid_in(store, True)

    def _laid_in(self, store: Store | None, next_period: bool) -> Document | None:
        path = store.laid(self.declared.cycle, SIGNED, next_period) if store else None
        return read_document(path) if path else None

    def _copy(self, store: Store | None, next_period: bool) -> tuple[str | None, str | None]:
        """Path and SHA-256 of a countersigned copy in the store."""
        path = store.laid(self.declared.cycle, COUNTERSIGNED, next_period) if store else None
        return (str(path), hashlib.sha256(read_file(path, "store")).hexdigest()) if path else (None, None)

    def _judgement_of(self, document: Document | None, sent: Document | None, store: Store | None) -> Judgement | None:
        """Judged once for each run, and only while it is to be sent: to read it takes a process of its own. sent: what was, in this run."""
        if document is None or self._judge is None:
            return self._judgements.get(sent.sha256) if sent else None
        if document.sha256 not in self._judgements:
            self._judgements[document.sha256] = self._judge(document, document.sha256 in _unsigned(store, self.declared.cycle))
        return self._judgements[document.sha256]


def _unsigned(store: Store | None, cycle: str) -> set[str]:
    """SHA-256 of the documents in the store that nobody has signed."""
    if store is None:
        return set()
    paths = [place(cycle, next_period) for next_period in (False, True) for place in (store.blank_convention, store.convention_to_sign)]
    return {hashlib.sha256(read_file(path, "store")).hexdigest() for path in paths if path.is_file()}
