# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PDFs good and bad, all made by code, each with what must be said of it: which rules fail, warn and pass, and nothing else.

What is not named as failing or warning must neither fail nor warn. `says` is a part of the reason of the first rule that fails or warns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.confined_inspection import inspect_document
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import Document
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document_evaluation import DocumentExpectations
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import FormMapping, parse_form_mapping
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.inspection import Inspection
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import FAIL, PASS, WARN, Judgement
from tests.convention_proof import special
from tests.support.pdfs import Sheet, form
from tests.support.signing import DAY, NOW, authority, ca, field_changed, page_changed, sign, signer

SIRET, NAME = "21940038900017", "L'Haÿ-les-Roses"
OTHER, OTHER_NAME = "21180033900015", "Bourges"
FORM: FormMapping = parse_form_mapping(
    {
        "version": 1,
        "name": "essai",
        "fields": {
            "collectivite": "name",
            "siret": {"from": "siret", "format": "grouped"},
            "deliberation": {"from": "deliberation_date", "format": "dd/mm/yyyy"},
            "lieu": {"by_hand": "written when signing"},
        },
        "says": {"cycle": {"complet": "cycle complet", "partiel": "cycle partiel"}, "sirets": ["21680066400015"]},
    }
)
EXPECTED = DocumentExpectations(
    cycle="complet",
    siret=SIRET,
    name=NAME,
    values={"siret": SIRET, "name": NAME, "deliberation_date": "2026-03-05"},
    form=FORM,
    clock=lambda: NOW + timedelta(seconds=1),
)
TRUSTING = replace(EXPECTED, anchors=(ca().pem,))
TITLE = "Convention - cycle complet"
LINES = (TITLE, f"Commune de {NAME}", f"SIRET : {SIRET}", "relative à la mise en oeuvre du forfait de post-stationnement")
FILLED = {"collectivite": NAME, "siret": "219 400 389 00017", "deliberation": "05/03/2026", "lieu": NAME}
SIGNED_RULES = ("signature", "signature_integrity", "signature_unaltered", "signature_signer", "signature_time")
# What a text shows, and what a form shows besides.
READ = ("pdf", "size", "whole", "readable", "active_content", "cycle", "siret", "name")
FIELDS = (*READ, "fields")


@dataclass(frozen=True)
class Sample:
    """One document. make: its bytes. fails, warns: exactly these rules; passes: at least these."""

    name: str
    make: Callable[[], bytes]
    fails: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    says: str = ""
    expected: DocumentExpectations = field(default=EXPECTED)
    unsigned: bool = False

    def judged(self, read: Callable[..., Inspection] = inspect_document) -> Judgement:
        return replace(self.expected, read=read).judge(Document("signed.pdf", self.make()), self.unsigned)

    def wrong(self, judgement: Judgement) -> str:
        """How the verdicts differ from what they must be, or nothing."""
        found = {outcome: {verdict.rule for verdict in judgement.verdicts if verdict.outcome == outcome} for outcome in (FAIL, WARN, PASS)}
        told = [
            f"{outcome}: {sorted(found[outcome])}, not {sorted(wanted)}"
            for outcome, wanted in ((FAIL, self.fails), (WARN, self.warns))
            if found[outcome] != set(wanted)
        ]
        if not set(self.passes) <= found[PASS]:
            told.append(f"pass: not {sorted(set(self.passes) - found[PASS])}")
        reasons = [verdict.reason for verdict in judgement.verdicts if verdict.outcome in (FAIL, WARN)]
        if self.says and not any(self.says in reason for reason in reasons):
            told.append(f"nothing says {self.says!r}: {reasons}")
        return "; ".join(told)


def printed(*lines: str, **more: object) -> Callable[[], bytes]:
    """Text and an image, as a scan with text recognition, or a print with a pasted signature."""
    return Sheet(lines=lines or LINES, image=True, **more).pdf  # type: ignore[arg-type]


