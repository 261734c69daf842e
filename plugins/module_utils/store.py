# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one declared store (antai_store): keys, requests, certificates and documents of each collectivité, on the machine where the task runs.

    <store>/<siret>/
        journal.jsonl                              what was done, one JSON object a line
        jobs.json                                  what ANTAI still works on, so that nothing is sent twice
        space_of_others.json                       the request for the space that met one which others have opened: for a day it is not repeated
        certificates/<provider>/
            versions/<n>/                          key.pem request.csr order.md request.json, then certificate.pem chain.pem fullchain.pem,
                                                   rotation.json
            pending -> versions/<n>                requested, not issued yet
            next -> versions/<n>                   issued in a rotation, not in use yet
            current -> versions/<n>                key and certificate in use: they change together, by one symlink swap
            previous -> versions/<n>               was in use, lives on in its grace period; its key is deleted when that is over
            rejected -> versions/<n>               was to be next, and was refused or taken back: never tried again by itself
            reload_due                             `current` has changed, and what reads it was not reloaded yet
            dropped/                               where people lay the certificate that the PSCE sent
        conventions/<cycle>/                       blank.pdf to_sign.pdf signed.pdf countersigned.pdf
            next/                                  the same, of the convention that is to follow the one in force
            earlier/                               countersigned copies of conventions that are over, by their SHA-256
            record.jsonl                           each countersigned copy's SHA-256 beside that of the document sent, one JSON object a line

Directories are 0700 and files 0600. A file is written beside its place and renamed.

A rotation goes  pending -> next -> current -> previous -> (no link);  back:  previous -> current, and the other one -> rejected.
Each arrow sets the new link first and removes the old one last, each atomically. A kill in between leaves one version under two names: the name
that stands first in LINKS counts, `leftovers` tells of the other, and `tidy` removes it. What reads the certificate follows `current` alone: it
resolves the link once, and takes key and certificate from the folder behind it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import Held, InvalidInput, StoreError
from .turns import aside

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


