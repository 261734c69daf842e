# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is this a profile? Its form by profile_format.py, then what the form cannot say: that it fits the catalogue and does not contradict itself.

Every rule below looks at one part and yields its problems; a part whose form is wrong is not looked at further.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..catalogue import BY_DATES, HASHES, OPERATIONS, RECORDS, WORDS
from .format import IDENTITIES, PROFILE
from .operation_rules import OPERATION_RULES
from .schema import Path, ProfileProblem, did_you_mean
from .sound_parts import FACE_CERTIFICATE, Problems, SoundParts
from .templates import word, wrong_filter


def check(declaration: Any) -> list[ProfileProblem]:
    """All the problems of a profile, in the order of the file as far as it goes; none where it can be used."""
    formal = PROFILE.judge(declaration)
    if not isinstance(declaration, dict):
        return [ProfileProblem((), "a profile is a mapping")]
    wrong = [problem.path for problem in formal]
    sound = SoundParts(declaration, wrong)
    return formal + [problem for rule in RULES for problem in rule(sound)]


# The whole


def something_is_seen(sound: SoundParts) -> Problems:
    if sound.at("operations") is not None and not sound.has("account_get") and not sound.has("exchange_query"):
        yield ProfileProblem(("operations",), "neither account_get nor exchange_query is there: nothing could be seen, and so nothing done")


def time_zone(sound: SoundParts) -> Problems:
    zone = sound.at("timezone")
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield ProfileProblem(("timezone",), f"{zone!r} is no time zone known on this machine")


def written_words(sound: SoundParts) -> Problems:
    """Of `values`: names exist, words are ours, and two of ours are not one of theirs."""
    names = {name for spec in OPERATIONS.values() for name in spec.values}
    for name, words in (sound.at("values") or {}).items():
        path = ("values", name)
        if name not in names:
            yield ProfileProblem(path, f"is no value of any operation{did_you_mean(str(name), names)}")
        for ours in words:
            if name in WORDS and word(ours) not in WORDS[name]:
                yield ProfileProblem((*path, ours), f"is none of {', '.join(WORDS[name])}{did_you_mean(word(ours), WORDS[name])}")
        for missing in sorted(set(WORDS.get(name, ())) - {word(ours) for ours in words}):
            yield ProfileProblem(path, f"does not say how {missing} is written")
        theirs = [word(text) for text in words.values()]
        for repeated in sorted({text for text in theirs if theirs.count(text) > 1}):
            yield ProfileProblem(
                path,
                f"{repeated} stands for {' and '.join(word(ours) for ours, text in words.items() if word(text) == repeated)}: contradictory",
            )


def faces(sound: SoundParts) -> Problems:
    for name, default in FACE_CERTIFICATE.items():
        face = sound.at("faces", name)
        if face is None:
            continue
        presented = face.get("client_certificate", default)
        methods = face["auth"] if isinstance(face["auth"], list) else [face["auth"]]
        if presented == "none" and [method["method"] for method in methods] == ["client_certificate"]:
            yield ProfileProblem(("faces", name, "auth"), "the client certificate is the only identity, and client_certificate is none")
        if presented == "subject" and name == "portal":
            yield ProfileProblem(
                ("faces", name, "client_certificate"), "subject: operations of the portal are about no certificate whose key lies here"
            )


# Records


