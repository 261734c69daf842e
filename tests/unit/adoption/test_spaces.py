# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a space shows becomes a declaration that reads back the same, or the field stays empty: the pure part of an adoption."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._adoption import rows, spaces, summary
from ansible_collections.collectivites.antai.plugins.plugin_utils._adoption.spaces import AdoptedSpace, CertificateEntry, LeftOutSpace
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.columns import by_title
from tests.support.collection import ROOT
from tests.support.fleet import siret
from tests.support.observed import LISTED_ACCOUNT

NOW = datetime(2026, 11, 28, tzinfo=UTC)
IN_FORCE = {"cycle": "complet", "state": "in_force", "end": "2026-12-31"}
ONE, TWO = "ab" * 32, "cd" * 32
CONNECTION = {"store": None, "est_url": None, "drop_folder": None, "pickup_folder": None}


def certificate(fingerprint: str = ONE, provider: str | None = "parkexemple", state: str = "active", **changes: Any) -> dict[str, Any]:
    return {"fingerprint": fingerprint, "provider": provider, "state": state, "not_after": "2028-01-01T00:00:00Z"} | changes


ACTIVE = certificate()


def listed(conventions: Any = (IN_FORCE,), certificates: Any = (ACTIVE,), **account: Any) -> dict[str, Any]:
    parts = {"conventions": conventions, "certificates": certificates}
    return {"account": LISTED_ACCOUNT | account} | {name: list(records) for name, records in parts.items() if records is not None}


def adopted(pin: bool = False, **changes: Any) -> AdoptedSpace | LeftOutSpace:
    space = spaces.declare_space("agent", listed(**changes), NOW, pin=pin)
    return rows.keep_readable([space], "fr")[0] if isinstance(space, AdoptedSpace) else space


def declared_space(pin: bool = False, **changes: Any) -> AdoptedSpace:
    space = adopted(pin, **changes)
    assert isinstance(space, AdoptedSpace), space
    return space


def codes(space: AdoptedSpace) -> list[str]:
    return [remark.code for remark in space.remarks]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_inventory_plugin_knows_every_title(language: str) -> None:
    *titles, agent = rows.titles(language)
    assert [target.path if (target := by_title(title)) else None for title in titles] == list(rows.PATHS)
    assert by_title(agent) is None, "it declares nothing"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_all_that_is_shown_reads_back_as_it_is(language: str) -> None:
    (entry,) = rows.read_back([declared_space()], language)
    assert entry.values == {
        "siret": LISTED_ACCOUNT["siret"],
        "name": "Albi",
        "departement": "81",
        "address": {"street": LISTED_ACCOUNT["street"], "postal_code": "81000", "city": "Albi"},
        "contact_email": "fps@albi.example",
        "cycle": "complet",
        "certificates": [{"provider": "parkexemple", "keys": "elsewhere"}],
    }
    assert (entry.extra, entry.host) == ({"csv_agent": "agent"}, "albi-21810004800014")


# A field as the space shows it, the code of what is remarked, and whether the collectivité stays.
FIELDS = (
    ({"departement": None}, None, True),
    ({"departement": ""}, None, True),
    ({"departement": "1"}, "unreadable_field", True),
    ({"departement": "01", "postal_code": "01000"}, None, True),
    ({"postal_code": "8100"}, "unreadable_field", True),
    ({"contact_email": "fps at albi"}, "unreadable_field", True),
    ({"contact_email": "@cmd|x"}, "formula", True),
    ({"street": "+33 rue"}, "formula", True),
    ({"street": "-1"}, "formula", True),
    ({"street": '=HYPERLINK("https://x.example")'}, "formula", True),
    ({"street": "\t16 rue"}, "formula", True),
    ({"street": "16 rue\nCS 40001"}, None, True),
    ({"street": '16; rue "du" Port'}, None, True),
    ({"city": "Albi "}, "unreadable_field", True),
    ({"city": "Al\u202ebi"}, "unreadable_field", True),
    ({"city": "Al\x1b[2Jbi"}, "unreadable_field", True),
    ({"city": "{{ lookup('pipe', 'id') }}"}, "unreadable_field", True),
    ({"city": "1/2/2026"}, "unreadable_field", True),
    ({"name": "L'Ha\u0302y"}, None, True),
    ({"name": "N" * 80}, None, True),
    ({"name": None}, "no_name", False),
    ({"name": "=Albi"}, "no_name", False),
    ({"name": "Albi "}, "no_name", False),
    ({"name": "Al\u200bbi"}, "unusable", False),
    ({"name": "{{ albi }}"}, "unusable", False),
    ({"siret": "21810004800015"}, "bad_siret", False),
    ({"state": "closed"}, "closed", False),
    ({"state": "under_control"}, None, True),
    ({"state": "refused"}, None, True),
)


