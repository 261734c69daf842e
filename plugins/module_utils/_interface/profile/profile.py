# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile: how each operation of the catalogue is spoken over HTTP, as data (see plugins/plugin_utils/_shipped/profiles/sandbox.yml and docs/profile.md).

Its format is format.py's, requests are made by templates.py and records read by answers.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, timezone, tzinfo
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from ..._http.messages import Request, Response
from ...errors import InvalidInput, ProfileError, UnexpectedAnswer
from ...text import bounded, one_line
from ..catalogue import OPERATIONS, RECORDS
from . import templates as rendering
from .answer_body import is_same_word, list_keyed, parse_json, with_http
from .answers import RecordReader, from_base64, server_day
from .expressions import Unexplained, by_word, compiled, search
from .operation import FollowUp, ProfileOperation, base_path, read_conditions, read_operation
from .rules import FACE_CERTIFICATE, check
from .templates import Values, word

ERROR_FIELDS = ("code", "rule", "message")
# Fields of records that people read, and nothing is compared with.
SENTENCES = ("reason", "message")


class Profile:
    """A checked profile. Raises ProfileError, naming all its problems, when it is made from data that is not one."""

    def __init__(self, declaration: Any) -> None:
        problems = check(declaration)
        if problems:
            raise ProfileError([str(problem) for problem in problems])
        self._declaration = declaration
        self.name = str(declaration["name"])
        self.faces: dict[str, dict[str, Any]] = declaration["faces"]
        self.zone: tzinfo = ZoneInfo(declaration["timezone"]) if "timezone" in declaration else timezone.utc
        self.values = {name: by_word(words) for name, words in declaration.get("values", {}).items()}
        self._readers = {
            name: RecordReader(name, declaration["records"][name], self.zone) for name in RECORDS if name in declaration["records"]
        }
        errors = declaration.get("errors", {})
        # The server's codes for "no mandate"; without them, every status that an operation calls forbidden means it.
        self.mandate_codes = tuple(word(code) for code in errors.get("mandate_codes", []))
        self._error = {name: compiled(errors.get(name)) for name in ERROR_FIELDS}
        conditions = read_conditions(errors.get("outcomes", []))
        self._json_types = frozenset(kind.lower() for kind in declaration.get("json_types", []))
        operations = {name: declared for name, declared in declaration["operations"].items() if "absent" not in declared}
        self._calls = {name: read_operation(name, declared, self.faces, conditions) for name, declared in operations.items()}

    def call(self, operation: str) -> ProfileOperation | None:
        """The operation, or None where the interface has none."""
        return self._calls.get(operation)

    @cached_property
    def absent(self) -> dict[str, str]:
        """The operations that do not exist, and what that means."""
        return {name: spec.without for name, spec in OPERATIONS.items() if name not in self._calls}

    def shows(self, kind: str) -> frozenset[str]:
        """The fields of this record that the interface shows at all."""
        reader = self._readers.get(kind)
        return reader.shown if reader else frozenset()

    def reader(self, kind: str) -> RecordReader:
        """Of a record that the profile describes."""
        return self._readers[kind]

    @property
    def names_errors(self) -> bool:
        """Whether the profile says how the server words its own refusals."""
        return any(path is not None for path in self._error.values())

    def auth(self, face: str) -> list[dict[str, Any]]:
        """The authentication methods of a face."""
        settings = self.faces[face]["auth"]
        return settings if isinstance(settings, list) else [settings]

    def client_certificate(self, face: str) -> str:
        """none, subject or declared (format.py)."""
        return str(self.faces[face].get("client_certificate", FACE_CERTIFICATE[face]))

    # Speaking

    def render(self, call: ProfileOperation, values: Values, *, follow_up: FollowUp | None = None) -> Request:
        """The request of one call. values: what the placeholders stand for; None for "not given"."""
        return rendering.render(
            follow_up.request if follow_up else call.request,
            values,
            base=base_path(self.faces[call.face]),
            safe=call.spec.kind != "write",
            omit_null=self._declaration.get("omit_null", False),
        )

    def uses(self, call: ProfileOperation) -> set[str]:
        """Names of the values that the call's requests use."""
        templates = [call.request, *(further.request for further in call.then), *(text for _path, text in call.where)]
        return {name for name, _filters in rendering.placeholders(templates)}

    def written(self, name: str, value: Any) -> Any:
        """A value of ours as they write it. Raises InvalidInput for a word that the profile does not know."""
        words = self.values.get(name)
        if words is None or value is None:
            return value
        if word(value) not in words:
            raise InvalidInput(
                name, f"{value!r} is not among the profile's values ({', '.join(words)})", f"add it to values.{name} of the profile"
            )
        return words[word(value)]

    # Reading

    def meaning(self, call: ProfileOperation, response: Response, part: ProfileOperation | FollowUp | None = None) -> str | None:
        """What the answer means (format.MEANINGS), or None where the profile does not say. part: the request that was answered."""
        if call.conditions:
            body, code = self.lenient(response), self.error(response)["code"]
            for condition in call.conditions:
                if condition.holds(response, body, code):
                    return condition.means
        part = part or call
        if part.job and response.status in part.job.statuses:
            return "success"
        if isinstance(part, FollowUp) and response.status in part.success:
            return "success"
        return call.meanings.get(response.status)

    def error(self, response: Response) -> dict[str, str | None]:
        """{code, rule, message} as the server names them, None where it does not."""
        body = self.lenient(response)
        values = {name: search(path, body) for name, path in self._error.items()}
        return {name: one_line(word(value)) if value is not None else None for name, value in values.items()}

    @staticmethod
    def lenient(response: Response) -> Any:
        """The body as JSON, or None."""
        try:
            return parse_json(response)
        except (ValueError, LookupError, RecursionError):
            return None

    def json(self, call: ProfileOperation, response: Response) -> Any:
        """None where there is no body, and none is needed."""
        if response.status in (204, 205) or (not response.body and (call.spec.answer == "none" or call.http)):
            return None
        kind = response.content_type
        if kind != "application/json" and not kind.endswith("+json") and kind not in self._json_types:
            raise unexpected(call.name, f"content type {kind or 'missing'} instead of JSON")
        try:
            return parse_json(response)
        except (ValueError, LookupError, RecursionError) as error:
            raise unexpected(call.name, "the body is no JSON") from error

    def items(self, call: ProfileOperation, body: Any) -> list[Any]:
        """The list in one page of an answer. Raises UnexpectedAnswer."""
        items = list_keyed(search(call.at, body), call.key)
        if body is None:  # 204: nothing to show
            return []
        if not isinstance(items, list):
            raise unexpected(call.name, "no list where the profile looks for one")
        return items

    def keys(self, call: ProfileOperation, items: list[Any]) -> tuple[str, ...]:
        """What tells the items of a list apart, for people: by what names them, else by all that they say and how often they say it."""
        of_space = call.answer.get("account") if call.spec.answer == "space" else None
        reader = self._readers["account" if call.spec.answer == "space" else str(call.spec.record)]
        nameless: Counter[str] = Counter()
        keys = []
        for item in items:
            key = reader.key_of(search(of_space, item) if of_space else item)
            if key is None:
                text = json.dumps(item, sort_keys=True)
                nameless[text] += 1
                key = f"{reader.kind} {text} ({nameless[text]})"
            keys.append(key)
        return tuple(keys)

    def single(self, call: ProfileOperation, response: Response, values: Values) -> list[Any]:
        """The one record of an answer as the server sent it; none where `where` finds none, or there is nothing at all. Raises UnexpectedAnswer."""
        body = self.json(call, response)
        if body is None and not call.http:
            return []
        items = [search(call.at, body)]
        if call.where:
            listed = list_keyed(items[0], call.key)
            items = self.chosen(call, listed if isinstance(listed, list) else items, values)[:1]
        return [with_http(item, call.http, response) for item in items]

    def kept_values(self, call: ProfileOperation, part: ProfileOperation | FollowUp, response: Response) -> dict[str, Any]:
        """What later requests of this write may use, from the answer to one of them."""
        begun = part.job is not None and response.status in part.job.statuses
        body = self.lenient(response) if part.ignored or begun else self.json(call, response)
        content = with_http(body, part.http, response)
        return {f"kept.{name}": search(path, content) for name, path in part.keep.items()}

    def chosen(self, call: ProfileOperation, items: Iterable[Any], values: Values) -> list[Any]:
        """Those that `where` asks for."""
        conditions = [(path, word(rendering.fill(text, values))) for path, text in call.where]
        return [item for item in items if all(is_same_word(search(path, item), text) for path, text in conditions)]

    def records(self, call: ProfileOperation, response: Response, items: Iterable[Any], values: Values) -> list[dict[str, Any]]:
        """Records with their extra fields, or spaces, whatever the call answers with. Raises UnexpectedAnswer."""
        today = server_day(response, self.zone)
        if call.spec.answer == "space":
            return [self._space(call, today, item) for item in items]
        return [_of_whom_was_asked(call, self._record(str(call.spec.record), call, today, item), values) for item in items]

    def read_one(self, call: ProfileOperation, response: Response, values: Values) -> dict[str, Any] | None:
        """The one record of an answer, with its extra fields; None where there is none. One that does not name its SIRET has the one asked for."""
        kind = str(call.spec.record)
        for item in self.single(call, response, values):
            record = self._record(kind, call, server_day(response, self.zone), item)
            own = {"siret": values.get("siret")} if "siret" in record and "siret" not in self.shows(kind) else {}
            return _of_whom_was_asked(call, record | own, values)
        return None

    def _record(self, kind: str, call: ProfileOperation, today: date, item: Any) -> dict[str, Any]:
        try:
            record: dict[str, Any] = self._readers[kind].read(item, today)
        except Unexplained as error:
            raise unexpected(call.name, str(error)) from error
        return {name: _shortened(name, value) for name, value in record.items()}

    def _space(self, call: ProfileOperation, today: date, item: Any) -> dict[str, Any]:
        space: dict[str, Any] = {"account": self._record("account", call, today, search(call.answer.get("account"), item))}
        for part, kind in (("conventions", "convention"), ("certificates", "certificate")):
            if part not in call.answer:  # it is asked for singly
                continue
            listed = search(call.answer[part], item)
            if listed is not None and not isinstance(listed, list):
                raise unexpected(call.name, "no list where the profile looks for one")
            space[part] = [self._record(kind, call, today, record) for record in listed or []]
        return space

    def link(self, call: ProfileOperation, response: Response) -> Any:
        """The address of the document, where the profile says that the answer holds one instead of it."""
        return search(call.answer["link"], self.json(call, response)) if "link" in call.answer else None

    def document(self, call: ProfileOperation, response: Response) -> bytes:
        """The PDF: the body itself, or in base64 in it. Raises UnexpectedAnswer."""
        content, content_type = response.body, response.content_type
        if "document" in call.answer:
            text = search(call.answer["document"], self.json(call, response))
            try:
                content, content_type = from_base64(str(text)), call.content_type
            except ValueError as error:
                raise unexpected(call.name, "no base64 where the profile looks for the document") from error
        if content_type != call.content_type or not content.startswith(b"%PDF-"):
            raise unexpected(call.name, f"no PDF (content type {content_type or 'missing'})")
        return content


