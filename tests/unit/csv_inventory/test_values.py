# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cell to one value: types, choices, and what a spreadsheet has done to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import FIELDS
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.columns import target_of
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.values import value_of


def value(path: str, text: str) -> Any:
    target = target_of(path)
    assert target is not None
    return value_of(target.field, target.path, text)


GOOD = [
    ("siret", "21690123100011", "21690123100011"),
    ("name", "L'Haÿ-les-Roses", "L'Haÿ-les-Roses"),
    ("name", "Mars", "Mars"),
    ("name", "Châteauneuf", "Châteauneuf"),
    ("address.street", "16 rue de l'Hôtel de Ville\nBP 20", "16 rue de l'Hôtel de Ville\nBP 20"),
    ("address.postal_code", "01000", "01000"),
    ("departement", "2A", "2A"),
    ("cycle", "Complet", "complet"),
    ("cycle", "PARTIEL", "partiel"),
    ("reopen", "Oui", True),
    ("reopen", "VRAI", True),
    ("exclusive", "faux", False),
    ("exclusive", "0", False),
    ("timeout", "2,5", 2.5),
    ("certificates.fingerprint", "AB:" * 31 + "AB", "ab" * 32),
    ("certificates.key_type", "EC-P256", "ec-p256"),
    ("convention_document", "/srv/01/02/2026", "/srv/01/02/2026"),
]


@pytest.mark.parametrize(("path", "text", "wanted"), GOOD)
def test_good(path: str, text: str, wanted: Any) -> None:
    assert value(path, text) == wanted


BAD = [
    ("siret", "2169012310001", "13 digits: a leading zero may have been lost"),
    ("siret", "2,17E+13", "turned"),
    ("siret", "2.17E+13", "turned"),
    ("siret", "2E+13", "turned"),
    ("siret", "21690123100012", "wrong key"),
    ("siret", "216 901 231 00011", "only digits"),
    ("siret", "#########", "too narrow"),
    ("siret", '="21690123100011"', "formula"),
    ("departement", "1", "a leading zero may have been lost"),
    ("address.postal_code", "1000", "a leading zero may have been lost"),
    ("name", "#N/A", "a formula of the spreadsheet failed"),
    ("name", "#NOM?", "a formula of the spreadsheet failed"),
    ("name", "46044", "a number where words are expected"),
    ("name", "2,17E+13", "lost digits"),
    ("address.street", "01/03/2026", "a date where words are expected"),
    ("address.street", "1-mars", "a date"),
    ("agent_name", "mars-26", "a date"),
    ("agent_name", "2026-03-01 00:00", "a date"),
    ("name", "FenÃªtre", "broken its accents"),
    ("name", "Lâ€™Isle", "broken its accents"),
    ("name", "N\ufffdmes", "broken its accents"),
    ("name", "Lyon\nRhône", "U+000A LINE FEED at position 5, and is to be one line"),
    ("address.street", "1 rue\x07", "U+0007 BELL at position 6, which nobody sees"),
    ("cycle", "complete", "is none of complet, partiel"),
    ("reopen", "peut-être", "neither yes nor no"),
    ("timeout", "vite", "not a number"),
    ("timeout", "1e400", "lost digits"),
    ("contact_email", "mairie", "e-mail"),
    ("address.street", "x" * 1001, "1001 characters"),
    ("certificates.provider", "Société Générale", "no label"),
]


@pytest.mark.parametrize(("path", "text", "why"), BAD, ids=[f"{path}-{text[:20]}" for path, text, _why in BAD])
def test_bad(path: str, text: str, why: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        value(path, text)
    assert why in caught.value.message
    assert caught.value.message.startswith(path)
    assert caught.value.hint


@given(name=st.sampled_from(sorted(FIELDS)), text=st.text(min_size=1, max_size=40))
def test_any_cell_is_a_value_or_refused(name: str, text: str) -> None:
    target = target_of(name)
    assert target is not None
    try:
        value_of(target.field, target.path, text)
    except InvalidInput as error:
        assert error.hint
