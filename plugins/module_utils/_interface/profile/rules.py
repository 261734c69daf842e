# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is this a profile? Its form by profile_format.py, then what the form cannot say: that it fits the catalogue and does not contradict itself.

Every rule below looks at one part and yields its problems; a part whose form is wrong is not looked at further.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..catalogue import BY_DATES, COMMON_VALUES, HASHES, LOOKUPS, OPERATIONS, RECORDS, WORDS, Operation
from .format import BY_STATUS, IDENTITIES, PROFILE
from .schema import Path, Problem, did_you_mean
from .templates import placeholders, word, wrong_filter

ANSWER_KEYS = {
    "one": ("at", "where", "key", "http"),
    "many": ("at", "where", "key"),
    "space": ("at", "where", "key", "account", "conventions", "certificates"),
    "document": ("document", "link", "content_type"),
    "none": ("ignored", "keep", "http"),
}
# Operations that are about one certificate whose key lies here.
ABOUT_A_CERTIFICATE = ("certificate_install", "exchange_query")
FILE_KEYS = ("content", "filename", "content_type")
FACE_CERTIFICATE = {"portal": "none", "sifps": "subject"}


def check(data: Any) -> list[Problem]:
    """All the problems of a profile, in the order of the file as far as it goes; none where it can be used."""
    formal = PROFILE.judge(data)
    if not isinstance(data, dict):
        return [Problem((), "a profile is a mapping")]
    wrong = [problem.path for problem in formal]
    sound = _Sound(data, wrong)
    return formal + [problem for rule in RULES for problem in rule(sound)]


class _Sound:
    """The parts of a profile whose form is right."""

    def __init__(self, data: dict[str, Any], wrong: list[Path]) -> None:
        self._data = data
        self._wrong = wrong

    def at(self, *path: Any) -> Any:
        """What stands there, or None where it is not there or its form is wrong."""
        if any(each[: len(path)] == path or path[: len(each)] == each for each in self._wrong):
            return None
        found: Any = self._data
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def operations(self) -> Iterator[tuple[str, Operation, dict[str, Any]]]:
        """Those that are spoken."""
        for name, spec in OPERATIONS.items():
            data = self.at("operations", name)
            if data is not None and "absent" not in data:
                yield name, spec, data

    def has(self, operation: str) -> bool:
        data = self._data.get("operations")
        found = data.get(operation) if isinstance(data, dict) else None
        return isinstance(found, dict) and "absent" not in found


Problems = Iterator[Problem]


# The whole


def something_is_seen(sound: _Sound) -> Problems:
    if sound.at("operations") is not None and not sound.has("account_get") and not sound.has("exchange_query"):
        yield Problem(("operations",), "neither account_get nor exchange_query is there: nothing could be seen, and so nothing done")


def time_zone(sound: _Sound) -> Problems:
    zone = sound.at("timezone")
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield Problem(("timezone",), f"{zone!r} is no time zone known on this machine")


def written_words(sound: _Sound) -> Problems:
    """Of `values`: names exist, words are ours, and two of ours are not one of theirs."""
    known = {name for spec in OPERATIONS.values() for name in spec.values}
    for name, words in (sound.at("values") or {}).items():
        path = ("values", name)
        if name not in known:
            yield Problem(path, f"is no value of any operation{did_you_mean(str(name), known)}")
        for ours in words:
            if name in WORDS and word(ours) not in WORDS[name]:
                yield Problem((*path, ours), f"is none of {', '.join(WORDS[name])}{did_you_mean(word(ours), WORDS[name])}")
        for missing in sorted(set(WORDS.get(name, ())) - {word(each) for each in words}):
            yield Problem(path, f"does not say how {missing} is written")
        theirs = [word(each) for each in words.values()]
        for each in sorted({each for each in theirs if theirs.count(each) > 1}):
            yield Problem(
                path, f"{each} stands for {' and '.join(word(ours) for ours, text in words.items() if word(text) == each)}: contradictory"
            )


