# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which proxy stands before an address: the declared one, else the environment's, unless NO_PROXY names the host (requests' rules).

A declared proxy obeys NO_PROXY as the environment's does. An in-process action sees the environment of ansible-playbook only, never a
task's `environment:`; hence the options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from ..errors import InvalidInput
from ..libraries import getproxies, requests

SCHEMES = {"http": 3128, "https": 443}
HINT = "write http://host:port, or http://user:password@host:port with what is special in them percent-encoded"


@dataclass(frozen=True)
class ProxyRoute:
    """How an address is reached. url: the proxy's, with its credentials; None for a direct connection.

    source: declared, environment, no_proxy (NO_PROXY names the host), turned_off (use_proxy is false) or none.
    """

    url: str | None = field(repr=False)
    source: str

    @property
    def shown(self) -> str:
        """host:port, without credentials."""
        return ":".join(map(str, self.address)) if self.url else ""

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url or "")
        return parts.hostname or "", parts.port or SCHEMES.get(parts.scheme, 3128)

    @property
    def over_tls(self) -> bool:
        return (self.url or "").startswith("https://")

    @property
    def credentials(self) -> tuple[str, str] | None:
        parts = urlsplit(self.url or "")
        return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None

    @property
    def proxies(self) -> dict[str, str]:
        """As requests takes them."""
        return {"http": self.url, "https": self.url} if self.url else {}


@dataclass(frozen=True)
class ProxySettings:
    """url: the declared proxy, or None for the environment's. use: False for none at all."""

    url: str | None = field(default=None, repr=False)
    use: bool = True

    def route_to(self, address: str) -> ProxyRoute:
        if not self.use:
            return ProxyRoute(None, "turned_off")
        proxies = {scheme: url for scheme, url in getproxies().items() if scheme != "no"}
        proxy = self.url or requests.utils.select_proxy(address, proxies)
        if not proxy:
            return ProxyRoute(None, "none")
        if requests.utils.should_bypass_proxies(address, no_proxy=None):
            return ProxyRoute(None, "no_proxy")
        return ProxyRoute(proxy if "://" in proxy else f"http://{proxy}", "declared" if self.url else "environment")

    def secrets(self) -> list[str]:
        """What must not show of the proxy, or of those of the environment: in the URL, as it is and encoded."""
        secrets: list[str] = []
        for url in [self.url] if self.url else [proxy for proxy in getproxies().values() if "@" in proxy]:
            route = ProxyRoute(url, "")
            if route.credentials:
                parts = urlsplit(url)
                secrets += [url, parts.netloc.rpartition("@")[0], parts.password or "", route.credentials[1]]
        return [secret for secret in secrets if secret]


FROM_ENVIRONMENT = ProxySettings()


def proxy_settings(parameters: Mapping[str, Any]) -> ProxySettings:
    """What the options proxy and use_proxy say. Raises InvalidInput."""
    return ProxySettings(check_proxy(parameters["proxy"]) if parameters["proxy"] else None, parameters["use_proxy"])


def check_proxy(value: str, option: str = "proxy") -> str:
    """Raises InvalidInput, which never repeats the value: it may hold a password."""
    try:
        parts = urlsplit(value)
        is_server = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        is_proxy = is_server and parts.path in ("", "/") and not parts.query and not parts.fragment
    except ValueError:
        is_proxy = False
    if not is_proxy:
        raise InvalidInput(option, "is not the URL of an HTTP proxy", HINT)
    return value
