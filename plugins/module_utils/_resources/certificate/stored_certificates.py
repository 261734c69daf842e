# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store holds of a provider's certificates: the one in use, the request on its way, every one there ever was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..._pki.certificate import Certificate
from ..._pki.certificate_files import (
    load_chain,
)
from ..._store.files import read_file
from ..._store.links import ABOUT, CERTIFICATE, KEY, REQUEST
from ..._store.store import Store
from ...errors import InvalidInput
from .key_pair import KeyPair, Source, read_key_pair
from .pending_request import PendingRequest, read_request

# full chain: the certificate and the CAs above it but for the root, as TLS wants to present it.
CHAIN, FULL_CHAIN = "chain.pem", "fullchain.pem"


@dataclass(frozen=True)
class StoredCertificates:
    """What the store keeps for one provider. pending: what request.json says of the request that is not answered yet; current: the certificate in use.

    lost: likewise of the newest version, where it waits for an answer and the link `pending` is gone.
    following: whether the next certificate of a rotation is there, and not in use yet. leftovers, detached: as Links has them.
    """

    pending: PendingRequest | None
    current: Certificate | None
    lost: PendingRequest | None = None
    following: bool = False
    leftovers: tuple[str, ...] = ()
    detached: tuple[str, ...] = ()

    @property
    def in_rotation(self) -> bool:
        """Whether a rotation has requested or picked up the next one: all that follows is its own (rotation.py)."""
        return self.following or any(request.get("rotates") is not None for request in (self.pending, self.lost) if request)


def read_stored(store: Store, provider: str, *, to_discard: bool = False) -> StoredCertificates:
    """What the store keeps for this provider. Raises StoreError or InvalidInput where it cannot be read; to be discarded, a request need not be readable."""
    links = store.links(provider)
    versions = links.versions
    pending, current = versions.get("pending"), versions.get("current")
    unread: PendingRequest = {"requested_at": None, "handed_out": False}
    lost = None if pending else find_unanswered(store, provider)
    return StoredCertificates(
        (unread if to_discard else read_request(pending)) if pending else None,
        read_certificate_of(store, provider, "current", current) if current else None,
        (unread if to_discard else read_request(lost)) if lost else None,
        "next" in versions,
        links.leftovers,
        links.detached,
    )


def read_picked_up(store: Store, provider: str) -> list[Certificate]:
    """The certificate of every version there ever was; not of the pending one, which a kill may have left with its certificate."""
    pending = store.version(provider, "pending")
    versions = [version for version in store.versions(provider) if version != pending and (version / CERTIFICATE).exists()]
    return [read_certificate_of(store, provider, f"versions/{version.name}", version) for version in versions]


def source_of(version: Path) -> Source:
    """Key and certificate of a version, as they are presented. Versions of before there was a full chain go without."""
    whole = f"{version}/{FULL_CHAIN}"
    return Source(whole if os.path.exists(whole) else f"{version}/{CERTIFICATE}", f"{version}/{KEY}")


def read_pair(store: Store, provider: str, link: str, version: Path, siret: str) -> KeyPair:
    """Key and certificate of the version behind this link. Raises InvalidInput, which names both files, where they cannot be used together."""
    with _named(store, provider, link, FULL_CHAIN if os.path.exists(f"{version}/{FULL_CHAIN}") else CERTIFICATE, KEY):
        return read_key_pair(source_of(version), siret)


def read_certificate_of(store: Store, provider: str, link: str, version: Path) -> Certificate:
    """The certificate of the version behind this link. Raises InvalidInput, which names the file."""
    with _named(store, provider, link, CERTIFICATE):
        return load_chain(read_file(version / CERTIFICATE, "store"), "store")[0]


@contextmanager
def _named(store: Store, provider: str, link: str, *names: str) -> Iterator[None]:
    """A backup that was restored by halves, a disk that was full: which files these are, and what to do."""
    try:
        yield
    except InvalidInput as error:
        place = store.certificates(provider)
        files = " and ".join(str(place / link / name) for name in names)
        fault = error.message.removeprefix(f"{error.details['field']}: ")
        raise InvalidInput(
            "store",
            f"what is kept for {provider} cannot be used: {fault} ({files})",
            f"restore the folder {place} whole from a backup; where there is none, move it aside and run again: another certificate is then ordered",
            provider=provider,
        ) from error


def find_unanswered(store: Store, provider: str) -> Path | None:
    """The newest version, where it holds a whole request (request.json is written last) and no certificate."""
    newest = store.links(provider).newest
    if newest is None or os.path.exists(f"{newest}/{CERTIFICATE}"):
        return None
    return Path(newest) if all(os.path.isfile(f"{newest}/{name}") for name in (KEY, REQUEST, ABOUT)) else None
