# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the next certificate is due: every stage at its edge, and what ends a certificate before its own date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.profile_rules import years_after
from ansible_collections.collectivites.antai.plugins.module_utils._pki.renewal import (
    Lifetime,
    RenewalPolicy,
    lifetime_by_issuer,
    lifetime_of,
    renewal,
    trust_end,
)
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustEntry, TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.certificates_proof.test_real import IN_2022, SERVER, SERVICES

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("left", "due", "stage", "days_left"),
    [
        (timedelta(days=400), False, 0, 400),
        (timedelta(days=90) + SECOND, False, 0, 91),
        (timedelta(days=90), True, 90, 90),
        (timedelta(days=60) + SECOND, True, 90, 61),
        (timedelta(days=60), True, 60, 60),
        (timedelta(days=30) + SECOND, True, 60, 31),
        (timedelta(days=30), True, 30, 30),
        (timedelta(days=14), True, 14, 14),
        (timedelta(days=7) + SECOND, True, 14, 8),
        (timedelta(days=7), True, 7, 7),
        (SECOND, True, 7, 1),
        (timedelta(0), True, 7, 0),
        (-SECOND, True, -1, 0),
        (timedelta(days=-40), True, -1, 0),
    ],
)
def test_stages_begin_on_the_second(left: timedelta, due: bool, stage: int, days_left: int) -> None:
    decision = renewal(Lifetime(NOW + left), NOW)
    assert (decision.due, decision.stage, decision.days_left, decision.end) == (due, stage, days_left, NOW + left)
    assert decision.reason.startswith("the certificate ends on ")


def test_the_policy_is_the_user_s() -> None:
    assert not renewal(Lifetime(NOW + timedelta(days=50)), NOW, RenewalPolicy((45, 1))).due
    assert renewal(Lifetime(NOW + timedelta(days=45)), NOW, RenewalPolicy((45, 1))).stage == 45


@pytest.mark.parametrize("days", [(), (7, 30), (30, 30), (30, 0), (-1,)])
def test_a_policy_that_makes_no_sense_is_refused(days: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput):
        RenewalPolicy(days)


def test_what_ends_earlier_counts() -> None:
    ends = ((NOW + timedelta(days=20), "its CA ends"), (NOW + timedelta(days=10), "its CA leaves the trust store"))
    decision = renewal(Lifetime(NOW + timedelta(days=300), ends), NOW)
    assert (decision.stage, decision.days_left) == (14, 10)
    assert decision.as_dict() == {
        "due": True,
        "stage": 14,
        "reason": "its CA leaves the trust store on 2026-06-11, within 14 days",
        "end": "2026-06-11T12:00:00Z",
        "days_left": 10,
    }


def entry(valid_to: date | None) -> TrustEntry:
    return TrustEntry("x", SERVICES, (), "unknown", ("client",), None, valid_to, "test", "")


@pytest.mark.parametrize(
    ("entries", "path", "expected"),
    [
        ([], (SERVER, SERVICES), (SERVER.not_after, "the certificate ends")),
        ([None], (SERVER, SERVICES), (SERVER.not_after, "the certificate ends")),
        ([date(2022, 10, 1)], (SERVER, SERVICES), (datetime(2022, 10, 1, 23, 59, 59, tzinfo=UTC), "its CA leaves the trust store")),
        (
            [date(2022, 10, 1), date(2022, 11, 1)],
            (SERVER, SERVICES),
            (datetime(2022, 11, 1, 23, 59, 59, tzinfo=UTC), "its CA leaves the trust store"),
        ),
        ([date(2022, 10, 1), None], (SERVER, SERVICES), (SERVER.not_after, "the certificate ends")),
    ],
)
def test_lifetime_of_a_path(entries: list[date | None], path: Any, expected: tuple[datetime, str]) -> None:
    assert lifetime_of(path, [entry(each) for each in entries], IN_2022).end == expected


