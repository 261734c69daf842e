# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of ReportLab.   python reportlab_forms.py FOLDER    writes FOLDER/reportlab_*.pdf"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas


def text(canvas: Canvas, name: str, rank: int = 0, **more: Any) -> None:
    place = {"x": 150, "y": 700 - 40 * rank, "width": 300, "height": 20, "fontSize": 10, "fieldFlags": ""} | more
    canvas.acroForm.textfield(name=name, **place)


def texts(canvas: Canvas) -> None:
    for rank, name in enumerate(("nom", "siret", "signataire")):
        text(canvas, name, rank, tooltip=f"Champ {name}")


def flags(canvas: Canvas) -> None:
    text(canvas, "siret", 0, maxlen=14, fieldFlags="comb")
    text(canvas, "adresse", 2, height=60, width=180, fieldFlags="multiline")
    text(canvas, "lieu", 4, fieldFlags="readOnly")


def checkboxes(canvas: Canvas) -> None:
    for rank, style in enumerate(("check", "cross", "circle", "star")):
        canvas.acroForm.checkbox(name=f"case_{style}", x=150, y=700 - 40 * rank, size=20, buttonStyle=style)
    canvas.acroForm.checkbox(name="deja", x=150, y=540, size=20, checked=True)


def radio(canvas: Canvas) -> None:
    for rank, value in enumerate(("complet", "partiel")):
        canvas.acroForm.radio(name="cycle", value=value, x=150, y=700 - 40 * rank, size=20)


def lists(canvas: Canvas) -> None:
    titles = [("Maire", "M"), ("Président", "P"), ("Première adjointe", "A")]
    canvas.acroForm.choice(name="fonction", value="M", options=titles, x=150, y=700, width=200, height=20, fontSize=10, forceBorder=True)
    canvas.acroForm.listbox(name="cycle", value="complet", options=["complet", "partiel"], x=150, y=620, width=200, height=50, fontSize=10)


def looks(canvas: Canvas) -> None:
    for rank, (style, width) in enumerate((("solid", 1), ("dashed", 2), ("inset", 2), ("underlined", 1), ("bevelled", 3))):
        text(canvas, f"nom_{style}", rank, borderStyle=style, borderWidth=width)
    text(canvas, "police", 6, fontName="Times-Roman", fontSize=12)


FORMS: dict[str, Callable[[Canvas], None]] = {
    "text": texts,
    "flags": flags,
    "checkboxes": checkboxes,
    "radio": radio,
    "lists": lists,
    "looks": looks,
}


def main() -> None:
    for name, build in FORMS.items():
        canvas = Canvas(str(Path(sys.argv[1]) / f"reportlab_{name}.pdf"), pagesize=(595, 842), invariant=1)
        canvas.drawString(40, 800, "Convention - cycle complet")
        build(canvas)
        canvas.save()


if __name__ == "__main__":
    main()
