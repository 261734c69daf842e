# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations without a network: answers prepared by the test, and every call remembered."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._plan.foreseen import NOTHING_FORESEEN
from ansible_collections.collectivites.antai.plugins.module_utils.redact import Redactor

WRITES = ("account_request", "account_update", "account_close", "convention_upload", "certificate_change", "certificate_install")


class FakeOperations:
    """answers: what each operation returns; an exception is raised instead, a function is called with the operation's arguments."""

    def __init__(
        self,
        answers: dict[str, Any] | None = None,
        *,
        login: bool = True,
        removable: bool = False,
        absent: tuple[str, ...] = (),
        credentials: Credentials | None = None,
    ) -> None:
        self.answers = answers or {}
        self.calls: list[tuple[Any, ...]] = []
        self.counts: Counter[str] = Counter(read=0, write=0, session=0)
        self.has_login = login
        self.absent = frozenset(absent) | (frozenset() if removable else frozenset({"certificate_remove"}))
        self.has_list = True
        self.correlates = False
        self.login_options = "antai_username, antai_password"
        self.credentials = credentials or Credentials(redactor=Redactor())
        self.observations = 0
        self.clock_offset: timedelta | None = None
        self.held: list[tuple[Any, Any]] = []
        self.foreseen = NOTHING_FORESEEN

    def has(self, operation: str) -> bool:
        return operation not in self.absent

    may = has

    def shows(self, kind: str) -> None:
        """All fields."""

    def hold(self, certificate: Any, client: Any = None) -> None:
        """Nothing here knows a certificate by another name; it is remembered that it was shown."""
        self.held.append((certificate, client))

    def observe_afresh(self) -> None:
        self.observations += 1

    @property
    def written(self) -> list[tuple[Any, ...]]:
        return [call for call in self.calls if call[0] in WRITES]

    def __getattr__(self, operation: str) -> Any:
        if operation.startswith("__"):
            raise AttributeError(operation)

        def call(*values: Any) -> Any:
            self.calls.append((operation, *values))
            answer = self.answers.get(operation)
            if callable(answer):
                answer = answer(*values)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call