def faces(sound: _Sound) -> Problems:
    for name, default in FACE_CERTIFICATE.items():
        face = sound.at("faces", name)
        if face is None:
            continue
        presented = face.get("client_certificate", default)
        methods = face["auth"] if isinstance(face["auth"], list) else [face["auth"]]
        if presented == "none" and [each["method"] for each in methods] == ["client_certificate"]:
            yield Problem(("faces", name, "auth"), "the client certificate is the only identity, and client_certificate is none")
        if presented == "subject" and name == "portal":
            yield Problem(
                ("faces", name, "client_certificate"), "subject: operations of the portal are about no certificate whose key lies here"
            )


# Records


def records(sound: _Sound) -> Problems:
    for name, spec in RECORDS.items():
        readers = [each for each, operation in OPERATIONS.items() if operation.record == name and sound.has(each)]
        if name in ("account", "convention", "certificate") and sound.has("space_list"):
            readers.append("space_list")
        data = sound.at("records", name)
        if sound.at("records") is not None and readers and name not in sound.at("records"):
            yield Problem(("records", name), f"is missing, and {readers[0]} answers with it")
        if data is None:
            continue
        path = ("records", name)
        listed = any(sound.has(each) for each in ("space_list", "account_list"))
        for field in spec.needed:
            # One that was asked for by its SIRET need not repeat it.
            if data["fields"].get(field) is None and (field != "siret" or listed):
                yield Problem((*path, "fields", field), "is missing")
        for field, declared in data["fields"].items():
            yield from _format((*path, "fields", field), declared, field in (*spec.days, *spec.instants), field)
        for field, declared in data.get("extra", {}).items():
            if field in spec.fields:
                yield Problem((*path, "extra", field), "is a field of its own: declare it under fields")
            yield from _format((*path, "extra", field), declared, True, "")
        if isinstance(data["fields"].get("state"), dict) and "map" in data["fields"]["state"] and "states" in data:
            yield Problem((*path, "states"), "fields.state has a map of its own beside it: contradictory")


def states(sound: _Sound) -> Problems:
    for name, spec in RECORDS.items():
        data = sound.at("records", name)
        if data is None or "states" not in data:
            continue
        path, mapped = ("records", name, "states"), data["states"]
        written = [word(each) for each in mapped]
        for each in sorted({each for each in written if written.count(each) > 1}):
            yield Problem(path, f"{each} is given twice (once as a text): contradictory")
        reached = set(mapped.values()) | ({"in_force", "upcoming", "ended"} if BY_DATES in mapped.values() else set())
        for each in spec.essential:
            if each not in reached:
                yield Problem(path, f"no state of theirs means {each}: nothing could ever be so")
        if BY_DATES in mapped.values() and not all(data["fields"].get(field) for field in ("start", "end")):
            yield Problem(path, "by_dates needs the fields start and end")


def cycle_words(sound: _Sound) -> Problems:
    field = sound.at("records", "convention", "fields", "cycle")
    for theirs, ours in (field.get("map", {}) if isinstance(field, dict) else {}).items():
        if ours not in WORDS["cycle"]:
            path = ("records", "convention", "fields", "cycle", "map", theirs)
            yield Problem(path, f"{ours!r} is none of {', '.join(WORDS['cycle'])}{did_you_mean(word(ours), WORDS['cycle'])}")


