# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adopted spaces as a CSV file that the inventory plugin reads: the same declaration comes back, or the field stays empty. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...module_utils._options.declared_text import same_text
from ...module_utils.text import one_line
from .._csv_inventory.columns import Target, target_of
from .._csv_inventory.entries import SEPARATOR, InventoryEntry, read
from .._csv_inventory.problems import UnusableFiles
from .._csv_inventory.settings import InventorySettings
from .._report.spreadsheet import sheet
from .spaces import ELSEWHERE, AdoptedSpace, LeftOutSpace, Remark

SOURCE_FILE, CSV_FILE = "collectivites.yml", "collectivites.csv"
# The columns, by path of the declaration; what no space shows (the agent) has its column all the same, to be filled in.
PATHS = (
    "siret",
    "name",
    "departement",
    "address.street",
    "address.postal_code",
    "address.city",
    "contact_email",
    "agent_name",
    "agent_email",
    "cycle",
    "certificates.provider",
    "certificates.fingerprint",
    "certificates.keys",
)
# Declares nothing: the host whose credentials show the space. Groups are made by it, so that credentials have their group_vars.
AGENT_COLUMN = "Agent"
INDISPENSABLE = ("siret", "name")
SOURCE = (
    "# From the lists of the spaces (antai_inventory_from_space). Credentials belong into a vault: group_vars/antai_agent_<agent>.yml.\n"
    "plugin: collectivites.antai.collectivites\n"
    f"files: [{CSV_FILE}]\n"
    f"group_by: [departement, cycle, provider, {AGENT_COLUMN}]\n"
    "# Without an active certificate nothing is declared, and nothing ordered: name the provider in the CSV once it has been chosen.\n"
    "compose:\n"
    "  antai_certificates: antai_certificates | default([])\n"
)


def titles(language: str) -> list[str]:
    """Of the columns, which the inventory plugin knows by themselves."""
    return [*(getattr(_target(path).field, language) for path in PATHS), AGENT_COLUMN]


def csv_bytes(spaces: Sequence[AdoptedSpace], language: str) -> bytes:
    """The whole file, in the order of the spaces."""
    return sheet([titles(language), *(_cells(space) for space in spaces)])


def keep_readable(spaces: Sequence[AdoptedSpace], language: str) -> list[AdoptedSpace | LeftOutSpace]:
    """The same spaces, without the fields that the inventory plugin would not read back as the space shows them."""
    entries = _read(spaces, language)
    if isinstance(entries, list) and not any(_differing(space, entry) for space, entry in zip(spaces, entries, strict=True)):
        return list(spaces)
    return [_keep_readable(space, language) for space in spaces]


def read_back(spaces: Sequence[AdoptedSpace], language: str) -> list[InventoryEntry]:
    """The entries that the inventory plugin makes of the file. Raises UnusableFiles."""
    return read({CSV_FILE: csv_bytes(spaces, language)}, InventorySettings(SOURCE_FILE)) if spaces else []


def _read(spaces: Sequence[AdoptedSpace], language: str) -> list[InventoryEntry] | UnusableFiles:
    try:
        return read_back(spaces, language)
    except UnusableFiles as error:
        return error


def _keep_readable(space: AdoptedSpace, language: str) -> AdoptedSpace | LeftOutSpace:
    """One space: a field that cannot be read goes, and is remarked; without one that is indispensable, the space goes."""
    paths = dict(zip(titles(language), PATHS, strict=False))
    while True:
        entries = _read([space], language)
        if isinstance(entries, list):
            wrong = {path: one_line(repr(space.fields[path])) for path in _differing(space, entries[0])}
        else:
            wrong = {paths.get(problem.column or "", ""): one_line(problem.why) for problem in entries.problems}
        if not wrong:
            return space
        if any(path in INDISPENSABLE or path not in space.fields for path in wrong):
            return LeftOutSpace(space.agent, space.siret, one_line(space.name), Remark("unusable", "; ".join(wrong.values())))
        fields = {path: value for path, value in space.fields.items() if path not in wrong}
        remarks = [Remark("unreadable_field", f"{path}: {why}") for path, why in wrong.items()]
        space = replace(space, fields=fields).remarked(*remarks)


def _differing(space: AdoptedSpace, entry: InventoryEntry) -> list[str]:
    """The paths whose value does not come back as it was."""
    return [path for path, value in space.fields.items() if not same_text(_value(entry.values, path), value)]


def _value(values: dict[str, Any], path: str) -> Any:
    parent, _point, name = path.rpartition(".")
    return (values.get(parent) or {}).get(name) if parent else values.get(name)


def _cells(space: AdoptedSpace) -> list[str]:
    own = {path: space.fields.get(path, "") for path in PATHS}
    entries = space.certificates
    own["certificates.provider"] = SEPARATOR.join(entry.provider for entry in entries)
    own["certificates.fingerprint"] = _joined([entry.fingerprint or "" for entry in entries])
    own["certificates.keys"] = _joined([ELSEWHERE if entry.keys == ELSEWHERE else "" for entry in entries])
    return [*own.values(), space.agent]


def _joined(cells: list[str]) -> str:
    return SEPARATOR.join(cells) if any(cells) else ""


def _target(path: str) -> Target:
    target = target_of(path)
    if target is None:
        raise AssertionError(f"no field is called {path}")
    return target
