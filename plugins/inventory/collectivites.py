# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: collectivites
short_description: A fleet of collectivités, from the CSV files that people have
version_added: 0.1.0
author: collectivites.antai contributors (@collectivites-antai)
description:
  - Reads CSV files as spreadsheets export them, one collectivité a row, and makes each a host with the variables that the roles read.
  - Every row is validated by the checks of the modules. All the problems are told at once, each with file, line, column, value, why, and what to do.
    With a single one there is no host at all, because half a fleet would be managed as if it were the whole.
  - What a spreadsheet has spoilt (lost leading zeros, V(2.17E+13), days in place of words, broken accents) is reported, and never guessed or repaired.
  - A column that holds a secret is refused. Secrets belong into a vault.
  - The source is a YAML file whose name ends in C(collectivites.yml) or C(collectivites.yaml). Name this file with C(-i), and not its folder, since
    Ansible would take the CSV beside it for an inventory of its own.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - Ansible only warns when an inventory source cannot be used, and goes on with the others. Set C(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true),
    or C(any_unparsed_is_failed = true) in the section C([inventory]) of C(ansible.cfg), and it stops.
  - Empty cells declare nothing, and blank rows are skipped. White space around a value, and delimiters after the last column, do not count.
  - A duplicate is refused across all the files of one source. For SIRETs that are in several sources, M(collectivites.antai.antai_inventory_check)
    stops the roles before their first write.
  - The cache is used as long as neither the files nor the options have changed.
requirements:
  - on the controller, the packages of the collection's C(requirements.txt)
options:
  plugin:
    description: Marks the file as a source of this plugin.
    type: str
    required: true
    choices: [collectivites.antai.collectivites]
  files:
    description: CSV files, relative to the source. A comma, semicolon or tab separates their columns, and their first row has the titles.
    type: list
    elements: str
    required: true
  columns:
    description:
      - Which column feeds which field, for the titles that do not say it themselves.
      - A key is the name of a field, with or without C(antai_) (V(siret), V(antai_name), V(contact_email)), or of an element (V(address.city),
        V(certificates.provider), V(certificates.2.provider)). A value is the title of the column, or V(null) to keep all columns from a field.
      - Without an entry, a column feeds the field whose name or French or English label is its title, accents, case, punctuation and what
        labels have in parentheses aside (V(SIRET), V(Nom officiel), V(Code postal), V(Prestataire)). The labels are those of the roles' documentation.
      - Several certificates stand in one cell, separated by C(|), in the same order in each column, or in numbered columns (V(Prestataire 1),
        V(Prestataire 2)).
    type: dict
    default: {}
  defaults:
    description: Values for empty or missing cells, by the same keys. Constants only; templates belong into group_vars.
    type: dict
    default: {}
  encoding:
    description:
      - Encoding of the files. V(auto) knows UTF-8 and UTF-16 by their byte order mark, then tries UTF-8, then takes the file for cp1252 (Latin-1 as
        Windows writes it), unless it looks like Mac Roman, as programs on a Mac may write it. Then the encoding has to be said.
    type: str
    choices: [auto, utf-8, cp1252, latin-1, mac-roman, utf-16]
    default: auto
  delimiter:
    description: What separates the columns. V(auto) takes the one that makes most titles known.
    type: str
    choices: [auto, comma, semicolon, tab]
    default: auto
  extra_prefix:
    description: What the host variables of the other columns begin with, so that none of them is a variable of Ansible or of the roles.
    type: str
    default: csv_
  hostname:
    description: Names of the hosts. V(name-siret), for instance C(albi-21810004800014), V(siret), or the title of a column.
    type: str
    default: name-siret
  group:
    description: The group that all the hosts are in. The playbooks of the collection take V(antai).
    type: str
    default: antai
  group_by:
    description:
      - What to make groups by, below O(group). V(departement), V(cycle), V(provider) (of each certificate), and titles of columns that feed no field.
    type: list
    elements: str
    default: [departement, cycle, provider]
  group_prefix:
    description: What the names of these groups begin with, for instance C(antai_departement_81).
    type: str
    default: antai_
"""

EXAMPLES = r"""
# collectivites.yml
plugin: collectivites.antai.collectivites
files: [communes.csv]

# A list with titles of its own
---
plugin: collectivites.antai.collectivites
files:
  - operateur-nord.csv
  - operateur-sud.csv
columns:
  antai_siret: N° SIRET
  antai_name: Collectivité
  antai_contact_email: Mail
  address.street: Adresse
  certificates.provider: Délégataire
defaults:
  cycle: complet
  certificates.key_type: ec-p384
hostname: Code client
group_by: [departement, provider, Lot]

# Constructed features see the host variables
---
plugin: collectivites.antai.collectivites
files: [communes.csv]
groups:
  large: csv_population | int >= 20000