def filled(changes: dict[str, str] | None = None, **more: object) -> Sheet:
    return form(FILLED | (changes or {}), lines=(TITLE, "relative au forfait de post-stationnement"), **({"image": True} | more))


@cache
def signed() -> bytes:
    return sign(filled(image=False, signature_field=True).pdf())


GOOD = (
    Sample("a scan of one page", Sheet(image=True).pdf, passes=("pdf", "size", "whole", "readable", "active_content")),
    Sample("a scan of ten pages", Sheet(image=True, pages=10).pdf, passes=("readable",)),
    Sample("a scan with text recognition", printed(), passes=READ),
    Sample("a scan whose text was read badly", printed("C0nventi0n", "c0mmun3", "x" * 80), warns=("name",)),
    Sample("digits in groups", printed(TITLE, NAME, "SIRET 219 400 389 00017"), passes=READ),
    Sample("digits in groups with no-break spaces", printed(TITLE, NAME, "SIRET 219\u00a0400\u00a0389\u00a000017"), passes=READ),
    Sample("the name in capitals, without accents", printed(TITLE, "VILLE DE L'HAY-LES-ROSES", SIRET), passes=READ),
    Sample("the name with other signs", printed(TITLE, "L\u2019Haÿ\u2013les Roses", SIRET), passes=READ),
    Sample("a filled form with a scanned signature", filled().pdf, passes=FIELDS),
    Sample("a field left to a person is empty", filled({"lieu": ""}).pdf, passes=FIELDS),
    Sample("a stylus on a tablet", Sheet(lines=LINES, drawn="Ink").pdf, passes=READ),
    Sample("a rubber stamp", Sheet(lines=LINES, drawn="Stamp").pdf, passes=READ),
    Sample("object and cross-reference streams", lambda: Sheet(lines=LINES, image=True).raw().finish_with_streams(), passes=READ),
    Sample("an update before it was signed", lambda: page_changed(printed()()), passes=READ),
    Sample("bytes after the end", lambda: printed()() + b"\r\n" + bytes(200), passes=READ),
    Sample("NULs after the end, as a scanner fills a block", lambda: printed()() + bytes(2048), passes=READ),
    Sample("blank lines after the end", lambda: printed()() + b"\r\n" * 4096, passes=READ),
    Sample(
        "blanks and NULs after the end of a signed one",
        lambda: signed() + b" \0\n" * 700,
        expected=TRUSTING,
        passes=(*FIELDS, *SIGNED_RULES),
    ),
    Sample("a SIRET printed on the form itself", printed(*LINES, "ANTAI 216 800 664 00015"), passes=READ),
    Sample("numbers that are no SIRET", printed(*LINES, "12345678901234"), passes=READ),
    Sample("nothing is declared", printed(), expected=DocumentExpectations(), passes=("pdf", "whole", "readable")),
    Sample("just small enough", lambda: special.padded(1024 * 1024), expected=replace(EXPECTED, max_mib=1.0), passes=("size",)),
    Sample("signed electronically, trusted", signed, expected=TRUSTING, passes=(*FIELDS, *SIGNED_RULES)),
    Sample("signed electronically, no anchors", signed, passes=("signature", "signature_integrity", "signature_unaltered")),
    Sample(
        "signed with a timestamp",
        lambda: sign(filled(image=False).pdf(), stamped=True),
        expected=TRUSTING,
        passes=(*FIELDS, *SIGNED_RULES),
    ),
    Sample("signed by two, one after the other", lambda: sign(signed(), field="second"), expected=TRUSTING, passes=SIGNED_RULES),
    Sample("signed in a field made for it", lambda: sign(printed()()), expected=TRUSTING, passes=(*READ, *SIGNED_RULES)),
)