def _format(path: Path, declared: Any, is_date: bool, field: str) -> Problems:
    for each in declared.get("filters", []) if isinstance(declared, dict) else []:
        wrong = wrong_filter(each)
        if wrong:
            yield Problem((*path, "filters"), wrong)
    form = declared.get("format") if isinstance(declared, dict) else None
    if form is None:
        return
    if form in IDENTITIES:
        if field not in HASHES or (field != "fingerprint" and form not in ("hex", "base64")):
            yield Problem((*path, "format"), f"{form} is for {'fingerprints of certificates' if field in HASHES else 'fingerprints'}")
    elif form in ("epoch", "epoch_ms") or "%" in form:
        if not is_date:
            yield Problem((*path, "format"), f"{form} is for dates")
        elif "%" in form:
            yield from _pattern((*path, "format"), form)
    else:
        known = (*IDENTITIES, "epoch", "epoch_ms")
        yield Problem((*path, "format"), f"{form!r} is no format{did_you_mean(form, known)}")


def _pattern(path: Path, pattern: str) -> Problems:
    moment = datetime(2026, 11, 23, 7, 5, 9)
    try:
        back = datetime.strptime(moment.strftime(pattern), pattern)
    except ValueError as error:
        yield Problem(path, f"{pattern!r} is no pattern of strptime ({error})")
        return
    if (back.year, back.month, back.day) != (moment.year, moment.month, moment.day):
        yield Problem(path, f"{pattern!r} does not hold a whole date")


# Operations


def classes(sound: _Sound) -> Problems:
    for name, spec, data in sound.operations():
        if data["class"] != spec.kind:
            yield Problem(("operations", name, "class"), f"must be {spec.kind}")


def statuses(sound: _Sound) -> Problems:
    """One HTTP status has one meaning."""
    for name, spec, data in sound.operations():
        path = ("operations", name)
        lists = {kind: data.get(kind, []) for kind in BY_STATUS} | {"job.status": data.get("job", {}).get("status", [])}
        for status in sorted({each for some in lists.values() for each in some}):
            kinds = [kind for kind, some in lists.items() if status in some]
            if len(kinds) > 1 and set(kinds) != {"success", "job.status"}:
                yield Problem((*path, kinds[1]), f"{status} is {' and '.join(kinds)}: contradictory")
        for kind in ("already_done", "conflict"):
            if spec.kind != "write" and data.get(kind):
                yield Problem((*path, kind), "is for writes only")


def places(sound: _Sound) -> Problems:
    """Which face an operation is spoken to, and with what."""
    for name, spec, data in sound.operations():
        face = data.get("face", spec.face)
        presented = (sound.at("faces", face) or {}).get("client_certificate", FACE_CERTIFICATE[face])
        if presented == "subject" and name not in ABOUT_A_CERTIFICATE:
            yield Problem(
                ("operations", name, "face"), f"{face} presents the certificate that an operation is about, and {name} is about none"
            )


def used_values(sound: _Sound) -> Problems:
    for name, spec, data in sound.operations():
        path = ("operations", name)
        kept = {f"kept.{each}" for each in data.get("answer", {}).get("keep", {})}
        yield from _placeholders(sound, name, spec, (*path, "request"), data["request"], set())
        yield from _placeholders(sound, name, spec, (*path, "answer", "where"), data.get("answer", {}).get("where", {}), set())
        if "job" in data:
            yield from _placeholders(sound, name, spec, (*path, "job", "path"), data["job"].get("path"), kept | {"job"})
        for position, each in enumerate(data.get("then", [])):
            yield from _placeholders(sound, name, spec, (*path, "then", position, "request"), each["request"], kept)
            if "job" in each:
                job = (*path, "then", position, "job", "path")
                yield from _placeholders(sound, name, spec, job, each["job"].get("path"), kept | {"job"})
            kept |= {f"kept.{one}" for one in each.get("answer", {}).get("keep", {})}


def _placeholders(sound: _Sound, name: str, spec: Operation, path: Path, template: Any, more: set[str]) -> Problems:
    known = (*spec.values, *sorted(more))
    told: set[str] = set()
    for used, filters in placeholders(template):
        where = _where(path, template, used)
        if "." in used and used not in more:
            yield from _looked_up(sound, name, spec, where, used)
        elif used not in known and used not in COMMON_VALUES and used not in told:
            told.add(used)
            close = did_you_mean(used, (*known, *COMMON_VALUES))
            yield Problem(where, f"{{{used}}} is no value of this operation ({', '.join(known)}){close}")
        for each in filters:
            wrong = wrong_filter(each)
            if wrong:
                yield Problem(where, f"{{{used}|{each}}}: {wrong}")


