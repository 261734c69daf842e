# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""622 conventions prefilled in one run, from the sandbox's blanks over TLS into a store, and each read back field by field by another reader.

Prints documents/s and the memory that the whole process took; lays the most demanding one, as PDF and PNG, in a folder to be looked at.
"""

from __future__ import annotations

import csv
import io
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import yaml
from pyhanko.pdf_utils.reader import PdfFileReader
from stdnum.fr import siret as siret_number

from ansible_collections.collectivites.antai.plugins.module_utils._interface.agent import Agent, Endpoints
from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.profile import Profile
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.form_mapping import parse_form_mapping
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.runner import run
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.prefill import Prefill
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.redact import Redactor
from tests.support.bench import FORM
from tests.support.rendering import page_texts
from tests.support.run_module import PROFILE
from tests.support.sandbox_process import REPOSITORY, SandboxProcess

# As in June 2024: 613 cycle complet, 9 partiel.
FLEET, PARTIEL = 622, 9
# First those whose names and signatories are hard to print.
HARD = ("L'Haÿ-les-Roses", "Œuilly", "Saint-Cyr-l'École", "Bouc-Bel-Air", "Plœuc-L'Hermitage", "Château-d'Œx")
SIGNATORIES = ("Amélie Sénéchas", "Anaïs Lefèvre-d'Œuvre", "Gaëlle N'Guyên", "François Le Goïc", "Zoé Müller (née Ça-Va)", "Loïc d'Haÿ")
SHOWN = HARD[0]


@dataclass(frozen=True)
class Ran:
    documents: int
    wrong: tuple[str, ...]
    seconds: float
    cpu_seconds: float
    peak_mib: float
    again_changed: int


def declared(count: int) -> list[dict[str, str | None]]:
    """Real names and SIREN; derived SIRET; people, deliberations and addresses made up."""
    with (REPOSITORY / "plugins/plugin_utils/_shipped/reference/collectivites.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if len(row) == 3 and row[0].isdigit()]
    rows.sort(key=lambda row: (row[1] not in HARD, row[0]))
    return [_entry(row[0], row[1], row[2], rank, count) for rank, row in enumerate(rows[:count])]


def _entry(siren: str, name: str, departement: str, rank: int, count: int) -> dict[str, str | None]:
    number = next(f"{siren}0001{key}" for key in range(10) if siret_number.is_valid(f"{siren}0001{key}"))
    return {
        "siret": number,
        "name": name,
        "departement": departement,
        "cycle": "partiel" if rank >= count - PARTIEL else "complet",
        "address": f"{rank + 1} place de l'Hôtel-de-Ville, {departement[:2].rjust(2, '0')}000 {name}",
        "contact_email": f"stationnement@c{siren}.example",
        "signatory_name": SIGNATORIES[rank % len(SIGNATORIES)],
        "signatory_function": ("Maire", "Première adjointe", "Président(e)")[rank % 3],
        "deliberation_number": f"2026-{rank:03d}",
        "deliberation_date": f"2026-{rank % 12 + 1:02d}-{rank % 28 + 1:02d}",
    }


def wanted(entry: dict[str, str | None]) -> dict[str, str]:
    """Written down here once more, apart from the mapping: what each field of the sandbox's form must say."""
    number, day = str(entry["siret"]), str(entry["deliberation_date"])
    fields = {
        "nom": entry["name"],
        "siret": f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}",
        "adresse": entry["address"],
        "courriel": entry["contact_email"],
        "signataire": entry["signatory_name"],
        "fonction": entry["signatory_function"],
        "deliberation_numero": entry["deliberation_number"],
        "deliberation_date": f"{day[8:]}/{day[5:7]}/{day[:4]}",
        "lieu": "",
        "date": "",
    }
    if entry["cycle"] == "partiel":
        fields["courriel_notification"] = entry["contact_email"]
    return {name: str(value) for name, value in fields.items()}


def prefill_run(running: SandboxProcess, folder: Path, count: int, shown: Path | None = None) -> Ran:
    entries, form = declared(count), parse_form_mapping(FORM)
    portal = running.endpoints["portal"]
    profile = Profile(yaml.safe_load(PROFILE.read_text(encoding="utf-8")))
    operations = Operations(Agent(profile, Endpoints(portal["url"], None, portal["ca_file"]), Credentials(redactor=Redactor())))
    stores = [Store(str(folder), str(entry["siret"])) for entry in entries]

    def once() -> int:
        changed = 0
        for entry, store in zip(entries, stores, strict=True):
            resource_ = Prefill(str(entry["siret"]), str(entry["cycle"]), entry, form)
            changed += bool(run(resource_, Context(operations, store), Settings())["changed"])
        return changed

    try:
        begin, cpu = time.monotonic(), time.process_time()
        first = once()
        seconds, cpu_seconds = time.monotonic() - begin, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        again = once()
    finally:
        operations.close()
    wrong = [] if first == count else [f"{first} of {count} were made"]
    for entry, store in zip(entries, stores, strict=True):
        content = store.convention_to_sign(str(entry["cycle"])).read_bytes()
        wrong += [f"{entry['name']}: {each}" for each in differences(content, wanted(entry))]
        if shown and entry["name"] == SHOWN:
            show(content, shown)
    return Ran(count, tuple(wrong), seconds, cpu_seconds, peak, again)


def differences(content: bytes, expected: dict[str, str]) -> list[str]:
    """Read by pyHanko (not the library that wrote it): the values. Read by PDFium: what a person sees on the page."""
    found = {}
    for reference in PdfFileReader(io.BytesIO(content)).root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field["/FT"] == "/Tx":
            found[str(field["/T"])] = str(field.get("/V", ""))
    told = [f"{name} says {found.get(name)!r}, not {value!r}" for name, value in expected.items() if found.get(name) != value]
    told += [f"{name} is no field that is expected" for name in found.keys() - expected.keys()]
    seen = " ".join(page_texts(content)[0].split())
    return told + [f"{name}: {value!r} is not on the page" for name, value in expected.items() if value not in seen]


def show(content: bytes, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prefilled.pdf").write_bytes(content)
    document: Any = pypdfium2.PdfDocument(content)
    document.init_forms()
    document[0].render(scale=1.5, may_draw_forms=True).to_pil().save(folder / "prefilled.png")
    document.close()