def test_a_ca_that_ends_first() -> None:
    ending = replace(SERVICES, not_after=IN_2022)
    moment, why = lifetime_of((SERVER, ending), (), IN_2022).end
    assert moment == IN_2022
    assert why.startswith("the CA CN=Certigna Services CA")


LATER = replace(SERVICES, not_after=datetime(2040, 1, 1, tzinfo=UTC), fingerprint="another")
MIDDLE = replace(SERVICES, not_after=datetime(2035, 1, 1, tzinfo=UTC), fingerprint="middle")
SOON = replace(SERVICES, not_after=datetime(2026, 9, 1, tzinfo=UTC), fingerprint="soon")
END = datetime(2036, 1, 1, tzinfo=UTC)
OWN, CA, ENTRY = "the certificate ends", "the CA CN=Certigna Services CA", "its CA leaves the trust store"


@pytest.mark.parametrize(
    ("entries", "issuer", "end", "why"),
    [
        pytest.param([(SERVICES, None)], SERVICES.named, SERVICES.not_after, CA, id="its CA ends first"),
        pytest.param(
            [(SERVICES, date(2030, 1, 1))], SERVICES.named, datetime(2030, 1, 1, 23, 59, 59, tzinfo=UTC), ENTRY, id="the entry ends first"
        ),
        pytest.param([(LATER, None)], SERVICES.named, END, OWN, id="it ends first itself"),
        pytest.param([(SOON, None), (SERVICES, None)], SERVICES.named, SERVICES.not_after, CA, id="of several CAs of this name, the last"),
        pytest.param(
            [(LATER, date(2030, 1, 1)), (MIDDLE, None)],
            SERVICES.named,
            MIDDLE.not_after,
            CA,
            id="of several, the last that is to be trusted",
        ),
        pytest.param([(SOON, None)], "CN=Another CA", END, OWN, id="another CA's name"),
        pytest.param([(SOON, None)], "not a name", END, OWN, id="no name at all"),
        pytest.param([(SOON, None)], None, END, OWN, id="no issuer told"),
        pytest.param([], SERVICES.named, END, OWN, id="no trust store"),
    ],
)
def test_lifetime_by_the_issuer_s_name(entries: list[Any], issuer: str | None, end: datetime, why: str) -> None:
    store = TrustStore(tuple(replace(entry(valid_to), ca=ca) for ca, valid_to in entries))
    moment, reason = lifetime_by_issuer(END, issuer, store, NOW).end
    assert moment == end
    assert reason.startswith(why)


def test_a_ca_that_is_trusted_for_servers_only_says_nothing_of_clients() -> None:
    store = TrustStore((replace(entry(None), ca=SOON, usage=("server",)),))
    assert lifetime_by_issuer(END, SERVICES.named, store, NOW).end == (END, OWN)


def between(first: date | None, last: date | None, **changes: Any) -> TrustEntry:
    return replace(entry(last), valid_from=first, **changes)


@pytest.mark.parametrize(
    ("windows", "end"),
    [
        pytest.param([], None, id="no entry"),
        pytest.param([(None, None)], None, id="for ever"),
        pytest.param([(None, date(2026, 7, 1)), (date(2026, 7, 2), None)], None, id="the next begins on the day after"),
        pytest.param([(None, date(2026, 7, 1)), (date(2026, 7, 3), None)], "2026-07-01", id="a day's gap"),
        pytest.param([(date(2026, 7, 3), None), (None, date(2026, 7, 1))], "2026-07-01", id="in any order"),
        pytest.param([(None, date(2026, 7, 1)), (date(2026, 6, 15), date(2026, 8, 1))], "2026-08-01", id="one over the other"),
        pytest.param(
            [(None, date(2026, 7, 1)), (date(2026, 7, 2), date(2026, 8, 1)), (date(2026, 9, 1), None)], "2026-08-01", id="a gap later on"
        ),
        pytest.param([(None, date(2026, 6, 1))], "2026-06-01", id="today is the last day"),
        pytest.param([(None, date(2026, 5, 1))], "2026-05-01", id="over"),
        pytest.param([(None, date(2026, 4, 1)), (None, date(2026, 5, 1))], "2026-05-01", id="over, the later of two"),
        pytest.param([(None, date(2026, 5, 1)), (date(2026, 7, 1), None)], "2026-05-01", id="in a gap"),
        pytest.param([(date(2026, 7, 1), None)], "2026-05-31", id="all still to come: not in force since yesterday at the latest"),
        pytest.param([(None, date.max)], None, id="the last day there is"),
    ],
)
def test_the_unbroken_time_in_which_a_ca_is_trusted(windows: list[Any], end: str | None) -> None:
    found = trust_end([between(*window) for window in windows], NOW)
    assert found == (datetime.fromisoformat(end + "T23:59:59+00:00") if end else None)


