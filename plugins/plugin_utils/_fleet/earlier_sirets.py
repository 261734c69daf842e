# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which SIRET each host had in an earlier run, so that a shifted column in a list of communes is noticed (R7) before it is written.

Kept in the store's folder `.hosts`. Names and départements are no keys (R9): nothing else is compared. Without a store nothing is remembered.
"""

from __future__ import annotations

import json

from ...module_utils._store.files import read_json
from ...module_utils._store.store import Store
from ...module_utils.errors import StoreError

FOLDER, FILE = ".hosts", "sirets.json"


class EarlierSirets:
    """root: the store (antai_store). Raises InvalidInput where it is no absolute path."""

    def __init__(self, root: str) -> None:
        self._store = Store(root, FOLDER)
        self._path = self._store.root / FILE

    def read(self) -> dict[str, str]:
        """By host. Raises StoreError where the file cannot be read."""
        if not self._path.is_file():
            return {}
        return {str(host): str(siret) for host, siret in read_json(self._path).items()}

    def record(self, sirets: dict[str, str]) -> None:
        """Those of the hosts of this run; the others stay as they are. Raises StoreError, also where another run records at this moment."""
        if not sirets.items() - self.read().items():
            return
        with self._store.locked():
            content = json.dumps(self.read() | sirets, indent=0, sort_keys=True)
            self._store.write(self._path, content.encode() + b"\n")


def read_all(roots: set[str]) -> tuple[dict[str, dict[str, str]], list[str]]:
    """({store: {host: SIRET}}, what could not be read)."""
    found: dict[str, dict[str, str]] = {}
    problems = []
    for root in sorted(roots):
        try:
            found[root] = EarlierSirets(root).read()
        except StoreError as error:
            problems.append(error.sentence)
    return found, problems
