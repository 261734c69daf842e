# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Form mappings: what they may say, what is wrong with those that say something else, and how values are written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import FieldRule, parse_form_mapping
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.collection import PLUGINS


def whole(**fields: Any) -> dict[str, Any]:
    return {"version": 1, "fields": fields or {"nom": "name"}}


def test_the_shipped_mapping() -> None:
    mapping = parse_form_mapping(yaml.safe_load((PLUGINS / "plugin_utils/_shipped/forms/sandbox.yml").read_text(encoding="utf-8")))
    assert mapping.name == "sandbox"
    assert set(mapping.of("partiel")) - set(mapping.of("complet")) == {"courriel_notification"}
    assert mapping.phrases == {"complet": ("cycle complet",), "partiel": ("cycle partiel",)}


@pytest.mark.parametrize(
    ("rule", "value", "written"),
    [
        (FieldRule("name"), "Lyon", "Lyon"),
        (FieldRule("name", "upper"), "L'Haÿ", "L'HAŸ"),
        (FieldRule("siret", "grouped"), "21690123100011", "216 901 231 00011"),
        (FieldRule("siren", "grouped"), "216901231", "216 901 231"),
        (FieldRule("deliberation_date", "dd/mm/yyyy"), "2026-03-05", "05/03/2026"),
        (FieldRule("deliberation_date", "yyyymmdd"), "2026-03-05", "20260305"),
        (FieldRule("deliberation_date", "dd month yyyy"), "2026-08-05", "05 août 2026"),
        (FieldRule("deliberation_date", "dd.mm.yy"), "2026-03-05", "05.03.26"),
        (FieldRule("deliberation_date"), "2026-03-05", "2026-03-05"),
        (FieldRule("cycle", values={"complet": "CC"}), "complet", "CC"),
        (FieldRule("cycle", values={"complet": "CC"}), "partiel", "partiel"),
    ],
)
def test_how_a_value_is_written(rule: FieldRule, value: str, written: str) -> None:
    assert rule.written(value) == written


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is no form mapping"),
        ([], "is no form mapping"),
        ({"fields": {"nom": "name"}}, "is no form mapping"),
        ({"version": 2, "fields": {"nom": "name"}}, "is no form mapping"),
        ({"version": 1}, "names no field"),
        ({"version": 1, "fields": ["nom"]}, "fields: is no mapping"),
        (whole() | {"champs": {}}, "does not know 'champs'"),
        (whole(nom="mayor"), "fields.nom: 'mayor' is not declared"),
        (whole(nom=3), "fields.nom: must name a declared field"),
        (whole(nom={}), "needs either"),
        (whole(nom={"from": "name", "by_hand": "x"}), "needs either"),
        (whole(nom={"by_hand": " "}), "says why, alone"),
        (whole(nom={"by_hand": "x", "format": "upper"}), "says why, alone"),
        (whole(nom={"from": "mayor"}), "'mayor' is not declared"),
        (whole(nom={"from": "name", "colour": "red"}), "does not know colour"),
        (whole(nom={"from": "name", "format": "dd/mm/yyyy"}), "format 'dd/mm/yyyy' does not fit name"),
        (whole(nom={"from": "name", "format": "grouped"}), "does not fit name"),
        (whole(nom={"from": "deliberation_date", "format": "jj/mm/aaaa"}), "does not fit deliberation_date"),
        (whole(nom={"from": "cycle", "values": ["CC"]}), "is no mapping"),
        (whole() | {"cycles": {"total": {}}}, "cycles: must be a mapping"),
        (whole() | {"cycles": {"partiel": {"fields": {"x": "y"}}}}, "cycles.partiel.fields.x: 'y' is not declared"),
        (whole() | {"says": {"phrases": 1}}, "says: knows"),
        (whole() | {"says": {"cycle": {"total": "x"}}}, "is a mapping of cycles"),
    ],
)
def test_what_is_wrong_is_said(content: Any, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_form_mapping(content)
    assert said in caught.value.message


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_form_mapping(whole(a="x", b="y") | {"z": 1})
    assert len(caught.value.details["problems"]) == 3
