# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state in SQLite: one connection per process, writes in short transactions that survive a kill."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox import rules

SCHEMA = Path(__file__).with_name("schema.sql")
VERSION = "2"
BUSY_MILLISECONDS = 10_000


class Database:
    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MILLISECONDS / 1000, cached_statements=512)
        path.chmod(0o600)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.connection.execute("PRAGMA cache_size = -65536")
        # The rules stay in Python; the list of spaces applies them row by row in its one query.
        self.connection.create_function("etat_convention", 4, rules.convention_state, deterministic=True)
        self.connection.create_function("etat_convention_depuis", 7, rules.convention_since, deterministic=True)
        self._create()

    def _create(self) -> None:
        if self._has_schema():
            return
        with self.transaction():
            # Not executescript(): it would commit behind our back, and two processes may be here at once.
            for statement in SCHEMA.read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    self.connection.execute(statement)
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES ('version', ?)", (VERSION,))
            self.connection.execute("INSERT OR IGNORE INTO meta VALUES ('secret', ?)", (secrets.token_hex(32),))
            self.connection.execute("INSERT OR IGNORE INTO meta VALUES ('offset', '0')")

    def _has_schema(self) -> bool:
        """Whole and new: a state made by an earlier version gets what it lacks (versions only ever add tables)."""
        return self.fetch_one("SELECT 1 FROM sqlite_master WHERE name = 'defect'") is not None

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def fetch_one(self, sql: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def fetch_all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: object) -> int:
        """Execute, and say how many rows were touched."""
        return self.connection.execute(sql, values).rowcount

    def insert(self, table: str, **columns: object) -> int:
        # Table and column names come from our own code only, never from a request.
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
        return cursor.lastrowid or 0

    def data_version(self) -> int:
        """Changes when another process has written."""
        version: int = self.connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def meta(self, name: str) -> str:
        value = self.find_meta(name)
        if value is None:
            raise KeyError(name)
        return value

    def find_meta(self, name: str) -> str | None:
        row = self.fetch_one("SELECT value FROM meta WHERE name = ?", name)
        return row[0] if row else None

    def set_meta(self, name: str, value: str) -> None:
        self.run("INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
