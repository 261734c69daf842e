# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields and states in the server's own forms: dates, numbers, words, states computed from several fields or from dates."""

from __future__ import annotations

import base64
from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.links import next_of
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Response
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.answers import RecordReader, server_day
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.expressions import Unexplained

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
        ("since", None, "2026-07-02T10:00Z", "2026-07-02T10:00:00Z"),
        ("since", None, "2026-07-02T10:00:00,5+02", "2026-07-02T08:00:00Z"),
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


AS_THE_PROFILE = "is not written as the profile says"
NO_ISO = r"is no date in ISO 8601 \(2026-11-23, 2026-11-23T08:00:00Z\): give the field a `format`"


@pytest.mark.parametrize("name", ["end", "since"])
@pytest.mark.parametrize(
    ("form", "value", "message"),
    [
        ("%d/%m/%Y", "2026-12-31", AS_THE_PROFILE),
        ("%d/%m/%Y", 12, AS_THE_PROFILE),
        ("epoch", "demain", AS_THE_PROFILE),
        ("epoch", 10**30, AS_THE_PROFILE),
        ("epoch", {"a": 1}, "is no date, but a JSON object"),
        ("epoch", True, "is no date, but a JSON boolean"),
        ("epoch_ms", 1782986400, "is, as epoch_ms, in the year 1970"),
        ("epoch", 0, "is, as epoch, in the year 1970"),
        (None, "01/02/2026", NO_ISO),
        (None, "31/12/2026 10:00", NO_ISO),
        (None, "20261231", NO_ISO),
        (None, 1798671600, NO_ISO),
        (None, 1798671600000, NO_ISO),
        (None, "demain", NO_ISO),
        (None, "2026-W53", NO_ISO),
        (None, "0000-00-00", AS_THE_PROFILE),
        (None, "2026-02-30", AS_THE_PROFILE),
        (None, "2026-13-45T99:99:99Z", AS_THE_PROFILE),
        (None, ["2026-12-31"], "is no date, but a JSON array"),
        (None, False, "is no date, but a JSON boolean"),
    ],
)
def test_dates_that_are_none(name: str, form: str | None, value: Any, message: str) -> None:
    with pytest.raises(Unexplained, match=f"^{name} .* {message}"):
        field(name, {"at": "x", "format": form} if form else "x", value)


SHA256, SHA1 = "0f" * 32, "0f" * 20


@pytest.mark.parametrize(
    ("form", "value", "found"),
    [
        (None, SHA256.upper(), SHA256),
        (None, ":".join(["0F"] * 32), SHA256),
        ("base64", base64.b64encode(bytes.fromhex(SHA256)).decode(), SHA256),
        ("base64", base64.urlsafe_b64encode(bytes.fromhex(SHA256)).decode().rstrip("="), SHA256),
        ("sha1", SHA1, f"sha1:{SHA1}"),
        ("serial", "00AB", "serial:ab"),
        ("serial_decimal", 171, "serial:ab"),
    ],
)
def test_fingerprints(form: str | None, value: Any, found: str) -> None:
    item = {"x": value, "etat": "active"}
    assert read("certificate", {"fingerprint": {"at": "x", "format": form} if form else "x"}, item)["fingerprint"] == found


