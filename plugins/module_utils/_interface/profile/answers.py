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
from typing import Any

from ..._http.messages import Response, http_date
from ...dates import instant
from ..catalogue import BY_DATES, HASHES, RECORDS, WORDS, RecordSpec
from .expressions import Unexplained, by_word, compiled, search, translated
from .templates import filtered, word

# ISO 8601 as servers write it, in its extended form: the same for every version of Python.
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?")
# A number that is read as seconds although it is milliseconds, or the reverse, is none of these years.
EPOCH_YEARS = range(2000, 2200)
SHA256_DIGITS, SHA1_DIGITS = 64, 40
HEXADECIMAL = re.compile(r"[0-9a-f]+")
# RFC 5280, 4.1.2.2: at most twenty octets, and perhaps a zero before them.
LONGEST_SERIAL = 42
# Numbers of fixed length that a server may send as JSON numbers, without their leading zeros.
DIGITS = {"siret": 14, "postal_code": 5, "departement": 2}
SIRET = re.compile(r"[0-9]{14}")
EMAILS = ("contact_email", "agent_email")
MASK = re.compile(r"[*\u2022\u2026]")
MOST_SHOWN = 80


class Misread(ValueError):
    """A value that is not what the profile says it is; the message ends the sentence that begins with the field and the value."""


def server_day(response: Response, zone: tzinfo) -> date:
    """Today by the server's clock, which decides what is in force; by ours where it does not tell."""
    now = datetime.now(timezone.utc)
    try:
        return (http_date(response.headers.get("date")) or now).astimezone(zone).date()
    except OverflowError:  # the last hours of the year 9999, further east
        return now.astimezone(zone).date()