def test_days_are_counted_in_utc() -> None:
    """Half past midnight in Paris is the day before in UTC, by which entries and lives are counted."""
    paris = timezone(timedelta(hours=2))
    known = between(date(2026, 6, 2), date(2026, 6, 3))
    assert not known.covers(datetime(2026, 6, 2, 0, 30, tzinfo=paris))
    assert known.covers(datetime(2026, 6, 2, 2, 0, tzinfo=paris))
    assert known.covers(datetime(2026, 6, 4, 1, 59, tzinfo=paris))
    assert not known.covers(datetime(2026, 6, 4, 2, 0, tzinfo=paris))
    assert trust_end([between(None, date(2026, 6, 1))], datetime(2026, 6, 2, 0, 30, tzinfo=paris)) == datetime(
        2026, 6, 1, 23, 59, 59, tzinfo=UTC
    )
    life = years_after(datetime(2025, 6, 1, 0, 30, tzinfo=paris), 3)
    assert life == datetime(2028, 5, 31, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("2024-03-01T00:30:00+02:00", "2027-03-01T22:30:00+00:00"),  # 29 February in UTC, 1 March in Paris
        ("2025-12-31T23:30:00-01:00", "2029-01-01T00:30:00+00:00"),
    ],
)
def test_three_years_are_counted_in_utc(begin: str, end: str) -> None:
    assert years_after(datetime.fromisoformat(begin), 3) == datetime.fromisoformat(end)


OWN_POLICY = "1.2.250.1.177.2.5.1.1.1"


@pytest.mark.parametrize(
    ("entries", "end"),
    [
        pytest.param(
            [between(None, date(2022, 10, 1), policies=(OWN_POLICY,)), between(None, None, policies=("1.2.3",))], True, id="its own ends"
        ),
        pytest.param(
            [between(None, date(2022, 10, 1), policies=("1.2.3",)), between(None, None, policies=(OWN_POLICY,))], False, id="another ends"
        ),
        pytest.param([between(None, date(2022, 10, 1), policies=())], True, id="one that knows no policies"),
        pytest.param([between(None, date(2022, 10, 1), policies=("1.2.3",))], False, id="none of its own"),
    ],
)
def test_only_entries_of_its_own_policy_end_it(entries: list[TrustEntry], end: bool) -> None:
    moment, why = lifetime_of((SERVER, SERVICES), entries, IN_2022).end
    assert (moment, why) == ((datetime(2022, 10, 1, 23, 59, 59, tzinfo=UTC), ENTRY) if end else (SERVER.not_after, OWN))


def test_a_gap_counts_for_what_the_space_lists_too() -> None:
    store = TrustStore((between(None, date(2026, 7, 1)), between(date(2026, 8, 1), None)))
    moment, why = lifetime_by_issuer(END, SERVICES.named, store, NOW).end
    assert (moment, why) == (datetime(2026, 7, 1, 23, 59, 59, tzinfo=UTC), ENTRY)
