# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in which a run can fail, as typed errors.

They are raised where they arise and become a failed result once, in tasks.py. A message says what is wrong and where; the
hint says what to do. Waiting for people and refusals by people are states, never errors (see waiting.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Any

from .text import bounded, one_line

# Characters of a message about a server; what the server says is cut earlier.
LONGEST_MESSAGE = 1000
# Of any message: all problems of a profile, one after the other, among them.
LONGEST_REFUSAL = 20_000


class AntaiError(Exception):
    """Base of all errors of the collection.

    code: stable, for programs. message: English, for people. hint: what to do. details: JSON-able facts. None of their texts is longer than a few
    screens, whatever was declared or answered: they stand in logs and reports.
    """

    code = "error"

    def __init__(self, message: str, hint: str = "", **details: Any) -> None:
        self.message: str = bounded(message, LONGEST_REFUSAL)
        self.hint = hint
        self.details: dict[str, Any] = bounded(details)
        super().__init__(self.message)

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do."""
        return " - ".join(filter(None, (self.message, self.hint)))

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "hint": self.hint, "details": self.details}


def install_command(requirements: Iterable[str]) -> str:
    """For the Python that runs this; requirements as pip takes them."""
    return " ".join([sys.executable or "python3", "-m", "pip", "install", *(f"'{requirement}'" for requirement in requirements)])


class MissingLibrary(AntaiError):
    """Python packages that the plugins need are not installed where the task runs, or are too old there. Nothing was sent.

    reasons: what is wrong, package by package, for people. requirements: what to install, as pip takes it ("cryptography>=45.0.1").
    """

    code = "missing_library"

    def __init__(self, reasons: Sequence[str], requirements: Sequence[str]) -> None:
        super().__init__(
            f"Python packages where this task runs: {'; '.join(reasons)}",
            hint=f"install them and run again: {install_command(requirements)}",
            reasons=list(reasons),
            requirements=list(requirements),
        )


class InvalidInput(AntaiError):
    """What the user declared cannot be right. Raised before any request; nothing was changed."""

    code = "invalid_input"

    def __init__(self, field: str, message: str, hint: str = "", **details: Any) -> None:
        super().__init__(f"{field}: {message}", hint, field=field, **details)


class DocumentError(AntaiError):
    """A PDF of ANTAI's, or of the store, that cannot be read. What is wrong with a document to upload is a verdict, no error."""

    code = "document"


class ProfileError(AntaiError):
    """The profile (the interface described as data) is not usable; all its problems at once."""

    code = "invalid_profile"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            "the profile cannot be used: " + "; ".join(problems),
            hint="correct the profile; docs/profile.md tells its format, plugins/plugin_utils/_shipped/profiles/sandbox.yml is an example",
            problems=problems,
        )


class StoreError(AntaiError):
    """The local store (antai_store) cannot be read or written."""

    code = "store"


class Held(StoreError):
    """Another run is working on this collectivité at this moment."""

    code = "held"


class OrderLimit(StoreError):
    """One more order would be more than a day may see."""

    code = "order_limit"

    def __init__(self, orders: int, limit: int, store: str) -> None:
        super().__init__(
            f"{orders} certificates were ordered from {store} in the last 24 hours, and {limit} are allowed (antai_order_limit): no other one is ordered",
            "look into orders.jsonl there: who ordered what, and why; where all of it is meant, declare antai_order_limit",
            made=orders,
            limit=limit,
        )


class OrderStopped(AntaiError):
    """A certificate would be ordered that must not be, by what is known: the run stops before it writes anything else."""

    code = "store_incomplete"


class OperationAbsent(AntaiError):
    """The profile declares no such operation."""

    code = "operation_absent"

    def __init__(self, operation: str, without: str = "") -> None:
        super().__init__(
            f"the profile has no operation {operation}" + (f": {without}" if without else ""),
            hint="the interface does not offer it, or the profile is incomplete",
            operation=operation,
        )


