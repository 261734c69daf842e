# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which column of a CSV file feeds which declared field: by the user's word, else by the names and labels of the declaration."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ...module_utils._options.declaration import FIELDS, Field
from ...module_utils._options.declared_text import look
from ...module_utils.redact import SECRET_WORDS
from .._controller.words import plain, slug
from .problems import FileProblem

PREFIX = "antai_"
# A list such as `certificates` in one column is meant as this element of it.
HEADS = {"certificates": "provider"}
NUMBERED = (re.compile(r"(?:certificates?|certificats?) (?P<number>[0-9]+) (?P<title>.+)"), re.compile(r"(?P<title>.+) (?P<number>[0-9]+)"))
VAULT = "take the column out of the file; passwords and keys belong into a vault (group_vars), never into a CSV"


@dataclass(frozen=True)
class Target:
    """What a column feeds: a field (parent None), an element of the field `parent`, or of its entry `number` (0: not numbered)."""

    name: str
    parent: str = ""
    number: int = 0

    @property
    def path(self) -> str:
        return ".".join(filter(None, (self.parent, str(self.number) if self.number else "", self.name)))

    @property
    def field(self) -> Field:
        return FIELDS[self.parent].element(self.name) if self.parent else FIELDS[self.name]


@dataclass
class Columns:
    """The columns of one file. targets: (index, title, target). extra: (index, title, host variable). untitled: indexes."""

    titles: list[str]
    targets: list[tuple[int, str, Target]]
    extra: list[tuple[int, str, str]]
    untitled: list[int]

    def title_of(self, path: str) -> str | None:
        """Of the column that feeds this field, or this element of any entry."""
        return next((title for _index, title, target in self.targets if path in (target.path, f"{target.parent}.{target.name}")), None)


def target_of(path: str) -> Target | None:
    """The target that a user's key names: siret, antai_siret, address.city, certificates.provider, certificates.2.provider."""
    words = path.strip().removeprefix(PREFIX).split(".")
    number = int(words.pop(1)) if len(words) == 3 and words[0] in HEADS and re.fullmatch("[1-9][0-9]?", words[1]) else 0
    target = Target(words[-1], words[0] if len(words) == 2 else "", number)
    return _head(target) if target in _targets() or (number and Target(target.name, target.parent) in _targets()) else None


def recognised(titles: Iterable[str], chosen: Mapping[str, str | None]) -> int:
    """How many of these titles feed a declared field."""
    named = {look(title) for title in chosen.values() if title}
    return sum(look(title) in named or by_title(title) is not None for title in titles)


def by_title(title: str) -> Target | None:
    """The target whose name or label this is, accents, case and punctuation aside; `Prestataire 2` is that of the second certificate."""
    words = plain(title)
    target = _targets_by_title().get(words)
    if target:
        return _head(target)
    for pattern in NUMBERED:
        match = pattern.fullmatch(words)
        element = match and _targets_by_title().get(match["title"])
        if match and element and element.parent in HEADS and 0 < int(match["number"]) < 100:
            return Target(element.name, element.parent, int(match["number"]))
    return None


def secret(title: str) -> bool:
    """Whether a column of this title holds a secret."""
    target, words = by_title(title), f" {plain(title)} "
    return (target is not None and target.field.secret) or any(f" {word} " in words for word in SECRET_WORDS)


def assign(
    file: str, line: int, titles: list[str], chosen: Mapping[str, str | None], extra_prefix: str
) -> tuple[Columns, list[FileProblem]]:
    """The columns, and what is wrong with them; titles count as a person sees them.

    chosen: path of a field -> title, or None for a field that no column may feed.
    """
    titles = [look(title) for title in titles]
    chosen = {path: look(title) if title else title for path, title in chosen.items()}
    problems = [
        FileProblem(file, "this column is named like a secret", VAULT, line, title) for title in titles if title and secret(title)
    ] or [*_absent(file, line, titles, chosen)]
    chosen_titles = {target_of(path): title for path, title in chosen.items()}
    named = {title for title in chosen_titles.values() if title}
    columns = Columns(titles, [], [], [])
    for index, title in enumerate(titles):
        if not title:
            columns.untitled.append(index)
            continue
        targets = [target for target, wish in chosen_titles.items() if wish == title and target]
        automatic = by_title(title) if title not in named else None
        if automatic and automatic not in chosen_titles:
            targets.append(automatic)
        columns.targets += [(index, title, target) for target in targets]
        if not targets:
            columns.extra.append((index, title, extra_prefix + slug(title, "_")))
    return columns, [*problems, *_unclear(file, line, columns)]


