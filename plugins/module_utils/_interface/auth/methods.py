# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a face of the interface knows who speaks: one file per method, chosen by the profile (`faces.<face>.auth.method`)."""

from __future__ import annotations

from typing import Any

from ..profile.schema import Mapping
from .api_key import ApiKey
from .base import NAMES, OPEN_NAMES, Authentication, Credentials, Send, XsrfSession
from .basic import Basic
from .bearer import Bearer
from .client_certificate import ClientCertificateAuthentication
from .oauth2_client_credentials import OAuth2ClientCredentials
from .xsrf_basic_bearer import XsrfBasicBearer

__all__ = [
    "METHODS",
    "NAMES",
    "OPEN_NAMES",
    "SHAPES",
    "Authentication",
    "Credentials",
    "XsrfSession",
    "authentication",
    "elsewhere",
    "has_credentials",
    "options_of",
]

METHODS: dict[str, type[Authentication]] = {
    "api_key": ApiKey,
    "basic": Basic,
    "bearer": Bearer,
    "client_certificate": ClientCertificateAuthentication,
    "oauth2_client_credentials": OAuth2ClientCredentials,
    "xsrf_basic_bearer": XsrfBasicBearer,
}
SHAPES = {name: Mapping(f"auth: {name}", method.all_keys()) for name, method in METHODS.items()}

Settings = list[dict[str, Any]]


class CombinedAuth(Authentication):
    """Several methods at once: an API key of a gateway beside the agent's own login, for instance."""

    def __init__(self, members: list[Authentication]) -> None:
        self.members = members

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        headers: dict[str, str] = {}
        for member in self.members:
            headers |= member.headers(anonymous=anonymous)
        return headers

    def forget(self) -> bool:
        forgotten = [member.forget() for member in self.members]
        return any(forgotten)


def authentication(settings: Settings, credentials: Credentials, send: Send, xsrf_session: XsrfSession | None = None) -> Authentication:
    """The methods that a checked profile names for one face."""
    members = [METHODS[declared["method"]](declared, credentials, send, xsrf_session) for declared in settings]
    return members[0] if len(members) == 1 else CombinedAuth(members)


def options_of(settings: Settings) -> list[str]:
    """Names of the options that these methods need."""
    return [option for declared in settings for option in METHODS[declared["method"]].options(declared)]


def has_credentials(settings: Settings, credentials: Credentials) -> bool:
    """Whether all that these methods need is declared."""
    return all(getattr(credentials, option) for option in options_of(settings))


def elsewhere(settings: Settings, credentials: Credentials) -> list[str]:
    """URLs of the other servers that these methods speak with."""
    urls = [METHODS[declared["method"]].elsewhere(declared, credentials) for declared in settings]
    return [url for url in urls if url]
