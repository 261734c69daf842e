# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every request and every person works on: the state, the clock, the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox import register, rules
from sandbox.clock import Clock, moment
from sandbox.directory import Directory
from sandbox.faults import Faults
from sandbox.layout import Layout
from sandbox.policy import Policy
from sandbox.sessions import Sessions
from sandbox.state import Database


@dataclass
class World:
    layout: Layout
    db: Database
    clock: Clock
    policy: Policy
    sessions: Sessions
    faults: Faults
    directory: Directory
    _seen: int = 0

    @classmethod
    def open(cls, layout: Layout, policy: Policy | None = None) -> World:
        layout.create()
        db = Database(layout.database)
        return cls(
            layout=layout,
            db=db,
            clock=Clock(int(db.meta("offset"))),
            policy=policy or Policy(),
            sessions=Sessions(db.meta("secret")),
            faults=Faults(db),
            directory=Directory(db),
            _seen=db.data_version(),
        )

    def refresh(self) -> None:
        """Notice what another process (a person at the keyboard) has changed: the clock, the faults."""
        version = self.db.data_version()
        if version != self._seen:
            self._seen = version
            self.clock.offset = int(self.db.meta("offset"))
            self.faults.reload()
            self.directory.forget()

    def now(self) -> str:
        return moment(self.clock.now())

    def account_state(self, siret: str) -> str | None:
        row = self.db.one("SELECT etat FROM compte WHERE siret = ?", siret)
        return row[0] if row else None

    def conventions(self, siret: str) -> Sequence[rules.Convention]:
        rows = self.db.all("SELECT cycle, decision, debut, fin FROM convention WHERE siret = ? ORDER BY id", siret)
        return [rules.Convention(*row) for row in rows]

    def activation_ruling(self, certificate: Any, now: str) -> rules.Ruling | None:
        """Why this row of the table certificat cannot be activated, or None."""
        siret = certificate["siret"]
        revoked = register.revoked_on(self.db, certificate["empreinte"])
        facts = rules.Certificate((), certificate["valide_du"], certificate["valide_au"], revoked)
        return rules.judge_activation(str(self.account_state(siret)), self.conventions(siret), facts, now)

    def set_certificate_state(self, certificate: Any, state: str, now: str) -> None:
        if certificate["etat"] != state:
            self.db.run("UPDATE certificat SET etat = ?, etat_depuis = ? WHERE id = ?", state, now, certificate["id"])

    def keep_document(self, content: bytes, empreinte: str) -> None:
        self.db.run("INSERT OR IGNORE INTO document VALUES (?, ?)", empreinte, content)

    def document(self, empreinte: str) -> bytes:
        row = self.db.one("SELECT contenu FROM document WHERE empreinte = ?", empreinte)
        if row is None:
            raise KeyError(empreinte)
        content: bytes = row[0]
        return content

    def close(self) -> None:
        self.db.close()
