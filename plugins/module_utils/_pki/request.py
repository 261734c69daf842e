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
from hashlib import sha256
from typing import Any, cast

from ..errors import StoreError
from ..libraries import ec, hashes, rsa, serialization, x509
from .certificate_files import key_pem
from .leaf import public_bytes

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
    """Who the certificate is for. organization: official name, or its form for certificates; common_name: name of the service. Both: 1 to 64 characters."""

    siret: str
    organization: str
    common_name: str

    def as_name(self) -> Any:
        oid = x509.NameOID
        return x509.Name(
            [
                x509.NameAttribute(oid.COUNTRY_NAME, "FR"),
                _attribute(oid.ORGANIZATION_NAME, self.organization),
                x509.NameAttribute(oid.ORGANIZATIONAL_UNIT_NAME, f"0002 {self.siret}"),
                x509.NameAttribute(oid.ORGANIZATION_IDENTIFIER, f"NTRFR-{self.siret}"),
                _attribute(oid.COMMON_NAME, self.common_name),
            ]
        )


def _attribute(oid: Any, value: str) -> Any:
    """Without the library's own bound, which takes 64 bytes for 64 characters: it was counted in characters before (X.520)."""
    return x509.NameAttribute(oid, value, _validate=False)


def make_request(subject: Subject, key_type: str) -> tuple[bytes, bytes]:
    """(private key as unencrypted PKCS#8 PEM, request as PEM, signed with SHA-256)."""
    key = KEY_TYPES[key_type]()
    request = x509.CertificateSigningRequestBuilder().subject_name(subject.as_name()).sign(key, hashes.SHA256())
    return key_pem(key), request.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class RequestDescription:
    """What a request says. subject: (label of the attribute, value), in its order. request_sha256 and key_sha256: hexadecimal, of the DER forms.

    der: the request itself. key: its kind, as "RSA 3072" or "EC secp256r1".
    """

    der: bytes
    subject: tuple[tuple[str, str], ...]
    key: str
    request_sha256: str
    key_sha256: str


LABELS = {"2.5.4.6": "C", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.97": "organizationIdentifier", "2.5.4.3": "CN"}


def describe_request(pem: bytes) -> RequestDescription:
    """Of a request that the store keeps. Raises StoreError where it cannot be read."""
    try:
        request = x509.load_pem_x509_csr(pem)
        der, key = request.public_bytes(serialization.Encoding.DER), cast(Any, request.public_key())
        subject = tuple(
            (LABELS.get(attribute.oid.dotted_string, attribute.oid.dotted_string), str(attribute.value)) for attribute in request.subject
        )
    except (ValueError, TypeError, KeyError) as error:  # before 50, cryptography raises a bare KeyError for a damaged name
        raise StoreError("the request in the store cannot be read", "discard it (state: absent) and order anew") from error
    kind = f"EC {key.curve.name}" if isinstance(key, ec.EllipticCurvePublicKey) else f"RSA {key.key_size}"
    return RequestDescription(der, subject, kind, sha256(der).hexdigest(), sha256(public_bytes(key)).hexdigest())
