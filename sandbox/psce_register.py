# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the PSCE has issued and revoked: its CRL, its responder and the SI FPS look here."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox import psce, rules
from sandbox.clock import moment
from sandbox.database import Database
from sandbox.state_paths import StatePaths

# Without certificateHold: an RGS certificate cannot be suspended.
REASONS = (
    "unspecified",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "privilegeWithdrawn",
)


def serial(number: int) -> str:
    return f"{number:x}"


def add(db: Database, certificate: x509.Certificate) -> None:
    db.run(
        "INSERT OR IGNORE INTO psce_certificat VALUES (?, ?, ?, ?, NULL, NULL)",
        serial(certificate.serial_number),
        sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        json.dumps(psce.identifiers(certificate.subject)),
        moment(certificate.not_valid_before_utc),
    )


def adopt(db: Database, paths: StatePaths) -> None:
    """Once: what was issued before there was a register, as far as it lies in the pick-up folder."""
    if db.find_meta("psce_adopted"):
        return
    issuing = psce.load_authority(paths).certificate
    with db.transaction():
        for path in paths.psce_out.glob("*.pem"):
            try:
                certificate = x509.load_pem_x509_certificate(path.read_bytes())
                certificate.verify_directly_issued_by(issuing)
            except (OSError, ValueError, TypeError, InvalidSignature):
                continue  # not ours
            add(db, certificate)
        db.set_meta("psce_adopted", "1")


def find(db: Database, number: int) -> Any:
    return db.fetch_one("SELECT * FROM psce_certificat WHERE serie = ?", serial(number))


def revoked_on(db: Database, empreinte: str) -> str | None:
    row = db.fetch_one("SELECT revoque_le FROM psce_certificat WHERE empreinte = ?", empreinte)
    return row[0] if row else None


def revoked(db: Database, now: str) -> list[Any]:
    """What a CRL of this moment names."""
    return db.fetch_all("SELECT serie, revoque_le, motif FROM psce_certificat WHERE revoque_le <= ? ORDER BY revoque_le, serie", now)


def named_by(db: Database, who: str) -> list[Any]:
    """By the fingerprint of a certificate, or every one of a SIRET."""
    if len(who) == 64:
        return db.fetch_all("SELECT * FROM psce_certificat WHERE empreinte = ?", who)
    rows = db.fetch_all("SELECT * FROM psce_certificat ORDER BY emis_le, serie")
    return [row for row in rows if rules.names_siret(json.loads(row["identifiants"]), who)]


def revoke(db: Database, row: Any, at: str, reason: str) -> None:
    db.run("UPDATE psce_certificat SET revoque_le = ?, motif = ? WHERE serie = ?", at, reason, row["serie"])
