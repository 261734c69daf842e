# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses that a server gives in its answers: followed on the same server only, so that neither credentials nor documents go elsewhere."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

LINK = re.compile(r"<([^<>]*)>([^<]*)")
NEXT = re.compile(r";\s*rel\s*=\s*(\"[^\"]*\"|[^\s;,]+)", re.IGNORECASE)


def on_the_same_server(current: str, address: str) -> str | None:
    """The address, seen from the URL it was given at, as path and query from the server's root; None where it is another server's."""
    try:
        origin, target = urlsplit(current), urlsplit(urljoin(current, address))
        same = (origin.scheme, origin.hostname, origin.port or 443) == (target.scheme, target.hostname, target.port or 443)
    except ValueError:
        return None
    if not same or target.username is not None or re.search(r"[\x00-\x20\x7f]", address):
        return None
    return (target.path or "/") + (f"?{target.query}" if target.query else "")


def next_of(header: str) -> str | None:
    """The target of rel=next in a Link header (RFC 8288, 3), or None."""
    for target, parameters in LINK.findall(header):
        for relation in NEXT.findall(parameters):
            if "next" in relation.strip('"').lower().split():
                return str(target)
    return None
