# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which dialogues a run asks about, as tables: by the time of the day, what is remembered, and how many one run may ask."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.proofs import ProofRecord
from ansible_collections.collectivites.antai.plugins.module_utils.dates import instant
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.proving import (
    Candidate,
    ProvingPolicy,
    due_now,
    is_due,
    own_moment,
)

NOW = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def fingerprint(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


A = fingerprint(1)
TURN = own_moment(A, NOW)


def said(at: datetime, state: str = "authorised", **more: object) -> ProofRecord:
    record: ProofRecord = {"at": instant(at), "state": state, "proved_at": instant(at) if state == "authorised" else None}
    return {**record, **more}  # type: ignore[typeddict-item]


def in_vain(ago: timedelta, failures: int) -> dict[str, object]:
    return {"failed_at": instant(NOW - ago), "failures": failures}


@pytest.mark.parametrize(
    ("last", "due"),
    [
        pytest.param(None, True, id="never asked"),
        pytest.param(said(TURN), False, id="at its moment"),
        pytest.param(said(TURN + timedelta(seconds=1)), False, id="since its moment"),
        pytest.param(said(TURN - timedelta(seconds=1)), True, id="before its moment"),
        pytest.param(said(TURN - 30 * HOUR), True, id="long ago"),
        pytest.param(said(NOW, "refused"), True, id="refused just now"),
        pytest.param(said(NOW, "unknown"), True, id="unknown to the SI FPS just now"),
        pytest.param(said(NOW + HOUR), True, id="by a clock that was ahead"),
        pytest.param({"at": "some day", "state": "authorised"}, True, id="damaged"),
        pytest.param({"state": "authorised"}, True, id="no moment"),
        pytest.param(said(TURN - 30 * HOUR, **in_vain(timedelta(minutes=29), 1)), False, id="in vain, 29 minutes ago"),
        pytest.param(said(TURN - 30 * HOUR, **in_vain(timedelta(minutes=30), 1)), True, id="in vain, 30 minutes ago"),
        pytest.param(
            said(TURN - 30 * HOUR, **in_vain(timedelta(minutes=119), 3)), False, id="in vain three times, the last 119 minutes ago"
        ),
        pytest.param(said(TURN - 30 * HOUR, **in_vain(timedelta(minutes=120), 3)), True, id="in vain three times, the last two hours ago"),
        pytest.param(said(TURN - 30 * HOUR, **in_vain(5 * HOUR, 99)), False, id="in vain for days, the last five hours ago"),
        pytest.param(said(TURN - 30 * HOUR, **in_vain(6 * HOUR, 99)), True, id="in vain for days, the last six hours ago"),
        pytest.param({"failed_at": instant(NOW), "failures": 1}, False, id="never answered, asked just now"),
        pytest.param(said(TURN), False, id="answered after it was asked in vain"),
    ],
)
def test_due_in_a_day(last: ProofRecord | None, due: bool) -> None:
    candidate = Candidate("1", A, last)
    assert is_due(candidate, NOW, "daily") is due
    assert (is_due(candidate, NOW, "always"), is_due(candidate, NOW, "never")) == (True, False)


@pytest.mark.parametrize("now", [NOW, NOW.replace(hour=0, minute=0), NOW.replace(hour=23, minute=59, second=59)])
def test_its_moment_is_within_the_last_day(now: datetime) -> None:
    moments = [own_moment(fingerprint(number), now) for number in range(500)]
    assert all(now - timedelta(days=1) < moment <= now for moment in moments)
    assert [own_moment(fingerprint(number), now + timedelta(days=1)) - moment for number, moment in enumerate(moments)] == [
        timedelta(days=1)
    ] * 500


def test_a_fleet_that_was_proved_at_once_spreads_over_the_hours_of_the_next_day() -> None:
    fleet, last, hours = 622, {}, []
    for hour in range(49):
        now = NOW + hour * HOUR
        due = due_now([Candidate("1", fingerprint(each), last.get(fingerprint(each))) for each in range(fleet)], now, ProvingPolicy())
        hours.append(len(due))
        last |= {each.fingerprint: said(now) for each in due}
    assert hours[0] == fleet
    assert sum(hours[1:25]) == sum(hours[25:]) == fleet, "each once in 24 hours"
    assert max(hours[1:]) < 2 * fleet / 24


def test_what_was_proved_longest_ago_comes_first_and_one_run_asks_so_many() -> None:
    long_ago = [Candidate("1", fingerprint(number), said(NOW - (30 + number) * HOUR)) for number in range(5)]
    never = Candidate("2", fingerprint(9))
    refused = Candidate("3", fingerprint(10), said(NOW - HOUR, "refused"))
    found = due_now([*long_ago, never, refused], NOW, ProvingPolicy("daily", 4))
    assert {each.siret for each in found[:2]} == {"2", "3"}, "the SI FPS authorised neither"
    assert found[2:] == [long_ago[4], long_ago[3]]
    assert len(due_now([*long_ago, never, refused], NOW, ProvingPolicy("always"))) == 7
    assert due_now([never], NOW, ProvingPolicy("never")) == []


def test_the_return_from_an_outage_is_spread_over_several_runs() -> None:
    fleet, last = 622, {fingerprint(each): said(NOW - 72 * HOUR) for each in range(622)}
    asked: Counter[str] = Counter()
    for hour in range(8):
        now = NOW + hour * HOUR
        due = due_now([Candidate("1", each, record) for each, record in last.items()], now, ProvingPolicy("daily", 100))
        assert len(due) <= 100
        asked.update(each.fingerprint for each in due)
        last |= {each.fingerprint: said(now) for each in due}
    assert len(asked) == fleet
