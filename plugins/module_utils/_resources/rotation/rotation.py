# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rotation of one provider's certificate: the next one comes in beside the old one, which goes when the new one has proved itself.

rotation_seen.py says what is looked at, rotation_plan.py decides; here it is done. Every step can be the last before a kill: the next run goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..._pki.evaluation import Evidence, ValidationPolicy
from ..._pki.renewal import Renewal
from ..._pki.trust import TrustStore
from ..._plan.plan import Plan, Step, WaitRequired
from ..._plan.records import NO_ANSWER, DialogueAnswer
from ..._plan.steps import STEPS
from ..._plan.waiting import Waiting
from ..._store.links import CERTIFICATE, KEY
from ..._store.store import Store
from ...dates import instant
from ...errors import InvalidInput, StoreError
from ..base import Context, Resource
from ..certificate import ordering
from ..certificate.certificate import DeclaredCertificate, ObservedCertificate, change, install, labelled
from ..certificate.evaluation import gathered_here
from ..certificate.ordering import ROTATES, Order, certificate_of
from ..order_gate import gather_order_evidence
from ..space import Space, find_listed_certificate, observe_space
from .plan import Wish, decide, due, failed_proof, revocation_of
from .state import (
    CertificateVersion,
    ExternalCertificate,
    RotationState,
    answered,
    asked,
    asked_of_coming,
    asked_of_old,
    elsewhere,
    held,
    known,
)

