# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small PSCE in memory: root, issuing CA and a leaf of a SIRET; for tests that look at how certificates hang together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from tests.support.issued import FROM
from tests.support.keys import new_key
from tests.support.observed import SIRET


class Family:
    """Two families bear the same names and have different keys. issue: a leaf for another key or SIRET."""

    def __init__(self, siret: str = SIRET) -> None:
        self._root_key, self._issuing_key, self.key = new_key(), new_key(), new_key()
        self.root = _made("Racine", "Racine", self._root_key, self._root_key)
        self.issuing = _made("AC", "Racine", self._issuing_key, self._root_key)
        self.leaf = self.issue(self.key, siret)

    def issue(self, key: Any, siret: str = SIRET) -> x509.Certificate:
        return _made("FPS", "AC", key, self._issuing_key, siret)


def _made(name: str, issuer: str, key: Any, signed_by: Any, siret: str | None = None) -> x509.Certificate:
    unit = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"0002 {siret}")] if siret else []
    subject = x509.Name([*unit, x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(FROM).not_valid_after(FROM + timedelta(days=700))
    builder = builder.add_extension(x509.BasicConstraints(ca=siret is None, path_length=None), critical=True)
    return builder.sign(signed_by, hashes.SHA256())
