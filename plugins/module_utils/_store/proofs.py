# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`<store>/<siret>/proofs.json`: what the SI FPS last said of each certificate, by its fingerprint. A cache of answers: what is lost is asked again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TypedDict, cast

from ..errors import StoreError
from .files import read_own, write_atomically
from .store import Store

FILE = "proofs.json"


class ProofRecord(TypedDict, total=False):
    """Moments are RFC 3339 by our clock.

    at, state, rule, message, last_exchange_at: the last answer. proved_at: when it last was `authorised`. by: user@machine that asked.
    failed_at, failures: since that answer, when it was last asked in vain, and how many times in a row.
    """

    at: str | None
    state: str | None
    rule: str | None
    message: str | None
    last_exchange_at: str | None
    proved_at: str | None
    by: str
    failed_at: str | None
    failures: int


def read_proofs(store: Store) -> dict[str, ProofRecord]:
    """By fingerprint. What cannot be read proves nothing: then there is none."""
    path = os.path.join(store.root, FILE)
    try:
        content = json.loads(read_own(path))
    except (OSError, ValueError, StoreError):
        return {}
    records = content if isinstance(content, dict) else {}
    return {fingerprint: cast(ProofRecord, record) for fingerprint, record in records.items() if isinstance(record, dict)}


def keep_proofs(store: Store, records: dict[str, ProofRecord], fingerprints: frozenset[str]) -> None:
    """Beside those that another run has kept meanwhile. known: fingerprints that still matter; of others nothing is remembered.

    Raises Held where another run is working on this collectivité, StoreError where it cannot be written.
    """
    with store.locked():
        merged = {fingerprint: record for fingerprint, record in (read_proofs(store) | records).items() if fingerprint in fingerprints}
        write_atomically(Path(store.root) / FILE, json.dumps(merged, indent=1, sort_keys=True).encode() + b"\n")
