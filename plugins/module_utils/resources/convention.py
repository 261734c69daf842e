# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convention between the collectivité and ANTAI (letter, operation 3): blank, signed, uploaded, countersigned, in force, ended (R6)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..documents import Document, check_pdf
from ..plan import Plan, Step
from ..store import Store, read_file
from ..waiting import Waiting
from .base import Resource, World
from .space import Space, account_waiting, observe_space

CYCLES = ("complet", "partiel")
SIGNED_BY_BOTH = ("in_force", "upcoming")
SHOWN = ("id", "cycle", "state", "since", "reason", "start", "end", "sha256", "countersigned_sha256")


@dataclass(frozen=True)
class Observed:
    """document: what the user wants ANTAI to have, or None. blank, copy: paths of the store's blank and countersigned copy, where they exist."""

    space: Space
    document: Document | None
    store: Store | None
    blank: str | None
    copy: str | None
    copy_sha256: str | None


class Convention(Resource):
    """document: the signed convention, or None to use the one that people lay in the store. expected: the path where it is awaited, if not there."""

    name = "convention"

    def __init__(
        self, siret: str, cycle: str, document: Document | None = None, *, expected: str | None = None, agent_email: str | None = None
    ) -> None:
        super().__init__(siret)
        self.cycle = cycle
        self.document = document
        self.expected = expected
        self.agent_email = agent_email

    def observe(self, world: World) -> Observed:
        store = world.store
        blank, copy = self._paths(store)
        document = self.document or self._laid_in(store)
        copy_sha256 = hashlib.sha256(read_file(copy, "store")).hexdigest() if copy and copy.is_file() else None
        return Observed(
            space=observe_space(world.operations, self.siret, self.agent_email),
            document=document,
            store=store,
            blank=str(blank) if blank and blank.is_file() else None,
            copy=str(copy) if copy_sha256 else None,
            copy_sha256=copy_sha256,
        )

    def plan(self, observed: Observed, now: datetime) -> Plan:
        convention = self._relevant(observed.space)
        before = self._view(observed, convention)
        if (not observed.space.visible and observed.space.state in ("accepted", "unknown")) or not _seen(observed.space):
            return self._unseen(observed, before)
        if convention and convention["state"] in SIGNED_BY_BOTH:
            return self._signed_by_both(observed, convention, before)
        if convention and convention["state"] == "submitted":
            return Plan(before, before, waiting=(Waiting("convention_countersignature", convention["since"]),))
        other = _exclusive(observed.space) if self.cycle == "partiel" else None
        if other:
            return Plan(before, before, waiting=(Waiting("convention_exclusive", about={"end": other["end"]}),))
        return self._to_be_signed(observed, convention, before)

    def apply(self, world: World, observed: Observed, step: Step, now: datetime) -> None:
        if step.code == "upload_convention" and observed.document:
            world.operations.convention_upload(self.siret, self.cycle, observed.document.name, observed.document.content)
            return
        store, operations = world.store, world.operations
        blank, copy = self._paths(store)
        if store is None or blank is None or copy is None:
            raise AssertionError(f"{step.code} is planned only with a store")
        if step.code == "fetch_blank":
            content = operations.convention_blank(self.cycle)
            if content is not None:
                store.write(blank, content)
            return
        convention = self._relevant(observed.space) or {}
        content = operations.convention_document(self.siret, convention["id"])
        if content is not None:
            store.write(copy, content)

    # What to do

    def _unseen(self, observed: Observed, before: dict[str, Any]) -> Plan:
        hidden = Waiting("unseen" if observed.space.visible or observed.space.access == "no_interface" else "mandate")
        waiting = account_waiting(observed.space, self.agent_email) or hidden
        return Plan(before, before, waiting=(waiting,))

    def _signed_by_both(self, observed: Observed, convention: dict[str, Any], before: dict[str, Any]) -> Plan:
        waiting = (Waiting("convention_begins", about={"start": convention["start"]}),) if convention["state"] == "upcoming" else ()
        document = observed.document
        warnings: tuple[str, ...] = ()
        if document and convention["sha256"] and document.sha256 != convention["sha256"]:
            warnings = (f"{document.name} is not the document of the convention {convention['state']}; it is not sent while that one runs",)
        if (
            not observed.store
            or "convention_document" in observed.space.lacks
            or (observed.copy and convention["countersigned_sha256"] in (None, observed.copy_sha256))
        ):
            return Plan(before, before, waiting=waiting, warnings=warnings)
        after = before | {"countersigned_copy": str(self._paths(observed.store)[1])}
        step = Step("fetch_countersigned", "the store does not hold the countersigned copy", self.cycle)
        return Plan(before, after, (step,), waiting, warnings)

    def _to_be_signed(self, observed: Observed, convention: dict[str, Any] | None, before: dict[str, Any]) -> Plan:
        document = observed.document
        account = account_waiting(observed.space, self.agent_email)
        if document and not (convention and convention["sha256"] == document.sha256):
            if account:
                return Plan(before, before, waiting=(account,))
            if "convention_upload" in observed.space.lacks:
                return Plan(before, before, waiting=(Waiting("convention_upload_by_hand"),))
            step = Step("upload_convention", self._why_upload(convention), self.cycle)
            submitted = dict.fromkeys(SHOWN) | {"cycle": self.cycle, "state": "submitted", "sha256": document.sha256}
            return Plan(before, before | submitted, (step,), (Waiting("convention_countersignature"),), server_assigned=("id", "since"))
        steps: tuple[Step, ...] = ()
        after = before
        if observed.store and not observed.blank and "convention_blank" not in observed.space.lacks:
            steps = (Step("fetch_blank", "nothing to sign lies in the store yet", self.cycle),)
            after = before | {"blank": str(self._paths(observed.store)[0])}
        waiting = (signature_waiting(convention, self.cycle, self.expected or signing_place(observed.store, self.cycle)),) + (
            (account,) if account else ()
        )
        return Plan(before, after, steps, waiting)

    def _why_upload(self, convention: dict[str, Any] | None) -> str:
        if convention is None:
            return f"the space holds no convention cycle {self.cycle}"
        return f"the convention is {convention['state']}, and another document is declared"

    # Observing

    def _relevant(self, space: Space) -> dict[str, Any] | None:
        """The convention of this cycle that counts: in force, else to come, else the latest."""
        mine = [each for each in space.conventions if each["cycle"] == self.cycle]
        return of_state(mine, "in_force") or of_state(mine, "upcoming") or (mine[-1] if mine else None)

    def _laid_in(self, store: Store | None) -> Document | None:
        path = store.signed_convention(self.cycle) if store else None
        return check_pdf(path.name, read_file(path, "document")) if path and path.is_file() else None

    def _paths(self, store: Store | None) -> tuple[Path | None, Path | None]:
        folder = store.conventions(self.cycle) if store else None
        return (folder / "blank.pdf", folder / "countersigned.pdf") if folder else (None, None)

    def _view(self, observed: Observed, convention: dict[str, Any] | None) -> dict[str, Any]:
        state = (
            "none"
            if (observed.space.visible and _seen(observed.space)) or observed.space.state in ("absent", "under_control", "refused")
            else "unknown"
        )
        empty = dict.fromkeys(SHOWN) | {"cycle": self.cycle, "state": state}
        return {"siret": self.siret} | empty | (convention or {}) | {"blank": observed.blank, "countersigned_copy": observed.copy}


