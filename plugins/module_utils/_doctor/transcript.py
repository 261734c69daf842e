# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redacted transcript of an examination, for support: what was sent and answered, without secrets and personal data.

What is known to be secret or personal goes by its value; what could be goes by the name it stands under, or by its form.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, unquote

from .._http.messages import Exchange, Response
from .._interface.profile.expressions import search
from .._interface.profile.profile import Profile
from ..dates import instant
from ..redact import HIDDEN, Redactor

MOST_BODY = 4000
# Longer words without a space are documents, keys or tokens.
LONGEST_WORD = 256
# Names of headers, parameters and keys of JSON whose value does not leave.
SECRET_NAMES = re.compile(
    r"pass(word|wd)?\b|mot_?-?de_?-?passe|secret|token|jeton|auth|cookie|session|signature|credential|xsrf|csrf|(^|[_.-])(api[_.-]?)?(key|cle|clef)\b",
    re.I,
)
PERSONAL_NAMES = re.compile(r"e?-?mail|courriel|^mel$|prenom|firstname|lastname|nomcomplet|fullname|telephone|phone|mobile|^tel$", re.I)
# What speaks of who signs in, not of a secret.
OPEN_NAMES = ("www-authenticate", "proxy-authenticate", "token_type", "grant_type")
FORMS = (
    (re.compile(r"[^\s@<>\"'&=?/]+@[^\s@<>\"'&=?/]+\.[^\s@<>\"'&=?/]+"), "e-mail"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "token"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", re.S), "private key"),
    (re.compile(rf"[A-Za-z0-9+/_=-]{{{LONGEST_WORD},}}"), "long word"),
)
# Fields of records that name a person.
PERSONAL_FIELDS = ("agent_name", "agent_email", "contact_email")


class Transcript:
    """Learns what is personal from the declaration and from the answers themselves, then tells all exchanges."""

    def __init__(self, profile: Profile, redactor: Redactor, personal: list[str | None]) -> None:
        self._profile = profile
        self._redactor = redactor
        self._personal = {value for value in personal if value}

    def of(self, exchanges: list[tuple[str, Exchange]]) -> dict[str, Any]:
        for _face, exchange in exchanges:
            self._learn(exchange.response)
        return {
            "notice": "Secrets, e-mail addresses and names of agents were removed; read it all the same before you send it to anybody.",
            "profile": self._profile.name,
            "exchanges": [{"face": face, **self._exchange_record(exchange)} for face, exchange in exchanges],
        }

    def _learn(self, response: Response | None) -> None:
        body = self._profile.lenient(response) if response else None
        for kind in ("account", "request"):
            if not self._profile.shows(kind):
                continue
            fields = [field for field in self._profile.reader(kind).all_fields if field.name in PERSONAL_FIELDS]
            for holder in _objects(body):
                self._personal |= {value for field in fields if isinstance(value := search(field.path, holder), str) and value}

    def _exchange_record(self, exchange: Exchange) -> dict[str, Any]:
        request, response = exchange.request, exchange.response
        body = request.json if request.json is not None else _parsed(request.content or b"", request.headers.get("Content-Type", ""))
        record = {
            "at": instant(exchange.at.replace(microsecond=0)),
            "seconds": round(exchange.seconds, 3),
            "request": {
                "method": request.method,
                "url": quote(self.clean(unquote(exchange.url)), safe=":/*[]"),
                "query": self.clean(dict(request.query)),
                "headers": self.clean(dict(request.headers)),
                "body": self._body(body),
            },
        }
        if exchange.error:
            return record | {"error": self.clean(exchange.error.message)}
        if response:
            parsed = _parsed(response.body, response.headers.get("content-type", ""))
            record["response"] = {"status": response.status, "headers": self.clean(response.headers), "body": self._body(parsed)}
        return record

    def _body(self, body: Any) -> Any:
        cleaned = self.clean(body)
        text = cleaned if isinstance(cleaned, str) else json.dumps(cleaned, ensure_ascii=False)
        return cleaned if len(text) <= MOST_BODY else f"{text[:MOST_BODY]}... ({len(text)} characters)"

    def clean(self, value: Any, name: str = "") -> Any:
        """Of the same shape; a value that stands under a telling name is hidden whole."""
        if _names_a_secret(name) and value not in (None, "", True, False) and not isinstance(value, (dict, list)):
            return HIDDEN
        if isinstance(value, dict):
            return {self._text(str(key)): self.clean(item, str(key)) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(item, name) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        text = str(self._redactor.clean(text))
        for value in sorted(self._personal, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        for form, kind in FORMS:
            text = form.sub(f"<{kind}>", text)
        return text


def _names_a_secret(name: str) -> bool:
    """Whether what stands under this name is a secret or personal."""
    return bool(name.lower() not in OPEN_NAMES and (SECRET_NAMES.search(name) or PERSONAL_NAMES.search(name)))


def _parsed(body: bytes, content_type: str) -> Any:
    """JSON as a tree, a form as its fields, other text as it is, anything else as its size."""
    kind = content_type.split(";")[0].strip().lower()
    if not body:
        return None
    try:
        text = body.decode()
        if kind.endswith("json") or text.lstrip()[:1] in ("{", "["):  # some serve it as text/plain: what it holds is hidden by its names
            return json.loads(text)
    except (ValueError, RecursionError):
        return f"<{len(body)} bytes of {kind or 'unknown type'}>"
    if kind == "application/x-www-form-urlencoded":
        return {unquote(name): unquote(value) for name, _equals, value in (parameter.partition("=") for parameter in text.split("&"))}
    return text if kind.startswith("text/") or kind.endswith("xml") else f"<{len(body)} bytes of {kind or 'unknown type'}>"


def _objects(value: Any) -> list[dict[str, Any]]:
    """Every JSON object in an answer, wherever it lies."""
    objects, pending = [], [value]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            objects.append(value)
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return objects
