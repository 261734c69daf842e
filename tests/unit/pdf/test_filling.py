# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a form and what does not, over a form of our own with every kind of field; then written, and read back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.blank_form import BlankForm, parsed_blank, read_filled
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.filling import Filling, fill_fields
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import FieldRule
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.signatures import examine_signatures
from ansible_collections.collectivites.antai.plugins.module_utils.dates import instant
from ansible_collections.collectivites.antai.plugins.module_utils.errors import DocumentError
from tests.convention_proof.special import encrypted
from tests.support.pdfs import Field, Sheet
from tests.support.signing import NOW, ca, certify, mayor, sign

SHEET = Sheet(
    lines=["un formulaire"],
    fields=(
        Field("nom", label="Nom officiel"),
        Field("siret", rect=(220, 560, 430, 578), entries="/MaxLen 14 /Ff 16777216"),
        Field("adresse", rect=(220, 500, 400, 550), entries="/Ff 4096"),
        Field("cycle", rect=(220, 480, 238, 498), kind="Btn", states=("CC",)),
        Field("fonction", rect=(220, 450, 400, 468), kind="Ch", entries="/Ff 131072 /Opt [[(M) (Maire)] [(P) (President)]]"),
        Field("lieu", rect=(220, 420, 400, 438)),
        Field("envoyer", rect=(220, 390, 400, 408), kind="Btn", entries="/Ff 65536"),
    ),
    signature_field=True,
)
RULES = {
    "nom": FieldRule("name"),
    "siret": FieldRule("siret"),
    "adresse": FieldRule("address"),
    "cycle": FieldRule("cycle", values={"complet": "CC", "partiel": "CP"}),
    "fonction": FieldRule("signatory_function", values={"Maire": "M"}),
    "lieu": FieldRule(by_hand="who signs writes it"),
}
DECLARED: dict[str, str | None] = {
    "name": "L'Haÿ-les-Roses",
    "siret": "21940038900017",
    "address": "41 rue Jean-Jaurès, 94240 L'Haÿ-les-Roses",
    "cycle": "complet",
    "signatory_function": "Maire",
}


@pytest.fixture(scope="module")
def blank() -> BlankForm:
    return BlankForm(SHEET.pdf())


def filling(blank: BlankForm, rules: dict[str, FieldRule] | None = None, **declared: str | None) -> Filling:
    return fill_fields(blank.fields, RULES if rules is None else rules, DECLARED | declared)


def gaps(found: Filling) -> dict[str, str]:
    return {gap.field: gap.problem for gap in found.gaps}


def test_every_kind_of_field_is_filled_and_read_back(blank: BlankForm) -> None:
    found = filling(blank)
    assert found.values == {
        "nom": "L'Haÿ-les-Roses",
        "siret": "21940038900017",
        "adresse": "41 rue Jean-Jaurès, 94240 L'Haÿ-les-Roses",
        "cycle": "CC",
        "fonction": "M",
    }
    assert gaps(found) == {"lieu": "by_hand", "signature": "by_hand"}
    read = read_filled(blank.fill(found.values), "x")
    assert (read.values, read.made_from, read.signed) == (found.values, blank.sha256, False)


def test_the_labels_are_those_of_the_form(blank: BlankForm) -> None:
    assert blank.fields["nom"].label == "Nom officiel"
    assert "envoyer" not in blank.fields, "a push button is no field to fill"


def test_the_same_values_make_the_same_bytes_and_nothing_of_another_stays(blank: BlankForm) -> None:
    first = blank.fill(filling(blank).values)
    filled = blank.fill({"nom": "Bourges"})
    assert read_filled(filled, "x").values == {"nom": "Bourges"}
    assert blank.fill(filling(blank).values) == first == BlankForm(SHEET.pdf()).fill(filling(blank).values)


@pytest.mark.parametrize(
    ("declared", "field", "what", "about"),
    [
        ({"name": None}, "nom", "missing", "name is not declared"),
        ({"name": "  "}, "nom", "missing", "name is not declared"),
        ({"name": "W" * 100}, "nom", "too_long", "does not fit"),
        ({"siret": "21940038900017 " + "1"}, "siret", "too_long", "takes 14"),
        ({"address": "mot " * 300}, "adresse", "too_long", "does not fit"),
        ({"name": "Fa\u02bba\u02bb\u0101"}, "nom", "unprintable", "U+02BB"),
        ({"cycle": "partiel"}, "cycle", "no_choice", "'CP' is none of CC"),
        ({"signatory_function": "Adjoint"}, "fonction", "no_choice", "none of M, P"),
    ],
)
def test_what_is_not_filled_is_told(blank: BlankForm, declared: dict[str, Any], field: str, what: str, about: str) -> None:
    found = filling(blank, **declared)
    gap = next(gap for gap in found.gaps if gap.field == field)
    assert (gap.problem, field in found.values, gap in found.problems) == (what, False, True)
    assert about in gap.reason


def test_a_field_without_mapping_and_a_mapping_without_field(blank: BlankForm) -> None:
    rules = {name: rule for name, rule in RULES.items() if name != "lieu"} | {"ville": FieldRule("address.city")}
    assert gaps(filling(blank, rules)) == {"lieu": "unmapped", "signature": "by_hand", "ville": "not_in_form"}


def test_an_accent_apart_becomes_one_character(blank: BlankForm) -> None:
    assert filling(blank, name="Se\u0301ne\u0301chas").values["nom"] == "Sénéchas"


def test_a_blank_is_parsed_once() -> None:
    content = SHEET.pdf()
    assert parsed_blank(content) is parsed_blank(bytes(bytearray(content)))


