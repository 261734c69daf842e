# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a document may be uploaded as a collectivité's signed convention: every rule its own verdict. Pure; the document was read before.

A scan, the common case, shows little to a program: most rules are then not_verifiable, and say so. Only a fail holds the upload back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

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
from ..dates import parse_date
from ..siret import is_siret
from ..text import strip_accents
from .fields import OFF
from .font import compose_accents
from .form_mapping import FieldRule, FormMapping
from .inspection import SEAL, SIGNATURE, UNCLEAR, ElectronicSignature, Inspection
from .trusted_time import CLOCKS_DIFFER

OURS = "ours: what ANTAI refuses is not published"
PDF_FORMAT = "ISO 32000-1, 7.5"
PADES = "ETSI EN 319 142-1"
LETTER = "letter, operation 3"
# Less text than this on the pages, and an image: a scan without text recognition.
LITTLE_TEXT = 60
# Digits in groups as people write a SIRET, of which only those with a valid key count.
DIGITS = re.compile(r"(?<![0-9])[0-9](?:[\s.\u00a0\u202f]?[0-9]){13}(?![0-9])")
NAMED = re.compile(r"\b(?:commune|ville|mairie)\s+(?:de\s+|d')([^\n,;:.()]{2,60})", re.IGNORECASE)
# What stands before a name, in plain().
OFFICE = re.compile(r"^(?:la )?(?:commune|ville|mairie) (?:de la |de l |de |du |des |d )?")
BETWEEN_WORDS = re.compile(r"[\s'\u2019\u2018\u02bc\u2010-\u2015-]+")


@dataclass(frozen=True)
class DocumentInputs:
    """size, most: bytes, as it is and at most. pdf: whether it begins as one. facts: None where it was not worth reading.

    cycle, siret, name, values: what is declared, where it is; values by the sources of form_mapping.py. unsigned: whether it is, byte for byte, a
    document that still has to be signed.
    """

    size: int
    most: int
    pdf: bool
    facts: Inspection | None
    now: datetime
    form: FormMapping = field(default_factory=FormMapping)
    cycle: str | None = None
    siret: str | None = None
    name: str | None = None
    values: dict[str, str | None] = field(default_factory=dict)
    unsigned: bool = False

    @property
    def scan(self) -> bool:
        found = self.facts
        return bool(found and found.images and len(found.text.strip()) < LITTLE_TEXT and not any(found.fields.values()))

    @cached_property
    def text(self) -> str:
        found = self.facts
        return "\n".join([found.text, *found.fields.values()]) if found else ""

    @cached_property
    def plain_text(self) -> str:
        return comparable_text(self.text)


@dataclass(frozen=True)
class DocumentRule:
    """blame_fr, blame_en: what the person who has to mend it reads where the rule fails. reads: whether it needs a document that can be read."""

    name: str
    source: str
    judge: Callable[[DocumentInputs, Inspection], Finding]
    blame_fr: str
    blame_en: str
    reads: bool = True


def judge_document(case: DocumentInputs, overrides: Iterable[Override] = ()) -> Judgement:
    """Every rule. Raises InvalidInput where an override names no rule."""
    wanted = check_overrides(overrides, (rule.name for rule in RULES))
    softened = overridden([_verdict(rule, case) for rule in RULES], wanted)
    return Judgement(overall(softened), tuple(softened))


def failure_phrases(judgement: Judgement, language: str) -> list[str]:
    """What is wrong, one short phrase for each rule that fails, for the person who has to mend it."""
    rules = {rule.name: rule for rule in RULES}
    broken = [rules[each.rule] for each in judgement.verdicts if each.outcome == FAIL]
    return [rule.blame_fr if language == "fr" else rule.blame_en for rule in broken]


def remarks(judgement: Judgement) -> list[str]:
    """What else there is to say of it, in few lines: what warns, what was overridden, and what nobody could verify."""
    said = [f"{each.rule}: {each.reason}" for each in judgement.verdicts if each.outcome == WARN and each.override is None]
    said += [f"{each.rule} was {each.found}, overridden: {each.override}" for each in judgement.verdicts if each.override is not None]
    unknown = [each.rule for each in judgement.verdicts if each.outcome == NOT_VERIFIABLE]
    return said + ([f"not verifiable: {', '.join(unknown)}"] if unknown else [])


