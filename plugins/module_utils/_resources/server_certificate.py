# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate that the SI FPS itself shows, judged by the same rules: trust is mutual (letter, operation 2).

It is read from the connections that were made anyway, each verified before; judging it costs no request to the SI FPS.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from .._pki.evaluation import ValidationPolicy, evaluate, gather_evidence, summarise_judgement
from .._pki.parsing import MAX_AUTHORITIES, load_bundle
from .._pki.verdict import FAIL
from .._store.files import read_file
from .base import Context


def judge_server(context: Context, judging: ValidationPolicy | None, now: datetime) -> dict[str, Any] | None:
    """{host, fingerprint, outcome, verdicts}; None where the trust store trusts no server, or no connection was made.

    The CAs between are those that the server sends, where Python hands them out, and those of the CA file.
    """
    shown = context.operations.server_chain("sifps") if judging and judging.knows("server") else ()
    if not shown or judging is None:
        return None
    endpoints = context.operations.agent.endpoints
    host = urlsplit(endpoints.sifps_url or "").hostname
    leaf, *authorities = [load_bundle(der, "sifps_url").certificates[0] for der in shown]
    if endpoints.sifps_ca_file:
        authorities += load_bundle(read_file(endpoints.sifps_ca_file, "sifps_ca_file"), "sifps_ca_file", most=MAX_AUTHORITIES).certificates
    evidence = gather_evidence(leaf, tuple(authorities), judging, context.fetch, usage="server", host=host)
    return {"host": host, "fingerprint": leaf.fingerprint, **summarise_judgement(evaluate(evidence, judging, now))}


def server_warnings(server: dict[str, Any] | None) -> list[str]:
    """A warning where it fails. Nothing is held up by it: whether to speak with the SI FPS is decided by TLS."""
    broken = [verdict["rule"] for verdict in server["verdicts"] if verdict["outcome"] == FAIL] if server else []
    return (
        [f"the certificate of the SI FPS ({server['host']}) breaks RGS* rules: {', '.join(broken)}; see `server`"]
        if server and broken
        else []
    )
