# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three operations of the letter, from nothing to an accepted FPS, and each rule both ways on the road."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import StartSandbox
from tests.support.keys import get_issued
from tests.support.portal_client import PortalClient, SiFpsClient, code
from tests.support.values import AGENT, NUMBER, SIRET, policy


def test_from_nothing_to_an_fps(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy(sign="accept", collectivites={SIRET: {"name": "Lyon"}}))
    portal = PortalClient(running.endpoints).login(*AGENT)
    agent = {"nom": "Agent", "courriel": "agent@essai.example"}
    assert portal.request_account(SIRET, agent=agent).json()["etat"] == "EN_CONTROLE"
    assert portal.space(SIRET)["compte"]["etat"] == "ACTIF"
    issued = get_issued(running.endpoints, tmp_path, SIRET)
    machine = SiFpsClient(running.endpoints, issued)
    assert machine.query(SIRET)["etat"] == "INCONNU"
    assert machine.install(SIRET).json()["etat"] == "INACTIF"
    machine.install(SIRET, 200)
    assert (machine.query(SIRET)["etat"], machine.query(SIRET)["regle"]) == ("CONNU_INACTIF", "R3")
    assert code(portal.activate(SIRET, issued.fingerprint, 409)) == ("CONVENTION_NON_SIGNEE", "R2")
    signed = (Path(running.endpoints["signed_folder"]) / f"{SIRET}.pdf").read_bytes()
    assert portal.upload(SIRET, signed).json()["etat"] == "DEPOSEE"
    assert portal.space(SIRET)["conventions"][0]["etat"] == "EN_VIGUEUR"
    assert machine.query(SIRET)["etat"] == "CONNU_INACTIF", "R3: installing never activates"
    assert portal.activate(SIRET, issued.fingerprint).json()["etat"] == "ACTIF"
    assert machine.query(SIRET)["etat"] == "AUTORISE"
    accepted = machine.send(NUMBER).json()["accepte_le"]
    machine.send(NUMBER, 409)
    assert machine.query(SIRET)["dernier_echange_le"] == accepted
    assert portal.space(SIRET)["certificats"][0]["dernier_echange_le"] == accepted
