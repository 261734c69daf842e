# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer held against the profile: which path found nothing, which value is unmapped, which status is not explained. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .._interface.profile.answers import FieldReader, RecordReader
from .._interface.profile.expressions import Unexplained, search
from .._interface.profile.profile import Profile
from .._interface.raw_answers import RawAnswer
from ..errors import UnexpectedAnswer
from .check_result import FAIL, NOT_VERIFIABLE, OK, WARN

MOST_KEYS = 20


class AnswerResult(NamedTuple):
    """Of one answer, or of a part of it: the rest of a CheckResult."""

    outcome: str
    code: str
    facts: Mapping[str, object]


# Status and form


def judge_answer(profile: Profile, raw: RawAnswer, seen_by: str | None) -> list[AnswerResult]:
    """What is wrong with the answer to a read operation; one verdict that is ok where nothing is. seen_by: the operation that shows this SIRET."""
    broken = _not_success(profile, raw, seen_by)
    if broken:
        return [broken]
    if raw.call.spec.answer == "document":
        return [_document(profile, raw)]
    try:
        body = profile.json(raw.call, raw.response)
        items = _items(profile, raw, body)
    except UnexpectedAnswer as error:
        return [_unexpected(raw, error)]
    if not items:
        return [AnswerResult(NOT_VERIFIABLE, "empty_list", {})]
    faults = [fault for kind, records in _records(raw, items).items() if records for fault in judge_records(profile.reader(kind), records)]
    if all(fault.outcome != FAIL for fault in faults):
        faults += _unreadable(profile, raw, items)
    return faults or [AnswerResult(OK, "as_declared", {"records": len(items)})]


def _unreadable(profile: Profile, raw: RawAnswer, items: list[Any]) -> list[AnswerResult]:
    """What a run would refuse, although each field by itself is right: an answer about another SIRET, a state by dates that are missing."""
    try:
        if raw.call.spec.answer == "one":
            profile.read_one(raw.call, raw.response, raw.values)
        else:
            profile.records(raw.call, raw.response, items, raw.values)
    except UnexpectedAnswer as error:
        return [_unexpected(raw, error)]
    return []


def _not_success(profile: Profile, raw: RawAnswer, seen_by: str | None) -> AnswerResult | None:
    status, meaning = raw.response.status, profile.meaning(raw.call, raw.response)
    facts = request_facts(raw) | {"status": status, "told": server_message(profile, raw)}
    if meaning == "success":
        return _html(raw) if profile.lenient(raw.response) is None else None
    if meaning == "not_there":
        if seen_by:
            return AnswerResult(FAIL, "contradiction", facts | {"seen_by": seen_by})
        strange = profile.names_errors and not any(profile.error(raw.response).values())
        return AnswerResult(FAIL, "path_not_found", facts) if strange else AnswerResult(NOT_VERIFIABLE, "nothing_there", facts)
    if meaning == "busy" or status >= 500:
        return AnswerResult(FAIL, "server_trouble", facts)
    if meaning in ("refused", "conflict", "forbidden"):
        return AnswerResult(FAIL, "refused_by_server", facts)
    return _html(raw) or AnswerResult(FAIL, "status_unexplained", facts)


def _html(raw: RawAnswer) -> AnswerResult | None:
    page = raw.response.content_type in ("text/html", "application/xhtml+xml") or raw.response.body[:64].lstrip().lower().startswith(
        (b"<!doctype html", b"<html")
    )
    return AnswerResult(FAIL, "html", request_facts(raw) | {"status": raw.response.status}) if page else None


def _document(profile: Profile, raw: RawAnswer) -> AnswerResult:
    try:
        if "link" in raw.call.answer:
            if not isinstance(profile.link(raw.call, raw.response), str):
                return AnswerResult(
                    FAIL, "unexplained", request_facts(raw) | {"told": "no address where the profile looks for one (answer.link)"}
                )
        else:
            profile.document(raw.call, raw.response)
    except UnexpectedAnswer as error:
        return _unexpected(raw, error)
    return AnswerResult(OK, "as_declared", {"records": "PDF"})


def _unexpected(raw: RawAnswer, error: UnexpectedAnswer) -> AnswerResult:
    reason = error.message.removeprefix(f"{raw.call.name}: ")
    return AnswerResult(FAIL, "content_type" if "content type" in reason else "unexplained", request_facts(raw) | {"told": reason})


def request_facts(raw: RawAnswer) -> dict[str, object]:
    return {"operation": raw.call.name, "method": raw.request.method, "path": raw.request.path}


def server_message(profile: Profile, raw: RawAnswer) -> str:
    """What the server itself says of a refusal."""
    error = profile.error(raw.response)
    return error["message"] or error["code"] or f"HTTP {raw.response.status}"


