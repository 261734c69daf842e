# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to one server: what the probe saw, as findings. Pure but for the verdicts on the certificate, which may fetch a CRL."""

from __future__ import annotations

from datetime import datetime, timedelta

from .._http.probe import STAGES, Probe
from .._pki.parsing import load_bundle
from ..dates import instant
from .check_result import FAIL, OK, SKIPPED, WARN, CheckResult

# The server's certificate is somebody else's: tell them early enough to act (pki.md: about 15 days for a new one).
ENDS_SOON = timedelta(days=30)
# What a client certificate is to blame for, although TLS is where it shows.
CLIENT = ("client_refused", "client_files")


def findings(probed: Probe, face: str, now: datetime) -> list[CheckResult]:
    """dns, tcp, proxy and tls, in this order; after the one that failed, the others are skipped."""
    results = []
    failed = "client_certificate" if probed.code in CLIENT else probed.failed
    passed = STAGES.index(probed.failed) if probed.failed else len(STAGES)
    for number, stage in enumerate(STAGES):
        if number < passed or probed.code == "client_refused":  # the server is accepted, and refuses us
            results.append(CheckResult(stage, face, OK, *_passed(probed, stage)))
        elif number == passed and probed.code not in CLIENT:
            results.append(CheckResult(stage, face, FAIL, probed.code, facts(probed)))
        else:
            results.append(CheckResult(stage, face, SKIPPED, "prerequisite", {"because": failed}))
    return results


def facts(probed: Probe) -> dict[str, object]:
    name, port = probed.way.address if probed.way.url and probed.failed in ("dns", "tcp") else (probed.host, probed.port)
    return {"name": name, "host": probed.host, "port": port, "proxy": probed.way.shown, "told": probed.reason, "status": probed.status}


def _passed(probed: Probe, stage: str) -> tuple[str, dict[str, object]]:
    name, port = probed.way.address if probed.way.url else (probed.host, probed.port)
    if stage == "dns":
        return "resolved", {"name": name, "addresses": list(probed.addresses)}
    if stage == "tcp":
        return "connected", {"name": name, "port": port}
    if stage == "proxy":
        return ("tunnel" if probed.way.url else "direct"), {"proxy": probed.way.shown, "source": probed.way.source}
    if not probed.shown:
        return "tls_ok", {"protocol": "TLS", "subject": probed.host, "issuer": "?"}
    leaf = load_bundle(probed.shown[0], "server").certificates[0]
    return "tls_ok", {"protocol": probed.protocol, "subject": leaf.named, "issuer": leaf.named_issuer}


def lifetime(probed: Probe, face: str, now: datetime) -> CheckResult:
    """Of the server's certificate, which TLS has accepted."""
    leaf = load_bundle(probed.shown[0], "server").certificates[0]
    facts = {"not_after": instant(leaf.not_after), "fingerprint": leaf.fingerprint}
    if leaf.not_after - now < ENDS_SOON:
        return CheckResult("server_certificate", face, WARN, "server_certificate_ends", facts)
    return CheckResult("server_certificate", face, OK, "server_certificate_ok", facts)
