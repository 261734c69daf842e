# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How certificates go in a rotation: a compromised key at once, the old one after its grace period, what was set aside once nothing reads it. Pure."""

from __future__ import annotations

from ..._plan.records import NO_ANSWER
from ...dates import instant
from ..gates import why_not_deactivate
from .case import Case
from .draft import Draft
from .state import LINKS, Link, grace_end


def cut_off(draft: Draft, case: Case) -> Draft:
    """With what has a compromised key deactivated, before anything else."""
    for link in LINKS:
        version = case.state.version(link)
        if version is None or version.fingerprint not in case.compromised:
            continue
        draft, _inactive = deactivate(draft, case, "deactivate_compromised", "its key is compromised", link, chain="compromised")
        if not version.compromised:
            draft = draft.do("mark_compromised", "it must never be active again", version.fingerprint, chain="mark")
        since = version.notes.get("compromised_at")
        draft = draft.wait("certificate_revocation", since, fingerprint=version.fingerprint)
        if link == "current":
            draft = draft.wait("dialogue_down", since, fingerprint=version.fingerprint).warn(
                f"the dialogue of {draft.provider} is down until its next certificate is active: the key of the one in use is compromised"
            )
    return draft


def deactivate(draft: Draft, case: Case, code: str, reason: str, link: Link, *, chain: str = "") -> tuple[Draft, bool]:
    """(the draft, whether the version at this link is inactive after it): where it is not, who has access to the space is waited for."""
    version = draft.after[link]
    state = version["state"] if version else None
    unknown = state is None and not case.space.visible
    if state != "active" and not unknown:
        return draft, True
    waiting = why_not_deactivate(case.space, case.gated(draft, link))
    if waiting:
        return draft.await_(waiting), False
    return draft.turn(code, reason, link, "inactive", chain=chain), True


def end_previous(draft: Draft, case: Case, *, just_swapped: bool = False) -> tuple[Draft, bool]:
    """Reload, then the end of the grace period. (the draft, False while something is still to come: no other rotation begins before that)."""
    if draft.after["reload_due"]:
        draft = reload(draft, case)
        if draft.after["reload_due"]:
            return draft, False
    previous = draft.after["previous"]
    if previous is None:
        return draft, True
    compromised = previous["fingerprint"] in case.compromised
    if not compromised:
        draft, over = _end_grace(draft, case, just_swapped=just_swapped)
        if not over:  # the one in use is compromised, or to be replaced at once: what follows it is ordered meanwhile
            return draft, not just_swapped and case.is_replaced(draft.fingerprint("current"))
    if case.wish.until != "retired":
        return draft, False
    if previous["state"] == "active" and not compromised:
        draft, exchanged = _await_exchange(draft, case, just_swapped=just_swapped)
        if not exchanged:
            return draft, False
    return retire(draft, case, "the new one is in use, and the grace period is over", proved=just_swapped)


def reload(draft: Draft, case: Case) -> Draft:
    """What reads the certificate is reloaded: who calls with `until: retired` says so."""
    if case.wish.until == "retired" and case.wish.reloaded:
        return draft.do("confirm_reload", "what reads the certificate is reloaded", reload_due=False)
    if case.wish.until == "retired":
        why = "no reload is ordered: what reads the certificate has to read it again by itself"
        return draft.do("leave_reload", why, reload_due=False)
    if case.wish.until == "swapped" and not case.state.reload_asked:
        return draft.do("ask_reload", "the certificate in use has changed, and what reads it is not known to be reloaded")
    return draft


def _end_grace(draft: Draft, case: Case, *, just_swapped: bool) -> tuple[Draft, bool]:
    """(the draft, whether the grace period of the previous one is over)."""
    previous = None if just_swapped else case.state.previous
    end = grace_end(previous, case.wish.grace) if previous else case.now + case.wish.grace
    if case.now >= end:
        return draft, True
    since = previous.notes.get("replaced_at") if previous else None
    return draft.wait("rotation_grace", since, fingerprint=draft.fingerprint("previous"), date=instant(end)), False


def _await_exchange(draft: Draft, case: Case, *, just_swapped: bool) -> tuple[Draft, bool]:
    """Where the SI FPS cannot be asked: (the draft, whether there was an exchange with the one in use)."""
    version = case.state.next if just_swapped else case.state.current
    if case.has_query or (version and version.has_exchanged):
        return draft, True
    return draft.wait("rotation_exchange", fingerprint=version.fingerprint if version else None), False


def retire(draft: Draft, case: Case, reason: str, *, proved: bool) -> tuple[Draft, bool]:
    """Take the old one away, but never while the new one does not pass. proved: this very plan has proved it. (the draft, whether it goes)."""
    previous, current, shown = case.state.previous, case.state.current, draft.after["previous"]
    compromised = draft.fingerprint("previous") in case.compromised
    keyless = previous is not None and previous.client is None  # its key went after its activity: only the link is left
    if not keyless:
        if not proved and not compromised and current and current.answer != "authorised":
            answer = current.dialogue or NO_ANSWER
            return draft.wait("dialogue_refused", fingerprint=current.fingerprint, reason=answer["message"], rule=answer["rule"]), False
        if case.state.removable and case.space.visible and shown and shown["state"] in ("active", "inactive"):
            draft = draft.turn("remove_previous", reason, "previous", "not_installed")
        else:
            draft, inactive = deactivate(draft, case, "deactivate_previous", reason, "previous")
            if not inactive:
                return draft, False
    why = "it is retired, and a key that nothing uses is only a risk"
    if compromised:
        why = "its key is compromised: have the PSCE revoke it, if that is not done"
    return draft.do("drop_previous", why, previous=None, grace_until=None), True


def drop_rejected(draft: Draft, case: Case, reason: str) -> Draft:
    """What was set aside is deactivated, and its key deleted."""
    draft, inactive = deactivate(draft, case, "deactivate_rejected", reason, "rejected")
    return draft.do("drop_rejected", reason, rejected=None) if inactive else draft


def is_acknowledged(draft: Draft, case: Case) -> bool:
    """Whether somebody has taken note of the one that was set aside: nobody is waited for on its account any more."""
    return draft.after["rejected"] is not None and draft.fingerprint("rejected") == case.wish.acknowledge


def take_away_rejected(draft: Draft, case: Case) -> Draft:
    """What was set aside is not left active, once nothing reads it any more; once it is acknowledged, its key goes, too."""
    if not draft.after["rejected"] or draft.after["reload_due"]:
        return draft
    if is_acknowledged(draft, case):
        return drop_rejected(draft, case, "it was acknowledged that it is set aside")
    if case.wish.until == "retired":
        draft, _inactive = deactivate(draft, case, "deactivate_rejected", "it is not in use any more", "rejected")
    return draft
