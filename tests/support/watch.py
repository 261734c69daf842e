# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watching folders while something runs: which files, however short-lived, held one of these texts?"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

PAUSE = 0.002


class Watch:
    """`with Watch((folder, ...), [text, ...]) as watch: ...`; then `watch.seen[text]` are the paths where it stood."""

    def __init__(self, folders: tuple[Path, ...], texts: list[str]) -> None:
        self.seen: dict[str, set[Path]] = {text: set() for text in texts}
        self.files: set[Path] = set()
        self._folders = folders
        self._known: dict[Path, tuple[int, int]] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()
        self._look()

    def _go_on(self) -> None:
        while not self._end.wait(PAUSE):
            self._look()

    def _look(self) -> None:
        for folder in self._folders:
            try:
                for path in folder.rglob("*"):
                    self._read(path)
            except OSError:
                continue  # a folder that has gone meanwhile

    def _read(self, path: Path) -> None:
        try:
            status = path.stat()
            if not path.is_file() or self._known.get(path) == (status.st_mtime_ns, status.st_size):
                return
            content = path.read_bytes()
        except OSError:
            return
        self._known[path] = (status.st_mtime_ns, status.st_size)
        self.files.add(path)
        for text, paths in self.seen.items():
            if text.encode() in content:
                paths.add(path)
