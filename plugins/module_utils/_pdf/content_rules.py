# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on what a document says: its cycle, SIRET, name and fields, against what is declared (R7, R9)."""

from __future__ import annotations

import re

from .._pki.verdict import Finding, failed, not_verifiable, passed, warned
from ..siret import is_siret
from .document_inputs import LITTLE_TEXT, DocumentInputs, comparable_text
from .fields import OFF
from .font import compose_accents
from .form_mapping import FieldRule
from .inspection import Inspection

# Digits in groups as people write a SIRET, of which only those with a valid key count.
DIGITS = re.compile(r"(?<![0-9])[0-9](?:[\s.\u00a0\u202f]?[0-9]){13}(?![0-9])")
NAMED = re.compile(r"\b(?:commune|ville|mairie)\s+(?:de\s+|d')([^\n,;:.()]{2,60})", re.IGNORECASE)
# What stands before a name, in plain().
OFFICE = re.compile(r"^(?:la )?(?:commune|ville|mairie) (?:de la |de l |de |du |des |d )?")


def judge_cycle(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    if not inputs.cycle:
        return not_verifiable("no cycle is declared")
    text = inputs.plain_text
    phrases = inputs.form.phrases or {cycle: (f"cycle {cycle}",) for cycle in ("complet", "partiel")}
    cycles = [cycle for cycle, words in phrases.items() if any(comparable_text(word) in text for word in words)]
    if cycles == [inputs.cycle]:
        return passed(f"it says cycle {inputs.cycle}")
    if not cycles:
        return not_verifiable("a scan: no text says which cycle it is for" if inputs.scan else "no text says which cycle it is for")
    if inputs.cycle in cycles:
        return not_verifiable("it speaks of both cycles")
    return failed(f"it is for cycle {cycles[0]}, and cycle {inputs.cycle} is declared")


def judge_siret(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    if not inputs.siret:
        return not_verifiable("no SIRET is declared")
    sirets = sirets_in(inputs.text)
    foreign = [siret for siret in sirets if siret != inputs.siret and siret not in inputs.form.sirets]
    if inputs.siret in sirets:
        if foreign:
            return warned(f"it names {inputs.siret}, but also {', '.join(foreign)}")
        return passed(f"it names {inputs.siret} and no other")
    if foreign:
        return failed(f"it names {', '.join(foreign)} and not {inputs.siret}")
    return not_verifiable("a scan: no text shows a SIRET" if inputs.scan else "no text shows a SIRET")


def judge_name(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    """Names are no keys (R9): that of another commune is enough to refuse, the right one never proves anything alone."""
    if not inputs.name:
        return not_verifiable("no name is declared")
    declared, text = comparable_text(inputs.name), inputs.plain_text
    field_values = [
        inspection.fields[name] for name, rule in _rules(inputs).items() if rule.source == "name" and inspection.fields.get(name)
    ]
    foreign = [value for value in field_values if OFFICE.sub("", comparable_text(value)) != OFFICE.sub("", declared)]
    if foreign:
        return failed(f"its field says {foreign[0]!r}, and {inputs.name!r} is declared")
    if _says(declared, text):
        return passed(f"it names {inputs.name}")
    names = [name.strip() for name in NAMED.findall(compose_accents(inputs.text))]
    if names:
        return failed(f"it names {names[0]!r} and not {inputs.name!r}")
    if inputs.scan or len(text) < LITTLE_TEXT:
        return not_verifiable("a scan: no text shows a name")
    return warned(f"its text does not name {inputs.name!r}")


def judge_fields(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    declared = {source: value for source, value in inputs.values.items() if value and source != "name"}  # names have a rule of their own
    rules = {name: rule for name, rule in _rules(inputs).items() if rule.source in declared and name in inspection.fields}
    if not rules:
        return not_verifiable("it has no form fields that the mapping knows: it was printed or scanned, or no form is declared")
    different, compared = [], 0
    for name, rule in rules.items():
        expected, written = rule.written(declared[rule.source or ""] or ""), inspection.fields[name]
        compared += 1
        if not written and expected == OFF:
            continue
        if not written:
            different.append(f"{name} is empty, and {expected!r} is declared")
        elif comparable_text(written).replace(" ", "") != comparable_text(expected).replace(" ", ""):
            different.append(f"{name} says {written!r}, and {expected!r} is declared")
    return failed("; ".join(different)) if different else passed(f"{compared} field(s) say what is declared")


def sirets_in(text: str) -> list[str]:
    """Every SIRET with a valid key in the text, each once, however its digits are grouped."""
    numbers = (re.sub(r"[^0-9]", "", digits) for digits in DIGITS.findall(text))
    return list(dict.fromkeys(number for number in numbers if is_siret(number)))


def _says(words: str, text: str) -> bool:
    """As whole words: Vitry is not Vitry-le-François, as far as a text can tell."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _rules(inputs: DocumentInputs) -> dict[str, FieldRule]:
    return dict(inputs.form.of(inputs.cycle)) if inputs.cycle else {}
