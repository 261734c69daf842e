# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ANTAI's copies in the store: each with its hash beside that of the document sent, none ever lost."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.observed import SIRET

ABOUT = {"id": "7", "start": "2024-01-01", "end": "2026-12-31", "sha256": "a" * 64}


def test_copies_are_recorded_and_earlier_ones_kept(tmp_path: Path) -> None:
    store = Store(str(tmp_path), SIRET)
    folder = store.conventions("complet")
    store.keep_countersigned("complet", b"one", ABOUT)
    store.keep_countersigned("complet", b"one", ABOUT)
    store.keep_countersigned("complet", b"two", ABOUT | {"id": "8"}, following=True)
    store.keep_countersigned("complet", b"two", ABOUT | {"id": "8"})
    digests = [hashlib.sha256(content).hexdigest() for content in (b"one", b"two")]
    records = [json.loads(line) for line in (folder / "record.jsonl").read_text().splitlines()]
    assert [(record["id"], record["sha256"], record["countersigned_sha256"]) for record in records] == [
        ("7", "a" * 64, digests[0]),
        ("8", "a" * 64, digests[1]),
    ]
    assert (folder / "countersigned.pdf").read_bytes() == (folder / "next/countersigned.pdf").read_bytes() == b"two"
    assert (folder / "earlier" / f"{digests[0]}.pdf").read_bytes() == b"one"
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}
