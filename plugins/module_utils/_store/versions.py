# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of a provider's certificate, and the links that lead to them: each move sets the new link first and removes the old one last."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

from ..errors import StoreError
from .files import PREFIX, SUFFIX, guarded, make_folder, replace_file, write_atomically
from .layout import RELOAD_DUE, Layout, read_notes
from .links import ABOUT, NOTES, find_twin


class Versions(Layout):
    """What changes the versions of one collectivité's certificates. Every method raises StoreError where the disk does not let it."""

    def write(self, path: Path, content: bytes, mode: int = 0o600) -> None:
        """Atomically; readable by others only where `mode` says so."""
        write_atomically(path, content, mode)

    def new_version(self, provider: str, files: dict[str, bytes], link: str = "pending") -> None:
        """A new directory with these files, in their order, reached through this link."""
        self.repair_links(provider)
        folder = self._next_folder(provider)
        # A link that leads nowhere yet is none: a kill leaves no key that nothing leads to.
        linked_first = link not in self.links(provider).versions
        if linked_first:
            self._link(provider, link, folder)
        with guarded(folder):
            unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=PREFIX, suffix=SUFFIX))
            for name, content in files.items():
                replace_file(unfinished / name, content)
            unfinished.rename(folder)
        if not linked_first:
            self._link(provider, link, folder)
        make_folder(self.dropped(provider))

    def _next_folder(self, provider: str) -> Path:
        """Of a version to be made."""
        versions = self.certificates(provider) / "versions"
        make_folder(versions)
        return versions / str(max((int(version.name) for version in self.versions(provider)), default=0) + 1)

    def repair_links(self, provider: str) -> None:
        """Have a link stand where a restored backup has left a folder, or nothing. Raises StoreError where that would lose something.

        Every move begins with it: a move that meets a folder where it wants to set a link would stop half-way, each time anew.
        """
        links = self.links(provider)
        for name in reversed(
            links.detached
        ):  # `current` last: while it is missing, a run that was killed here knows what is left to be done
            folder = links.versions[name]
            if folder.name.isdigit():
                self._link(provider, name, folder)
                continue
            version = find_twin(folder, self.versions(provider))
            if version is None:
                version = self._next_folder(provider)
                with guarded(folder):
                    folder.rename(version)
            else:
                self._merge(folder, version)
            self._link(provider, name, version)

    def _merge(self, copy: Path, version: Path) -> None:
        """What the copy has and its version has not goes there; then the copy goes. What the store notes of a version is newer in the copy, which
        stood where it was read."""
        with guarded(copy):
            files = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
            originals = {path.name: path.read_bytes() for path in version.iterdir() if path.is_file()}
        different = [name for name, content in files.items() if originals.get(name, content) != content and name not in (NOTES, ABOUT)]
        if different:
            raise StoreError(
                f"{copy} is a folder where a link belongs, and differs from {version} ({', '.join(sorted(different))})",
                "restore this folder from a backup that keeps links (tar, rsync -a), or keep the right one of both in versions/",
            )
        for name, content in files.items():
            if originals.get(name) != content:
                self.write(version / name, content)
        with guarded(copy):
            shutil.rmtree(copy)

    def link_newest(self, provider: str, link: str) -> None:
        """Have the link lead to the newest version, which has lost it."""
        for folder in self.versions(provider)[-1:]:
            self._link(provider, link, folder)

    def complete_version(self, provider: str, files: dict[str, bytes], link: str = "current") -> None:
        """Add the issued certificate to the pending version, and make it the current one; in a rotation, the `next` one."""
        self.repair_links(provider)
        folder = self.version(provider, "pending")
        if folder is None:
            raise StoreError(f"{self.certificates(provider)} has no pending request", "request a certificate first")
        for name, content in files.items():
            self.write(folder / name, content)
        self._link(provider, link, folder)
        self._unlink(provider, "pending")

    def discard_pending(self, provider: str) -> None:
        """Remove a request that was not answered, with its key. The link goes last: a kill in between leaves what can be discarded again."""
        self.repair_links(provider)
        folder = self.version(provider, "pending")
        if folder is not None:
            with guarded(folder):
                shutil.rmtree(folder)
        self._unlink(provider, "pending")

    # A rotation's moves

    def swap(self, provider: str, new: str, old: str) -> None:
        """`current` := the version behind the link `new`; the one that was current goes by `old`. What reads it is due to be reloaded."""
        self.repair_links(provider)
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
        self.repair_links(provider)
        folder = self.version(provider, "next")
        if folder is not None:
            self._link(provider, "rejected", folder)
            self._unlink(provider, "next")

    def retire(self, provider: str, name: str, secret: str) -> None:
        """The version behind this link loses its file `secret`, then the link: so that no kill leaves a key that nothing leads to."""
        self.repair_links(provider)
        folder = self.version(provider, name)
        if folder is not None:
            with guarded(folder):
                (folder / secret).unlink(missing_ok=True)
            self._unlink(provider, name)

    def tidy(self, provider: str) -> None:
        """Remove the names that a kill has left on a version that goes by another one."""
        for name in self.leftovers(provider):
            self._unlink(provider, name)

    def reloaded(self, provider: str) -> None:
        self._unlink(provider, RELOAD_DUE)

    def annotate(self, folder: Path, notes: dict[str, Any]) -> None:
        """Remember something of a version, beside what is remembered of it."""
        self.write(folder / NOTES, json.dumps(read_notes(folder) | notes, indent=1, sort_keys=True).encode() + b"\n")

    def _link(self, provider: str, name: str, folder: Path) -> None:
        link = self.certificates(provider) / name
        temporary = link.with_name(f"{PREFIX}{secrets.token_hex(4)}{SUFFIX}")
        with guarded(link):
            temporary.symlink_to(Path("versions") / folder.name)
            os.replace(temporary, link)

    def _unlink(self, provider: str, name: str) -> None:
        link = self.certificates(provider) / name
        with guarded(link):
            if not link.is_dir() or link.is_symlink():
                link.unlink(missing_ok=True)
                return
        version = find_twin(link, self.versions(provider))  # a copy that a restored backup has left
        if version is None:
            raise StoreError(
                f"{link} is a folder where a link belongs, and no version in versions/ is the same", "move it aside, and run again"
            )
        self._merge(link, version)
