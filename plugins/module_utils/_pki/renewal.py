# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When to order the next certificate: a pure decision from dates, a clock given, and a policy. Nothing is renewed here.

An RGS certificate is not "renewed": it is a new request, with papers and identity checks, that takes weeks. So there are stages, and what
ends the trust in a certificate earlier (its CA, or that CA's entry in the trust store) counts as its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from math import ceil

from .._options.choices import RENEWAL_DAYS
from ..dates import instant
from ..errors import InvalidInput
from .distinguished_name import is_name_of
from .parsed_certificate import ParsedCertificate
from .trust import TrustEntry, TrustStore, policies_of


@dataclass(frozen=True)
class RenewalPolicy:
    """days: how long before the end each stage begins, the longest first. option: where they are declared."""

    days: tuple[int, ...] = RENEWAL_DAYS
    option: str = "renewal_days"

    def __post_init__(self) -> None:
        if not self.days or any(day <= 0 for day in self.days) or list(self.days) != sorted(set(self.days), reverse=True):
            raise InvalidInput(
                self.option, f"{list(self.days)} is no list of stages", "give days before the end, greater than 0, the longest first"
            )


@dataclass(frozen=True)
class Lifetime:
    """The dates of a certificate, or of a convention. other_ends: what may end it earlier, as (moment, reason). reason: its own end, in words."""

    not_after: datetime
    other_ends: tuple[tuple[datetime, str], ...] = ()
    reason: str = "the certificate ends"

    @property
    def end(self) -> tuple[datetime, str]:
        """The earliest; of equal ones the certificate's own."""
        return min(((self.not_after, self.reason), *self.other_ends), key=lambda ending: ending[0])


@dataclass(frozen=True)
class Renewal:
    """stage: 0 while nothing is to be done, else the days before the end that this stage begins at; -1 once the end is over.
    days_left: whole days begun, 0 at the end and after it.
    """

    due: bool
    stage: int
    reason: str
    end: datetime
    days_left: int

    def as_dict(self) -> dict[str, object]:
        return {
            "due": self.due,
            "stage": self.stage,
            "reason": self.reason,
            "end": instant(self.end),
            "days_left": self.days_left,
        }


def renewal(lifetime: Lifetime, now: datetime, policy: RenewalPolicy | None = None) -> Renewal:
    """Due from the first stage on; the stage is the nearest to the end that has begun."""
    end, why = lifetime.end
    remaining = end - now
    days_left = max(0, ceil(remaining / timedelta(days=1)))
    if remaining < timedelta(0):
        return Renewal(True, -1, f"{why} on {end:%Y-%m-%d}: it is over", end, days_left)
    begun = [day for day in (policy or RenewalPolicy()).days if remaining <= timedelta(days=day)]
    if not begun:
        return Renewal(False, 0, f"{why} on {end:%Y-%m-%d}", end, days_left)
    return Renewal(True, begun[-1], f"{why} on {end:%Y-%m-%d}, within {begun[-1]} days", end, days_left)


def lifetime_of(path: tuple[ParsedCertificate, ...], entries: Iterable[TrustEntry], now: datetime) -> Lifetime:
    """Of a leaf with its CAs, and the trust store's entries of its issuing CA; of these, those of the leaf's own policy count."""
    policies = policies_of(path[0])
    return Lifetime(path[0].not_after, _ends(path[1:], (entry for entry in entries if entry.allows(policies)), now))


def lifetime_by_issuer(not_after: datetime, issuer: str | None, store: TrustStore, now: datetime, usage: str = "client") -> Lifetime:
    """Of a certificate that is not here, whose issuer's name is all that is told: the CAs of this name, the last of them to end."""
    issuer_entries = [entry for entry in store.entries if usage in entry.usage and issuer and is_name_of(entry.ca.subject, issuer)]
    ends = [
        _ends((ca,), (entry for entry in issuer_entries if entry.ca == ca), now)
        for ca in dict.fromkeys(entry.ca for entry in issuer_entries)
    ]
    return Lifetime(not_after, max(ends, key=min, default=()))


def _ends(authorities: Iterable[ParsedCertificate], entries: Iterable[TrustEntry], now: datetime) -> tuple[tuple[datetime, str], ...]:
    ends = [(ca.not_after, f"the CA {ca.named} ends") for ca in authorities]
    trusted_until = trust_end(list(entries), now)
    return (*ends, (trusted_until, "its CA leaves the trust store")) if trusted_until else tuple(ends)


def trust_end(entries: list[TrustEntry], now: datetime) -> datetime | None:
    """The last second of the unbroken time from now on in which one of the entries is in force: what comes after a gap is no help before it.

    Where none is in force now, the end of the last one, or of yesterday where all are still to come. None: it has no end, or there is no entry.
    """
    if not entries:
        return None
    moment = now
    while in_force := [entry for entry in entries if entry.covers(moment)]:
        last = max(entry.valid_to or date.max for entry in in_force)
        if last == date.max:
            return None
        moment = end_of_day(last) + timedelta(seconds=1)
    over = [end_of_day(entry.valid_to) for entry in entries if entry.valid_to]
    yesterday = end_of_day((moment.astimezone(timezone.utc) - timedelta(days=1)).date())
    return max((end for end in over if end < moment), default=yesterday)


def end_of_day(day: date) -> datetime:
    """The last second of a day that counts, in UTC."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=timezone.utc)
