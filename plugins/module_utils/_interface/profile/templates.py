# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a template of the profile to a request. Data, not code: a placeholder stands for one value, and no value leaves its place.

`{name}` is a value; `{name|filter|filter:argument}` the same in another form; `{{` and `}}` are braces. A value is never read as a template.
"""

from __future__ import annotations

import base64
import binascii
import json as json_text
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from ..._http.messages import Request
from ...errors import InvalidInput

TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
UNFIT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
Values = Mapping[str, Any]


def word(value: Any) -> str:
    """A scalar of YAML or JSON as the text that maps have as keys: true, 1, null."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


# Filters


def _even(value: Any) -> str:
    """A serial number may have an odd number of digits, as it is written without leading zeros."""
    text = str(value)
    return text.zfill(len(text) + len(text) % 2)


def _colons(value: Any, argument: str) -> str:
    text = _even(value)
    return ":".join(text[at : at + 2] for at in range(0, len(text), 2))


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _split(side: Callable[[str, str], str]) -> Callable[[Any, str], str]:
    """The whole text where the separator is not in it."""
    return lambda value, argument: side(str(value), argument) if argument in str(value) else str(value)


def _date(value: Any, argument: str) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return moment.strftime(argument)


FILTERS: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "upper": ("in capitals", lambda value, argument: str(value).upper()),
    "lower": ("in small letters", lambda value, argument: str(value).lower()),
    "siren": ("the first 9 digits of a SIRET", lambda value, argument: str(value)[:9]),
    "nic": ("the last 5 digits of a SIRET", lambda value, argument: str(value)[9:]),
    "colons": ("hexadecimal with a colon after every pair of digits", _colons),
    "unhex": ("the bytes that hexadecimal digits stand for (base64 in a text)", lambda value, argument: binascii.unhexlify(_even(value))),
    "base64": ("in base64", lambda value, argument: base64.b64encode(_bytes(value)).decode()),
    "base64url": (
        "in the base64 of URLs, without padding (RFC 4648, 5)",
        lambda value, argument: base64.urlsafe_b64encode(_bytes(value)).decode().rstrip("="),
    ),
    "integer": ("as a number", lambda value, argument: int(str(value))),
    "decimal": ("hexadecimal digits as a decimal number, in a text", lambda value, argument: str(int(str(value), 16))),
    "digits:N": ("filled up on the left with zeros, to so many characters", lambda value, argument: str(value).zfill(int(argument))),
    "unpad": ("without zeros on the left", lambda value, argument: str(value).lstrip("0") or "0"),
    "before:TEXT": ("what stands before this text (all, where it is not there)", _split(lambda text, at: text.partition(at)[0])),
    "after:TEXT": ("what stands after it", _split(lambda text, at: text.partition(at)[2])),
    "last:TEXT": ("what stands after the last of it: `last:/` of an address", _split(lambda text, at: text.rpartition(at)[2])),
    "date:FORMAT": ("an instant by strftime, for instance `{now|date:%d/%m/%Y}`", _date),
    "default:TEXT": ("this text where nothing is given", lambda value, argument: value),
}
_BY_NAME = {name.partition(":")[0]: (":" in name, function) for name, (_text, function) in FILTERS.items()}


# Templates


def placeholders(template: Any) -> Iterator[tuple[str, list[str]]]:
    """(name, filters) of every placeholder in a tree of texts."""
    if isinstance(template, dict):
        for item in template.values():
            yield from placeholders(item)
    elif isinstance(template, list):
        for item in template:
            yield from placeholders(item)
    elif isinstance(template, str):
        for match in TOKEN.finditer(template):
            if match[1] is not None:
                name, *filters = match[1].split("|")
                yield name, filters


def wrong_filter(text: str) -> str | None:
    """Why this is no filter, or None."""
    name, colon, argument = text.partition(":")
    if name not in _BY_NAME:
        return f"{name!r} is no filter"
    if _BY_NAME[name][0] is not bool(colon and argument):
        return f"the filter {name} {'needs an argument' if _BY_NAME[name][0] else 'takes no argument'}"
    if name == "digits" and not re.fullmatch("[1-9][0-9]?", argument):
        return f"the filter digits needs a number from 1 to 99, not {argument!r}"
    return None


def fill(template: Any, values: Values, *, omit_null: bool = False) -> Any:
    """The template with its placeholders replaced; one that stands alone keeps the type of its value. Raises InvalidInput."""
    if isinstance(template, dict):
        filled = {key: fill(item, values, omit_null=omit_null) for key, item in template.items()}
        return {key: item for key, item in filled.items() if not (omit_null and item is None)}
    if isinstance(template, list):
        return [fill(item, values, omit_null=omit_null) for item in template]
    if not isinstance(template, str):
        return template
    alone = TOKEN.fullmatch(template)
    if alone and alone[1] is not None:
        return _value(alone[1], values)
    return TOKEN.sub(lambda match: match[0][0] if match[1] is None else _text(_value(match[1], values)), template)


