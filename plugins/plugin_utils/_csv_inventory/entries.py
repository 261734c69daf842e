# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From CSV files to the entries of a fleet: every row validated by the declaration and by the modules' own building of resources.

Pure but for the bytes that it is given. One wrong cell and there is no entry at all: half a fleet would be managed as if it were the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...module_utils._options.declaration import FIELDS
from ...module_utils._options.declared_text import look
from ...module_utils._reconcile.onboarding import onboarding
from ...module_utils._resources.certificate.options import OrganisationTooLong
from ...module_utils.errors import InvalidInput
from .._controller.words import slug
from .columns import HEADS, Columns, Target, assign, recognised
from .problems import FileProblem, UnusableFiles
from .settings import NAMINGS, InventorySettings
from .text import CsvRow, decode, line_at, records
from .values import value_of

REQUIRED = ("siret", "name")
SEPARATOR = "|"
TEMPLATE = ("{{", "{%", "{#")
KEY = "PRIVATE KEY-----"
HOSTNAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,251}")
REMEMBERED = 1000
TAKEN = ("all", "ungrouped", "localhost")
# What building the resources of one collectivité needs beside the declared fields.
WHOLE = {field.option_name: field.default for field in FIELDS.values()} | {
    "state": "active",
    "document_content": None,
    "next_document_content": None,
}
KEY_TYPE = FIELDS["certificates"].element("key_type").default


@dataclass(slots=True)
class InventoryEntry:
    """One collectivité. values: by the name of the field, declared ones only. extra: the other columns, by host variable.

    remark: what keeps this one from its certificate, and holds no other up.
    """

    file: str
    line: int
    values: dict[str, Any]
    extra: dict[str, str]
    host: str = ""
    remark: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.line}"

    def variables(self) -> dict[str, Any]:
        """The host variables."""
        return {FIELDS[name].variable: value for name, value in self.values.items()} | self.extra


def read(files: Mapping[str, bytes], settings: InventorySettings) -> list[InventoryEntry]:
    """The entries of all the files (name as the user wrote it -> content), in their order. Raises UnusableFiles with every problem."""
    constants = settings.constants()
    entries: list[InventoryEntry] = []
    problems: list[FileProblem] = []
    for file, content in files.items():
        reader = _RowReader(file, problems)
        try:
            reader.open(content, settings, constants)
            entries += reader.entries()
        except UnusableFiles as error:
            problems += error.problems
    problems += _duplicates(entries)
    if problems:
        raise UnusableFiles(problems)
    return entries


