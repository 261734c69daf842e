# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a key and the certificate signing request (PKCS#10, RFC 2986) that an RGS* certificate is ordered with.

Subject after the RGS profile (annex A4): C in upper case, O the official name, one OU "0002 <SIRET>", organizationIdentifier
"NTRFR-<SIRET>" (the form seen most often), CN the name of the service. No SAN: compulsory for TLS servers only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..libraries import ec, hashes, rsa, serialization, x509

# RSA-2048 is not allowed after 2030 (RGS, annex B1).
DEFAULT_KEY_TYPE = "rsa-3072"
# Name of the option's choice to a maker.
KEY_TYPES: dict[str, Callable[[], Any]] = {
    "rsa-2048": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "rsa-3072": lambda: rsa.generate_private_key(public_exponent=65537, key_size=3072),
    "rsa-4096": lambda: rsa.generate_private_key(public_exponent=65537, key_size=4096),
    "ec-p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec-p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ec-p521": lambda: ec.generate_private_key(ec.SECP521R1()),
}


@dataclass(frozen=True)
class Subject:
    """Who the certificate is for. organization: official name; common_name: name of the service."""

    siret: str
    organization: str
    common_name: str

    def as_name(self) -> Any:
        oid = x509.NameOID
        return x509.Name(
            [
                x509.NameAttribute(oid.COUNTRY_NAME, "FR"),
                x509.NameAttribute(oid.ORGANIZATION_NAME, self.organization),
                x509.NameAttribute(oid.ORGANIZATIONAL_UNIT_NAME, f"0002 {self.siret}"),
                x509.NameAttribute(oid.ORGANIZATION_IDENTIFIER, f"NTRFR-{self.siret}"),
                x509.NameAttribute(oid.COMMON_NAME, self.common_name),
            ]
        )


def make_request(subject: Subject, key_type: str) -> tuple[bytes, bytes]:
    """(private key as unencrypted PKCS#8 PEM, request as PEM, signed with SHA-256)."""
    key = KEY_TYPES[key_type]()
    request = x509.CertificateSigningRequestBuilder().subject_name(subject.as_name()).sign(key, hashes.SHA256())
    key_pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key_pem, request.public_bytes(serialization.Encoding.PEM)
