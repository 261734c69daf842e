# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments and durations, up to the end of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.dates import later

LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "duration", "expected"),
    [
        (date(2026, 12, 31), timedelta(days=1), date(2027, 1, 1)),
        (date(9999, 12, 31), timedelta(days=1), date(9999, 12, 31)),
        (datetime(2026, 11, 28, tzinfo=UTC), timedelta(days=7), datetime(2026, 12, 5, tzinfo=UTC)),
        (LAST, timedelta(days=7), LAST),
        (datetime(2026, 11, 28, tzinfo=UTC), timedelta.max, LAST),
    ],
)
def test_nothing_is_later_than_the_calendar(moment: date | datetime, duration: timedelta, expected: date | datetime) -> None:
    assert later(moment, duration) == expected