def _verdict(rule: DocumentRule, case: DocumentInputs) -> Verdict:
    found = case.facts or Inspection()
    unread = rule.reads and (case.facts is None or found.unreadable)
    finding = not_verifiable("the document could not be read") if unread else rule.judge(case, found)
    return Verdict(rule.name, finding.outcome, finding.reason, rule.source)


# The file


def _pdf(case: DocumentInputs, found: Inspection) -> Finding:
    if not case.size:
        return failed("the file is empty")
    return passed("it begins as a PDF") if case.pdf else failed("it does not begin as a PDF (%PDF-): export or scan it as one")


def _size(case: DocumentInputs, found: Inspection) -> Finding:
    if case.size > case.most:
        return failed(f"it is larger than {case.most / 1024 / 1024:g} MiB: scan it again at a lower resolution")
    return passed(f"{case.size} bytes, at most {case.most}")


def _whole(case: DocumentInputs, found: Inspection) -> Finding:
    if case.facts is None:
        return not_verifiable("it was not opened: it is no PDF, or too large")
    return (
        failed(f"{found.damage}: copy or export it again") if found.damage else passed("it has its end, and its table leads to its objects")
    )


def _readable(case: DocumentInputs, found: Inspection) -> Finding:
    if case.facts is None:
        return not_verifiable("it was not opened: it is no PDF, or too large")
    return failed(found.unreadable) if found.unreadable else passed(f"{found.pages} page(s) could be opened")


def _active(case: DocumentInputs, found: Inspection) -> Finding:
    return warned(f"it holds {', '.join(found.active)}") if found.active else passed("nothing in it runs, and no file hides in it")


# What it says


def _cycle(case: DocumentInputs, found: Inspection) -> Finding:
    if not case.cycle:
        return not_verifiable("no cycle is declared")
    text = case.plain_text
    phrases = case.form.phrases or {each: (f"cycle {each}",) for each in ("complet", "partiel")}
    said = [cycle for cycle, words in phrases.items() if any(comparable_text(word) in text for word in words)]
    if said == [case.cycle]:
        return passed(f"it says cycle {case.cycle}")
    if not said:
        return not_verifiable("a scan: no text says which cycle it is for" if case.scan else "no text says which cycle it is for")
    if case.cycle in said:
        return not_verifiable("it speaks of both cycles")
    return failed(f"it is for cycle {said[0]}, and cycle {case.cycle} is declared")


def _siret(case: DocumentInputs, found: Inspection) -> Finding:
    if not case.siret:
        return not_verifiable("no SIRET is declared")
    said = sirets_in(case.text)
    others = [each for each in said if each != case.siret and each not in case.form.sirets]
    if case.siret in said:
        if others:
            return warned(f"it names {case.siret}, but also {', '.join(others)}")
        return passed(f"it names {case.siret} and no other")
    if others:
        return failed(f"it names {', '.join(others)} and not {case.siret}")
    return not_verifiable("a scan: no text shows a SIRET" if case.scan else "no text shows a SIRET")


def _name(case: DocumentInputs, found: Inspection) -> Finding:
    """Names are no keys (R9): that of another commune is enough to refuse, the right one never proves anything alone."""
    if not case.name:
        return not_verifiable("no name is declared")
    wanted, text = comparable_text(case.name), case.plain_text
    field_values = [found.fields[name] for name, rule in _rules(case).items() if rule.source == "name" and found.fields.get(name)]
    foreign = [each for each in field_values if OFFICE.sub("", comparable_text(each)) != OFFICE.sub("", wanted)]
    if foreign:
        return failed(f"its field says {foreign[0]!r}, and {case.name!r} is declared")
    if _says(wanted, text):
        return passed(f"it names {case.name}")
    others = [each.strip() for each in NAMED.findall(compose_accents(case.text))]
    if others:
        return failed(f"it names {others[0]!r} and not {case.name!r}")
    if case.scan or len(text) < LITTLE_TEXT:
        return not_verifiable("a scan: no text shows a name")
    return warned(f"its text does not name {case.name!r}")


