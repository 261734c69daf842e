# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the next certificate of a rotation is ordered at the PSCE, and picked up when it is there. Pure."""

from __future__ import annotations

from ..._store.store import Store
from ...dates import instant
from ..certificate import delivery, order_plan
from ..certificate.pending_request import PendingRequest
from ..order_gate import adopting_steps, order_stops
from .case import Case, due, find_revocation
from .departure import drop_rejected, is_acknowledged
from .draft import Draft, RotationChanges, VersionView
from .state import CertificateVersion

# What the steps that ask the PSCE leave in the state.
ASKING: dict[str, RotationChanges] = {
    "discard_request": {"requested": False, "requested_at": None, "handed_out": False},
    "make_request": {"requested": True, "requested_at": None, "handed_out": False},
    "hand_out": {"handed_out": True},
}


def order_next(draft: Draft, case: Case, current: CertificateVersion) -> Draft:
    """With the next one requested where it is due, and picked up where it is there."""
    state = case.state
    if state.store is None:
        return draft
    if state.pending is None and state.lost:
        reason = "the link `pending` is gone, and the newest version waits for the PSCE's answer"
        request: RotationChanges = {"requested_at": state.lost["requested_at"], "handed_out": bool(state.lost["handed_out"])}
        draft = draft.do("repair_link", reason, requested=True, **request)
    elif state.pending is None:
        draft, ordered = _request(draft, case, current, state.store)
        if not ordered:
            return draft
    if draft.after["rejected"]:  # only now: a kill between both leaves the request, which says that the other one is replaced
        draft = drop_rejected(draft, case, "another one is ordered")
    if state.delivered is None:
        return _ask_psce(draft, case, state.store, state.pending or state.lost)
    return _pick_up(draft, case, state.store, state.pending) if state.pending else draft


def _request(draft: Draft, case: Case, current: CertificateVersion, store: Store) -> tuple[Draft, bool]:
    """(the draft, whether the next one is requested by it)."""
    draft, why = _why(draft, case, current)
    if why is None:
        return draft, False
    stops = order_stops(case.order, store.top, case.state.order_evidence, case.now)
    if stops:
        return draft.stop(*stops), False
    for step in adopting_steps(case.order, case.state.order_evidence, case.now):
        draft = draft.do(step.code, step.reason, step.target)
    return draft.do("make_request", why, **ASKING["make_request"]), True


def _why(draft: Draft, case: Case, current: CertificateVersion) -> tuple[Draft, str | None]:
    """(the draft, why one is to be ordered now; None: it is not). What was set aside is followed by another one only where somebody says so."""
    if current.fingerprint in case.compromised:
        return draft, "the key in use is compromised"
    if draft.after["rejected"] and not is_acknowledged(draft, case):
        rejected = case.state.rejected
        if rejected is None or rejected.set_aside.get("why") == "replaced" or case.is_replaced(rejected.fingerprint):
            return draft, "the one that was set aside is to be replaced"
        aside = rejected.set_aside
        code = "rotation_rolled_back" if aside.get("why") == "rolled_back" else "rotation_refused"
        details = {"fingerprint": rejected.fingerprint, "reason": aside.get("reason"), "rule": aside.get("rule")}
        return draft.wait(code, aside.get("at"), **details), None
    if case.wish.replace == current.fingerprint:
        return draft, "it is to be replaced now"
    revocation = find_revocation(case.state, case.judging, case.now)
    renewal = due(current, case.now, case.wish.policy, case.trusted, revocation)
    return draft, renewal.reason if renewal.due else None


def _ask_psce(draft: Draft, case: Case, store: Store, pending: PendingRequest | None) -> Draft:
    """A request that the onboarding has made (the certificate had expired) is its own to go on with."""
    steps, waiting = order_plan.plan_request(case.order, store, pending, case.now)
    draft = draft.await_(waiting)
    if pending is not None and not pending.get("rotates"):
        return draft
    for step in steps:
        draft = draft.do(step.code, step.reason, **ASKING.get(step.code, {}))
    anew = any(step.code == "make_request" for step in steps)
    return draft if pending is None or anew else draft.warn(*order_plan.request_warnings(case.order, pending, case.state.stale))


def _pick_up(draft: Draft, case: Case, store: Store, pending: PendingRequest) -> Draft:
    """What the PSCE has delivered, where it can be used."""
    delivered = case.state.delivered
    if delivered is None:
        return draft
    if delivery.why_unusable(delivered.leaf, case.now):
        for step in order_plan.bad_delivery_step(draft.provider, pending, delivered, case.now):
            draft = draft.do(step.code, step.reason)
        return draft.await_(order_plan.unusable_waiting(store, draft.provider, delivered, pending, case.now))
    shown: VersionView = {
        "version": case.state.pending_version,
        "fingerprint": delivered.leaf.fingerprint,
        "state": "not_installed",
        "not_after": instant(delivered.leaf.not_after),
    }
    reason = f"the PSCE has delivered {delivered.path}"
    return draft.do("pick_up", reason, next=shown, requested=False, requested_at=None, handed_out=False)
