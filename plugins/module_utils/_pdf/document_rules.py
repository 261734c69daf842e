# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a document may be uploaded as a collectivité's signed convention: every rule its own verdict. Pure; the document was read before.

A scan, the common case, shows little to a program: most rules are then not_verifiable, and say so. Only a fail holds the upload back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .._pki.verdict import (
    FAIL,
    NOT_VERIFIABLE,
    WARN,
    Finding,
    Judgement,
    Override,
    Verdict,
    check_overrides,
    failed,
    not_verifiable,
    overall,
    overridden,
    passed,
    warned,
)
from . import content_rules, signature_rules
from .document_inputs import DocumentInputs
from .inspection import Inspection

OURS = "ours: what ANTAI refuses is not published"
PDF_FORMAT = "ISO 32000-1, 7.5"
PADES = "ETSI EN 319 142-1"
LETTER = "letter, operation 3"


@dataclass(frozen=True)
class DocumentRule:
    """blame_fr, blame_en: what the person who has to mend it reads where the rule fails. reads: whether it needs a document that can be read."""

    name: str
    source: str
    judge: Callable[[DocumentInputs, Inspection], Finding]
    blame_fr: str
    blame_en: str
    reads: bool = True


def judge_document(inputs: DocumentInputs, overrides: Iterable[Override] = ()) -> Judgement:
    """Every rule. Raises InvalidInput where an override names no rule."""
    checked = check_overrides(overrides, (rule.name for rule in RULES))
    softened = overridden([_verdict(rule, inputs) for rule in RULES], checked)
    return Judgement(overall(softened), tuple(softened))


def failure_phrases(judgement: Judgement, language: str) -> list[str]:
    """What is wrong, one short phrase for each rule that fails, for the person who has to mend it."""
    rules = {rule.name: rule for rule in RULES}
    broken = [rules[verdict.rule] for verdict in judgement.verdicts if verdict.outcome == FAIL]
    return [rule.blame_fr if language == "fr" else rule.blame_en for rule in broken]


def remarks(judgement: Judgement) -> list[str]:
    """What else there is to say of it, in few lines: what warns, what was overridden, and what nobody could verify."""
    lines = [f"{verdict.rule}: {verdict.reason}" for verdict in judgement.verdicts if verdict.outcome == WARN and verdict.override is None]
    lines += [
        f"{verdict.rule} was {verdict.rule_outcome}, overridden: {verdict.override}"
        for verdict in judgement.verdicts
        if verdict.override is not None
    ]
    unknown = [verdict.rule for verdict in judgement.verdicts if verdict.outcome == NOT_VERIFIABLE]
    return lines + ([f"not verifiable: {', '.join(unknown)}"] if unknown else [])


def _verdict(rule: DocumentRule, inputs: DocumentInputs) -> Verdict:
    inspection = inputs.inspection or Inspection()
    unread = rule.reads and (inputs.inspection is None or inspection.unreadable)
    finding = not_verifiable("the document could not be read") if unread else rule.judge(inputs, inspection)
    return Verdict(rule.name, finding.outcome, finding.reason, rule.source)


# The file


def _pdf(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    if not inputs.size:
        return failed("the file is empty")
    return passed("it begins as a PDF") if inputs.pdf else failed("it does not begin as a PDF (%PDF-): export or scan it as one")


def _size(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    if inputs.size > inputs.most:
        return failed(f"it is larger than {inputs.most / 1024 / 1024:g} MiB: scan it again at a lower resolution")
    return passed(f"{inputs.size} bytes, at most {inputs.most}")


def _whole(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    if inputs.inspection is None:
        return not_verifiable("it was not opened: it is no PDF, or too large")
    return (
        failed(f"{inspection.damage}: copy or export it again")
        if inspection.damage
        else passed("it has its end, and its table leads to its objects")
    )


def _readable(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    if inputs.inspection is None:
        return not_verifiable("it was not opened: it is no PDF, or too large")
    return failed(inspection.unreadable) if inspection.unreadable else passed(f"{inspection.pages} page(s) could be opened")


def _active(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    return (
        warned(f"it holds {', '.join(inspection.active)}") if inspection.active else passed("nothing in it runs, and no file hides in it")
    )


RULES: tuple[DocumentRule, ...] = (
    DocumentRule("pdf", PDF_FORMAT, _pdf, "ce n'est pas un PDF", "it is not a PDF", reads=False),
    DocumentRule("size", OURS, _size, "le fichier est trop lourd", "the file is too large", reads=False),
    DocumentRule("whole", PDF_FORMAT, _whole, "le PDF est tronqué ou abîmé", "the PDF is cut short or damaged", reads=False),
    DocumentRule(
        "readable", OURS, _readable, "le PDF ne peut pas être ouvert (chiffré, abîmé ou piégé)", "the PDF cannot be opened", reads=False
    ),
    DocumentRule("active_content", OURS, _active, "le PDF contient un programme ou un fichier", "the PDF holds a program or a file"),
    DocumentRule(
        "cycle", LETTER, content_rules.judge_cycle, "c'est la convention de l'autre cycle", "it is the convention of the other cycle"
    ),
    DocumentRule(
        "siret", "R7", content_rules.judge_siret, "le SIRET est celui d'une autre collectivité", "its SIRET is another collectivité's"
    ),
    DocumentRule("name", "R9", content_rules.judge_name, "le nom est celui d'une autre collectivité", "its name is another collectivité's"),
    DocumentRule(
        "fields", OURS, content_rules.judge_fields, "des champs diffèrent de ce qui est déclaré", "fields differ from what is declared"
    ),
    DocumentRule("signature", LETTER, signature_rules.judge_signature, "il n'est pas signé", "it is not signed"),
    DocumentRule(
        "signature_integrity",
        PADES,
        signature_rules.judge_integrity,
        "la signature électronique est invalide",
        "its electronic signature is invalid",
    ),
    DocumentRule(
        "signature_unaltered",
        "ISO 32000-2, 12.8.2.2",
        signature_rules.judge_alterations,
        "il a été modifié après sa signature",
        "it was changed after it was signed",
    ),
    DocumentRule("signature_signer", PADES, signature_rules.judge_signers, "le signataire n'est pas reconnu", "its signer is not trusted"),
    DocumentRule("signature_time", PADES, signature_rules.judge_times, "la date de signature est future", "it is signed in the future"),
)
RULE_NAMES = tuple(rule.name for rule in RULES)
