# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on a key, and on the hash of a signature (RGS annex B1): of a leaf, of a responder, of a CRL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ..libraries import ec, rsa
from .leaf import public_bytes
from .validation_inputs import ValidationInputs
from .verdict import Finding, failed, passed, warned

MIN_RSA, MIN_RSA_AFTER_2030 = 2048, 3072
MIN_EXPONENT = 65537
END_OF_2030 = datetime(2030, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
CURVES = ("secp256r1", "secp384r1", "secp521r1")
HASHES = ("sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512")


def key_type(inputs: ValidationInputs) -> Finding:
    if isinstance(inputs.leaf.key, rsa.RSAPublicKey):
        return passed("RSA")
    return passed("EC") if isinstance(inputs.leaf.key, ec.EllipticCurvePublicKey) else failed("neither RSA nor EC")


def key_size(inputs: ValidationInputs) -> Finding | None:
    if not isinstance(inputs.leaf.key, rsa.RSAPublicKey):
        return None
    bits = inputs.leaf.key.key_size
    if bits < MIN_RSA:
        return failed(f"RSA-{bits}; at least {MIN_RSA}")
    if bits < MIN_RSA_AFTER_2030 and inputs.leaf.not_after > END_OF_2030:
        return warned(f"RSA-{bits} outlives 2030, after which {MIN_RSA_AFTER_2030} is wanted")
    return passed(f"RSA-{bits}")


def key_exponent(inputs: ValidationInputs) -> Finding | None:
    if not isinstance(inputs.leaf.key, rsa.RSAPublicKey):
        return None
    exponent = inputs.leaf.key.public_numbers().e
    return passed(f"{exponent}") if exponent >= MIN_EXPONENT else failed(f"{exponent}; must be greater than 65536")


def key_curve(inputs: ValidationInputs) -> Finding | None:
    if not isinstance(inputs.leaf.key, ec.EllipticCurvePublicKey):
        return None
    curve = inputs.leaf.key.curve.name
    return passed(curve) if curve in CURVES else failed(f"{curve}; one of {', '.join(CURVES)}")


def signature_hash(inputs: ValidationInputs) -> Finding:
    return weak_hash(inputs.leaf.hash) or passed(inputs.leaf.hash.name)


def weak_hash(algorithm: Any) -> Finding | None:
    if algorithm is None:
        return failed("signed with an algorithm that is not known, or without a hash")
    return None if algorithm.name in HASHES else failed(f"signed with {algorithm.name}; at least 256 bits are wanted")


def key_match(inputs: ValidationInputs) -> Finding | None:
    if inputs.key is None:
        return None
    if inputs.leaf.key is None:
        return failed("the certificate's key is of a kind that is not known")
    return (
        passed("they belong together")
        if public_bytes(inputs.key.public_key()) == public_bytes(inputs.leaf.key)
        else failed("the private key is another's")
    )


# Of any certificate whose signatures are to be relied on: the leaf's, and a responder's.
KEY_RULES: tuple[Callable[[ValidationInputs], Finding | None], ...] = (key_type, key_size, key_exponent, key_curve, signature_hash)