def records(sound: SoundParts) -> Problems:
    for name, spec in RECORDS.items():
        readers = [reader for reader, operation in OPERATIONS.items() if operation.record == name and sound.has(reader)]
        if name in ("account", "convention", "certificate") and sound.has("space_list"):
            readers.append("space_list")
        declaration = sound.at("records", name)
        if sound.at("records") is not None and readers and name not in sound.at("records"):
            yield ProfileProblem(("records", name), f"is missing, and {readers[0]} answers with it")
        if declaration is None:
            continue
        path = ("records", name)
        listed = any(sound.has(operation) for operation in ("space_list", "account_list"))
        for field in spec.needed:
            # One that was asked for by its SIRET need not repeat it.
            if declaration["fields"].get(field) is None and (field != "siret" or listed):
                yield ProfileProblem((*path, "fields", field), "is missing")
        for field, declared in declaration["fields"].items():
            yield from _format((*path, "fields", field), declared, field in (*spec.days, *spec.instants), field)
        for field, declared in declaration.get("extra", {}).items():
            if field in spec.fields:
                yield ProfileProblem((*path, "extra", field), "is a field of its own: declare it under fields")
            yield from _format((*path, "extra", field), declared, True, "")
        if isinstance(declaration["fields"].get("state"), dict) and "map" in declaration["fields"]["state"] and "states" in declaration:
            yield ProfileProblem((*path, "states"), "fields.state has a map of its own beside it: contradictory")


def states(sound: SoundParts) -> Problems:
    for name, spec in RECORDS.items():
        declaration = sound.at("records", name)
        if declaration is None or "states" not in declaration:
            continue
        path, mapped = ("records", name, "states"), declaration["states"]
        written = [word(state) for state in mapped]
        for state in sorted({state for state in written if written.count(state) > 1}):
            yield ProfileProblem(path, f"{state} is given twice (once as a text): contradictory")
        reached = set(mapped.values()) | ({"in_force", "upcoming", "ended"} if BY_DATES in mapped.values() else set())
        for state in spec.essential:
            if state not in reached:
                yield ProfileProblem(path, f"no state of theirs means {state}: nothing could ever be so")
        if BY_DATES in mapped.values() and not all(declaration["fields"].get(field) for field in ("start", "end")):
            yield ProfileProblem(path, "by_dates needs the fields start and end")


def cycle_words(sound: SoundParts) -> Problems:
    field = sound.at("records", "convention", "fields", "cycle")
    for theirs, ours in (field.get("map", {}) if isinstance(field, dict) else {}).items():
        if ours not in WORDS["cycle"]:
            path = ("records", "convention", "fields", "cycle", "map", theirs)
            yield ProfileProblem(path, f"{ours!r} is none of {', '.join(WORDS['cycle'])}{did_you_mean(word(ours), WORDS['cycle'])}")


def _format(path: Path, declared: Any, is_date: bool, field: str) -> Problems:
    for text in declared.get("filters", []) if isinstance(declared, dict) else []:
        wrong = wrong_filter(text)
        if wrong:
            yield ProfileProblem((*path, "filters"), wrong)
    form = declared.get("format") if isinstance(declared, dict) else None
    if form is None:
        return
    if form in IDENTITIES:
        if field not in HASHES or (field != "fingerprint" and form not in ("hex", "base64")):
            yield ProfileProblem(
                (*path, "format"), f"{form} is for {'fingerprints of certificates' if field in HASHES else 'fingerprints'}"
            )
    elif form in ("epoch", "epoch_ms") or "%" in form:
        if not is_date:
            yield ProfileProblem((*path, "format"), f"{form} is for dates")
        elif "%" in form:
            yield from _pattern((*path, "format"), form)
    else:
        formats = (*IDENTITIES, "epoch", "epoch_ms")
        yield ProfileProblem((*path, "format"), f"{form!r} is no format{did_you_mean(form, formats)}")


def _pattern(path: Path, pattern: str) -> Problems:
    moment = datetime(2026, 11, 23, 7, 5, 9)
    try:
        back = datetime.strptime(moment.strftime(pattern), pattern)
    except ValueError as error:
        yield ProfileProblem(path, f"{pattern!r} is no pattern of strptime ({error})")
        return
    if (back.year, back.month, back.day) != (moment.year, moment.month, moment.day):
        yield ProfileProblem(path, f"{pattern!r} does not hold a whole date")


RULES = (something_is_seen, time_zone, written_words, faces, records, states, cycle_words, *OPERATION_RULES)
