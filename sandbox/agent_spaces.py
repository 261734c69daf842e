# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which spaces an agent may see, in order. Kept in memory until an account or a mandate changes: a page then costs its own rows only."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.database import Database

COLUMNS = {"siret": "m.siret", "nom": "c.nom", "etat": "c.etat"}


class AgentSpaces:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._ordered: dict[tuple[str, str, bool], Sequence[str]] = {}

    def sirets(self, login: str, sort: str, desc: bool) -> Sequence[str]:
        """`desc` turns the chosen column round; the SIRET that follows always rises."""
        key = (login, sort, desc)
        if key not in self._ordered:
            order = f"{COLUMNS[sort]} {'DESC' if desc else 'ASC'}, m.siret"
            sql = f"SELECT m.siret FROM mandat m JOIN compte c ON c.siret = m.siret WHERE m.login = ? ORDER BY {order}"
            self._ordered[key] = [row[0] for row in self._db.fetch_all(sql, login)]
        return self._ordered[key]

    def forget(self) -> None:
        self._ordered.clear()