@pytest.mark.parametrize(
    ("form", "value", "message"),
    [
        (None, SHA1, r"has the length of a SHA-1, and the profile says SHA-256: .* `format` \(sha1\)"),
        (None, SHA256[:-2], "is no SHA-256 written as hex"),
        (None, SHA256 + "00", "is no SHA-256 written as hex"),
        (None, base64.b64encode(bytes.fromhex(SHA256)).decode(), "is no SHA-256 written as hex"),
        (None, "inconnue", "is no SHA-256 written as hex"),
        (None, 12, "is no SHA-256 written as hex"),
        ("base64", SHA256, "is no SHA-256 written as base64"),
        ("base64", base64.b64encode(bytes.fromhex(SHA1)).decode(), "has the length of a SHA-1"),
        ("sha1", SHA256, "is no SHA-1 .40 hexadecimal digits."),
        ("serial", SHA256, "is no serial number"),
        ("serial", "-1", "is no serial number"),
        ("serial", "0", "is no serial number"),
        ("serial_decimal", "ab", "(is no serial number|is not written)"),
        ("pem", base64.b64encode(b"nothing").decode(), "is no certificate in PEM"),
    ],
)
def test_fingerprints_that_are_none(form: str | None, value: Any, message: str) -> None:
    with pytest.raises(Unexplained, match=f"^fingerprint .*{message}"):
        read("certificate", {"fingerprint": {"at": "x", "format": form} if form else "x"}, {"x": value, "etat": "active"})


@pytest.mark.parametrize("name", ["sha256", "countersigned_sha256"])
def test_a_hash_of_a_document_in_another_encoding(name: str) -> None:
    with pytest.raises(Unexplained, match=rf"^{name} .* is no SHA-256 written as hex: give its `format` \(base64\.\.\.\)"):
        field(name, "x", base64.b64encode(bytes.fromhex(SHA256)).decode())


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("siret", "216901231", r"is no SIRET \(14 digits\)"),
        ("siret", "216 901 231 00011", r"is no SIRET \(14 digits\)"),
        ("siret", None, "nothing where the profile looks for it"),
        ("siret", "", "nothing where the profile looks for it"),
        ("siret", True, "is no text, but a JSON boolean"),
        ("name", {"fr": "Lyon"}, "is no text, but a JSON object"),
        ("name", ["Lyon"], "is no text, but a JSON array"),
        ("city", False, "is no text, but a JSON boolean"),
        ("postal_code", 69001.5, "is no text, but a JSON number with decimals"),
        ("contact_email", "m***@lyon.example", r"is masked: leave the field out of the profile \(null\)"),
    ],
)
def test_texts_that_are_none(name: str, value: Any, message: str) -> None:
    with pytest.raises(Unexplained, match=f"^{name}.*{message}"):
        field(name, "x", value, "account")


def test_numbers_are_texts() -> None:
    """Else they would differ from what is declared for ever, and be written at every run."""
    assert field("street", "x", 12, "account") == "12"
    assert field("id", "x", 12) == 12, "it goes back to the server as it came"


@pytest.mark.parametrize("value", ["COMPLET", "cycle complet", 1, None])
def test_a_cycle_that_is_none_of_ours(value: Any) -> None:
    with pytest.raises(Unexplained, match=r"^cycle(:| )"):
        field("cycle", "x", value)


@pytest.mark.parametrize(("kind", "name"), [("account", "siret"), ("convention", "cycle"), ("certificate", "fingerprint")])
def test_what_a_record_is_known_by_is_there(kind: str, name: str) -> None:
    states = {"A": {"account": "active", "convention": "in_force", "certificate": "active"}[kind]}
    with pytest.raises(Unexplained, match=rf"^{name}: nothing where the profile looks for it \(x\)"):
        read(kind, {name: "x"}, {"etat": "A"}, states)


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
    ],
)
def test_a_state_by_dates(start: str | None, end: str | None, found: str) -> None:
    item = {"etat": "SIGNEE", "du": start, "au": end}
    assert read("convention", {"start": "du", "end": "au"}, item, {"SIGNEE": "by_dates"})["state"] == found


@pytest.mark.parametrize(("start", "end", "missing"), [("2026-11-23", None, "end"), (None, None, "start"), ("", "2026-12-31", "start")])
def test_a_state_by_dates_needs_both(start: str | None, end: str | None, missing: str) -> None:
    with pytest.raises(Unexplained, match=f"^{missing}: nothing there, and the state of convention goes by its dates"):
        test_a_state_by_dates(start, end, "")


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
