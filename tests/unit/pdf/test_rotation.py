# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turned pages and turned fields: the value is measured along its field, and read upright, as PDFium draws it."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.blank_form import BlankForm, read_filled
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.filling import fill_fields
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import FieldRule
from tests.support.pdfs import Field, Raw, Sheet
from tests.support.rendering import text_angles
from tests.support.signing import certify, mayor

VALUE = "212 902 324 00012"
UPRIGHT, LEFT_TURN, UPSIDE_DOWN, RIGHT_TURN = 0, 90, 180, 270


def form(page: int | None, field: str, *, tall: bool, above: bool = False) -> bytes:
    """One field, 310 points long. page: its /Rotate; above: on the node above the page. field: more entries of the widget."""

    def turn(raw: Raw) -> None:
        if page is not None:
            mark = b"/Type /Pages" if above else b"/Type /Page "
            raw.objects[:] = [body.replace(mark, b"%s /Rotate %d " % (mark.strip(), page)) for body in raw.objects]

    rect = (100, 60, 118, 370) if tall else (100, 60, 410, 78)
    return Sheet(fields=[Field("siret", rect=rect, entries=f"/DA (/Helv 10 Tf 0 g) {field}")], change=turn).pdf()


@pytest.mark.parametrize(
    ("page", "field", "tall", "seen"),
    [
        pytest.param(None, "", False, UPRIGHT, id="straight"),
        pytest.param(90, "/MK << /R 90 >>", True, UPRIGHT, id="a landscape page, and fields that say so"),
        pytest.param(90, "", True, UPRIGHT, id="a landscape page, and fields that say nothing"),
        pytest.param(180, "/MK << /R 180 >>", False, UPRIGHT, id="upside down"),
        pytest.param(270, "/MK << /R 270 >>", True, UPRIGHT, id="the other landscape"),
        pytest.param(-90, "/MK << /R -90 >>", True, UPRIGHT, id="counted backwards"),
        pytest.param(450, "", True, UPRIGHT, id="more than a turn"),
        pytest.param(None, "/MK << /R 90 >>", True, LEFT_TURN, id="a field along the edge of a straight page"),
        pytest.param(90, "/MK << /R 0 >>", False, RIGHT_TURN, id="as the form says, sideways"),
        pytest.param(None, "/MK << /R 45 >>", False, UPRIGHT, id="a turn that no standard allows"),
    ],
)
def test_a_value_is_measured_along_its_field_and_upright(page: int | None, field: str, tall: bool, seen: int) -> None:
    blank = BlankForm(form(page, field, tall=tall))
    filling = fill_fields(blank.fields, {"siret": FieldRule("siret")}, {"siret": VALUE})
    assert filling.values == {"siret": VALUE}
    filled = blank.fill(filling.values)
    assert read_filled(filled, "x").values == filling.values
    assert text_angles(filled) == {seen}


def test_a_turned_form_that_is_sealed_is_filled_upright_too() -> None:
    blank = BlankForm(certify(form(90, "/MK << /R 90 >>", tall=True), mayor()))
    assert text_angles(blank.fill({"siret": VALUE})) == {UPRIGHT}


def test_a_page_inherits_its_turn() -> None:
    blank = BlankForm(form(90, "", tall=True, above=True))
    assert text_angles(blank.fill({"siret": VALUE})) == {UPRIGHT}


def test_a_value_that_is_too_long_along_its_field_is_told() -> None:
    blank = BlankForm(form(90, "/MK << /R 90 >>", tall=True))
    filling = fill_fields(blank.fields, {"siret": FieldRule("name")}, {"name": "W" * 100})
    assert [gap.problem for gap in filling.gaps] == ["too_long"]