# What a refusal of the certificate at this link means to people; the plan words it alike.
REFUSED = {"next": "rotation_refused", "current": "dialogue_refused", "previous": "certificate_refused"}
LINKS = ("current", "next", "previous", "rejected")
# What stands at the links of certificates that were not set aside, in words.
IN_ROTATION = {"current": "in use", "next": "that is to come in", "previous": "that was in use before"}
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
        self._steps: dict[str, Callable[[Context, RotationState, Step, datetime], None]] = {
            **{code: lambda context, seen, step, now: ordering.mend(step, _store(seen), order.provider) for code in ordering.MENDING},
            "make_request": self._make_request,
            "adopt_store": lambda context, seen, step, now: None,  # the journal's line about this step is all there is to be done
            "hand_out": lambda context, seen, step, now: ordering.hand_out(order, _store(seen)),
            "enroll": self._enroll,
            "ask_again": self._enroll,
            "note_delivery": self._note_delivery,
            "repair_link": lambda context, seen, step, now: _store(seen).link_newest(order.provider, "pending"),
            "discard_request": lambda context, seen, step, now: ordering.discard(_store(seen), order.provider),
            "pick_up": self._pick_up,
            "install_next": self._install,
            "mark_compromised": self._mark_compromised,
            "set_aside": self._set_aside,
            "swap": self._swap,
            "swap_back": self._swap_back,
            "ask_reload": self._ask_reload,
            "confirm_reload": lambda context, seen, step, now: _store(seen).reloaded(order.provider),
            "leave_reload": lambda context, seen, step, now: _store(seen).reloaded(order.provider),
            "drop_previous": lambda context, seen, step, now: _store(seen).retire(order.provider, "previous", KEY),
            "drop_rejected": lambda context, seen, step, now: _store(seen).retire(order.provider, "rejected", KEY),
        }

    # Observing

    def observe(self, context: Context) -> RotationState:
        other = elsewhere(self.declared, self.siret)
        if other:
            return self._seen_elsewhere(context, other)
        store, provider = context.store, self.order.provider
        if store is None:
            raise InvalidInput(
                "store",
                "is not set, and what is rotated lies there",
                "declare antai_store, an absolute path on the machine where the task runs",
            )
        kept, version = ordering.kept(store, provider), store.version(provider, "pending")
        rotates = bool(kept.pending and kept.pending.get(ROTATES))
        delivered, stale = ordering.find_delivered(self.order, store) if rotates else (None, ())
        seen = RotationState(
            NOT_ASKED,
            store,
            **{link: held(store, provider, link, self.siret) for link in LINKS},  # type: ignore[arg-type]
            pending=kept.pending,
            pending_version=version.name if version else None,
            lost=kept.lost if kept.lost and kept.lost.get(ROTATES) else None,
            delivered=delivered,
            stale=stale,
            authorities=ordering.known_authorities(self.order),
            leftovers=store.leftovers(provider),
            detached=store.detached(provider),
            reload_due=store.reload_due(provider),
            reload_asked=self._reload_asked,
            removable=context.operations.has("certificate_remove"),
            by_editor=bool(context.operations.credentials.editor_id),
        )
        self._check_fingerprints(known(store))
        self._check_acknowledged({link: certificate.fingerprint for link in IN_ROTATION if (certificate := getattr(seen, link))})
        for each in seen.held:
            context.operations.hold(each.leaf, each.client)
        seen = replace(seen, in_use=self._judge_in_use(seen, context))
        if self._may_order(seen, context.now()):
            seen = replace(seen, evidence=gather_order_evidence(context, store, self.order))
        return self._to_judge(self._asked(seen, context), context)

    def _judge_in_use(self, seen: RotationState, context: Context) -> Evidence | None:
        """For the price of the CRLs, which all certificates of a CA share."""
        current = seen.current
        if self.judging is None or current is None or seen.next or seen.pending or seen.lost:
            return None
        return gathered_here(current.leaf, current.chain, self.siret, self.judging, context, about_to_change=False)

    def _may_order(self, seen: RotationState, now: datetime) -> bool:
        """Whether the next one is to be ordered, as far as the store and the wish tell."""
        if seen.current is None or seen.pending or seen.lost:
            return False
        renewal = self.due(seen, now)
        return bool(self.wish.replace or seen.current.compromised or (renewal and renewal.due and not seen.next))

    def _seen_elsewhere(self, context: Context, other: ExternalCertificate) -> RotationState:
        if self.wish.compromised and self.wish.replace == other.fingerprint:
            raise InvalidInput(
                "compromised", "this certificate is not the store's", "declare state: inactive for it (antai_certificate), at once"
            )
        self._check_fingerprints(frozenset({other.fingerprint or ""} | (known(context.store) if context.store else frozenset())))
        space = observe_space(context.operations, self.siret, self.agent_email)
        item = labelled([ObservedCertificate(other.declared, "missing", other.fingerprint)], space)[0]
        self._check_acknowledged({"current": item.fingerprint or ""})
        self._check_store_left(context.store)
        listed = find_listed_certificate(space, item.fingerprint)
        return RotationState(space, context.store, elsewhere=replace(other, fingerprint=item.fingerprint, listed=listed))

    def _check_fingerprints(self, fingerprints: frozenset[str]) -> None:
        """A misspelt fingerprint must not look like a key that was replaced, or acknowledged. Raises InvalidInput."""
        for option, fingerprint in (("replace", self.wish.replace), ("acknowledge", self.wish.acknowledge)):
            if fingerprint and fingerprint not in fingerprints:
                raise InvalidInput(
                    option,
                    f"the store holds no certificate {fingerprint} for {self.siret}, and never did",
                    "check the fingerprint, and limit the run to the collectivité whose certificate it is",
                )

    def _check_acknowledged(self, fingerprints: dict[str, str]) -> None:
        """Only what was set aside is acknowledged. fingerprints: of those that were not, by link. Raises InvalidInput, which says what it is."""
        for link, fingerprint in fingerprints.items():
            if fingerprint == self.wish.acknowledge:
                raise InvalidInput(
                    "acknowledge",
                    f"{fingerprint} is the certificate {IN_ROTATION[link]} for {self.order.provider}, and was not set aside",
                    "name the one that `waiting` says was refused or rolled back (antai_rotation_acknowledge); to set one aside: rollback",
                )

    def _check_store_left(self, store: Store | None) -> None:
        """Raises InvalidInput where what is acknowledged is the store's, which nothing is done about while the declaration says otherwise."""
        versions = store.links(self.order.provider).versions if store and self.wish.acknowledge else {}
        for link, version in versions.items():
            if store is None or not (version / CERTIFICATE).exists():
                continue
            if certificate_of(store, self.order.provider, link, version).fingerprint == self.wish.acknowledge:
                raise InvalidInput(
                    "acknowledge",
                    f"{self.wish.acknowledge} lies in the store, and {self.order.provider} is declared with a certificate that does not",
                    "acknowledge it in a run without that declaration (keys: elsewhere, fingerprint or certificate)",
                )

    def _asked(self, seen: RotationState, context: Context) -> RotationState:
        """With what ANTAI says; once asked, asked to the end of the run, so that states never come and go in one result."""
        current = seen.current
        self._asking = self._asking or seen.under_way or bool(current and current.compromised)
        if not self._asking:
            return seen
        space = observe_space(context.operations, self.siret, self.agent_email)
        coming = asked_of_coming if self.judging else asked
        ask = {"current": asked, "next": coming, "previous": asked_of_old, "rejected": asked_of_old}
        found: dict[str, Any] = {link: ask[link](getattr(seen, link), space, context.operations, _store(seen)) for link in LINKS}
        return replace(seen, space=space, **found)

    def _to_judge(self, seen: RotationState, context: Context) -> RotationState:
        """Only what may be installed, activated or taken into use; what is active already is looked at in the cheap way."""
        found = seen.previous if self.wish.rollback else seen.next
        if self.judging is None or (self.wish.rollback and found and found.active):  # the way back is not barred to what still works
            return seen
        if found:
            leaf, chain, active = found.leaf, found.chain, found.active
        elif seen.delivered and not self.wish.rollback:
            leaf, chain, active = seen.delivered.leaf, (*seen.delivered.given, *seen.authorities), False
        else:
            return seen
        gathered = gathered_here(leaf, chain, self.siret, self.judging, context, about_to_change=not active)
        return replace(seen, gathered=gathered)

    # Deciding

    def plan(self, observed: RotationState, now: datetime) -> Plan:
        return decide(observed, self.order, self.wish, now, self.agent_email, self.judging)

    def due(self, observed: RotationState, now: datetime) -> Renewal | None:
        """When the one in use is to be followed by another; None where none is."""
        trusted = self.judging.store if self.judging else TrustStore(())
        revocation = revocation_of(observed, self.judging, now)
        return due(observed.current, now, self.wish.policy, trusted, revocation) if observed.current else None

    # Doing

    def apply(self, context: Context, observed: RotationState, step: Step, now: datetime) -> None:
        operation = STEPS[step.code].operation
        if not operation:
            self._steps[step.code](context, observed, step, now)
            return
        if step.code == "activate_next":
            self._known_inactive(context)
        elif step.code in ("deactivate_previous", "remove_previous"):
            self._proved(context, observed, "next" if _store(observed).version(self.order.provider, "next") else "current")
        change(context, self.siret, operation, step.target, self.order.provider)

    def _make_request(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        ordering.new_request(self.order, _store(seen), now, seen.current.fingerprint if seen.current else None, step.reason)

    def _enroll(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        operations = context.operations
        waiting = ordering.enroll(self.order, _store(seen), seen.authorities, operations.counts, operations.credentials.redactor, now)
        if waiting:
            raise WaitRequired(waiting, done=step.code == "enroll")

    def _note_delivery(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        if seen.delivered:
            ordering.note_unusable(_store(seen), self.order.provider, seen.delivered, now)

    def _pick_up(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        if seen.delivered:
            ordering.pick_up(self.order.provider, _store(seen), seen.delivered, seen.authorities, now)

    def _install(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        following = self._held(seen, "next")
        context.operations.hold(following.leaf, following.client)  # it may have been picked up by a step before
        if following.client:
            install(context, self.siret, following.client, self._about(following.fingerprint), by_editor=seen.by_editor)

    def _mark_compromised(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        version = next(each.version for each in seen.held if each.fingerprint == step.target)
        self._annotate(seen, version, {"compromised_at": instant(now)})

    def _set_aside(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        following = self._held(seen, "next")
        replaced = following.compromised or step.target == self.wish.replace
        why = "rolled_back" if self.wish.rollback else ("replaced" if replaced else "refused")
        answer = (seen.next.dialogue if seen.next else None) or NO_ANSWER
        aside = {
            "why": why,
            "at": instant(now),
            **({"reason": answer["message"], "rule": answer["rule"]} if why == "refused" else {}),
        }
        self._annotate(seen, following.version, {"set_aside": aside})
        _store(seen).set_aside(self.order.provider)

    def _swap(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        self._proved(context, seen, "next")
        self._annotate(seen, self._held(seen, "current").version, {"replaced_at": instant(now)})
        _store(seen).swap(self.order.provider, "next", "previous")
        self._reload_asked = True

    def _swap_back(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        self._proved(context, seen, "previous")
        self._annotate(seen, self._held(seen, "current").version, {"set_aside": {"why": "rolled_back", "at": instant(now)}})
        _store(seen).swap(self.order.provider, "previous", "rejected")
        self._reload_asked = True

    def _ask_reload(self, context: Context, seen: RotationState, step: Step, now: datetime) -> None:
        """The caller reloads because this is a change (a handler): a run before was killed, or failed, between its swap and that."""
        self._reload_asked = True

    # Proofs: asked at the moment itself, whatever the plan has seen

    def _known_inactive(self, context: Context) -> None:
        """Nothing is activated before the SI FPS itself says that it knows it."""
        following = self._held_in(context.store, "next")
        answer = self._query(context, following)
        if answer["state"] not in ("known_inactive", "authorised"):
            about = self._about(following.fingerprint) | {"reason": answer["message"], "rule": answer["rule"]}
            raise WaitRequired(Waiting("certificate_refused", None, about))

    def _proved(self, context: Context, seen: RotationState, link: str) -> None:
        """Nothing comes into use, and nothing old goes, before the SI FPS authorises what is to be in use."""
        found = self._held(seen, link)
        old = seen.current.dialogue if seen.current and link == "next" else None
        waiting = failed_proof(self.order.provider, found.fingerprint, self._query(context, found), old, REFUSED[link])
        if waiting:
            raise WaitRequired(waiting)

    def _query(self, context: Context, found: CertificateVersion) -> DialogueAnswer:
        if found.client is None or context.store is None:
            raise StoreError(f"version {found.version} of {self.order.provider} has lost its key", "run again: it observes first")
        context.operations.observe_afresh()
        if context.operations.has("exchange_query"):
            return context.operations.exchange_query(self.siret, found.client)
        return answered(found, observe_space(context.operations, self.siret, self.agent_email), context.operations, context.store)

    # Small things

    def _held(self, seen: RotationState, link: str) -> CertificateVersion:
        """As the store has it at this moment: a step before may have moved it."""
        return self._held_in(seen.store, link)

    def _held_in(self, store: Store | None, link: str) -> CertificateVersion:
        found = held(store, self.order.provider, link, self.siret) if store else None
        if found is None:
            raise StoreError(f"{self.order.provider}: nothing stands at the link {link} any more", "run again: it observes first")
        return found

    def _about(self, fingerprint: str) -> dict[str, Any]:
        return {"provider": self.order.provider, "fingerprint": fingerprint}

    def _annotate(self, seen: RotationState, version: str, notes: dict[str, Any]) -> None:
        store = _store(seen)
        store.annotate(store.certificates(self.order.provider) / "versions" / version, notes)


def _store(seen: RotationState) -> Store:
    """A plan with steps is made from a store only."""
    if seen.store is None:
        raise StoreError("no store is declared", "declare antai_store")
    return seen.store