@dataclass(frozen=True)
class FieldReader:
    """One field of a record: where it is, and what is made of it."""

    name: str
    path: Any
    mapped: dict[str, Any] | None
    form: str | None
    kind: str  # day, instant, fingerprint, cycle, text or plain (whatever it is)
    filters: tuple[str, ...] = ()
    needed: bool = False  # whether a record without it is none

    @classmethod
    def declared(cls, name: str, declaration: Any, kind: str, *, needed: bool = False) -> FieldReader:
        whole = declaration if isinstance(declaration, dict) else {"at": declaration}
        mapped = whole.get("map")
        words = None if mapped is None else by_word(mapped)
        return cls(name, compiled(whole.get("at")), words, whole.get("format"), kind, tuple(whole.get("filters", ())), needed)

    def filtered(self, value: Any) -> Any:
        """By the field's own filters. Raises Unexplained."""
        try:
            for text in self.filters:
                value = filtered(value, text)
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
        """The value in our form; None where there is none. Raises Unexplained."""
        value = self.translated(search(self.path, item))
        if value is None or value == "":
            if self.needed and self.path is not None:
                raise Unexplained(f"{self.name}: nothing where the profile looks for it ({self.path.expression})")
            return None
        try:
            return self._formed(value, zone)
        except Misread as error:
            raise Unexplained(f"{self.name} {_short(value)} {error}") from error
        except (ValueError, TypeError, OverflowError, OSError, binascii.Error) as error:
            raise Unexplained(f"{self.name} {_short(value)} is not written as the profile says ({self.form or self.kind})") from error

    def _formed(self, value: Any, zone: tzinfo) -> Any:
        if self.kind == "fingerprint":
            return identity(value, self.form or "hex")
        if self.kind in ("day", "instant") or self.form:
            return _moment(value, self.form, self.kind == "day", zone)
        if self.kind == "cycle" and value not in WORDS["cycle"]:
            raise Misread(f"is neither {' nor '.join(WORDS['cycle'])}: give the field a `map`")
        if self.kind == "text" or self.name == "siret":
            return _text(self.name, value)
        return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def _text(name: str, value: Any) -> str:
    """A number as its digits. Raises Misread for what is no text, a SIRET that is none, and an e-mail address that is masked."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Misread(f"is no text, but a JSON {_json_type(value)}")
    text = value if isinstance(value, str) else str(value).zfill(DIGITS.get(name, 1))
    if name == "siret" and not SIRET.fullmatch(text):
        raise Misread("is no SIRET (14 digits)")
    if name in EMAILS and MASK.search(text):  # it would differ from what is declared for ever, and be written at every run
        raise Misread("is masked: leave the field out of the profile (null)")
    return text


def _json_type(value: Any) -> str:
    names = {bool: "boolean", float: "number with decimals", list: "array", dict: "object"}
    return names.get(type(value), type(value).__name__)


def identity(value: Any, form: str) -> str:
    """A SHA-256 in lower-case hexadecimal; `sha1:...` or `serial:...` where the server tells a certificate by these. Raises ValueError."""
    text = str(value).strip()
    if form == "pem":
        block = re.search(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", text, re.DOTALL)
        der = base64.b64decode("".join((block[1] if block else text).split()), validate=True)
        if not der.startswith(b"\x30\x82"):
            raise Misread("is no certificate in PEM")
        return hashlib.sha256(der).hexdigest()
    if form == "base64":
        return _sha256(from_base64(text).hex(), "base64")
    if form == "serial_decimal":
        return f"serial:{_serial(text, 10):x}"
    digits = text.replace(":", "").replace(" ", "").lower()
    if form == "serial":
        return f"serial:{_serial(digits, 16):x}"
    if form == "sha1":
        return f"sha1:{_hexadecimal(digits, SHA1_DIGITS, 'SHA-1')}"
    return _sha256(digits, "hex")


def _sha256(digits: str, form: str) -> str:
    if len(digits) == SHA1_DIGITS and HEXADECIMAL.fullmatch(digits):
        raise Misread("has the length of a SHA-1, and the profile says SHA-256: of a certificate's fingerprint, give its `format` (sha1)")
    try:
        return _hexadecimal(digits, SHA256_DIGITS, "SHA-256")
    except Misread as error:
        alternative = "base64" if form == "hex" else "hex"
        raise Misread(f"is no SHA-256 written as {form}: give its `format` ({alternative}...), or another field") from error


def _hexadecimal(digits: str, length: int, name: str) -> str:
    if len(digits) != length or not HEXADECIMAL.fullmatch(digits):
        raise Misread(f"is no {name} ({length} hexadecimal digits)")
    return digits


def _serial(digits: str, base: int) -> int:
    number = int(digits, base) if re.fullmatch(r"[0-9a-f]+", digits) else 0
    if number <= 0 or number.bit_length() > LONGEST_SERIAL * 4:
        raise Misread(f"is no serial number ({'decimal' if base == 10 else 'hexadecimal'} digits, at most 20 octets: RFC 5280)")
    return number


def from_base64(text: str) -> bytes:
    """In either alphabet (RFC 4648, 4 and 5), padded or not, with or without line breaks or `data:...,` before it. Raises ValueError."""
    head, comma, rest = text.partition(",")
    digits = "".join((rest if comma and head.startswith("data:") else text).split()).replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)


def _moment(value: Any, form: str | None, day: bool, zone: tzinfo) -> str:
    """In ISO 8601: a day, or an instant in UTC. A day that comes as an instant is the day where they are: in their own offset, else in `zone`.

    An instant that comes as a day stays a day. Raises ValueError.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Misread(f"is no date, but a JSON {_json_type(value)}")
    if form in ("epoch", "epoch_ms"):
        moment = datetime.fromtimestamp(float(value) / (1000 if form == "epoch_ms" else 1), timezone.utc)
        if moment.year not in EPOCH_YEARS:
            raise Misread(f"is, as {form}, in the year {moment.year}: seconds (`epoch`) or milliseconds (`epoch_ms`)?")
        return moment.astimezone(zone).date().isoformat() if day else instant(moment)
    if form:
        moment = datetime.strptime(str(value), form)
        if day:
            return moment.date().isoformat()
        return instant((moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(timezone.utc))
    text = str(value)
    if DAY.fullmatch(text):
        return date.fromisoformat(text).isoformat()
    if not MOMENT.fullmatch(text):
        raise Misread("is no date in ISO 8601 (2026-11-23, 2026-11-23T08:00:00Z): give the field a `format`")
    moment = datetime.fromisoformat(_iso(text))
    if day:
        return (moment.astimezone(zone) if text.endswith(("Z", "z")) else moment).date().isoformat()
    return instant((moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(timezone.utc))


def _iso(text: str) -> str:
    """As Python 3.10 reads it: no Z, six digits of a second, minutes and a colon in the offset."""
    text = re.sub(r"[Zz]$", "+00:00", text)
    text = re.sub(r"([+-][0-9]{2})$", r"\1:00", text)
    text = re.sub(r"[.,]([0-9]+)", lambda match: "." + match[1][:6].ljust(6, "0"), text)
    return re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", text)


# Of fields that are no texts: how they are read. An id goes back to the server as it came.
KINDS = dict.fromkeys(HASHES, "fingerprint") | {"cycle": "cycle", "id": "plain"}


class RecordReader:
    """How one kind of record is read."""

    def __init__(self, kind: str, declaration: dict[str, Any], zone: tzinfo) -> None:
        self.kind = kind
        self.spec: RecordSpec = RECORDS[kind]
        self.zone = zone
        self._fields = [self._field(name, declaration["fields"].get(name)) for name in self.spec.fields if name != "state"]
        self._state = FieldReader.declared("state", declaration["fields"]["state"], "plain")
        self._states = by_word(declaration["states"]) if "states" in declaration else {state: state for state in self.spec.states}
        self._extra = [FieldReader.declared(name, field, "plain") for name, field in declaration.get("extra", {}).items()]
        self.all_fields = (*self._fields, self._state, *self._extra)
        self._identity = [field for field in self._fields if field.name == self.spec.identity and field.path]
        self._whose = [field for field in self._extra if field.name == "siret"]
        self.shown = frozenset(name for name in self.spec.fields if declaration["fields"].get(name) is not None)

    def _field(self, name: str, declaration: Any) -> FieldReader:
        kind = KINDS.get(name, "text")
        if name in self.spec.days:
            kind = "day"
        elif name in self.spec.instants:
            kind = "instant"
        return FieldReader.declared(name, declaration, kind, needed=name in self.spec.needed)

    def read(self, item: Any, today: date) -> dict[str, Any]:
        """One record, its state in our words; its extra fields under `extra`. Raises Unexplained."""
        state = self._state_of(item)
        values = {field.name: field.read(item, self.zone) for field in self._fields}
        state = by_dates(values, today) if state == BY_DATES else state
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

    def _state_of(self, item: Any) -> str:
        theirs = self._state.filtered(search(self._state.path, item))
        if self._state.mapped is not None:
            theirs = translated(self._state.mapped, theirs, f"state of {self.kind}:")
        ours = self.state_of(theirs)
        if ours is None:
            raise Unexplained(f"state {theirs!r} of {self.kind} is not in the profile's state map")
        return ours


def by_dates(values: dict[str, Any], today: date) -> str:
    """What a convention signed by both is today; its last day belongs to it (R6). Raises Unexplained where a date is missing."""
    start, end = values["start"], values["end"]
    if not start or not end:
        raise Unexplained(f"{'start' if not start else 'end'}: nothing there, and the state of convention goes by its dates (by_dates)")
    if start > today.isoformat():
        return "upcoming"
    return "ended" if end < today.isoformat() else "in_force"


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its extra fields: what the rest of the collection knows."""
    return {name: value for name, value in record.items() if name != "extra"}
