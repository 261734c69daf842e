# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convention to be signed: what is planned from what lies in the store, and what people wrote in it stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.blank_form import BlankForm, read_filled
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import FormMapping, parse_form_mapping
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.runner import run
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.prefill import Prefill
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import DocumentError, InvalidInput
from tests.support.fake_operations import FakeOperations
from tests.support.observed import NOW, SIRET
from tests.support.pdfs import Field, Sheet, form
from tests.support.signing import certify, field_changed, mayor, sign

BLANK = form({"nom": "", "siret": "", "lieu": ""}, lines=["Convention cycle complet"], signature_field=True).pdf()
NEW_EDITION = form({"nom": "", "siret": "", "lieu": ""}, lines=["Convention 2027"], signature_field=True).pdf()
FORM: FormMapping = parse_form_mapping({"version": 1, "fields": {"nom": "name", "siret": "siret", "lieu": {"by_hand": "when signing"}}})
NO_BLANK = {"convention_blank": BLANK}


class Interface(FakeOperations):
    """given: whether the interface gives blanks at all."""

    def __init__(self, blank: bytes = BLANK, given: bool = True) -> None:
        super().__init__({"convention_blank": blank})
        self.given = given

    def has(self, operation: str) -> bool:
        return self.given and super().has(operation)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path), SIRET)


def result(store: Store | None, interface: Interface | None = None, *, check: bool = False, cycle: str = "complet", **declared: Any) -> Any:
    values = {"name": "L'Haÿ-les-Roses", "siret": SIRET, **declared}
    return run(Prefill(SIRET, cycle, values, FORM), Context(interface or Interface(), store), Settings(check_mode=check))


def codes(found: dict[str, Any]) -> list[str]:
    return [step["code"] for step in found["steps"]]


def to_sign(store: Store) -> Path:
    return store.convention_to_sign("complet")


def test_the_recipe(store: Store) -> None:
    predicted = result(store, check=True)
    assert not store.root.exists()
    made = result(store)
    assert (predicted["changed"], codes(predicted), predicted["prefill"]) == (True, codes(made), made["prefill"])
    assert codes(made) == ["fetch_blank", "prefill_convention"]
    assert (made["prefill"]["state"], made["prefill"]["document"]) == ("ready", str(to_sign(store)))
    assert read_filled(to_sign(store).read_bytes(), "x").values == {"nom": "L'Haÿ-les-Roses", "siret": SIRET}
    before = to_sign(store).stat().st_mtime_ns
    again = result(store)
    assert (again["changed"], codes(again), again["warnings"], to_sign(store).stat().st_mtime_ns) == (False, [], [], before)


def test_nothing_is_written_at_antais(store: Store) -> None:
    interface = Interface()
    result(store, interface)
    assert interface.written == []


def test_a_declaration_that_changes_makes_it_again_and_what_people_wrote_stays(store: Store) -> None:
    result(store)
    to_sign(store).write_bytes(BlankForm(BLANK).fill({"nom": "L'Haÿ-les-Roses", "siret": SIRET, "lieu": "à la mairie"}))
    assert result(store)["changed"] is False
    changed = result(store, name="Lyon")
    assert [step["reason"] for step in changed["steps"]] == ["fields differ from the declaration: nom"]
    assert read_filled(to_sign(store).read_bytes(), "x").values == {"nom": "Lyon", "siret": SIRET, "lieu": "à la mairie"}


def test_what_is_declared_no_more_does_not_stay(store: Store) -> None:
    result(store)
    found = result(store, name=None)
    assert read_filled(to_sign(store).read_bytes(), "x").values == {"siret": SIRET}
    assert found["prefill"]["state"] == "incomplete"
    assert [each["next_action"]["code"] for each in found["waiting"]] == ["convention_data"]
    assert "nom (name)" in found["waiting"][0]["next_action"]["text"]
    assert result(store, name=None)["changed"] is False


def test_what_the_blank_has_of_its_own_makes_no_difference(store: Store) -> None:
    """Where nothing is declared for a field, the blank's own words stay there, and the next run changes nothing."""
    interface = Interface(form({"nom": "", "siret": "(SIRET)", "lieu": ""}, signature_field=True).pdf())
    made = result(store, interface, siret=None)
    assert made["prefill"]["values"] == {"nom": "L'Haÿ-les-Roses", "siret": "(SIRET)"}
    assert result(store, interface, siret=None)["changed"] is False


def test_a_box_that_is_to_stay_empty_makes_no_difference(store: Store) -> None:
    box = Field("siret", "CC", rect=(220, 600, 238, 618), kind="Btn", states=("CC",))
    interface = Interface(Sheet(fields=(Field("nom"), box)).pdf())
    assert result(store, interface, siret="Off")["prefill"]["values"] == {"nom": "L'Haÿ-les-Roses"}
    assert result(store, interface, siret="Off")["changed"] is False


