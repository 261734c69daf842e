# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A national fleet of any size, for the sandbox only: SIRETs are DERIVED (SIREN + 0001 + key) and not verified.

    python inventories/national/make.py --communes communes.csv                  # 622, as committed: the most populous communes
    python inventories/national/make.py --size 34875 --to build/national         # from the table that the collection ships

With --communes (columns siren, nom, departement, codes_postaux, population, separated by `;`) the most populous communes are taken, ties by SIREN.
Without it they come from plugins/plugin_utils/_shipped/reference/collectivites.csv, in the order of the SHA-256 of their SIREN, and their
postal codes are made up.
Names, SIREN, départements, and with --communes postal codes and populations, are real: Découpage administratif, Etalab, after INSEE; Licence
Ouverte 2.0. Streets, agents, e-mails and providers are made up, the same ones at every run.

It writes communes.csv and people.yaml, the policy of a sandbox whose people know this fleet.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parents[1] / "plugins" / "plugin_utils" / "_shipped" / "reference" / "collectivites.csv"
SIZE = 622  # conventions in force in June 2024,
PARTIEL = 9  # of which so many for the cycle partiel
NOTICE = "SIRET dérivé, non vérifié : bac à sable uniquement"
# Made-up providers and how many communes of a thousand each serves: a few large ones, then a long tail.
PROVIDERS = {
    "parkexemple": 340,
    "horodat": 220,
    "stationplus": 140,
    "voirexemple": 90,
    "zoneverte": 60,
    "fps-conseil": 50,
    "urbaparc": 30,
    "regie-exemple": 25,
    "parcmetre-sud": 20,
    "horoloire": 15,
    "stat-ouest": 7,
    "placenette": 3,
}
# The agents of editors, who act for the communes that mandate them: (name, e-mail).
EDITORS = {
    "parkexemple": ("Nadia Fontaine", "nadia.fontaine@parkexemple.example"),
    "horodat": ("Hugo Marchand", "hugo.marchand@horodat.example"),
    "stationplus": ("Élise Caron", "elise.caron@stationplus.example"),
}
OWN_AGENT = 150  # of a thousand communes whose provider is an editor nevertheless have their own agent
TWO_PROVIDERS = 50  # of a thousand communes have two providers at once (R4)
FIRST_NAMES = ("Camille", "Louise", "Inès", "Paul", "Sarah", "Marius", "Jeanne", "Karim")
LAST_NAMES = ("Durand", "Petit", "Moreau", "Lefebvre", "Bernard", "Rossi", "Le Goff", "Haddad", "Schmitt")
COLUMNS = (
    "SIRET",
    "Nom officiel",
    "Département",
    "Voie",
    "Code postal",
    "Commune",
    "Courriel de la collectivité",
    "Nom de l'agent mandaté",
    "Courriel de l'agent mandaté",
    "Cycle de la convention",
    "Prestataire",
    "Agent",
    "Population",
    "Avertissement",
)

