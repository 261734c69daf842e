# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in speaks: every path, verb and field. OURS, made to differ from the sandbox's interface in as much as possible; it is not ANTAI's."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs

from sandbox import portal, sifps, validation
from sandbox.answers import PDF, Answer, json_answer
from sandbox.authentication import Caller
from sandbox.contract import ContractOperation
from sandbox.errors import Refusal
from sandbox.sessions import password_matches
from tests.stand_in.face import Route, RouteRequest, StandInFace

CYCLES = {"complet": "CC", "partiel": "CP"}
SITUATIONS = {"EN_CONTROLE": "CTL", "REFUSE": "REJ", "REFUSEE": "REJ", "ACTIF": "OUV", "ACCEPTEE": "OK", "CLOS": "CLO"}
DECISIONS = {"AUTORISE": 1, "CONNU_INACTIF": 2, "REFUSE": 3, "INCONNU": 4}
PAGE = 1
COLLECTIVITE = r"/guichet/v2/collectivites/C-(?P<siret>[0-9]{14})"


def _route(operation: ContractOperation, handlers: Any, method: str, pattern: str, read: Any, write: Any, **more: Any) -> Route:
    return Route(method, re.compile(pattern), operation, handlers[operation.id], read, write, **more)


# The words of one record


def _epoch(moment: str | None) -> int | None:
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000) if moment else None


def _day(day: str | None) -> str | None:
    return "/".join(reversed(day.split("-"))) if day else None


def collectivite(account: dict[str, Any]) -> dict[str, Any]:
    siret, address = account["siret"], account["adresse"]
    return {
        "reference": f"C-{siret}",
        "identite": {"siren": siret[:9], "nic": siret[9:], "raisonSociale": account["nom"], "codeDepartement": account["departement"]},
        "adressePostale": {"ligne": address["voie"], "codePostal": address["code_postal"], "ville": address["commune"]},
        "contact": {"mel": account["courriel"]},
        "situation": {"code": SITUATIONS[account["etat"]], "depuis": _epoch(account["etat_depuis"]), "motif": account["motif"]},
    }


def convention(item: dict[str, Any]) -> dict[str, Any]:
    signed = item["etat"] in ("A_VENIR", "EN_VIGUEUR", "TERMINEE")
    copy = item["empreinte_contresignee"]
    return {
        "numero": item["id"],
        "typeConvention": CYCLES[item["cycle"]],
        "rejet": {"motif": item["motif"]} if item["etat"] == "REFUSEE" else None,
        "signatures": {"collectivite": True, "antai": signed},
        "periode": {"du": _day(item["debut"]), "au": _day(item["fin"])},
        "depuis": _epoch(item["etat_depuis"]),
        "documents": {"depose": _base64(item["empreinte"]), "contresigne": _base64(copy) if copy else None},
    }


def _base64(fingerprint: str) -> str:
    return base64.b64encode(bytes.fromhex(fingerprint)).decode()


def certificat(sandbox: Any, item: dict[str, Any], siret: str) -> dict[str, Any]:
    row = sandbox.db.fetch_one("SELECT id FROM certificat WHERE siret = ? AND empreinte = ?", siret, item["empreinte"])
    text = item["empreinte"].upper()
    return {
        "identifiant": row["id"],
        "empreinte": {"sha256": ":".join(text[at : at + 2] for at in range(0, 64, 2))},
        "libelle": item["prestataire"],
        "porteur": {"sujet": item["sujet"], "emetteur": item["emetteur"]},
        "validite": {"du": _epoch(item["valide_du"]), "au": _epoch(item["valide_au"])},
        "actif": item["etat"] == "ACTIF",
        "depuis": _epoch(item["etat_depuis"]),
        "dernierEchange": _epoch(item["dernier_echange_le"]),
    }


# Reading requests


def _identity(body: Any) -> dict[str, Any]:
    """Of the sandbox's fields, those that ours has in other places. Raises Refusal 400 where something is missing."""
    try:
        caller, address = body["identite"], body["adressePostale"]
        return {
            "siret": caller["siren"] + caller["nic"],
            "nom": caller["raisonSociale"],
            "departement": caller["codeDepartement"],
            "adresse": {"voie": address["ligne"], "code_postal": address["codePostal"], "commune": address["ville"]},
            "courriel": body["contact"]["mel"],
        }
    except (KeyError, TypeError) as error:
        raise validation.malformed(f"Champ absent : {error}") from error


