# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an answer to a record of the catalogue: what the profile does not explain is an error with a name."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from .catalogue import BY_DATES, HASHES, RECORDS, Record
from .dates import instant
from .https import Response
from .libraries import jmespath
from .rendering import filtered, word

IN_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2})*")
# Numbers of fixed length that a server may send as JSON numbers, without their leading zeros.
DIGITS = {"siret": 14, "postal_code": 5, "departement": 2}


class Unexplained(Exception):
    """Part of an answer that the profile does not explain; the message says which."""


@dataclass(frozen=True)
class Path:
    """A JMESPath expression. names: where it is made of names only; mentioned: every name in it, wherever it stands."""

    expression: str
    names: tuple[str, ...] | None
    mentioned: frozenset[str]
    interpreter: Any

    def search(self, data: Any) -> Any:
        if self.names is None:
            return self.interpreter.search(data)
        # Nearly all are like this; without the interpreter twenty times faster (a fleet reads a million).
        for name in self.names:
            if not isinstance(data, dict):
                return None
            data = data.get(name)
        return data


def compiled(text: str | None) -> Path | None:
    if text is None:
        return None
    path = jmespath.compile(text)
    return Path(text, _names(path.parsed), _mentioned(path.parsed), path)


def _names(node: Any) -> tuple[str, ...] | None:
    if node["type"] == "current":
        return ()
    if node["type"] == "field":
        return (str(node["value"]),)
    parts = [_names(child) for child in node["children"]] if node["type"] == "subexpression" else [None]
    return None if None in parts else tuple(name for part in parts for name in part or ())


def _mentioned(node: Any) -> frozenset[str]:
    own = frozenset([str(node["value"])] if node["type"] == "field" else [])
    return own.union(*(_mentioned(child) for child in node["children"] if isinstance(child, dict)))


def search(path: Path | None, data: Any) -> Any:
    """What the path finds; None where there is no path, nothing, or something that its functions cannot take."""
    try:
        return None if path is None else path.search(data)
    except jmespath.exceptions.JMESPathError:
        return None


def by_word(mapped: dict[Any, Any]) -> dict[str, Any]:
    """YAML reads some words as booleans and numbers: what is compared is their text."""
    return {word(key): value for key, value in mapped.items()}


def translated(mapped: dict[str, Any], value: Any, what: str) -> Any:
    """The word of ours that theirs stands for. Raises Unexplained."""
    if isinstance(value, (dict, list)) or word(value) not in mapped:
        if "*" not in mapped:
            raise Unexplained(f"{what} {value!r} is not in the profile's map ({', '.join(mapped)})")
        return mapped["*"]
    return mapped[word(value)]


def server_day(response: Response, zone: tzinfo) -> date:
    """Today by the server's clock, which decides what is in force; by ours where it does not tell."""
    try:
        moment = parsedate_to_datetime(response.headers.get("date", ""))
    except (TypeError, ValueError):
        moment = datetime.now(timezone.utc)
    return moment.astimezone(zone).date()


@dataclass(frozen=True)
class Field:
    """One field of a record: where it is, and what is made of it."""

    name: str
    path: Any
    mapped: dict[str, Any] | None
    form: str | None
    kind: str  # day, instant, fingerprint or plain
    filters: tuple[str, ...] = ()

    @classmethod
    def declared(cls, name: str, data: Any, kind: str) -> Field:
        whole = data if isinstance(data, dict) else {"at": data}
        mapped = whole.get("map")
        words = None if mapped is None else by_word(mapped)
        return cls(name, compiled(whole.get("at")), words, whole.get("format"), kind, tuple(whole.get("filters", ())))

    def filtered(self, value: Any) -> Any:
        """By the field's own filters. Raises Unexplained."""
        try:
            for each in self.filters:
                value = filtered(value, each)
        except (ValueError, TypeError) as error:
            raise Unexplained(f"{self.name} {value!r} cannot be read by the filters of the profile ({', '.join(self.filters)})") from error
        return value

    def translated(self, value: Any) -> Any:
        """By the field's own filters and map, where it has some. Raises Unexplained."""
        value = self.filtered(value)
        if self.mapped is not None and (value is not None or "null" in self.mapped):
            return translated(self.mapped, value, self.name)
        return value

    def read(self, item: Any, zone: tzinfo) -> Any:
        value = self.translated(search(self.path, item))
        if value is None or value == "":
            return None
        try:
            return self._formed(value, zone)
        except (ValueError, TypeError, OverflowError, OSError, binascii.Error) as error:
            raise Unexplained(f"{self.name} {value!r} is not written as the profile says ({self.form or self.kind})") from error

    def _formed(self, value: Any, zone: tzinfo) -> Any:
        if self.kind == "fingerprint":
            return identity(value, self.form or "hex")
        if self.kind in ("day", "instant") or self.form:
            return _moment(value, self.form, self.kind == "day", zone)
        if isinstance(value, int) and not isinstance(value, bool) and self.name in DIGITS:
            return str(value).zfill(DIGITS[self.name])
        return value


