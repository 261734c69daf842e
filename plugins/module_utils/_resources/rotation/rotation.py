# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rotation of one provider's certificate: the next one comes in beside the old one, which goes when the new one has proved itself.

observation.py says how its state is read, plan.py decides, steps.py does. Every step can be the last before a kill: the next run goes on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from ..._pki.evaluation import Evidence, ValidationPolicy
from ..._pki.renewal import Renewal
from ..._pki.trust import TrustStore
from ..._plan.plan import Plan, Step
from ..._store.store import Store
from ...errors import InvalidInput
from ..base import Context, Resource
from ..certificate import delivery, stored_certificates
from ..certificate.evaluation import gather_local_evidence
from ..certificate.observed_certificate import DeclaredCertificate, ObservedCertificate, expand_labels
from ..certificate.order import Order
from ..order_gate import gather_order_evidence
from ..space import Space, find_listed_certificate, observe_space
from .case import Wish, due, find_revocation
from .observation import QUERIES, query_coming, read_external, read_version, stored_fingerprints
from .plan import decide
from .state import LINKS, ExternalCertificate, RotationState
from .steps import RELOADING, StepRun, run_step
from .wish_checks import check_external, check_set_aside, check_stored

NOT_ASKED = Space("not_asked", "unknown")


class Rotation(Resource):
    """declared: the provider's entry; where it names files or a fingerprint, the store has nothing to rotate. While nothing is under way and nothing
    is wished, ANTAI is not asked: whether a certificate is due stands in itself.

    judging: how to judge what is to be installed or activated; None: not at all.
    """

    name = "rotation"

    def __init__(
        self,
        order: Order,
        declared: DeclaredCertificate,
        wish: Wish,
        *,
        agent_email: str | None = None,
        judging: ValidationPolicy | None = None,
    ) -> None:
        super().__init__(order.subject.siret)
        self.order = order
        self.declared = declared
        self.wish = wish
        self.agent_email = agent_email
        self.judging = judging
        self._asking = bool(wish.rollback or wish.compromised)
        self._reload_asked = False  # this run reports a change that asks for it

    # Observing

    def observe(self, context: Context) -> RotationState:
        external = read_external(self.declared, self.siret)
        if external:
            return self._observe_external(context, external)
        store = context.store
        if store is None:
            raise InvalidInput(
                "store",
                "is not set, and what is rotated lies there",
                "declare antai_store, an absolute path on the machine where the task runs",
            )
        state = self._read_store(context, store)
        check_stored(self.wish, self.siret, stored_fingerprints(store))
        check_set_aside(self.wish, self.order.provider, state)
        for version in state.versions:
            context.operations.hold(version.leaf, version.client)
        state = replace(state, current_evidence=self.gather_current_evidence(state, context))
        if self._may_order(state, context.now()):
            state = replace(state, order_evidence=gather_order_evidence(context, store, self.order))
        state = self._query(state, context, store)
        return replace(state, coming_evidence=self.gather_coming_evidence(state, context))

    def _read_store(self, context: Context, store: Store) -> RotationState:
        """All that the store says, and nothing of what ANTAI does."""
        provider = self.order.provider
        stored, pending = stored_certificates.read_stored(store, provider), store.version(provider, "pending")
        rotates = bool(stored.pending and stored.pending.get("rotates"))
        delivered, stale = delivery.find_delivered(self.order, store) if rotates else (None, ())
        versions: dict[str, Any] = {link: read_version(store, provider, link, self.siret) for link in LINKS}
        return RotationState(
            NOT_ASKED,
            store,
            **versions,
            pending=stored.pending,
            pending_version=pending.name if pending else None,
            lost=stored.lost if stored.lost and stored.lost.get("rotates") else None,
            delivered=delivered,
            stale=stale,
            authorities=delivery.read_authorities(self.order),
            leftovers=store.leftovers(provider),
            detached=store.detached(provider),
            reload_due=store.reload_due(provider),
            reload_asked=self._reload_asked,
            removable=context.operations.has("certificate_remove"),
            by_editor=bool(context.operations.credentials.editor_id),
        )

    def _observe_external(self, context: Context, external: ExternalCertificate) -> RotationState:
        if self.wish.compromised and self.wish.replace == external.fingerprint:
            raise InvalidInput(
                "compromised", "this certificate is not the store's", "declare state: inactive for it (antai_certificate), at once"
            )
        check_stored(self.wish, self.siret, stored_fingerprints(context.store) | {external.fingerprint or ""})
        space = observe_space(context.operations, self.siret, self.agent_email)
        certificate = expand_labels([ObservedCertificate(external.declared, "missing", external.fingerprint)], space)[0]
        listed = find_listed_certificate(space, certificate.fingerprint)
        external = replace(external, fingerprint=certificate.fingerprint, listed=listed)
        check_external(self.wish, self.order.provider, external, context.store)
        return RotationState(space, context.store, external=external)

    def gather_current_evidence(self, state: RotationState, context: Context) -> Evidence | None:
        """What the one in use is judged by, for the price of the CRLs, which all certificates of a CA share; None while another one is on its way."""
        current = state.current
        if self.judging is None or current is None or state.next or state.pending or state.lost:
            return None
        return gather_local_evidence(current.leaf, current.chain, self.siret, self.judging, context, about_to_change=False)

    def _may_order(self, state: RotationState, now: datetime) -> bool:
        """Whether the next one is to be ordered, as far as the store and the wish tell."""
        if state.current is None or state.pending or state.lost:
            return False
        renewal = self.due(state, now)
        return bool(self.wish.replace or state.current.compromised or (renewal and renewal.due and not state.next))

    def _query(self, state: RotationState, context: Context, store: Store) -> RotationState:
        """With what ANTAI says; once asked, asked to the end of the run, so that states never come and go in one result."""
        self._asking = self._asking or state.under_way or bool(state.current and state.current.compromised)
        if not self._asking:
            return state
        space = observe_space(context.operations, self.siret, self.agent_email)
        queries = QUERIES | ({"next": query_coming} if self.judging else {})
        versions = {link: version for link in LINKS if (version := state.version(link))}
        answers: dict[str, Any] = {link: queries[link](version, space, context.operations, store) for link, version in versions.items()}
        return replace(state, space=space, **answers)

    def gather_coming_evidence(self, state: RotationState, context: Context) -> Evidence | None:
        """Only of what may be installed, activated or taken into use; what is active already is looked at in the cheap way."""
        version, delivered = state.previous if self.wish.rollback else state.next, state.delivered
        if self.judging is None or (self.wish.rollback and version and version.active):  # the way back is not barred to what still works
            return None
        if version:
            return gather_local_evidence(version.leaf, version.chain, self.siret, self.judging, context, about_to_change=not version.active)
        if delivered is None or self.wish.rollback:
            return None
        chain = (*delivered.bundle, *state.authorities)
        return gather_local_evidence(delivered.leaf, chain, self.siret, self.judging, context, about_to_change=True)

    # Deciding

    def plan(self, observed: RotationState, now: datetime) -> Plan:
        return decide(observed, self.order, self.wish, now, self.agent_email, self.judging)

    def due(self, observed: RotationState, now: datetime) -> Renewal | None:
        """When the one in use is to be followed by another; None where none is."""
        trusted = self.judging.store if self.judging else TrustStore(())
        revocation = find_revocation(observed, self.judging, now)
        return due(observed.current, now, self.wish.policy, trusted, revocation) if observed.current else None

    # Doing

    def apply(self, context: Context, observed: RotationState, step: Step, now: datetime) -> None:
        run_step(StepRun(context, observed, step, now, self.order, self.wish, self.agent_email))
        self._reload_asked = self._reload_asked or step.code in RELOADING
