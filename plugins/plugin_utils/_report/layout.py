# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables and long lists of what people read on a terminal: columns that fit its width, and what many share said once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ...module_utils._texts.report import COUNTED
from ...module_utils._texts.text import with_colon

GAP = "  "
CUT = "..."
NARROWEST = 12
NAMED = 5


def aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    """The titles, a rule, and the rows."""
    widths = _widths(lines)
    text = [GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return [text[0], GAP.join("-" * width for width in widths), *text[1:]]


def fitted(lines: Sequence[Sequence[str]], width: int | None, dispensable: Iterable[int], cuttable: Collection[int]) -> list[list[str]]:
    """The same lines, no longer than width characters (None: as they are): first columns go that the files have as well, then long words are cut.

    dispensable: places of columns that may go, the first one first. cuttable: places of those whose cells may be cut; a number never is.
    """
    places = list(range(len(lines[0])))
    for place in dispensable:
        if width is None or _total(_widths([[line[each] for each in places] for line in lines])) <= width:
            break
        places.remove(place)
    kept = [[line[place] for place in places] for line in lines]
    widths = _widths(kept)
    while width is not None and _total(widths) > width:
        at = max((number for number, place in enumerate(places) if place in cuttable), key=lambda number: widths[number], default=None)
        if at is None or widths[at] <= NARROWEST:
            break
        widths[at] -= 1
    return [[_cut(cell, limit) for cell, limit in zip(line, widths, strict=True)] for line in kept]


def shared(texts: Iterable[tuple[str, str, str]], language: str = "en") -> list[str]:
    """What many are told, once. texts: (host, its SIRET, what it is told); those that differ by the SIRET alone are one.

    Whoever is told something of his own keeps his line: "host: text".
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for host, siret, text in texts:
        groups.setdefault(text.replace(siret, "<SIRET>") if siret else text, []).append((host, text))
    lines = []
    for text, members in groups.items():
        hosts = list(dict.fromkeys(host for host, _text in members))
        if len(hosts) == 1:
            lines += [f"{host}: {own}" for host, own in dict.fromkeys(members)]
        else:
            more = f" {COUNTED['and_more'].text(language, len(hosts) - NAMED)}" if len(hosts) > NAMED else ""
            lines.append(with_colon(f"{len(hosts)} x ({', '.join(hosts[:NAMED])}{more})", text, language))
    return lines


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _cut(cell: str, limit: int) -> str:
    return cell if len(cell) <= limit else cell[: limit - len(CUT)] + CUT