def identity(value: Any, form: str) -> str:
    """A certificate's SHA-256 in lower-case hexadecimal; `sha1:...` or `serial:...` where the server tells it by these."""
    text = str(value).strip()
    if form == "pem":
        block = re.search(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", text, re.DOTALL)
        return hashlib.sha256(base64.b64decode("".join((block[1] if block else text).split()), validate=True)).hexdigest()
    if form == "base64":
        return from_base64(text).hex()
    if form == "serial_decimal":
        return f"serial:{int(text):x}"
    digits = text.replace(":", "").replace(" ", "").lower()
    if form == "serial":
        return f"serial:{int(digits, 16):x}"
    if form == "sha1":
        return f"sha1:{binascii.unhexlify(digits).hex()}"
    return digits if HEXADECIMAL.fullmatch(text) else text


def from_base64(text: str) -> bytes:
    """In either alphabet (RFC 4648, 4 and 5), padded or not, with or without line breaks or `data:...,` before it. Raises ValueError."""
    head, comma, rest = text.partition(",")
    digits = "".join((rest if comma and head.startswith("data:") else text).split()).replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)


def _moment(value: Any, form: str | None, day: bool, zone: tzinfo) -> str:
    """In ISO 8601: a day, or an instant in UTC. A day that comes as an instant is the day where they are: in their own offset, else in `zone`."""
    if form in ("epoch", "epoch_ms"):
        moment = datetime.fromtimestamp(float(value) / (1000 if form == "epoch_ms" else 1), timezone.utc)
        return moment.astimezone(zone).date().isoformat() if day else instant(moment)
    if form:
        moment = datetime.strptime(str(value), form)
        if day:
            return moment.date().isoformat()
        return instant((moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(timezone.utc))
    text = str(value)
    if len(text) <= 10 or (IN_UTC.fullmatch(text) and not day):
        return text
    try:
        moment = datetime.fromisoformat(_iso(text))
    except ValueError:
        return text[:10] if day else text
    if day:
        return (moment.astimezone(zone) if text.endswith(("Z", "z")) else moment).date().isoformat()
    return instant((moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(timezone.utc))


def _iso(text: str) -> str:
    """As Python 3.10 reads it: no Z, six digits of a second, a colon in the offset."""
    text = re.sub(r"[Zz]$", "+00:00", text)
    text = re.sub(r"[.,]([0-9]+)", lambda found: "." + found[1][:6].ljust(6, "0"), text)
    return re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", text)


class RecordReader:
    """How one kind of record is read."""

    def __init__(self, kind: str, data: dict[str, Any], zone: tzinfo) -> None:
        self.kind = kind
        self.spec: Record = RECORDS[kind]
        self.zone = zone
        self._fields = [self._field(name, data["fields"].get(name)) for name in self.spec.fields if name != "state"]
        self._state = Field.declared("state", data["fields"]["state"], "plain")
        self._states = by_word(data["states"]) if "states" in data else {each: each for each in self.spec.states}
        self._extra = [Field.declared(name, each, "plain") for name, each in data.get("extra", {}).items()]
        self.all_fields = (*self._fields, self._state, *self._extra)
        self._identity = [field for field in self._fields if field.name == self.spec.identity and field.path]
        self._whose = [field for field in self._extra if field.name == "siret"]
        self.shown = frozenset(name for name in self.spec.fields if data["fields"].get(name) is not None)

    def _field(self, name: str, data: Any) -> Field:
        kind = "plain"
        if name in self.spec.days:
            kind = "day"
        elif name in self.spec.instants:
            kind = "instant"
        elif name in HASHES:
            kind = "fingerprint"
        return Field.declared(name, data, kind)

    def read(self, item: Any, today: date) -> dict[str, Any]:
        """One record, its state in our words; its extra fields under `extra`. Raises Unexplained."""
        values = {field.name: field.read(item, self.zone) for field in self._fields}
        state = self._state_of(item, values, today)
        record = {name: state if name == "state" else values[name] for name in self.spec.fields}
        return record | {"extra": {field.name: field.read(item, self.zone) for field in self._extra}}

    def key_of(self, item: Any) -> str | None:
        """What tells this item from others on its list, in the server's own words; None where it names no such thing."""
        names = [search(field.path, item) for field in (*self._identity, *self._whose)]
        if not self._identity or isinstance(names[0], (dict, list, type(None))) or names[0] == "":
            return None
        return f"{self.kind} {' of '.join(word(name) for name in names if name is not None)}"

    def state_of(self, theirs: Any) -> str | None:
        """Our state for theirs (after the field's own map), or None where the profile's map has none."""
        if isinstance(theirs, (dict, list)):
            return None
        return self._states.get(word(theirs), self._states.get("*"))

    def _state_of(self, item: Any, values: dict[str, Any], today: date) -> str:
        theirs = self._state.filtered(search(self._state.path, item))
        if self._state.mapped is not None:
            theirs = translated(self._state.mapped, theirs, f"state of {self.kind}:")
        ours = self.state_of(theirs)
        if ours is None:
            raise Unexplained(f"state {theirs!r} of {self.kind} is not in the profile's state map")
        return by_dates(values, today) if ours == BY_DATES else ours


def by_dates(values: dict[str, Any], today: date) -> str:
    """What a convention signed by both is today; its last day belongs to it (R6)."""
    start, end = values["start"], values["end"]
    if start and start > today.isoformat():
        return "upcoming"
    return "ended" if end and end < today.isoformat() else "in_force"


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its extra fields: what the rest of the collection knows."""
    return {name: value for name, value in record.items() if name != "extra"}
