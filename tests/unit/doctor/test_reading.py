# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers held against records of a profile: what is lost, unmapped, malformed; as a table."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.reading import judge_records
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.answers import RecordReader

FIELDS = {
    "siret": "siret",
    "name": "identite.nom",
    "contact_email": "contact.mel",
    "state": "etat",
    "since": {"at": "depuis", "format": "epoch"},
    "reason": "rejet.motif",
}
STATES = {"ACTIF": "active", "CLOS": "closed"}
GOOD = {
    "siret": "21690123100011",
    "identite": {"nom": "Lyon"},
    "contact": {"mel": "x"},
    "etat": "ACTIF",
    "depuis": 1782986400,
    "rejet": None,
}


def judged(*changes: dict[str, Any], fields: dict[str, Any] | None = None) -> list[tuple[str, str, list[str]]]:
    reader = RecordReader("account", {"fields": FIELDS | (fields or {}), "states": STATES}, UTC)
    items = [{name: value for name, value in (GOOD | change).items() if value != "gone"} for change in changes]
    return [(each.outcome, each.code, each.facts.get("paths") or each.facts["values"]) for each in judge_records(reader, items)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([{}], [], id="as declared; a null on the way is an answer"),
        pytest.param([{"etat": "gone"}], [("fail", "field_not_found", ["state: etat"])], id="a needed field is gone"),
        pytest.param([{"identite": {}}], [("warn", "field_left_out", ["name: identite.nom"])], id="another one is gone"),
        pytest.param([{"identite": "Lyon"}], [("warn", "field_left_out", ["name: identite.nom"])], id="it is no object"),
        pytest.param([{"identite": {"nom": None}}], [], id="it is null"),
        pytest.param([{"identite": {}}, {}], [], id="one record has it"),
        pytest.param([{"etat": "SUSPENDU"}, {}], [("fail", "unmapped", ["state 'SUSPENDU'"])], id="a state that is not mapped"),
        pytest.param([{"etat": ["ACTIF"]}], [("fail", "unmapped", ["state ['ACTIF']"])], id="a state that is a list"),
        pytest.param(
            [{"depuis": "hier"}], [("fail", "malformed", ["since 'hier' is not written as the profile says (epoch)"])], id="another format"
        ),
        pytest.param(
            [{"siret": "216901231"}], [("fail", "malformed", ["siret '216901231' is no SIRET (14 digits)"])], id="a SIREN for a SIRET"
        ),
        pytest.param(
            [{"siret": None}, {}], [("fail", "malformed", ["siret: nothing where the profile looks for it (siret)"])], id="one has none"
        ),
    ],
)
def test_records(changes: list[dict[str, Any]], expected: list[tuple[str, str, list[str]]]) -> None:
    assert judged(*changes) == expected


def test_a_field_with_its_own_map() -> None:
    assert judged({}, fields={"name": {"at": "identite.nom", "map": {"Paris": "PARIS"}}}) == [("fail", "unmapped", ["name 'Lyon'"])]


def test_an_expression_that_finds_nothing() -> None:
    """Whether something is missing cannot be told; of a needed field it is trouble anyway."""
    assert judged({}, fields={"siret": "join('', [a, b])"}) == [("fail", "field_not_found", ["siret: join('', [a, b])"])]
    assert judged({}, fields={"name": "a || b"}) == []


def test_names_that_nobody_reads_are_told_first() -> None:
    reader = RecordReader("account", {"fields": FIELDS, "states": STATES}, UTC)
    renamed = {name: value for name, value in GOOD.items() if name != "etat"} | {"statut": "ACTIF", "etats": 1}
    (found,) = judge_records(reader, [renamed])
    assert found.facts["keys"] == ["etats", "statut"]
