# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every signature that is verified outside of the library's own path verification: of certificates, CRLs and OCSP responses.

What was verified once is remembered by the very certificates and CRL: the threads of a fleet look at the same CAs again and again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..libraries import InvalidSignature, UnsupportedAlgorithm, ec, padding, rsa
from .key_rules import weak_hash
from .parsed_certificate import ParsedCertificate
from .parsing import Crl
from .repaired_leaf import is_signed_by
from .verdict import Finding, failed, not_verifiable, passed

RSA_WITH_PKCS1 = "1.2.840.113549.1.1."
RSA_PSS = "1.2.840.113549.1.1.10"


def certificate_signed_by(certificate: ParsedCertificate, ca: ParsedCertificate) -> bool:
    """Names chain and the signature is right; nothing is said of dates or constraints."""
    return certificate.issuer == ca.subject and ca.key is not None and verify_certificate(certificate, ca)


@lru_cache(maxsize=1024)
def verify_certificate(certificate: ParsedCertificate, ca: ParsedCertificate) -> bool:
    """One verification of a signature."""
    if certificate.is_copy:
        return is_signed_by(certificate, ca)
    try:
        certificate.x509.verify_directly_issued_by(ca.x509)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


@lru_cache(maxsize=64)
def verify_crl(crl: Crl, ca: ParsedCertificate) -> bool:
    """One verification of a signature. The library writes the whole CRL anew for it, which takes some milliseconds for each thousand entries."""
    try:
        return bool(crl.x509.is_signature_valid(ca.key))
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def hash_of(signed: Any) -> Any:
    try:
        return signed.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None


def judge_signature(key: Any, signed: Any, content: bytes, by: str) -> Finding:
    """signed: has signature, signature_hash_algorithm and signature_algorithm_oid. content: the bytes that were signed."""
    if signed.signature_algorithm_oid.dotted_string == RSA_PSS:
        return not_verifiable("signed with RSA-PSS, whose parameters cannot be read here")
    algorithm = hash_of(signed)
    weak = weak_hash(algorithm)
    if weak:
        return weak
    return passed(f"signed by {by}") if verify_content(key, signed, content, algorithm) else failed(f"is not signed by {by}")


def verify_content(key: Any, signed: Any, content: bytes, algorithm: Any) -> bool:
    """One verification of a signature."""
    is_rsa = signed.signature_algorithm_oid.dotted_string.startswith(RSA_WITH_PKCS1)
    if algorithm is None:  # a hash that nobody knows proves nothing
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey) and is_rsa:
            key.verify(signed.signature, content, padding.PKCS1v15(), algorithm)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and not is_rsa:
            key.verify(signed.signature, content, ec.ECDSA(algorithm))
            return True
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return False