class StillRunning(AntaiError):
    """A write was accepted as a job, and the job still runs. A state, not a failure: it is never sent again while it does.

    job: where to look, JSON-able (jobs.py).
    """

    code = "still_running"

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__(f"{job['operation']}: the server is still working on it", "run again later; the next run looks first")
        self.job = job


class Braked(AntaiError):
    """A step that takes something away and was not in what the safety brake of this run has counted."""

    code = "braked"

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(
            f"{step} was not planned when the safety brake counted ({reason})",
            "look at what has changed meanwhile, then run again",
            step=step,
        )


class DeadlinePassed(AntaiError):
    """The time that a run was given was over before this collectivité was done."""

    code = "deadline"


class Withheld(AntaiError):
    """Nothing was written for this collectivité: one that was written to first did not end as planned."""

    code = "withheld"


class RequestError(AntaiError):
    """A request that did not end well. Its message may repeat what the server says, so it is one line, without controls, and no longer than a screen.

    ambiguous: True where a write may have been done although its answer is lost or unreadable; the runner then observes again.
    """

    code = "request"

    def __init__(self, message: str, hint: str = "", *, ambiguous: bool = False, **details: Any) -> None:
        super().__init__(one_line(message, LONGEST_MESSAGE), hint, **details)
        self.ambiguous = ambiguous


class TransportError(RequestError):
    """No complete answer: name, connection, TLS, time-out, reset, truncated body.

    passing: True where the connection stood and broke, so that trying again is of use; a wrong CA or host name does not heal.
    is_outage: True where nothing answers at all (no connection, nothing in time), which a server that is down does to everybody.
    """

    code = "transport"

    is_outage = False

    def __init__(self, message: str, hint: str = "", *, ambiguous: bool = False, passing: bool = False, **details: Any) -> None:
        super().__init__(message, hint, ambiguous=ambiguous, **details)
        self.passing = passing

    def at(self, place: str) -> TransportError:
        """The same error, its message after the place where it was met; this one may be shared by several threads."""
        error = type(self).__new__(type(self))
        error.__dict__.update(self.__dict__)
        error.message = one_line(f"{place}: {self.message}", LONGEST_MESSAGE)
        error.args = (error.message,)
        return error


class CircuitOpen(TransportError):
    """A server that has failed several collectivités or agents, and is not asked at this moment. Nothing was sent."""

    code = "server_down"

    def __init__(self, server: str, reason: str, subjects: int) -> None:
        super().__init__(
            f"{server} is down ({reason}), as {subjects} collectivités or agents have met: it is not asked again for now",
            "nothing was sent: run again when the server is back",
            server=server,
            reason=reason,
        )


class UnexpectedAnswer(RequestError):
    """A complete answer that the profile does not explain: status, content type, body, or an unmapped state."""

    code = "unexpected_answer"


class IncompleteList(UnexpectedAnswer):
    """A list that is not whole: cut short, with an element twice, or with a page that fails. Nothing is concluded from who is not on it."""

    code = "incomplete_list"


class RefusedByServer(RequestError):
    """The server said no. status: HTTP status. rule and server_code: as the server names them, or None.

    conflict: the request is right, and the state of things forbids it.
    """

    code = "refused_by_server"

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        status: int,
        conflict: bool | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, hint, status=status, **{"rule": None, "server_code": None} | details)
        self.status = status
        self.conflict = status == 409 if conflict is None else conflict
        self.rule: str | None = self.details["rule"]
        self.server_code: str | None = self.details["server_code"]


class Forbidden(RefusedByServer):
    """These credentials are good but do not give access to this collectivité (no mandate)."""

    code = "forbidden"


class AuthenticationFailed(RefusedByServer):
    """The credentials themselves were refused."""

    code = "authentication_failed"


class UnexpectedFailure(AntaiError):
    """An exception that nobody foresaw. Its kind and where it arose are told, by file, line and function: its text and a traceback could quote values."""

    code = "unexpected"

    def __init__(self, error: Exception) -> None:
        where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
        super().__init__(
            f"unexpected {type(error).__name__} at {where[-1] if where else 'an unknown place'}",
            hint="this is a defect of the collection: report it with this message and the places in error.details.where",
            where=where,
        )
