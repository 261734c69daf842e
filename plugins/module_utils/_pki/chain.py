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
from .parsed_certificate import ParsedCertificate
from .repaired_leaf import path_refusal
from .signature import certificate_signed_by
from .trust import TrustStore, policies_of

LONGEST = 6  # leaf and anchor included
# For one certificate. Real ones need less than ten of each; the verifier looks at no more than 25 issuers on one path.
MOST_SIGNATURES, MOST_PATHS, MOST_STEPS = 256, 24, 1024
CA_USAGES = {"client": "1.3.6.1.5.5.7.3.2", "server": "1.3.6.1.5.5.7.3.1"}  # clientAuth, serverAuth (RFC 5280, 4.2.1.12)
ANY_USAGE = "2.5.29.37.0"

Path = tuple[ParsedCertificate, ...]


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
        self._pairs: dict[tuple[ParsedCertificate, ParsedCertificate], bool] = {}

    def step(self) -> bool:
        """Whether there may be one more."""
        self._steps += 1
        self.cut = self.cut or self._steps > MOST_STEPS
        return self._steps <= MOST_STEPS

    def issuers(self, subject: ParsedCertificate, authorities: Iterable[ParsedCertificate]) -> list[ParsedCertificate]:
        """Those of the CAs that issued it: all certificates of one name and key, those that live longest first.

        Key identifiers only advise (RFC 4158, 3.5.12): CAs whose differs from the one that the certificate names are tried where no other is right.
        """
        named = sorted((ca for ca in authorities if ca.subject == subject.issuer), key=lambda ca: ca.not_after, reverse=True)
        for mismatch in (False, True):
            issuers = [ca for ca in named if _names_another_key(subject, ca) is mismatch and self._issued(subject, ca)]
            if issuers:
                return issuers
        return []

    def _issued(self, subject: ParsedCertificate, by: ParsedCertificate) -> bool:
        if by.key is None:
            return False
        if (subject, by) not in self._pairs:
            if len(self._pairs) >= MOST_SIGNATURES:
                self.cut = True
                return False
            self._pairs[subject, by] = certificate_signed_by(subject, by)
        return self._pairs[subject, by]


def find_paths(
    leaf: ParsedCertificate, intermediates: Iterable[ParsedCertificate], anchors: tuple[ParsedCertificate, ...], usage: str = "client"
) -> Paths:
    """others: CAs that may lie between. usage: client or server, which a CA on the path must not exclude."""
    search, verified, reasons = Search(), list[Path](), list[str]()
    for number, path in enumerate(_to_anchors(leaf, intermediates, anchors, search)):
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


def is_valid(certificate: ParsedCertificate, moment: datetime) -> bool:
    return certificate.not_before <= moment <= certificate.not_after


def issuers_of(subject: ParsedCertificate, authorities: Iterable[ParsedCertificate]) -> tuple[ParsedCertificate, ...]:
    """Those of the CAs that issued it: all certificates of one name and key."""
    return tuple(ca for ca in Search().issuers(subject, authorities) if ca != subject)


def complete_chain(
    leaf: ParsedCertificate, delivered: Iterable[ParsedCertificate], additional: Iterable[ParsedCertificate], now: datetime
) -> Path:
    """The CAs above a leaf, its issuer first, as far as certificates are there; those that are valid now before those that have ended.

    Of equals those that were given with the leaf go before those we know. What does not belong to its path is left out. Nothing is said of trust:
    that is find_paths'.
    """

    def merits(path: Path) -> tuple[Any, ...]:
        above = path[1:]
        ends = min((ca.not_after for ca in above), default=leaf.not_after)
        return tuple(is_valid(ca, now) for ca in above), above[-1:] and above[-1].issuer == above[-1].subject, ends

    authorities = tuple(dict.fromkeys((*delivered, *additional)))
    return max(_upwards(leaf, authorities, Search(), lambda _path: True), key=merits)[1:]


def issued_under(certificates: tuple[ParsedCertificate, ...], anchors: tuple[ParsedCertificate, ...]) -> tuple[ParsedCertificate, ...]:
    """Those of the certificates that are anchors, or were issued by one, or by a CA that was."""
    search = Search()
    sure: list[ParsedCertificate] = [certificate for certificate in certificates if certificate in anchors]
    while True:
        more = [certificate for certificate in certificates if certificate not in sure and search.issuers(certificate, (*anchors, *sure))]
        if not more:
            return tuple(sure)
        sure += more


