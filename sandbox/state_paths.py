# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything lies in the state directory."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

NOTICE = "Sandbox of the collection collectivites.antai: ours, not an interface of ANTAI; nothing here has legal value."
# What the lock of a server says: whether it stays until somebody stops it, or ends with who started it.
STAYING, FOR_ITS_STARTER = "staying", "for its starter"


class StatePaths:
    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.database = self.root / "state.sqlite"
        self.lock = self.root / "lock"
        self.endpoints = self.root / "endpoints.json"
        self.requests = self.root / "requests.jsonl"
        self.mail = self.root / "mail"
        self.signed = self.root / "signed"
        self.tls = self.root / "tls"
        self.psce = self.root / "psce"
        self.psce_ca = self.psce / "ca"
        self.psce_ocsp = self.psce / "ocsp"
        self.psce_in = self.psce / "in"
        self.psce_out = self.psce / "out"
        self.psce_done = self.psce / "done"
        self.psce_rejected = self.psce / "rejected"
        self.psce_lock = self.psce / "lock"

    def create(self) -> None:
        """Make the folders; the state holds passwords and keys, so it is for its owner only."""
        for folder in (
            self.root,
            self.mail,
            self.signed,
            self.tls,
            self.psce,
            self.psce_ca,
            self.psce_ocsp,
            self.psce_in,
            self.psce_out,
            self.psce_done,
            self.psce_rejected,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Readers see the old file or the whole new one, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    write_atomically(path, (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode())
