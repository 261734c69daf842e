# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on documents as a table over facts; documents themselves are in tests/convention_proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document_rules import (
    RULES,
    DocumentInputs,
    comparable_text,
    failure_phrases,
    judge_document,
    remarks,
    sirets_in,
)
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import FieldRule, FormMapping
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.inspection import ElectronicSignature, Inspection
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Override
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput

SIRET, OTHER = "21690123100011", "21310555400017"
TEXT = f"Convention cycle complet. Commune de Lyon, SIRET {SIRET}. Relative au forfait de post-stationnement."
GOOD = Inspection(pages=1, text=TEXT, text_pages=1, images=1)
FORM = FormMapping(rules={"complet": {"nom": FieldRule("name"), "numero": FieldRule("siret")}})
CASE = DocumentInputs(
    1000, 2000, True, GOOD, datetime(2026, 3, 1, tzinfo=UTC), FORM, "complet", SIRET, "Lyon", {"siret": SIRET, "name": "Lyon"}
)
SIGNED = ElectronicSignature("s", signer="CN=Maire", issuer="CN=AC", at="2026-02-01T00:00:00Z", intact=True, valid=True, asked=True)


def seen(**facts: object) -> DocumentInputs:
    return replace(CASE, facts=replace(GOOD, **facts))  # type: ignore[arg-type]


def signed(**about: object) -> DocumentInputs:
    return seen(signatures=(replace(SIGNED, **about),))  # type: ignore[arg-type]


BOXED = FormMapping(rules={"complet": {"case": FieldRule("cycle", values={"complet": "Off", "partiel": "CP"})}})
SEAL = replace(SIGNED, permissions=2, covers="blank")


def sealed(**about: object) -> DocumentInputs:
    return seen(images=0, signatures=(replace(SEAL, **about),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "case", "outcome"),
    [
        ("pdf", CASE, "pass"),
        ("pdf", replace(CASE, size=0), "fail"),
        ("pdf", replace(CASE, pdf=False, facts=None), "fail"),
        ("size", replace(CASE, size=2000), "pass"),
        ("size", replace(CASE, size=2001), "fail"),
        ("whole", CASE, "pass"),
        ("whole", seen(damage="it is cut short"), "fail"),
        ("whole", replace(CASE, facts=None), "not_verifiable"),
        ("readable", CASE, "pass"),
        ("readable", seen(unreadable="it is encrypted"), "fail"),
        ("readable", replace(CASE, facts=None), "not_verifiable"),
        ("active_content", CASE, "pass"),
        ("active_content", seen(active=("JavaScript",)), "warn"),
        ("active_content", seen(unreadable="x"), "not_verifiable"),
        ("cycle", CASE, "pass"),
        ("cycle", replace(CASE, cycle="partiel"), "fail"),
        ("cycle", replace(CASE, cycle=None), "not_verifiable"),
        ("cycle", seen(text="CYCLE  Complet"), "pass"),
        ("cycle", seen(text="cycle complet, non cycle partiel"), "not_verifiable"),
        ("cycle", seen(text=""), "not_verifiable"),
        ("siret", CASE, "pass"),
        ("siret", replace(CASE, siret=None), "not_verifiable"),
        ("siret", seen(text=f"{SIRET} {OTHER}"), "warn"),
        ("siret", replace(seen(text=f"{SIRET} {OTHER}"), form=replace(FORM, sirets=(OTHER,))), "pass"),
        ("siret", seen(text=OTHER), "fail"),
        ("siret", seen(text="sans numéro"), "not_verifiable"),
        ("siret", seen(text="", fields={"numero": SIRET}), "pass"),
        ("name", CASE, "pass"),
        ("name", replace(CASE, name=None), "not_verifiable"),
        ("name", replace(CASE, name="Vienne"), "fail"),
        ("name", seen(text="", fields={"nom": "Ville de Lyon"}), "pass"),
        ("name", seen(text=TEXT, fields={"nom": "Lyons-la-Forêt"}), "fail"),
        ("name", seen(text="x" * 100), "warn"),
        ("name", seen(text=""), "not_verifiable"),
        ("fields", CASE, "not_verifiable"),
        ("fields", seen(fields={"numero": "216 901 231 00011"}), "pass"),
        ("fields", seen(fields={"numero": OTHER}), "fail"),
        ("fields", seen(fields={"numero": ""}), "fail"),
        ("fields", replace(seen(fields={"case": ""}), form=BOXED, values={"cycle": "complet"}), "pass"),
        ("fields", replace(seen(fields={"case": "CP"}), form=BOXED, values={"cycle": "complet"}), "fail"),
        ("signature", CASE, "not_verifiable"),
        ("signature", replace(CASE, unsigned=True), "fail"),
        ("signature", seen(images=0, ink=1), "not_verifiable"),
        ("signature", seen(images=0), "fail"),
        ("signature", signed(), "pass"),
        ("signature", sealed(), "fail"),
        ("signature", sealed(covers="before_prefill", permissions=None), "fail"),
        ("signature", sealed(covers="filled"), "not_verifiable"),
        ("signature", sealed(covers="no_form"), "not_verifiable"),
        ("signature", sealed(covers="prefilled"), "pass"),
        ("signature", sealed(covers="blank", permissions=None), "pass"),
        ("signature", seen(images=0, signatures=(SEAL, SIGNED)), "pass"),
        ("signature", seen(images=1, signatures=(SEAL,)), "not_verifiable"),
        ("signature_integrity", CASE, "not_verifiable"),
        ("signature_integrity", signed(), "pass"),
        ("signature_integrity", signed(intact=False), "fail"),
        ("signature_integrity", signed(valid=False), "fail"),
        ("signature_integrity", signed(error="no CMS"), "fail"),
        ("signature_unaltered", signed(), "pass"),
        ("signature_unaltered", signed(altered="a field was filled"), "fail"),
        ("signature_unaltered", signed(error="no CMS"), "not_verifiable"),
        ("signature_signer", signed(), "pass"),
        ("signature_signer", signed(asked=False), "not_verifiable"),
        ("signature_signer", signed(distrust="no path"), "fail"),
        ("signature_signer", signed(distrust="no path", judged_at="2026-02-01T00:00:00Z"), "fail"),
        ("signature_signer", sealed(distrust="no path"), "warn"),
        ("signature_signer", seen(signatures=(replace(SEAL, distrust="no path"), replace(SIGNED, distrust="no path"))), "fail"),
        ("signature_signer", signed(intact=False), "not_verifiable"),
        ("signature_signer", signed(error="no CMS"), "not_verifiable"),
        ("signature_time", signed(), "pass"),
        ("signature_time", signed(at="2026-03-01T00:09:00Z"), "pass"),
        ("signature_time", signed(at="2026-03-01T00:11:00Z"), "fail"),
        ("signature_time", signed(at=None), "warn"),
        ("signature_time", signed(error="no CMS"), "not_verifiable"),
    ],
)
def test_rule(rule: str, case: DocumentInputs, outcome: str) -> None:
    verdict = next(each for each in judge_document(case).verdicts if each.rule == rule)
    assert (verdict.outcome, bool(verdict.reason), bool(verdict.source)) == (outcome, True, True)