def test_what_people_wrote_and_cannot_be_written_again_is_told(store: Store) -> None:
    result(store)
    wide = form({"nom": "x", "siret": SIRET, "lieu": "東京"}, signature_field=True).pdf()
    to_sign(store).write_bytes(wide)
    found = result(store, check=True)
    assert "lieu cannot be kept" in found["warnings"][0]


def test_a_new_edition_of_the_blank_is_told_and_used(store: Store) -> None:
    result(store)
    found = result(store, Interface(NEW_EDITION), check=True)
    assert (codes(found), "has changed" in found["warnings"][0]) == (["fetch_blank", "prefill_convention"], True)
    result(store, Interface(NEW_EDITION))
    assert store.blank_convention("complet").read_bytes() == NEW_EDITION
    assert read_filled(to_sign(store).read_bytes(), "x").made_from == BlankForm(NEW_EDITION).sha256
    assert result(store, Interface(NEW_EDITION))["changed"] is False


def test_a_document_that_was_signed_there_is_left_alone(store: Store) -> None:
    result(store)
    signed = sign(to_sign(store).read_bytes())
    to_sign(store).write_bytes(signed)
    found = result(store, name="Lyon")
    assert (found["changed"], to_sign(store).read_bytes() == signed) == (False, True)
    assert "carries an electronic signature" in found["warnings"][0]


def test_a_sealed_blank_is_filled_by_an_update_and_its_seal_is_no_signature(store: Store) -> None:
    sealed = Interface(certify(BLANK, mayor()))
    predicted = result(store, sealed, check=True)
    made = result(store, sealed)
    document = to_sign(store).read_bytes()
    assert (predicted["prefill"], made["prefill"]["state"], made["warnings"]) == (made["prefill"], "ready", [])
    assert document.startswith(sealed.convention_blank("complet"))
    assert read_filled(document, "x").values == {"nom": "L'Haÿ-les-Roses", "siret": SIRET}
    again = result(store, sealed)
    assert (again["changed"], again["warnings"]) == (False, [])
    to_sign(store).write_bytes(field_changed(document, "lieu", "Lyon"))
    assert codes(result(store, sealed, name="Lyon")) == ["prefill_convention"]
    assert read_filled(to_sign(store).read_bytes(), "x").values == {"nom": "Lyon", "siret": SIRET, "lieu": "Lyon"}
    to_sign(store).write_bytes(sign(to_sign(store).read_bytes()))
    assert "carries an electronic signature" in result(store, sealed, name="Lyons-la-Forêt")["warnings"][0]


def test_a_prefilled_document_that_was_certified_is_left_alone(store: Store) -> None:
    result(store)
    to_sign(store).write_bytes(certify(to_sign(store).read_bytes(), mayor()))
    assert result(store, name="Lyon")["changed"] is False


@pytest.mark.parametrize("check", [True, False])
def test_a_seal_that_allows_no_filling_is_refused_before_anything_is_written(store: Store, check: bool) -> None:
    with pytest.raises(DocumentError, match="forbids to fill in nom, siret"):
        result(store, Interface(certify(BLANK, mayor(), permissions=1)), check=check)
    assert not store.root.exists()


def test_a_document_that_cannot_be_read_is_made_again(store: Store) -> None:
    result(store)
    to_sign(store).write_bytes(b"%PDF- cut")
    found = result(store)
    assert (codes(found), "cannot be read" in found["steps"][0]["reason"]) == (["prefill_convention"], True)


def test_an_interface_without_blanks_takes_the_one_laid_in_the_store(store: Store) -> None:
    with pytest.raises(InvalidInput, match=r"complet/blank\.pdf"):
        result(store, Interface(given=False))
    store.write(store.blank_convention("complet"), BLANK)
    assert codes(result(store, Interface(given=False))) == ["prefill_convention"]


def test_without_store_nothing_is_asked() -> None:
    interface = Interface()
    with pytest.raises(InvalidInput, match="store: is not set"):
        result(None, interface)
    assert interface.calls == []


def test_a_blank_without_fields_is_an_error(store: Store) -> None:
    with pytest.raises(DocumentError, match="no form fields"):
        result(store, Interface(Sheet(lines=["vide"]).pdf()))


def test_every_gap_is_in_the_result(store: Store) -> None:
    more = Sheet(fields=(Field("nom"), Field("siret"), Field("lieu"), Field("telephone", label="Téléphone"))).pdf()
    found = result(store, Interface(more))["prefill"]
    assert [(gap["field"], gap["what"]) for gap in found["gaps"]] == [("lieu", "by_hand"), ("telephone", "unmapped")]
    assert found["state"] == "incomplete"


# The convention that is to follow has its own place; and what people read


