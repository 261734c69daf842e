# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""endpoints.json: where everything is, for who uses a running sandbox."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sandbox import psce, tls
from sandbox.ports import HOST, urls
from sandbox.sandbox_state import SandboxState
from sandbox.state_paths import NOTICE


def content(sandbox: SandboxState, listening: Mapping[str, int]) -> dict[str, Any]:
    """`listening`: the port of each site."""
    paths = sandbox.paths
    faces = {name: {"url": f"https://{HOST}:{listening[name]}", "ca_file": str(tls.server_ca(paths))} for name in ("portal", "sifps")}
    agents = [
        {"login": a["login"], "password": a["password"], "role": a.get("role", "collectivite").upper(), "name": a["name"]}
        for a in sandbox.policy.agents
    ]
    editors = [{"id": e["id"], "name": e["name"], "key": e["key"], "qualified": e.get("qualified", True)} for e in sandbox.policy.editors]
    return {
        "notice": NOTICE,
        "pid": os.getpid(),
        **faces,
        "psce": _psce(sandbox, listening["psce"]),
        "mail_folder": str(paths.mail),
        "signed_folder": str(paths.signed),
        "agents": agents,
        "editors": editors,
        "requests_log": str(paths.requests),
    }


def _psce(sandbox: SandboxState, port: int) -> dict[str, Any]:
    """`ca_file` is the PSCE's own chain, `trust_store` its issuing CA as the collection wants it; `est_ca_file` is what its TLS is checked against."""
    paths, named = sandbox.paths, urls(sandbox.db)
    return {
        "drop_folder": str(paths.psce_in),
        "pickup_folder": str(paths.psce_out),
        "ca_file": str(psce.chain_file(paths)),
        "trust_store": str(psce.trust_store(paths)),
        "url": f"https://{HOST}:{port}",
        "est_url": f"https://{HOST}:{port}/.well-known/est",
        "est_ca_file": str(tls.server_ca(paths)),
        "est_accounts": [{"login": account["login"], "password": account["password"]} for account in sandbox.policy.est],
        "crl_url": named.crl,
        "ocsp_url": named.ocsp,
        "ca_issuers_url": named.ca_issuers,
    }
