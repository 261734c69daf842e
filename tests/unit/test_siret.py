# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIREN and SIRET: refused early, never corrected (R7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from ansible_collections.collectivites.antai.plugins.module_utils.siret import check_siret
from tests.support.observed import SIRET


@pytest.mark.parametrize(
    "siret",
    [
        pytest.param("21690123100011", id="Lyon"),
        pytest.param("21690123100029", id="an annex budget"),
        pytest.param("35600000000048", id="La Poste, seat: Luhn"),
        pytest.param("35600000049837", id="La Poste, post office: sum is a multiple of 5"),
        pytest.param("92993941100013", id="Saint-Denis since 2025 (R8)"),
        pytest.param("20003019500115", id="Métropole de Nice: 20"),
    ],
)
def test_valid(siret: str) -> None:
    assert check_siret(siret) == siret


MISTAKES = [
    ("213102554", "this is a SIREN (9 digits)"),
    ("69001", "this looks like a postal code or an INSEE code"),
    ("1690123100011", "13 digits: a leading zero may have been lost"),
    ("2.16901E+13", "a spreadsheet has turned the SIRET into a number and lost digits"),
    ("2,16901E+13", "a spreadsheet has turned the SIRET into a number and lost digits"),
    ("2.16901e13", "a spreadsheet has turned the SIRET into a number and lost digits"),
    ("FR83216901231", "this is a VAT number"),
    ("216 901 231 00011", "only digits are accepted"),
    ("216\u00a0901\u00a0231\u00a000011", "only digits are accepted"),
    ("216\u202f901\u202f231\u202f00011", "only digits are accepted"),
    ("216-901-231-00011", "only digits are accepted"),
    ("21690123100011 ", "only digits are accepted"),
    ("21690123100011\n", "only digits are accepted"),
    ("216901231000111", "only digits are accepted"),
    ("2169012310001", "13 digits"),
]


@pytest.mark.parametrize(("value", "said"), MISTAKES)
def test_a_mistake_is_explained_and_not_corrected(value: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_siret(value)
    assert caught.value.message.startswith(f"siret: {value!r} is not a SIRET: {said}")
    assert caught.value.hint
    assert caught.value.details == {"field": "siret", "value": value}


@pytest.mark.parametrize("value", ["", "Lyon", "2169012310001X", "21690123100O11", "٢١٦٩٠١٢٣١٠٠٠١١"])
def test_anything_else(value: str) -> None:
    with pytest.raises(InvalidInput, match="is not a SIRET"):
        check_siret(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("21690123100012", id="wrong key"),
        pytest.param("21690123100101", id="two digits swapped"),
        pytest.param("12690123100011", id="first digits swapped"),
        pytest.param("21690123200010", id="key of the SIREN wrong"),
        pytest.param("35600000049838", id="La Poste, neither rule"),
    ],
)
def test_wrong_key(value: str) -> None:
    with pytest.raises(InvalidInput, match=f"^siret: {value} has a wrong key: at least one digit is not right$"):
        check_siret(value)


def test_zeros_are_no_siret() -> None:
    """Luhn accepts them; templates and spreadsheets are full of them."""
    with pytest.raises(InvalidInput):
        check_siret("0" * 14)


@pytest.mark.parametrize("place", range(14))
@pytest.mark.parametrize("add", range(1, 10))
def test_one_wrong_digit_is_always_seen(place: int, add: int) -> None:
    wrong = SIRET[:place] + str((int(SIRET[place]) + add) % 10) + SIRET[place + 1 :]
    with pytest.raises(InvalidInput):
        check_siret(wrong)


def test_the_field_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"^other: ") as caught:
        check_siret("1", "other")
    assert caught.value.details["field"] == "other"


@given(st.text(max_size=20))
def test_any_text_is_accepted_as_it_is_or_refused(value: str) -> None:
    try:
        assert check_siret(value) == value
    except InvalidInput as error:
        assert error.code == "invalid_input"