class _RowReader:
    """One file, row by row. What is wrong with its rows goes to `problems`; what is wrong with the whole is raised (UnusableFiles)."""

    def __init__(self, file: str, problems: list[FileProblem]) -> None:
        self.file = file
        self.problems = problems
        self._wrong: set[str | None] = set()  # titles of the cells of the current row that were complained of
        self._remembered: dict[Target, dict[str, Any]] = {}

    def open(self, content: bytes, settings: InventorySettings, constants: Mapping[Target, Any]) -> None:
        """Read the titles; the rows follow with `entries`."""
        text = decode(self.file, content, settings.encoding)
        _refuse_keys(self.file, text)
        self._suspect = any(sign in text for sign in TEMPLATE)
        self._rows = records(self.file, text, settings.delimiter, lambda titles: recognised(titles, settings.columns))
        head = next(self._rows, None)
        if head is None:
            raise UnusableFiles([FileProblem(self.file, "is empty", "export the list again, its titles in the first row")])
        self._columns, problems = assign(self.file, head.line, head.cells, settings.columns, settings.extra_prefix)
        self._hostname, host_problems = _host_column(self.file, head.line, self._columns, settings)
        problems += [*host_problems, *_missing(self.file, head.line, self._columns, constants)]
        if problems:
            raise UnusableFiles(problems)
        self._naming = settings.hostname
        self._constants = constants
        self._numbered = any(target.number for _index, _title, target in self._columns.targets)

    def entries(self) -> Iterator[InventoryEntry]:
        empty = True
        for record in self._rows:
            empty = False
            before = len(self.problems)
            entry = self._entry(record)
            if len(self.problems) == before:
                self._build(record, entry)
            yield entry
        if empty:
            raise UnusableFiles([FileProblem(self.file, "has titles and no row", "export the list again, or take the file out of files")])

    def _entry(self, record: CsvRow) -> InventoryEntry:
        self._wrong = set()
        cells = [cell.strip() for cell in record.cells]
        cells += [""] * (len(self._columns.titles) - len(cells))
        self._refuse_loose(record, cells)
        if self._suspect:
            self._refuse_templates(record, cells)
        by_target: dict[Target, Any] = {}
        for index, _title, target in self._columns.targets:
            if cells[index]:
                self._take(record, index, target, cells[index], by_target)
        entry = InventoryEntry(
            self.file, record.line, self._gathered(record, by_target), {name: cells[index] for index, _title, name in self._columns.extra}
        )
        for name in REQUIRED:
            if name not in entry.values:
                self._problem(record, name, "is empty", f"fill in {FIELDS[name].en} ({FIELDS[name].fr})")
        entry.host = self._host(record, cells, entry.values)
        return entry

    def _take(self, record: CsvRow, index: int, target: Target, cell: str, by_target: dict[Target, Any]) -> None:
        """The value, or the list of values that a cell of the unnumbered certificate columns holds."""
        try:
            if target.parent in HEADS and not target.number:
                by_target[target] = [self._value(target, part.strip()) if part.strip() else None for part in cell.split(SEPARATOR)]
            else:
                by_target[target] = self._value(target, cell)
        except InvalidInput as error:
            why = error.message.removeprefix(f"{target.path}: ")
            self._tell(record, index, cell, why, error.hint)

    def _value(self, target: Target, text: str) -> Any:
        """The value; the same cycle, provider or agent in thousands of rows is looked at once."""
        remembered = self._remembered.setdefault(target, {})
        if text not in remembered:
            if len(remembered) == REMEMBERED:
                remembered.clear()
            remembered[text] = value_of(target.field, target.path, text)
        return remembered[text]

    def _gathered(self, record: CsvRow, by_target: Mapping[Target, Any]) -> dict[str, Any]:
        """The values by field: dicts and lists put together from their elements, constants where a cell is empty."""
        values: dict[str, Any] = {}
        for target, value in [*self._constants.items(), *by_target.items()]:
            if not target.parent:
                values[target.name] = value
            elif target.parent not in HEADS:
                values.setdefault(target.parent, {})[target.name] = value
        for parent in HEADS:
            items = self._numbered_items(record, parent, by_target) if self._numbered else self._listed_items(record, parent, by_target)
            if items:
                values[parent] = items
        return values

    def _numbered_items(self, record: CsvRow, parent: str, by_target: Mapping[Target, Any]) -> list[dict[str, Any]]:
        by_number: dict[int, dict[str, Any]] = {}
        for target, value in by_target.items():
            if target.parent == parent:
                by_number.setdefault(target.number, {})[target.name] = value
        return [self._item(record, parent, by_number[number], number) for number in sorted(by_number)]

    def _listed_items(self, record: CsvRow, parent: str, by_target: Mapping[Target, Any]) -> list[dict[str, Any]]:
        heads = by_target.get(Target(HEADS[parent], parent))
        lists = {target.name: value for target, value in by_target.items() if target.parent == parent}
        count = len(heads or [None]) if heads or lists or Target(HEADS[parent], parent) in self._constants else 0
        for name, value in lists.items():
            if len(value) != count:
                todo = f"give one for each {HEADS[parent]}, separated by {SEPARATOR} (nothing between two signs: none)"
                path = f"{parent}.{name}"
                self._problem(record, path, f"{path} has {len(value)} values for {count} of {parent}.{HEADS[parent]}", todo)
                return []
        picked = [{name: value[rank] for name, value in lists.items() if value[rank] is not None} for rank in range(count)]
        return [self._item(record, parent, element, 0) for element in picked]

    def _item(self, record: CsvRow, parent: str, cells: dict[str, Any], number: int) -> dict[str, Any]:
        constants = {
            target.name: value for target, value in self._constants.items() if target.parent == parent and target.number in (0, number)
        }
        item = constants | cells
        head = Target(HEADS[parent], parent, number)
        if head.name not in item:
            self._problem(record, head.path, "is empty, but something else is said of this certificate", f"fill in {head.field.en}")
        return item

    def _build(self, record: CsvRow, entry: InventoryEntry) -> None:
        """The last word is the modules' own: what the roles would do with this entry must be possible."""
        values = {FIELDS[name].option_name: value for name, value in entry.values.items()}
        certificates = [{"key_type": KEY_TYPE} | certificate for certificate in entry.values.get("certificates", [])]
        try:
            try:
                onboarding(WHOLE | values | {"certificates": certificates})
            except OrganisationTooLong as error:
                # This collectivité cannot order yet; all others, and everything else of this one, are none the worse for it.
                entry.remark = error.sentence
                onboarding(WHOLE | values | {"certificates": certificates, "certificate_organisation": "FPS"})
        except InvalidInput as error:
            field = error.details["field"]
            self._problem(record, field, error.message.removeprefix(f"{field}: "), error.hint)

    def _host(self, record: CsvRow, cells: list[str], values: Mapping[str, Any]) -> str:
        if self._hostname is None:
            siret = values.get("siret", "")
            return siret if self._naming == "siret" else "-".join(filter(None, (slug(values.get("name", ""), "-"), siret)))
        name = cells[self._hostname]
        if not HOSTNAME.fullmatch(name) or name in TAKEN:
            todo = "letters without accents, digits, '.', '_' and '-' make one; or choose another hostname"
            self._tell(record, self._hostname, name, "is no name of a host", todo)
        return name

    def _refuse_loose(self, record: CsvRow, cells: list[str]) -> None:
        """What stands beside the table: after its last column, or in a column without a title."""
        width = len(self._columns.titles)
        for index in [*self._columns.untitled, *range(width, len(cells))]:
            if cells[index]:
                why = f"stands in column {index + 1}, which has no title"
                todo = "quote cells that hold the delimiter, or give the column a title"
                self._tell(record, index, cells[index], why, todo)
                return

    def _refuse_templates(self, record: CsvRow, cells: list[str]) -> None:
        for index, cell in enumerate(cells):
            if any(sign in cell for sign in TEMPLATE):
                why = "is a template, which Ansible might carry out"
                todo = "a CSV holds plain values; templates belong into group_vars or compose"
                self._tell(record, index, cell, why, todo)

    def _tell(self, record: CsvRow, index: int, value: str | None, why: str, todo: str) -> None:
        """A problem of one cell; the rest of the row does not complain of it again."""
        title = self._columns.titles[index] if index < len(self._columns.titles) else None
        self._wrong.add(title)
        self.problems.append(FileProblem(self.file, why, todo, record.line_of(index), title or None, value))

    def _problem(self, record: CsvRow, path: str, why: str, todo: str) -> None:
        """A problem of a field, told at its column where it has one."""
        index = next((index for index, _title, target in self._columns.targets if path in _paths(target)), None)
        if index is None:
            self.problems.append(FileProblem(self.file, why if why.startswith(path) else f"{path} {why}", todo, record.line))
        elif self._columns.titles[index] not in self._wrong:
            self._tell(record, index, record.cells[index].strip() if index < len(record.cells) else "", why, todo)


