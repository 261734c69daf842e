# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of MuPDF (PyMuPDF).   python mupdf_forms.py FOLDER    writes FOLDER/mupdf_*.pdf"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf


def widget(page: Any, name: str, kind: int, rank: int = 0, **more: Any) -> None:
    made = pymupdf.Widget()
    made.field_name, made.field_type = name, kind
    made.rect = more.pop("rect", pymupdf.Rect(150, 100 + 40 * rank, 450, 120 + 40 * rank))
    for key, value in more.items():
        setattr(made, key, value)
    page.add_widget(made)


def texts(page: Any) -> None:
    for rank, name in enumerate(("nom", "siret", "Délibération n°")):
        widget(page, name, pymupdf.PDF_WIDGET_TYPE_TEXT, rank, field_value="", text_fontsize=10)


def turned(page: Any) -> None:
    page.set_rotation(90)
    widget(page, "nom", pymupdf.PDF_WIDGET_TYPE_TEXT, rect=pymupdf.Rect(150, 100, 170, 400), field_value="")


def checkboxes(page: Any) -> None:
    for rank, name in enumerate(("complet", "partiel")):
        place = pymupdf.Rect(150, 100 + 40 * rank, 170, 120 + 40 * rank)
        widget(page, name, pymupdf.PDF_WIDGET_TYPE_CHECKBOX, rect=place, field_value=False)


def lists(page: Any) -> None:
    widget(page, "fonction", pymupdf.PDF_WIDGET_TYPE_COMBOBOX, 0, choice_values=["Maire", "Président"], field_value="Maire")
    box = pymupdf.Rect(150, 160, 450, 220)
    widget(page, "cycle", pymupdf.PDF_WIDGET_TYPE_LISTBOX, rect=box, choice_values=["complet", "partiel"], field_value="complet")


FORMS: dict[str, Callable[[Any], None]] = {"text": texts, "turned": turned, "checkboxes": checkboxes, "lists": lists}


def main() -> None:
    for name, build in FORMS.items():
        document = pymupdf.open()
        page = document.new_page(width=595, height=842)
        page.insert_text((40, 50), "Convention - cycle complet")
        build(page)
        document.save(Path(sys.argv[1]) / f"mupdf_{name}.pdf", deflate=True, garbage=3, no_new_id=True)


if __name__ == "__main__":
    main()
