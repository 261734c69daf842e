# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""endpoints.json: where everything is, for who uses a running sandbox."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sandbox import psce, tls
from sandbox.layout import NOTICE
from sandbox.ports import HOST, urls
from sandbox.world import World


def content(world: World, listening: Mapping[str, int]) -> dict[str, Any]:
    """`listening`: the port of each site."""
    layout = world.layout
    faces = {name: {"url": f"https://{HOST}:{listening[name]}", "ca_file": str(tls.server_ca(layout))} for name in ("portal", "sifps")}
    agents = [
        {"login": a["login"], "password": a["password"], "role": a.get("role", "collectivite").upper(), "name": a["name"]}
        for a in world.policy.agents
    ]
    editors = [{"id": e["id"], "name": e["name"], "key": e["key"], "qualified": e.get("qualified", True)} for e in world.policy.editors]
    return {
        "notice": NOTICE,
        "pid": os.getpid(),
        **faces,
        "psce": _psce(world, listening["psce"]),
        "mail_folder": str(layout.mail),
        "signed_folder": str(layout.signed),
        "agents": agents,
        "editors": editors,
        "requests_log": str(layout.requests),
    }


def _psce(world: World, port: int) -> dict[str, Any]:
    """`ca_file` is the PSCE's own chain, `trust_store` its issuing CA as the collection wants it; `est_ca_file` is what its TLS is checked against."""
    layout, named = world.layout, urls(world.db)
    return {
        "drop_folder": str(layout.psce_in),
        "pickup_folder": str(layout.psce_out),
        "ca_file": str(psce.chain_file(layout)),
        "trust_store": str(psce.trust_store(layout)),
        "url": f"https://{HOST}:{port}",
        "est_url": f"https://{HOST}:{port}/.well-known/est",
        "est_ca_file": str(tls.server_ca(layout)),
        "est_accounts": [{"login": account["login"], "password": account["password"]} for account in world.policy.est],
        "crl_url": named.crl,
        "ocsp_url": named.ocsp,
        "ca_issuers_url": named.ca_issuers,
    }
