# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIRETs, numbers and policies that many tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.keys import Issued, get_issued
from tests.support.portal_client import PortalClient, SiFpsClient
from tests.support.sandbox_process import SandboxProcess

SIRET = "21690123100011"
ANNEX = "21690123100029"
OTHER = "21310555400017"
THIRD = "21060088800015"
NUMBER = SIRET + "26" + "0000000001"
AGENT = ("agent", "secret-agent")
EDITOR = ("editeur-1", "cle-1")
UNQUALIFIED = ("editeur-2", "cle-2")
EST = ("est", "secret-est")
EST_OF_THIRD = ("est-3", "secret-est-3")
EXISTING = {"account": "active", "convention": "in_force", "agent": AGENT[0]}


def policy(**changes: Any) -> dict[str, Any]:
    """One agent mandated for SIRET and THIRD, a qualified and an unqualified editor, two EST accounts; people accept, but the mayor."""
    return {
        "agents": [{"login": AGENT[0], "password": AGENT[1], "name": "Agent", "email": "agent@essai.example", "mandates": [SIRET, THIRD]}],
        "editors": [
            {"id": EDITOR[0], "name": "Un", "key": EDITOR[1], "qualified": True},
            {"id": UNQUALIFIED[0], "name": "Deux", "key": UNQUALIFIED[1], "qualified": False},
        ],
        "est": [
            {"login": EST[0], "password": EST[1]},
            {"login": EST_OF_THIRD[0], "password": EST_OF_THIRD[1], "sirets": [THIRD]},
        ],
        "est_retry_after_seconds": 2,
        **changes,
    }


def existing(convention: str | None = "in_force", cycle: str = "complet", **changes: Any) -> dict[str, Any]:
    """A policy where SIRET has an active account already."""
    entry = {"name": "Lyon", "cycle": cycle, "existing": {**EXISTING, "convention": convention}, **changes.pop("entry", {})}
    return policy(collectivites={SIRET: entry}, **changes)


def clients(running: SandboxProcess, folder: Path, siret: str = SIRET) -> tuple[PortalClient, SiFpsClient, Issued]:
    """The agent, logged in, and a machine with a certificate for this SIRET."""
    portal = PortalClient(running.endpoints).login(*AGENT)
    issued = get_issued(running.endpoints, folder, siret)
    return portal, SiFpsClient(running.endpoints, issued), issued


def ready(running: SandboxProcess, folder: Path) -> tuple[PortalClient, SiFpsClient, Issued]:
    """As clients(), with the certificate installed and active: an FPS would pass."""
    portal, machine, issued = clients(running, folder)
    machine.install(SIRET)
    portal.activate(SIRET, issued.fingerprint)
    return portal, machine, issued
