# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do next in a rotation: pure, from what was seen, the wish, and the clock.

    request -> (PSCE) -> pick up -> install -> "known_inactive" -> activate -> "authorised" -> swap -> reload -> grace period -> retire the old

The old certificate stays active until the new one is in use and its grace period is over. Rules R1-R4 as for any certificate.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ..._pki.evaluation import ValidationPolicy, evaluate
from ..._pki.renewal import Lifetime, Renewal, RenewalPolicy, renewal
from ..._pki.trust import TrustStore
from ..._plan.plan import Plan, Step, Stop
from ..._plan.records import NO_ANSWER, DialogueAnswer
from ..._plan.waiting import Waiting
from ..._store.store import Store
from ...dates import instant, parse_date
from ..certificate import lifetimes, ordering
from ..certificate.evaluation import fails, key_reuse, not_rgs, proved_revocation, told
from ..certificate.ordering import ROTATES, Order
from ..convention.convention import convention_waiting
from ..order_gate import adopting_steps, order_stops
from ..space import account_waiting
from .state import CertificateVersion, ExternalCertificate, RotationState, shown

WHY_ASIDE = {"replaced": "to be replaced", "rolled_back": "rolled back", "refused": "the SI FPS does not authorise it once active"}
UNTIL = ("proved", "swapped", "retired")
# What the steps that ask the PSCE leave in the state.
ASKING: dict[str, dict[str, Any]] = {
    "discard_request": {"requested": False, "requested_at": None, "handed_out": False},
    "make_request": {"requested": True, "requested_at": None, "handed_out": False},
    "hand_out": {"handed_out": True},
}


@dataclass(frozen=True)
class Wish:
    """grace: how long the old one stays active once the new one is in use. policy: order when its first stage begins. until: how far to go, one of
    UNTIL. replace: fingerprint of a certificate to replace now. compromised: its key is; then nothing overlaps. rollback: back to the old one.
    reloaded: with `retired`, whether who calls has had what reads the certificate reloaded. acknowledge: fingerprint of one that was set aside and is
    to be waited for no more.
    """

    grace: timedelta = timedelta(days=7)
    policy: RenewalPolicy = field(default_factory=RenewalPolicy)
    until: str = "retired"
    replace: str | None = None
    compromised: bool = False
    rollback: bool = False
    reloaded: bool = True
    acknowledge: str | None = None


class Draft:
    """A plan in the making: the state as it will be after the steps so far."""

    def __init__(self, before: dict[str, Any]) -> None:
        self.before = before
        self.after = deepcopy(before)
        self.provider: str = before["provider"]
        self.steps: list[Step] = []
        self.waiting: list[Waiting] = []
        self.warnings: list[str] = []
        self.facts: dict[str, Any] = {}
        self.stops: list[Stop] = []

    def stop(self, *stops: Stop) -> None:
        """What would come next is not done, and the run fails after the steps so far."""
        self.stops += stops
        self.waiting += [stop.waiting for stop in stops]

    def do(self, code: str, reason: str, target: str = "", *, chain: str = "", **changes: Any) -> None:
        """changes: fields of the state afterwards. Steps of one chain depend on each other; they are all of the rotation, unless said otherwise."""
        self.steps.append(Step(code, reason, target or self.provider, chain=chain or self.provider))
        self.after |= changes

    def turn(self, code: str, reason: str, link: str, state: str, *, chain: str = "") -> None:
        """A step at ANTAI, that brings the version behind this link into this state."""
        entry = self.after[link]
        self.do(code, reason, entry["fingerprint"], chain=chain, **{link: entry | {"state": state}})

    def wait(self, code: str, since: str | None = None, **about: Any) -> None:
        """Once for each reason, certificate and time, however many steps meet it."""
        waiting = Waiting(code, since, {"provider": self.provider} | about)
        if waiting not in self.waiting:
            self.waiting.append(waiting)

    def plan(self) -> Plan:
        self.after["state"] = stage(self.after)
        server_assigned = ("requested_at", "grace_until")
        stops, warnings = tuple(self.stops), tuple(self.warnings)
        return Plan(self.before, self.after, tuple(self.steps), tuple(self.waiting), warnings, server_assigned, self.facts, stops)


