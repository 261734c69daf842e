# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last door: what leaves the collection holds no secret, and no character that a terminal would obey.

Secrets are named once, and hidden by their values: wherever they stand, in whatever shape the declaration was, also where it was refused.
"""

from __future__ import annotations

import html
import json
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from .text import escape_controls

# Every inventory variable (with the prefix antai_) and CSV column that holds a secret, and the options of the same name.
SECRET_FIELDS = ("password", "editor_key", "est_password", "token", "client_secret", "api_key", "proxy")
# Options that hold a secret, of a module or of an entry of its list `certificates`.
# A certificate as content may be a PKCS#12, with its key inside.
SECRET_OPTIONS = ("passphrase", "private_key_content", "certificate_content")
# Shorter lines of a key are no secret by themselves, and could stand anywhere.
SHORTEST_LINE = 16
# Characters of an XSRF value or a token; RFC 6749 (10.10) and OWASP want 128 bits or more of them to be unguessable.
SHORTEST_SESSION = 8
# Words (without accents) that tell a column of a CSV for a secret, whatever else its title says.
SECRET_WORDS = (
    "password",
    "passwd",
    "mot de passe",
    "mdp",
    "passphrase",
    "phrase secrete",
    "secret",
    "token",
    "jeton",
    "api key",
    "cle api",
)

HIDDEN = "********"
SECRET_NAMES = (*SECRET_FIELDS, *SECRET_OPTIONS)
# Ends of names that speak of a secret and hold none.
NO_SECRETS = (" url", " file")
# Options that hold what is no declaration: the interface, a form, certificates. What looks like a secret there is the name of one.
CONTENTS = ("profile", "form", "trust_store", "signature_anchors")
# The option whose entries hold secrets of their own.
LISTED = "certificates"
NO_VALUES = ("null", "none", "true", "false", "~")
# In a text where a mapping belongs: a secret's name and its value, as JSON, YAML, Python or `name=value` write it; and a key in PEM.
NAMED_IN_TEXT = re.compile(
    rf"""(?:{"|".join(SECRET_NAMES)})["']?\s*[:=]\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s,;}}\]]+))""", re.IGNORECASE
)
KEY_IN_TEXT = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
# Threads of a fleet that log in at the same moment share one agent's.
_learning = threading.Lock()


def in_addresses(parameters: dict[str, Any]) -> list[str]:
    """Credentials that somebody has written into the URL of a server, where they are refused: `user:password`, and the password."""
    secrets: list[str] = []
    for name, value in parameters.items():
        if name.endswith("_url") and isinstance(value, str) and "@" in value:
            login = value.partition("://")[2].rpartition("@")[0] or value.rpartition("@")[0]
            secrets += [login, login.partition(":")[2]]
    return [secret for secret in secrets if secret]


def secrets_in(declared: dict[str, Any]) -> Iterator[str]:
    """The values of the secret options of a declaration, of any shape: nested, listed, or written as text where a mapping belongs."""
    for name, value in declared.items():
        if name not in CONTENTS:
            yield from secrets_at(name, value)


def secrets_at(name: str, value: Any) -> Iterator[str]:
    """value: what is declared under this name, at any depth."""
    if is_secret_name(name):
        yield from _leaves(value)
    elif isinstance(value, dict):
        for inner, item in value.items():
            yield from secrets_at(str(inner), item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from secrets_at("", item) if not isinstance(item, str) else _in_text(item)
    elif isinstance(value, str) and name == LISTED:
        yield from _in_text(value)


def _in_text(text: str) -> Iterator[str]:
    for match in NAMED_IN_TEXT.finditer(text):
        value = next(filter(None, match.groups()), "")
        if value.lower() not in NO_VALUES:
            yield value
    yield from KEY_IN_TEXT.findall(text)


def _leaves(value: Any) -> Iterator[str]:
    """What stands under a secret's name, as texts; a declaration may put a list or a mapping there."""
    if isinstance(value, (dict, list, tuple)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def written_forms(secret: str) -> set[str]:
    """As it is, and as JSON, XML, a URL, a form or Python's repr write it; of one with several lines, each long enough to be a key's."""
    if secret.isascii() and secret.isalnum():
        return {secret}
    lines = [line for line in secret.splitlines() if len(line) >= SHORTEST_LINE and not line.startswith("-----")] if "\n" in secret else []
    forms = {secret, *lines, html.escape(secret), repr(secret)[1:-1]}
    forms |= {quote(secret, safe="", errors="replace"), quote(secret, errors="replace"), quote_plus(secret, errors="replace")}
    forms |= {json.dumps(secret, ensure_ascii=ascii)[1:-1] for ascii in (True, False)}
    return {form for form in forms if form}


def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is a secret: also one that is misspelt, or another tool's."""
    words = name.lower().replace("_", " ").replace("-", " ")
    return name in SECRET_NAMES or (not words.endswith(NO_SECRETS) and any(word in words for word in SECRET_WORDS))


def shown_arguments(options: dict[str, Any], spec: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The options of a task as `invocation` shows them: hidden whole where the spec knows no such option, or a text stands for a mapping.

    Nobody can tell what such a value is; those of known options are hidden by value afterwards.
    """
    return {name: _shown_argument(value, spec[name]) if name in spec else HIDDEN for name, value in options.items()}


def _shown_argument(value: Any, option: dict[str, Any]) -> Any:
    if value is None or "options" not in option:
        return value
    if isinstance(value, dict):
        return shown_arguments(value, option["options"])
    return [_shown_argument(item, option) for item in value] if isinstance(value, (list, tuple)) else HIDDEN


class Redactor:
    """Replaces known secret values by HIDDEN in any JSON-like value; learns session tokens while it runs.

    beside: what this one knows is hidden, too; a collectivité of a fleet has secrets of its own beside its agent's.
    """

    def __init__(self, parameters: dict[str, Any] | None = None, beside: Redactor | None = None) -> None:
        self._values: tuple[str, ...] = ()  # the longest first: one may be part of another
        self._beside = beside
        for secret in (*secrets_in(parameters or {}), *in_addresses(parameters or {})):
            self.learn(secret)

    def learn(self, value: str) -> None:
        """Remember a secret met on the way (a bearer token, an XSRF value), in every form in which it may be written."""
        if not value or value in self._values:
            return
        with _learning:
            self._values = tuple(sorted({*self._values, *written_forms(value)}, key=len, reverse=True))

    def learn_session(self, value: str) -> None:
        """The same of what a server hands out for a session. A shorter one than SHORTEST_SESSION protects nothing, and stands in any text by chance."""
        if len(value) >= SHORTEST_SESSION:
            self.learn(value)

    def clean(self, value: Any) -> Any:
        """A copy of value, of the same shape, without any secret in it, and with the control characters of its texts written out.

        Keys are our own words and stay.
        """
        return _cleaned(value, self.values)

    @property
    def values(self) -> tuple[str, ...]:
        """All that is hidden, the longest first."""
        if self._beside is None:
            return self._values
        return tuple(sorted({*self._values, *self._beside.values}, key=len, reverse=True))


def _cleaned(value: Any, secrets: tuple[str, ...]) -> Any:
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        for secret in secrets:
            if secret in value:
                value = value.replace(secret, HIDDEN)
        return escape_controls(value)
    if isinstance(value, dict):
        return {key: _cleaned(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item, secrets) for item in value]
    if isinstance(value, (int, float)) and str(value) in secrets:
        return HIDDEN
    return value
