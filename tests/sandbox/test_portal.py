# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions, mandates, accounts, paging and documents of the portal."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.conftest import StartSandbox
from tests.support.portal_client import PortalClient, code, request_body
from tests.support.values import AGENT, OTHER, SIRET, THIRD, existing, policy

NOTICE = "bac à sable – document fictif, sans valeur, pas de l'ANTAI"


def test_xsrf_is_needed_and_must_be_ours(sandbox: StartSandbox) -> None:
    endpoints = sandbox(policy()).endpoints
    portal = PortalClient(endpoints)
    assert code(portal.call("GET", "/api/agents/moi", 403)) == ("XSRF", None)
    portal.init()
    right = str(portal.session.headers.pop("X-Xsrf-Token"))
    assert code(portal.call("POST", "/api/login", 403)) == ("XSRF", None)
    portal.session.headers["X-Xsrf-Token"] = right + "0"
    assert code(portal.call("POST", "/api/login", 403)) == ("XSRF", None)
    invented = PortalClient(endpoints)
    invented.session.headers.update({"X-Xsrf-Token": "a.b", "Cookie": "XSRF-TOKEN=a.b"})
    assert code(invented.call("POST", "/api/login", 403)) == ("XSRF", None)


def test_login_and_its_refusals(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    portal = PortalClient(running.endpoints)
    portal.login(AGENT[0], "faux", 401)
    portal.login("inconnu", AGENT[1], 401)
    for header in (
        "",
        "Basic",
        "Basic ===",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        "Bearer x",
        "Basic " + base64.b64encode(b"sans").decode(),
    ):
        assert code(portal.call("POST", "/api/login", 401, headers={"Authorization": header})) == ("AUTHENTIFICATION", None)
    portal.call("GET", "/api/agents/moi", 401)
    portal.login(*AGENT)
    me = portal.call("GET", "/api/agents/moi", 200).json()
    assert me == {"login": "agent", "nom": "Agent", "role": "COLLECTIVITE", "mandats": 2}
    assert AGENT[1] not in (running.state_dir / "requests.jsonl").read_text()


def test_a_token_lasts_an_hour_of_the_sandbox(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    portal = PortalClient(running.endpoints).login(*AGENT)
    running.cli("tick", "--seconds", "3500")
    portal.call("GET", "/api/agents/moi", 200)
    running.cli("tick", "--seconds", "200")
    portal.call("GET", "/api/agents/moi", 401)
    for bad in ("x", "x.y", "é.y"):
        portal.call("GET", "/api/agents/moi", 401, headers={"Authorization": f"Bearer {bad}".encode()})


def test_mandates_never_tell_whether_another_exists(sandbox: StartSandbox) -> None:
    entries = {SIRET: {"name": "Lyon"}, OTHER: {"name": "Toulouse", "existing": {}}}
    portal = PortalClient(sandbox(policy(collectivites=entries)).endpoints).login(*AGENT)
    answers = []
    for siret in (OTHER, "21440109300015"):  # one exists, one does not
        for method, path, body in (
            ("GET", "", None),
            ("PUT", "/compte", {k: v for k, v in request_body(siret).items() if k in ("nom", "departement", "adresse", "courriel")}),
            ("POST", "/cloture", None),
            ("POST", "/conventions", {"cycle": "complet", "nom_fichier": "x", "document": "eA=="}),
            ("GET", "/conventions/1/document", None),
            ("POST", f"/certificats/{'0' * 64}/activation", None),
            ("POST", f"/certificats/{'0' * 64}/desactivation", None),
        ):
            answer = portal.call(method, f"/api/espaces/{siret}{path}", 403, json=body)
            answers.append(answer.text.replace(siret, "*"))
    assert set(answers) == {answers[0]} and code(answer) == ("MANDAT", None)
    portal.space(SIRET, 404)
    assert portal.call("GET", "/api/espaces", 200).json()["total"] == 0


def test_following_a_request_needs_its_email(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(policy(control="never")).endpoints).init()
    portal.call("GET", f"/api/demandes/{SIRET}?courriel=alix@essai.example", 404)
    sent = portal.request_account(SIRET).json()
    assert portal.call("GET", f"/api/demandes/{SIRET}?courriel=ALIX@essai.example", 200).json() == sent
    portal.call("GET", f"/api/demandes/{SIRET}?courriel=autre@essai.example", 404)
    portal.call("GET", f"/api/demandes/{SIRET}", 400)


def test_an_unknown_agent_gets_credentials_by_mail(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    portal = PortalClient(running.endpoints).init()
    portal.request_account(SIRET)
    mail_file = Path(running.endpoints["mail_folder"]) / f"{SIRET}.json"
    mail = json.loads(mail_file.read_text())
    assert mail["to"] == "alix@essai.example" and mail["password"] in mail["body"]
    assert mail_file.stat().st_mode & 0o777 == 0o600
    portal.login(mail["login"], mail["password"])
    assert portal.space(SIRET)["compte"]["etat"] == "ACTIF"
    portal.space(OTHER, 403)
    second = PortalClient(running.endpoints).init()
    second.request_account(OTHER)
    assert not (Path(running.endpoints["mail_folder"]) / f"{OTHER}.json").exists(), "the same agent has an account already"
    assert portal.call("GET", "/api/espaces", 200).json()["total"] == 2


def test_changing_an_account(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(existing(control="never")).endpoints).login(*AGENT)
    body = {"nom": "Nouveau nom", "departement": "2A", "adresse": request_body(SIRET)["adresse"], "courriel": "a@b.example"}
    portal.call("PUT", f"/api/espaces/{SIRET}/compte", 200, json=body)
    assert portal.space(SIRET)["compte"]["nom"] == "Nouveau nom"
    portal.call("PUT", f"/api/espaces/{SIRET}/compte", 422, json={**body, "courriel": "sans-arobase"})
    portal.call("PUT", f"/api/espaces/{SIRET}/compte", 422, json={**body, "nom": "   "})
    portal.call("PUT", f"/api/espaces/{THIRD}/compte", 404, json=body)
    portal.request_account(THIRD)
    assert code(portal.call("PUT", f"/api/espaces/{THIRD}/compte", 409, json=body)) == ("COMPTE_NON_ACTIF", None)


def test_paging_and_sorting(sandbox: StartSandbox) -> None:
    sirets = ["21060088800015", "21310555400017", "21340172200011", "21440109300015", "21690123100011"]
    names = ["Nice", "Toulouse", "Montpellier", "Nantes", "Nice"]
    entries = {s: {"name": n, "existing": {"agent": "agent"}} for s, n in zip(sirets, names, strict=True)}
    portal = PortalClient(sandbox(policy(collectivites=entries)).endpoints).login(*AGENT)

    def listed(query: str) -> list[str]:
        answer = portal.call("GET", f"/api/espaces?{query}", 200).json()
        assert answer["total"] == 5
        return [e["compte"]["siret"] for e in answer["elements"]]

    assert listed("") == sirets
    assert listed("desc=true") == sirets[::-1]
    assert listed("taille=2&page=2") == sirets[2:4]
    assert listed("taille=2&page=9") == []
    assert listed("sort=nom") == [s for _, s in sorted(zip(names, sirets, strict=True))]
    by_name_down = listed("sort=nom&desc=true&taille=3") + listed("sort=nom&desc=true&taille=3&page=2")
    assert by_name_down == [sirets[1], sirets[0], sirets[4], sirets[3], sirets[2]], "the SIRET that follows the name always rises"
    portal.close_account(sirets[4])
    assert listed("sort=etat") == sirets
    assert listed("sort=etat&desc=true")[0] == sirets[4]
    for bad in ("taille=101", "taille=0", "page=x", "page=1&page=2", "sort=prix", "desc=1", "inconnu=1", "page=999999999999999999999"):
        portal.call("GET", f"/api/espaces?{bad}", 400)


def test_the_list_follows_each_change_of_an_account(sandbox: StartSandbox) -> None:
    running = sandbox(existing(control="never"))
    portal = PortalClient(running.endpoints).login(*AGENT)

    def listed() -> list[tuple[str, str]]:
        elements = portal.call("GET", "/api/espaces?sort=nom", 200).json()["elements"]
        return [(e["compte"]["nom"], e["compte"]["etat"]) for e in elements]

    assert listed() == [("Lyon", "ACTIF")]
    portal.request_account(THIRD, nom="Nice")
    assert listed() == [("Lyon", "ACTIF"), ("Nice", "EN_CONTROLE")]
    running.cli("approve", THIRD)
    body = {k: v for k, v in request_body(SIRET, nom="Zuydcoote").items() if k in ("nom", "departement", "adresse", "courriel")}
    portal.call("PUT", f"/api/espaces/{SIRET}/compte", 200, json=body)
    assert listed() == [("Nice", "ACTIF"), ("Zuydcoote", "ACTIF")]


def test_the_list_shows_what_the_space_shows(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(existing()).endpoints).login(*AGENT)
    portal.upload(SIRET, portal.blank())
    assert portal.call("GET", "/api/espaces", 200).json()["elements"] == [portal.space(SIRET)]


@pytest.mark.parametrize("cycle", ["complet", "partiel"])
def test_the_blank_convention_is_a_form(sandbox: StartSandbox, cycle: str) -> None:
    portal = PortalClient(sandbox(policy()).endpoints).init()
    content = portal.blank(cycle)
    assert content == portal.blank(cycle)
    reader = PdfReader(io.BytesIO(content))
    assert {"nom", "siret", "adresse", "signataire", "fonction", "deliberation_numero", "deliberation_date", "courriel"} <= set(
        reader.get_fields() or {}
    )
    for page in reader.pages:
        assert NOTICE in page.extract_text() and f"cycle {cycle}" in page.extract_text()


def test_the_countersigned_copy(sandbox: StartSandbox) -> None:
    running = sandbox(existing(convention=None, countersign="never"))
    portal = PortalClient(running.endpoints).login(*AGENT)
    running.cli("sign", SIRET)
    signed = (running.state_dir / "signed" / f"{SIRET}.pdf").read_bytes()
    text = PdfReader(io.BytesIO(signed)).pages[0].extract_text()
    assert SIRET in text and "Signé" in text and NOTICE in text
    sent = portal.upload(SIRET, signed).json()
    assert sent["empreinte"] == hashlib.sha256(signed).hexdigest() and sent["empreinte_contresignee"] is None
    path = f"/api/espaces/{SIRET}/conventions/{sent['id']}/document"
    portal.call("GET", path, 404)
    running.cli("countersign", SIRET)
    copy = portal.call("GET", path, 200).content
    shown = portal.space(SIRET)["conventions"][0]
    assert shown["empreinte_contresignee"] == hashlib.sha256(copy).hexdigest()
    pages = PdfReader(io.BytesIO(copy)).pages
    assert len(pages) == 2
    assert all(word in pages[1].extract_text() for word in (NOTICE, shown["debut"], shown["fin"], SIRET))


def test_documents_that_are_refused(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(existing(convention=None)).endpoints).login(*AGENT)
    for content in (b"", b"texte", b"%PDF-1.4\nrien", b"%PDF-1.4" + b"x" * (5 * 1024 * 1024)):
        assert code(portal.upload(SIRET, content, expect=422)) == ("DOCUMENT", None)
    body = {"cycle": "complet", "nom_fichier": "a.pdf", "document": "pas du base64 !"}
    portal.call("POST", f"/api/espaces/{SIRET}/conventions", 422, json=body)
    answer = portal.call("POST", f"/api/espaces/{SIRET}/conventions", 413, data=b"x" * (8 * 1024 * 1024 + 1))
    assert code(answer) == ("TROP_VOLUMINEUX", None)
    assert portal.space(SIRET)["conventions"] == []


def test_unreadable_bodies_name_the_field(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(policy()).endpoints).init()
    right = request_body(SIRET)
    for body in (
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"siret": NaN}',
        b'{"siret": ' + b"9" * 5000 + b"}",
        json.dumps({**right, "nom": "\ud800"}).encode(),
    ):
        assert portal.call("POST", "/api/demandes", 400, data=body).json()["erreur"]["code"] == "SYNTAXE"
    for change, named in (
        ({"siret": SIRET + "\n"}, "siret"),
        ({"siret": 21690123100011}, "siret"),
        ({"nom": "a\x00b"}, "nom"),
        ({"departement": "1"}, "departement"),
        ({"adresse": {**right["adresse"], "code_postal": "6900"}}, "adresse.code_postal"),
        ({"adresse": {"voie": "x"}}, "adresse"),
        ({"surplus": 1}, "corps"),
    ):
        message = portal.call("POST", "/api/demandes", 400, json={**right, **change}).json()["erreur"]["message"]
        assert named in message
    portal.request_account(SIRET, 422, agent={"nom": "A", "courriel": "sans-arobase"})
    portal.request_account(SIRET, nom="Œuvre « été » 日本")


def test_unknown_paths_and_methods(sandbox: StartSandbox) -> None:
    portal = PortalClient(sandbox(policy()).endpoints).login(*AGENT)
    assert code(portal.call("GET", "/ailleurs", 404))[0] == "CHEMIN_INCONNU"
    answer = portal.call("DELETE", "/api/espaces", 405)
    assert answer.headers["Allow"] == "GET"
    portal.call("GET", "/api/espaces/123", 400)
    portal.call("GET", f"/api/espaces/{SIRET}/conventions/0/document", 400)