compose:
  antai_convention_document: "'/srv/conventions/' ~ antai_siret ~ '.pdf'"
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils.errors import AntaiError
from ..module_utils.libraries import require
from ..module_utils.user_files import read_regular
from ..plugin_utils._controller.inventory_sources import REASONS
from ..plugin_utils._csv_inventory.entries import InventoryEntry, read
from ..plugin_utils._csv_inventory.groups import Groups
from ..plugin_utils._csv_inventory.settings import InventorySettings, check_keys

READING = ("columns", "defaults", "encoding", "delimiter", "extra_prefix", "hostname")
WARNED_OF = 5
CONSTRUCTED = ("compose", "groups", "keyed_groups")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "collectivites.antai.collectivites"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(("collectivites.yml", "collectivites.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        try:
            self._parse(path, cache)
        except AnsibleError as error:
            # Ansible makes a warning of it, and goes on: antai_inventory_check tells it again, where it stops the run.
            reasons = inventory.groups["all"].vars.get(REASONS) or {}
            inventory.set_variable("all", REASONS, reasons | {path: error.message})
            raise

    def _parse(self, path: str, cache: bool) -> None:
        given = self._read_config_data(path)
        try:
            require()
            known = constants.config.get_configuration_definitions("inventory", self._load_name)
            check_keys(path, given, [*known, *(alias["name"] for each in known.values() for alias in each.get("aliases", []))])
            entries = self._entries(Path(path), cache)
            groups = Groups(path, self.get_option("group_by"), self.get_option("group_prefix"), self.get_option("extra_prefix"))
            groups.check(entries)
            memberships = [list(groups.of(entry)) for entry in entries]
        except AntaiError as error:
            raise AnsibleParserError(f"{path}: {error.sentence}") from None
        self._warn_of_some(path, entries)
        self._fill(entries, memberships)

    def _entries(self, path: Path, cache: bool) -> list[InventoryEntry]:
        settings = InventorySettings(str(path), **{name: self.get_option(name) for name in READING})
        contents = {name: self._content(path, name) for name in self.get_option("files")}
        if not self.get_option("cache"):
            return read(contents, settings)
        key, stamp = self.get_cache_key(str(path)), _stamp(contents, settings)
        held = self._held(key) if cache else None
        if held is None or held["stamp"] != stamp:
            held = {"stamp": stamp, "entries": [asdict(entry) for entry in read(contents, settings)]}
            self._cache[key] = held
        return [InventoryEntry(**each) for each in held["entries"]]

    def _held(self, key: str) -> dict[str, Any] | None:
        try:
            held: dict[str, Any] = self._cache[key]
        except KeyError:
            return None
        return held

    @staticmethod
    def _content(source: Path, name: str) -> bytes:
        try:
            return read_regular(source.parent / Path(name).expanduser())
        except OSError as error:
            raise AnsibleParserError(f"{source}: files: {name} cannot be read ({error.strerror})") from None

    def _warn_of_some(self, path: str, entries: list[InventoryEntry]) -> None:
        """Those that cannot order a certificate as they are, and those without one, where others have one: it may come from group_vars, and it may
        have been forgotten."""
        remarks = [entry for entry in entries if entry.remark]
        if remarks:
            shown = "; ".join(f"{entry.host} ({entry.place}): {entry.remark}" for entry in remarks[:WARNED_OF])
            rest = f"; and {len(remarks) - WARNED_OF} more" if len(remarks) > WARNED_OF else ""
            self.display.warning(f"{path}: {len(remarks)} of {len(entries)} collectivités cannot order a certificate yet: {shown}{rest}")
        without = [entry for entry in entries if not entry.values.get("certificates")]
        if without and len(without) < len(entries):
            shown = ", ".join(f"{entry.host} ({entry.place})" for entry in without[:WARNED_OF]) + (
                ", ..." if len(without) > WARNED_OF else ""
            )
            self.display.warning(
                f"{path}: {len(without)} of {len(entries)} collectivités name no provider of a certificate: {shown}. The roles need one:"
                " fill in the cell, or set certificates.provider in defaults, or antai_certificates in group_vars."
            )

    def _fill(self, entries: list[InventoryEntry], memberships: list[list[str]]) -> None:
        """Everything is known to be right by now: no host is added before."""
        top = self.inventory.add_group(self.get_option("group"))
        for name in sorted(set().union(*memberships)):
            self.inventory.add_child(top, self.inventory.add_group(name))
        constructed = any(self.get_option(name) for name in CONSTRUCTED)
        for entry, names in zip(entries, memberships, strict=True):
            self.inventory.add_host(entry.host, None if names else top)
            for name in names:
                self.inventory.add_child(name, entry.host)
            variables = entry.variables()
            # The host itself: through the inventory, ansible-core 2.19 takes three times as long for each value, to mark where it comes from.
            host = self.inventory.get_host(entry.host)
            for name, value in variables.items():
                host.set_variable(name, value)
            if constructed:
                self._construct(entry.host, variables)

    def _construct(self, host: str, variables: dict[str, Any]) -> None:
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)


def _stamp(contents: dict[str, bytes], settings: InventorySettings) -> str:
    """Of all that the entries come from; another stamp, and what the cache holds is of no use."""
    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True, default=str).encode())
    for name, content in contents.items():
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