def view(seen: RotationState, siret: str, provider: str, grace: timedelta) -> dict[str, Any]:
    """As results show it: what goes by which name, never a key."""
    pending = seen.pending or {}
    found: dict[str, Any] = {
        "siret": siret,
        "provider": provider,
        "requested": seen.pending is not None,
        "requested_at": pending.get("requested_at"),
        "handed_out": bool(pending.get("handed_out")),
        **{link: shown(getattr(seen, link)) for link in ("current", "next", "previous", "rejected")},
        "reload_due": seen.reload_due,
        "grace_until": instant(grace_end(seen.previous, grace)) if seen.previous else None,
    }
    if seen.elsewhere:
        found["current"] = _shown_elsewhere(seen.elsewhere)
        return {"state": "elsewhere"} | found
    return {"state": stage(found)} | found


def stage(state: dict[str, Any]) -> str:
    """none (no certificate), elsewhere, settled, requested, issued (not in use yet), grace (the old one lives on), set_aside (the new one was)."""
    if state.get("state") == "elsewhere":
        return "elsewhere"
    stages = (("issued", "next"), ("requested", "requested"), ("grace", "previous"), ("set_aside", "rejected"), ("settled", "current"))
    return next((name for name, what in stages if state[what]), "none")


def _shown_elsewhere(found: ExternalCertificate) -> dict[str, Any]:
    listed = found.listed
    not_after = instant(found.local.not_after) if found.local else listed and listed["not_after"]
    return {"version": None, "fingerprint": found.fingerprint, "state": listed and listed["state"], "not_after": not_after}


def grace_end(previous: CertificateVersion, grace: timedelta) -> datetime:
    """Since it was replaced; one of which that is not known has had its time."""
    at = previous.notes.get("replaced_at")
    return (parse_date(at) if at else previous.leaf.not_before) + grace


def revocation_of(seen: RotationState, judging: ValidationPolicy | None, now: datetime) -> str:
    """That the one in use, or its CA, is revoked, in words; nothing where that is not known."""
    return proved_revocation(evaluate(seen.in_use, judging, now)) if judging and seen.in_use else ""


def due(found: CertificateVersion, now: datetime, policy: RenewalPolicy, trusted: TrustStore, revocation: str = "") -> Renewal:
    """Never in the first two thirds of its life: where certificates are short-lived, or their CA ends soon, a new one would be due as soon as it is in
    use. At once where it is revoked, or its CA is (revocation: in words).
    """
    lifetime = lifetimes.of_leaf(found.leaf, found.chain, trusted, now)
    if revocation:
        return Renewal(True, -1, f"it is good no longer: {revocation}", lifetime.end[0], 0)
    third = (lifetime.end[0] - found.leaf.not_before) // 3 // timedelta(days=1)
    return renewal(lifetime, now, RenewalPolicy(tuple(dict.fromkeys(max(1, min(days, third)) for days in policy.days))))


def decide(
    seen: RotationState, order: Order, wish: Wish, now: datetime, agent_email: str | None = None, judging: ValidationPolicy | None = None
) -> Plan:
    """agent_email: as in account_waiting. judging: None: nothing is judged."""
    draft = Draft(view(seen, order.subject.siret, order.provider, wish.grace))
    trusted = judging.store if judging else TrustStore(())
    draft.facts["verdicts"] = [] if judging else None
    if seen.elsewhere:
        _told_elsewhere(draft, seen.elsewhere, wish, now, trusted)
        return draft.plan()
    for step in ordering.mend_steps(draft.provider, seen.leftovers, seen.detached):
        draft.do(step.code, step.reason, chain="move")
    if seen.detached and seen.store:
        draft.stop(Stop(draft.provider, Waiting("store_relinked", None, {"provider": draft.provider, "store": seen.store.top})))
        return draft.plan()
    _Decision(draft, seen, order, wish, now, agent_email, judging).made()
    return draft.plan()


