# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rotation looks at: the versions that the store holds for one provider, and what ANTAI says of each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ..._http.client_certificate import ClientCertificate
from ..._interface.operations import Operations
from ..._pki.certificate import Certificate
from ..._pki.evaluation import Evidence
from ..._pki.parsed_certificate import ParsedCertificate
from ..._plan.records import DialogueAnswer, ListedCertificate
from ..._store.layout import read_notes
from ..._store.links import KEY
from ..._store.store import Store
from ...dates import instant
from ...errors import InvalidInput, StoreError, TransportError
from ..certificate.certificate import DIALOGUE_STATES, DeclaredCertificate, noted_state
from ..certificate.key_pair import read_key_pair
from ..certificate.ordering import DeliveredCertificate, certificate_of, pair_of, picked_up, unanswered
from ..order_gate import OrderEvidence
from ..space import Space, find_listed_certificate, has_exchanged

# Where the SI FPS cannot be asked, what the space shows stands for its answer; where it shows nothing, what the journal tells.
SPACE_SAYS: dict[str | None, str] = {"active": "authorised", "inactive": "known_inactive"}


@dataclass(frozen=True)
class CertificateVersion:
    """One version. client: None once its key is deleted. notes: what the rotation remembered of it. dialogue: None where it was not asked for.

    chain: the CAs that came with it. unasked: why the SI FPS could not be asked with it.
    """

    version: str
    leaf: Certificate
    client: ClientCertificate | None = None
    notes: dict[str, Any] = field(default_factory=dict)
    listed: ListedCertificate | None = None
    dialogue: DialogueAnswer | None = None
    chain: tuple[ParsedCertificate, ...] = ()
    unasked: TransportError | None = None

    @property
    def fingerprint(self) -> str:
        return self.leaf.fingerprint

    @property
    def says(self) -> str | None:
        """What the SI FPS answers to it: authorised, known_inactive, refused, unknown."""
        return self.dialogue["state"] if self.dialogue else None

    @property
    def state(self) -> str | None:
        """In the terms of the space; from the SI FPS where the space does not show it; None where neither was asked."""
        return self.listed["state"] if self.listed else DIALOGUE_STATES.get(self.says or "")

    @property
    def active(self) -> bool:
        return self.state == "active"

    @property
    def heard(self) -> bool:
        """Whether the space shows an exchange with it since it is active."""
        return has_exchanged(self.listed)

    @property
    def compromised(self) -> bool:
        return "compromised_at" in self.notes

    @property
    def set_aside(self) -> dict[str, Any]:
        """{why: refused, rolled_back or replaced; reason, rule: the server's; at}; empty where it was not set aside."""
        aside: dict[str, Any] = self.notes.get("set_aside") or {}
        return aside


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

    leftovers, detached: as Links has them. gathered: what the one that is to come in, or to come back, is judged by; None where nothing is judged.
    in_use: likewise of the one in use, where nothing is under way: a revocation makes the next one due.
    reload_asked: this run has told its caller to reload what reads the certificate. evidence: gathered where the next one may be ordered.
    """

    space: Space
    store: Store | None
    current: CertificateVersion | None = None
    next: CertificateVersion | None = None
    previous: CertificateVersion | None = None
    rejected: CertificateVersion | None = None
    pending: dict[str, Any] | None = None
    pending_version: str | None = None
    lost: dict[str, Any] | None = None
    delivered: DeliveredCertificate | None = None
    stale: tuple[str, ...] = ()
    authorities: tuple[ParsedCertificate, ...] = ()
    gathered: Evidence | None = None
    in_use: Evidence | None = None
    elsewhere: ExternalCertificate | None = None
    leftovers: tuple[str, ...] = ()
    detached: tuple[str, ...] = ()
    reload_due: bool = False
    reload_asked: bool = False
    removable: bool = False
    by_editor: bool = False
    evidence: OrderEvidence = field(default_factory=OrderEvidence)

    @property
    def held(self) -> tuple[CertificateVersion, ...]:
        return tuple(each for each in (self.current, self.next, self.previous, self.rejected) if each)

    @property
    def under_way(self) -> bool:
        """Whether anything but the certificate in use is there; a request that is not answered yet is no matter of ANTAI's."""
        return bool(self.next or self.previous or self.rejected or self.delivered or self.reload_due or self.leftovers)


