# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking the SI FPS about the dialogues of a run that are due, and remembering its answers. All threads of a run share one Prover."""

from __future__ import annotations

import getpass
import platform
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from ...module_utils._resources.dialogue import AUTHORISED, Dialogue
from ...module_utils._store.proofs import ProofRecord
from ...module_utils.dates import instant
from ...module_utils.errors import AntaiError, TransportError, UnexpectedAnswer
from .proving import Candidate, ProvingPolicy, due_now, is_due

# So many in a row in vain, and this endpoint is asked no more in this run.
MOST_IN_VAIN = 3
BUSY = 429


class Unanswered(Exception):
    """Nobody answers at this endpoint. asked: whether this certificate itself was asked with."""

    def __init__(self, *, asked: bool) -> None:
        super().__init__()
        self.asked = asked


class Prover:
    def __init__(self, policy: ProvingPolicy, now: Callable[[], datetime]) -> None:
        self.policy = policy
        self.now = now
        self._lock = threading.Lock()
        self._chosen: frozenset[tuple[str, str]] | None = None
        self._in_vain: Counter[str | None] = Counter()  # by endpoint, in a row
        self._failure: AntaiError | None = None
        self._unanswered = 0

    # Which

    @property
    def has_decided(self) -> bool:
        return self._chosen is not None or self.policy.mode == "never"

    def waits_to_choose(self, candidates: Iterable[Candidate]) -> bool:
        """Whether one of these may be asked about, which is decided for all of the run together."""
        return any(is_due(candidate, self.now(), self.policy.mode) for candidate in candidates)

    def choose(self, candidates: Iterable[Candidate]) -> None:
        self._chosen = frozenset(candidate.key for candidate in due_now(candidates, self.now(), self.policy))

    def has_chosen(self, siret: str, fingerprint: str | None) -> bool:
        return self._chosen is not None and (siret, fingerprint) in self._chosen

    # Asking

    def ask(self, endpoint: str | None, question: Callable[[], Dialogue]) -> Dialogue:
        """endpoint: its URL. Raises Unanswered where nobody answers, unless every dialogue is to be proved always: then that is an error as any other.

        Other errors are handed on.
        """
        with self._lock:
            given_up = self._failure if self._in_vain[endpoint] >= MOST_IN_VAIN else None
        try:
            if given_up:
                raise given_up.with_traceback(None)
            answered = question()
        except (TransportError, UnexpectedAnswer) as error:
            if not _nobody_answers(error):
                raise
            with self._lock:
                self._in_vain[endpoint] += 1
                self._failure, self._unanswered = error, self._unanswered + 1
            if self.policy.mode == "always":
                raise
            raise Unanswered(asked=given_up is None) from error
        with self._lock:
            self._in_vain[endpoint] = 0
        return answered

    def warning(self) -> str:
        """What is to be said of those that nobody answered for, once for all of them; empty where there is none."""
        if not self._unanswered or self._failure is None or self.policy.mode == "always":
            return ""
        return f"dialogues that could not be proved now, and are asked about again later: {self._unanswered} - {self._failure.sentence}"


def _nobody_answers(error: AntaiError) -> bool:
    """No connection, no answer, or one that only says that the server is in trouble."""
    status = int(error.details.get("status") or 0)
    return isinstance(error, TransportError) or status >= 500 or status == BUSY


def answered(dialogue: Dialogue, now: datetime, last: ProofRecord | None) -> ProofRecord:
    """What is to be remembered of an answer."""
    record: ProofRecord = {"at": instant(now), "proved_at": last.get("proved_at") if last else None, "by": who()}
    record["state"], record["rule"], record["message"] = dialogue["state"], dialogue["rule"], dialogue["message"]
    record["last_exchange_at"] = dialogue["last_exchange_at"]
    if dialogue["state"] == AUTHORISED:
        record["proved_at"] = instant(now)
    return record


def asked_in_vain(now: datetime, last: ProofRecord | None) -> ProofRecord:
    """What is to be remembered where nobody answered: the last answer, and when it was last tried."""
    before: ProofRecord = last or {}
    return {**before, "failed_at": instant(now), "failures": (before.get("failures") or 0) + 1, "by": who()}


def who() -> str:
    """user@machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container whose user has no name
        user = "?"
    return f"{user}@{platform.node()}"
