# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the operations of a profile fit the catalogue and do not contradict themselves. Each rule looks at one part and yields its problems."""

from __future__ import annotations

from typing import Any

from ..catalogue import COMMON_VALUES, LOOKUPS, Operation
from .format import BY_STATUS
from .schema import Path, ProfileProblem, did_you_mean
from .sound_parts import FACE_CERTIFICATE, Problems, SoundParts
from .templates import placeholders, wrong_filter

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


def classes(sound: SoundParts) -> Problems:
    for name, spec, declaration in sound.operations():
        if declaration["class"] != spec.kind:
            yield ProfileProblem(("operations", name, "class"), f"must be {spec.kind}")


def statuses(sound: SoundParts) -> Problems:
    """One HTTP status has one meaning."""
    for name, spec, declaration in sound.operations():
        path = ("operations", name)
        lists = {kind: declaration.get(kind, []) for kind in BY_STATUS} | {"job.status": declaration.get("job", {}).get("status", [])}
        for status in sorted({status for some in lists.values() for status in some}):
            kinds = [kind for kind, some in lists.items() if status in some]
            if len(kinds) > 1 and set(kinds) != {"success", "job.status"}:
                yield ProfileProblem((*path, kinds[1]), f"{status} is {' and '.join(kinds)}: contradictory")
        for kind in ("already_done", "conflict"):
            if spec.kind != "write" and declaration.get(kind):
                yield ProfileProblem((*path, kind), "is for writes only")


def places(sound: SoundParts) -> Problems:
    """Which face an operation is spoken to, and with what."""
    for name, spec, declaration in sound.operations():
        face = declaration.get("face", spec.face)
        presented = (sound.at("faces", face) or {}).get("client_certificate", FACE_CERTIFICATE[face])
        if presented == "subject" and name not in ABOUT_A_CERTIFICATE:
            yield ProfileProblem(
                ("operations", name, "face"), f"{face} presents the certificate that an operation is about, and {name} is about none"
            )


def used_values(sound: SoundParts) -> Problems:
    for name, spec, declaration in sound.operations():
        path = ("operations", name)
        names = {f"kept.{part}" for part in declaration.get("answer", {}).get("keep", {})}
        yield from _placeholders(sound, name, spec, (*path, "request"), declaration["request"], set())
        yield from _placeholders(sound, name, spec, (*path, "answer", "where"), declaration.get("answer", {}).get("where", {}), set())
        if "job" in declaration:
            yield from _placeholders(sound, name, spec, (*path, "job", "path"), declaration["job"].get("path"), names | {"job"})
        for position, further in enumerate(declaration.get("then", [])):
            yield from _placeholders(sound, name, spec, (*path, "then", position, "request"), further["request"], names)
            if "job" in further:
                job = (*path, "then", position, "job", "path")
                yield from _placeholders(sound, name, spec, job, further["job"].get("path"), names | {"job"})
            names |= {f"kept.{part}" for part in further.get("answer", {}).get("keep", {})}


def _placeholders(sound: SoundParts, name: str, spec: Operation, path: Path, template: Any, more: set[str]) -> Problems:
    allowed = (*spec.values, *sorted(more))
    reported: set[str] = set()
    for used, filters in placeholders(template):
        where = _where(path, template, used)
        if "." in used and used not in more:
            yield from _looked_up(sound, name, spec, where, used)
        elif used not in allowed and used not in COMMON_VALUES and used not in reported:
            reported.add(used)
            close = did_you_mean(used, (*allowed, *COMMON_VALUES))
            yield ProfileProblem(where, f"{{{used}}} is no value of this operation ({', '.join(allowed)}){close}")
        for text in filters:
            wrong = wrong_filter(text)
            if wrong:
                yield ProfileProblem(where, f"{{{used}|{text}}}: {wrong}")


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


def _looked_up(sound: SoundParts, name: str, spec: Operation, path: Path, used: str) -> Problems:
    kind, _dot, field = used.partition(".")
    if kind not in LOOKUPS:
        yield ProfileProblem(
            path, f"{{{used}}}: {kind} is no record that can be looked up ({', '.join(LOOKUPS)}){did_you_mean(kind, LOOKUPS)}"
        )
        return
    reader, needed = LOOKUPS[kind]
    if reader == name or not set(needed) <= set(spec.values):
        yield ProfileProblem(path, f"{{{used}}}: {name} cannot look up its {kind} (that takes {', '.join(needed)}, and {reader})")
    elif not sound.has(reader):
        yield ProfileProblem(path, f"{{{used}}}: {reader}, which reads it, is absent")
    record = sound.at("records", kind)
    fields = [*record["fields"], *record.get("extra", {})] if record else [field]
    if field not in fields:
        yield ProfileProblem(
            path, f"{{{used}}}: {kind} has no field {field}{did_you_mean(field, fields)}; declare it under records.{kind}.extra"
        )


def requests(sound: SoundParts) -> Problems:
    for name, _spec, declaration in sound.operations():
        yield from _request(("operations", name, "request"), declaration["request"])
        for position, further in enumerate(declaration.get("then", [])):
            yield from _request(("operations", name, "then", position, "request"), further["request"])


