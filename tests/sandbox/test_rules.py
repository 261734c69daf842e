# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of the contract's table refuses by its name, and lets pass what it should."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import StartSandbox
from tests.support.keys import Issued, get_issued
from tests.support.portal_client import PortalClient, SiFpsClient, code
from tests.support.values import AGENT, ANNEX, EDITOR, NUMBER, OTHER, SIRET, THIRD, UNQUALIFIED, clients, existing, policy, ready


def state(machine: SiFpsClient, siret: str = SIRET) -> tuple[str, str | None]:
    answer = machine.query(siret)
    return answer["etat"], answer["regle"]


def test_r1_no_certificate_and_no_convention_before_the_account_is_active(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy(control="never"))
    portal, machine, issued = clients(running, tmp_path)
    assert code(machine.install(SIRET, 403)) == ("COMPTE_NON_ACTIF", "R1")
    portal.upload(SIRET, portal.blank(), expect=404)
    portal.request_account(SIRET)
    assert code(machine.install(SIRET, 403)) == ("COMPTE_NON_ACTIF", "R1")
    assert state(machine) == ("REFUSE", "R1")
    assert code(machine.send(NUMBER, 403)) == ("COMPTE_NON_ACTIF", "R1")
    assert code(portal.upload(SIRET, portal.blank(), expect=409)) == ("COMPTE_NON_ACTIF", "R1")
    running.cli("approve", SIRET)
    machine.install(SIRET, 201)
    portal.upload(SIRET, portal.blank())
    portal.activate(SIRET, issued.fingerprint)
    assert state(machine) == ("AUTORISE", None)


