# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms written by qpdf (pikepdf), object by object: what the other producers do not make, and people's forms hold all the same.

python pikepdf_forms.py FOLDER    writes FOLDER/pikepdf_*.pdf
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

Build = Callable[[Pdf], list[Object]]
DEFAULT_LOOK = "/Helv 10 Tf 0 g"


def place(rank: int = 0, width: int = 300, height: int = 20) -> Array:
    return Array([150, 700 - 40 * rank, 150 + width, 700 - 40 * rank + height])


def widget(pdf: Pdf, **entries: Any) -> Object:
    """A field that is its own widget, on the first page unless `page` says otherwise."""
    page = pdf.pages[entries.pop("page", 0)]
    values = {"/Type": Name.Annot, "/Subtype": Name.Widget, "/F": 4, "/P": page.obj, "/Rect": place()}
    made = pdf.make_indirect(Dictionary(values | {f"/{key}": value for key, value in entries.items()}))
    if "/Annots" not in page.obj:
        page.obj.Annots = Array([])
    page.obj.Annots.append(made)
    return made


def text(pdf: Pdf, name: Any, rank: int = 0, **entries: Any) -> Object:
    return widget(pdf, **({"FT": Name.Tx, "T": name, "Rect": place(rank), "DA": String(DEFAULT_LOOK)} | entries))


def states(pdf: Pdf, *names: str) -> Dictionary:
    """The appearances of a button: a cross, and nothing for Off."""
    box = {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 20, 20])}
    cross, empty = pdf.make_stream(b"1 w 4 4 m 16 16 l 4 16 m 16 4 l S", box), pdf.make_stream(b"", box)
    return Dictionary(N=Dictionary({f"/{name}": cross for name in names} | {"/Off": empty}))


def rich_text(pdf: Pdf) -> list[Object]:
    old = '<?xml version="1.0"?><body xmlns="http://www.w3.org/1999/xhtml"><p><b>Ancien</b></p></body>'
    return [text(pdf, "nom", V="Ancien", RV=String(old), DS="font: 12pt Helvetica", Ff=1 << 25)]


def utf8_names(pdf: Pdf) -> list[Object]:
    return [text(pdf, String(b"\xef\xbb\xbf" + "Délibération".encode()), 0), text(pdf, String(b"D\xe9lib\xe9ration n\xb0"), 1)]


def names_of_symbols(pdf: Pdf) -> list[Object]:
    return [text(pdf, name, rank) for rank, name in enumerate(("form1[0].page[0].nom[0]", "champ #1 / (a)", "a\\b", " nom "))]


def three_levels(pdf: Pdf) -> list[Object]:
    """What a field says of itself stands above it: type, flags, font."""
    leaf = text(pdf, "ville")
    for key in ("/FT", "/DA"):
        del leaf[key]
    middle = pdf.make_indirect(Dictionary(T="adresse", Kids=Array([leaf])))
    top = pdf.make_indirect(Dictionary(T="collectivite", FT=Name.Tx, DA=String(DEFAULT_LOOK), MaxLen=40, Kids=Array([middle])))
    leaf.Parent, middle.Parent = middle, top
    return [top]


def widgets_apart(pdf: Pdf) -> list[Object]:
    """One field that shows on two pages, with widgets of their own."""
    pdf.add_blank_page(page_size=(595, 842))
    field = pdf.make_indirect(Dictionary(T="nom", FT=Name.Tx, DA=String(DEFAULT_LOOK)))
    field.Kids = Array([widget(pdf, Parent=field), widget(pdf, Parent=field, page=1, Rect=place(3, 200, 14))])
    return [field]


def stream_value(pdf: Pdf) -> list[Object]:
    """A long value may stand in a stream."""
    value = pdf.make_stream("Ancien établissement".encode("latin-1"))
    return [text(pdf, "nom", V=value), text(pdf, "siret", 1)]


def need_appearances(pdf: Pdf) -> list[Object]:
    pdf.Root.AcroForm.NeedAppearances = True
    return [text(pdf, "nom", MK=Dictionary(BC=Array([0, 0, 1]), BG=Array([0.9]))), text(pdf, "siret", 1, V="(SIRET)")]


def no_default_look(pdf: Pdf) -> list[Object]:
    """Neither the field nor the form names a font."""
    field = text(pdf, "nom")
    del field["/DA"], pdf.Root.AcroForm["/DA"], pdf.Root.AcroForm["/DR"]
    return [field]


def inherited_turn(pdf: Pdf) -> list[Object]:
    pdf.Root.Pages.Rotate = 90
    return [text(pdf, "nom", Rect=Array([100, 60, 120, 360])), text(pdf, "siret", Rect=Array([200, 60, 220, 360]), MK=Dictionary(R=90))]


