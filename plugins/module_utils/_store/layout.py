# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything lies in the store, and what is there now. Reads only; the tree is drawn in store.py."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import InvalidInput
from .files import read_json

# A version that a kill left under two names goes by the first of them.
LINKS = ("current", "previous", "rejected", "next", "pending")
NOTES = "rotation.json"
SIGNED, BLANK, TO_SIGN, COUNTERSIGNED = "signed.pdf", "blank.pdf", "to_sign.pdf", "countersigned.pdf"
RELOAD_DUE = "reload_due"

LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DROPPED_SUFFIXES = (".pem", ".crt", ".cer", ".der", ".p7b", ".p7c", ".p12", ".pfx")


def check_label(value: str, field: str = "provider") -> str:
    """A provider's label: it names folders and is shown in the space. Raises InvalidInput."""
    if not LABEL.fullmatch(value):
        raise InvalidInput(
            field,
            f"{value!r} is no label",
            "use up to 64 letters without accents, digits, '.', '_' or '-', beginning with a letter or digit",
            value=value,
        )
    return value


@dataclass(frozen=True)
class Links:
    """What stands at the links of one provider, at one moment. versions: the directory behind each, by the name that counts.

    leftovers: links that a kill has left on a version that already goes by another name. reload_due: as the file of this name says it.
    newest: the directory of the newest version (its path), whether a link leads to it or not.
    """

    versions: dict[str, Path]
    leftovers: tuple[str, ...]
    reload_due: bool
    newest: str | None


class Layout:
    """Where the files of one collectivité are, and what is there. Writes nothing."""

    def __init__(self, root: str, siret: str) -> None:
        if not os.path.isabs(root):
            raise InvalidInput(
                "store", f"{root!r} is not an absolute path", "give the whole path: a run from another folder must find the same keys"
            )
        self.siret = siret
        self._looked_at: dict[str, Links] | None = None  # within one look, by provider
        self._root = os.path.join(root, siret)  # a fleet asks for a hundred thousand places: pathlib takes ten times as long to join them

    @cached_property
    def root(self) -> Path:
        return Path(self._root)

    # Places

    def conventions(self, cycle: str, following: bool = False) -> Path:
        """following: of the convention that is to follow the one in force."""
        return Path(self._conventions(cycle, following))

    def _conventions(self, cycle: str, following: bool) -> str:
        return f"{self._root}/conventions/{cycle}/next" if following else f"{self._root}/conventions/{cycle}"

    def signed_convention(self, cycle: str, following: bool = False) -> Path:
        return Path(f"{self._conventions(cycle, following)}/{SIGNED}")

    def blank_convention(self, cycle: str, following: bool = False) -> Path:
        return Path(f"{self._conventions(cycle, following)}/{BLANK}")

    def convention_to_sign(self, cycle: str, following: bool = False) -> Path:
        """The blank, filled from the declaration."""
        return Path(f"{self._conventions(cycle, following)}/{TO_SIGN}")

    def countersigned_convention(self, cycle: str, following: bool = False) -> Path:
        return Path(f"{self._conventions(cycle, following)}/{COUNTERSIGNED}")

    def laid(self, cycle: str, name: str, following: bool = False) -> Path | None:
        """The document of this name, or None where it is not there."""
        path = f"{self._conventions(cycle, following)}/{name}"
        return Path(path) if os.path.isfile(path) else None

    def certificates(self, provider: str) -> Path:
        return Path(self._certificates(provider))

    def _certificates(self, provider: str) -> str:
        return f"{self._root}/certificates/{provider}"

    def dropped(self, provider: str) -> Path:
        return Path(f"{self._certificates(provider)}/dropped")

    @contextmanager
    def looking(self) -> Iterator[None]:
        """While this lasts, the links of a provider are read once: all that one look sees is of one moment. For who writes nothing meanwhile."""
        if self._looked_at is not None:  # one look within another
            yield
            return
        self._looked_at = {}
        try:
            yield
        finally:
            self._looked_at = None

    def links(self, provider: str) -> Links:
        """As they are now, or were in this look."""
        if self._looked_at is None:
            return self._links_now(provider)
        if provider not in self._looked_at:
            self._looked_at[provider] = self._links_now(provider)
        return self._looked_at[provider]

    def _links_now(self, provider: str) -> Links:
        """From one listing of the folder."""
        place = self._certificates(provider)
        try:
            there = os.listdir(place)
        except OSError:  # there is none, or it may not be listed: then each name is tried
            there = [*LINKS, RELOAD_DUE]
        versions: dict[str, Path] = {}
        leftovers = []
        for name in LINKS:
            folder = _target(place, name) if name in there else None
            if folder is None:
                continue
            if folder in versions.values():
                leftovers.append(name)
            else:
                versions[name] = folder
        due = RELOAD_DUE in there and os.path.exists(f"{place}/{RELOAD_DUE}")
        numbers = _numbers(f"{place}/versions")
        return Links(versions, tuple(leftovers), due, f"{place}/versions/{numbers[-1]}" if numbers else None)

    def version(self, provider: str, name: str) -> Path | None:
        """The directory behind a link of LINKS, or None; None too where the version already goes by a name that counts more."""
        return self.links(provider).versions.get(name)

    def versions(self, provider: str) -> list[Path]:
        """Every version there ever was, the oldest first; a discarded request is none."""
        folder = f"{self._certificates(provider)}/versions"
        return [Path(f"{folder}/{number}") for number in _numbers(folder)]

    def leftovers(self, provider: str) -> tuple[str, ...]:
        """As Links has them."""
        return self.links(provider).leftovers

    def reload_due(self, provider: str) -> bool:
        """As Links has it."""
        return self.links(provider).reload_due

    def providers(self) -> list[str]:
        folder = self.root / "certificates"
        return sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []

    def dropped_files(self, provider: str) -> list[Path]:
        """What people laid there, oldest first; hidden and unfinished files are passed over."""
        folder = self.dropped(provider)
        if not folder.is_dir():
            return []
        files = [
            each
            for each in folder.iterdir()
            if each.is_file() and each.suffix.lower() in DROPPED_SUFFIXES and not each.name.startswith(".")
        ]
        return sorted(files, key=lambda each: (each.stat().st_mtime, each.name))


def read_notes(folder: Path) -> dict[str, Any]:
    """What `annotate` remembered of a version."""
    return read_json(folder / NOTES) if os.path.exists(f"{folder}/{NOTES}") else {}


def _numbers(folder: str) -> list[str]:
    """Names of the versions in this folder, the oldest first."""
    try:
        return sorted(filter(str.isdigit, os.listdir(folder)), key=int)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _target(place: str, name: str) -> Path | None:
    """The directory behind a link, or the directory itself where a backup has put one in its place; None where there is none."""
    link = f"{place}/{name}"
    try:
        target = os.path.join(place, os.readlink(link))
    except OSError:
        target = link
    return Path(target) if os.path.isdir(target) else None