def _request(path: Path, request: dict[str, Any]) -> Problems:
    if any(part in (".", "..") for part in request["path"].split("/")):
        yield ProfileProblem((*path, "path"), "climbs out of its place (a segment . or ..)")
    body, form = request.get("body"), request.get("as", "json")
    fields = body.items() if isinstance(body, dict) else ()
    if form in ("form", "multipart") and not isinstance(body, dict):
        yield ProfileProblem((*path, "body"), f"{form} needs a mapping of fields")
    elif form == "raw" and not isinstance(body, str):
        yield ProfileProblem((*path, "body"), "raw needs one text")
    elif form == "form":
        for field, item in fields:
            if isinstance(item, dict):
                yield ProfileProblem((*path, "body", field), "a form has no mappings in it")
    elif form == "multipart":
        for field, item in fields:
            if isinstance(item, list) or (isinstance(item, dict) and ("content" not in item or set(item) - set(FILE_KEYS))):
                yield ProfileProblem((*path, "body", field), f"is a text, or a file: a mapping of {', '.join(FILE_KEYS)}, content at least")
    for header in request.get("headers", {}):
        if header.lower() in ("host", "content-length", "transfer-encoding", "connection"):
            yield ProfileProblem((*path, "headers", header), "belongs to the connection: no profile sets it")


def answers(sound: SoundParts) -> Problems:
    for name, spec, declaration in sound.operations():
        path, answer = ("operations", name), declaration.get("answer", {})
        for key in answer:
            if key not in ANSWER_KEYS[spec.answer]:
                yield ProfileProblem(
                    (*path, "answer", key), f"means nothing here: {name} answers with {spec.answer} ({', '.join(ANSWER_KEYS[spec.answer])})"
                )
        if "document" in answer and "link" in answer:
            yield ProfileProblem((*path, "answer", "link"), "document and link: only one of both")
        if "keep" in answer and "then" not in declaration:
            yield ProfileProblem((*path, "answer", "keep"), "nothing follows that could use it (then)")
        if spec.answer == "none" and "http" in answer and "keep" not in answer:
            yield ProfileProblem((*path, "answer", "http"), "nothing is kept that could use it (keep)")
        if spec.answer == "one" and "key" in answer and "where" not in answer:
            yield ProfileProblem((*path, "answer", "key"), "needs where: which of the records it is")
        if "then" in declaration and spec.kind != "write":
            yield ProfileProblem((*path, "then"), "is for writes only")
        if name.endswith("_all"):
            record = sound.at("records", str(spec.record))
            if record is not None and "siret" not in record.get("extra", {}):
                yield ProfileProblem((*path,), f"needs records.{spec.record}.extra.siret: whose they are")
            if not sound.has("account_list"):
                yield ProfileProblem((*path,), "needs account_list beside it")


def paginations(sound: SoundParts) -> Problems:
    for name, spec, declaration in sound.operations():
        paging, path = declaration.get("pagination"), ("operations", name, "pagination")
        if paging is None:
            continue
        if spec.answer not in ("many", "space") and "where" not in declaration.get("answer", {}):
            yield ProfileProblem(path, f"{name} answers with no list")
        if paging["style"] == "cursor" and ("next" in paging) is ("next_header" in paging):
            yield ProfileProblem(path, "cursor needs next or next_header, one of both")
        if "size" in paging and "per_page" not in paging:
            yield ProfileProblem(path, "size needs per_page")
        if paging.get("in") == "body":
            yield from _in_the_body(path, paging, declaration["request"])


def _in_the_body(path: Path, paging: dict[str, Any], request: dict[str, Any]) -> Problems:
    body, form = request.get("body"), request.get("as", "json")
    if form not in ("json", "form"):
        yield ProfileProblem((*path, "in"), f"body: pages are asked for in JSON or in a form, not in {form}")
    elif not isinstance(body, dict):
        yield ProfileProblem((*path, "in"), "there is no body to stand in")
    else:
        for key in ("page", "offset", "cursor", "size"):
            *outer, last = str(paging.get(key, "")).split(".") if form == "json" else [paging.get(key, "")]
            place: Any = body
            for step in outer:
                place = place.get(step, {}) if isinstance(place, dict) else None
            if not isinstance(place, dict):
                yield ProfileProblem((*path, key), f"{paging[key]} stands in something that is no mapping in the body")
            elif last in place:
                yield ProfileProblem((*path, key), f"{paging[key]} stands in the body already: contradictory")


def jobs(sound: SoundParts) -> Problems:
    for name, spec, declaration in sound.operations():
        path, then = ("operations", name), declaration.get("then", [])
        if "job" in declaration:
            yield from _job((*path, "job"), declaration["job"], spec)
        for position, further in enumerate(then):
            if "job" not in further:
                continue
            yield from _job((*path, "then", position, "job"), further["job"], spec)
            if position < len(then) - 1 or "job" in declaration:
                yield ProfileProblem(
                    (*path, "then", position, "job"), "only one request of an operation becomes a job, the first or the last"
                )


def _job(path: Path, job: dict[str, Any], spec: Operation) -> Problems:
    if spec.kind != "write":
        yield ProfileProblem(path, "is for writes only")
    if ("id" in job) is not ("path" in job):
        yield ProfileProblem(path, "id and path go together; without both, the header Location is polled")
    if len({"path", "link", "header"} & job.keys()) > 1:
        yield ProfileProblem(path, "path, link and header: only one of them says what is polled")
    if "path" in job and "job" not in [used for used, _filters in placeholders(job["path"])]:
        yield ProfileProblem((*path, "path"), "does not use {job}")
    if ("state" in job) is not ("states" in job):
        yield ProfileProblem(path, "state and states go together; without both, the HTTP status tells")
    elif "states" in job and "done" not in job["states"].values():
        yield ProfileProblem((*path, "states"), "no state of theirs means done: a job could never end")


OPERATION_RULES = (classes, statuses, places, used_values, requests, answers, paginations, jobs)