def test_the_next_period_s_document_lies_apart(store: Store) -> None:
    interface = Interface()
    resource = Prefill(SIRET, "partiel", {"name": "Lyon", "siret": SIRET}, FORM, following=True)
    context = Context(interface, store)  # type: ignore[arg-type]
    observed = resource.observe(context)
    for step in resource.plan(observed, NOW).steps:
        resource.apply(context, observed, step, NOW)
    assert interface.calls == [("convention_blank", "partiel")]
    blank, made = store.blank_convention("partiel", following=True), store.convention_to_sign("partiel", following=True)
    assert sorted(each.name for each in store.conventions("partiel").iterdir()) == ["next"], "nothing of the period in force is touched"
    assert (blank.read_bytes(), read_filled(made.read_bytes(), "x").values) == (BLANK, {"nom": "Lyon", "siret": SIRET})
    again = resource.observe(context)
    assert (again.has_blank, again.is_current, again.path, resource.plan(again, NOW).steps) == (True, True, str(made), ())
    with pytest.raises(InvalidInput, match=r"partiel/next/blank\.pdf$"):
        blank.unlink()
        resource.observe(Context(Interface(given=False), store))  # type: ignore[arg-type]


def test_an_interface_that_lacks_only_this_is_not_asked(store: Store) -> None:
    store.write(store.blank_convention("complet"), BLANK)
    operations = FakeOperations(NO_BLANK, absent=("convention_blank",))
    Prefill(SIRET, "complet", {}, FORM).observe(Context(operations, store))  # type: ignore[arg-type]
    assert operations.calls == []


def test_view(store: Store) -> None:
    sha256 = BlankForm(BLANK).sha256
    empty = {"siret": SIRET, "cycle": "complet", "state": "none", "document": None, "blank_sha256": None, "values": {}}
    resource = Prefill(SIRET, "complet", {"name": "Lyon", "siret": SIRET}, FORM)
    plan = resource.plan(resource.observe(Context(Interface(), store)), NOW)  # type: ignore[arg-type]
    gaps = plan.before["gaps"]
    assert plan.before == empty | {"gaps": gaps}
    assert plan.after == empty | {
        "state": "ready",
        "document": str(to_sign(store)),
        "blank_sha256": sha256,
        "values": {"nom": "Lyon", "siret": SIRET},
        "gaps": gaps,
    }
    assert [step.key for step in plan.steps] == [("fetch_blank", "complet"), ("prefill_convention", "complet")]


def reasons(found: dict[str, Any]) -> list[str]:
    return [step["reason"] for step in found["steps"]]


def test_why_it_is_made(store: Store) -> None:
    assert reasons(result(store)) == ["the store holds no blank", "there is none yet"]
    assert reasons(result(store, name="Lyon", siret="x")) == ["fields differ from the declaration: nom, siret"]
    assert reasons(result(store, Interface(NEW_EDITION))) == ["another edition than the store's", "it was made from another blank"]


def test_a_broken_document_is_named(store: Store) -> None:
    result(store)
    to_sign(store).write_bytes(b"%PDF- cut")
    (reason,) = reasons(result(store))
    assert reason.startswith("the one in the store cannot be read (")
    assert str(to_sign(store)) in reason


def test_a_signed_document_is_shown_as_it_is(store: Store) -> None:
    made = result(store)["prefill"]
    to_sign(store).write_bytes(sign(to_sign(store).read_bytes()))
    shown = result(store, name="Lyon")["prefill"]
    assert (shown["values"], shown["state"], shown["document"]) == (made["values"], "ready", str(to_sign(store)))
    resource = Prefill(SIRET, "complet", {"siret": SIRET}, FORM)
    plan = resource.plan(resource.observe(Context(Interface(), store)), NOW)  # type: ignore[arg-type]
    assert (plan.before, plan.before["values"]) == (plan.after, made["values"])


def test_all_that_cannot_be_kept_is_named_after_what_has_changed(store: Store) -> None:
    form_map = parse_form_mapping({"version": 1, "fields": {"nom": {"by_hand": "x"}, "siret": "siret", "lieu": {"by_hand": "x"}}})
    result(store)
    to_sign(store).write_bytes(form({"nom": "京", "siret": SIRET, "lieu": "東"}, signature_field=True).pdf())
    resource = Prefill(SIRET, "complet", {"siret": SIRET}, form_map)
    warnings = resource.plan(resource.observe(Context(Interface(NEW_EDITION), store)), NOW).warnings  # type: ignore[arg-type]
    assert warnings == (
        "ANTAI's blank convention of cycle complet has changed since it was fetched: what was prefilled is made again",
        "what was written by hand in nom, lieu cannot be kept: the font has not all of it, or it is too long",
    )


def test_all_that_is_missing_is_named(store: Store) -> None:
    (waiting,) = result(store, name=None, siret=None)["waiting"]
    assert "nom (name), siret (siret)" in waiting["next_action"]["text"]


def test_what_to_do_is_said(store: Store) -> None:
    with pytest.raises(InvalidInput) as caught:
        result(store, Interface(given=False))
    place = store.blank_convention("complet")
    assert (caught.value.message, caught.value.hint) == (
        f"store: holds no blank convention, and this interface gives none: {place}",
        "download it there by hand",
    )
    with pytest.raises(InvalidInput) as caught:
        result(None)
    assert caught.value.hint == "declare antai_store: the document to be signed is laid there"
