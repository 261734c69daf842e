# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every authentication method offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..._http.messages import Request, Response
from ...errors import AuthenticationFailed, InvalidInput, UnexpectedAnswer
from ...redact import Redactor
from ..profile.schema import Key, Text
from .shared_attempt import SharedAttempt

# Sends a request of the session itself: to the face's own server, or to the one whose base URL is given.
Send = Callable[..., Response]


@dataclass(frozen=True)
class Credentials:
    """Of one agent (portal), of one editor (SI FPS), or of their program (gateways); None where not declared.

    token_url: where access tokens are asked for, where it is not where the profile says.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    editor_id: str | None = None
    editor_key: str | None = field(default=None, repr=False)
    redactor: Redactor = field(default_factory=Redactor, repr=False, compare=False)
    token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    token_url: str | None = None


# What a profile may name as the source of a login or of a secret: options of the modules.
NAMES = ("username", "password", "editor_id", "editor_key", "token", "client_id", "client_secret", "api_key")
OPTION = Text(description="the name of an option (`username`, `token`...)", choices=NAMES)
# Those that are no secrets: a request may show them elsewhere than in its authentication.
OPEN_NAMES = ("username", "editor_id", "client_id")


class XsrfSession:
    """What an endpoint hands out before any login (an XSRF value): all agents of one run share it. In `attempt.turn()`: looked at and asked for."""

    def __init__(self) -> None:
        self.attempt = SharedAttempt()
        self.value: str | None = None


class Authentication:
    """One agent's conversation with one face, used by one thread at a time.

    settings: the profile's `auth`, checked; send: sends a request of the session itself.
    """

    # The settings that this method knows, but for `method` and the names in `needs`.
    keys: dict[str, Key] = {}
    # What the method needs, by its own name for it: the option that gives it, unless the profile names another.
    needs: dict[str, str] = {}
    text = ""

    def __init__(self, settings: dict[str, Any], credentials: Credentials, send: Send, xsrf_session: XsrfSession | None = None) -> None:
        self.settings = settings
        self.credentials = credentials
        self.send = send
        self.xsrf_session = xsrf_session or XsrfSession()

    @classmethod
    def all_keys(cls) -> dict[str, Key]:
        """Every setting of this method, for the format of profiles."""
        sources = {name: Key(OPTION, f"The option that gives it; default: `{default}`.") for name, default in cls.needs.items()}
        return {"method": Key(Text(description="the name of a method"), cls.text, required=True)} | cls.keys | sources

    @classmethod
    def options(cls, settings: dict[str, Any]) -> list[str]:
        """Names of the options that give what the method needs."""
        return [settings.get(name, default) for name, default in cls.needs.items()]

    @classmethod
    def elsewhere(cls, settings: dict[str, Any], credentials: Credentials) -> str | None:
        """The URL of another server that this method speaks with, or None."""
        return None

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        """Headers for the next call. anonymous: the call needs no login. Raises AuthenticationFailed."""
        raise NotImplementedError

    def forget(self) -> bool:
        """Drop the login after a 401. True where a new one is worth trying."""
        return False

    def credential(self, name: str) -> str:
        """What the method needs under this name. Raises InvalidInput where it is not declared."""
        option = self.settings.get(name, self.needs[name])
        value = getattr(self.credentials, option)
        if not value:
            raise InvalidInput(option, "is not set", f"the profile's authentication ({self.settings['method']}) needs it: antai_{option}")
        return str(value)

    def refused(self, response: Response) -> Exception:
        """The error that the answer to a login stands for."""
        if response.status in (400, 401, 403):
            named = ", ".join(f"antai_{option}" for option in self.options(self.settings))
            who = next((getattr(self.credentials, option) for option in self.options(self.settings) if option in OPEN_NAMES), None)
            return AuthenticationFailed(
                f"the server refuses the credentials{f' of {who}' if who else ''}",
                f"check {named}; nothing was changed",
                status=response.status,
            )
        return UnexpectedAnswer(
            f"the login answers HTTP {response.status} without a token", "check the URLs and the profile", status=response.status
        )


def call_of(settings: dict[str, Any]) -> Request:
    """The request that {method, path} stands for."""
    return Request(settings["method"], settings["path"])
