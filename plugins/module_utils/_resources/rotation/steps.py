# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a rotation, done one at a time. Before anything comes into use, or anything old goes, the SI FPS is asked at the moment itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..._plan.plan import Step, WaitRequired
from ..._plan.records import NO_ANSWER, DialogueAnswer
from ..._plan.steps import STEPS
from ..._plan.waiting import Waiting
from ..._store.links import KEY
from ..._store.store import Store
from ...dates import instant
from ...errors import StoreError
from ..base import Context
from ..certificate.changes import change, install
from ..certificate.order import Order
from ..certificate.order_steps import ORDER_STEPS, OrderStep
from ..space import observe_space
from .case import Wish, failed_proof
from .observation import query_dialogue, read_version
from .state import CertificateVersion, Link, RotationState, SetAside, VersionNotes

# Steps after which what reads the certificate is to be reloaded. `ask_reload`: the caller reloads because it is a change (a handler); a run before was
# killed, or failed, between its swap and that.
RELOADING = ("swap", "swap_back", "ask_reload")
# What a refusal of the certificate at this link means to people; the plan words it alike.
REFUSED: dict[Link, str] = {"next": "rotation_refused", "current": "dialogue_refused", "previous": "certificate_refused"}


@dataclass(frozen=True)
class StepRun:
    """One step to be done. state: what its plan was made from; a step before may have moved what stands at the links since."""

    context: Context
    state: RotationState
    step: Step
    now: datetime
    order: Order
    wish: Wish
    agent_email: str | None = None

    @property
    def provider(self) -> str:
        return self.order.provider

    @property
    def siret(self) -> str:
        return self.order.subject.siret

    @property
    def store(self) -> Store:
        """A plan with steps is made from a store only."""
        if self.state.store is None:
            raise StoreError("no store is declared", "declare antai_store")
        return self.state.store

    def read(self, link: Link) -> CertificateVersion:
        """The version at this link, as the store has it at this moment."""
        store = self.context.store
        version = read_version(store, self.provider, link, self.siret) if store else None
        if version is None:
            raise StoreError(f"{self.provider}: nothing stands at the link {link} any more", "run again: it observes first")
        return version

    def query(self, version: CertificateVersion) -> DialogueAnswer:
        """What the SI FPS answers at this moment, whatever the plan was made from."""
        if version.client is None:
            raise StoreError(f"version {version.number} of {self.provider} has lost its key", "run again: it observes first")
        operations = self.context.operations
        operations.observe_afresh()
        if operations.has("exchange_query"):
            return operations.exchange_query(self.siret, version.client)
        return query_dialogue(version, observe_space(operations, self.siret, self.agent_email), operations, self.store)

    def annotate(self, number: str, notes: VersionNotes) -> None:
        self.store.annotate(self.store.certificates(self.provider) / "versions" / number, dict(notes))

    def certificate_details(self, fingerprint: str) -> dict[str, Any]:
        return {"provider": self.provider, "fingerprint": fingerprint}


def run_step(run: StepRun) -> None:
    """Do it. Raises WaitRequired where somebody is waited for instead."""
    code = run.step.code
    operation = STEPS[code].operation
    if code in ORDER_STEPS:
        ORDER_STEPS[code](_order_step(run))
        return
    if not operation:
        ACTIONS[code](run)
        return
    if code == "activate_next":
        _check_installed(run)
    elif code in ("deactivate_previous", "remove_previous"):
        _prove(run, "next" if run.store.version(run.provider, "next") else "current")
    change(run.context, run.siret, operation, run.step.target, run.provider)


def _order_step(run: StepRun) -> OrderStep:
    state = run.state
    rotates = state.current.fingerprint if state.current else None
    return OrderStep(run.context, run.store, run.order, run.step, run.now, state.delivered, state.authorities, rotates)


def _check_installed(run: StepRun) -> None:
    """Nothing is activated before the SI FPS itself says that it knows it."""
    version = run.read("next")
    answer = run.query(version)
    if answer["state"] not in ("known_inactive", "authorised"):
        details = run.certificate_details(version.fingerprint) | {"reason": answer["message"], "rule": answer["rule"]}
        raise WaitRequired(Waiting("certificate_refused", None, details))


def _prove(run: StepRun, link: Link) -> None:
    """Nothing comes into use, and nothing old goes, before the SI FPS authorises what is to be in use."""
    version, current = run.read(link), run.state.current
    old = current.dialogue if current and link == "next" else None
    waiting = failed_proof(run.provider, version.fingerprint, run.query(version), old, REFUSED[link])
    if waiting:
        raise WaitRequired(waiting)


def _install(run: StepRun) -> None:
    following = run.read("next")
    run.context.operations.hold(following.leaf, following.client)  # it may have been picked up by a step before
    if following.client:
        install(run.context, run.siret, following.client, run.certificate_details(following.fingerprint), by_editor=run.state.by_editor)


def _mark_compromised(run: StepRun) -> None:
    number = next(version.number for version in run.state.versions if version.fingerprint == run.step.target)
    run.annotate(number, {"compromised_at": instant(run.now)})


def _set_aside(run: StepRun) -> None:
    following = run.read("next")
    replaced = following.compromised or run.step.target == run.wish.replace
    aside: SetAside = {"why": "rolled_back" if run.wish.rollback else "replaced" if replaced else "refused", "at": instant(run.now)}
    if aside["why"] == "refused":
        answer = (run.state.next.dialogue if run.state.next else None) or NO_ANSWER
        aside = {**aside, "reason": answer["message"], "rule": answer["rule"]}
    run.annotate(following.number, {"set_aside": aside})
    run.store.set_aside(run.provider)


def _swap(run: StepRun) -> None:
    _prove(run, "next")
    run.annotate(run.read("current").number, {"replaced_at": instant(run.now)})
    run.store.swap(run.provider, "next", "previous")


def _swap_back(run: StepRun) -> None:
    _prove(run, "previous")
    run.annotate(run.read("current").number, {"set_aside": {"why": "rolled_back", "at": instant(run.now)}})
    run.store.swap(run.provider, "previous", "rejected")


ACTIONS: dict[str, Callable[[StepRun], None]] = {
    "install_next": _install,
    "mark_compromised": _mark_compromised,
    "set_aside": _set_aside,
    "swap": _swap,
    "swap_back": _swap_back,
    "ask_reload": lambda run: None,  # that it is a change is all: see RELOADING
    "confirm_reload": lambda run: run.store.reloaded(run.provider),
    "leave_reload": lambda run: run.store.reloaded(run.provider),
    "drop_previous": lambda run: run.store.retire(run.provider, "previous", KEY),
    "drop_rejected": lambda run: run.store.retire(run.provider, "rejected", KEY),
}