def _of_whom_was_asked(call: ProfileOperation, record: dict[str, Any], values: Values) -> dict[str, Any]:
    """The record itself. Raises UnexpectedAnswer where it names another SIRET, or certificate, than was asked about: what follows would be wrong (R7)."""
    expected, shown = values.get("siret"), record.get("siret") or record["extra"].get("siret")
    if expected and shown and str(shown) != str(expected):
        raise unexpected(call.name, f"the answer is about the SIRET {shown}, and {expected} was asked for")
    if call.spec.record == "dialogue" and record["fingerprint"] and values.get("fingerprint"):
        form, colon, _digits = record["fingerprint"].partition(":")
        presented = f"{form}:{values[form]}" if colon else values["fingerprint"]
        if record["fingerprint"] != presented:
            raise unexpected(call.name, f"the answer is about the certificate {record['fingerprint']}, and {presented} was presented")
    return record


def _shortened(name: str, value: Any) -> Any:
    """One field of a record. What is extra goes into later requests, as it came."""
    if name == "extra":
        return value
    return one_line(value) if name in SENTENCES and isinstance(value, str) else bounded(value)


def unexpected(operation: str, problem: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"{operation}: {problem}",
        "the server does not speak as the profile says: compare both before the next run",
        ambiguous=OPERATIONS[operation].kind == "write",
        operation=operation,
    )
