# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of a provider's certificate, and the links that lead to them: each move sets the new link first and removes the old one last."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from ..errors import StoreError
from .files import guarded, make_folder, write_atomically
from .layout import NOTES, RELOAD_DUE, Layout, read_notes


class Versions(Layout):
    """What changes the versions of one collectivité's certificates. Every method raises StoreError where the disk does not let it."""

    def write(self, path: Path, content: bytes, mode: int = 0o600) -> None:
        """Atomically; readable by others only where `mode` says so."""
        write_atomically(path, content, mode)

    def new_version(self, provider: str, files: dict[str, bytes], link: str = "pending") -> None:
        """A new directory with these files, in their order, reached through this link."""
        versions = self.certificates(provider) / "versions"
        make_folder(versions)
        folder = versions / str(max((int(each.name) for each in self.versions(provider)), default=0) + 1)
        for name, content in files.items():
            self.write(folder / name, content)
        self._link(provider, link, folder)
        make_folder(self.dropped(provider))

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
            with guarded(folder):
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
            with guarded(folder):
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

    def _link(self, provider: str, name: str, folder: Path) -> None:
        link = self.certificates(provider) / name
        temporary = link.with_name(f".{name}.tmp")
        with guarded(link):
            temporary.unlink(missing_ok=True)
            temporary.symlink_to(Path("versions") / folder.name)
            os.replace(temporary, link)

    def _unlink(self, provider: str, name: str) -> None:
        link = self.certificates(provider) / name
        with guarded(link):
            link.unlink(missing_ok=True)