def _fields(case: DocumentInputs, found: Inspection) -> Finding:
    declared = {source: value for source, value in case.values.items() if value and source != "name"}  # names have a rule of their own
    rules = {name: rule for name, rule in _rules(case).items() if rule.source in declared and name in found.fields}
    if not rules:
        return not_verifiable("it has no form fields that the mapping knows: it was printed or scanned, or no form is declared")
    different, compared = [], 0
    for name, rule in rules.items():
        wanted, there = rule.written(declared[rule.source or ""] or ""), found.fields[name]
        compared += 1
        if not there and wanted == OFF:
            continue
        if not there:
            different.append(f"{name} is empty, and {wanted!r} is declared")
        elif comparable_text(there).replace(" ", "") != comparable_text(wanted).replace(" ", ""):
            different.append(f"{name} says {there!r}, and {wanted!r} is declared")
    return failed("; ".join(different)) if different else passed(f"{compared} field(s) say what is declared")


# Signatures


def _signature(case: DocumentInputs, found: Inspection) -> Finding:
    if case.unsigned:
        return failed("it is the very document that was to be signed, unsigned")
    by_role = {role: [signature for signature in found.signatures if signature.role == role] for role in (SIGNATURE, SEAL, UNCLEAR)}
    seals = "".join(f"; {signature.field} is its publisher's seal" for signature in by_role[SEAL])
    if by_role[SIGNATURE]:
        return passed(f"{len(by_role[SIGNATURE])} electronic signature(s){seals}")
    if by_role[UNCLEAR]:
        names = ", ".join(f"{signature.field} ({signature.signer})" for signature in by_role[UNCLEAR])
        return not_verifiable(f"it is certified, by {names}: only a person can tell whether that is its publisher's seal or a signature")
    if found.images or found.ink:
        return not_verifiable(f"it holds images: only a person sees whether a signature is among them{seals}")
    return failed(f"it has no electronic signature, and no image on which one could be{seals}")


def _each(found: Inspection, judge: Callable[[ElectronicSignature], Finding]) -> Finding:
    """The worst of all the signatures, with all that is said of them."""
    if not found.signatures:
        return not_verifiable("it has no electronic signature")
    findings = [judge(each) for each in found.signatures]
    worst = overall(Verdict("", each.outcome, "", "") for each in findings)
    return Finding(worst, "; ".join(each.reason for each in findings))


def _integrity(case: DocumentInputs, found: Inspection) -> Finding:
    def judge(each: ElectronicSignature) -> Finding:
        if each.error:
            return failed(f"{each.field}: {each.error}")
        if not each.intact:
            return failed(f"{each.field}: the signed content was changed")
        return passed(f"{each.field}: whole") if each.valid else failed(f"{each.field}: the signature is not that of its certificate")

    return _each(found, judge)


def _unaltered(case: DocumentInputs, found: Inspection) -> Finding:
    def judge(signature: ElectronicSignature) -> Finding:
        if signature.error:
            return not_verifiable(f"{signature.field}: it could not be read")
        if signature.altered:
            return failed(f"{signature.field}: {signature.altered}")
        if signature.filled_later:
            return passed(f"{signature.field}: the form was filled in after it, as this seal allows")
        return passed(f"{signature.field}: nothing came after it")

    return _each(found, judge)


def _signer(case: DocumentInputs, found: Inspection) -> Finding:
    return _each(found, _judge_signer)


