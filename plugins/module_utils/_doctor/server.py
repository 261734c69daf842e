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
from .check_result import FAIL, OK, SKIPPED, WARN, CheckResult


def rgs(probed: Probe, face: str, judging: ValidationPolicy, fetch: Fetch, ca_file: str | None, now: datetime) -> CheckResult:
    """Of a certificate that TLS has accepted. Skipped where the trust store trusts no server."""
    if not judging.knows("server"):
        return CheckResult("rgs", face, SKIPPED, "no_trust_store")
    leaf, *authorities = [load_bundle(der, "server").certificates[0] for der in probed.shown]
    if ca_file:
        authorities += load_bundle(read_file(ca_file, f"{face}_ca_file"), f"{face}_ca_file", most=MAX_AUTHORITIES).certificates
    judgement = summarise_judgement(
        evaluate(gather_evidence(leaf, tuple(authorities), judging, fetch, usage="server", host=probed.host), judging, now)
    )
    broken = [f"{verdict['rule']} ({verdict['reason']})" for verdict in judgement["verdicts"] if verdict["outcome"] == judgement["outcome"]]
    facts = judgement | {"rules": broken}
    if judgement["outcome"] == BROKEN:
        return CheckResult("rgs", face, FAIL, "rgs_fails", facts)
    return CheckResult("rgs", face, *((OK, "rgs_ok") if judgement["outcome"] == PASS else (WARN, "rgs_warns")), facts)