@pytest.mark.parametrize(("account", "code", "stays"), FIELDS)
def test_what_cannot_be_declared_stays_empty_and_is_remarked(account: dict[str, Any], code: str | None, stays: bool) -> None:
    space = adopted(**account)
    assert isinstance(space, AdoptedSpace) is stays
    if isinstance(space, LeftOutSpace):
        assert space.remark.code == code
        return
    assert codes(space) == ([code] if code else [])
    rows.read_back([space], "fr")  # raises where the plugin would refuse the file
    if code:
        assert len(space.fields) == 7, "one of the eight is empty"


def test_one_odd_space_spoils_no_other() -> None:
    both = [declared_space(), AdoptedSpace("agent", siret(1), "active", {"siret": siret(1), "name": "{{ x }}"}, (), {"account": {}})]
    good, odd = rows.keep_readable(both, "fr")
    assert (good, isinstance(odd, LeftOutSpace)) == (both[0], True)


# Conventions, then the cycle, the state, and what is remarked.
CONVENTIONS: tuple[tuple[Any, str | None, str | None, list[str]], ...] = (
    (None, None, None, ["conventions_unseen"]),
    ([], None, None, ["no_convention"]),
    ([IN_FORCE], "complet", "in_force", []),
    ([{"cycle": "partiel", "state": "in_force"}], "partiel", "in_force", []),
    ([{"cycle": "partiel", "state": "in_force"}, {"cycle": "complet", "state": "submitted"}], "complet", "submitted",
     ["both_cycles", "convention_submitted"]),
    ([{"cycle": "complet", "state": "upcoming"}, IN_FORCE], "complet", "in_force", []),
    ([{"cycle": "partiel", "state": "ended", "end": "2023-12-31"}, {"cycle": "complet", "state": "ended", "end": "2020-12-31"}],
     "partiel", "ended", ["convention_ended"]),
    ([{"cycle": "complet", "state": "refused", "since": "2026-01-01"}], "complet", "refused", ["convention_refused"]),
    ([{"cycle": "partiel", "state": "ended", "end": "2026-12-31"}, {"cycle": "complet", "state": "upcoming"}], "complet", "upcoming",
     ["convention_upcoming"]),
)  # fmt: skip


@pytest.mark.parametrize(("conventions", "cycle", "state", "remarks"), CONVENTIONS)
def test_the_cycle_is_that_of_the_conventions(conventions: Any, cycle: str | None, state: str | None, remarks: list[str]) -> None:
    space = declared_space(conventions=conventions)
    assert (space.fields.get("cycle"), space.convention, codes(space)) == (cycle, state, remarks)


# Certificates of the space, then (label, fingerprint) of each entry with pin or without, and what is remarked.
CERTIFICATES: tuple[tuple[Any, bool, list[tuple[str, str | None]], list[str]], ...] = (
    (None, False, [], ["certificates_unseen"]),
    ([], False, [], ["no_active_certificate"]),
    ([certificate(state="inactive")], False, [], ["no_active_certificate"]),
    ([certificate()], False, [("parkexemple", None)], []),
    ([certificate()], True, [("parkexemple", ONE)], []),
    ([certificate(), certificate(TWO)], False, [("parkexemple", None)], ["several_active"]),
    ([certificate(), certificate(TWO)], True, [("parkexemple", None)], ["several_active"]),
    ([certificate(), certificate(TWO, "horodat")], False, [("parkexemple", None), ("horodat", None)], []),
    ([certificate(), certificate(TWO, state="inactive")], True, [("parkexemple", ONE)], []),
    ([certificate(provider="Parc & Cie")], False, [("parc-cie", ONE)], ["relabelled"]),
    ([certificate(provider=None)], False, [(f"certificat-{ONE[:12]}", ONE)], ["relabelled"]),
    ([certificate(provider="parc-cie"), certificate(TWO, "Parc & Cie")], False, [("parc-cie", None), (f"parc-cie-{TWO[:12]}", TWO)],
     ["relabelled"]),
    ([certificate("sha1:" + "ab" * 20)], True, [("parkexemple", None)], []),
    ([certificate("sha1:" + "ab" * 20, "Parc & Cie")], False, [], ["not_nameable"]),
    ([certificate(provider="=1+1")], False, [("1-1", ONE)], ["relabelled"]),
    ([certificate(not_after="2026-01-01T00:00:00Z")], False, [("parkexemple", None)], ["expired"]),
)  # fmt: skip