def _seen(space: Space) -> bool:
    """Whether the interface shows conventions to who may see the space."""
    return not space.visible or space.state != "active" or "convention_list" not in space.lacks


def of_state(conventions: list[dict[str, Any]] | tuple[dict[str, Any], ...], state: str) -> dict[str, Any] | None:
    """The latest convention in this state, or None."""
    return next((each for each in reversed(conventions) if each["state"] == state), None)


def convention_waiting(space: Space, store: Store | None) -> Waiting | None:
    """Why no certificate can be activated (R2, R6), or None where a convention of either cycle is signed by both."""
    if any(of_state(space.conventions, state) for state in SIGNED_BY_BOTH):
        return None
    last = of_state(space.conventions, "submitted") or (space.conventions[-1] if space.conventions else None)
    if last and last["state"] == "submitted":
        return Waiting("convention_countersignature", last["since"])
    if last is None:  # which cycle it is to be is declared elsewhere
        return signature_waiting(None, "complet/partiel", "antai_convention")
    return signature_waiting(last, last["cycle"], signing_place(store, last["cycle"]))


def signing_place(store: Store | None, cycle: str) -> str:
    """Where the signed convention is awaited when no path is declared."""
    return str(store.signed_convention(cycle)) if store else "antai_convention_document"


def signature_waiting(convention: dict[str, Any] | None, cycle: str, path: str) -> Waiting:
    """The collectivité has to sign: for the first time, or again after a refusal or an end."""
    about = {"cycle": cycle, "path": path}
    if convention and convention["state"] == "refused":
        return Waiting("convention_refused", convention["since"], about | {"reason": convention["reason"]})
    if convention and convention["state"] == "ended":
        return Waiting("convention_ended", convention["since"], about | {"end": convention["end"]})
    return Waiting("convention_signature", None, about)


def _exclusive(space: Space) -> dict[str, Any] | None:
    """The cycle complet that excludes a cycle partiel (R5)."""
    complet = [each for each in space.conventions if each["cycle"] == "complet"]
    return of_state(complet, "in_force") or of_state(complet, "upcoming")
