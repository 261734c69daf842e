# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to one server: what the probe saw, as findings. Pure but for the verdicts on the certificate, which may fetch a CRL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from .._http.probe import STAGES, Probe
from .._pki.parsing import load_bundle
from ..dates import instant
from .finding import FAIL, OK, SKIPPED, WARN, Finding

# The server's certificate is somebody else's: tell them early enough to act (pki.md: about 15 days for a new one).
ENDS_SOON = timedelta(days=30)
# What a client certificate is to blame for, although TLS is where it shows.
CLIENT = ("client_refused", "client_files")


def findings(found: Probe, face: str, now: datetime) -> list[Finding]:
    """dns, tcp, proxy and tls, in this order; after the one that failed, the others are skipped."""
    told = []
    failed = "client_certificate" if found.code in CLIENT else found.failed
    passed = STAGES.index(found.failed) if found.failed else len(STAGES)
    for number, stage in enumerate(STAGES):
        if number < passed or found.code == "client_refused":  # the server is accepted, and refuses us
            told.append(Finding(stage, face, OK, *_passed(found, stage)))
        elif number == passed and found.code not in CLIENT:
            told.append(Finding(stage, face, FAIL, found.code, facts(found)))
        else:
            told.append(Finding(stage, face, SKIPPED, "prerequisite", {"because": failed}))
    return told


def facts(found: Probe) -> dict[str, Any]:
    name, port = found.way.address if found.way.url and found.failed in ("dns", "tcp") else (found.host, found.port)
    return {"name": name, "host": found.host, "port": port, "proxy": found.way.shown, "told": found.reason, "status": found.status}


def _passed(found: Probe, stage: str) -> tuple[str, dict[str, Any]]:
    name, port = found.way.address if found.way.url else (found.host, found.port)
    if stage == "dns":
        return "resolved", {"name": name, "addresses": list(found.addresses)}
    if stage == "tcp":
        return "connected", {"name": name, "port": port}
    if stage == "proxy":
        return ("tunnel" if found.way.url else "direct"), {"proxy": found.way.shown, "source": found.way.source}
    if not found.shown:
        return "tls_ok", {"protocol": "TLS", "subject": found.host, "issuer": "?"}
    leaf = load_bundle(found.shown[0], "server").certificates[0]
    return "tls_ok", {"protocol": found.protocol, "subject": leaf.named, "issuer": leaf.named_issuer}


def lifetime(found: Probe, face: str, now: datetime) -> Finding:
    """Of the server's certificate, which TLS has accepted."""
    leaf = load_bundle(found.shown[0], "server").certificates[0]
    about = {"not_after": instant(leaf.not_after), "fingerprint": leaf.fingerprint}
    if leaf.not_after - now < ENDS_SOON:
        return Finding("server_certificate", face, WARN, "server_certificate_ends", about)
    return Finding("server_certificate", face, OK, "server_certificate_ok", about)