@pytest.mark.parametrize(("certificates", "pin", "entries", "remarks"), CERTIFICATES)
def test_labels_are_unique_and_stand_for_what_is_active(
    certificates: Any, pin: bool, entries: list[tuple[str, str | None]], remarks: list[str]
) -> None:
    space = declared_space(pin, certificates=certificates)
    assert [(entry.provider, entry.fingerprint) for entry in space.certificates] == entries
    assert codes(space) == remarks
    assert len({entry.provider for entry in space.certificates}) == len(entries)
    declared = rows.read_back([space], "fr")[0].values.get("certificates", [])
    assert [(entry["provider"], entry.get("fingerprint"), entry["keys"]) for entry in declared] == [
        (label, fingerprint, "elsewhere") for label, fingerprint in entries
    ]


def test_several_agents_see_one_space() -> None:
    once, others = spaces.first_of_each([("one", listed()), ("two", listed()), ("two", listed(siret=siret(2)))])
    assert [agent for agent, _listed in once] == ["one", "two"]
    assert others == {LISTED_ACCOUNT["siret"]: ["two"]}


# What the space or the connection has, beside what is always missing of the people.
MISSING: tuple[tuple[dict[str, Any], dict[str, Any], list[str]], ...] = (
    ({}, {}, ["key", "store", "channel", "contact"]),
    ({}, {"store": "/s", "est_url": "https://est.example"}, ["key", "contact"]),
    ({}, {"store": "/s", "drop_folder": "/in"}, ["key", "channel", "contact"]),
    ({}, {"store": "/s", "drop_folder": "/in", "pickup_folder": "/out"}, ["key", "contact"]),
    ({"certificates": []}, {"store": "/s", "est_url": "https://est.example"}, ["certificate", "contact"]),
    ({"conventions": []}, {"store": "/s", "est_url": "https://est.example"}, ["convention", "key", "contact"]),
    ({"state": "under_control"}, {"store": "/s", "est_url": "https://est.example"}, ["account", "key", "contact"]),
    ({"name": "N" * 80}, {"store": "/s", "est_url": "https://est.example"}, ["key", "contact", "organisation"]),
)


@pytest.mark.parametrize(("changes", "connection", "missing"), MISSING)
def test_what_is_missing_to_rotate(changes: dict[str, Any], connection: dict[str, Any], missing: list[str]) -> None:
    space = declared_space(**changes)
    gaps = summary.missing_to_rotate(space, CONNECTION | connection)
    assert [gap.code for gap in gaps] == missing


def test_a_key_that_is_here_is_not_missing() -> None:
    space = declared_space()
    here = AdoptedSpace(
        **{**vars(space), "certificates": (CertificateEntry("parkexemple", None, spaces.STORE, space.certificates[0].listed),)}
    )
    (entry,) = rows.read_back([here], "fr")
    assert entry.values["certificates"] == [{"provider": "parkexemple"}]
    assert "key" not in {gap.code for gap in summary.missing_to_rotate(here, CONNECTION)}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_summary_keeps_to_the_published_format(language: str) -> None:
    both = [declared_space(contact_email=None), declared_space(siret=siret(1), name="Nice", certificates=[certificate(), certificate(TWO)])]
    adoption = summary.Adoption(
        both,
        rows.read_back(both, language),
        [LeftOutSpace("agent", siret(2), "=Lyon", spaces.Remark("closed"))],
        {"agent": CONNECTION},
        steps=[],
        not_shown=["gap"],
        lonely=["/keys/alone.key"],
    )
    contents = summary.contents(adoption, language)
    jsonschema.validate(contents, json.loads((ROOT / "docs/adoption.schema.json").read_text(encoding="utf-8")))
    assert contents["totals"] | {"missing": None} == {
        "adopted": 2, "left_out": 1, "certificates": 3, "here": 0, "elsewhere": 3, "ready": 0, "missing": None, "steps": 0
    }  # fmt: skip
    text = summary.text(contents, 1, 120, ["/srv/collectivites.csv"], check_mode=False)
    assert "/keys/alone.key" in text and "gap" in text and "2 x Albi, Nice" in text
    assert "'=Lyon" in summary.csv_bytes(contents).decode(), "no formula in the report either"


def test_the_terminal_says_that_check_mode_writes_nothing() -> None:
    contents = summary.contents(summary.Adoption([], [], [], {}), "en")
    assert "nothing is written" in summary.text(contents, 10, None, ["/srv/collectivites.csv"], check_mode=True)
    assert "not counted" in summary.text(contents, 10, None, [], check_mode=True)