def _absent(file: str, line: int, titles: list[str], chosen: Mapping[str, str | None]) -> Iterator[FileProblem]:
    own_titles = ", ".join(f'"{title}"' for title in titles if title)
    for path, title in chosen.items():
        if title is not None and title not in titles:
            near = difflib.get_close_matches(title, titles, 1)
            hint = f'write "{near[0]}" in columns' if near else "write a title of this file in columns"
            yield FileProblem(file, f"the file has no such column for {path}; it has {own_titles}", hint, line, title)


def _unclear(file: str, line: int, columns: Columns) -> Iterator[FileProblem]:
    """Two columns for one thing, and columns that hold a whole where its parts are needed."""
    feeding: dict[str, list[str]] = {}
    for _index, title, target in columns.targets:
        feeding.setdefault(target.path, []).append(title)
        if target.field.elements:
            parts = ", ".join(f"{target.path}.{element.name}" for element in target.field.elements)
            yield FileProblem(
                file,
                f"one cell cannot hold {target.path}, which is never taken apart here",
                f"give its parts columns of their own ({parts}), or say with columns which of them this one is",
                line,
                title,
            )
    for path, titles in feeding.items():
        if len(titles) > 1:
            quoted = " and ".join(f'"{title}"' for title in titles)
            todo = (
                f"say with columns which one is {path}, or rename the other" if len(set(titles)) > 1 else "rename one of them in the file"
            )
            yield FileProblem(file, f"{quoted} are both the column of {path}", todo, line)
    variables: dict[str, str] = {}
    for _index, title, variable in columns.extra:
        if not plain(title):
            yield FileProblem(file, "no host variable can be named after this title", "give it a title with letters or digits", line, title)
        elif variable in variables:
            yield FileProblem(
                file, f'"{variables[variable]}" and "{title}" would both be the host variable {variable}', "rename one of them", line
            )
        variables[variable] = title
    numbered = {bool(target.number) for _index, _title, target in columns.targets if target.parent in HEADS}
    if len(numbered) > 1:
        todo = "give every certificate numbered columns (Prestataire 1, Prestataire 2), or none"
        yield FileProblem(file, "some columns of certificates are numbered and some are not", todo, line)


def _head(target: Target) -> Target:
    return Target(HEADS[target.name], target.name) if not target.parent and target.name in HEADS else target


@cache
def _targets() -> frozenset[Target]:
    whole = (Target(name) for name in FIELDS)
    return frozenset([*whole, *(Target(element.name, name) for name, field in FIELDS.items() for element in field.elements)])


@cache
def _targets_by_title() -> dict[str, Target]:
    """By title, made plain: the name, the variable and the labels, also without what they have in parentheses.

    What an element of several fields is called is none of them, unless a field of its own is called that.
    """
    targets: dict[str, Target | None] = {}
    for target in sorted(_targets(), key=lambda target: (target.parent, target.name)):
        field = target.field
        names = [target.name, f"{target.parent} {target.name}", f"{PREFIX}{target.parent} {target.name}"]
        labels = [label for text in (field.fr, field.en) for label in (text, re.sub(r"\(.*?\)", "", text))]
        for title in map(plain, [*names, *labels]):
            before = targets.setdefault(title, target)
            if before and before.parent and before.parent != target.parent:
                targets[title] = None
    return {title: target for title, target in targets.items() if target}