def _where(path: Path, template: Any, used: str) -> Path:
    """The path down to the text that uses the value, for the line number."""
    if isinstance(template, dict):
        for key, item in template.items():
            if any(name == used for name, _filters in placeholders(item)):
                return _where((*path, key), item, used)
    if isinstance(template, list):
        for position, item in enumerate(template):
            if any(name == used for name, _filters in placeholders(item)):
                return _where((*path, position), item, used)
    return path


def _looked_up(sound: _Sound, name: str, spec: Operation, path: Path, used: str) -> Problems:
    kind, _dot, field = used.partition(".")
    if kind not in LOOKUPS:
        yield Problem(path, f"{{{used}}}: {kind} is no record that can be looked up ({', '.join(LOOKUPS)}){did_you_mean(kind, LOOKUPS)}")
        return
    reader, wanted = LOOKUPS[kind]
    if reader == name or not set(wanted) <= set(spec.values):
        yield Problem(path, f"{{{used}}}: {name} cannot look up its {kind} (that takes {', '.join(wanted)}, and {reader})")
    elif not sound.has(reader):
        yield Problem(path, f"{{{used}}}: {reader}, which reads it, is absent")
    data = sound.at("records", kind)
    fields = [*data["fields"], *data.get("extra", {})] if data else [field]
    if field not in fields:
        yield Problem(path, f"{{{used}}}: {kind} has no field {field}{did_you_mean(field, fields)}; declare it under records.{kind}.extra")


def requests(sound: _Sound) -> Problems:
    for name, _spec, data in sound.operations():
        yield from _request(("operations", name, "request"), data["request"])
        for position, each in enumerate(data.get("then", [])):
            yield from _request(("operations", name, "then", position, "request"), each["request"])


def _request(path: Path, request: dict[str, Any]) -> Problems:
    if any(part in (".", "..") for part in request["path"].split("/")):
        yield Problem((*path, "path"), "climbs out of its place (a segment . or ..)")
    body, form = request.get("body"), request.get("as", "json")
    fields = body.items() if isinstance(body, dict) else ()
    if form in ("form", "multipart") and not isinstance(body, dict):
        yield Problem((*path, "body"), f"{form} needs a mapping of fields")
    elif form == "raw" and not isinstance(body, str):
        yield Problem((*path, "body"), "raw needs one text")
    elif form == "form":
        for field, item in fields:
            if isinstance(item, dict):
                yield Problem((*path, "body", field), "a form has no mappings in it")
    elif form == "multipart":
        for field, item in fields:
            if isinstance(item, list) or (isinstance(item, dict) and ("content" not in item or set(item) - set(FILE_KEYS))):
                yield Problem((*path, "body", field), f"is a text, or a file: a mapping of {', '.join(FILE_KEYS)}, content at least")
    for header in request.get("headers", {}):
        if header.lower() in ("host", "content-length", "transfer-encoding", "connection"):
            yield Problem((*path, "headers", header), "belongs to the connection: no profile sets it")


