# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module takes along to a remote host: every file of module_utils that its imports lead to, as Ansible packs it.

One module's files: PYTHONPATH=build/collections:. .venv/bin/python -m tests.support.shipped antai_account
"""

from __future__ import annotations

import ast
import io
import sys
import zipfile
from functools import cache
from pathlib import Path

from tests.support.collection import PLUGINS


def shipped_files(module: str) -> set[Path]:
    """Files of module_utils, with the __init__.py of their folders."""
    files: set[Path] = set()
    unread = [PLUGINS / "modules" / f"{module}.py"]
    while unread:
        imported = _imported_files(unread.pop()) - files
        files |= imported
        unread += imported
    return files


@cache
def _imported_files(path: Path) -> frozenset[Path]:
    """Of module_utils, by `from ..room.file import name` and `from ..room import file`."""
    package = path.relative_to(PLUGINS).parent.parts
    files = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = PLUGINS.joinpath(*package[: len(package) - node.level + 1], *(node.module or "").split("."))
            for target in (folder, *(folder / alias.name for alias in node.names)):
                sources = (target.with_suffix(".py"), *(parent / "__init__.py" for parent in (target, *target.parents)))
                files |= {source for source in sources if source.is_file() and source.is_relative_to(PLUGINS / "module_utils")}
    return frozenset(files)


def zipped_bytes(files: set[Path]) -> int:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(files):
            packed.write(path, path.relative_to(PLUGINS))
    return len(archive.getvalue())


def main(module: str) -> None:
    files = shipped_files(module)
    print(*sorted(str(path.relative_to(PLUGINS)) for path in files), sep="\n")
    print(f"{len(files)} files, {zipped_bytes(files)} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
