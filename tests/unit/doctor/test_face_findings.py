# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All answers of a face together, as tables: clock, rate limit, speed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.face_checks import check_exchanges, clock, rate_limit, speed
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Exchange, Request, Response

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def exchange(status: int = 200, seconds: float = 0.1, **headers: str) -> Exchange:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange("https://x/a", Request("GET", "/a"), Response(status, told, b"", {}), None, seconds, NOW)


def dated(*offsets: float) -> list[Exchange]:
    return [exchange(date=format_datetime(NOW + timedelta(seconds=each), usegmt=True)) for each in offsets]


@pytest.mark.parametrize(
    ("offsets", "outcome"),
    [
        ((0,), "ok"),
        ((60,), "ok"),
        ((-60,), "ok"),
        ((61,), "warn"),
        ((300,), "warn"),
        ((-301,), "fail"),
        ((600, 20), "ok"),
        ((), "not_verifiable"),
    ],
)
def test_clock(offsets: tuple[float, ...], outcome: str) -> None:
    assert clock(dated(*offsets) or [exchange()], "portal").outcome == outcome


def test_a_date_that_is_none() -> None:
    assert clock([exchange(date="yesterday")], "portal").code == "no_date"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 200, "no_limits"),
        ({"ratelimit_limit": "100", "ratelimit_remaining": "50"}, 200, "limits"),
        ({"ratelimit_limit": "100, 100;w=60", "ratelimit_remaining": "10"}, 200, "limits_near"),
        ({"x_ratelimit_limit": "10", "x_ratelimit_remaining": "0"}, 200, "limits_near"),
        ({"x_rate_limit_limit": "10", "x_rate_limit_remaining": "9"}, 200, "limits"),
        ({"ratelimit": '"default";r=50;t=30'}, 200, "limits"),
        ({"retry_after": "30"}, 429, "limited"),
        ({}, 429, "limited"),
    ],
)
def test_rate_limit(headers: dict[str, str], status: int, code: str) -> None:
    found = rate_limit([exchange(status, **headers)], "portal")
    assert found.code == code
    assert [each.partition(":")[0].replace("-", "_") for each in found.facts.get("limits", [])] == sorted(headers)


@pytest.mark.parametrize(("seconds", "outcome"), [(0.1, "ok"), (5.0, "ok"), (5.1, "warn")])
def test_speed(seconds: float, outcome: str) -> None:
    found = speed([exchange(), exchange(seconds=seconds)], "portal", 10.0)
    assert (found.outcome, found.facts["seconds"]) == (outcome, seconds)


def test_without_an_answer_nothing_is_said() -> None:
    assert {each.outcome for each in check_exchanges([], "portal", 30)} == {"skipped"}