def answers(sound: _Sound) -> Problems:
    for name, spec, data in sound.operations():
        path, answer = ("operations", name), data.get("answer", {})
        for key in answer:
            if key not in ANSWER_KEYS[spec.answer]:
                yield Problem(
                    (*path, "answer", key), f"means nothing here: {name} answers with {spec.answer} ({', '.join(ANSWER_KEYS[spec.answer])})"
                )
        if "document" in answer and "link" in answer:
            yield Problem((*path, "answer", "link"), "document and link: only one of both")
        if "keep" in answer and "then" not in data:
            yield Problem((*path, "answer", "keep"), "nothing follows that could use it (then)")
        if spec.answer == "none" and "http" in answer and "keep" not in answer:
            yield Problem((*path, "answer", "http"), "nothing is kept that could use it (keep)")
        if spec.answer == "one" and "key" in answer and "where" not in answer:
            yield Problem((*path, "answer", "key"), "needs where: which of the records it is")
        if "then" in data and spec.kind != "write":
            yield Problem((*path, "then"), "is for writes only")
        if name.endswith("_all"):
            record = sound.at("records", str(spec.record))
            if record is not None and "siret" not in record.get("extra", {}):
                yield Problem((*path,), f"needs records.{spec.record}.extra.siret: whose they are")
            if not sound.has("account_list"):
                yield Problem((*path,), "needs account_list beside it")


def paginations(sound: _Sound) -> Problems:
    for name, spec, data in sound.operations():
        paging, path = data.get("pagination"), ("operations", name, "pagination")
        if paging is None:
            continue
        if spec.answer not in ("many", "space") and "where" not in data.get("answer", {}):
            yield Problem(path, f"{name} answers with no list")
        if paging["style"] == "cursor" and ("next" in paging) is ("next_header" in paging):
            yield Problem(path, "cursor needs next or next_header, one of both")
        if "size" in paging and "per_page" not in paging:
            yield Problem(path, "size needs per_page")
        if paging.get("in") == "body":
            yield from _in_the_body(path, paging, data["request"])


def _in_the_body(path: Path, paging: dict[str, Any], request: dict[str, Any]) -> Problems:
    body, form = request.get("body"), request.get("as", "json")
    if form not in ("json", "form"):
        yield Problem((*path, "in"), f"body: pages are asked for in JSON or in a form, not in {form}")
    elif not isinstance(body, dict):
        yield Problem((*path, "in"), "there is no body to stand in")
    else:
        for key in ("page", "offset", "cursor", "size"):
            *outer, last = str(paging.get(key, "")).split(".") if form == "json" else [paging.get(key, "")]
            place: Any = body
            for each in outer:
                place = place.get(each, {}) if isinstance(place, dict) else None
            if not isinstance(place, dict):
                yield Problem((*path, key), f"{paging[key]} stands in something that is no mapping in the body")
            elif last in place:
                yield Problem((*path, key), f"{paging[key]} stands in the body already: contradictory")


def jobs(sound: _Sound) -> Problems:
    for name, spec, data in sound.operations():
        path, then = ("operations", name), data.get("then", [])
        if "job" in data:
            yield from _job((*path, "job"), data["job"], spec)
        for position, each in enumerate(then):
            if "job" not in each:
                continue
            yield from _job((*path, "then", position, "job"), each["job"], spec)
            if position < len(then) - 1 or "job" in data:
                yield Problem((*path, "then", position, "job"), "only one request of an operation becomes a job, the first or the last")


def _job(path: Path, job: dict[str, Any], spec: Operation) -> Problems:
    if spec.kind != "write":
        yield Problem(path, "is for writes only")
    if ("id" in job) is not ("path" in job):
        yield Problem(path, "id and path go together; without both, the header Location is polled")
    if len({"path", "link", "header"} & job.keys()) > 1:
        yield Problem(path, "path, link and header: only one of them says what is polled")
    if "path" in job and "job" not in [used for used, _filters in placeholders(job["path"])]:
        yield Problem((*path, "path"), "does not use {job}")
    if ("state" in job) is not ("states" in job):
        yield Problem(path, "state and states go together; without both, the HTTP status tells")
    elif "states" in job and "done" not in job["states"].values():
        yield Problem((*path, "states"), "no state of theirs means done: a job could never end")


RULES = (
    something_is_seen,
    time_zone,
    written_words,
    faces,
    records,
    states,
    cycle_words,
    classes,
    statuses,
    places,
    used_values,
    requests,
    answers,
    paginations,
    jobs,
)