def _paths(target: Target) -> tuple[str, ...]:
    """The names by which a message may mean this column: with and without the number, the list, the list's name."""
    return (
        target.path,
        f"{target.parent}.{target.name}",
        target.field.option_name,
        *((target.parent,) if target.name in HEADS.values() else ()),
    )


def _refuse_keys(file: str, text: str) -> None:
    if KEY in text:
        todo = "take it out at once, and treat that key as compromised"
        raise UnusableFiles([FileProblem(file, "holds a private key", todo, line_at(text, text.index(KEY)))])


def _missing(file: str, line: int, columns: Columns, constants: Mapping[Target, Any]) -> Iterator[FileProblem]:
    own_titles = ", ".join(f'"{title}"' for title in columns.titles if title)
    for name in REQUIRED:
        if columns.title_of(name) is None and Target(name) not in constants:
            field = FIELDS[name]
            names = " or ".join(dict.fromkeys((field.fr, field.en, field.name)))
            why = f"no column is called {names}; the file has {own_titles}"
            yield FileProblem(file, why, f'say which one it is: columns: {{{field.variable}: "..."}}', line)


def _host_column(file: str, line: int, columns: Columns, settings: InventorySettings) -> tuple[int | None, list[FileProblem]]:
    if settings.hostname in NAMINGS:
        return None, []
    if look(settings.hostname) in columns.titles:
        return columns.titles.index(look(settings.hostname)), []
    todo = f"hostname is {', '.join(NAMINGS)} or the title of a column"
    return None, [FileProblem(file, "the file has no such column to name hosts by", todo, line, settings.hostname)]


def _duplicates(entries: list[InventoryEntry]) -> Iterator[FileProblem]:
    """The second and every further one is told, with the place of the first."""
    sirets: dict[str, InventoryEntry] = {}
    hosts: dict[str, InventoryEntry] = {}
    for entry in entries:
        siret = entry.values.get("siret")
        if siret is not None:
            first = sirets.setdefault(siret, entry)
            if first is not entry:
                why = f"the same SIRET is that of {first.place} ({first.values.get('name', 'without a name')})"
                yield FileProblem(
                    entry.file, why, "keep one of the two: they would overwrite each other's account", entry.line, None, siret
                )
                continue
        first = hosts.setdefault(entry.host, entry)
        if first is not entry and siret is not None:
            yield FileProblem(
                entry.file, f"the same host name is that of {first.place}", "choose another hostname", entry.line, None, entry.host
            )