def _judge_signer(signature: ElectronicSignature) -> Finding:
    if signature.error:
        return not_verifiable(f"{signature.field}: it could not be read")
    if not signature.intact or not signature.valid:
        return not_verifiable(f"{signature.field}: what is not signed by a certificate says nothing of its holder")
    seal = "the publisher's seal of " if signature.role == SEAL else ""
    who = f"{signature.field}: {seal}{signature.signer}, certified by {signature.issuer}"
    if not signature.asked:
        return not_verifiable(f"{who}; no signature_anchors are declared to trust it by")
    when = f"judged at {signature.judged_at}, which a trusted timestamp proves"
    if not signature.judged_at:
        when = "no trusted timestamp proves when it was signed: it is judged now"
    if signature.distrust:
        # Who published the form does not bind the collectivité: that nobody vouches for the seal is said, and holds nothing back.
        return (warned if seal else failed)(f"{who}; {signature.distrust}; {when}")
    return passed(f"{who}, trusted; {when}; nobody was asked whether it is revoked")


def _time(case: DocumentInputs, found: Inspection) -> Finding:
    def judge(each: ElectronicSignature) -> Finding:
        if each.error:
            return not_verifiable(f"{each.field}: it could not be read")
        if each.at is None:
            return warned(f"{each.field}: it does not say when")
        if parse_date(each.at) > case.now + CLOCKS_DIFFER:
            return failed(f"{each.field}: {each.at} is in the future")
        return passed(f"{each.field}: {each.at}, {'by a trusted timestamp' if each.timestamped else 'as the signer says'}")

    return _each(found, judge)


RULES: tuple[DocumentRule, ...] = (
    DocumentRule("pdf", PDF_FORMAT, _pdf, "ce n'est pas un PDF", "it is not a PDF", reads=False),
    DocumentRule("size", OURS, _size, "le fichier est trop lourd", "the file is too large", reads=False),
    DocumentRule("whole", PDF_FORMAT, _whole, "le PDF est tronqué ou abîmé", "the PDF is cut short or damaged", reads=False),
    DocumentRule(
        "readable", OURS, _readable, "le PDF ne peut pas être ouvert (chiffré, abîmé ou piégé)", "the PDF cannot be opened", reads=False
    ),
    DocumentRule("active_content", OURS, _active, "le PDF contient un programme ou un fichier", "the PDF holds a program or a file"),
    DocumentRule("cycle", LETTER, _cycle, "c'est la convention de l'autre cycle", "it is the convention of the other cycle"),
    DocumentRule("siret", "R7", _siret, "le SIRET est celui d'une autre collectivité", "its SIRET is another collectivité's"),
    DocumentRule("name", "R9", _name, "le nom est celui d'une autre collectivité", "its name is another collectivité's"),
    DocumentRule("fields", OURS, _fields, "des champs diffèrent de ce qui est déclaré", "fields differ from what is declared"),
    DocumentRule("signature", LETTER, _signature, "il n'est pas signé", "it is not signed"),
    DocumentRule("signature_integrity", PADES, _integrity, "la signature électronique est invalide", "its electronic signature is invalid"),
    DocumentRule(
        "signature_unaltered",
        "ISO 32000-2, 12.8.2.2",
        _unaltered,
        "il a été modifié après sa signature",
        "it was changed after it was signed",
    ),
    DocumentRule("signature_signer", PADES, _signer, "le signataire n'est pas reconnu", "its signer is not trusted"),
    DocumentRule("signature_time", PADES, _time, "la date de signature est future", "it is signed in the future"),
)
RULE_NAMES = tuple(rule.name for rule in RULES)


def sirets_in(text: str) -> list[str]:
    """Every SIRET with a valid key in the text, each once, however its digits are grouped."""
    found = (re.sub(r"[^0-9]", "", each) for each in DIGITS.findall(text))
    return list(dict.fromkeys(each for each in found if is_siret(each)))


def comparable_text(text: str) -> str:
    """Without case, accents, ligatures and kinds of apostrophes, hyphens and spaces: as people type it, and scanners read it."""
    lowered = text.casefold().replace("œ", "oe").replace("æ", "ae")
    return BETWEEN_WORDS.sub(" ", strip_accents(lowered)).strip()


def _says(wanted: str, text: str) -> bool:
    """As whole words: Vitry is not Vitry-le-François, as far as a text can tell."""
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) is not None


def _rules(case: DocumentInputs) -> dict[str, FieldRule]:
    return dict(case.form.of(case.cycle)) if case.cycle else {}
