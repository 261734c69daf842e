# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which dialogues this run asks the SI FPS about: each at least once in a day, spread over its hours by the fingerprint. Pure.

A fleet that was proved all at once (a first run, the return from an outage) spreads by itself: what counts is each certificate's own moment of the day,
and not when it was last asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ...module_utils._store.proofs import ProofRecord
from ...module_utils.dates import date_or_none

MODES = ("always", "daily", "never")
DAY = timedelta(days=1)
# Where nobody answers: twice as long after each time, from the first on.
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(minutes=30), timedelta(hours=6)
MOST_DOUBLINGS = 10
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Candidate:
    """A certificate that could be asked about: its key is here, and the interface has the query. last: what is remembered of it."""

    siret: str
    fingerprint: str
    last: ProofRecord | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.siret, self.fingerprint)

    @property
    def proved_at(self) -> datetime:
        return date_or_none(self.last.get("proved_at") if self.last else None) or LONG_AGO


@dataclass(frozen=True)
class ProvingPolicy:
    """mode: of MODES. most: how many one run asks about at most; None: no limit."""

    mode: str = "daily"
    most: int | None = None


def due_now(candidates: Iterable[Candidate], now: datetime, policy: ProvingPolicy) -> list[Candidate]:
    """Those that are asked about in this run, in this order: what was proved longest ago comes first, what never was before all."""
    due = sorted(
        (candidate for candidate in candidates if is_due(candidate, now, policy.mode)),
        key=lambda candidate: (candidate.proved_at, candidate.fingerprint),
    )
    return due[: policy.most]


def is_due(candidate: Candidate, now: datetime, mode: str) -> bool:
    """Whether it is to be asked about by itself, however many others are."""
    if mode != "daily":
        return mode == "always"
    if candidate.last is None:
        return True
    if now < backed_off_until(candidate.last):
        return False
    answered = date_or_none(candidate.last.get("at"))
    authorised = candidate.last.get("state") == "authorised"
    # What is not authorised is asked about until it is; a clock that was set back proves nothing of what is to come.
    return not authorised or answered is None or not own_moment(candidate.fingerprint, now) <= answered <= now


def own_moment(fingerprint: str, now: datetime) -> datetime:
    """When it was last this certificate's turn: once in 24 hours, at a time of the day that its fingerprint decides."""
    digest = int.from_bytes(hashlib.sha256(fingerprint.encode()).digest()[:8], "big")
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    turn = midnight + timedelta(seconds=digest % int(DAY.total_seconds()))
    return turn if turn <= now else turn - DAY


def backed_off_until(last: ProofRecord) -> datetime:
    """Before this it is not asked about again, since it was asked in vain."""
    failed = date_or_none(last.get("failed_at"))
    failures = last.get("failures") or 0
    if failed is None or failures < 1:
        return LONG_AGO
    doublings: int = 2 ** min(failures - 1, MOST_DOUBLINGS)
    return failed + min(FIRST_BACKOFF * doublings, LONGEST_BACKOFF)
