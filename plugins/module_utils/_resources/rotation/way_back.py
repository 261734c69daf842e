# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back of a rotation, as long as the old certificate lives: activate it, prove it, use it, and only then deactivate the new one. Pure."""

from __future__ import annotations

from ..._plan.records import NO_ANSWER
from .arrival import activate, check_rules, set_aside
from .case import Case
from .departure import reload
from .draft import Draft, RotationChanges
from .state import CertificateVersion


def roll_back(draft: Draft, case: Case) -> Draft:
    """With the old one in use again; a next one that is not in use yet is set aside."""
    if case.state.next:
        return set_aside(draft, case, "rolled_back")
    previous = case.state.previous
    if previous is None:
        draft = reload(draft, case) if draft.after["reload_due"] else draft
        if case.state.rejected:
            return draft
        return draft.warn(f"{draft.provider}: there is nothing to roll back; the certificate before this one is retired, or never was")
    if previous.client is None or previous.fingerprint in case.compromised or previous.leaf.not_after <= case.now:
        return draft.warn(f"{draft.provider}: no way back, {previous.fingerprint} is retired, compromised or expired")
    draft, authorised = _authorise(draft, case, previous)
    if not authorised or case.wish.until == "proved":
        return draft
    moved: RotationChanges = {"current": draft.after["previous"], "rejected": draft.after["current"], "previous": None}
    draft = draft.do("swap_back", "rolled back", previous.fingerprint, reload_due=True, grace_until=None, **moved)
    return reload(draft, case) if case.wish.until == "retired" else draft


def _authorise(draft: Draft, case: Case, previous: CertificateVersion) -> tuple[Draft, bool]:
    """(the draft, whether the old one will be active, and nothing is known that speaks against its being authorised)."""
    if previous.answer == "authorised":
        return draft, True
    if previous.active or previous.answer == "refused":
        answer = previous.dialogue or NO_ANSWER
        code = "certificate_refused" if previous.answer == "refused" else "certificate_proof"
        return draft.wait(code, fingerprint=previous.fingerprint, reason=answer["message"], rule=answer["rule"]), False
    draft, passes = check_rules(draft, case, previous.fingerprint)
    if not passes:
        return draft, False
    return activate(draft, case, "previous", "activate_previous", "rolled back", listed=previous.listed is not None)