Commune = dict[str, str]  # siren, name, departement, postal_code, population (empty where it is not known)


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    known = largest(given.communes) if given.communes else shipped()
    if not 0 < given.size <= len(known):
        sys.stderr.write(f"--size: between 1 and {len(known)}, as many as there are communes\n")
        return 2
    fleet = rows(known[: given.size])
    given.to.mkdir(parents=True, exist_ok=True)
    with (given.to / "communes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(fleet)
    (given.to / "people.yaml").write_text(people(fleet), encoding="utf-8")
    sys.stdout.write(f"{len(fleet)} communes in {given.to}: derived SIRETs, for the sandbox only\n")
    return 0


def largest(path: Path) -> list[Commune]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    found.sort(key=lambda each: (-int(each["population"] or 0), each["siren"]))
    return [
        {
            "siren": each["siren"],
            "name": each["nom"],
            "departement": each["departement"],
            "postal_code": each["codes_postaux"].split()[0],
            "population": each["population"],
        }
        for each in found
    ]


def shipped() -> list[Commune]:
    lines = (line.split(";") for line in REFERENCE.read_text(encoding="utf-8").splitlines())
    found = [
        {"siren": siren, "name": name, "departement": departement, "postal_code": _made_up_postal_code(departement), "population": ""}
        for siren, name, departement in lines
        if departement
    ]
    return sorted(found, key=lambda each: hashlib.sha256(each["siren"].encode()).digest())


def rows(communes: list[Commune]) -> list[dict[str, str]]:
    """One row of the CSV for each, in their order. The same commune in a fleet of the same size gets the same row."""
    by_lot = sorted(communes, key=lambda each: _lot(each["siren"], "cycle"))
    partiel = {each["siren"] for each in by_lot[: round(len(communes) * PARTIEL / SIZE)]}
    return [_row(each, "partiel" if each["siren"] in partiel else "complet") for each in communes]


def _row(commune: Commune, cycle: str) -> dict[str, str]:
    siren, name = commune["siren"], commune["name"]
    providers = _providers(siren)
    by_editor = providers[0] in EDITORS and _lot(siren, "agent") % 1000 >= OWN_AGENT
    domain = f"{_slug(name)}-{siren}.example"
    agent = EDITORS[providers[0]] if by_editor else (_person(siren), f"agent@{domain}")
    values = (
        siret(siren),
        name,
        commune["departement"],
        f"{_lot(siren, 'street') % 40 + 1} place de la Mairie",
        commune["postal_code"],
        name,
        f"stationnement@{domain}",
        *agent,
        cycle,
        "|".join(providers),
        providers[0] if by_editor else "propre",
        commune["population"],
        NOTICE,
    )
    return dict(zip(COLUMNS, values, strict=True))


def people(fleet: Iterable[dict[str, str]]) -> str:
    """The sandbox's policy: everybody acts at once, the editors' agents exist, every commune is known by name and cycle."""
    lines = [
        "# Made by make.py. The people of the national fleet, as the sandbox plays them: at once. Ours, not ANTAI's.",
        "control: accept",
        "countersign: accept",
        "issue: accept",
        "sign: accept",
        "agents:",
        *(
            f"  - {{login: agent-{editor}, password: sandbox-{editor}, name: {name}, email: {email}, role: editeur}}"
            for editor, (name, email) in EDITORS.items()
        ),
        "editors:",
        *(f"  - {{id: {editor}, name: {editor}, key: sandbox-editor-{editor}, qualified: true}}" for editor in EDITORS),
        "collectivites:",
        *(f'  "{row["SIRET"]}": {{name: "{row["Nom officiel"]}", cycle: {row["Cycle de la convention"]}}}' for row in fleet),
    ]
    return "\n".join(lines) + "\n"


def siret(siren: str) -> str:
    """The SIREN, the first establishment's number, and the Luhn key."""
    digits = f"{siren}0001"
    total = sum(sum(divmod(int(digit) * (2 - position % 2), 10)) for position, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def _providers(siren: str) -> list[str]:
    first = _drawn(_lot(siren, "provider"))
    second = _drawn(_lot(siren, "other provider"))
    return [first, second] if second != first and _lot(siren, "two providers") % 1000 < TWO_PROVIDERS else [first]


def _drawn(lot: int) -> str:
    place = lot % sum(PROVIDERS.values())
    for provider, share in PROVIDERS.items():
        place -= share
        if place < 0:
            return provider
    raise AssertionError("the shares are their sum")


def _lot(siren: str, what: str) -> int:
    """The same number at every run, and another one for every question."""
    return int.from_bytes(hashlib.sha256(f"{what} {siren}".encode()).digest()[:8], "big")


def _person(siren: str) -> str:
    lot = _lot(siren, "person")
    return f"{FIRST_NAMES[lot % len(FIRST_NAMES)]} {LAST_NAMES[lot // 97 % len(LAST_NAMES)]}"


def _made_up_postal_code(departement: str) -> str:
    return ("20" if departement in ("2A", "2B") else departement).ljust(5, "0")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make.py", description="Make a national fleet for the sandbox (derived SIRETs).")
    parser.add_argument("--communes", type=Path, help="table of communes with populations; without it, the table that the collection ships")
    parser.add_argument("--size", type=int, default=SIZE, help="how many communes (default: %(default)s)")
    parser.add_argument("--to", type=Path, default=HERE, help="folder of communes.csv and people.yaml (default: this inventory)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
