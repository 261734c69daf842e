# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a leaf to one of our own anchors, on every path there is: signatures and constraints, by cryptography's verifier, without mixing dates in.

A CA that was renewed or cross-signed has several certificates of one name and key, and so a leaf has several paths; which one counts is decided
by who knows the time (best_path). The work is bounded, whatever the input: where a bound ends the search before a path was found, it is
undecided, which is neither trust nor a refusal.

The verifier judges dates together with everything else. Dates are rules of their own here, so it is asked about a moment at which the
whole path was valid; the EKU, SAN and key usage of the leaf are rules of their own as well, so the leaf's extensions are let through.
Unknown critical extensions, SHA-1, weak CA keys, path lengths and name constraints stay the verifier's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from ..libraries import UnsupportedAlgorithm, verification, x509
from .parsing import Parsed
from .signature import certificate_signed_by
from .trust import TrustStore, policies_of

LONGEST = 6  # leaf and anchor included
# For one certificate. Real ones need less than ten of each; the verifier looks at no more than 25 issuers on one path.
MOST_SIGNATURES, MOST_PATHS, MOST_STEPS = 256, 24, 1024
CA_USAGES = {"client": "1.3.6.1.5.5.7.3.2", "server": "1.3.6.1.5.5.7.3.1"}  # clientAuth, serverAuth (RFC 5280, 4.2.1.12)
ANY_USAGE = "2.5.29.37.0"

Path = tuple[Parsed, ...]


@dataclass(frozen=True)
class Paths:
    """verified: the paths from leaf to anchor that hold, whatever their dates; broken: where there is none, why.

    undecided: whether a bound ended the search without one; then nothing is known.
    """

    verified: tuple[Path, ...]
    broken: str = ""
    undecided: bool = False


class Search:
    """The bounds of one search. Each pair of certificates is verified once; pairs after MOST_SIGNATURES are taken for unrelated, and `cut` says so."""

    def __init__(self) -> None:
        self.cut = False
        self._steps = 0
        self._pairs: dict[tuple[Parsed, Parsed], bool] = {}

    def step(self) -> bool:
        """Whether there may be one more."""
        self._steps += 1
        self.cut = self.cut or self._steps > MOST_STEPS
        return self._steps <= MOST_STEPS

    def issued(self, subject: Parsed, by: Parsed) -> bool:
        if subject.issuer != by.subject or by.key is None:
            return False
        if (subject, by) not in self._pairs:
            if len(self._pairs) >= MOST_SIGNATURES:
                self.cut = True
                return False
            self._pairs[subject, by] = certificate_signed_by(subject, by)
        return self._pairs[subject, by]


def find_paths(leaf: Parsed, others: Iterable[Parsed], anchors: tuple[Parsed, ...], usage: str = "client") -> Paths:
    """others: CAs that may lie between. usage: client or server, which a CA on the path must not exclude."""
    search, verified, reasons = Search(), list[Path](), list[str]()
    for number, path in enumerate(_to_anchors(leaf, others, anchors, search)):
        if number == MOST_PATHS:
            search.cut = True
            break
        reason = verify_path(path, usage)
        if reason:
            reasons.append(reason)
        else:
            verified.append(path)
    if verified:
        return Paths(tuple(verified))
    if search.cut:
        return Paths((), "too many CAs of the same name to try every path; none of those tried is right, the others are unknown", True)
    return Paths((), (reasons or ["no trusted CA issued it, nor a CA of this file that a trusted CA issued"])[0])


def best_path(paths: Paths, store: TrustStore, usage: str, moments: Iterable[datetime]) -> Path:
    """The one that is valid at these moments, by an entry of the store that is in force and allows the leaf's policy; () where there is none.

    Among equals the one that lives longest.
    """
    dates = list(moments)

    def merits(path: Path) -> tuple[Any, ...]:
        entries = store.of(path[1], usage)
        in_force = [entry for entry in entries if all(entry.covers(moment) for moment in dates)]
        allowing = [entry for entry in in_force if entry.allows(policies_of(path[0]))]
        valid = all(is_valid(certificate, moment) for certificate in path for moment in dates)
        return valid, bool(allowing), bool(in_force), bool(entries), min(certificate.not_after for certificate in path), -len(path)

    return max(paths.verified, key=merits, default=())


def is_valid(certificate: Parsed, moment: datetime) -> bool:
    return certificate.not_before <= moment <= certificate.not_after


def issuers_of(subject: Parsed, authorities: Iterable[Parsed]) -> tuple[Parsed, ...]:
    """Those of the CAs that issued it: all certificates of one name and key."""
    search = Search()
    return tuple(ca for ca in _likely_first(subject, authorities) if ca != subject and search.issued(subject, ca))