def _to_anchors(
    leaf: ParsedCertificate, intermediates: Iterable[ParsedCertificate], anchors: tuple[ParsedCertificate, ...], search: Search
) -> Iterator[Path]:
    """The shortest first: no path is built on where an anchor would do."""
    between = tuple(dict.fromkeys(ca for ca in intermediates if ca not in anchors))
    for path in _upwards(leaf, between, search, lambda path: len(path) < LONGEST):
        yield from ((*path, anchor) for anchor in search.issuers(path[-1], _not_on_path(path, anchors)))


def _upwards(
    leaf: ParsedCertificate, authorities: tuple[ParsedCertificate, ...], search: Search, includes: Callable[[Path], bool]
) -> Iterator[Path]:
    """Every path from the leaf up, itself alone first, breadth first."""
    queue: deque[Path] = deque([(leaf,)])
    while queue:
        path = queue.popleft()
        if includes(path):
            yield path
        if len(path) == LONGEST:
            continue
        queue += [(*path, ca) for ca in search.issuers(path[-1], _not_on_path(path, authorities)) if search.step()]


def _not_on_path(path: Path, authorities: Iterable[ParsedCertificate]) -> list[ParsedCertificate]:
    """Without the CAs that are on the path already, by whichever of their certificates (RFC 4158, 5.2)."""

    def is_on_path(ca: ParsedCertificate) -> bool:
        return ca == path[0] or any(ca.subject == ca_on_path.subject and ca.key == ca_on_path.key for ca_on_path in path[1:])

    return [ca for ca in authorities if not is_on_path(ca)]


def _names_another_key(subject: ParsedCertificate, ca: ParsedCertificate) -> bool:
    authority_id, subject_id = subject.extension(x509.AuthorityKeyIdentifier), ca.extension(x509.SubjectKeyIdentifier)
    return bool(authority_id and subject_id and authority_id.value.key_identifier not in (None, subject_id.value.digest))


@lru_cache(maxsize=512)
def verify_path(path: Path, usage: str) -> str:
    """Why this path is refused, or nothing. The verifier verifies at most one signature for each issuer that it looks at (see look_at_issuer).

    Of the anchor only name and key count for it: that one may be a copy.
    """
    odd = next((certificate for certificate in path[1:-1] if certificate.is_copy), None)
    if odd:
        return f"{odd.named} is written in a way that cannot be verified: {'; '.join(odd.oddities)}"
    excluding = next((ca for ca in path[1:] if not _may_issue_for(ca, usage)), None)
    if excluding:
        return f"{excluding.named} may not issue certificates for a {usage} (extendedKeyUsage)"
    if path[0].is_copy:
        return path_refusal(path, lambda authorities: verify_path(authorities, usage))
    moment = max(certificate.not_before for certificate in path)
    ending = min(certificate.not_after for certificate in path)
    if moment > ending:
        return "the certificates of the path were never valid at the same time"
    policy = verification.ExtensionPolicy
    authorities = policy.webpki_defaults_ca().may_be_present(x509.ExtendedKeyUsage, verification.Criticality.AGNOSTIC, look_at_issuer)
    builder = verification.PolicyBuilder().store(verification.Store([path[-1].x509])).max_chain_depth(LONGEST)
    builder = builder.time(_whole_second(moment)).extension_policies(ca_policy=authorities, ee_policy=policy.permit_all())
    try:
        # The verifier of clients for servers too: the other one wants a SAN and a host, which are rules of their own here.
        builder.build_client_verifier().verify(path[0].x509, [certificate.x509 for certificate in path[1:-1]])
    except (verification.VerificationError, ValueError, UnsupportedAlgorithm, x509.UnsupportedGeneralNameType) as error:
        return _plain(error)
    return ""


def look_at_issuer(_policy: Any, _ca: Any, _usage: Any) -> None:
    """The verifier asks this of each issuer, before it verifies that one's signature; by itself it would want clientAuth of a server's CA too."""


def _may_issue_for(ca: ParsedCertificate, usage: str) -> bool:
    """A CA's EKU, where it has one, limits what it issues."""
    extended_usage = ca.extension(x509.ExtendedKeyUsage)
    usages = [oid.dotted_string for oid in extended_usage.value] if extended_usage else [ANY_USAGE]
    return CA_USAGES[usage] in usages or ANY_USAGE in usages


def _whole_second(moment: Any) -> Any:
    """The verifier wants a naive UTC time."""
    return moment.replace(tzinfo=None, microsecond=0)


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
