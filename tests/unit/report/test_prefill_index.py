# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of the conventions to be signed, as a French Excel reads it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import jsonschema
import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.filling import BY_HAND, PROBLEMS
from ansible_collections.collectivites.antai.plugins.module_utils._texts.prefill_index import COLUMNS, STATES
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.prefill_index import (
    KINDS,
    SCHEMA,
    csv_bytes,
    line,
)
from tests.support.collection import ROOT

SIRET = "21690123100011"


def gap(what: str, label: str = "Signataire", source: str | None = "signatory_name") -> dict[str, Any]:
    return {"field": "f", "label": label, "what": what, "source": source, "about": "why"}


def prefill(*gaps: dict[str, Any], state: str = "incomplete") -> dict[str, Any]:
    return {"siret": SIRET, "cycle": "complet", "state": state, "document": "/store/x.pdf", "gaps": list(gaps)}


def cells(*lines: dict[str, Any], language: str = "fr") -> list[list[str]]:
    text = csv_bytes(lines, language)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))


def test_one_line_for_each_and_those_that_are_not_ready_first() -> None:
    found = cells(
        line("Lyon", SIRET, prefill(state="ready")), line("Bourges", SIRET, prefill(gap("missing"))), line("Albi", SIRET, None, "HTTP 500")
    )
    assert [row[0] for row in found] == ["Collectivité", "Bourges", "Albi", "Lyon"]
    assert [row[3] for row in found[1:]] == ["incomplète", "échec", "prête à signer"]
    assert found[2][-1] == "HTTP 500"


def test_the_json_keeps_to_the_published_format() -> None:
    published = json.loads((ROOT / "docs/conventions.schema.json").read_text(encoding="utf-8"))
    lines = [
        line("Lyon", SIRET, prefill(state="ready")),
        line("Bourges", SIRET, prefill(*(gap(kind, source=None) for kind in KINDS))),
        line("Albi", "", None, "HTTP 500"),
        line("Nice", SIRET, None),
    ]
    jsonschema.validate({"schema": SCHEMA, "conventions": lines}, published)
    entry = published["properties"]["conventions"]["items"]["properties"]
    assert (entry["state"]["enum"], entry["gaps"]["required"]) == (list(STATES), list(KINDS))


def test_every_kind_of_gap_has_its_column() -> None:
    assert set(KINDS) == {*PROBLEMS, BY_HAND}
    found = cells(line("Lyon", SIRET, prefill(*(gap(kind, kind) for kind in KINDS))))
    assert found[1][4 : 4 + len(KINDS)] == [f"{kind} (signatory_name)" for kind in KINDS]
    assert len(COLUMNS) == len(found[1])


def test_a_siret_stays_text_in_a_spreadsheet() -> None:
    assert cells(line("Lyon", SIRET, None))[1][1] == f'="{SIRET}"'
    assert cells(line("Lyon", "=1+1", None))[1][1] == "'=1+1"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+33", "-1", "@x"])
def test_no_cell_is_a_formula(name: str) -> None:
    assert cells(line(name, SIRET, prefill(gap("missing", name))))[1][0] == f"'{name}"


def test_a_message_is_one_line() -> None:
    assert cells(line("Lyon", SIRET, None, "a\nb;c"))[1][-1] == "a b;c"


def test_in_english() -> None:
    assert cells(line("Lyon", SIRET, prefill(state="ready")), language="en")[1][3] == "ready to sign"
