# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate as a resource needs it: fingerprint, dates, whose it is. It is read elsewhere (certificate_files.py), and judged elsewhere (evaluation.py).

A certificate is its SHA-256 over the DER, never its PEM text: two files with the same certificate are the same certificate. Nothing here imports a
library, so that a module that only names certificates ships none of their rules.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Certificate:
    """fingerprint: SHA-256 of the DER, lower-case hexadecimal. dates: aware, UTC. identifiers: SIREN and SIRET that the subject names.

    public_key: SubjectPublicKeyInfo, DER; empty for a CA whose key is of an unknown kind: no key is its. serial: hexadecimal, lower-case.
    """

    fingerprint: str
    subject: str
    not_before: datetime
    not_after: datetime
    identifiers: tuple[str, ...]
    public_key: bytes
    pem: bytes
    serial: str

    def names(self, siret: str) -> bool:
        """Whether every SIRET and SIREN in the subject is this collectivité's, and there is one (R7)."""
        return bool(self.identifiers) and all(siret.startswith(number) for number in self.identifiers)

    @property
    def der(self) -> bytes:
        return base64.b64decode(b"".join(self.pem.splitlines()[1:-1]))

    @property
    def sha1(self) -> str:
        """Of the DER, lower-case hexadecimal: a name that some servers list it by, no proof of anything."""
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest()
