# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do next in a rotation: pure, from the state that was observed, the wish, and the clock.

    request -> (PSCE) -> pick up -> install -> "known_inactive" -> activate -> "authorised" -> swap -> reload -> grace period -> retire the old

The old certificate stays active until the new one is in use and its grace period is over. Rules R1-R4 as for any certificate. Each stage makes a draft
from the one before (renewal_order.py, arrival.py, departure.py, way_back.py): what comes later looks at the state that the steps before leave.
"""

from __future__ import annotations

from datetime import datetime

from ..._pki.evaluation import ValidationPolicy
from ..._pki.renewal import Lifetime, renewal
from ..._plan.plan import Plan, Stop
from ..._plan.waiting import Waiting
from ..certificate import lifetimes, order_plan
from ..certificate.evaluation import key_reuse, verdicts_of
from ..certificate.order import Order
from .arrival import bring_in, set_aside
from .case import Case, Wish
from .departure import cut_off, end_previous, take_away_rejected
from .draft import Draft, view
from .renewal_order import order_next
from .state import CertificateVersion, ExternalCertificate, RotationState
from .way_back import roll_back


def decide(
    state: RotationState, order: Order, wish: Wish, now: datetime, agent_email: str | None = None, judging: ValidationPolicy | None = None
) -> Plan:
    """agent_email: as in account_waiting. judging: None: nothing is judged."""
    case, before = Case(state, order, wish, now, agent_email, judging), view(state, order.subject.siret, order.provider, wish.grace)
    return _decided(Draft(before, before), case).plan({"verdicts": _verdicts(case)})


def _decided(draft: Draft, case: Case) -> Draft:
    state = case.state
    if state.external:
        return _await_external(draft, case, state.external)
    for step in order_plan.mend_steps(draft.provider, state.leftovers, state.detached):
        draft = draft.do(step.code, step.reason, chain="move")
    if state.detached and state.store:
        return draft.stop(Stop(draft.provider, Waiting("store_relinked", None, {"provider": draft.provider, "store": state.store.top})))
    draft = cut_off(draft.warn(*_warnings(case)), case)
    if case.wish.rollback:
        draft = roll_back(draft, case)
    elif state.current is None:
        draft = draft.await_(_first_order(case))
    else:
        draft = _go_forward(draft, case, state.current)
    return take_away_rejected(draft, case)


def _go_forward(draft: Draft, case: Case, current: CertificateVersion) -> Draft:
    if case.state.next and case.is_replaced(case.state.next.fingerprint):
        draft = set_aside(draft, case, "replaced")
    if draft.after["next"] is None:
        draft, over = end_previous(draft, case)
        draft = order_next(draft, case, current) if over else draft
    return bring_in(draft, case, current) if draft.after["next"] else draft


def _first_order(case: Case) -> Waiting:
    """Who is waited for where there is nothing to rotate yet."""
    provider, state = case.order.provider, case.state
    if state.pending and state.store:
        return order_plan.answer_waiting(state.store, provider, state.pending, case.order)
    return Waiting("certificate_order", None, {"provider": provider})


def _await_external(draft: Draft, case: Case, certificate: ExternalCertificate) -> Draft:
    """Who holds the key makes the next one: nothing can be done here but to say so in time."""
    if certificate.local:
        lifetime: Lifetime | None = lifetimes.of_leaf(certificate.local, certificate.chain, case.trusted, case.now)
    else:
        lifetime = lifetimes.of_listed(certificate.listed, case.trusted, case.now) if certificate.listed else None
    forced = case.wish.replace is not None and case.wish.replace == certificate.fingerprint
    if not forced and not (lifetime and renewal(lifetime, case.now, case.wish.policy).due):
        return draft
    code = "rotation_files" if certificate.local else "rotation_elsewhere"
    return draft.wait(code, fingerprint=certificate.fingerprint, end=lifetime.end[0].date().isoformat() if lifetime else None)


def _warnings(case: Case) -> list[str]:
    state, warnings = case.state, []
    if state.next and not case.has_query:
        warnings.append(
            "the interface has no query of the dialogue: what the space shows stands for the SI FPS's answer; the certificate before goes "
            "only once the space shows an exchange with the new one"
        )
    following = state.next.leaf if state.next else state.delivered.leaf if state.delivered else None
    if following and state.current:
        warnings += key_reuse(case.order.provider, following, state.current.leaf)
    return warnings


def _verdicts(case: Case) -> list[dict[str, object]] | None:
    """Of the certificate that is to come in, or to come back; None where nothing is judged."""
    if case.judging is None:
        return None
    evidence, judgement = case.state.coming_evidence, case.judgement
    return [verdicts_of(case.order.provider, evidence.leaf.fingerprint, judgement)] if evidence and judgement else []
