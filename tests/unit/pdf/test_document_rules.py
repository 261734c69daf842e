# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on documents as a table over inspections; documents themselves are in tests/convention_proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.content_rules import sirets_in
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document_inputs import DocumentInputs, comparable_text
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document_rules import RULES, failure_phrases, judge_document, remarks
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import FieldRule, FormMapping
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.inspection import ElectronicSignature, Inspection
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Override
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput

SIRET, OTHER = "21690123100011", "21310555400017"
TEXT = f"Convention cycle complet. Commune de Lyon, SIRET {SIRET}. Relative au forfait de post-stationnement."
GOOD = Inspection(pages=1, text=TEXT, text_pages=1, images=1)
FORM = FormMapping(rules={"complet": {"nom": FieldRule("name"), "numero": FieldRule("siret")}})
INPUTS = DocumentInputs(
    1000, 2000, True, GOOD, datetime(2026, 3, 1, tzinfo=UTC), FORM, "complet", SIRET, "Lyon", {"siret": SIRET, "name": "Lyon"}
)
SIGNED = ElectronicSignature("s", signer="CN=Maire", issuer="CN=AC", at="2026-02-01T00:00:00Z", intact=True, valid=True, has_anchors=True)


def inspected(**fields: object) -> DocumentInputs:
    return replace(INPUTS, inspection=replace(GOOD, **fields))  # type: ignore[arg-type]


def signed(**about: object) -> DocumentInputs:
    return inspected(signatures=(replace(SIGNED, **about),))  # type: ignore[arg-type]


BOXED = FormMapping(rules={"complet": {"case": FieldRule("cycle", values={"complet": "Off", "partiel": "CP"})}})
SEAL = replace(SIGNED, permissions=2, covers="blank")


