# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that no authority has signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID


def self_signed(siret: str, key: Any, *, der: bool = False) -> bytes:
    """Valid from yesterday, for a year; its subject names this SIRET, or nobody where it is empty."""
    names = [x509.NameAttribute(NameOID.COMMON_NAME, "essai")]
    names += [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"0002 {siret}")] if siret else []
    subject, yesterday = x509.Name(names), datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday)
        .not_valid_after(yesterday + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.DER if der else serialization.Encoding.PEM)
