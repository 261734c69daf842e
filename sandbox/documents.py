# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conventions as PDF: blank, signed, countersigned. All fictitious, and every page says so. Same input, same bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import logging
from functools import lru_cache
from typing import cast

from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject, TextStringObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

MAXIMUM_BYTES = 5 * 1024 * 1024
NOTICE = "bac à sable – document fictif, sans valeur, pas de l'ANTAI"
WIDTH, HEIGHT = A4

# Its remarks on damaged uploads are of no use to who runs the sandbox.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
MARGIN = 60
SIGNED_AT = 235

FIELDS = (
    ("nom", "Nom de la collectivité"),
    ("siret", "SIRET"),
    ("adresse", "Adresse"),
    ("courriel", "Courriel"),
    ("signataire", "Nom et prénom du signataire"),
    ("fonction", "Fonction du signataire"),
    ("deliberation_numero", "Délibération n°"),
    ("deliberation_date", "Délibération du"),
    ("lieu", "Fait à"),
    ("date", "Le"),
)
# What only the form of one cycle asks for.
MORE_FIELDS = {"complet": (), "partiel": (("courriel_notification", "Courriel du service qui notifie"),)}
SIGNATURE, SIGNATURE_LABEL = "signature_collectivite", "Signature pour la collectivité"
LONGEST = {"siret": 18, "deliberation_numero": 40, "deliberation_date": 10, "date": 10}
ARTICLES = {
    "complet": "L'ANTAI édite et envoie l'avis de paiement initial, puis recouvre le forfait majoré (cycle complet).",
    "partiel": "La collectivité notifie elle-même le FPS ; l'ANTAI recouvre le forfait majoré (cycle partiel).",
}


class DocumentRefused(Exception):
    """The document is not a PDF that can be opened."""


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def decode(text: str) -> bytes:
    """The uploaded document, bounded and opened once."""
    if len(text) > MAXIMUM_BYTES * 4 // 3 + 4:
        raise DocumentRefused("Le document dépasse 5 Mio.")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DocumentRefused("Le document n'est pas du base64.") from error
    if len(content) > MAXIMUM_BYTES:
        raise DocumentRefused("Le document dépasse 5 Mio.")
    _open(content)
    return content


def _open(content: bytes) -> PdfReader:
    if not content.startswith(b"%PDF-"):
        raise DocumentRefused("Le document n'est pas un PDF.")
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted or not reader.pages:
            raise DocumentRefused("Le PDF est chiffré ou n'a pas de page.")
    except DocumentRefused:
        raise
    except Exception as error:  # pypdf raises nearly anything on a damaged file
        raise DocumentRefused("Le PDF est illisible.") from error
    return reader


