# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a rotation: the versions that the store holds for one provider, and what ANTAI says of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypedDict

from ..._http.client_certificate import ClientCertificate
from ..._pki.certificate import Certificate
from ..._pki.evaluation import Evidence
from ..._pki.parsed_certificate import ParsedCertificate
from ..._plan.records import DialogueAnswer, ListedCertificate
from ..._store.store import Store
from ...dates import later, parse_date
from ...errors import TransportError
from ..certificate.delivery import DeliveredCertificate
from ..certificate.observed_certificate import DIALOGUE_STATES, DeclaredCertificate
from ..certificate.pending_request import PendingRequest
from ..order_gate import OrderEvidence
from ..space import Space, has_exchanged

Link = Literal["current", "next", "previous", "rejected"]
LINKS: tuple[Link, ...] = ("current", "next", "previous", "rejected")


class SetAside(TypedDict, total=False):
    """Why a version was set aside. why: refused, rolled_back or replaced; reason, rule: the SI FPS's, where it refused; at: RFC 3339."""

    why: str
    at: str
    reason: str | None
    rule: str | None


class VersionNotes(TypedDict, total=False):
    """What a rotation remembers of a version, in the store beside it (rotation.json). The instants are RFC 3339."""

    compromised_at: str
    replaced_at: str
    set_aside: SetAside


@dataclass(frozen=True)
class CertificateVersion:
    """One version. number: its folder's name. client: None once its key is deleted. dialogue: None where the SI FPS was not asked with it.

    chain: the CAs that came with it. unasked: why the SI FPS could not be asked with it.
    """

    number: str
    leaf: Certificate
    client: ClientCertificate | None = None
    notes: VersionNotes = field(default_factory=VersionNotes)
    listed: ListedCertificate | None = None
    dialogue: DialogueAnswer | None = None
    chain: tuple[ParsedCertificate, ...] = ()
    unasked: TransportError | None = None

    @property
    def fingerprint(self) -> str:
        return self.leaf.fingerprint

    @property
    def answer(self) -> str | None:
        """What the SI FPS answers to it: authorised, known_inactive, refused, unknown."""
        return self.dialogue["state"] if self.dialogue else None

    @property
    def state(self) -> str | None:
        """In the terms of the space; from the SI FPS where the space does not show it; None where neither was asked."""
        return self.listed["state"] if self.listed else DIALOGUE_STATES.get(self.answer or "")

    @property
    def active(self) -> bool:
        return self.state == "active"

    @property
    def has_exchanged(self) -> bool:
        """Whether the space shows an exchange with it since it is active."""
        return has_exchanged(self.listed)

    @property
    def compromised(self) -> bool:
        return "compromised_at" in self.notes

    @property
    def set_aside(self) -> SetAside:
        """Empty where it was not set aside."""
        return self.notes.get("set_aside") or {}


@dataclass(frozen=True)
class ExternalCertificate:
    """A declared certificate whose key or files are not the store's. local: from the declared file, with the CAs (chain) that came with it."""

    declared: DeclaredCertificate
    fingerprint: str | None
    local: Certificate | None
    chain: tuple[ParsedCertificate, ...] = ()
    listed: ListedCertificate | None = None


@dataclass(frozen=True)
class RotationState:
    """pending: what request.json says of the request on its way; lost: likewise of a rotation's that has lost its link. delivered: its certificate,
    checked against key and SIRET; stale: files that answer an earlier request. authorities: the CAs that psce_ca_file names.

    leftovers, detached: as Links has them. coming_evidence: what the one that is to come in, or to come back, is judged by; None where nothing is judged.
    current_evidence: likewise of the one in use, where nothing is under way: a revocation makes the next one due.
    reload_asked: this run has told its caller to reload what reads the certificate. order_evidence: gathered where the next one may be ordered.
    """

    space: Space
    store: Store | None
    current: CertificateVersion | None = None
    next: CertificateVersion | None = None
    previous: CertificateVersion | None = None
    rejected: CertificateVersion | None = None
    pending: PendingRequest | None = None
    pending_version: str | None = None
    lost: PendingRequest | None = None
    delivered: DeliveredCertificate | None = None
    stale: tuple[str, ...] = ()
    authorities: tuple[ParsedCertificate, ...] = ()
    coming_evidence: Evidence | None = None
    current_evidence: Evidence | None = None
    external: ExternalCertificate | None = None
    leftovers: tuple[str, ...] = ()
    detached: tuple[str, ...] = ()
    reload_due: bool = False
    reload_asked: bool = False
    removable: bool = False
    by_editor: bool = False
    order_evidence: OrderEvidence = field(default_factory=OrderEvidence)

    def version(self, link: Link) -> CertificateVersion | None:
        """The version at this link."""
        return {"current": self.current, "next": self.next, "previous": self.previous, "rejected": self.rejected}[link]

    @property
    def versions(self) -> tuple[CertificateVersion, ...]:
        return tuple(version for version in (self.current, self.next, self.previous, self.rejected) if version)

    @property
    def under_way(self) -> bool:
        """Whether anything but the certificate in use is there; a request that is not answered yet is no matter of ANTAI's."""
        return bool(self.next or self.previous or self.rejected or self.delivered or self.reload_due or self.leftovers)


def grace_end(previous: CertificateVersion, grace: timedelta) -> datetime:
    """Since it was replaced; one of which that is not known has had its time."""
    at = previous.notes.get("replaced_at")
    return later(parse_date(at) if at else previous.leaf.not_before, grace)