def may_be_under_way(store: Store, provider: str) -> bool:
    """Whether there is anything but a certificate in use: without that, no rotation is under way, and none need be observed."""
    links = store.links(provider)
    return bool(links.versions.keys() - {"current"} or links.leftovers or links.reload_due or unanswered(store, provider))


def held(store: Store, provider: str, link: str, siret: str) -> CertificateVersion | None:
    """Raises StoreError or InvalidInput where it cannot be read, or key and certificate do not belong together or to this collectivité."""
    folder = store.version(provider, link)
    if folder is None:
        return None
    if not (folder / KEY).exists() and link in ("previous", "rejected"):  # killed between the end of its key and that of its link
        leaf = certificate_of(store, provider, link, folder)
        return CertificateVersion(folder.name, leaf, None, read_notes(folder))
    pair = pair_of(store, provider, link, folder, siret)
    return CertificateVersion(folder.name, pair.leaf, pair.client, read_notes(folder), chain=pair.others)


def asked(found: CertificateVersion | None, space: Space, operations: Operations, store: Store) -> CertificateVersion | None:
    """With what the space shows of it, and with the SI FPS's own answer (a query over mutual TLS with it)."""
    if found is None:
        return None
    return replace(
        found,
        listed=find_listed_certificate(space, found.fingerprint),
        dialogue=answered(found, space, operations, store) if found.client else None,
    )


def answered(found: CertificateVersion, space: Space, operations: Operations, store: Store) -> DialogueAnswer:
    """What the SI FPS says of it, or what stands for that where the interface has no query. Raises StoreError where it has lost its key."""
    if found.client is None:
        raise StoreError(f"version {found.version} has lost its key", "run again: it observes first")
    if operations.has("exchange_query"):
        return operations.exchange_query(store.siret, found.client)
    listed = find_listed_certificate(space, found.fingerprint)
    said = SPACE_SAYS.get(listed["state"] if listed else None) or SPACE_SAYS.get(noted_state(store, found.fingerprint))
    return {
        "fingerprint": found.fingerprint,
        "state": said or "unknown",
        "rule": None,
        "message": None,
        "last_exchange_at": listed["last_exchange_at"] if listed else None,
    }


def asked_of_coming(found: CertificateVersion | None, space: Space, operations: Operations, store: Store) -> CertificateVersion | None:
    """The same of one that is to be judged: TLS may refuse what breaks a rule, without a word, and the plan knows more."""
    try:
        return asked(found, space, operations, store)
    except TransportError as error:
        return replace(found, listed=find_listed_certificate(space, found.fingerprint), unasked=error) if found else None


def asked_of_old(found: CertificateVersion | None, space: Space, operations: Operations, store: Store) -> CertificateVersion | None:
    """The same of one that was in use, or was set aside: it may be expired or revoked, and then a server may not even finish the handshake."""
    try:
        return asked(found, space, operations, store)
    except TransportError:
        return replace(found, listed=find_listed_certificate(space, found.fingerprint)) if found else None


def known(store: Store) -> frozenset[str]:
    """Every fingerprint that the store has ever held for this collectivité, whatever the provider."""
    return frozenset(each.fingerprint for provider in store.providers() for each in picked_up(store, provider))


def elsewhere(declared: DeclaredCertificate, siret: str) -> ExternalCertificate | None:
    """None where the store's own certificate is meant. Raises InvalidInput for a file that is none."""
    if declared.source:
        pair = read_key_pair(declared.source, siret)
        if declared.fingerprint not in (None, pair.leaf.fingerprint):
            raise InvalidInput("fingerprint", f"is not that of {declared.source.name}, {pair.leaf.fingerprint}", "declare one of both")
        return ExternalCertificate(declared, pair.leaf.fingerprint, pair.leaf, pair.others)
    return ExternalCertificate(declared, declared.fingerprint, None) if declared.fingerprint or declared.elsewhere else None


def shown(found: CertificateVersion | None) -> dict[str, Any] | None:
    """One version, as results show it."""
    if found is None:
        return None
    return {
        "version": found.version,
        "fingerprint": found.fingerprint,
        "state": found.state,
        "not_after": instant(found.leaf.not_after),
    }
