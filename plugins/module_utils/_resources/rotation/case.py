# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rotation is decided from: the state, the wish, the clock, and what follows from them alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from ..._pki.evaluation import ValidationPolicy, evaluate
from ..._pki.renewal import Renewal, RenewalPolicy, renewal
from ..._pki.trust import TrustStore
from ..._pki.verdict import Judgement
from ..._plan.records import DialogueAnswer
from ..._plan.waiting import Waiting
from ..certificate import lifetimes
from ..certificate.evaluation import proved_revocation
from ..certificate.order import Order
from ..gates import GatedCertificate
from ..space import Space
from .draft import Draft
from .state import CertificateVersion, Link, RotationState

UNTIL = ("proved", "swapped", "retired")


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


@dataclass(frozen=True)
class Case:
    """One decision. agent_email: as in account_waiting. judging: how certificates are judged; None: not at all."""

    state: RotationState
    order: Order
    wish: Wish
    now: datetime
    agent_email: str | None = None
    judging: ValidationPolicy | None = None

    @property
    def space(self) -> Space:
        return self.state.space

    @property
    def has_query(self) -> bool:
        """Whether the SI FPS can be asked about a certificate; else what the space shows stands for its answer."""
        return "exchange_query" not in self.space.lacks

    @property
    def trusted(self) -> TrustStore:
        return self.judging.store if self.judging else TrustStore(())

    @cached_property
    def judgement(self) -> Judgement | None:
        """Of the certificate that is to come in, or to come back; None where it is not judged."""
        evidence = self.state.coming_evidence
        return evaluate(evidence, self.judging, self.now) if self.judging and evidence else None

    @cached_property
    def compromised(self) -> frozenset[str]:
        """Fingerprints of the versions whose key is compromised, by the store's notes or by the wish."""
        named = self.wish.replace if self.wish.compromised else None
        return frozenset(version.fingerprint for version in self.state.versions if version.compromised or version.fingerprint == named)

    def is_replaced(self, fingerprint: str | None) -> bool:
        """Whether it is to be followed by another one at once."""
        return fingerprint is not None and fingerprint in {self.wish.replace, *self.compromised}

    def gated(self, draft: Draft, link: Link, *, listed: bool = False) -> GatedCertificate:
        """The version at this link after the steps so far, before a gate. The SI FPS was asked with it, or cannot know it yet."""
        return GatedCertificate(draft.provider, draft.fingerprint(link), answered=True, listed=listed)


def find_revocation(state: RotationState, judging: ValidationPolicy | None, now: datetime) -> str:
    """That the one in use, or its CA, is revoked, in words; nothing where that is not known."""
    return proved_revocation(evaluate(state.current_evidence, judging, now)) if judging and state.current_evidence else ""


def due(version: CertificateVersion, now: datetime, policy: RenewalPolicy, trusted: TrustStore, revocation: str = "") -> Renewal:
    """Never in the first two thirds of its life: where certificates are short-lived, or their CA ends soon, a new one would be due as soon as it is in
    use. At once where it is revoked, or its CA is (revocation: in words).
    """
    lifetime = lifetimes.of_leaf(version.leaf, version.chain, trusted, now)
    if revocation:
        return Renewal(True, -1, f"it is good no longer: {revocation}", lifetime.end[0], 0)
    third = (lifetime.end[0] - version.leaf.not_before) // 3 // timedelta(days=1)
    return renewal(lifetime, now, RenewalPolicy(tuple(dict.fromkeys(max(1, min(days, third)) for days in policy.days))))


def failed_proof(
    provider: str, fingerprint: str, answer: DialogueAnswer, old: DialogueAnswer | None, refused: str = "rotation_refused"
) -> Waiting | None:
    """Who is waited for because the SI FPS does not say `authorised` to an activated certificate; None where it does.

    Where it refuses the old one by the same rule (the convention has lapsed, the account is closed), the new one is not to blame.
    refused: the code of a refusal.
    """
    if answer["state"] == "authorised":
        return None
    details = {"provider": provider, "fingerprint": fingerprint, "reason": answer["message"], "rule": answer["rule"]}
    if answer["state"] == "known_inactive":  # it has not heard of the activation yet
        return Waiting("certificate_proof", None, details)
    alike = answer["state"] == "refused" and old is not None and (old["state"], old["rule"]) == ("refused", answer["rule"])
    return Waiting("dialogue_refused" if alike else refused, None, details)