def _value(placeholder: str, values: Values) -> Any:
    name, *filters = placeholder.split("|")
    value = values[name]
    for text in filters:
        try:
            value = filtered(value, text)
        except (ValueError, TypeError, binascii.Error) as error:
            raise InvalidInput(name, f"{value!r} cannot be written as {text}", "correct the value, or the profile") from error
    return value


def filtered(value: Any, text: str) -> Any:
    """By one checked filter. Raises ValueError or TypeError for a value that it cannot take."""
    kind, _colon, argument = text.partition(":")
    if kind == "default":
        return argument if value is None else value
    return None if value is None else _BY_NAME[kind][1](value, argument)


def _text(value: Any) -> str:
    """A value among other text. Bytes as base64; what is not given as nothing."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return "" if value is None else word(value)


def _plain(value: Any) -> Any:
    """Filled data as JSON can hold it."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _text(value) if isinstance(value, (bytes, datetime)) else value


# Places in a request


def path(template: str, values: Values) -> str:
    """Every value encoded, so that it can neither add a segment nor climb out of its own. Raises InvalidInput."""
    filled = TOKEN.sub(lambda match: match[0][0] if match[1] is None else _segment(match[1], values), template)
    if any(part in (".", "..") for part in filled.split("/")):
        raise InvalidInput("profile", f"{template} becomes {filled}", "no value may stand there")
    return filled


def _segment(placeholder: str, values: Values) -> str:
    name, text = placeholder.partition("|")[0], _text(_value(placeholder, values))
    if text in (".", "..") or not text:
        raise InvalidInput(name, f"{text!r} cannot stand in a path", "correct the value")
    return quote(_unicode(name, text), safe="")


def _unicode(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(name, f"{text!r} is no Unicode text", "correct the value") from error
    return text


def query(template: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """What is not given is left out."""
    filled = fill(template, values)
    return {
        name: tuple(_unicode(name, _text(element)) for element in item) if isinstance(item, list) else _unicode(name, _text(item))
        for name, item in filled.items()
        if item is not None
    }


def headers(template: Mapping[str, str], values: Values) -> dict[str, str]:
    """What is not given is left out. Raises InvalidInput for a value that could end its header, or that no header can hold."""
    return {name: header_value(name, _text(item)) for name, item in fill(template, values).items() if item is not None}


def header_value(name: str, text: str) -> str:
    if UNFIT.search(text) or text != text.strip() or not text.isascii():
        raise InvalidInput(name, f"{text!r} cannot stand in a header", "correct the value: printable ASCII, no line break")
    return text


def body(request: Mapping[str, Any], values: Values, *, omit_null: bool) -> tuple[Any, bytes | None, str | None]:
    """(JSON, content, content type) of the body: JSON, or content in another form, or neither."""
    if "body" not in request:
        return None, None, request.get("content_type")
    form = request.get("as", "json")
    filled = fill(request["body"], values, omit_null=omit_null or form in ("form", "multipart"))
    if form == "json":
        return _plain(filled), None, request.get("content_type")
    if form == "form":
        pairs = [(name, _text(element)) for name, item in filled.items() for element in (item if isinstance(item, list) else [item])]
        return None, urlencode(pairs).encode(), request.get("content_type", "application/x-www-form-urlencoded")
    if form == "multipart":
        return None, *multipart(filled)
    content = filled if isinstance(filled, bytes) else _text(filled).encode()
    return None, content, request.get("content_type", "application/octet-stream")


def multipart(fields: Mapping[str, Any], boundary: str | None = None) -> tuple[bytes, str]:
    """multipart/form-data (RFC 7578): a text, or {content, filename, content_type} for a file or for a part in JSON. (body, content type)."""
    boundary = boundary or secrets.token_hex(16)
    parts = []
    for name, item in fields.items():
        head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
        content: Any = item
        if isinstance(item, dict):
            content, usual = item["content"], "application/octet-stream"
            if isinstance(content, (dict, list)):
                content, usual = json_text.dumps(_plain(content), ensure_ascii=False), "application/json"
            if item.get("filename") is not None:
                head += f'; filename="{_quoted(_text(item["filename"]))}"'
            head += f"\r\nContent-Type: {header_value(name, item.get('content_type', usual))}"
        raw = content if isinstance(content, bytes) else _text(content).encode()
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + raw + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _quoted(text: str) -> str:
    """As browsers do it (WHATWG, multipart/form-data): what could end the name is percent-encoded."""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22").replace("\x00", "%00")


def render(request: Mapping[str, Any], values: Values, *, base: str = "", safe: bool, omit_null: bool) -> Request:
    """The whole request, but for what belongs to the face. base: before its path."""
    json, content, content_type = body(request, values, omit_null=request.get("omit_null", omit_null))
    sent: dict[str, str] = {}
    if content_type:
        sent["Content-Type"] = content_type
    if request.get("accept"):
        sent["Accept"] = request["accept"]
    sent |= headers(request.get("headers", {}), values)
    return Request(
        method=request["method"],
        path=base + path(request["path"], values),
        query=query(request.get("query", {}), values),
        headers=sent,
        json=json,
        safe=safe,
        content=content,
        subject=str(values.get("siret") or ""),
    )
