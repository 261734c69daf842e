# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every request and every person works on: the state, the clock, the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox import psce_register, rules
from sandbox.agent_spaces import AgentSpaces
from sandbox.clock import Clock, moment
from sandbox.database import Database
from sandbox.faults import FaultQueue
from sandbox.policy import SandboxPolicy
from sandbox.sessions import Sessions
from sandbox.state_paths import StatePaths


@dataclass
class SandboxState:
    paths: StatePaths
    db: Database
    clock: Clock
    policy: SandboxPolicy
    sessions: Sessions
    faults: FaultQueue
    agent_spaces: AgentSpaces
    _data_version: int = 0

    @classmethod
    def open(cls, paths: StatePaths, policy: SandboxPolicy | None = None) -> SandboxState:
        paths.create()
        db = Database(paths.database)
        return cls(
            paths=paths,
            db=db,
            clock=Clock(int(db.meta("offset"))),
            policy=policy or SandboxPolicy(),
            sessions=Sessions(db.meta("secret")),
            faults=FaultQueue(db),
            agent_spaces=AgentSpaces(db),
            _data_version=db.data_version(),
        )

    def refresh(self) -> None:
        """Notice what another process (a person at the keyboard) has changed: the clock, the faults."""
        version = self.db.data_version()
        if version != self._data_version:
            self._data_version = version
            self.clock.offset = int(self.db.meta("offset"))
            self.faults.reload()
            self.agent_spaces.forget()

    def now(self) -> str:
        return moment(self.clock.now())

    def account_state(self, siret: str) -> str | None:
        row = self.db.fetch_one("SELECT etat FROM compte WHERE siret = ?", siret)
        return row[0] if row else None

    def conventions(self, siret: str) -> Sequence[rules.ConventionTerms]:
        rows = self.db.fetch_all("SELECT cycle, decision, debut, fin FROM convention WHERE siret = ? ORDER BY id", siret)
        return [rules.ConventionTerms(*row) for row in rows]

    def activation_ruling(self, certificate: Any, now: str) -> rules.Ruling | None:
        """Why this row of the table certificat cannot be activated, or None."""
        siret = certificate["siret"]
        revoked = psce_register.revoked_on(self.db, certificate["empreinte"])
        facts = rules.CertificateFacts((), certificate["valide_du"], certificate["valide_au"], revoked)
        return rules.judge_activation(str(self.account_state(siret)), self.conventions(siret), facts, now)

    def set_certificate_state(self, certificate: Any, state: str, now: str) -> None:
        if certificate["etat"] != state:
            self.db.run("UPDATE certificat SET etat = ?, etat_depuis = ? WHERE id = ?", state, now, certificate["id"])

    def store_document(self, content: bytes, empreinte: str) -> None:
        self.db.run("INSERT OR IGNORE INTO document VALUES (?, ?)", empreinte, content)

    def document(self, empreinte: str) -> bytes:
        row = self.db.fetch_one("SELECT contenu FROM document WHERE empreinte = ?", empreinte)
        if row is None:
            raise KeyError(empreinte)
        content: bytes = row[0]
        return content

    def close(self) -> None:
        self.db.close()
