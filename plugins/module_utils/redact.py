# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: named once, and removed from everything that leaves the collection."""

from __future__ import annotations

import threading
from typing import Any

# Every inventory variable (with the prefix antai_) and CSV column that holds a secret, and the options of the same name.
SECRET_FIELDS = ("password", "editor_key", "est_password", "token", "client_secret", "api_key", "proxy")
# Options that hold a secret, of a module or of an entry of its list `certificates`.
# A certificate as content may be a PKCS#12, with its key inside.
SECRET_OPTIONS = ("passphrase", "private_key_content", "certificate_content")
# Shorter lines of a key are no secret by themselves, and could stand anywhere.
SHORTEST_LINE = 16
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
# Threads of a fleet that log in at the same moment share one agent's.
_learning = threading.Lock()


def in_addresses(parameters: dict[str, Any]) -> list[str]:
    """Credentials that somebody has written into the URL of a server, where they are refused: `user:password`, and the password."""
    found: list[str] = []
    for name, value in parameters.items():
        if name.endswith("_url") and isinstance(value, str) and "@" in value:
            login = value.partition("://")[2].rpartition("@")[0] or value.rpartition("@")[0]
            found += [login, login.partition(":")[2]]
    return [each for each in found if each]


class Redactor:
    """Replaces known secret values by HIDDEN in any JSON-like value; learns session tokens while it runs.

    beside: what this one knows is hidden, too; a collectivité of a fleet has secrets of its own beside its agent's.
    """

    def __init__(self, parameters: dict[str, Any] | None = None, beside: Redactor | None = None) -> None:
        self._values: tuple[str, ...] = ()  # the longest first: one may be part of another
        self._beside = beside
        given = parameters or {}
        listed = given.get("certificates")  # of a declaration that is refused, it may be anything
        for each in (given, *(listed if isinstance(listed, (list, tuple)) else (listed,))):
            for field in (*SECRET_FIELDS, *SECRET_OPTIONS):
                if isinstance(each, dict) and each.get(field):
                    self.learn(str(each[field]))
        for secret in in_addresses(given):
            self.learn(secret)

    def learn(self, value: str) -> None:
        """Remember a secret met on the way (a bearer token, an XSRF value); of one with several lines, each."""
        lines = (
            [line for line in value.splitlines() if len(line) >= SHORTEST_LINE and not line.startswith("-----")] if "\n" in value else []
        )
        with _learning:
            new = {each for each in (value, *lines) if each and each not in self._values}
            if new:
                self._values = tuple(sorted((*self._values, *new), key=len, reverse=True))

    def clean(self, value: Any) -> Any:
        """A copy of value, of the same shape, without any secret in its strings. Keys are our own words and stay."""
        return _cleaned(value, self._known())

    def _known(self) -> tuple[str, ...]:
        if self._beside is None:
            return self._values
        return tuple(sorted({*self._values, *self._beside._known()}, key=len, reverse=True))


def _cleaned(value: Any, secrets: tuple[str, ...]) -> Any:
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        for secret in secrets:
            if secret in value:
                value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, dict):
        return {key: _cleaned(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item, secrets) for item in value]
    return value
