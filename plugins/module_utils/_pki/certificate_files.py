# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and private keys out of files: which certificate is of a key, and whose it is (R7)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..errors import InvalidInput
from ..libraries import UnsupportedAlgorithm, serialization
from ..text import one_line
from .certificate import Certificate
from .der_repair import LONGEST_CAUSE
from .leaf import is_ca, public_bytes
from .parsed_certificate import REMEMBERED, ParsedCertificate
from .parsing import load_bundle
from .subject_identifiers import identifiers_of


def load_chain(content: bytes, field: str, passphrase: str | None = None) -> list[Certificate]:
    """The certificates of a file in any form that load_bundle reads, in its order. Raises InvalidInput."""
    return summarise_certificates(load_bundle(content, field, passphrase).certificates, field)


def summarise_certificates(certificates: tuple[ParsedCertificate, ...], field: str) -> list[Certificate]:
    """Raises InvalidInput where a key that is no CA's is of a kind that cannot be compared."""
    summaries = []
    for certificate in certificates:
        try:
            summaries.append(_described(certificate))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InvalidInput(
                field,
                f"the key of {certificate.named} is of a kind that is not known: {one_line(error, LONGEST_CAUSE)}",
                "give the file that the PSCE delivered",
            ) from error
    return summaries


def load_private_key(content: bytes, field: str) -> Any:
    """An unencrypted private key in PEM, as untested as load_key leaves it. Raises InvalidInput; the message never repeats the content."""
    try:
        return serialization.load_pem_private_key(content, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidInput(field, "this is no unencrypted private key in PEM", "give the key that the request was made with") from error


def find_leaf_of_key_pem(chain: list[Certificate], key_pem: bytes, siret: str, field: str) -> Certificate:
    """As leaf_with, of an unencrypted private key in PEM."""
    return find_leaf_of_key(chain, load_private_key(key_pem, "private_key"), siret, field)


def find_leaf_of_key(chain: list[Certificate], key: Any, siret: str, field: str) -> Certificate:
    """The certificate of the chain that belongs to this private key and this collectivité. Raises InvalidInput, naming which of both fails."""
    leaf = find_certificate_of_key(chain, key)
    if leaf is None:
        raise InvalidInput(
            field,
            "no certificate in this file matches the private key",
            "give the certificate that was issued for this request; another request's does not work with this key",
        )
    check_owner(leaf, siret, field)
    return leaf


def find_certificate_of_key(chain: list[Certificate], key: Any) -> Certificate | None:
    """The certificate of this private key, the newest where there are several, or None."""
    own_key = public_bytes(key.public_key())
    return max(
        (certificate for certificate in chain if certificate.public_key == own_key),
        key=lambda certificate: certificate.not_before,
        default=None,
    )


def key_pem(key: Any) -> bytes:
    """A private key as unencrypted PKCS#8 in PEM."""
    pem: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem


def check_owner(certificate: Certificate, siret: str, field: str) -> None:
    """Raises InvalidInput where the subject names nobody, or somebody else (R7)."""
    if certificate.names(siret):
        return
    whom = ", ".join(certificate.identifiers) or "nobody"
    raise InvalidInput(
        field,
        f"certificate {certificate.fingerprint[:16]}... names {whom}, not {siret}",
        "the SIRET stands in the subject's OU (0002 ...) or organizationIdentifier: order a certificate for this collectivité, or declare the right file",
        fingerprint=certificate.fingerprint,
    )


@lru_cache(maxsize=REMEMBERED)
def _described(parsed: ParsedCertificate) -> Certificate:
    return Certificate(
        fingerprint=parsed.fingerprint,
        subject=parsed.named,
        not_before=parsed.not_before,
        not_after=parsed.not_after,
        identifiers=tuple(identifiers(parsed.subject)),
        public_key=b"" if parsed.key is None and is_ca(parsed) else public_bytes(parsed.x509.public_key()),
        pem=parsed.pem,
        serial=f"{parsed.serial:x}",
    )


def identifiers(subject: Any) -> list[str]:
    """Every SIREN and SIRET that a subject names, in its order, without repetition."""
    return list(dict.fromkeys(identifier.number for identifier in identifiers_of(subject)))
