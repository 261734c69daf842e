# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile: how each operation of the catalogue is spoken over HTTP, as data (see plugins/profiles/sandbox.yml).

Rendering is data too: a placeholder `{name}` stands for one declared value, encoded for where it stands; nothing is evaluated.
Answers are read with JMESPath.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .catalogue import CLASSES, FACES, OPERATIONS, RECORDS, Operation
from .errors import InvalidInput, ProfileError, UnexpectedAnswer
from .https import Request, Response
from .libraries import jmespath

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
OUTCOMES = ("success", "not_there", "forbidden")
ERROR_FIELDS = ("code", "rule", "message")


@dataclass(frozen=True)
class Call:
    """One operation as the profile declares it. outcome: HTTP status to success, not_there or forbidden."""

    name: str
    spec: Operation
    anonymous: bool
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    outcome: dict[int, str]
    answer: dict[str, Any]
    pagination: dict[str, Any] | None


class Profile:
    """A checked profile. Raises ProfileError, naming all its problems, when it is made from data that is not one."""

    def __init__(self, data: Any) -> None:
        self._problems: list[str] = []
        if not isinstance(data, dict):
            raise ProfileError(["a profile is a mapping"])
        self.name = str(data.get("name", ""))
        self.faces: dict[str, dict[str, Any]] = self._faces(data.get("faces"))
        records = self._mapping("records", data.get("records"))
        self._records = {name: self._record(name, records.get(name)) for name in RECORDS}
        errors = self._mapping("errors", data.get("errors"))
        # The server's codes for "no mandate"; without them, every status that an operation calls forbidden means it.
        self.mandate_codes = tuple(str(code) for code in self._list("errors.mandate_codes", errors.get("mandate_codes"), "codes"))
        self._error = {name: self._compiled(f"errors.{name}", errors.get(name)) for name in ERROR_FIELDS}
        self._calls = self._operations(data.get("operations"))
        if self._problems:
            raise ProfileError(self._problems)

    def call(self, operation: str) -> Call | None:
        """The operation, or None where the profile declares it absent."""
        return self._calls.get(operation)

    # Reading the profile

    def _faces(self, faces: Any) -> dict[str, dict[str, Any]]:
        if not isinstance(faces, dict) or set(faces) != set(FACES):
            self._problems.append(f"faces: must be a mapping of {' and '.join(FACES)}")
            return {}
        for name, face in faces.items():
            if not isinstance(face, dict) or not isinstance(face.get("auth"), dict) or "method" not in face["auth"]:
                self._problems.append(f"faces.{name}: needs auth with a method")
        return faces

    def _record(self, name: str, data: Any) -> dict[str, Any]:
        where = f"records.{name}"
        if not isinstance(data, dict) or not isinstance(data.get("fields"), dict) or not isinstance(data.get("states"), dict):
            self._problems.append(f"{where}: needs fields and states")
            return {}
        spec = RECORDS[name]
        self._same_names(f"{where}.fields", set(data["fields"]), set(spec.fields))
        for theirs, ours in data["states"].items():
            if ours not in spec.states:
                self._problems.append(f"{where}.states.{theirs}: {ours!r} is none of {', '.join(spec.states)}")
        fields = {field: self._compiled(f"{where}.fields.{field}", text) for field, text in data["fields"].items()}
        return {"fields": fields, "states": data["states"]}

    def _operations(self, data: Any) -> dict[str, Call]:
        if not isinstance(data, dict):
            self._problems.append("operations: must be a mapping")
            return {}
        absent = {name for name, spec in OPERATIONS.items() if spec.optional and data.get(name) is None}
        self._same_names("operations", set(data) - absent, set(OPERATIONS) - absent)
        return {name: self._operation(name, item) for name, item in data.items() if name in OPERATIONS and name not in absent}

    def _operation(self, name: str, data: Any) -> Call:
        where, spec = f"operations.{name}", OPERATIONS[name]
        data = self._mapping(where, data, empty=False)
        request = self._mapping(f"{where}.request", data.get("request"))
        if data.get("class") not in CLASSES or data.get("class") != spec.kind:
            self._problems.append(f"{where}.class: must be {spec.kind}")
        if not str(request.get("path", "")).startswith("/") or not request.get("method"):
            self._problems.append(f"{where}.request: needs a method and a path that begins with /")
        for used in sorted(_placeholders(request) - set(spec.values)):
            self._problems.append(f"{where}.request: {{{used}}} is no value of this operation ({', '.join(spec.values)})")
        outcome = {int(status): kind for kind in OUTCOMES for status in self._list(f"{where}.{kind}", data.get(kind), "HTTP statuses", int)}
        if "success" not in outcome.values():
            self._problems.append(f"{where}.success: needs at least one HTTP status")
        return Call(
            name=name,
            spec=spec,
            anonymous=bool(data.get("anonymous", False)),
            method=str(request.get("method", "")),
            path=str(request.get("path", "")),
            query=self._mapping(f"{where}.request.query", request.get("query")),
            headers=self._mapping(f"{where}.request.headers", request.get("headers")),
            body=request.get("body"),
            outcome=outcome,
            answer=self._answer(where, spec, self._mapping(f"{where}.answer", data.get("answer"))),
            pagination=self._pagination(where, data.get("pagination")),
        )

    def _answer(self, where: str, spec: Operation, data: dict[str, Any]) -> dict[str, Any]:
        parts = ("at", "account", "conventions", "certificates") if spec.answer == "space" else ("at",)
        return {part: self._compiled(f"{where}.answer.{part}", data.get(part, "@")) for part in parts}

    def _pagination(self, where: str, data: Any) -> dict[str, Any] | None:
        if data is None:
            return None
        data = self._mapping(f"{where}.pagination", data)
        missing = {"page", "size", "per_page", "first", "total"} - set(data)
        if missing:
            self._problems.append(f"{where}.pagination: needs {', '.join(sorted(missing))}")
            return None
        return {**data, "total": self._compiled(f"{where}.pagination.total", data["total"])}

    def _mapping(self, where: str, data: Any, *, empty: bool = True) -> dict[str, Any]:
        """The mapping itself; an empty one, and a problem, for what is none. empty: whether nothing at all is an empty one."""
        if isinstance(data, dict):
            return data
        if data is not None or not empty:
            self._problems.append(f"{where}: must be a mapping")
        return {}

    def _list(self, where: str, data: Any, of: str, kind: type = str) -> list[Any]:
        if data is None or (isinstance(data, list) and all(isinstance(item, kind) for item in data)):
            return data or []
        self._problems.append(f"{where}: must be a list of {of}")
        return []

    def _same_names(self, where: str, given: set[Any], known: set[str]) -> None:
        self._problems += [f"{where}: {name} is missing" for name in sorted(known - given)]
        self._problems += [f"{where}: {name} is unknown" for name in sorted(map(str, given - known))]

    def _compiled(self, where: str, text: Any) -> Any:
        if text is None:
            return None
        try:
            return _plain(jmespath.compile(str(text)))
        except jmespath.exceptions.JMESPathError as error:
            self._problems.append(f"{where}: {text!r} is no JMESPath ({str(error).splitlines()[0]})")
            return None

    # Using it

    def render(self, call: Call, values: dict[str, Any], *, query: dict[str, str] | None = None) -> Request:
        """The request of one call. values: what the placeholders stand for; strings, or None for "not given"."""
        return Request(
            method=call.method,
            path=PLACEHOLDER.sub(lambda match: _segment(match[1], values), call.path),
            query={name: str(text) for name, text in _filled(call.query, values).items() if text is not None} | (query or {}),
            headers={name: text for name, text in _filled(call.headers, values).items() if text is not None},
            json=_filled(call.body, values),
            safe=call.spec.kind != "write",
        )

    def read(self, call: Call, response: Response) -> Any:
        """What the call's answer is turned into, after the shape that the catalogue gives it. Raises UnexpectedAnswer."""
        if call.spec.answer == "none":
            self.json(call, response)
            return None
        if call.spec.answer == "document":
            return self._document(call, response)
        found = _search(call.answer["at"], self.json(call, response))
        if call.spec.answer == "one":
            return self.record(str(call.spec.record), found, call)
        if call.spec.answer == "many":
            return self._several(str(call.spec.record), call, found)
        if not isinstance(found, list):
            raise _unexpected(call, "no list where the profile looks for one")
        return [self._space(call, item) for item in found]

    def record(self, kind: str, item: Any, call: Call) -> dict[str, Any]:
        """One record of the catalogue, its state in our words."""
        declared = self._records[kind]
        record = {name: _search(path, item) for name, path in declared["fields"].items()}
        theirs = record["state"]
        if not isinstance(theirs, str) or theirs not in declared["states"]:
            raise _unexpected(call, f"state {theirs!r} of {kind} is not in the profile's state map")
        record["state"] = declared["states"][theirs]
        return record

    def error(self, response: Response) -> dict[str, str | None]:
        """{code, rule, message} as the server names them, None where it does not."""
        try:
            body = json.loads(response.body)
        except (ValueError, RecursionError):
            body = None
        found = {name: _search(path, body) for name, path in self._error.items()}
        return {name: str(value) if value is not None else None for name, value in found.items()}

    def total(self, call: Call, response: Response) -> int:
        """How many items the list has in all."""
        total = _search((call.pagination or {})["total"], self.json(call, response))
        if not isinstance(total, int):
            raise _unexpected(call, "no total where the profile looks for it")
        return total

    def json(self, call: Call, response: Response) -> Any:
        if response.content_type != "application/json" and not response.content_type.endswith("+json"):
            raise _unexpected(call, f"content type {response.content_type or 'missing'} instead of JSON")
        try:
            return json.loads(response.body)
        except (ValueError, RecursionError) as error:
            raise _unexpected(call, "the body is no JSON") from error

    def _space(self, call: Call, item: Any) -> dict[str, Any]:
        return {
            "account": self.record("account", _search(call.answer["account"], item), call),
            "conventions": self._several("convention", call, _search(call.answer["conventions"], item) or []),
            "certificates": self._several("certificate", call, _search(call.answer["certificates"], item) or []),
        }

    def _several(self, kind: str, call: Call, found: Any) -> list[dict[str, Any]]:
        if not isinstance(found, list):
            raise _unexpected(call, "no list where the profile looks for one")
        return [self.record(kind, each, call) for each in found]

    @staticmethod
    def _document(call: Call, response: Response) -> bytes:
        if response.content_type != "application/pdf" or not response.body.startswith(b"%PDF-"):
            raise _unexpected(call, f"no PDF (content type {response.content_type or 'missing'})")
        return response.body


