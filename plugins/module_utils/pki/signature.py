# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an OCSP response was signed by a key, with an algorithm that may still be used: the library does not verify these itself."""

from __future__ import annotations

from typing import Any

from ..libraries import InvalidSignature, UnsupportedAlgorithm, ec, padding, rsa
from .profile_rules import weak_hash
from .verdict import Finding, failed, not_verifiable, passed

RSA_WITH_PKCS1 = "1.2.840.113549.1.1."
RSA_PSS = "1.2.840.113549.1.1.10"


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
    return passed(f"signed by {by}") if _good(key, signed, content, algorithm) else failed(f"is not signed by {by}")


def _good(key: Any, signed: Any, content: bytes, algorithm: Any) -> bool:
    is_rsa = signed.signature_algorithm_oid.dotted_string.startswith(RSA_WITH_PKCS1)
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
