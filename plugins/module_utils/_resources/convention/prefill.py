# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convention to be signed: the blank of the right cycle, filled from the declaration and laid in the store. ANTAI is only read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..._pdf.blank_form import BlankForm, FilledForm, parsed_blank, read_filled
from ..._pdf.filling import Filling, fill_fields, keepable
from ..._pdf.form_mapping import FormMapping
from ..._plan.plan import Plan, Step
from ..._plan.waiting import Waiting
from ..._store.files import read_file
from ..._store.store import Store
from ...errors import DocumentError, InvalidInput
from ..base import Context, Resource


@dataclass(frozen=True)
class ObservedPrefill:
    """content, blank: ANTAI's blank of today, as bytes and parsed. has_blank: whether the store holds one; is_current: whether it is that one.

    filling: what goes into it. document: the one in the store, None where there is none; fault: why it cannot be read.
    """

    content: bytes
    blank: BlankForm
    has_blank: bool
    is_current: bool
    filling: Filling
    document: FilledForm | None
    fault: str | None
    path: str

    @property
    def theirs(self) -> dict[str, str]:
        """What people wrote in the fields that are not ours."""
        return {
            name: value for name, value in (self.document.values if self.document else {}).items() if name in self.filling.foreign_fields
        }

    @property
    def lost(self) -> list[str]:
        """Those of these fields whose value our font cannot write again."""
        return [name for name, value in self.theirs.items() if not keepable(self.blank.fields[name], value)]

    @property
    def written(self) -> dict[str, str]:
        """What is written into the blank, "" for a button that is to be off."""
        return {name: value for name, value in self.theirs.items() if name not in self.lost} | self.filling.values

    @property
    def expected(self) -> dict[str, str]:
        """The values of the document: what is written, and what the blank has where nothing is."""
        defaults = {name: field.value for name, field in self.blank.fields.items() if field.kind != "signature"}
        return {name: value for name, value in (defaults | self.written).items() if value}


class Prefill(Resource):
    """values: what is declared, by the sources of _pdf/form_mapping.py. following: for the convention that is to follow the one in force."""

    name = "prefill"

    def __init__(self, siret: str, cycle: str, values: dict[str, str | None], form: FormMapping, *, following: bool = False) -> None:
        super().__init__(siret)
        self.cycle = cycle
        self.values = values
        self.form = form
        self.following = following

    def observe(self, context: Context) -> ObservedPrefill:
        store = self._store(context)
        place = store.blank_convention(self.cycle, self.following)
        stored = read_file(place, "store") if place.is_file() else None
        content = self._blank(context, stored)
        blank = parsed_blank(content)
        document, fault = self._document(store)
        filling = fill_fields(blank.fields, self.form.of(self.cycle), self.values)
        blank.require_unlocked(filling.values)
        path = str(store.convention_to_sign(self.cycle, self.following))
        return ObservedPrefill(content, blank, stored is not None, stored == content, filling, document, fault, path)

    def plan(self, observed: ObservedPrefill, now: datetime) -> Plan:
        before = self._view(
            observed, observed.document.values if observed.document else None, observed.document.made_from if observed.document else None
        )
        if observed.document and observed.document.signed:
            warning = f"{observed.path} carries an electronic signature: it is left as it is; lay it in place of signed.pdf to send it"
            return Plan(before, before, warnings=(warning,))
        steps: list[Step] = []
        warnings: tuple[str, ...] = ()
        if observed.has_blank and not observed.is_current:
            warnings = (
                f"ANTAI's blank convention of cycle {self.cycle} has changed since it was fetched: what was prefilled is made again",
            )
        if not observed.is_current:
            steps.append(
                Step("fetch_blank", "another edition than the store's" if observed.has_blank else "the store holds no blank", self.cycle)
            )
        reason = self._why(observed)
        if reason and observed.lost:
            warnings += (
                f"what was written by hand in {', '.join(observed.lost)} cannot be kept: the font has not all of it, or it is too long",
            )
        if reason:
            steps.append(Step("prefill_convention", reason, self.cycle))
        after = self._view(observed, observed.expected, observed.blank.sha256)
        return Plan(before, after, tuple(steps), self._waiting(observed), warnings)

    def apply(self, context: Context, observed: ObservedPrefill, step: Step, now: datetime) -> None:
        store = self._store(context)
        if step.code == "fetch_blank":
            store.write(store.blank_convention(self.cycle, self.following), observed.content)
        else:
            store.write(store.convention_to_sign(self.cycle, self.following), observed.blank.fill(observed.written))

    def _why(self, observed: ObservedPrefill) -> str | None:
        """Why the document is made (again), or None. It is compared by its fields: the bytes depend on the library that wrote them."""
        document = observed.document
        if document is None:
            return f"the one in the store cannot be read ({observed.fault})" if observed.fault else "there is none yet"
        if document.made_from != observed.blank.sha256:
            return "it was made from another blank"
        different = sorted(
            name for name in document.values.keys() | observed.expected.keys() if document.values.get(name) != observed.expected.get(name)
        )
        return f"fields differ from the declaration: {', '.join(different)}" if different else None

    def _waiting(self, observed: ObservedPrefill) -> tuple[Waiting, ...]:
        problems = observed.filling.problems
        if not problems:
            return ()
        fields = ", ".join(f"{gap.label} ({gap.source or gap.field})" for gap in problems)
        return (Waiting("convention_data", None, {"path": observed.path, "fields": fields}),)

    # Observing

    def _blank(self, context: Context, stored: bytes | None) -> bytes:
        """Asked for each time, so that a new edition is seen; where the interface has none to give, people lay it in the store."""
        current = context.operations.convention_blank(self.cycle) if context.operations.has("convention_blank") else None
        content = stored if current is None else current
        if content is None:
            place = self._store(context).blank_convention(self.cycle, self.following)
            raise InvalidInput("store", f"holds no blank convention, and this interface gives none: {place}", "download it there by hand")
        return content

    def _document(self, store: Store) -> tuple[FilledForm | None, str | None]:
        path = store.convention_to_sign(self.cycle, self.following)
        if not path.is_file():
            return None, None
        try:
            return read_filled(read_file(path, "store"), str(path)), None
        except DocumentError as error:
            return None, error.message

    def _store(self, context: Context) -> Store:
        if context.store is None:
            raise InvalidInput("store", "is not set", "declare antai_store: the document to be signed is laid there")
        return context.store

    def _view(self, observed: ObservedPrefill, values: dict[str, str] | None, made_from: str | None) -> dict[str, Any]:
        problems = observed.filling.problems
        return {
            "siret": self.siret,
            "cycle": self.cycle,
            "state": "none" if values is None else ("incomplete" if problems else "ready"),
            "document": None if values is None else observed.path,
            "blank_sha256": made_from,
            "values": values or {},
            "gaps": [gap.as_dict() for gap in observed.filling.gaps],
        }
