# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the state of a rotation is read: the versions from the store, what ANTAI says of them from the space and from the SI FPS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from ..._interface.operations import Operations
from ..._plan.records import NO_ANSWER, DialogueAnswer
from ..._store.layout import read_notes
from ..._store.links import KEY
from ..._store.store import Store
from ...errors import InvalidInput, StoreError, TransportError
from ..certificate.key_pair import read_key_pair
from ..certificate.observed_certificate import DeclaredCertificate, noted_state
from ..certificate.stored_certificates import find_unanswered, read_certificate_of, read_pair, read_picked_up
from ..space import Space, find_listed_certificate
from .state import CertificateVersion, ExternalCertificate, Link, VersionNotes

# Where the SI FPS cannot be asked, what the space shows stands for its answer; where it shows nothing, what the journal tells.
ANSWERS_BY_STATE: dict[str | None, str] = {"active": "authorised", "inactive": "known_inactive"}

Query = Callable[[CertificateVersion, Space, Operations, Store], CertificateVersion]


def may_be_under_way(store: Store, provider: str) -> bool:
    """Whether there is anything but a certificate in use: without that, no rotation is under way, and none need be observed."""
    links = store.links(provider)
    return bool(links.versions.keys() - {"current"} or links.leftovers or links.reload_due or find_unanswered(store, provider))


def read_version(store: Store, provider: str, link: str, siret: str) -> CertificateVersion | None:
    """Raises StoreError or InvalidInput where it cannot be read, or key and certificate do not belong together or to this collectivité."""
    folder = store.version(provider, link)
    if folder is None:
        return None
    notes = cast(VersionNotes, read_notes(folder))
    if not (folder / KEY).exists() and link in ("previous", "rejected"):  # killed between the end of its key and that of its link
        return CertificateVersion(folder.name, read_certificate_of(store, provider, link, folder), None, notes)
    pair = read_pair(store, provider, link, folder, siret)
    return CertificateVersion(folder.name, pair.leaf, pair.client, notes, chain=pair.chain)


def read_external(declared: DeclaredCertificate, siret: str) -> ExternalCertificate | None:
    """None where the store's own certificate is meant. Raises InvalidInput for a file that is none."""
    if declared.source:
        pair = read_key_pair(declared.source, siret)
        if declared.fingerprint not in (None, pair.leaf.fingerprint):
            raise InvalidInput("fingerprint", f"is not that of {declared.source.name}, {pair.leaf.fingerprint}", "declare one of both")
        return ExternalCertificate(declared, pair.leaf.fingerprint, pair.leaf, pair.chain)
    return ExternalCertificate(declared, declared.fingerprint, None) if declared.fingerprint or declared.elsewhere else None


def stored_fingerprints(store: Store | None) -> frozenset[str]:
    """Every fingerprint that the store has ever held for this collectivité, whatever the provider."""
    providers = store.providers() if store else ()
    return frozenset(certificate.fingerprint for provider in providers if store for certificate in read_picked_up(store, provider))


def query_version(version: CertificateVersion, space: Space, operations: Operations, store: Store) -> CertificateVersion:
    """With what the space shows of it, and with the SI FPS's own answer (a query over mutual TLS with it)."""
    dialogue = query_dialogue(version, space, operations, store) if version.client else None
    return replace(version, listed=find_listed_certificate(space, version.fingerprint), dialogue=dialogue)


def query_dialogue(version: CertificateVersion, space: Space, operations: Operations, store: Store) -> DialogueAnswer:
    """What the SI FPS says of it, or what stands for that where the interface has no query. Raises StoreError where it has lost its key."""
    if version.client is None:
        raise StoreError(f"version {version.number} has lost its key", "run again: it observes first")
    if operations.has("exchange_query"):
        return operations.exchange_query(store.siret, version.client)
    listed = find_listed_certificate(space, version.fingerprint)
    answer = ANSWERS_BY_STATE.get(listed["state"] if listed else None) or ANSWERS_BY_STATE.get(noted_state(store, version.fingerprint))
    exchange = listed["last_exchange_at"] if listed else None
    return {**NO_ANSWER, "fingerprint": version.fingerprint, "state": answer or "unknown", "last_exchange_at": exchange}


def query_coming(version: CertificateVersion, space: Space, operations: Operations, store: Store) -> CertificateVersion:
    """The same of one that is to be judged: TLS may refuse what breaks a rule, without a word, and the plan knows more."""
    try:
        return query_version(version, space, operations, store)
    except TransportError as error:
        return replace(version, listed=find_listed_certificate(space, version.fingerprint), unasked=error)


def query_leaving(version: CertificateVersion, space: Space, operations: Operations, store: Store) -> CertificateVersion:
    """The same of one that was in use, or was set aside: it may be expired or revoked, and then a server may not even finish the handshake."""
    try:
        return query_version(version, space, operations, store)
    except TransportError:
        return replace(version, listed=find_listed_certificate(space, version.fingerprint))


# How each link is asked about; `next` where nothing is judged.
QUERIES: dict[Link, Query] = {
    "current": query_version,
    "next": query_version,
    "previous": query_leaving,
    "rejected": query_leaving,
}
