# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields and states in the server's own forms: dates, numbers, words, states computed from several fields or from dates."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.answers import RecordReader, Unexplained, server_day
from ansible_collections.collectivites.antai.plugins.module_utils.https import Response
from ansible_collections.collectivites.antai.plugins.module_utils.links import next_of

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 23)
GOOD = {"convention": "in_force", "account": "active"}


def read(kind: str, fields: dict[str, Any], item: Any, states: dict[Any, str] | None = None, **more: Any) -> dict[str, Any]:
    data = {"fields": {"state": "etat", **fields}, **({"states": states} if states else {}), **more}
    return RecordReader(kind, data, PARIS).read(item, TODAY)


def field(name: str, declared: Any, value: Any, kind: str = "convention") -> Any:
    """What is read of one field; its state is there for the form's sake."""
    return read(kind, {name: declared}, {"x": value, "etat": GOOD[kind]})[name]


@pytest.mark.parametrize(
    ("name", "form", "value", "found"),
    [
        ("end", None, "2026-12-31", "2026-12-31"),
        ("end", None, "2026-12-31T23:59:59+01:00", "2026-12-31"),
        ("end", "%d/%m/%Y", "31/12/2026", "2026-12-31"),
        ("end", "epoch", 1798671600, "2026-12-31"),
        ("end", "epoch_ms", 1798671600000, "2026-12-31"),
        ("end", None, None, None),
        ("end", None, "", None),
        ("since", None, "2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"),
        ("since", None, "2026-07-02T10:00:00", "2026-07-02T08:00:00Z"),
        ("since", None, "2026-07-02", "2026-07-02"),
        ("since", "%d/%m/%Y %H:%M", "02/07/2026 10:00", "2026-07-02T08:00:00Z"),
        ("since", "%Y%m%d%H%M%S%z", "20260702100000+0000", "2026-07-02T10:00:00Z"),
        ("since", "epoch", "1782986400", "2026-07-02T10:00:00Z"),
        ("since", "epoch_ms", 1782986400000, "2026-07-02T10:00:00Z"),
    ],
)
def test_dates(name: str, form: str | None, value: Any, found: str | None) -> None:
    assert field(name, {"at": "x", "format": form} if form else "x", value) == found


@pytest.mark.parametrize(
    ("declared", "value", "found"),
    [
        ({"at": "x", "map": {"CC": "complet"}}, "CC", "complet"),
        ({"at": "x", "map": {1: "complet", 2: "partiel"}}, 2, "partiel"),
        ({"at": "x", "map": {"true": "complet"}}, True, "complet"),
        ({"at": "x", "map": {"CC": "complet", "*": "partiel"}}, "autre", "partiel"),
        ({"at": "x", "map": {"null": "partiel"}}, None, "partiel"),
        ({"at": "x", "map": {"CC": "complet"}}, None, None),
        ("join('', [x, 'let'])", "comp", "complet"),
    ],
)
def test_words(declared: Any, value: Any, found: str | None) -> None:
    assert field("cycle", declared, value) == found


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [("siret", 6088001500015, "06088001500015"), ("postal_code", 1000, "01000"), ("departement", 1, "01"), ("name", "Lyon", "Lyon")],
)
def test_leading_zeros_that_json_has_lost(name: str, value: Any, found: str) -> None:
    assert field(name, "x", value, "account") == found


@pytest.mark.parametrize(
    ("value", "said"),
    [("CX", r"cycle 'CX' is not in the profile's map \(CC\)"), (["CC"], "cycle .* is not in the profile's map")],
)
def test_words_that_nothing_explains(value: Any, said: str) -> None:
    with pytest.raises(Unexplained, match=said):
        field("cycle", {"at": "x", "map": {"CC": "complet"}}, value)


