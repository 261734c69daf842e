# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every authentication method offers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..https import Request, Response
from ..redact import Redactor

Send = Callable[[Request], Response]


@dataclass(frozen=True)
class Credentials:
    """Of one agent (portal) and of one editor (SI FPS); None where not declared."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    editor_id: str | None = None
    editor_key: str | None = field(default=None, repr=False)
    redactor: Redactor = field(default_factory=Redactor, repr=False, compare=False)


class Visit:
    """What an endpoint gives to a visitor before any login (an XSRF value): all agents of one run share it. Hold `lock` to look and to ask."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: str | None = None


class Authentication:
    """One agent's conversation with one face, used by one thread at a time.

    settings: the profile's `auth`; send: sends a request of the session itself.
    """

    # Settings without which the method cannot work, dotted where they are nested.
    required: tuple[str, ...] = ()

    def __init__(self, settings: dict[str, Any], credentials: Credentials, send: Send, visit: Visit | None = None) -> None:
        self.settings = settings
        self.credentials = credentials
        self.send = send
        self.visit = visit or Visit()

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        """Headers for the next call. anonymous: the call needs no login. Raises AuthenticationFailed."""
        raise NotImplementedError

    def forget(self) -> bool:
        """Drop the login after a 401. True where a new one is worth trying."""
        return False
