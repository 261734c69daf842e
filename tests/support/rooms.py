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


WIDTH, HEIGHT, GAP, LEFT, STEP = 250, 40, 20, 20, 66


def _places() -> dict[str, tuple[int, int]]:
    """Left upper corner of each room; floors from the roof down, rooms of a floor side by side."""
    floors = sorted({room.floor for room in ROOMS}, reverse=True)
    places = {}
    for row, floor in enumerate(floors):
        for column, room in enumerate(room for room in ROOMS if room.floor == floor):
            places[room.name] = (LEFT + column * (WIDTH + GAP), 20 + row * STEP)
    return places


def picture() -> str:
    """docs/rooms.svg: the rooms on their floors; for the last of each floor, the rooms that it imports from."""
    places, imported = _places(), arrows()
    used = {room.name: sorted(target for source, target in imported if source == room.name) for room in ROOMS}
    width, height = LEFT * 2 + 3 * (WIDTH + GAP) + 420, max(y for _x, y in places.values()) + STEP + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for room in ROOMS:
        x, y = places[room.name]
        last = max(column for column, row in places.values() if row == y)
        lines += [
            f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="#eef3fb" stroke="#33527a"/>',
            f'<text x="{x + 8}" y="{y + 17}" font-weight="bold" fill="#12263f">{escape(room.name)}</text>',
            f'<text x="{x + 8}" y="{y + 32}" font-size="9" fill="#33455c">{escape(room.purpose)}</text>',
        ]
        if x == last and used[room.name]:
            names = ", ".join(name.rpartition("/")[2] for name in used[room.name])
            lines.append(f'<text x="{x + WIDTH + 12}" y="{y + 24}" font-size="10" fill="#555">imports: {escape(names)}</text>')
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