# Records


def _items(profile: Profile, raw: RawAnswer, body: Any) -> list[Any]:
    call = raw.call
    if call.spec.answer != "one":
        return profile.chosen(call, profile.items(call, body), raw.values)
    return profile.single(call, raw.response, raw.values)


def _records(raw: RawAnswer, items: list[Any]) -> dict[str, list[Any]]:
    """Kind of record -> what the profile takes for such records."""
    if raw.call.spec.answer != "space":
        return {str(raw.call.spec.record): items}
    records: dict[str, list[Any]] = {"account": [search(raw.call.answer.get("account"), item) for item in items]}
    for part, kind in (("conventions", "convention"), ("certificates", "certificate")):
        listed = [search(raw.call.answer.get(part), item) for item in items]
        records[kind] = [record for members in listed if isinstance(members, list) for record in members]
    return records


def judge_records(reader: RecordReader, items: list[Any]) -> list[AnswerResult]:
    """At most one verdict for each kind of trouble. items: as the server sent them."""
    lost = [field for field in reader.all_fields if field.path is not None and _nowhere(field, items)]
    needed = [field for field in lost if field.name in reader.spec.needed]
    keys = {"keys": _likely(reader, lost, items), "record": reader.kind}
    faults = []
    if needed:
        faults.append(AnswerResult(FAIL, "field_not_found", keys | {"paths": [_named(field) for field in needed]}))
    elif lost:
        faults.append(AnswerResult(WARN, "field_left_out", keys | {"paths": [_named(field) for field in lost]}))
    for code, values in (("unmapped", _unmapped(reader, items)), ("malformed", _malformed(reader, lost, items))):
        if values:
            faults.append(AnswerResult(FAIL, code, {"record": reader.kind, "values": values}))
    return faults


def _named(field: FieldReader) -> str:
    return f"{field.name}: {field.path.expression}"


def _nowhere(field: FieldReader, items: list[Any]) -> bool:
    """No item has anything there, and none says plainly that there is nothing (a null)."""
    return not any(search(field.path, item) is not None or _is_null(field, item) for item in items)


def _is_null(field: FieldReader, item: Any) -> bool:
    """Whether the path leads to a null that the server wrote, itself or on the way. Of what is more than names, needed fields count as lost."""
    names = field.path.names
    if names is None:
        return field.name not in ("siret", "state", "fingerprint", "cycle") and isinstance(item, dict)
    for name in names:
        if item is None:
            return True
        if not isinstance(item, dict) or name not in item:
            return False
        item = item[name]
    return item is None


def _likely(reader: RecordReader, lost: list[FieldReader], items: list[Any]) -> list[str]:
    """Names in the objects where the lost fields should be that no other field reads, the most alike first; all names where none is left."""
    read = {name for field in reader.all_fields if field.path and field not in lost for name in field.path.mentioned}
    keys: dict[str, None] = {}
    last_names: list[str] = []
    for field in lost:
        names = field.path.names or ()
        last_names += names[-1:]
        for item in items:
            keys.update(dict.fromkeys(_holder(item, names[:-1])))
    alike = [key for name in last_names for key in difflib.get_close_matches(name, keys, 3, 0.5)]
    named = list(dict.fromkeys([*alike, *keys]))
    return ([key for key in named if key not in read] or named)[:MOST_KEYS] or ["?"]


def _holder(item: Any, names: tuple[str, ...]) -> dict[str, object]:
    """The object at this path, as deep as there is one."""
    for name in names:
        if not isinstance(item, dict) or not isinstance(item.get(name), dict):
            break
        item = item[name]
    return item if isinstance(item, dict) else {}


def _values(field: FieldReader, items: Iterable[Any]) -> list[Any]:
    return [value for item in items if (value := search(field.path, item)) is not None]


def _unmapped(reader: RecordReader, items: list[Any]) -> list[str]:
    values: dict[str, None] = {}
    for field in reader.all_fields:
        for value in _values(field, items):
            try:
                ours = field.translated(value)
            except Unexplained:
                values[f"{field.name} {value!r}"] = None
            else:
                if field.name == "state" and reader.state_of(ours) is None:
                    values[f"state {value!r}"] = None
    return list(values)[:MOST_KEYS]


def _malformed(reader: RecordReader, lost: list[FieldReader], items: list[Any]) -> list[str]:
    reasons: dict[str, None] = {}
    for field in reader.all_fields:
        for item in items if field.mapped is None and field not in lost else ():
            try:
                field.read(item, reader.zone)
            except Unexplained as error:
                reasons[str(error)] = None
    return list(reasons)[:MOST_KEYS]
