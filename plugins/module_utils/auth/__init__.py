# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a face of the interface knows who speaks: one file per method, chosen by the profile (`faces.<face>.auth.method`)."""

from __future__ import annotations

from typing import Any

from ..errors import ProfileError
from .base import Authentication, Credentials, Send, Visit
from .client_certificate import ClientCertificateAuthentication
from .xsrf_basic_bearer import XsrfBasicBearer

METHODS: dict[str, type[Authentication]] = {
    "client_certificate": ClientCertificateAuthentication,
    "xsrf_basic_bearer": XsrfBasicBearer,
}


def authentication(settings: dict[str, Any], credentials: Credentials, send: Send, visit: Visit | None = None) -> Authentication:
    """The method that the profile names. Raises ProfileError for an unknown one."""
    method = METHODS.get(str(settings["method"]))
    if method is None:
        raise ProfileError([f"auth.method: {settings['method']!r} is none of {', '.join(sorted(METHODS))}"])
    missing = [name for name in method.required if not _there(settings, name)]
    if missing:
        raise ProfileError([f"auth.{name}: is missing (method {settings['method']})" for name in missing])
    return method(settings, credentials, send, visit)


def _there(settings: dict[str, Any], dotted: str) -> bool:
    found: Any = settings
    for name in dotted.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return isinstance(found, str) and bool(found)