def completed(leaf: Parsed, given: Iterable[Parsed], known: Iterable[Parsed], now: datetime) -> Path:
    """The CAs above a leaf, its issuer first, as far as certificates are there; those that are valid now before those that have ended.

    Of equals those that were given with the leaf go before those we know. What does not belong to its path is left out. Nothing is said of trust:
    that is find_paths'.
    """

    def merits(path: Path) -> tuple[Any, ...]:
        above = path[1:]
        ends = min((ca.not_after for ca in above), default=leaf.not_after)
        return tuple(is_valid(ca, now) for ca in above), above[-1:] and above[-1].issuer == above[-1].subject, ends

    authorities = tuple(dict.fromkeys((*given, *known)))
    return max(_upwards(leaf, authorities, Search(), lambda _path: True), key=merits)[1:]


def descending(found: tuple[Parsed, ...], anchors: tuple[Parsed, ...]) -> tuple[Parsed, ...]:
    """Those of the certificates that are anchors, or were issued by one, or by a CA that was."""
    search = Search()
    sure: list[Parsed] = [each for each in found if each in anchors]
    while True:
        more = [each for each in found if each not in sure and any(search.issued(each, above) for above in (*anchors, *sure))]
        if not more:
            return tuple(sure)
        sure += more


def _to_anchors(leaf: Parsed, others: Iterable[Parsed], anchors: tuple[Parsed, ...], search: Search) -> Iterator[Path]:
    """The shortest first: no path is built on where an anchor would do."""
    between = tuple(dict.fromkeys(ca for ca in others if ca not in anchors))
    for path in _upwards(leaf, between, search, lambda path: len(path) < LONGEST):
        for anchor in _likely_first(path[-1], anchors):
            if not _repeats(path, anchor) and search.issued(path[-1], anchor):
                yield (*path, anchor)


def _upwards(leaf: Parsed, authorities: tuple[Parsed, ...], search: Search, wanted: Callable[[Path], bool]) -> Iterator[Path]:
    """Every path from the leaf up, itself alone first, breadth first."""
    queue: deque[Path] = deque([(leaf,)])
    while queue:
        path = queue.popleft()
        if wanted(path):
            yield path
        if len(path) == LONGEST:
            continue
        for ca in _likely_first(path[-1], authorities):
            if not _repeats(path, ca) and search.issued(path[-1], ca) and search.step():
                queue.append((*path, ca))


def _repeats(path: Path, ca: Parsed) -> bool:
    """Whether this CA is on the path already, by whichever of its certificates (RFC 4158, 5.2)."""
    return ca == path[0] or any(ca.subject == known.subject and ca.key == known.key for known in path[1:])


def _likely_first(subject: Parsed, authorities: Iterable[Parsed]) -> list[Parsed]:
    """Of its issuer's name; by key identifiers, which only advise (RFC 4158, 3.5.12), then by their ends."""
    named = [ca for ca in authorities if ca.subject == subject.issuer]
    return sorted(named, key=lambda ca: (_key_mismatch(subject, ca), -ca.not_after.timestamp())) if len(named) > 1 else named


def _key_mismatch(subject: Parsed, ca: Parsed) -> int:
    """0: the identifiers are equal; 1: one is not there; 2: they differ."""
    wanted, held = subject.extension(x509.AuthorityKeyIdentifier), ca.extension(x509.SubjectKeyIdentifier)
    if not wanted or not held or wanted.value.key_identifier is None:
        return 1
    return 0 if wanted.value.key_identifier == held.value.digest else 2


@lru_cache(maxsize=512)
def verify_path(path: Path, usage: str) -> str:
    """Why the verifier refuses this path, or nothing. It verifies at most one signature for each issuer that it looks at (see usage_check)."""
    moment = max(each.not_before for each in path)
    ending = min(each.not_after for each in path)
    if moment > ending:
        return "the certificates of the path were never valid at the same time"
    policy = verification.ExtensionPolicy
    authorities = policy.webpki_defaults_ca().may_be_present(x509.ExtendedKeyUsage, verification.Criticality.AGNOSTIC, usage_check(usage))
    builder = verification.PolicyBuilder().store(verification.Store([path[-1].x509])).max_chain_depth(LONGEST)
    builder = builder.time(_whole_second(moment)).extension_policies(ca_policy=authorities, ee_policy=policy.permit_all())
    try:
        # The verifier of clients for servers too: the other one wants a SAN and a host, which are rules of their own here.
        builder.build_client_verifier().verify(path[0].x509, [each.x509 for each in path[1:-1]])
    except (verification.VerificationError, ValueError, UnsupportedAlgorithm, x509.UnsupportedGeneralNameType) as error:
        return _plain(error)
    return ""


def usage_check(usage: str) -> Callable[[Any, Any, Any], None]:
    """For the verifier, which asks it about each issuer before it verifies that one's signature: a CA's EKU limits what it issues."""

    def check(_policy: Any, _ca: Any, extension: Any) -> None:
        held = [oid.dotted_string for oid in extension] if extension else []
        if held and CA_USAGES[usage] not in held and ANY_USAGE not in held:
            raise ValueError(f"the CA may not issue certificates for a {usage} (extendedKeyUsage {', '.join(held)})")

    return check


def _whole_second(moment: Any) -> Any:
    """The verifier wants a naive UTC time."""
    return moment.replace(tzinfo=None, microsecond=0)


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
