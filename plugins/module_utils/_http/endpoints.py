# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the URL of a server, and the time to wait for it, must be."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..errors import InvalidInput

# No socket waits for ever; a day is beyond all patience.
LONGEST_TIMEOUT = 86_400.0


def check_timeout(value: float, field: str, named: str = "antai_timeout") -> float:
    """Seconds to wait for an answer. named: what the user has to correct."""
    if not 0 < value <= LONGEST_TIMEOUT:  # not a number is neither
        raise InvalidInput(
            field, f"{value:g} is no time to wait for an answer", f"give seconds above 0, at most {LONGEST_TIMEOUT:.0f} ({named})"
        )
    return value


def check_server(value: str, field: str) -> str:
    """The URL of a server. Its credentials have options of their own, that are kept from logs; so what may hold some is not shown."""
    shown = "" if "@" in value else f"{value!r} "
    if not value.startswith("https://"):
        raise InvalidInput(
            field, f"{shown}does not begin with https://", f"certificates and conventions travel over TLS only: correct antai_{field}"
        )
    try:
        parts = urlsplit(value)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, whole = None, False
    if parts is not None and "@" in parts.netloc:
        raise InvalidInput(
            field,
            "holds a user name or a password before the @",
            f"take it out of antai_{field}, and change the password: it has been shown where the URL is; credentials have options of their own, "
            "antai_username and antai_password among them",
        )
    if not whole:
        raise InvalidInput(field, f"{shown}is not the URL of a server", f"write https://host or https://host:port/path (antai_{field})")
    return value
