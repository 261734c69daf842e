# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation as a profile declares it, compiled: its requests, what its answers mean, where their parts are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._http.messages import Response
from ..catalogue import OPERATIONS, Operation
from .expressions import compiled, search
from .format import BY_STATUS
from .jobs import JobFollowing
from .paging import Paging
from .templates import word

ANSWER_PATHS = ("account", "conventions", "certificates", "document", "link")


BY_DEFAULT = {401: "unauthenticated", 409: "conflict"}


@dataclass(frozen=True)
class Condition:
    """An answer that means something by what is in it. statuses and codes: any of them, where there are any."""

    means: str
    statuses: tuple[int, ...]
    codes: tuple[str, ...]
    when: Any

    def holds(self, response: Response, body: Any, code: str | None) -> bool:
        if self.statuses and response.status not in self.statuses:
            return False
        if self.codes and code not in self.codes:
            return False
        return self.when is None or bool(search(self.when, body))


@dataclass(frozen=True)
class FollowUp:
    """One more request of a write that takes several. keep: what later ones may use, by name."""

    request: Mapping[str, Any]
    success: tuple[int, ...]
    keep: Mapping[str, Any]
    ignored: bool
    http: str | None
    job: JobFollowing | None


@dataclass(frozen=True)
class ProfileOperation:
    """One operation as the profile declares it. meanings: HTTP status to what it means (profile_format.BY_STATUS).

    key: the field that gets the key of each record where they come as a mapping. http: the field that gets status and headers of the answer.
    """

    name: str
    spec: Operation
    face: str
    anonymous: bool
    request: Mapping[str, Any]
    meanings: dict[int, str]
    conditions: tuple[Condition, ...]
    at: Any
    where: tuple[tuple[Any, str], ...]
    answer: Mapping[str, Any]
    content_type: str
    ignored: bool
    keep: Mapping[str, Any]
    key: str | None
    http: str | None
    paging: Paging | None
    job: JobFollowing | None
    then: tuple[FollowUp, ...]

    @property
    def jobs(self) -> JobFollowing | None:
        """The job that this write may become, with its first request or with its last."""
        return self.job or (self.then[-1].job if self.then else None)


def base_path(face: Mapping[str, Any]) -> str:
    """What the paths of a face begin with."""
    return str(face.get("base_path", ""))


def read_operation(
    name: str, declaration: Mapping[str, Any], faces: Mapping[str, Mapping[str, Any]], conditions: tuple[Condition, ...]
) -> ProfileOperation:
    """data: of a checked profile. conditions: those of all operations."""
    spec, answer = OPERATIONS[name], declaration.get("answer", {})
    face = declaration.get("face", spec.face)
    base = base_path(faces[face])
    return ProfileOperation(
        name=name,
        spec=spec,
        face=face,
        anonymous=declaration.get("anonymous", False),
        request=declaration["request"],
        meanings=BY_DEFAULT | {status: kind for kind in BY_STATUS for status in declaration.get(kind, [])},
        conditions=read_conditions(declaration.get("outcomes", [])) + conditions,
        at=compiled(answer.get("at", "@")),
        where=tuple((compiled(path), text) for path, text in answer.get("where", {}).items()),
        answer={part: compiled(answer[part]) for part in ANSWER_PATHS if part in answer},
        content_type=answer.get("content_type", "application/pdf"),
        ignored=answer.get("ignored", False),
        keep={part: compiled(path) for part, path in answer.get("keep", {}).items()},
        key=answer.get("key"),
        http=answer.get("http"),
        paging=Paging(declaration["pagination"]) if "pagination" in declaration else None,
        job=JobFollowing(name, declaration["job"], base) if "job" in declaration else None,
        then=tuple(_follow_up(name, further, base) for further in declaration.get("then", [])),
    )


def read_conditions(declaration: Iterable[Mapping[str, Any]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            outcome["means"],
            tuple(outcome.get("status", [])),
            tuple(word(code) for code in outcome.get("codes", [])),
            compiled(outcome.get("when")),
        )
        for outcome in declaration
    )


def _follow_up(operation: str, declaration: Mapping[str, Any], base: str) -> FollowUp:
    answer = declaration.get("answer", {})
    return FollowUp(
        request=declaration["request"],
        success=tuple(declaration["success"]),
        keep={name: compiled(path) for name, path in answer.get("keep", {}).items()},
        ignored=answer.get("ignored", False),
        http=answer.get("http"),
        job=JobFollowing(operation, declaration["job"], base) if "job" in declaration else None,
    )
