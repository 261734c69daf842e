# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped table of communes and EPCI, and what is said where a declaration disagrees with it."""

from __future__ import annotations

import re

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.reference import Known, comparable, disagreements, look_up
from tests.support.collection import PLUGINS

TABLE = PLUGINS / "plugin_utils" / "_shipped" / "reference" / "collectivites.csv"
LINES = TABLE.read_text(encoding="utf-8").splitlines()
LYON, NICE = Known("216901231", "Lyon", "69"), Known("210600888", "Nice", "06")


def test_the_table_is_sorted_and_each_siren_stands_once() -> None:
    sirens = [line.split(";")[0] for line in LINES]
    assert sirens == sorted(set(sirens))
    assert all(re.fullmatch(r"[0-9]{9};[^;]+;(?:[0-9]{2,3}|2[AB]|)", line) for line in LINES)
    assert TABLE.read_bytes().endswith(b"\n")
    assert len(LINES) == 36_130


@pytest.mark.parametrize("place", [0, 1, 2, len(LINES) // 4, len(LINES) // 2, len(LINES) // 2 + 1, -3, -2, -1])
def test_every_place_is_found(place: int) -> None:
    siren, name, departement = LINES[place].split(";")
    assert look_up(siren) == Known(siren, name, departement)


def test_a_sample_of_all_is_found() -> None:
    for line in LINES[::97]:
        assert look_up(line[:9]) == Known(*line.split(";"))


@pytest.mark.parametrize("siren", ["000000000", "200000171", "216901232", "999999999"])
def test_absent(siren: str) -> None:
    assert not any(line.startswith(siren) for line in LINES)
    assert look_up(siren) is None


def test_known() -> None:
    assert (look_up("216901231"), look_up("210600888")) == (LYON, NICE)


@pytest.mark.parametrize(
    ("siret", "name", "departement"),
    [
        ("21690123100011", "Lyon", "69"),
        ("21690123100011", "VILLE DE LYON", None),
        ("21690123100011", None, None),
        ("21690123100011", "", ""),
        ("20000017200019", "Faucigny-Glières", "74"),
        ("2169", "Nice", "06"),
        ("21690123100011x", "Nice", "06"),
        ("", None, None),
    ],
)
def test_agreement(siret: str, name: str | None, departement: str | None) -> None:
    assert disagreements(siret, name, departement) == []


def test_swapped_sirets_are_told() -> None:
    told = disagreements("21060088800015", "Lyon", "69")
    assert told == [
        "siret 21060088800015: declared as 'Lyon', but this SIREN is 'Nice' in the shipped table; were two SIRETs swapped?",
        "siret 21060088800015: declared in département 69, but 'Nice' is in 06 in the shipped table",
    ]
    assert "'Lyon'" in disagreements("21690123100011", "Nice", "06")[0]


def test_not_in_the_table() -> None:
    (told,) = disagreements("99999999900000", "Lyon", "69")
    assert told.startswith("siret 99999999900000: its SIREN 999999999 is not in the shipped table")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Évry-Courcouronnes", "EVRY COURCOURONNES"),
        ("Ville de Lyon", "Lyon"),
        ("Commune de L'Haÿ-les-Roses", "L’Haÿ les Roses"),
        ("Mairie du Mans", "Le Mans"),
        ("Communauté de communes des Portes de Romilly", "CC Portes de Romilly"),
        ("Communauté d'agglomération de Cergy", "CA Cergy"),
        ("St-Étienne", "Saint-Étienne"),
        ("Ste-Foy-lès-Lyon", "Sainte-Foy-lès-Lyon"),
        ("CC Cœur de Sologne", "CC Coeur de Sologne"),
        ("ŒUILLY", "Oeuilly"),
    ],
)
def test_comparable(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Lyon", "Lyons"), ("Saint-Denis", "Saint-Denis-en-Val"), ("Villedieu", "Dieu"), ("Lens", "Sens")]
)
def test_not_comparable(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)
