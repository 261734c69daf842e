# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a redirect of a CRL's or an OCSP responder's address leads (RFC 9110, 15.4), and whether to go there.

What comes back is signed and judged before it is believed, so another server may hand it out. But nobody who answers in a CA's place chooses what
we open inside our own network: from a public address, none that is private is followed.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urljoin, urlsplit

from ..errors import TransportError

REDIRECTS = (301, 302, 303, 307, 308)
# As many as browsers' users meet in practice; a loop ends here too.
MOST_REDIRECTS = 5
SCHEMES = ("http", "https")


def check_address(url: str) -> SplitResult:
    """The parts of an address that may be opened. Raises TransportError for another scheme, credentials in it, or none at all."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise TransportError(f"{_shown(url)}: this is no address ({error})", "the CA wrote it so: show it to the PSCE") from error
    if parts.scheme.lower() not in SCHEMES or not host:
        raise TransportError(f"{_shown(url)}: this is no address of http or https", "nothing else is opened")
    if "@" in parts.netloc:
        raise TransportError(f"{_shown(url)}: this address holds a user name or a password", "credentials are never sent for a CRL or OCSP")
    return parts


def redirected(url: str, location: str | None) -> str:
    """The address that the answer of `url` names. Raises TransportError where it is not to be followed."""
    if not location:
        raise TransportError(f"{_shown(url)}: redirects without saying where", "show it to the PSCE")
    try:
        address = urljoin(url, location.strip()).partition("#")[0]
    except ValueError as error:
        raise TransportError(f"{_shown(url)}: redirects to what is no address", "show it to the PSCE") from error
    before, after = check_address(url), check_address(address)
    if is_private(after.hostname) and not is_private(before.hostname):
        raise TransportError(
            f"{_shown(url)}: redirects to {after.hostname}, an address of a private network, which is not followed",
            "somebody may be answering in the CA's place: compare with the address on the PSCE's site",
        )
    return address


def is_private(host: str | None) -> bool:
    """Whether this names this machine or a private network; of names only the loopback's can be told without asking for their addresses."""
    try:
        return not ipaddress.ip_address((host or "").partition("%")[0]).is_global
    except ValueError:
        return (host or "").rstrip(".").lower() == "localhost" or (host or "").rstrip(".").lower().endswith(".localhost")


def _shown(url: str) -> str:
    """Without what may be credentials."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"[:300]