def test_a_signature_is_seen() -> None:
    assert read_filled(sign(SHEET.pdf()), "x").signed


def test_a_blank_that_is_protected_against_changes_is_filled() -> None:
    filled = BlankForm(encrypted("", SHEET.pdf())).fill({"nom": "Lyon"})
    assert read_filled(filled, "x").values == {"nom": "Lyon"}
    assert b"/Encrypt" not in filled


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be used"),
        (b"%PDF-1.4 x", "cannot be used"),
        (Sheet(lines=["rien"]).pdf(), "it has no form fields"),
        (Sheet(catalog="/AcroForm << /Fields [] /XFA [] >>").pdf(), "an XFA form"),
        (encrypted("secret"), "password"),
        (certify(replace(SHEET, form="/XFA []").pdf(), mayor()), "an XFA form too"),
    ],
)
def test_a_blank_that_cannot_be_filled(content: bytes, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        BlankForm(content)
    assert said in caught.value.message
    assert caught.value.hint


def test_what_would_hide_our_values_is_taken_out() -> None:
    with_more = replace(SHEET, form="/NeedAppearances true /XFA []").pdf()
    filled = BlankForm(with_more).fill({"nom": "Lyon"})
    assert b"XFA" in with_more
    assert b"XFA" not in filled
    assert b"NeedAppearances" not in filled


def test_every_kind_of_field_of_a_sealed_blank_is_filled_and_its_seal_stays_whole() -> None:
    blank = BlankForm(certify(SHEET.pdf(), mayor()))
    found = filling(blank)
    assert gaps(found) == {"lieu": "by_hand", "signature": "by_hand"}, "the seal itself is no field to sign"
    filled = blank.fill(found.values)
    assert (read_filled(filled, "x").values, read_filled(filled, "x").signed) == (found.values, False)
    (seal,) = examine_signatures(filled, ["certification"], instant(NOW), [ca().pem])
    assert (seal.intact, seal.altered, seal.covers) == (True, None, "before_prefill")
    assert seal.filled_later == ("adresse", "cycle", "fonction", "nom", "siret")


def test_second_values_go_with_the_value_that_they_repeat() -> None:
    fields = [
        Field("nom", "Ancien", rect=(220, 700, 530, 718), entries="/RV (<body><p>Ancien</p></body>) /Ff 33554432"),
        Field("fonction", "M", rect=(220, 650, 530, 668), kind="Ch", entries="/Ff 131072 /Opt [[(M) (Maire)] [(P) (President)]] /I [0]"),
    ]
    blank = BlankForm(Sheet(fields=fields).pdf())
    filled = blank.fill({"nom": "Lyon", "fonction": "P"})
    assert (b"/RV" in filled, b"/I [" in filled, b"Ancien" in filled) == (False, False, False)
    assert b"/RV" in blank.fill({}), "what is not filled stays as the blank has it"


BUTTON = Field("case", rect=(220, 700, 238, 718), kind="Btn", states=("Oui",))
FULL_MAPPING = {"case": FieldRule("cycle", values={"complet": "Oui", "partiel": "Off"})}


@pytest.mark.parametrize(("cycle", "checked"), [("complet", {"case": "Oui"}), ("partiel", {})])
@pytest.mark.parametrize("before", ["Off", "Oui"])
def test_a_button_is_set_and_taken_off(cycle: str, checked: dict[str, str], before: str) -> None:
    blank = BlankForm(Sheet(fields=[replace(BUTTON, value=before)]).pdf())
    filling = fill_fields(blank.fields, FULL_MAPPING, {"cycle": cycle})
    assert (filling.gaps, read_filled(blank.fill(filling.values), "x").values) == ((), checked)


def test_a_button_that_draws_no_state_is_left_to_people_and_told() -> None:
    blank = BlankForm(Sheet(fields=[replace(BUTTON, states=())]).pdf())
    (gap,) = fill_fields(blank.fields, FULL_MAPPING, {"cycle": "complet"}).gaps
    assert (gap.problem, "by hand" in gap.reason) == ("no_choice", True)


def test_an_open_list_takes_other_values_and_a_password_none() -> None:
    fields = (
        Field("fonction", rect=(220, 700, 430, 718), kind="Ch", entries=f"/Ff {1 << 17 | 1 << 18} /Opt [(Maire)]"),
        Field("code", rect=(220, 650, 430, 668), entries=f"/Ff {1 << 13}"),
    )
    blank = BlankForm(Sheet(fields=fields).pdf())
    filling = fill_fields(blank.fields, {"fonction": FieldRule("name"), "code": FieldRule("name")}, {"name": "Adjoint"})
    assert filling.values == {"fonction": "Adjoint"}
    assert {gap.field: gap.problem for gap in filling.gaps} == {"code": "unprintable"}
    assert read_filled(blank.fill(filling.values), "x").values == filling.values


def test_what_the_reader_was_to_draw_is_drawn_where_we_can() -> None:
    """Without it, readers that draw no field themselves would show nothing of what the blank says."""
    fields = [Field("nom", rect=(220, 700, 430, 718)), Field("lieu", "Bourges", rect=(220, 650, 430, 668))]
    drawn = BlankForm(Sheet(fields=fields, form="/NeedAppearances true").pdf()).fill({"nom": "Lyon"})
    assert (b"NeedAppearances" in drawn, b"(Bourges) Tj" in drawn) == (False, True)
    foreign = [*fields, Field("autre", "\u6771\u4eac", rect=(220, 600, 430, 618))]
    filled = BlankForm(Sheet(fields=foreign, form="/NeedAppearances true").pdf()).fill({"nom": "Lyon"})
    assert b"/NeedAppearances true" in filled
