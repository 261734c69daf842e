# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conventions signed fifteen days ago with a certificate of one day, as remote signing services issue them: who was proved to sign in time."""

from __future__ import annotations

from functools import cache

from pyhanko.sign.timestamps import TimeStamper

from tests.support.signing import DAY, NOW, Identity, archive, authority, ca, revocation_list, sign, signer, time_stamper

THEN = NOW - 15 * DAY
HOUR = DAY / 24


@cache
def short_lived() -> Identity:
    return signer("Amélie Sénéchas", ca(), THEN - HOUR, THEN + DAY)


@cache
def clock_then() -> TimeStamper:
    return time_stamper(THEN)


@cache
def expired_clock() -> TimeStamper:
    """Its own certificate has expired since."""
    return time_stamper(THEN, begin=THEN - 30 * DAY, end=THEN + 5 * DAY)


def stamped(content: bytes, *, adobe: bool = False) -> bytes:
    return sign(content, short_lived(), clock=clock_then(), adobe=adobe)


def not_stamped(content: bytes) -> bytes:
    return sign(content, short_lived(), at=THEN)


def stamped_by_a_stranger(content: bytes) -> bytes:
    return sign(content, short_lived(), clock=time_stamper(THEN, authority("Autre AC")))


def stamped_too_late(content: bytes) -> bytes:
    return sign(content, short_lived(), clock=time_stamper(THEN + 3 * DAY))


def stamped_too_early(content: bytes) -> bytes:
    return sign(content, short_lived(), clock=time_stamper(THEN - 3 * DAY))


def stamped_by_expired(content: bytes) -> bytes:
    return sign(content, short_lived(), clock=expired_clock())


def renewed(content: bytes) -> bytes:
    """The timestamp's authority has expired; a document timestamp was added before that."""
    return archive(stamped_by_expired(content), time_stamper(THEN + 2 * DAY))


def document_stamped(content: bytes) -> bytes:
    """No timestamp of its own: the document was stamped an hour later."""
    return archive(sign(content, short_lived(), at=THEN), time_stamper(THEN + HOUR))


def document_stamped_late(content: bytes) -> bytes:
    return archive(sign(content, short_lived(), at=THEN), time_stamper(THEN + 3 * DAY))


def document_stamped_before(content: bytes) -> bytes:
    """The timestamp covers the document as it was before it was signed."""
    return sign(archive(content, clock_then()), short_lived(), at=THEN)


def revoked_after(content: bytes) -> bytes:
    revoked = revocation_list(ca(), THEN + 3 * HOUR, short_lived(), THEN + 2 * HOUR)
    return archive(stamped(content), time_stamper(THEN + 4 * HOUR), [revoked])


def revoked_before(content: bytes) -> bytes:
    revoked = revocation_list(ca(), THEN + 3 * HOUR, short_lived(), THEN - HOUR / 2)
    return archive(stamped(content), time_stamper(THEN + 4 * HOUR), [revoked])


def not_revoked(content: bytes) -> bytes:
    return archive(stamped(content), time_stamper(THEN + 4 * HOUR), [revocation_list(ca(), THEN + 3 * HOUR)])
