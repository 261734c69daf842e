# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the next certificate of a rotation comes into use: judged, installed, activated, proved, swapped in; or set aside. Pure."""

from __future__ import annotations

from dataclasses import replace

from ..._plan.records import NO_ANSWER
from ..certificate.evaluation import fails, not_rgs
from ..gates import why_not_activate, why_not_install
from .case import Case, failed_proof
from .departure import deactivate, end_previous, retire
from .draft import Draft, RotationChanges
from .state import CertificateVersion, Link

WHY_ASIDE = {"replaced": "to be replaced", "rolled_back": "rolled back", "refused": "the SI FPS does not authorise it once active"}


def bring_in(draft: Draft, case: Case, current: CertificateVersion) -> Draft:
    """With the next one in use, as far as that goes today and the wish says."""
    draft, fit = _check_fitness(draft, case)
    if not fit:
        return draft
    draft, authorised = _authorise(draft, case, current)
    if not authorised or case.wish.until == "proved":
        return draft
    if draft.after["previous"]:  # of the rotation before: one in use lives on beside
        draft, retired = retire(draft, case, "another one comes in", proved=True)
        if not retired:
            return draft
    moved: RotationChanges = {"previous": draft.after["current"], "current": draft.after["next"], "next": None}
    fingerprint = draft.fingerprint("next") or ""
    draft = draft.do("swap", "the SI FPS authorises it", fingerprint, reload_due=True, grace_until=None, **moved)
    return end_previous(draft, case, just_swapped=True)[0] if case.wish.until == "retired" else draft


def _check_fitness(draft: Draft, case: Case) -> tuple[Draft, bool]:
    """(the draft, whether it may go in at all). The one place for whatever judges it before it is installed."""
    following, delivered = case.state.next, case.state.delivered
    leaf = following.leaf if following else delivered.leaf if delivered else None
    if leaf is None:
        return draft, True
    if leaf.not_after <= case.now:
        end = leaf.not_after.date().isoformat()
        return draft.wait("certificate_expired", fingerprint=leaf.fingerprint, end=end), False
    draft, passes = check_rules(draft, case, leaf.fingerprint, "rotation_not_rgs")
    if passes and following and following.unasked:
        raise following.unasked
    return draft, passes


def check_rules(draft: Draft, case: Case, fingerprint: str, wording: str = "") -> tuple[Draft, bool]:
    """(the draft, whether it breaks no rule of RGS*); wording: as Waiting has it."""
    judgement = case.judgement
    if judgement is None or not fails(judgement):
        return draft, True
    return draft.await_(replace(not_rgs(draft.provider, fingerprint, judgement, active=False), wording=wording)), False


def _authorise(draft: Draft, case: Case, current: CertificateVersion) -> tuple[Draft, bool]:
    """(the draft, whether it will be active, and nothing is known that speaks against its being authorised): the steps themselves ask once more."""
    following = case.state.next
    answer = following.answer if following else None
    if following and following.listed and following.active and answer != "authorised":
        return _note_failed_proof(draft, case, following, current), False
    if answer == "authorised":
        return draft, True
    refusal = following.dialogue if following and answer == "refused" else None
    if answer != "known_inactive":
        waiting = why_not_install(case.space, replace(case.gated(draft, "next"), refusal=refusal), case.agent_email)
        if waiting:
            return draft.await_(waiting), False
        draft = draft.turn("install_next", "the SI FPS does not know it", "next", "inactive")
    listed = answer != "known_inactive" or bool(following and following.listed)
    return activate(draft, case, "next", "activate_next", "the convention is in force", listed=listed)


def activate(draft: Draft, case: Case, link: Link, code: str, reason: str, *, listed: bool) -> tuple[Draft, bool]:
    """(the draft, whether the version at this link is active after it). listed: whether the space shows it by then."""
    waiting = why_not_activate(case.space, case.gated(draft, link, listed=listed), case.agent_email, case.state.store)
    return (draft.await_(waiting), False) if waiting else (draft.turn(code, reason, link, "active"), True)


def _note_failed_proof(draft: Draft, case: Case, following: CertificateVersion, current: CertificateVersion) -> Draft:
    waiting = failed_proof(draft.provider, following.fingerprint, following.dialogue or NO_ANSWER, current.dialogue)
    if waiting is None:
        return draft
    draft = draft.await_(waiting)
    return set_aside(draft, case, "refused") if waiting.code == "rotation_refused" else draft


def set_aside(draft: Draft, case: Case, why: str) -> Draft:
    """The name first: after a kill in between it is known why it was to be deactivated. why: one of WHY_ASIDE."""
    reason = WHY_ASIDE[why]
    draft = draft.do("set_aside", reason, draft.fingerprint("next") or "", next=None, rejected=draft.after["next"])
    return deactivate(draft, case, "deactivate_rejected", reason, "rejected")[0]