def _told_elsewhere(draft: Draft, found: ExternalCertificate, wish: Wish, now: datetime, trusted: TrustStore) -> None:
    """Who holds the key makes the next one: nothing can be done here but to tell in time."""
    if found.local:
        lifetime: Lifetime | None = lifetimes.of_leaf(found.local, found.chain, trusted, now)
    else:
        lifetime = lifetimes.of_listed(found.listed, trusted, now) if found.listed else None
    forced = wish.replace is not None and wish.replace == found.fingerprint
    if not forced and not (lifetime and renewal(lifetime, now, wish.policy).due):
        return
    code = "rotation_files" if found.local else "rotation_elsewhere"
    draft.wait(code, fingerprint=found.fingerprint, end=lifetime.end[0].date().isoformat() if lifetime else None)


def failed_proof(
    provider: str, fingerprint: str, answer: DialogueAnswer, old: DialogueAnswer | None, refused: str = "rotation_refused"
) -> Waiting | None:
    """Who is waited for because the SI FPS does not say `authorised` to an activated certificate; None where it does.

    Where it refuses the old one by the same rule (the convention has lapsed, the account is closed), the new one is not to blame.
    refused: the code of a refusal.
    """
    if answer["state"] == "authorised":
        return None
    about = {"provider": provider, "fingerprint": fingerprint, "reason": answer["message"], "rule": answer["rule"]}
    if answer["state"] == "known_inactive":  # it has not heard of the activation yet
        return Waiting("certificate_proof", None, about)
    alike = answer["state"] == "refused" and old is not None and (old["state"], old["rule"]) == ("refused", answer["rule"])
    return Waiting("dialogue_refused" if alike else refused, None, about)


