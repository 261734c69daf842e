# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates before the operations on a certificate, once for all who plan them (resource, rotation, switch). Pure.

R1 nothing is installed before the account is active; R2 nothing is activated before the convention is signed by both, and only in the space, by who
has access to it; R3 installing never activates: each of these gates stands before one operation alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._plan.records import DialogueAnswer
from .._plan.waiting import Waiting
from .._store.store import Store
from .convention.gate import convention_waiting
from .space import Space, account_waiting


@dataclass(frozen=True)
class GatedCertificate:
    """A certificate before a gate. fingerprint: SHA-256 in hexadecimal.

    has_key: whether its key is here, or will be once what is planned is done. answered: whether the SI FPS itself has answered about it, or cannot know
    it yet; refusal: its answer, where it refuses. listed: whether the space shows it, or will once what is planned is done.
    """

    provider: str
    fingerprint: str | None
    has_key: bool = True
    answered: bool = False
    refusal: DialogueAnswer | None = None
    listed: bool = False

    def wait(self, code: str, after: tuple[str, str] | None = None, **details: Any) -> Waiting:
        return Waiting(code, None, {"provider": self.provider, "fingerprint": self.fingerprint} | details, after=after)


def why_not_install(space: Space, certificate: GatedCertificate, agent_email: str | None) -> Waiting | None:
    """Who is waited for before it can be installed (R1); None where nothing stands in the way. agent_email: as in account_waiting."""
    if certificate.refusal:
        return certificate.wait("certificate_refused", reason=certificate.refusal["message"], rule=certificate.refusal["rule"])
    account = account_waiting(space, agent_email)
    if account and (
        space.visible or not certificate.answered
    ):  # where the space cannot be seen, the SI FPS's own answer stands for the account
        return account
    if not certificate.has_key or "certificate_install" in space.lacks:
        return certificate.wait("certificate_installation")
    return None


def why_not_activate(
    space: Space, certificate: GatedCertificate, agent_email: str | None, store: Store | None, after: tuple[str, str] | None = None
) -> Waiting | None:
    """Who is waited for before it can be activated (R2); None where nothing stands in the way. after: the key of the step that installs it."""
    if not space.visible or "certificate_activate" in space.lacks:
        return certificate.wait("certificate_activation", after)
    account = account_waiting(space, agent_email)
    if account:
        return account
    convention = None if "convention_list" in space.lacks else convention_waiting(space, store)
    if convention:
        return convention
    if not certificate.listed and "certificate_list" not in space.lacks:
        return Waiting("certificate_listing", None, {"fingerprint": certificate.fingerprint})
    return None


def why_not_deactivate(space: Space, certificate: GatedCertificate) -> Waiting | None:
    """Who is waited for before it can be deactivated; None where nothing stands in the way."""
    if not space.visible or "certificate_deactivate" in space.lacks:
        return certificate.wait("certificate_deactivation")
    return None


def why_not_remove(space: Space, certificate: GatedCertificate) -> Waiting | None:
    """Who is waited for before it can be removed, in an interface that has the operation; None where nothing stands in the way."""
    return None if space.visible else certificate.wait("certificate_deactivation")