def _printable(text: str) -> str:
    """The standard fonts know Windows-1252 only."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _canvas(stream: io.BytesIO, title: str) -> Canvas:
    canvas = Canvas(stream, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor("bac à sable collectivites.antai")
    return canvas


def _page(canvas: Canvas, title: str) -> None:
    """What every page carries: the notice above and below, and the title."""
    canvas.setFont("Helvetica-Bold", 10)
    canvas.setFillColorRGB(0.75, 0, 0)
    canvas.drawCentredString(WIDTH / 2, HEIGHT - 30, NOTICE)
    canvas.drawCentredString(WIDTH / 2, 25, NOTICE)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(MARGIN, HEIGHT - 80, title)
    canvas.setFont("Helvetica", 10)


def _convention(cycle: str, values: dict[str, str] | None) -> bytes:
    """With form fields when there are no values, else completed and signed."""
    title = f"Convention – cycle {cycle}"
    stream = io.BytesIO()
    canvas = _canvas(stream, title)
    _page(canvas, title)
    canvas.drawString(MARGIN, HEIGHT - 105, "relative à la mise en œuvre du forfait de post-stationnement (FPS)")
    canvas.drawString(MARGIN, HEIGHT - 125, ARTICLES[cycle])
    line = HEIGHT - 170
    for name, label in (*FIELDS, *MORE_FIELDS[cycle]):
        canvas.drawString(MARGIN, line + 5, f"{label} :")
        if values is None:
            _textfield(canvas, name, label, line)
        else:
            canvas.drawString(224, line + 5, _printable(values.get(name, "")))
        line -= 30
    canvas.drawString(MARGIN, SIGNED_AT + 45, "Pour la collectivité (signature) :")
    if values is not None:
        _sign(canvas, values)
    canvas.drawString(MARGIN, SIGNED_AT - 30, "Pour l'ANTAI (contreseing) :")
    canvas.showPage()
    canvas.save()
    return stream.getvalue() if values is not None else _with_signature_field(stream)


def _textfield(canvas: Canvas, name: str, label: str, line: float) -> None:
    canvas.acroForm.textfield(
        name=name,
        tooltip=label,
        x=220,
        y=line,
        width=310,
        height=18,
        fontSize=10,
        borderWidth=0.5,
        maxlen=LONGEST.get(name, 200),
        fieldFlags="",
    )


def _sign(canvas: Canvas, values: dict[str, str]) -> None:
    """A fictitious signature: the words, and a scribble as a scanner would see it."""
    canvas.drawImage(ImageReader(_scribble()), 224, SIGNED_AT, width=150, height=50)
    canvas.setFont("Helvetica-Oblique", 12)
    signed_by = f"Signé : {values.get('signataire', '')}, {values.get('fonction', '')} (signature fictive)"
    canvas.drawString(MARGIN, SIGNED_AT - 10, _printable(signed_by))
    canvas.setFont("Helvetica", 10)


def _scribble() -> Image.Image:
    image = Image.new("L", (300, 100), 255)
    points = [(10 + 14 * step, 50 + (-1) ** step * (40 - 2 * step)) for step in range(20)]
    ImageDraw.Draw(image).line(points, fill=40, width=3)
    return image


def _with_signature_field(stream: io.BytesIO) -> bytes:
    """The form library makes no field for an electronic signature: it is added here."""
    writer = PdfWriter(clone_from=PdfReader(stream))
    page = writer.pages[0]
    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Sig"),
            NameObject("/T"): TextStringObject(SIGNATURE),
            NameObject("/TU"): TextStringObject(SIGNATURE_LABEL),
            NameObject("/F"): NumberObject(4),
            NameObject("/Rect"): ArrayObject(FloatObject(coordinate) for coordinate in (220, SIGNED_AT, 530, SIGNED_AT + 55)),
            NameObject("/P"): page.indirect_reference,
        }
    )
    reference = writer._add_object(field)
    form = cast(DictionaryObject, writer.root_object["/AcroForm"])
    for list_of_fields in (page["/Annots"], form["/Fields"]):
        cast(ArrayObject, list_of_fields).append(reference)
    filled = io.BytesIO()
    writer.write(filled)
    return filled.getvalue()


@lru_cache
def blank(cycle: str) -> bytes:
    return _convention(cycle, None)


def signed(cycle: str, values: dict[str, str]) -> bytes:
    return _convention(cycle, values)


@lru_cache(maxsize=32)
def _stamp(siret: str, day: str, debut: str, fin: str) -> bytes:
    stream = io.BytesIO()
    canvas = _canvas(stream, "Contreseing")
    _page(canvas, "Contreseing")
    lines = (
        f"Convention de la collectivité {siret}",
        f"contresignée par le bac à sable le {day}",
        f"début : {debut}",
        f"fin : {fin} (inclus)",
    )
    for rank, text in enumerate(lines):
        canvas.drawString(MARGIN, HEIGHT - 120 - 20 * rank, text)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def countersigned(content: bytes, siret: str, day: str, debut: str, fin: str) -> bytes:
    """The uploaded document plus a page; DocumentError if the document cannot be copied."""
    reader = _open(content)
    try:
        writer = PdfWriter()
        writer.append(reader)
        writer.append(PdfReader(io.BytesIO(_stamp(siret, day, debut, fin))))
        stream = io.BytesIO()
        writer.write(stream)
    except Exception as error:  # as in _open
        raise DocumentRefused("Le PDF est illisible.") from error
    return stream.getvalue()