class _Decision:
    """One decision; `made` puts it into the draft, step by step: what comes later looks at the state that the steps before leave."""

    def __init__(
        self,
        draft: Draft,
        seen: RotationState,
        order: Order,
        wish: Wish,
        now: datetime,
        agent_email: str | None,
        judging: ValidationPolicy | None,
    ) -> None:
        self.draft = draft
        self.seen = seen
        self.order = order
        self.wish = wish
        self.now = now
        self.agent_email = agent_email
        self.trusted = judging.store if judging else TrustStore(())
        self.judgement = evaluate(seen.gathered, judging, now) if judging and seen.gathered else None
        if seen.gathered and self.judgement:
            draft.facts["verdicts"] = [told(order.provider, seen.gathered.leaf.fingerprint, self.judgement)]
        self.revocation = revocation_of(seen, judging, now)
        self.cut: set[str] = set()  # fingerprints whose key is compromised
        self.lacks = seen.space.lacks

    def made(self) -> None:
        if self.seen.next and "exchange_query" in self.lacks:
            self.draft.warnings.append(
                "the interface has no query of the dialogue: what the space shows stands for the SI FPS's answer; the certificate before goes "
                "only once the space shows an exchange with the new one"
            )
        self._tell_key_reuse()
        self._cut_off()
        if self.wish.rollback:
            self._back()
        elif self.seen.current is None:
            self._nothing_to_rotate()
        else:
            self._forward(self.seen.current)
        self._take_away_rejected()

    def _tell_key_reuse(self) -> None:
        following = self.seen.next.leaf if self.seen.next else self.seen.delivered.leaf if self.seen.delivered else None
        if following and self.seen.current:
            self.draft.warnings += key_reuse(self.order.provider, following, self.seen.current.leaf)

    def _nothing_to_rotate(self) -> None:
        if self.seen.pending and self.seen.store:
            self.draft.waiting.append(ordering.answer_waiting(self.seen.store, self.order.provider, self.seen.pending, self.order))
        else:
            self.draft.wait("certificate_order")

    def _forward(self, current: CertificateVersion) -> None:
        following = self.seen.next
        if following and following.fingerprint in {self.wish.replace, *self.cut}:
            self._set_aside("replaced")
        if self.draft.after["next"] is None and self._old_one_gone():
            self._ordered(current)
        if self.draft.after["next"]:
            self._bring_in(current)

    # A compromised key: at once, before anything else

    def _cut_off(self) -> None:
        for link in ("current", "next", "previous", "rejected"):
            found: CertificateVersion | None = getattr(self.seen, link)
            if found is None or not (found.compromised or (self.wish.compromised and found.fingerprint == self.wish.replace)):
                continue
            self.cut.add(found.fingerprint)
            self._deactivate("deactivate_compromised", "its key is compromised", link, chain="compromised")
            if not found.compromised:
                self.draft.do("mark_compromised", "it must never be active again", found.fingerprint, chain="mark")
            self.draft.wait("certificate_revocation", found.notes.get("compromised_at"), fingerprint=found.fingerprint)
            if link == "current":
                self.draft.wait("dialogue_down", found.notes.get("compromised_at"), fingerprint=found.fingerprint)
                self.draft.warnings.append(
                    f"the dialogue of {self.order.provider} is down until its next certificate is active: the key of the one in use is compromised"
                )

    def _deactivate(self, code: str, reason: str, link: str, chain: str = "") -> bool:
        """Whether it is inactive afterwards: otherwise who has access to the space is waited for."""
        entry = self.draft.after[link]
        unknown = entry["state"] is None and not self.seen.space.visible
        if entry["state"] != "active" and not unknown:
            return True
        if not self.seen.space.visible or "certificate_deactivate" in self.lacks:
            self.draft.wait("certificate_deactivation", fingerprint=entry["fingerprint"])
            return False
        self.draft.turn(code, reason, link, "inactive", chain=chain)
        return True

    # The one that was in use

    def _old_one_gone(self, just_swapped: bool = False) -> bool:
        """Reload, then the end of the grace period. False while something is still to come: no other rotation begins before that."""
        if self.draft.after["reload_due"] and not self._reloaded():
            return False
        previous = self.draft.after["previous"]
        if previous is None:
            return True
        if previous["fingerprint"] not in self.cut and not self._grace_over(just_swapped):
            # The one in use is compromised, or to be replaced at once: what follows it is ordered meanwhile.
            return not just_swapped and self.draft.after["current"]["fingerprint"] in {self.wish.replace, *self.cut}
        if self.wish.until != "retired":
            return False
        if previous["state"] == "active" and previous["fingerprint"] not in self.cut and not self._heard(just_swapped):
            return False
        return self._retired("the new one is in use, and the grace period is over", proved=just_swapped)

    def _heard(self, just_swapped: bool) -> bool:
        """Where the SI FPS cannot be asked: whether there was an exchange with the one in use; else it is told that this is waited for."""
        found = self.seen.next if just_swapped else self.seen.current
        if "exchange_query" not in self.lacks or (found and found.heard):
            return True
        self.draft.wait("rotation_exchange", fingerprint=found.fingerprint if found else None)
        return False

    def _reloaded(self) -> bool:
        """Whether what reads the certificate is reloaded: who calls with `until: retired` says so."""
        if self.wish.until == "retired":
            if self.wish.reloaded:
                self.draft.do("confirm_reload", "what reads the certificate is reloaded", reload_due=False)
            else:
                self.draft.do(
                    "leave_reload", "no reload is ordered: what reads the certificate has to read it again by itself", reload_due=False
                )
        elif self.wish.until == "swapped" and not self.seen.reload_asked:
            self.draft.do("ask_reload", "the certificate in use has changed, and what reads it is not known to be reloaded")
        return self.wish.until == "retired"

    def _grace_over(self, just_swapped: bool) -> bool:
        seen = self.seen.previous
        end = self.now + self.wish.grace if just_swapped or seen is None else grace_end(seen, self.wish.grace)
        if self.now >= end:
            return True
        since = None if just_swapped or seen is None else seen.notes.get("replaced_at")
        self.draft.wait("rotation_grace", since, fingerprint=self.draft.after["previous"]["fingerprint"], date=instant(end))
        return False

    def _retired(self, reason: str, *, proved: bool) -> bool:
        """Take the old one away, but never while the new one does not pass. proved: this very plan has proved it."""
        previous, current, entry = self.seen.previous, self.seen.current, self.draft.after["previous"]
        keyless = previous is not None and previous.client is None  # its key went after its activity: only the link is left
        if not keyless:
            if not proved and entry["fingerprint"] not in self.cut and current and current.says != "authorised":
                answer = current.dialogue or NO_ANSWER
                about = {"fingerprint": current.fingerprint, "reason": answer["message"], "rule": answer["rule"]}
                self.draft.wait("dialogue_refused", **about)
                return False
            if self.seen.removable and self.seen.space.visible and entry["state"] in ("active", "inactive"):
                self.draft.turn("remove_previous", reason, "previous", "not_installed")
            elif not self._deactivate("deactivate_previous", reason, "previous"):
                return False
        why = "it is retired, and a key that nothing uses is only a risk"
        if entry["fingerprint"] in self.cut:
            why = "its key is compromised: have the PSCE revoke it, if that is not done"
        self.draft.do("drop_previous", why, previous=None, grace_until=None)
        return True

    # Ordering the next one

    def _ordered(self, current: CertificateVersion) -> None:
        """Have it requested, and picked up when it is there."""
        seen, after = self.seen, self.draft.after
        if seen.store is None:
            return
        if seen.pending is None and seen.lost:
            reason = "the link `pending` is gone, and the newest version waits for the PSCE's answer"
            asked = {"requested_at": seen.lost["requested_at"], "handed_out": bool(seen.lost["handed_out"])}
            self.draft.do("repair_link", reason, requested=True, **asked)
        elif seen.pending is None:
            why = self._why(current)
            if why is None:
                return
            stops = order_stops(self.order, seen.store.top, seen.evidence, self.now)
            if stops:
                self.draft.stop(*stops)
                return
            for step in adopting_steps(self.order, seen.evidence, self.now):
                self.draft.do(step.code, step.reason, step.target)
            self.draft.do("make_request", why, **ASKING["make_request"])
        # Only now: a kill between both leaves the request, which says that the other one is replaced.
        if after["rejected"] and self._deactivate("deactivate_rejected", "another one is ordered", "rejected"):
            self.draft.do("drop_rejected", "another one is ordered", rejected=None)
        if seen.delivered is None:
            self._asked_of_psce(seen.store, seen.pending or seen.lost)
        elif seen.pending and ordering.why_unusable(seen.delivered.leaf, self.now):
            for step in ordering.bad_delivery_step(self.order.provider, seen.pending, seen.delivered, self.now):
                self.draft.do(step.code, step.reason)
            self.draft.waiting.append(ordering.unusable_waiting(seen.store, self.order.provider, seen.delivered, seen.pending, self.now))
        elif seen.pending:
            leaf = seen.delivered.leaf
            entry = {
                "version": seen.pending_version,
                "fingerprint": leaf.fingerprint,
                "state": "not_installed",
                "not_after": instant(leaf.not_after),
            }
            reason = f"the PSCE has delivered {seen.delivered.path}"
            self.draft.do("pick_up", reason, next=entry, requested=False, requested_at=None, handed_out=False)

    def _asked_of_psce(self, store: Store, pending: dict[str, Any] | None) -> None:
        """A request that the onboarding has made (the certificate had expired) is its own to go on with."""
        steps, waiting = ordering.going_on(self.order, store, pending, self.now)
        self.draft.waiting.append(waiting)
        if pending is not None and not pending.get(ROTATES):
            return
        for step in steps:
            self.draft.do(step.code, step.reason, **ASKING.get(step.code, {}))
        if pending is not None and not any(step.code == "make_request" for step in steps):
            self.draft.warnings += ordering.warnings(self.order, pending, self.seen.stale)

    def _why(self, current: CertificateVersion) -> str | None:
        """Why one is to be ordered now; None: it is not. What was set aside is followed by another one only where somebody says so."""
        if current.fingerprint in self.cut:
            return "the key in use is compromised"
        if self.draft.after["rejected"] and not self._is_acknowledged():
            aside = self.seen.rejected
            if aside is None or aside.set_aside.get("why") == "replaced" or aside.fingerprint in {self.wish.replace, *self.cut}:
                return "the one that was set aside is to be replaced"
            told = aside.set_aside
            code = "rotation_rolled_back" if told.get("why") == "rolled_back" else "rotation_refused"
            self.draft.wait(code, told.get("at"), fingerprint=aside.fingerprint, reason=told.get("reason"), rule=told.get("rule"))
            return None
        if self.wish.replace == current.fingerprint:
            return "it is to be replaced now"
        decision = due(current, self.now, self.wish.policy, self.trusted, self.revocation)
        return decision.reason if decision.due else None

    # Bringing it in

    def _bring_in(self, current: CertificateVersion) -> None:
        if self._unfit() or not self._authorised(current) or self.wish.until == "proved":
            return
        after = self.draft.after
        if after["previous"] and not self._retired(
            "another one comes in", proved=True
        ):  # of the rotation before: one in use lives on beside
            return
        moved = {"previous": after["current"], "current": after["next"], "next": None}
        self.draft.do("swap", "the SI FPS authorises it", after["next"]["fingerprint"], reload_due=True, grace_until=None, **moved)
        if self.wish.until == "retired":
            self._old_one_gone(just_swapped=True)

    def _unfit(self) -> bool:
        """Whether it must not go in at all, which is told. The one place for whatever judges it before it is installed."""
        following, delivered = self.seen.next, self.seen.delivered
        leaf = following.leaf if following else delivered.leaf if delivered else None
        if leaf is None:
            return False
        if leaf.not_after <= self.now:
            self.draft.wait("certificate_expired", fingerprint=leaf.fingerprint, end=leaf.not_after.date().isoformat())
            return True
        if self._breaks_rules(leaf.fingerprint, "rotation_not_rgs"):
            return True
        if following and following.unasked:
            raise following.unasked
        return False

    def _breaks_rules(self, fingerprint: str, wording: str = "") -> bool:
        """Whether it breaks a rule of RGS*, which is told."""
        if self.judgement is None or not fails(self.judgement):
            return False
        self.draft.waiting.append(replace(not_rgs(self.order.provider, fingerprint, self.judgement, active=False), wording=wording))
        return True

    def _authorised(self, current: CertificateVersion) -> bool:
        """Whether it will be active, and nothing is known that speaks against its being authorised: the steps themselves ask once more."""
        following = self.seen.next
        says = following.says if following else None
        if following and following.listed and following.active and says != "authorised":
            self._proof_failed(following, current)
            return False
        if following and says == "refused":
            answer = following.dialogue or NO_ANSWER
            self.draft.wait("certificate_refused", fingerprint=following.fingerprint, reason=answer["message"], rule=answer["rule"])
            return False
        if says == "authorised":
            return True
        account = account_waiting(self.seen.space, self.agent_email)
        if says in (None, "unknown"):
            if account and self.seen.space.visible:  # where the space cannot be seen, the SI FPS's own answer stands for the account
                self.draft.waiting.append(account)
                return False
            if "certificate_install" in self.lacks:
                self.draft.wait("certificate_installation", fingerprint=self.draft.after["next"]["fingerprint"])
                return False
            self.draft.turn("install_next", "the SI FPS does not know it", "next", "inactive")
        return self._activated(
            "next", "activate_next", "the convention is in force", listed=says != "known_inactive" or bool(following and following.listed)
        )

    def _activated(self, link: str, code: str, reason: str, *, listed: bool) -> bool:
        """Only in the space, by who has access to it, and only under a convention in force (R2)."""
        space = self.seen.space
        if not space.visible or "certificate_activate" in self.lacks:
            self.draft.wait("certificate_activation", fingerprint=self.draft.after[link]["fingerprint"])
            return False
        unsigned = None if "convention_list" in self.lacks else convention_waiting(space, self.seen.store)
        lacking = account_waiting(space, self.agent_email) or unsigned
        if lacking or not (listed or "certificate_list" in self.lacks):
            self.draft.waiting.append(
                lacking or Waiting("certificate_listing", None, {"fingerprint": self.draft.after[link]["fingerprint"]})
            )
            return False
        self.draft.turn(code, reason, link, "active")
        return True

    def _proof_failed(self, following: CertificateVersion, current: CertificateVersion) -> None:
        waiting = failed_proof(self.order.provider, following.fingerprint, following.dialogue or NO_ANSWER, current.dialogue)
        if waiting is None:
            return
        self.draft.waiting.append(waiting)
        if waiting.code == "rotation_refused":
            self._set_aside("refused")

    def _set_aside(self, why: str) -> None:
        """The name first: after a kill in between it is known why it was to be deactivated."""
        entry = self.draft.after["next"]
        self.draft.do("set_aside", WHY_ASIDE[why], entry["fingerprint"], next=None, rejected=entry)
        self._deactivate("deactivate_rejected", WHY_ASIDE[why], "rejected")

    # Back

    def _back(self) -> None:
        """The way back, as long as the old one lives: activate it, prove it, use it, and only then deactivate the new one."""
        if self.seen.next:
            self._set_aside("rolled_back")
            return
        previous = self.seen.previous
        if previous is None:
            if self.draft.after["reload_due"]:
                self._reloaded()
            if self.seen.rejected is None:
                self.draft.warnings.append(
                    f"{self.order.provider}: there is nothing to roll back; the certificate before this one is retired, or never was"
                )
            return
        if previous.client is None or previous.fingerprint in self.cut or previous.leaf.not_after <= self.now:
            self.draft.warnings.append(f"{self.order.provider}: no way back, {previous.fingerprint} is retired, compromised or expired")
            return
        if self._old_one_authorised(previous) and self.wish.until != "proved":
            after = self.draft.after
            moved = {"current": after["previous"], "rejected": after["current"], "previous": None}
            self.draft.do("swap_back", "rolled back", previous.fingerprint, reload_due=True, grace_until=None, **moved)
            if self.wish.until == "retired":
                self._reloaded()

    def _old_one_authorised(self, previous: CertificateVersion) -> bool:
        if previous.says == "authorised":
            return True
        answer = previous.dialogue or NO_ANSWER
        if previous.active or previous.says == "refused":
            code = "certificate_refused" if previous.says == "refused" else "certificate_proof"
            self.draft.wait(code, fingerprint=previous.fingerprint, reason=answer["message"], rule=answer["rule"])
            return False
        if self._breaks_rules(previous.fingerprint):
            return False
        return self._activated("previous", "activate_previous", "rolled back", listed=previous.listed is not None)

    def _is_acknowledged(self) -> bool:
        """Whether somebody has taken note of the one that was set aside: nobody is waited for on its account any more."""
        rejected = self.draft.after["rejected"]
        return rejected is not None and rejected["fingerprint"] == self.wish.acknowledge

    def _take_away_rejected(self) -> None:
        """What was set aside is not left active, once nothing reads it any more; once it is acknowledged, its key goes, too."""
        if not self.draft.after["rejected"] or self.draft.after["reload_due"]:
            return
        if self._is_acknowledged():
            why = "it was acknowledged that it is set aside"
            if self._deactivate("deactivate_rejected", why, "rejected"):
                self.draft.do("drop_rejected", why, rejected=None)
        elif self.wish.until == "retired":
            self._deactivate("deactivate_rejected", "it is not in use any more", "rejected")
