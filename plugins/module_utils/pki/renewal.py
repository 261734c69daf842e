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

from ..dates import instant
from ..errors import InvalidInput
from ..libraries import x509
from .parsing import Parsed
from .trust import Entry, TrustStore

DAYS = (90, 60, 30, 14, 7)


@dataclass(frozen=True)
class Policy:
    """days: how long before the end each stage begins, the longest first. option: where they are declared."""

    days: tuple[int, ...] = DAYS
    option: str = "renewal_days"

    def __post_init__(self) -> None:
        if not self.days or any(day <= 0 for day in self.days) or list(self.days) != sorted(set(self.days), reverse=True):
            raise InvalidInput(
                self.option, f"{list(self.days)} is no list of stages", "give days before the end, greater than 0, the longest first"
            )


@dataclass(frozen=True)
class Lifetime:
    """The dates of a certificate, or of a convention. other_ends: what may end it earlier, as (moment, what). what: its own end, in words."""

    not_after: datetime
    other_ends: tuple[tuple[datetime, str], ...] = ()
    what: str = "the certificate ends"

    @property
    def end(self) -> tuple[datetime, str]:
        """The earliest; of equal ones the certificate's own."""
        return min(((self.not_after, self.what), *self.other_ends), key=lambda each: each[0])


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


def renewal(lifetime: Lifetime, now: datetime, policy: Policy | None = None) -> Renewal:
    """Due from the first stage on; the stage is the nearest to the end that has begun."""
    end, why = lifetime.end
    left = end - now
    days_left = max(0, ceil(left / timedelta(days=1)))
    if left < timedelta(0):
        return Renewal(True, -1, f"{why} on {end:%Y-%m-%d}: it is over", end, days_left)
    begun = [day for day in (policy or Policy()).days if left <= timedelta(days=day)]
    if not begun:
        return Renewal(False, 0, f"{why} on {end:%Y-%m-%d}", end, days_left)
    return Renewal(True, begun[-1], f"{why} on {end:%Y-%m-%d}, within {begun[-1]} days", end, days_left)


def lifetime_of(path: tuple[Parsed, ...], entries: Iterable[Entry] = ()) -> Lifetime:
    """Of a leaf with its CAs, and the trust store's entries of its issuing CA: the last of them to end is what counts."""
    return Lifetime(path[0].not_after, _ends(path[1:], entries))


def lifetime_by_issuer(not_after: datetime, issuer: str | None, store: TrustStore, usage: str = "client") -> Lifetime:
    """Of a certificate that is not here, whose issuer's name (RFC 4514) is all that is told: the CAs of this name, the last of them to end."""
    known = [each for each in store.entries if usage in each.usage and _is_named(each, issuer)]
    ends = [_ends((ca,), (each for each in known if each.ca == ca)) for ca in dict.fromkeys(each.ca for each in known)]
    return Lifetime(not_after, max(ends, key=min, default=()))


def _ends(authorities: Iterable[Parsed], entries: Iterable[Entry]) -> tuple[tuple[datetime, str], ...]:
    ends = [(each.not_after, f"the CA {each.named} ends") for each in authorities]
    known = list(entries)
    if known and all(each.valid_to for each in known):
        last = max(each.valid_to for each in known if each.valid_to)
        ends.append((end_of_day(last), "its CA leaves the trust store"))
    return tuple(ends)


def _is_named(entry: Entry, issuer: str | None) -> bool:
    try:
        return issuer is not None and entry.ca.subject == x509.Name.from_rfc4514_string(issuer)
    except ValueError:  # a server may write names as it likes
        return False


def end_of_day(day: date) -> datetime:
    """The last second of a day that counts, in UTC."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=timezone.utc)
