# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a leaf to one of our own anchors: signatures and constraints, by cryptography's verifier, without mixing dates in.

The verifier judges dates together with everything else. Dates are rules of their own here, so it is asked about a moment at which the
whole path was valid; the EKU, SAN and key usage of the leaf are rules of their own as well, so the leaf's extensions are let through.
Unknown critical extensions, SHA-1, weak CA keys, path lengths and name constraints stay the verifier's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..libraries import InvalidSignature, UnsupportedAlgorithm, verification, x509
from .odd_leaf import is_signed_by, why_no_path
from .parsing import Parsed

LONGEST = 6  # leaf and anchor included


def find_path(leaf: Parsed, others: tuple[Parsed, ...], anchors: tuple[Parsed, ...]) -> tuple[tuple[Parsed, ...], str]:
    """(leaf to anchor, "") or ((), why there is none)."""
    reason = "no trusted CA issued it, nor a CA of this file that a trusted CA issued"
    for path in _paths((leaf,), others, anchors):
        reason = _verify(path)
        if not reason:
            return path, ""
    return (), reason


def _paths(path: tuple[Parsed, ...], others: tuple[Parsed, ...], anchors: tuple[Parsed, ...]) -> Iterator[tuple[Parsed, ...]]:
    """Anchors first: the shortest path that ends in one."""
    if len(path) >= LONGEST:
        return
    for anchor in anchors:
        if anchor != path[0] and issued(path[-1], anchor):
            yield (*path, anchor)
    for other in others:
        if other not in path and other not in anchors and issued(path[-1], other):
            yield from _paths((*path, other), others, anchors)


def issued(subject: Parsed, by: Parsed) -> bool:
    """Names chain and the signature is right; nothing is said of dates or constraints."""
    if subject.issuer != by.subject or by.key is None:
        return False
    if subject.is_copy:
        return is_signed_by(subject, by)
    try:
        subject.x509.verify_directly_issued_by(by.x509)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def completed(leaf: Parsed, given: tuple[Parsed, ...], known: tuple[Parsed, ...]) -> tuple[Parsed, ...]:
    """The CAs above a leaf, its issuer first, as far as certificates are there; those that were given with it go before those we know.

    What does not belong to its path is left out. Nothing is said of trust: that is find_path's.
    """
    path = [leaf]
    while len(path) < LONGEST:
        above = next((each for each in (*given, *known) if each not in path and issued(path[-1], each)), None)
        if above is None:
            break
        path.append(above)
    return tuple(path[1:])


def descending(found: tuple[Parsed, ...], anchors: tuple[Parsed, ...]) -> tuple[Parsed, ...]:
    """Those of the certificates that are anchors, or were issued by one, or by a CA that was."""
    sure: list[Parsed] = [each for each in found if each in anchors]
    while True:
        more = [each for each in found if each not in sure and any(issued(each, above) for above in (*anchors, *sure))]
        if not more:
            return tuple(sure)
        sure += more


def _verify(path: tuple[Parsed, ...]) -> str:
    """Why the verifier refuses this path, or nothing. Of the anchor only name and key count: it may be a copy."""
    odd = next((each for each in path[1:-1] if each.is_copy), None)
    if odd:
        return f"{odd.named} is written in a way that cannot be verified: {'; '.join(odd.oddities)}"
    if path[0].is_copy:
        return why_no_path(path, _verify)
    moment = max(each.not_before for each in path)
    ending = min(each.not_after for each in path)
    if moment > ending:
        return "the certificates of the path were never valid at the same time"
    policy = verification.ExtensionPolicy
    builder = verification.PolicyBuilder().store(verification.Store([path[-1].x509])).max_chain_depth(LONGEST)
    builder = builder.time(_whole_second(moment)).extension_policies(ca_policy=policy.webpki_defaults_ca(), ee_policy=policy.permit_all())
    try:
        builder.build_client_verifier().verify(path[0].x509, [each.x509 for each in path[1:-1]])
    except (verification.VerificationError, ValueError, UnsupportedAlgorithm, x509.UnsupportedGeneralNameType) as error:
        return _plain(error)
    return ""


def _whole_second(moment: Any) -> Any:
    """The verifier wants a naive UTC time."""
    return moment.replace(tzinfo=None, microsecond=0)


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
