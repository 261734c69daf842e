# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of WeasyPrint: web pages with inputs, printed to PDF.   python weasyprint_forms.py FOLDER    writes FOLDER/weasyprint_*.pdf"""

from __future__ import annotations

import sys
from pathlib import Path

from weasyprint import HTML

STYLE = "<style>@page { size: %s; margin: 2cm } input, select, textarea { width: 8cm; height: 0.7cm; font-size: 10pt } %s</style>"
# The first kind embeds a whole font: all that needs one stands in one form.
FORMS = {
    "text": (
        "A4",
        "textarea { height: 2cm }",
        "<input name=nom><br><input name=siret maxlength=18><br><input name='Délibération n°'><br><textarea name=adresse></textarea><br>"
        "<select name=fonction><option value=M>Maire</option><option value=P selected>Président</option></select>",
    ),
    "checkboxes": (
        "A4",
        "input { width: 0.5cm; height: 0.5cm }",
        "<input type=checkbox name=complet value=oui> <input type=checkbox name=partiel value=oui>",
    ),
    "radio": (
        "A4",
        "input { width: 0.5cm; height: 0.5cm }",
        "<input type=radio name=cycle value=complet> <input type=radio name=cycle value=partiel>",
    ),
}


def main() -> None:
    for name, (size, style, body) in FORMS.items():
        page = f"<!doctype html><html lang=fr>{STYLE % (size, style)}<p>Convention - cycle complet<form>{body}</form>"
        HTML(string=page).write_pdf(Path(sys.argv[1]) / f"weasyprint_{name}.pdf", pdf_forms=True)


if __name__ == "__main__":
    main()
