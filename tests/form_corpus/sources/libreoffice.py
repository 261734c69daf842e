# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of LibreOffice Writer: documents with controls, as flat ODF, exported as an office does (soffice, headless).

python libreoffice.py FOLDER    writes FOLDER/libreoffice_*.pdf
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "form": "urn:oasis:names:tc:opendocument:xmlns:form:1.0",
    "ooo": "http://openoffice.org/2004/office",
    "xlink": "http://www.w3.org/1999/xlink",
}
COMPONENTS = {
    "text": "TextField",
    "textarea": "TextField",
    "checkbox": "CheckBox",
    "radio": "RadioButton",
    "listbox": "ListBox",
    "combobox": "ComboBox",
    "date": "DateField",
    "formatted-text": "FormattedField",
}


def control(kind: str, name: str, inner: str = "", size: str = "8cm,0.7cm", **attributes: str) -> tuple[str, ...]:
    """kind: the element of the form namespace; inner: its content; size: width and height; attributes: more of the same namespace."""
    more = " ".join(f"form:{key.replace('_', '-')}={quoteattr(value)}" for key, value in attributes.items())
    return kind, name, inner, size, more


def document(controls: list[tuple[str, ...]], page: str = "21cm,29.7cm") -> str:
    forms, body = [], []
    for rank, (kind, name, inner, size, more) in enumerate(controls):
        width, height = size.split(",")
        component = f'form:control-implementation="ooo:com.sun.star.form.component.{COMPONENTS[kind]}"'
        forms.append(
            f'<form:{kind} form:name={quoteattr(name)} {component} form:id="c{rank}" xml:id="c{rank}" {more}>{inner}</form:{kind}>'
        )
        drawn = f'<draw:control text:anchor-type="as-char" svg:width="{width}" svg:height="{height}" draw:control="c{rank}" draw:z-index="{rank}"/>'
        body.append(f"<text:p>{name.split('.')[-1]} : {drawn}</text:p><text:p/>")
    spaces = " ".join(f'xmlns:{key}="{value}"' for key, value in NAMESPACES.items())
    width, height = page.split(",")
    layout = f'<style:page-layout-properties fo:page-width="{width}" fo:page-height="{height}" fo:margin="2cm"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.3" '
        'office:mimetype="application/vnd.oasis.opendocument.text">'
        f'<office:automatic-styles><style:page-layout style:name="p">{layout}</style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="p"/></office:master-styles>'
        f'<office:body><office:text><office:forms><form:form form:name="F">{"".join(forms)}</form:form></office:forms>'
        f"<text:p>Convention - cycle complet</text:p><text:p/>{''.join(body)}</office:text></office:body></office:document>"
    )


def options(*texts: str, item: str = "option") -> str:
    if item == "item":
        return "".join(f"<form:item form:label={quoteattr(text)}/>" for text in texts)
    return "".join(f"<form:option form:label={quoteattr(text)}/>" for text in texts)


IDENTITY = [control("text", "nom"), control("text", "siret", max_length="18"), control("text", "signataire")]
FORMS: dict[str, tuple[list[tuple[str, ...]], str, dict[str, object]]] = {
    "text": (IDENTITY, "21cm,29.7cm", {}),
    "accents": ([control("text", "Délibération n°"), control("text", "Où êtes-vous ?"), control("text", "œuvre")], "21cm,29.7cm", {}),
    "multiline": ([control("textarea", "adresse", size="8cm,2.2cm"), control("text", "lieu", size="3cm,0.6cm")], "21cm,29.7cm", {}),
    "checkboxes": (
        [
            control("checkbox", "complet", size="4cm,0.6cm", label="complet"),
            control("checkbox", "partiel", size="4cm,0.6cm", label="partiel"),
        ],
        "21cm,29.7cm",
        {},
    ),
    "radio": (
        [
            control("radio", "cycle", size="4cm,0.6cm", label="complet", value="complet"),
            control("radio", "cycle", size="4cm,0.6cm", label="partiel", value="partiel"),
        ],
        "21cm,29.7cm",
        {},
    ),
    "lists": (
        [
            control("listbox", "fonction", options("Maire", "Président", "Première adjointe"), dropdown="true"),
            control("combobox", "civilite", options("Madame", "Monsieur", item="item"), dropdown="true"),
        ],
        "21cm,29.7cm",
        {},
    ),
    "landscape": (IDENTITY, "29.7cm,21cm", {}),
    "pdfa": (IDENTITY, "21cm,29.7cm", {"SelectPdfVersion": 2}),
    "tagged": (IDENTITY, "21cm,29.7cm", {"UseTaggedPDF": True, "PDFUACompliance": True}),
    "twins": ([control("text", "nom"), control("text", "siret"), control("text", "nom", size="6cm,0.7cm")], "21cm,29.7cm", {}),
    "prefilled": ([control("text", "nom", current_value="(à compléter)"), control("text", "siret")], "21cm,29.7cm", {}),
}


def main() -> None:
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as work:
        for name, (controls, page, settings) in FORMS.items():
            source = Path(work) / f"libreoffice_{name}.fodt"
            source.write_text(document(controls, page), encoding="utf-8")
            kinds = {bool: "boolean", int: "long"}
            choices = {"ExportFormFields": True, "AllowDuplicateFieldNames": True, **settings}
            exported = json.dumps({key: {"type": kinds[type(value)], "value": str(value).lower()} for key, value in choices.items()})
            profile = f"-env:UserInstallation=file://{work}/profile"
            command = [
                "soffice",
                profile,
                "--headless",
                "--convert-to",
                f"pdf:writer_pdf_Export:{exported}",
                "--outdir",
                str(folder),
                str(source),
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