def _unexpected(call: Call, what: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"{call.name}: {what}",
        "the server does not speak as the profile says: compare both before the next run",
        ambiguous=call.spec.kind == "write",
        operation=call.name,
    )


def _search(path: Any, data: Any) -> Any:
    """What the path finds; None where there is no path, nothing, or something that its functions cannot take."""
    try:
        return None if path is None else path.search(data)
    except jmespath.exceptions.JMESPathError:
        return None


@dataclass(frozen=True)
class _Names:
    """A path that is made of names only, as nearly all are: found without the interpreter, twenty times faster (a fleet reads a million)."""

    names: tuple[str, ...]

    def search(self, data: Any) -> Any:
        for name in self.names:
            if not isinstance(data, dict):
                return None
            data = data.get(name)
        return data


def _plain(path: Any) -> Any:
    """The same path, as names where it is made of names only."""
    names = _names(path.parsed)
    return path if names is None else _Names(names)


def _names(node: dict[str, Any]) -> tuple[str, ...] | None:
    if node["type"] == "current":
        return ()
    if node["type"] == "field":
        return (str(node["value"]),)
    parts = [_names(child) for child in node["children"]] if node["type"] == "subexpression" else [None]
    return None if None in parts else tuple(name for part in parts for name in part or ())


def _placeholders(data: Any) -> set[str]:
    if isinstance(data, dict):
        return set().union(*(_placeholders(item) for item in data.values())) if data else set()
    if isinstance(data, list):
        return set().union(*(_placeholders(item) for item in data)) if data else set()
    return set(PLACEHOLDER.findall(data)) if isinstance(data, str) else set()


def _segment(name: str, values: dict[str, Any]) -> str:
    """A value as part of a path: encoded, so that it can neither add a segment nor climb out of its own."""
    text = "" if values[name] is None else str(values[name])
    if text in (".", "..") or not text:
        raise InvalidInput(name, f"{text!r} cannot stand in a path", "correct the value")
    return quote(text, safe="")


def _filled(template: Any, values: dict[str, Any]) -> Any:
    """The template with its placeholders replaced; one that stands alone keeps the type of its value."""
    if isinstance(template, dict):
        return {key: _filled(item, values) for key, item in template.items()}
    if isinstance(template, list):
        return [_filled(item, values) for item in template]
    if not isinstance(template, str):
        return template
    alone = PLACEHOLDER.fullmatch(template)
    if alone:
        return values[alone[1]]
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), template)