def read_request(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    body = route_request.json()
    agent = body.get("mandataire", {})
    return {}, _identity(body) | {"agent": {"nom": agent.get("nomComplet"), "courriel": agent.get("mel")}}


def read_search(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    body = route_request.json()
    return {"siret": f"{body['siren']}{body['nic']}", "courriel": body["mel"]}, None


def read_update(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    body = {name: value for name, value in _identity(route_request.json()).items() if name != "siret"}
    return {"siret": route_request.path["siret"]}, body


def read_siret(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    return {"siret": route_request.path.get("siret") or route_request.path["siren"] + route_request.path["nic"]}, None


def read_model(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    return {"cycle": {code: cycle for cycle, code in CYCLES.items()}[route_request.path["code"]]}, None


def read_upload(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    """multipart/form-data, by the standard library's own reader."""
    if not route_request.content_type.startswith("multipart/form-data"):
        raise validation.malformed("multipart/form-data attendu.")
    message = message_from_bytes(b"Content-Type: " + route_request.content_type.encode() + b"\r\n\r\n" + route_request.body)
    parts = {part.get_param("name", header="content-disposition"): part for part in message.get_payload()}
    try:
        code = parts["typeConvention"].get_payload(decode=True).decode()
        file = parts["fichier"]
        if file.get_content_type() != "application/pdf":
            raise validation.malformed("Le fichier n'est pas annoncé comme un PDF.")
        document = base64.b64encode(file.get_payload(decode=True)).decode()
        cycle = {code_of_cycle: name for name, code_of_cycle in CYCLES.items()}[code]
    except KeyError as error:
        raise validation.malformed(f"Partie absente ou inconnue : {error}") from error
    return {"siret": route_request.path["siret"]}, {"cycle": cycle, "nom_fichier": file.get_filename(), "document": document}


def read_copy(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    return {"siret": route_request.path["siret"], "id": int(route_request.path["numero"])}, None


def read_off(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    row = route_request.sandbox.db.fetch_one("SELECT siret, empreinte FROM certificat WHERE id = ?", int(route_request.path["identifiant"]))
    if row is None:
        raise Refusal(404, "INTROUVABLE", "Ce certificat n'existe pas.")
    return {"siret": row["siret"], "empreinte": row["empreinte"]}, None


def read_on(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    if route_request.json() != {"actif": True}:
        raise validation.malformed("actif : true attendu.")
    return read_off(route_request)


def read_install(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    """A form; the certificate stands in it too, in base64, and must be the one of the connection."""
    form = {name: values[0] for name, values in parse_qs(route_request.body.decode(), keep_blank_values=True).items()}
    if base64.b64decode(form.get("certificat", "")) != route_request.certificate:
        raise validation.malformed("Le certificat du formulaire n'est pas celui de la connexion.")
    editor = {"X-Editeur": route_request.headers.get("Editeur"), "X-Editeur-Cle": route_request.headers.get("Cle-Editeur")}
    return editor, {"siret": form.get("siret", ""), "prestataire": form.get("libelle", "")}


# Writing answers


def _content(answer: Answer) -> Any:
    return json.loads(answer.body)


def write_request(route_request: RouteRequest, answer: Answer) -> Answer:
    request = _content(answer)
    content = collectivite(request) | {"mandataire": {"nomComplet": request["agent"]["nom"], "mel": request["agent"]["courriel"]}}
    return json_answer({"resultat": content}, answer.status)


def write_collectivite(route_request: RouteRequest, answer: Answer) -> Answer:
    return json_answer({"donnees": {"collectivite": collectivite(_content(answer)["compte"])}})


def write_nothing(route_request: RouteRequest, answer: Answer) -> Answer:
    return Answer(204)


def write_model(route_request: RouteRequest, answer: Answer) -> Answer:
    return json_answer({"modele": {"contenu": base64.b64encode(answer.body).decode(), "type": PDF}})


def write_page(kind: str) -> Any:
    def write(route_request: RouteRequest, answer: Answer) -> Answer:
        space, siret = _content(answer), route_request.path["siret"]
        items = [convention(listed) for listed in space["conventions"]]
        if kind == "certificats":
            items = [certificat(route_request.sandbox, listed, siret) for listed in space["certificats"]]
        begin = int(route_request.query.get("apres", "s0")[1:])
        end = begin + PAGE
        return json_answer({"lot": {"elements": items[begin:end]}, "suite": {"curseur": f"s{end}" if end < len(items) else None}})

    return write


def write_link(route_request: RouteRequest, answer: Answer) -> Answer:
    return json_answer({"copie": {"lien": f"/guichet/v2/fichiers/{route_request.path['siret']}/{route_request.path['numero']}?format=pdf"}})


def write_file(route_request: RouteRequest, answer: Answer) -> Answer:
    return answer


def write_dialogue(route_request: RouteRequest, answer: Answer) -> Answer:
    dialogue = _content(answer)
    content = {"decision": DECISIONS[dialogue["etat"]], "regle": dialogue["regle"], "explication": dialogue["message"]}
    last = dialogue["dernier_echange_le"]
    return replace(json_answer({"habilitation": content | {"empreinte": dialogue["empreinte"], "dernierEchange": last}}), rule=answer.rule)


# What the sandbox has no operation for


def token(face: StandInFace, route_request: RouteRequest, caller: Caller) -> Answer:
    """RFC 6749, 4.4: the agent's login and password are the client's."""
    form = {name: values[0] for name, values in parse_qs(route_request.body.decode()).items()}
    row = route_request.sandbox.db.fetch_one("SELECT login, password FROM agent WHERE login = ?", form.get("client_id", ""))
    if form.get("grant_type") != "client_credentials" or form.get("scope") != "collectivites":
        return json_answer({"error": "invalid_request"}, 400)
    if row is None or not password_matches(form.get("client_secret", ""), row["password"]):
        return json_answer({"error": "invalid_client"}, 401)
    access = route_request.sandbox.sessions.new_token(row["login"], route_request.sandbox.clock.now())
    return json_answer({"access_token": access, "token_type": "Bearer", "expires_in": 3600})


def job(face: StandInFace, route_request: RouteRequest, caller: Caller) -> Answer:
    job_record = face.job(route_request.path["numero"], caller.login)
    answer = job_record["answer"]
    if answer is None:
        return json_answer({"traitement": {"statut": "EN_COURS"}})
    if answer.status < 400:
        return json_answer({"traitement": {"statut": "FINI"}})
    return json_answer({"traitement": {"statut": "ECHEC"}, **json.loads(answer.body)})


def guichet(operations: dict[str, ContractOperation]) -> list[Route]:
    of = portal.HANDLERS
    o = operations
    by_number = r"/guichet/v2/collectivites/(?P<siren>[0-9]{9})/(?P<nic>[0-9]{5})"
    copy = rf"{COLLECTIVITE}/conventions/(?P<numero>[0-9]+)/copie"
    file = r"/guichet/v2/fichiers/(?P<siret>[0-9]{14})/(?P<numero>[0-9]+)"
    job_operation = replace(o["spaceGet"], id="jobGet")
    state = r"/guichet/v2/certificats/(?P<identifiant>[0-9]+)/etat"
    search = _route(o["accountRequestGet"], of, "POST", r"/guichet/v2/dossiers/recherche", read_search, write_request, anonymous=True)
    return [
        _route(o["login"], of, "POST", "/jeton", None, None, anonymous=True, instead=token),
        Route("GET", re.compile(r"/guichet/v2/traitements/(?P<numero>T[0-9]+)"), job_operation, of["spaceGet"], None, None, instead=job),
        _route(o["accountRequest"], of, "POST", r"/guichet/v2/dossiers", read_request, write_request, anonymous=True),
        search,
        _route(o["spaceGet"], of, "GET", by_number, read_siret, write_collectivite),
        _route(o["accountUpdate"], of, "PATCH", COLLECTIVITE, read_update, write_nothing),
        _route(o["accountClose"], of, "DELETE", COLLECTIVITE, read_siret, write_nothing),
        _route(o["conventionBlank"], of, "GET", r"/guichet/v2/modeles/(?P<code>CC|CP)", read_model, write_model, anonymous=True),
        _route(o["spaceGet"], of, "GET", rf"{COLLECTIVITE}/conventions", read_siret, write_page("conventions")),
        _route(o["conventionUpload"], of, "POST", rf"{COLLECTIVITE}/conventions", read_upload, write_nothing, deferred=True),
        _route(o["conventionDocument"], of, "GET", copy, read_copy, write_link),
        _route(o["conventionDocument"], of, "GET", file, read_copy, write_file),
        _route(o["spaceGet"], of, "GET", rf"{COLLECTIVITE}/certificats", read_siret, write_page("certificats")),
        _route(o["certificateActivate"], of, "PUT", state, read_on, write_nothing),
        _route(o["certificateDeactivate"], of, "DELETE", state, read_off, write_nothing),
    ]


def read_query(route_request: RouteRequest) -> tuple[dict[str, Any], Any]:
    return {"siret": route_request.path["siret"]}, None


def echange(operations: dict[str, ContractOperation]) -> list[Route]:
    of, o = sifps.HANDLERS, operations
    return [
        _route(o["certificateInstall"], of, "POST", r"/echange/depots", read_install, write_nothing),
        _route(o["exchangeQuery"], of, "GET", r"/echange/habilitations/(?P<siret>[0-9]{14})", read_query, write_dialogue),
    ]