def test_of_two_signatures_the_worse_counts_and_both_are_told() -> None:
    case = seen(signatures=(SIGNED, replace(SIGNED, field="t", altered="the page was changed")))
    verdict = next(each for each in judge_document(case).verdicts if each.rule == "signature_unaltered")
    assert verdict.outcome == "fail"
    assert verdict.reason == "s: nothing came after it; t: the page was changed"


def test_an_override_softens_one_rule_and_stays_visible() -> None:
    case = seen(text=OTHER)
    judged = judge_document(case, [Override("siret", "warn", "the annex budget's")])
    verdict = next(each for each in judged.verdicts if each.rule == "siret")
    assert (verdict.outcome, verdict.found, verdict.override) == ("warn", "fail", "the annex budget's")
    assert "siret was fail, overridden: the annex budget's" in remarks(judged)
    with pytest.raises(InvalidInput):
        judge_document(case, [Override("everything", "pass", "hurry")])


def test_what_fails_is_told_to_people_in_their_language() -> None:
    judged = judge_document(seen(text=OTHER, images=0))
    assert failure_phrases(judged, "fr") == ["le SIRET est celui d'une autre collectivité", "il n'est pas signé"]
    assert failure_phrases(judged, "en") == ["its SIRET is another collectivité's", "it is not signed"]


def test_every_rule_is_whole() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES) == len(judge_document(CASE).verdicts)
    assert all(rule.blame_fr and rule.blame_en and rule.source for rule in RULES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"no {SIRET}.", [SIRET]),
        ("216 901 231 00011", [SIRET]),
        ("216.901.231.00011", [SIRET]),
        ("216\u00a0901\u202f231 00011", [SIRET]),
        (f"{SIRET}1", []),
        ("21690123100012", []),
        ("00000000000000", []),
        (f"{SIRET} {SIRET} {OTHER}", [SIRET, OTHER]),
    ],
)
def test_sirets_in_a_text(text: str, found: list[str]) -> None:
    assert sirets_in(text) == found


def test_plain() -> None:
    assert comparable_text("L\u2019HAŸ\u2013les\u00a0Roses, SŒUR") == "l hay les roses, soeur"
