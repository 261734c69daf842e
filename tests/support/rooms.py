# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of the house, from the roof down, and the imports between them; drawn as docs/rooms.svg.

Draw it anew: PYTHONPATH=build/collections:. .venv/bin/python -m tests.support.rooms
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from textwrap import wrap

from tests.support.collection import PLUGINS, ROOT, imports

PICTURE = ROOT / "docs" / "rooms.svg"


@dataclass(frozen=True)
class Room:
    """A folder of plugins. floor: it imports from floors with a lower number, and from itself. purpose: one line."""

    name: str
    floor: int
    purpose: str


GROUND = Room("module_utils", 0, "errors, dates, redaction, libraries, SIRET, text")
ROOMS = (
    Room("modules", 16, "what a user declares: documentation and wiring"),
    Room("action", 16, "the controller's entry of each module"),
    Room("inventory", 16, "the CSV inventory plugin"),
    Room("plugin_utils/_adoption", 15, "spaces that exist become an inventory"),
    Room("filter", 16, "SIRET in templates"),
    Room("test", 16, "SIRET and SIREN in conditions"),
    Room("callback", 16, "the exit code of a run"),
    Room("plugin_utils", 15, "commands of the controller"),
    Room("plugin_utils/_fleet", 15, "all collectivités in one task"),
    Room("plugin_utils/_csv_inventory", 14, "rows of a spreadsheet to hosts"),
    Room("plugin_utils/_controller", 13, "actions, files that options name, in process or shipped"),
    Room("plugin_utils/_report", 13, "table, CSV and JSON for people"),
    Room("module_utils/_doctor", 11, "does everything fit, before the first write"),
    Room("module_utils/_reconcile", 10, "observe, plan, apply: runner, status, the module's shell"),
    Room("module_utils/_resources", 9, "account, convention, certificate, rotation, switch, SIRET"),
    Room("module_utils/_pdf", 8, "conventions: inspected, judged, filled"),
    Room("module_utils/_enrolment", 8, "orders at a PSCE: sheet, EST"),
    Room("module_utils/_interface", 7, "the profile, its operations, authentication"),
    Room("module_utils/_pki", 6, "RGS* certificates: rules, chains, revocation, renewal"),
    Room("module_utils/_options", 5, "the declaration as data, and its choices"),
    Room("module_utils/_store", 4, "keys, requests and journal on disk"),
    Room("module_utils/_http", 3, "the only door to the network"),
    Room("module_utils/_plan", 2, "plan, step, who is waited for"),
    Room("module_utils/_texts", 1, "what people read, in French and English"),
    GROUND,
)
BY_NAME = {room.name: room for room in ROOMS}


def room_of(path: Path) -> Room:
    """The innermost room that a file of plugins stands in."""
    folders = path.relative_to(PLUGINS).parent.parts
    for length in range(len(folders), 0, -1):
        if (name := "/".join(folders[:length])) in BY_NAME:
            return BY_NAME[name]
    raise AssertionError(f"{path} stands in no room: add its folder to ROOMS")


def rooms_imported(path: Path) -> set[Room]:
    """The other rooms that a file imports from."""
    imported = set()
    for name in imports(path):
        target = PLUGINS / name.replace(".", "/")
        if name.split(".")[0] in ("module_utils", "plugin_utils", "modules", "action", "inventory", "filter", "test", "callback"):
            imported.add(room_of(target.with_suffix(".py") if target.with_suffix(".py").is_file() else target / "__init__.py"))
    return imported - {room_of(path)}


def arrows() -> dict[tuple[str, str], int]:
    """(room, room it imports from) -> by how many files."""
    counted: dict[tuple[str, str], int] = {}
    for path in sorted(PLUGINS.rglob("*.py")):
        if path.relative_to(PLUGINS).parts[0] == "doc_fragments":
            continue
        for room in rooms_imported(path):
            pair = (room_of(path).name, room.name)
            counted[pair] = counted.get(pair, 0) + 1
    return dict(sorted(counted.items()))


# Rows of the picture, from the roof down: title, lowest floor in it.
ROWS = (
    ("What Ansible calls", 16),
    ("On the controller", 12),
    ("Observe, plan, apply", 9),
    ("What is spoken: documents, orders, interfaces, certificates", 6),
    ("The ground", 0),
)
WIDTH, HEIGHT, GAP, LEFT, TITLE = 236, 98, 12, 16, 26


def _rows() -> list[tuple[str, list[Room]]]:
    """Title and rooms of each row, the highest floor first."""
    rows = []
    roof = max(room.floor for room in ROOMS) + 1
    for title, lowest in ROWS:
        rows.append((title, sorted((room for room in ROOMS if lowest <= room.floor < roof), key=lambda room: -room.floor)))
        roof = lowest
    return rows


def picture() -> str:
    """docs/rooms.svg: five rows of rooms; each names its floor and the rooms that it imports from, which lie below it or to its right."""
    imported, rows = arrows(), _rows()
    width = LEFT + max(len(rooms) for _title, rooms in rows) * (WIDTH + GAP) + LEFT - GAP
    height = LEFT + len(rows) * (TITLE + HEIGHT + GAP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for row, (title, rooms) in enumerate(rows):
        y = LEFT + row * (TITLE + HEIGHT + GAP)
        lines.append(_text(LEFT, y + 13, title, "#12263f", 'font-size="14"'))
        for column, room in enumerate(rooms):
            targets = [target.rpartition("/")[2].lstrip("_") for source, target in imported if source == room.name]
            lines += _box(LEFT + column * (WIDTH + GAP), y + TITLE, room, sorted(targets))
    return "\n".join([*lines, "</svg>", ""])


def _box(x: int, y: int, room: Room, targets: list[str]) -> list[str]:
    purpose, needs = wrap(room.purpose, 36), wrap("needs " + ", ".join(targets), 46) if targets else ["needs nothing"]
    lines = [
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="#eef3fb" stroke="#33527a"/>',
        _text(x + 8, y + 17, room.name, "#12263f", 'font-size="12" font-weight="bold"'),
        _text(x + WIDTH - 8, y + 17, str(room.floor), "#33527a", 'font-size="10" text-anchor="end"'),
    ]
    lines += [_text(x + 8, y + 32 + 13 * number, line, "#33455c") for number, line in enumerate(purpose)]
    below = y + HEIGHT - 8 - 11 * (len(needs) - 1)
    return lines + [_text(x + 8, below + 11 * number, line, "#777", 'font-size="9"') for number, line in enumerate(needs)]


def _text(x: int, y: int, text: str, colour: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}"{" " + more if more else ""}>{escape(text)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
