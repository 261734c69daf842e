# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The RGS* verdicts on the certificate that a server shows: trust is mutual (letter, operation 2)."""

from __future__ import annotations

from datetime import datetime

from .._http.probe import Probe
from .._pki.evaluation import ValidationPolicy, evaluate, gather_evidence, summarise_judgement
from .._pki.parsing import MAX_AUTHORITIES, load_bundle
from .._pki.revocation import Fetch
from .._pki.verdict import FAIL as BROKEN
from .._pki.verdict import PASS
from .._store.files import read_file
from .finding import FAIL, OK, SKIPPED, WARN, Finding


def rgs(found: Probe, face: str, judging: ValidationPolicy, fetch: Fetch, ca_file: str | None, now: datetime) -> Finding:
    """Of a certificate that TLS has accepted. Skipped where the trust store trusts no server."""
    if not judging.knows("server"):
        return Finding("rgs", face, SKIPPED, "no_trust_store")
    leaf, *others = [load_bundle(der, "server").certificates[0] for der in found.shown]
    if ca_file:
        others += load_bundle(read_file(ca_file, f"{face}_ca_file"), f"{face}_ca_file", most=MAX_AUTHORITIES).certificates
    told = summarise_judgement(
        evaluate(gather_evidence(leaf, tuple(others), judging, fetch, usage="server", host=found.host), judging, now)
    )
    broken = [f"{each['rule']} ({each['reason']})" for each in told["verdicts"] if each["outcome"] == told["outcome"]]
    about = told | {"rules": broken}
    if told["outcome"] == BROKEN:
        return Finding("rgs", face, FAIL, "rgs_fails", about)
    return Finding("rgs", face, *((OK, "rgs_ok") if told["outcome"] == PASS else (WARN, "rgs_warns")), about)
