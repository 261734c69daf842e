# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PSCE's ports, kept in the state: the certificates it issues carry one of them in their URLs."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from sandbox.database import Database

HOST = "127.0.0.1"
HTTP = "psce-http"


@dataclass(frozen=True)
class Urls:
    """What a certificate says of where to learn more."""

    crl: str
    ocsp: str
    ca_issuers: str


def remembered_port(db: Database, site: str) -> int | None:
    number = db.find_meta(f"port:{site}")
    return int(number) if number else None


def remember_port(db: Database, site: str, port: int) -> None:
    if remembered_port(db, site) != port:
        db.set_meta(f"port:{site}", str(port))


def urls(db: Database) -> Urls:
    port = remembered_port(db, HTTP)
    if port is None:
        # Somebody issues by hand before the first `serve`, which will take this port.
        with socket.create_server((HOST, 0)) as free:
            port = free.getsockname()[1]
        remember_port(db, HTTP, port)
    base = f"http://{HOST}:{port}"
    return Urls(f"{base}/crl/clients.crl", f"{base}/ocsp", f"{base}/ca/clients.cer")