def test_r1_holds_again_after_the_account_is_closed(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    portal, machine, issued = ready(running, tmp_path)
    assert code(portal.close_account(SIRET, 409)) == ("CERTIFICAT_ACTIF", None)
    portal.deactivate(SIRET, issued.fingerprint)
    assert portal.close_account(SIRET).json()["etat"] == "CLOS"
    assert portal.close_account(SIRET).json()["etat"] == "CLOS"
    assert state(machine) == ("REFUSE", "R1")
    assert code(portal.activate(SIRET, issued.fingerprint, 409)) == ("COMPTE_NON_ACTIF", "R1")
    portal.request_account(SIRET)
    assert portal.space(SIRET)["compte"]["etat"] == "ACTIF"


def test_r2_no_activation_before_both_have_signed(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing(convention=None, countersign="never"))
    portal, machine, issued = clients(running, tmp_path)
    machine.install(SIRET)
    assert code(portal.activate(SIRET, issued.fingerprint, 409)) == ("CONVENTION_NON_SIGNEE", "R2")
    portal.upload(SIRET, portal.blank())
    assert code(portal.activate(SIRET, issued.fingerprint, 409)) == ("CONVENTION_NON_SIGNEE", "R2")
    running.cli("countersign", SIRET)
    assert portal.activate(SIRET, issued.fingerprint).json()["etat"] == "ACTIF"


def test_r3_installing_never_activates_and_deactivation_forbids(sandbox: StartSandbox, tmp_path: Path) -> None:
    portal, machine, issued = clients(sandbox(existing()), tmp_path)
    assert state(machine) == ("INCONNU", None)
    assert code(machine.send(NUMBER, 403)) == ("CERTIFICAT_INCONNU", "R3")
    portal.activate(SIRET, issued.fingerprint, 404)
    assert machine.install(SIRET).json()["etat"] == "INACTIF"
    assert state(machine) == ("CONNU_INACTIF", "R3")
    assert code(machine.send(NUMBER, 403)) == ("CERTIFICAT_INACTIF", "R3")
    first = portal.activate(SIRET, issued.fingerprint).json()
    assert portal.activate(SIRET, issued.fingerprint).json() == first
    machine.send(NUMBER)
    assert portal.deactivate(SIRET, issued.fingerprint).json()["etat"] == "INACTIF"
    portal.deactivate(SIRET, issued.fingerprint)
    assert state(machine) == ("CONNU_INACTIF", "R3")


def test_r4_several_certificates_active_at_once(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    portal, first, certificate = ready(running, tmp_path)
    two = get_issued(running.endpoints, tmp_path, SIRET, "second")
    second = SiFpsClient(running.endpoints, two)
    second.install(SIRET, editor=EDITOR, label="Autre prestataire")
    portal.activate(SIRET, two.fingerprint)
    assert [state(first)[0], state(second)[0]] == ["AUTORISE", "AUTORISE"]
    assert [c["empreinte"] for c in portal.space(SIRET)["certificats"]] == [certificate.fingerprint, two.fingerprint]


def test_r5_complet_excludes_partiel(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(existing()).endpoints).login(*AGENT)
    assert code(portal.upload(SIRET, portal.blank("partiel"), "partiel", 409)) == ("CYCLE_EXCLUSIF", "R5")
    portal.upload(SIRET, portal.blank())
    conventions = portal.space(SIRET)["conventions"]
    assert [c["etat"] for c in conventions] == ["EN_VIGUEUR", "A_VENIR"]
    assert conventions[1]["debut"] > conventions[0]["fin"], "the next one begins after the one in force"
    assert code(portal.upload(SIRET, portal.blank("partiel"), "partiel", 409)) == ("CYCLE_EXCLUSIF", "R5")


def test_r5_complet_replaces_partiel_at_once(sandbox: StartSandbox, tmp_path: Path) -> None:
    portal, machine, _ = ready(sandbox(existing(cycle="partiel")), tmp_path)
    portal.upload(SIRET, portal.blank("complet"))
    partiel, complet = portal.space(SIRET)["conventions"]
    assert (partiel["etat"], complet["etat"]) == ("TERMINEE", "EN_VIGUEUR")
    assert partiel["fin"] < complet["debut"] == complet["contresignee_le"][:10]
    assert state(machine) == ("AUTORISE", None)


def test_r6_nothing_passes_after_the_wave(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    portal, machine, issued = ready(running, tmp_path)
    fin = portal.space(SIRET)["conventions"][0]["fin"]
    assert fin.endswith("-12-31")
    running.cli("tick", "--to", f"{fin}T23:59:30Z")
    assert state(machine) == ("AUTORISE", None), "the last day is included"
    running.cli("tick", "--days", "1")
    assert state(machine) == ("REFUSE", "R6")
    assert code(machine.send(NUMBER, 403)) == ("CONVENTION_TERMINEE", "R6")
    portal.login(*AGENT)
    ended = portal.space(SIRET)["conventions"][0]
    assert (ended["etat"], ended["etat_depuis"]) == ("TERMINEE", f"{int(fin[:4]) + 1}-01-01T00:00:00Z")
    assert portal.activate(SIRET, issued.fingerprint).json()["etat"] == "ACTIF", "active already: nothing changes"
    portal.deactivate(SIRET, issued.fingerprint)
    assert code(portal.activate(SIRET, issued.fingerprint, 409)) == ("CONVENTION_TERMINEE", "R6")
    portal.upload(SIRET, portal.blank())
    portal.activate(SIRET, issued.fingerprint)
    assert state(machine) == ("AUTORISE", None)


def test_r6_the_wave_of_a_countersignature(sandbox: StartSandbox) -> None:
    running = sandbox(existing(convention=None, countersign="never"))
    portal = PortalClient(running.endpoints)
    running.cli("tick", "--to", "2030-09-30T12:00:00Z")
    portal.login(*AGENT).upload(SIRET, portal.blank())
    running.cli("refuse", SIRET, "--reason", "illisible")
    running.cli("tick", "--to", "2032-09-30T12:00:00Z")
    portal.login(*AGENT).upload(SIRET, portal.blank())
    running.cli("countersign", SIRET)
    portal.upload(SIRET, portal.blank())
    running.cli("tick", "--to", "2032-10-01T12:00:00Z")
    running.cli("countersign", SIRET)
    refused, first, second = portal.login(*AGENT).space(SIRET)["conventions"]
    assert (refused["etat"], refused["motif"]) == ("REFUSEE", "illisible")
    assert (first["debut"], first["fin"]) == ("2032-09-30", "2032-12-31")
    assert (second["etat"], second["debut"], second["fin"]) == ("A_VENIR", "2033-01-01", "2035-12-31")


def test_r6_from_october_of_its_last_year_on_the_next_wave(sandbox: StartSandbox) -> None:
    running = sandbox(existing(convention=None))
    running.cli("tick", "--to", "2032-10-01")
    portal = PortalClient(running.endpoints).login(*AGENT)
    portal.upload(SIRET, portal.blank())
    shown = portal.space(SIRET)["conventions"][0]
    assert (shown["etat"], shown["debut"], shown["fin"]) == ("EN_VIGUEUR", "2032-10-01", "2035-12-31")


def test_r7_the_certificate_must_name_the_collectivite(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    _, machine, _ = ready(running, tmp_path)
    assert code(machine.install(OTHER, 403)) == ("SIRET_DIFFERENT", "R7")
    assert state(machine, OTHER) == ("REFUSE", "R7")
    assert code(machine.send(OTHER + "260000000001", 403)) == ("SIRET_DIFFERENT", "R7")
    assert machine.query(OTHER)["message"] == machine.query(THIRD)["message"], "nothing is learned about others"
    assert code(machine.install(ANNEX, 403)) == ("SIRET_DIFFERENT", "R7"), "an annex budget has its own SIRET under the same SIREN"
    siren_only = SiFpsClient(running.endpoints, get_issued(running.endpoints, tmp_path, SIRET[:9], "siren"))
    siren_only.install(SIRET)
    assert state(siren_only) == ("CONNU_INACTIF", "R3")


def test_r7_a_siret_with_a_wrong_key_is_refused_where_it_is_written(sandbox: StartSandbox, tmp_path: Path) -> None:
    portal, machine, _ = clients(sandbox(existing()), tmp_path)
    wrong = SIRET[:13] + str((int(SIRET[13]) + 1) % 10)
    assert code(portal.request_account(wrong, 422)) == ("SIRET_INVALIDE", "R7")
    assert code(machine.install(wrong, 422)) == ("SIRET_INVALIDE", "R7")
    assert code(machine.send(wrong + "260000000001", 422)) == ("SIRET_INVALIDE", "R7")
    machine.send("123", 400)
    portal.request_account("35600000000048", 201)  # La Poste has its own rule


def test_pki_date_is_a_reasoned_refusal_not_a_tls_alert(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing(convention=None))
    portal, machine, issued = clients(running, tmp_path)
    machine.install(SIRET)
    portal.upload(SIRET, portal.blank())
    portal.activate(SIRET, issued.fingerprint)
    portal.deactivate(SIRET, issued.fingerprint)
    running.cli("tick", "--days", "731")
    fresh = SiFpsClient(running.endpoints, issued)
    assert state(fresh) == ("REFUSE", "PKI-DATE")
    assert code(fresh.send(NUMBER, 403)) == ("CERTIFICAT_EXPIRE", "PKI-DATE")
    assert code(fresh.install(SIRET, 403)) == ("CERTIFICAT_EXPIRE", "PKI-DATE")
    portal.login(*AGENT)
    assert code(portal.activate(SIRET, issued.fingerprint, 409)) == ("CERTIFICAT_EXPIRE", "PKI-DATE")
    running.cli("tick", "--days=-732", "--back")
    assert state(fresh) == ("REFUSE", "PKI-DATE"), "not valid yet"


def test_editeur_only_a_qualified_one_installs(sandbox: StartSandbox, tmp_path: Path) -> None:
    _, machine, _ = clients(sandbox(existing()), tmp_path)
    for editor in (UNQUALIFIED, ("inconnu", "x"), (EDITOR[0], "fausse"), (EDITOR[0], "clé".encode().decode("latin-1"))):
        assert code(machine.install(SIRET, 403, editor)) == ("EDITEUR_NON_QUALIFIE", "EDITEUR")
    machine.install(SIRET, 201, EDITOR)


def test_another_upload_waits_for_the_first(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(existing(countersign="never")).endpoints).login(*AGENT)
    portal.upload(SIRET, portal.blank())
    assert code(portal.upload(SIRET, portal.blank(), expect=409)) == ("CONVENTION_EN_ATTENTE", None)


def test_requests_for_an_account_that_is_there_or_under_control(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(policy(control="never", collectivites=existing()["collectivites"])).endpoints).init()
    assert code(portal.request_account(SIRET, 409)) == ("COMPTE_ACTIF", None)
    portal.request_account(THIRD)
    assert code(portal.request_account(THIRD, 409)) == ("DEMANDE_EN_CONTROLE", None)


def test_issued_is_what_the_space_shows(sandbox: StartSandbox, tmp_path: Path) -> None:
    portal, _, issued = ready(sandbox(existing()), tmp_path)
    shown = portal.space(SIRET)["certificats"][0]
    _same(shown, issued)


def _same(shown: dict[str, str], issued: Issued) -> None:
    certificate = issued.certificate
    assert shown["sujet"] == certificate.subject.rfc4514_string()
    assert shown["emetteur"] == certificate.issuer.rfc4514_string()
    assert shown["valide_au"] == certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
