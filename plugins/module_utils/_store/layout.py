# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything lies in the store, and what is there now. Reads only; the tree is drawn in store.py."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import InvalidInput
from .files import read_json
from .identity import read_identity
from .links import LINKS, NOTES, Links, derive_links, find_twin, read_record
from .tree import check_folder, leads_to_version

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


class Layout:
    """Where the files of one collectivité are, and what is there. Writes nothing."""

    def __init__(self, root: str, siret: str) -> None:
        if not os.path.isabs(root):
            raise InvalidInput(
                "store", f"{root!r} is not an absolute path", "give the whole path: a run from another folder must find the same keys"
            )
        check_folder(root, linked=True)
        check_folder(os.path.join(root, siret))
        read_identity(root)
        self.siret = siret
        self.top = root  # the store of all collectivités
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
            names = os.listdir(place)
        except OSError:  # there is none, or it may not be listed: then each name is tried
            names = [*LINKS, RELOAD_DUE]
        numbers = [Path(f"{place}/versions/{number}") for number in _numbers(f"{place}/versions")]
        versions, leftovers, detached = _bound(place, [name for name in LINKS if name in names], numbers)
        if "current" not in versions:
            lost = _lost(numbers, set(versions.values()), versions.keys())
            versions |= lost
            detached += lost
        due = RELOAD_DUE in names and os.path.exists(f"{place}/{RELOAD_DUE}")
        return Links(versions, tuple(leftovers), tuple(detached), due, str(numbers[-1]) if numbers else None)

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

    def detached(self, provider: str) -> tuple[str, ...]:
        """As Links has them."""
        return self.links(provider).detached

    def reload_due(self, provider: str) -> bool:
        """As Links has it."""
        return self.links(provider).reload_due

    def providers(self) -> list[str]:
        folder = self.root / "certificates"
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []

    def dropped_files(self, provider: str) -> list[Path]:
        """What people laid there, oldest first; hidden and unfinished files are passed over."""
        folder = self.dropped(provider)
        if not folder.is_dir():
            return []
        files = [
            entry
            for entry in folder.iterdir()
            if entry.is_file() and entry.suffix.lower() in DROPPED_SUFFIXES and not entry.name.startswith(".")
        ]
        return sorted(files, key=lambda entry: (entry.stat().st_mtime, entry.name))


def read_notes(folder: Path) -> dict[str, Any]:
    """What `annotate` remembered of a version."""
    return read_json(folder / NOTES) if os.path.exists(f"{folder}/{NOTES}") else {}


def _numbers(folder: str) -> list[str]:
    """Names of the versions in this folder, the oldest first."""
    try:
        return sorted(filter(str.isdigit, os.listdir(folder)), key=int)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _bound(place: str, names: list[str], numbers: list[Path]) -> tuple[dict[str, Path], list[str], list[str]]:
    """What stands at these names: (the directory behind each, leftovers, detached), as Links has them."""
    versions: dict[str, Path] = {}
    counted: set[Path] = set()
    leftovers, detached = [], []
    for name in names:
        folder, is_link = _target(place, name)
        if folder is None:
            continue
        version = folder if is_link else find_twin(folder, numbers) or folder
        if version in counted:
            leftovers.append(name)
            continue
        counted.add(version)
        versions[name] = folder
        if not is_link:
            detached.append(name)
    return versions, leftovers, detached


def _lost(numbers: list[Path], bound: set[Path], names: Iterable[str]) -> dict[str, Path]:
    """The versions of links that are gone, by name; what stands at a name stays there."""
    pairs = [record for folder in numbers if folder not in bound and (record := read_record(folder))]
    by_number = {folder.name: folder for folder in numbers}
    return {name: by_number[number] for name, number in derive_links(pairs).items() if name not in names}


def _target(place: str, name: str) -> tuple[Path | None, bool]:
    """(the directory at this name, whether a link leads to it). A link that leads to no version is none; None where there is nothing."""
    link = f"{place}/{name}"
    try:
        target = os.readlink(link)
    except OSError:
        return (Path(link), False) if os.path.isdir(link) else (None, False)
    folder = os.path.join(place, target)
    return (Path(folder) if leads_to_version(place, target) and os.path.isdir(folder) else None), True
