# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of JSON per request, without secrets. A line is in the file before its answer leaves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass
class LogLine:
    at: str
    face: str
    who: str
    operation: str
    # "class" is a reserved word.
    operation_class: str
    method: str
    path: str
    siret: str | None = None
    status: int | None = None
    rule: str | None = None
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {("class" if key == "operation_class" else key): value for key, value in asdict(self).items()}


class RequestLog:
    def __init__(self, path: Path) -> None:
        # One write() per line on O_APPEND: whole lines, whoever reads meanwhile.
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, entry: LogLine) -> None:
        os.write(self._descriptor, (json.dumps(entry.as_json(), ensure_ascii=True) + "\n").encode())

    def close(self) -> None:
        os.close(self._descriptor)


def read(path: Path, **filters: str | None) -> Iterator[dict[str, Any]]:
    """The lines whose fields equal what is wanted (None: any)."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            entry: dict[str, Any] = json.loads(line)
            if all(value is None or entry.get(key) == value for key, value in filters.items()):
                yield entry
