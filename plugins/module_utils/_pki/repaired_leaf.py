# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The path of a leaf that cryptography does not load (der_repair.py): its verifier takes certificates that it has loaded only.

The signature is verified over the original's bytes; the CAs are the verifier's matter as ever, without the leaf; what the issuing CAs demand of the
leaf (RFC 5280, 6.1.4) is looked at here. Name constraints are not: a path that has some is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from ..libraries import InvalidSignature, UnsupportedAlgorithm, ec, rsa, x509
from .der import read_element
from .parsed_certificate import ParsedCertificate

# Critical extensions of a leaf that are understood: the rules, and cryptography's verifier, read these.
UNDERSTOOD = (
    (x509.KeyUsage, x509.ExtendedKeyUsage, x509.BasicConstraints, x509.CertificatePolicies, x509.SubjectAlternativeName) if x509 else ()
)


def is_signed_by(leaf: ParsedCertificate, ca: ParsedCertificate) -> bool:
    """Whether the CA's key signed what was delivered. The copy has the original's signature and algorithm."""
    content = bytes(next(read_element(leaf.der).children()).raw)
    try:
        how = leaf.x509.signature_algorithm_parameters
        if isinstance(ca.key, rsa.RSAPublicKey):
            ca.key.verify(leaf.x509.signature, content, how, leaf.hash)
        elif isinstance(ca.key, ec.EllipticCurvePublicKey):
            ca.key.verify(leaf.x509.signature, content, how)
        else:
            return False
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def path_refusal(path: tuple[ParsedCertificate, ...], verify: Callable[[tuple[ParsedCertificate, ...]], str]) -> str:
    """Why the path from this leaf, which is signed by path[1], to the anchor is refused, or nothing. verify: the same for a path of CAs."""
    leaf, *authorities = path
    for below, ca in enumerate(authorities):
        reason = _why_not_issue(ca, below)
        if reason:
            return f"{ca.named} {reason}"
    unknown = [
        leaf_extension.oid.dotted_string
        for leaf_extension in leaf.extensions
        if leaf_extension.critical and not isinstance(leaf_extension.value, UNDERSTOOD)
    ]
    if unknown:
        return f"has a critical extension that is not understood: {', '.join(unknown)}"
    return verify(tuple(authorities)) if len(authorities) > 1 else ""


def _why_not_issue(ca: ParsedCertificate, below: int) -> str:
    """below: how many CAs lie between this one and the leaf."""
    basic, usage = ca.extension(x509.BasicConstraints), ca.extension(x509.KeyUsage)
    if not basic or not basic.value.ca:
        return "is no CA (basicConstraints.cA)"
    if basic.value.path_length is not None and below > basic.value.path_length:
        return "allows fewer CAs below it (path length)"
    if not usage or not usage.value.key_cert_sign:
        return "may not sign certificates (keyUsage.keyCertSign)"
    if ca.extension(x509.NameConstraints):
        return "has name constraints, which are not looked at for a certificate that is written in an odd way"
    return ""
