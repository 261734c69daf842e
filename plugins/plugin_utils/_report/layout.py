# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables and long lists of what people read on a terminal: columns that fit its width, and what many share said once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ...module_utils._texts.report import COUNTED, TEXTS
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
        if width is None or _total(_widths([[line[column] for column in places] for line in lines])) <= width:
            break
        places.remove(place)
    fitting = [[line[place] for place in places] for line in lines]
    widths = _widths(fitting)
    while width is not None and _total(widths) > width:
        at = max((number for number, place in enumerate(places) if place in cuttable), key=lambda number: widths[number], default=None)
        if at is None or widths[at] <= NARROWEST:
            break
        widths[at] -= 1
    return [[_cut(cell, limit) for cell, limit in zip(line, widths, strict=True)] for line in fitting]


def shared(texts: Iterable[tuple[str, str, str]], language: str = "en") -> list[str]:
    """What many read, once. texts: (host, its SIRET, its text); those that differ by the SIRET alone are one.

    Whoever has a text of his own keeps his line: "host: text".
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
            lines.append(with_colon(f"{len(hosts)} x ({names_shown(hosts, language)})", text, language))
    return lines


def by_text(texts: Iterable[tuple[str, str]], language: str) -> list[str]:
    """texts: (name, text). The same text once, with the names of all that it is about."""
    groups: dict[str, list[str]] = {}
    for name, text in texts:
        groups.setdefault(text, []).append(name)
    return [with_colon(names_shown(names, language), text, language) for text, names in groups.items()]


def names_shown(names: Sequence[str], language: str) -> str:
    """The first few, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" {COUNTED['and_more'].text(language, more)}" if more > 0 else "")


def files_written(files: Iterable[str], language: str) -> list[str]:
    """Where the same was written; nothing where it was not."""
    paths = ", ".join(files)
    return ["", TEXTS["files"].text(language, files=paths)] if paths else []


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _cut(cell: str, limit: int) -> str:
    return cell if len(cell) <= limit else cell[: limit - len(CUT)] + CUT
