# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of the connection to the servers and the credentials that they describe."""

from __future__ import annotations

from typing import Any

from .._http.client_certificate import ClientCertificate
from .._http.endpoints import check_server, check_timeout
from .._http.proxy import proxy_settings
from ..errors import InvalidInput
from ..redact import Redactor
from .agent import Endpoints
from .auth.methods import NAMES, Credentials


def endpoints(parameters: dict[str, Any]) -> Endpoints:
    """Raises InvalidInput for what is no URL, half a client certificate, no proxy, or no time."""
    return Endpoints(
        server_url(parameters, "portal_url"),
        server_url(parameters, "sifps_url"),
        parameters["portal_ca_file"],
        parameters["sifps_ca_file"],
        check_timeout(parameters["timeout"], "timeout"),
        _client_certificate(parameters),
        proxy_settings(parameters),
    )


def credentials(parameters: dict[str, Any], redactor: Redactor) -> Credentials:
    """redactor: learns the credentials of the proxies too, those of the environment as well. Raises InvalidInput for what is no URL."""
    for secret in proxy_settings(parameters).secrets():
        redactor.learn(secret)
    if not (parameters["token_url"] or "").startswith("/"):  # it may be a path on the portal itself
        server_url(parameters, "token_url")
    return Credentials(redactor=redactor, **{name: parameters[name] for name in (*NAMES, "token_url")})


def server_url(parameters: dict[str, Any], option: str) -> str | None:
    """Raises InvalidInput."""
    return check_server(parameters[option], option) if parameters[option] else None


def _client_certificate(parameters: dict[str, Any]) -> ClientCertificate | None:
    files = (parameters["client_certificate"], parameters["client_key"])
    if not any(files):
        return None
    if not all(files):
        missing = "client_key" if files[0] else "client_certificate"
        raise InvalidInput(missing, "is not set", "declare both, the certificate and its key, or neither")
    return ClientCertificate(*files)