def sealed(**about: object) -> DocumentInputs:
    return inspected(images=0, signatures=(replace(SEAL, **about),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "case", "outcome"),
    [
        ("pdf", INPUTS, "pass"),
        ("pdf", replace(INPUTS, size=0), "fail"),
        ("pdf", replace(INPUTS, pdf=False, inspection=None), "fail"),
        ("size", replace(INPUTS, size=2000), "pass"),
        ("size", replace(INPUTS, size=2001), "fail"),
        ("whole", INPUTS, "pass"),
        ("whole", inspected(damage="it is cut short"), "fail"),
        ("whole", replace(INPUTS, inspection=None), "not_verifiable"),
        ("readable", INPUTS, "pass"),
        ("readable", inspected(unreadable="it is encrypted"), "fail"),
        ("readable", replace(INPUTS, inspection=None), "not_verifiable"),
        ("active_content", INPUTS, "pass"),
        ("active_content", inspected(active=("JavaScript",)), "warn"),
        ("active_content", inspected(unreadable="x"), "not_verifiable"),
        ("cycle", INPUTS, "pass"),
        ("cycle", replace(INPUTS, cycle="partiel"), "fail"),
        ("cycle", replace(INPUTS, cycle=None), "not_verifiable"),
        ("cycle", inspected(text="CYCLE  Complet"), "pass"),
        ("cycle", inspected(text="cycle complet, non cycle partiel"), "not_verifiable"),
        ("cycle", inspected(text=""), "not_verifiable"),
        ("siret", INPUTS, "pass"),
        ("siret", replace(INPUTS, siret=None), "not_verifiable"),
        ("siret", inspected(text=f"{SIRET} {OTHER}"), "warn"),
        ("siret", replace(inspected(text=f"{SIRET} {OTHER}"), form=replace(FORM, sirets=(OTHER,))), "pass"),
        ("siret", inspected(text=OTHER), "fail"),
        ("siret", inspected(text="sans numéro"), "not_verifiable"),
        ("siret", inspected(text="", fields={"numero": SIRET}), "pass"),
        ("name", INPUTS, "pass"),
        ("name", replace(INPUTS, name=None), "not_verifiable"),
        ("name", replace(INPUTS, name="Vienne"), "fail"),
        ("name", inspected(text="", fields={"nom": "Ville de Lyon"}), "pass"),
        ("name", inspected(text=TEXT, fields={"nom": "Lyons-la-Forêt"}), "fail"),
        ("name", inspected(text="x" * 100), "warn"),
        ("name", inspected(text=""), "not_verifiable"),
        ("fields", INPUTS, "not_verifiable"),
        ("fields", inspected(fields={"numero": "216 901 231 00011"}), "pass"),
        ("fields", inspected(fields={"numero": OTHER}), "fail"),
        ("fields", inspected(fields={"numero": ""}), "fail"),
        ("fields", replace(inspected(fields={"case": ""}), form=BOXED, values={"cycle": "complet"}), "pass"),
        ("fields", replace(inspected(fields={"case": "CP"}), form=BOXED, values={"cycle": "complet"}), "fail"),
        ("signature", INPUTS, "not_verifiable"),
        ("signature", replace(INPUTS, unsigned=True), "fail"),
        ("signature", inspected(images=0, ink=1), "not_verifiable"),
        ("signature", inspected(images=0), "fail"),
        ("signature", signed(), "pass"),
        ("signature", sealed(), "fail"),
        ("signature", sealed(covers="before_prefill", permissions=None), "fail"),
        ("signature", sealed(covers="filled"), "not_verifiable"),
        ("signature", sealed(covers="no_form"), "not_verifiable"),
        ("signature", sealed(covers="prefilled"), "pass"),
        ("signature", sealed(covers="blank", permissions=None), "pass"),
        ("signature", inspected(images=0, signatures=(SEAL, SIGNED)), "pass"),
        ("signature", inspected(images=1, signatures=(SEAL,)), "not_verifiable"),
        ("signature_integrity", INPUTS, "not_verifiable"),
        ("signature_integrity", signed(), "pass"),
        ("signature_integrity", signed(intact=False), "fail"),
        ("signature_integrity", signed(valid=False), "fail"),
        ("signature_integrity", signed(error="no CMS"), "fail"),
        ("signature_unaltered", signed(), "pass"),
        ("signature_unaltered", signed(altered="a field was filled"), "fail"),
        ("signature_unaltered", signed(error="no CMS"), "not_verifiable"),
        ("signature_signer", signed(), "pass"),
        ("signature_signer", signed(has_anchors=False), "not_verifiable"),
        ("signature_signer", signed(distrust="no path"), "fail"),
        ("signature_signer", signed(distrust="no path", judged_at="2026-02-01T00:00:00Z"), "fail"),
        ("signature_signer", sealed(distrust="no path"), "warn"),
        ("signature_signer", inspected(signatures=(replace(SEAL, distrust="no path"), replace(SIGNED, distrust="no path"))), "fail"),
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
    verdict = next(verdict for verdict in judge_document(case).verdicts if verdict.rule == rule)
    assert (verdict.outcome, bool(verdict.reason), bool(verdict.source)) == (outcome, True, True)


def test_of_two_signatures_the_worse_counts_and_both_are_told() -> None:
    case = inspected(signatures=(SIGNED, replace(SIGNED, field="t", altered="the page was changed")))
    verdict = next(verdict for verdict in judge_document(case).verdicts if verdict.rule == "signature_unaltered")
    assert verdict.outcome == "fail"
    assert verdict.reason == "s: nothing came after it; t: the page was changed"


def test_an_override_softens_one_rule_and_stays_visible() -> None:
    case = inspected(text=OTHER)
    judgement = judge_document(case, [Override("siret", "warn", "the annex budget's")])
    verdict = next(verdict for verdict in judgement.verdicts if verdict.rule == "siret")
    assert (verdict.outcome, verdict.rule_outcome, verdict.override) == ("warn", "fail", "the annex budget's")
    assert "siret was fail, overridden: the annex budget's" in remarks(judgement)
    with pytest.raises(InvalidInput):
        judge_document(case, [Override("everything", "pass", "hurry")])


def test_what_fails_is_told_to_people_in_their_language() -> None:
    judgement = judge_document(inspected(text=OTHER, images=0))
    assert failure_phrases(judgement, "fr") == ["le SIRET est celui d'une autre collectivité", "il n'est pas signé"]
    assert failure_phrases(judgement, "en") == ["its SIRET is another collectivité's", "it is not signed"]


def test_every_rule_is_whole() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES) == len(judge_document(INPUTS).verdicts)
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
