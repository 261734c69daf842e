# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XSRF values, bearer tokens and passwords.

Values are signed with a secret kept in the state, so they outlive a restart and need no table.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime

TOKEN_SECONDS = 3600
# Far too few for a real product. Here every password is either public (it stands in a policy file and in endpoints.json)
# or 128 random bits, and 622 agents are to log in at once on two cores.
ITERATIONS = 1000


def _bytes(text: str) -> bytes:
    """Header values may hold anything; compare_digest wants bytes."""
    return text.encode("utf-8", "surrogateescape")


class Sessions:
    def __init__(self, secret: str) -> None:
        self._secret = bytes.fromhex(secret)

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._secret, _bytes(f"{purpose}:{text}"), hashlib.sha256).hexdigest()

    def new_xsrf(self) -> str:
        value = secrets.token_hex(16)
        return f"{value}.{self._sign('xsrf', value)}"

    def xsrf_is_ours(self, header: str, cookie: str) -> bool:
        """The header repeats the cookie, and the value came from /api/init."""
        value, _, signature = header.partition(".")
        return hmac.compare_digest(_bytes(header), _bytes(cookie)) and hmac.compare_digest(
            _bytes(signature), self._sign("xsrf", value).encode()
        )

    def new_token(self, login: str, now: datetime) -> str:
        payload = f"{int(now.timestamp()) + TOKEN_SECONDS}:{login}"
        encoded = base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")
        return f"{encoded}.{self._sign('token', encoded)}"

    def login_of(self, token: str, now: datetime) -> str | None:
        """The login in a valid token, else None."""
        encoded, _, signature = token.partition(".")
        if not hmac.compare_digest(_bytes(signature), self._sign("token", encoded).encode()):
            return None
        expires, _, login = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode().partition(":")
        remaining = int(expires) - int(now.timestamp())
        # More than an hour left: issued by a clock that has been set back since.
        return login if 0 < remaining <= TOKEN_SECONDS else None


def hash_password(password: str) -> str:
    salt = secrets.token_hex(16)
    return f"{salt}${_derive(password, salt)}"


def password_matches(password: str, stored: str) -> bool:
    salt, _, derived = stored.partition("$")
    return hmac.compare_digest(_derive(password, salt), derived)


def _derive(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", _bytes(password), bytes.fromhex(salt), ITERATIONS).hex()


def new_password() -> str:
    return secrets.token_urlsafe(16)


def parse_basic(header: str) -> tuple[str, str] | None:
    """Login and password of `Authorization: Basic` (RFC 7617), or None when it is malformed."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        login, colon, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (login, password) if colon else None