class Store:
    """The files of one collectivité. Nothing is created before the first write."""

    def __init__(self, root: str, siret: str) -> None:
        if not os.path.isabs(root):
            raise InvalidInput(
                "store", f"{root!r} is not an absolute path", "give the whole path: a run from another folder must find the same keys"
            )
        self.siret = siret
        self._looked_at: dict[str, Links] | None = None  # within one look, by provider
        self.mark_before = 0  # the mark that was there when we took hold of it
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

    # Writing

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this collectivité for the time of a write. Raises Held at once where another run does. `mark` changes."""
        self._make(self.root)
        with self._guarded(self.root):
            lock = os.open(self.root / ".lock", os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(lock, "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Held(f"another run is working on {self.root}", "wait for it to end, then run again") from error
            now, self.mark_before = time.time_ns(), os.fstat(lock).st_mtime_ns
            os.utime(lock, ns=(now, now))
            yield

    def write(self, path: Path, content: bytes, mode: int = 0o600) -> None:
        """Atomically; readable by others only where `mode` says so."""
        self._make(path.parent)
        with self._guarded(path):
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    with aside():
                        os.fsync(file.fileno())
                os.chmod(temporary, mode)
                os.replace(temporary, path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

    def keep_countersigned(self, cycle: str, content: bytes, about: dict[str, Any], following: bool = False) -> None:
        """ANTAI's copy, its hash recorded beside that of the document sent; the copy of an earlier convention is kept."""
        place, digest = self.countersigned_convention(cycle, following), hashlib.sha256(content).hexdigest()
        before = read_file(place, "store") if place.is_file() else None
        if before is not None and before != content:
            self.write(self.conventions(cycle) / "earlier" / f"{hashlib.sha256(before).hexdigest()}.pdf", before)
        record = self.conventions(cycle) / "record.jsonl"
        line = (json.dumps(about | {"countersigned_sha256": digest}, ensure_ascii=False) + "\n").encode()
        told = read_file(record, "store") if record.is_file() else b""
        if line not in told.splitlines(keepends=True):
            self.write(record, told + line)
        self.write(place, content)

    def new_version(self, provider: str, files: dict[str, bytes], link: str = "pending") -> None:
        """A new directory with these files, in their order, reached through this link."""
        versions = self.certificates(provider) / "versions"
        self._make(versions)
        folder = versions / str(max((int(each.name) for each in self.versions(provider)), default=0) + 1)
        for name, content in files.items():
            self.write(folder / name, content)
        self._link(provider, link, folder)
        self._make(self.dropped(provider))

    def link_newest(self, provider: str, link: str) -> None:
        """Have the link lead to the newest version, which has lost it."""
        for folder in self.versions(provider)[-1:]:
            self._link(provider, link, folder)

    def complete_version(self, provider: str, files: dict[str, bytes], link: str = "current") -> None:
        """Add the issued certificate to the pending version, and make it the current one; in a rotation, the `next` one."""
        folder = self.version(provider, "pending")
        if folder is None:
            raise StoreError(f"{self.certificates(provider)} has no pending request", "request a certificate first")
        for name, content in files.items():
            self.write(folder / name, content)
        self._link(provider, link, folder)
        self._unlink(provider, "pending")

    def discard_pending(self, provider: str) -> None:
        """Remove a request that was not answered, with its key. The link goes last: a kill in between leaves what can be discarded again."""
        folder = self.version(provider, "pending")
        if folder is not None:
            with self._guarded(folder):
                shutil.rmtree(folder)
        self._unlink(provider, "pending")

    # A rotation's moves

    def swap(self, provider: str, new: str, old: str) -> None:
        """`current` := the version behind the link `new`; the one that was current goes by `old`. What reads it is due to be reloaded."""
        coming, going = self.version(provider, new), self.version(provider, "current")
        if coming is None or going is None:
            raise StoreError(
                f"{self.certificates(provider)}: no {new} version stands beside the current one", "run again: it observes first"
            )
        self.write(self.certificates(provider) / RELOAD_DUE, b"")
        self._link(provider, old, going)
        self._link(provider, "current", coming)
        self._unlink(provider, new)

    def set_aside(self, provider: str) -> None:
        """`next` goes by `rejected`."""
        folder = self.version(provider, "next")
        if folder is not None:
            self._link(provider, "rejected", folder)
            self._unlink(provider, "next")

    def retire(self, provider: str, name: str, secret: str) -> None:
        """The version behind this link loses its file `secret`, then the link: so that no kill leaves a key that nothing leads to."""
        folder = self.version(provider, name)
        if folder is not None:
            with self._guarded(folder):
                (folder / secret).unlink(missing_ok=True)
            self._unlink(provider, name)

    def tidy(self, provider: str) -> None:
        for name in self.leftovers(provider):
            self._unlink(provider, name)

    def reloaded(self, provider: str) -> None:
        self._unlink(provider, RELOAD_DUE)

    def annotate(self, folder: Path, notes: dict[str, Any]) -> None:
        """Remember something of a version, beside what is remembered of it."""
        self.write(folder / NOTES, json.dumps(read_notes(folder) | notes, indent=1, sort_keys=True).encode() + b"\n")

    def note(self, now: datetime, what: str, target: str) -> None:
        """One line in the journal."""
        self._make(self.root)
        line = json.dumps({"at": now.isoformat(timespec="seconds"), "what": what, "target": target})
        with (
            self._guarded(self.root),
            os.fdopen(os.open(self.root / "journal.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as journal,
        ):
            journal.write(line + "\n")

    def mark(self) -> int:
        """Another number as soon as any run has held this collectivité, whatever became of it."""
        path = self.root / ".lock"
        return path.stat().st_mtime_ns if path.is_file() else 0

    def noted(self, target: str) -> Iterator[str]:
        """What was done to this target, as the journal has it: the last first."""
        path = self.root / "journal.jsonl"
        if not path.is_file():
            return
        with self._guarded(path):
            lines = path.read_text(encoding="utf-8").splitlines()
        for line in reversed(lines):
            try:
                entry = json.loads(line)
            except ValueError:  # a run was killed while it wrote
                continue
            if entry["target"] == target:
                yield str(entry["what"])

    # Jobs: what ANTAI accepted and still works on, by the step that began it

    def jobs(self) -> dict[str, dict[str, Any]]:
        path = f"{self._root}/jobs.json"
        return read_json(Path(path)) if os.path.isfile(path) else {}

    def keep_jobs(self, jobs: dict[str, dict[str, Any]]) -> None:
        path = self.root / "jobs.json"
        if jobs:
            self.write(path, json.dumps(jobs, indent=1).encode())
        elif path.is_file():
            with self._guarded(path):
                path.unlink()

    # A request for the space that met one which somebody else has opened

    def space_of_others(self) -> dict[str, Any]:
        path = f"{self._root}/space_of_others.json"
        return read_json(Path(path)) if os.path.isfile(path) else {}

    def keep_space_of_others(self, met: dict[str, Any]) -> None:
        self.write(self.root / "space_of_others.json", json.dumps(met).encode() + b"\n")

    def _link(self, provider: str, name: str, folder: Path) -> None:
        link = self.certificates(provider) / name
        temporary = link.with_name(f".{name}.tmp")
        with self._guarded(link):
            temporary.unlink(missing_ok=True)
            temporary.symlink_to(Path("versions") / folder.name)
            os.replace(temporary, link)

    def _unlink(self, provider: str, name: str) -> None:
        link = self.certificates(provider) / name
        with self._guarded(link):
            link.unlink(missing_ok=True)

    def _make(self, folder: Path) -> None:
        with self._guarded(folder):
            make_private(folder)

    @staticmethod
    @contextmanager
    def _guarded(path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror or error}", "check the path, its owner and its mode") from error


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


def read_file(path: str | Path, field: str) -> bytes:
    """The bytes of a file that the user named. Raises InvalidInput, with the reason, where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise InvalidInput(
            field, f"{path}: {error.strerror or error}", "check the path and its mode on the machine where the task runs", path=str(path)
        ) from error


def make_private(folder: Path) -> None:
    """The folder, and those above it that are missing, for the owner only. Raises OSError."""
    # Not parents=True: those would get the mode that the umask gives.
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)


def read_notes(folder: Path) -> dict[str, Any]:
    """What `annotate` remembered of a version."""
    return read_json(folder / NOTES) if os.path.exists(f"{folder}/{NOTES}") else {}


def write_private(path: str | Path, content: bytes, field: str) -> None:
    """A file that the user named, and its folder where there is none, for the owner only. Raises InvalidInput, with the reason."""
    temporary = ""
    try:
        make_private(Path(path).parent)
        handle, temporary = tempfile.mkstemp(dir=Path(path).parent, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise InvalidInput(field, f"{path}: {error.strerror or error}", "give a file in a folder that you may write to") from error


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object that this store wrote. Raises StoreError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {error}", "restore it from a backup, or discard the request (state: absent)") from error
    if not isinstance(content, dict):
        raise StoreError(f"{path} holds no JSON object", "restore it from a backup, or discard the request (state: absent)")
    return content
