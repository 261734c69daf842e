# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ANTAI's people, the mayor and the PSCE: at once, never, or by hand; and the listing's lag."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.conftest import StartSandbox
from tests.support.keys import drop, get_issued, make_csr
from tests.support.portal_client import PortalClient, SiFpsClient
from tests.support.sandbox_process import SandboxProcess
from tests.support.values import AGENT, OTHER, SIRET, THIRD, clients, existing, policy


def follow(portal: PortalClient, siret: str) -> tuple[str, str | None]:
    answer = portal.call("GET", f"/api/demandes/{siret}?courriel=alix@essai.example", 200).json()
    return answer["etat"], answer["motif"]


def test_control_at_once_never_and_refused_per_collectivite(sandbox: StartSandbox) -> None:
    entries = {SIRET: {"control": "never"}, OTHER: {"control": {"refuse": "SIRET d'un budget annexe"}}}
    running = sandbox(policy(collectivites=entries))
    portal = PortalClient(running.endpoints).login(*AGENT)
    for siret in (SIRET, OTHER, THIRD):
        assert portal.request_account(siret).json()["etat"] == "EN_CONTROLE"
    assert follow(portal, SIRET) == ("EN_CONTROLE", None)
    assert portal.space(SIRET, 200)["compte"]["etat"] == "EN_CONTROLE"
    assert follow(portal, OTHER) == ("REFUSEE", "SIRET d'un budget annexe")
    assert follow(portal, THIRD) == ("ACCEPTEE", None)
    portal.request_account(OTHER)  # a request may follow a refused one
    assert "accepted" in running.cli("approve", SIRET).stdout
    assert follow(portal, SIRET) == ("ACCEPTEE", None)


def test_refused_by_hand_then_asked_again(sandbox: StartSandbox) -> None:
    running = sandbox(policy(control="never"))
    portal = PortalClient(running.endpoints).login(*AGENT)
    portal.request_account(SIRET)
    running.cli("refuse", SIRET, "--reason", "Adresse incomplète")
    assert follow(portal, SIRET) == ("REFUSEE", "Adresse incomplète")
    assert portal.space(SIRET)["compte"]["etat"] == "REFUSE"
    portal.request_account(SIRET)
    assert follow(portal, SIRET) == ("EN_CONTROLE", None)


def test_countersignature_at_once_refused_and_by_hand(sandbox: StartSandbox) -> None:
    entry = {"name": "x", "existing": {"agent": AGENT[0]}}
    entries = {SIRET: {**entry, "countersign": "never"}, OTHER: {**entry, "countersign": {"refuse": "Délibération absente"}}, THIRD: entry}
    running = sandbox(policy(collectivites=entries))
    portal = PortalClient(running.endpoints).login(*AGENT)
    for siret in (SIRET, OTHER, THIRD):
        assert portal.upload(siret, portal.blank()).json()["etat"] == "DEPOSEE"
    states = {s: portal.space(s)["conventions"][0] for s in (SIRET, OTHER, THIRD)}
    assert [states[s]["etat"] for s in (SIRET, OTHER, THIRD)] == ["DEPOSEE", "REFUSEE", "EN_VIGUEUR"]
    assert states[OTHER]["motif"] == "Délibération absente"
    running.cli("refuse", SIRET, "--reason", "Signature absente")
    assert portal.space(SIRET)["conventions"][0]["motif"] == "Signature absente"
    portal.upload(SIRET, portal.blank())
    running.cli("countersign", SIRET)
    assert portal.space(SIRET)["conventions"][1]["etat"] == "EN_VIGUEUR"


def test_a_pdf_that_cannot_be_copied_is_refused_not_an_error(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(existing(convention=None)).endpoints).login(*AGENT)
    broken = portal.blank().replace(b"/Annots [", b"/Annots (")
    assert portal.upload(SIRET, broken).json()["etat"] == "DEPOSEE"
    assert portal.space(SIRET)["conventions"][0]["etat"] == "REFUSEE"


def test_the_mayor_signs_at_start_or_by_hand(sandbox: StartSandbox) -> None:
    entries = {SIRET: {"name": "Lyon", "cycle": "partiel", "sign": "accept"}, OTHER: {"name": "Toulouse"}}
    running = sandbox(policy(collectivites=entries))
    signed = Path(running.endpoints["signed_folder"])
    assert [p.name for p in signed.iterdir()] == [f"{SIRET}.pdf"]
    text = PdfReader(io.BytesIO((signed / f"{SIRET}.pdf").read_bytes())).pages[0].extract_text()
    assert "cycle partiel" in text and "Lyon" in text
    running.cli("sign", OTHER)
    assert (signed / f"{OTHER}.pdf").exists()


def test_psce_by_hand_with_the_server_and_without(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy(issue="never", collectivites={THIRD: {"issue": "accept"}}))
    endpoints = running.endpoints
    content, _ = make_csr(SIRET)
    drop(endpoints, "attend", content)
    get_issued(endpoints, tmp_path, THIRD)  # the clerk has been at the counter since
    assert not (running.state_dir / "psce/out/attend.pem").exists()
    assert "PSCE: issue" in running.cli("status").stdout
    assert running.cli("issue", OTHER, check=False).returncode == 1
    assert "issued" in running.cli("issue", SIRET).stdout
    assert (running.state_dir / "psce/out/attend.pem").exists()
    running.stop()
    drop(endpoints, "encore", content)
    running.cli("issue", SIRET)
    assert (running.state_dir / "psce/out/encore.pem").exists()
    assert (running.state_dir / "psce/done/encore.csr").exists()