@pytest.mark.parametrize(
    ("form", "value"), [("%d/%m/%Y", "2026-12-31"), ("%d/%m/%Y", 12), ("epoch", "demain"), ("epoch", 10**30), ("epoch", {"a": 1})]
)
def test_dates_that_are_not_written_as_the_profile_says(form: str, value: Any) -> None:
    with pytest.raises(Unexplained, match="is not written as the profile says"):
        field("end", {"at": "x", "format": form}, value)


COMPUTED = "suspendu && 'SUSPENDU' || (signe && !(clos) && 'SIGNE') || etat"
THEIRS = {"SUSPENDU": "closed", "SIGNE": "active", "X": "refused"}


@pytest.mark.parametrize(
    ("state", "states", "item", "found"),
    [
        ("etat", {"A": "active"}, {"etat": "A"}, "active"),
        ("etat", {"true": "active", "false": "closed"}, {"etat": False}, "closed"),
        ("etat", {True: "active", False: "closed"}, {"etat": True}, "active"),
        ("etat", {3: "active"}, {"etat": 3}, "active"),
        ("etat", {"null": "closed", "A": "active"}, {"etat": None}, "closed"),
        ("etat", {"A": "active", "*": "closed"}, {"etat": "zzz"}, "closed"),
        (COMPUTED, THEIRS, {"suspendu": True, "etat": "X"}, "closed"),
        (COMPUTED, THEIRS, {"signe": True, "etat": "X"}, "active"),
        (COMPUTED, THEIRS, {"signe": True, "clos": True, "etat": "X"}, "refused"),
        ("ouvert && 'active' || 'closed'", None, {"ouvert": True}, "active"),
        ({"at": "etat", "map": {"A": "active"}}, None, {"etat": "A"}, "active"),
    ],
)
def test_states(state: Any, states: dict[Any, str] | None, item: dict[str, Any], found: str) -> None:
    assert read("account", {"state": state}, item, states)["state"] == found


@pytest.mark.parametrize(
    ("states", "value"),
    [({"A": "active"}, "B"), ({"A": "active"}, None), ({"A": "active"}, {"a": 1}), (None, "ouvert"), ({"1": "active"}, True)],
)
def test_states_that_nothing_explains(states: dict[Any, str] | None, value: Any) -> None:
    with pytest.raises(Unexplained, match=r"state .* of account is not in the profile's state map"):
        read("account", {}, {"etat": value}, states)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2026-01-01", "2026-12-31", "in_force"),
        ("2026-01-01", "2026-11-23", "in_force"),
        ("2026-01-01", "2026-11-22", "ended"),
        ("2026-11-24", "2029-12-31", "upcoming"),
        ("2026-11-23", None, "in_force"),
        (None, None, "in_force"),
    ],
)
def test_a_state_by_dates(start: str | None, end: str | None, found: str) -> None:
    item = {"etat": "SIGNEE", "du": start, "au": end}
    assert read("convention", {"start": "du", "end": "au"}, item, {"SIGNEE": "by_dates"})["state"] == found


def test_today_is_the_servers() -> None:
    late = Response(200, {"date": "Thu, 31 Dec 2026 23:30:00 GMT"}, b"", {})
    assert (server_day(late, PARIS), server_day(late, UTC)) == (date(2027, 1, 1), date(2026, 12, 31))
    assert server_day(Response(200, {}, b"", {}), UTC) >= date(2026, 1, 1)


def test_extra_fields_stand_apart() -> None:
    found = read("account", {}, {"etat": "active", "v": 3}, extra={"version": "v"})
    assert (found["extra"], "version" in found) == ({"version": 3}, False)


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('</x?p=2>; rel="next"', "/x?p=2"),
        ("</x?p=2>;rel=next", "/x?p=2"),
        ('</a>; rel="prev", </b>; title="x"; rel="last next"', "/b"),
        ("</a>; REL=NEXT", "/a"),
        ('</a>; rel="nextish"', None),
        ("</a>; rev=next", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_link_header(header: str, target: str | None) -> None:
    assert next_of(header) == target