def turned_upside_down(pdf: Pdf) -> list[Object]:
    pdf.pages[0].obj.Rotate = 270
    comb = {"Ff": 1 << 24, "MaxLen": 14}
    return [text(pdf, "siret", Rect=Array([100, 60, 120, 360]), MK=Dictionary(R=270, BC=Array([0])), **comb)]


def not_turned_with_page(pdf: Pdf) -> list[Object]:
    """NoRotate: the widget stays as it is while its page is turned."""
    pdf.pages[0].obj.Rotate = 90
    return [text(pdf, "nom", F=4 | 1 << 4, Rect=Array([300, 300, 450, 320]))]


def reversed_corners(pdf: Pdf) -> list[Object]:
    """Any two opposite corners make a rectangle."""
    return [text(pdf, "nom", Rect=Array([450, 720, 150, 700]))]


def cropped_page(pdf: Pdf) -> list[Object]:
    pdf.pages[0].obj.MediaBox = Array([-100, -100, 600, 900])
    pdf.pages[0].obj.CropBox = Array([0, 0, 595, 842])
    return [text(pdf, "nom")]


def state_names(pdf: Pdf) -> list[Object]:
    box = Array([150, 700, 170, 720])
    accent = widget(pdf, FT=Name.Btn, T="accent", Rect=box, V=Name.Off, AS=Name.Off, AP=states(pdf, "Désigné"))
    blank = widget(pdf, FT=Name.Btn, T="blanc", Rect=Array([150, 650, 170, 670]), V=Name.Off, AS=Name.Off, AP=states(pdf, "cycle complet"))
    return [accent, blank]


def button_options(pdf: Pdf) -> list[Object]:
    """The states are numbers, and what they mean stands in /Opt."""
    field = pdf.make_indirect(Dictionary(T="cycle", FT=Name.Btn, Ff=1 << 15, V=Name.Off, Opt=Array([String("complet"), String("partiel")])))
    boxes = (Array([150, 700, 170, 720]), Array([150, 650, 170, 670]))
    field.Kids = Array([widget(pdf, Parent=field, Rect=box, AS=Name.Off, AP=states(pdf, str(rank))) for rank, box in enumerate(boxes)])
    return [field]


def button_without_look(pdf: Pdf) -> list[Object]:
    """Nothing says what being checked looks like, nor what it is called."""
    return [widget(pdf, FT=Name.Btn, T="complet", Rect=Array([150, 700, 170, 720])), text(pdf, "nom", 2)]


def choice_ranks(pdf: Pdf) -> list[Object]:
    pairs = Array([Array([String("M"), String("Maire")]), Array([String("P"), String("Président")])])
    return [widget(pdf, FT=Name.Ch, T="fonction", Ff=1 << 17, Opt=pairs, V="M", I=Array([0]), DA=String(DEFAULT_LOOK))]


def twins(pdf: Pdf) -> list[Object]:
    """Two dictionaries of one name are one field."""
    return [text(pdf, "nom", 0), text(pdf, "siret", 1), text(pdf, "nom", 2, Rect=place(2, 200, 14))]


def password(pdf: Pdf) -> list[Object]:
    return [text(pdf, "code", Ff=1 << 13), text(pdf, "nom", 1)]


def hidden(pdf: Pdf) -> list[Object]:
    return [text(pdf, "cache", F=2), text(pdf, "nom", 1)]


FORMS: dict[str, Build] = {
    build.__name__: build
    for build in (
        rich_text, utf8_names, names_of_symbols, three_levels, widgets_apart, stream_value, need_appearances, no_default_look, inherited_turn,
        turned_upside_down, not_turned_with_page, reversed_corners, cropped_page, state_names, button_options, button_without_look,
        choice_ranks, twins, password, hidden,
    )
}  # fmt: skip
SAVING: dict[str, dict[str, Any]] = {
    "three_levels": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "widgets_apart": {"linearize": True},
}


def main() -> None:
    for name, build in FORMS.items():
        pdf = pikepdf.new()
        pdf.add_blank_page(page_size=(595, 842))
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        font = pdf.make_indirect(helvetica)
        page = pdf.pages[0].obj
        page.Resources = Dictionary(Font=Dictionary(F=font))
        page.Contents = pdf.make_stream(b"BT /F 12 Tf 40 800 Td (Convention - cycle complet) Tj ET")
        pdf.Root.AcroForm = Dictionary(Fields=Array([]), DR=Dictionary(Font=Dictionary(Helv=font)), DA=String(DEFAULT_LOOK))
        for field in build(pdf):
            pdf.Root.AcroForm.Fields.append(field)
        pdf.save(Path(sys.argv[1]) / f"pikepdf_{name}.pdf", deterministic_id=True, **SAVING.get(name, {}))


if __name__ == "__main__":
    main()