WARNED = (
    Sample("two SIRETs", printed(*LINES, f"et {OTHER}"), warns=("siret",), says=f"but also {OTHER}"),
    Sample("the SIRET without the name", printed(TITLE, SIRET, "x" * 80), warns=("name",), says="does not name"),
    Sample("both cycles", printed(*LINES, "remplace le cycle partiel"), passes=("siret", "name")),
    Sample(
        "JavaScript on opening",
        lambda: special.with_entry("/OpenAction << /S /JavaScript /JS (app.beep) >>"),
        warns=("active_content",),
        says="JavaScript",
    ),
    Sample(
        "a program that is started",
        lambda: special.with_entry("/OpenAction << /S /Launch /F (calc.exe) >>"),
        warns=("active_content",),
        says="starts a program",
    ),
    Sample("an embedded file", lambda: special.embedded(), warns=("active_content",), says="an embedded file"),
)

BAD_FILES = (
    Sample("empty", lambda: b"", fails=("pdf",), says="empty"),
    Sample("a word processor's file", lambda: b"PK\x03\x04" + bytes(100), fails=("pdf",)),
    Sample("a web page that is called PDF", lambda: b"<html>404</html>", fails=("pdf",)),
    Sample("something before the PDF", lambda: b"\n" + printed()(), fails=("pdf",)),
    Sample("too large", lambda: special.padded(1024 * 1024 + 1), expected=replace(EXPECTED, max_mib=1.0), fails=("size",), says="1 MiB"),
    Sample("the first half of a file", lambda: printed()()[:900], fails=("whole", "readable"), says="cut short"),
    Sample("without its last line", lambda: printed()()[:-6], fails=("whole", "readable"), says="end-of-file"),
    Sample("words after the end, and no mark near it", lambda: printed()() + b"x" * 2048, fails=("whole",), says="end-of-file"),
    Sample(
        "a wrong place of the table",
        lambda: printed()().replace(b"startxref\n", b"startxref\n1"),
        fails=("whole",),
        says="not where the file says",
    ),
    Sample("line ends changed in transit", lambda: printed()().replace(b"\n", b"\r\n"), fails=("whole",)),
    Sample(
        "an object moved",
        lambda: printed()().replace(b"2 0 obj", b"  2 0 obj", 1).replace(b"endobj\n3 ", b"endobj\n\n\n3 ", 1),
        fails=("whole",),
    ),
    Sample("a header and an end, and nothing between", lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF\n", fails=("whole", "readable")),
    Sample("noise", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\nstartxref\n9\n%%EOF\n", fails=("whole", "readable")),
    Sample("encrypted with a password", lambda: special.encrypted("secret"), fails=("readable",), says="encrypted"),
    Sample("protected against changes", lambda: special.encrypted(""), fails=("readable",), says="protected"),
    Sample("no page", Sheet(pages=0).pdf, fails=("readable",), says="no page"),
)

BAD_CONTENT = (
    Sample(
        "the other cycle", printed("Convention - cycle partiel", NAME, SIRET), fails=("cycle",), says="cycle partiel, and cycle complet"
    ),
    Sample("another SIRET", printed(TITLE, NAME, OTHER), fails=("siret",), says=f"names {OTHER} and not {SIRET}"),
    Sample("another commune", printed(TITLE, f"Commune de {OTHER_NAME}", OTHER), fails=("siret", "name"), says=OTHER_NAME),
    Sample("another commune without SIRET", printed(TITLE, f"Ville de {OTHER_NAME}", "x" * 60), fails=("name",), says=OTHER_NAME),
    Sample("another name in the form", filled({"collectivite": OTHER_NAME, "lieu": "x"}).pdf, fails=("name",), says=OTHER_NAME),
    Sample("a longer name in the form", filled({"collectivite": f"{NAME}-en-Val"}).pdf, fails=("name",)),
    Sample("another SIRET in the form", filled({"siret": OTHER}).pdf, fails=("siret", "fields"), says="219 400 389 00017"),
    Sample("another date in the form", filled({"deliberation": "06/03/2026"}).pdf, fails=("fields",), says="'05/03/2026' is declared"),
    Sample("a declared field left empty", filled({"deliberation": ""}).pdf, fails=("fields",), says="deliberation is empty"),
    Sample("filled and not signed", filled(image=False, signature_field=True).pdf, fails=("signature",), says="no electronic signature"),
    Sample("the document that was to be signed", filled().pdf, fails=("signature",), says="unsigned", unsigned=True),
)

BAD_SIGNATURES = (
    Sample(
        "a byte changed in the signed content",
        lambda: special.flipped(signed()),
        fails=("signature_integrity",),
        expected=TRUSTING,
        says="was changed",
    ),
    Sample(
        "the page changed after signing",
        lambda: page_changed(signed()),
        fails=("signature_unaltered",),
        expected=TRUSTING,
        says="changed after",
    ),
    Sample(
        "a field filled after signing",
        lambda: field_changed(signed(), "lieu", "Ailleurs"),
        fails=("signature_unaltered",),
        expected=TRUSTING,
        says="lieu",
    ),
    Sample(
        "a field filled between two signatures",
        lambda: sign(field_changed(signed(), "lieu", "Ailleurs"), field="second"),
        expected=TRUSTING,
        fails=("signature_unaltered",),
        says="lieu",
    ),
    Sample(
        "something added after its end",
        lambda: signed() + b"\n% note\nstartxref\n9\n%%EOF\n",
        fails=("whole", "signature_integrity"),
        expected=TRUSTING,
    ),
    Sample(
        "signed by a stranger",
        lambda: sign(filled(image=False).pdf(), signer("Inconnu", authority("Autre AC"))),
        expected=TRUSTING,
        fails=("signature_signer",),
        says="no path",
    ),
    Sample(
        "signed with an expired certificate",
        lambda: sign(filled(image=False).pdf(), signer("Ancien maire", ca(), NOW - 20 * DAY, NOW - DAY)),
        expected=TRUSTING,
        fails=("signature_signer",),
        says="expired",
    ),
    Sample("signed tomorrow", lambda: sign(filled(image=False).pdf(), at=NOW + DAY), fails=("signature_time",), says="in the future"),
    Sample("a signature of zeros", lambda: special.zeroed(signed()), fails=("signature_integrity",), expected=TRUSTING),
    Sample(
        "a signature of a part only",
        lambda: special.shorter_range(signed()),
        fails=("signature_integrity", "signature_unaltered"),
        expected=TRUSTING,
    ),
)

HOSTILE = (
    Sample("a page that grows to 1 GiB", lambda: special.bomb(1), fails=("readable",)),
    Sample("a page packed twice", lambda: special.bomb(2), fails=("readable",)),
    Sample("an object stream that grows to 1 GiB", lambda: special.bomb_of_objects(), fails=("readable",)),
    Sample("a page tree in a circle", lambda: special.tree("circle"), fails=("readable",), says="circle"),
    Sample("a page tree that doubles thirty times", lambda: special.tree("doubling"), fails=("readable",), says="more than 500 pages"),
    Sample("a page tree 5,000 deep", lambda: special.tree("deep"), fails=("readable",), says="too deep"),
    Sample("501 pages", Sheet(pages=501).pdf, fails=("readable",), says="more than 500 pages"),
    Sample("arrays 20,000 deep", lambda: special.nested(b"[", b"]"), fails=("readable",)),
    Sample("dictionaries 20,000 deep", lambda: special.nested(b"<</A ", b">>"), fails=()),
    Sample("an object that refers to itself", lambda: special.own_reference(), fails=("readable",)),
    Sample("a length that is its own stream", lambda: special.own_length(), fails=("readable",)),
    Sample("a table that comes before itself", lambda: special.own_previous(), fails=("readable",)),
    Sample("form fields in a circle", lambda: special.fields("circle"), fails=()),
    Sample("form fields 100 deep", lambda: special.fields("deep"), fails=("readable",), says="more fields"),
    Sample("6,000 form fields", lambda: special.fields("many"), fails=("readable",), says="more fields"),
    Sample("an image of a billion pixels", lambda: special.huge_image(), fails=()),
)

SAMPLES = (*GOOD, *WARNED, *BAD_FILES, *BAD_CONTENT, *BAD_SIGNATURES, *HOSTILE)
