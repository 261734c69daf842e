# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the answer to an operation means: go on, or one of the errors of errors.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .._http.messages import Response
from ..errors import AuthenticationFailed, Forbidden, IncompleteList, RefusedByServer, RequestError, UnexpectedAnswer
from .auth.methods import options_of
from .profile.expressions import Unexplained
from .profile.operation import ProfileOperation
from .profile.paging import NotWhole
from .profile.profile import Profile, unexpected


def accept(profile: Profile, call: ProfileOperation, response: Response) -> str:
    """success, not_there or already_done; else raises the error that the answer stands for."""
    meaning = profile.meaning(call, response)
    if meaning in ("success", "not_there") or (meaning == "already_done" and call.spec.kind == "write"):
        return str(meaning)
    raise refusal(profile, call, response, meaning)


def refusal(profile: Profile, call: ProfileOperation, response: Response, meaning: str | None) -> RequestError:
    """The error that an answer stands for. meaning: as the profile says, None where it says nothing."""
    error = profile.error(response)
    message = f"{call.name}: {error['message'] or f'HTTP {response.status}'}"
    details: dict[str, Any] = {"status": response.status, "rule": error["rule"], "server_code": error["code"], "operation": call.name}
    if meaning == "forbidden" and (not profile.mandate_codes or error["code"] in profile.mandate_codes):
        return Forbidden(message, "these credentials hold no mandate for this collectivité", **details)
    if meaning == "unauthenticated":
        return AuthenticationFailed(message, f"check {option_names(options_of(profile.auth(call.face))) or 'the credentials'}", **details)
    if response.status == 429:
        return RefusedByServer(message, "the server is asked too often: run again later, or declare antai_requests_per_second", **details)
    if meaning != "busy" and (400 <= response.status < 500 or meaning in ("refused", "conflict", "forbidden")):
        hint = "the server names what it refuses; correct it and run again"
        return RefusedByServer(message, hint, conflict=meaning == "conflict", **details)
    is_unexplained = meaning is None and response.status < 400
    return UnexpectedAnswer(
        f"{call.name}: HTTP {response.status}",
        "the profile does not say what this status means here (success, for instance): correct it; the next run observes first"
        if is_unexplained
        else "the server is in trouble: run again later; the next run observes first",
        ambiguous=call.spec.kind == "write",  # a 200 that the profile does not explain may have done it, as a 500 may
        **details,
    )


def failed_job(profile: Profile, call: ProfileOperation, response: Response) -> RefusedByServer:
    error = profile.error(response)
    return RefusedByServer(
        f"{call.name}: the job has failed: {error['message'] or 'no reason is given'}",
        "correct what the server names and run again",
        status=response.status,
        rule=error["rule"],
        server_code=error["code"],
        operation=call.name,
    )


@contextmanager
def explained(operation: str) -> Iterator[None]:
    """What the profile does not explain is an answer that nobody expected."""
    try:
        yield
    except NotWhole as error:
        raise incomplete(operation, str(error)) from error
    except Unexplained as error:
        raise unexpected(operation, str(error)) from error


def incomplete(operation: str, problem: str) -> IncompleteList:
    return IncompleteList(
        f"{operation}: {problem}",
        "the list is not whole, so nothing is concluded from who is not on it: run again, it may have changed meanwhile; "
        "if it stays so, hold the pagination of the profile against the server (antai_doctor reads two pages)",
        operation=operation,
    )


def option_names(options: Iterable[str]) -> str:
    """For people: as the inventory spells them."""
    return ", ".join(f"antai_{option}" for option in options)
