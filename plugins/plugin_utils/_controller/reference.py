# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped table of communes and EPCI: does the declaration agree with it? Only ever a warning.

Two swapped SIRETs both satisfy Luhn; the name and the département then tell. Source: see plugins/plugin_utils/_shipped/reference/README.md.
"""

from __future__ import annotations

import functools
import mmap
import re
from dataclasses import dataclass

from .shipped_files import SHIPPED
from .words import plain

TABLE = SHIPPED / "reference" / "collectivites.csv"
# Words that come and go in front of the name of the same collectivité.
COURTESIES = re.compile(
    r"^(?:(?:commune|ville|mairie|communaute de communes|communaute d agglomeration|communaute urbaine|metropole|cc|ca|cu)\s+)?"
    r"(?:(?:de la|de l|des|de|du|d|le|la|les|l)\s+)?"
)


@dataclass(frozen=True)
class Known:
    """One line of the table. departement is empty for an EPCI."""

    siren: str
    name: str
    departement: str


def disagreements(siret: str, name: str | None, departement: str | None) -> list[str]:
    """What the declaration says and the table does not, for people; nothing where the SIRET is not 14 digits (the module refuses it)."""
    if not re.fullmatch(r"[0-9]{14}", siret):
        return []
    known = look_up(siret[:9])
    if known is None:
        return [
            f"siret {siret}: its SIREN {siret[:9]} is not in the shipped table of communes and EPCI; check it (a syndicat is not in it)"
        ]
    found = []
    if name and comparable(name) != comparable(known.name):
        found.append(
            f"siret {siret}: declared as {name!r}, but this SIREN is {known.name!r} in the shipped table; were two SIRETs swapped?"
        )
    if departement and known.departement and departement != known.departement:
        found.append(
            f"siret {siret}: declared in département {departement}, but {known.name!r} is in {known.departement} in the shipped table"
        )
    return found


def comparable(name: str) -> str:
    """The name without what differs from one list to the next: accents, case, hyphens, "Ville de"."""
    spaced = plain(name)
    return re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", COURTESIES.sub("", spaced)))


def look_up(siren: str) -> Known | None:
    """The line of this SIREN, found by bisection: the table is sorted and never read whole."""
    table = _table()
    low, high = 0, len(table)
    while low < high:
        middle = table.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = table.find(b"\n", middle)
        line = table[middle:end].decode()
        if line[:9] == siren:
            return Known(*line.split(";"))
        if line[:9] < siren:
            low = end + 1
        else:
            high = middle
    return None


@functools.cache
def _table() -> mmap.mmap:
    with TABLE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