def test_an_installed_certificate_shows_up_after_the_lag(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing(listing_lag_seconds=3000))
    portal = PortalClient(running.endpoints).login(*AGENT)
    issued = get_issued(running.endpoints, tmp_path, SIRET)
    machine = SiFpsClient(running.endpoints, issued)
    machine.install(SIRET)
    assert portal.space(SIRET)["certificats"] == []
    portal.activate(SIRET, issued.fingerprint, 404)
    assert machine.query(SIRET)["etat"] == "CONNU_INACTIF"
    machine.install(SIRET, 200)
    running.cli("tick", "--seconds", "3000")
    assert [c["empreinte"] for c in portal.space(SIRET)["certificats"]] == [issued.fingerprint]
    portal.activate(SIRET, issued.fingerprint)


def test_nothing_to_do_is_a_clear_error(sandbox: StartSandbox) -> None:
    running = sandbox(existing())
    for arguments in (
        ("approve", SIRET),
        ("countersign", SIRET),
        ("refuse", SIRET, "--reason", "x"),
        ("issue", SIRET),
        ("approve", "123"),
        ("sign", "21690123100012"),
    ):
        done = running.cli(*arguments, check=False)
        assert done.returncode == 1, arguments
        assert done.stderr.startswith("sandbox: ") and len(done.stderr.splitlines()) == 1, done.stderr


def test_no_state_yet_is_a_clear_error(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path / "nowhere")
    done = process.cli("status", check=False)
    assert done.returncode == 1 and "no sandbox state" in done.stderr


def test_status_says_who_acts(sandbox: StartSandbox) -> None:
    running = sandbox(policy(control="never", collectivites={OTHER: {"name": "Toulouse", "existing": {"convention": "in_force"}}}))
    PortalClient(running.endpoints).init().request_account(SIRET)
    table = running.cli("status").stdout
    rows = {line.split()[0]: line for line in table.splitlines()[2:]}
    assert "ANTAI: approve or refuse" in rows[SIRET] and "EN_CONTROLE" in rows[SIRET]
    assert "EN_VIGUEUR" in rows[OTHER] and rows[OTHER].rstrip().endswith("-")


def test_seed_in_bulk(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy())
    file = tmp_path / "seed.jsonl"
    entries = [{"siret": s, "name": "x", "existing": {"agent": AGENT[0], "convention": "in_force"}} for s in (SIRET, OTHER)]
    file.write_text("\n".join(map(json.dumps, entries)))
    assert "2 collectivité(s)" in running.cli("seed", "--file", str(file)).stdout
    portal = PortalClient(running.endpoints).login(*AGENT)
    assert [e["conventions"][0]["etat"] for e in portal.call("GET", "/api/espaces", 200).json()["elements"]] == ["EN_VIGUEUR"] * 2
    file.write_text('{"siret": "1"}')
    assert "line 1" in running.cli("seed", "--file", str(file), check=False).stderr


def test_certificates_that_were_installed_before(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy())
    issued = get_issued(running.endpoints, tmp_path, SIRET)
    existing_certificate = {"file": str(issued.certificate_file), "provider": "acme"}
    file = tmp_path / "seed.jsonl"
    file.write_text(
        json.dumps({"siret": SIRET, "existing": {"agent": AGENT[0], "convention": "in_force", "certificates": [existing_certificate]}})
    )
    running.cli("seed", "--file", str(file))
    shown = PortalClient(running.endpoints).login(*AGENT).space(SIRET)["certificats"]
    assert [(certificate["empreinte"], certificate["prestataire"], certificate["etat"]) for certificate in shown] == [
        (issued.fingerprint, "acme", "ACTIF")
    ]
    assert SiFpsClient(running.endpoints, issued).query(SIRET)["etat"] == "AUTORISE"
    running.cli("seed", "--file", str(file))
    entry = {"siret": OTHER, "existing": {"certificates": [{"file": "/nowhere.pem", "provider": "acme"}]}}
    file.write_text(json.dumps(entry))
    assert f"certificate of {OTHER} cannot be read" in running.cli("seed", "--file", str(file), check=False).stderr


@pytest.mark.parametrize("convention,state", [("in_force", ["EN_VIGUEUR"]), ("ended", ["TERMINEE"]), (None, [])])
def test_what_existed_before(sandbox: StartSandbox, convention: str | None, state: list[str]) -> None:
    portal = PortalClient(sandbox(existing(convention=convention)).endpoints).login(*AGENT)
    conventions = portal.space(SIRET)["conventions"]
    assert [c["etat"] for c in conventions] == state
    for shown in conventions:
        portal.call("GET", f"/api/espaces/{SIRET}/conventions/{shown['id']}/document", 200)
    assert portal.call("GET", f"/api/demandes/{SIRET}?courriel=agent@essai.example", 200).json()["etat"] == "ACCEPTEE"


def test_the_agent_activates_in_the_space(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    assert "no inactive certificate" in running.cli("activate", SIRET, check=False).stderr
    portal, machine, issued = clients(running, tmp_path)
    machine.install(SIRET)
    assert issued.fingerprint in running.cli("activate", SIRET).stdout
    assert [certificate["etat"] for certificate in portal.space(SIRET)["certificats"]] == ["ACTIF"]


def test_the_agent_cannot_activate_without_a_convention(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing(convention=None))
    portal, machine, _issued = clients(running, tmp_path)
    machine.install(SIRET)
    assert "R2" in running.cli("activate", SIRET, check=False).stderr
    assert [certificate["etat"] for certificate in portal.space(SIRET)["certificats"]] == ["INACTIF"]
