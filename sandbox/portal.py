# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The portal (espace numérique FPS): its operations. Paths and fields are ours; the rules are those of the letter."""

from __future__ import annotations

from typing import Any

from sandbox import documents, people, rules, validation, views
from sandbox.answers import PDF, Answer, json_answer, refuse_if
from sandbox.errors import Refusal
from sandbox.face import CheckedCall, OperationHandler

FIELDS = ("nom", "departement", "courriel")
ADDRESS = ("voie", "code_postal", "commune")


def _missing(subject: str) -> Refusal:
    return Refusal(404, "INTROUVABLE", f"{subject} n'existe pas.")


def _account_state(call: CheckedCall) -> str:
    state = call.sandbox.account_state(call.parameters["siret"])
    if state is None:
        raise _missing("Le compte de cette collectivité")
    return state


# --- session ---


def init(call: CheckedCall) -> Answer:
    return Answer(204, headers={"Set-Cookie": f"XSRF-TOKEN={call.sandbox.sessions.new_xsrf()}; Path=/; Secure; SameSite=Strict"})


def login(call: CheckedCall) -> Answer:
    answer = agent_me(call)
    token = call.sandbox.sessions.new_token(str(call.caller.login), call.sandbox.clock.now())
    answer.headers["Authorization"] = f"Bearer {token}"
    return answer


def agent_me(call: CheckedCall) -> Answer:
    sql = "SELECT login, nom, role, (SELECT count(*) FROM mandat m WHERE m.login = a.login) AS mandats FROM agent a WHERE login = ?"
    row = call.sandbox.db.fetch_one(sql, call.caller.login)
    return json_answer(dict(row) if row else None)


# --- account requests ---


def _columns(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in FIELDS} | {name: body["adresse"][name] for name in ADDRESS}


def account_values(call: CheckedCall) -> None:
    body = call.body
    if "siret" in body:
        validation.check_siret(body["siret"])
    agent = body.get("agent")
    validation.check_emails([body["courriel"]] + ([agent["courriel"]] if agent else []))
    names = {"nom": body["nom"], "adresse.voie": body["adresse"]["voie"], "adresse.commune": body["adresse"]["commune"]}
    validation.check_not_blank(names | ({"agent.nom": agent["nom"]} if agent else {}))


def account_request(call: CheckedCall) -> Answer:
    """Letter, operation 1: the agent fills in the form; ANTAI checks it."""
    sandbox, body, siret = call.sandbox, call.body, call.body["siret"]
    refuse_if(rules.judge_request(sandbox.account_state(siret)), 409)
    columns = {"siret": siret, **_columns(body), "etat": "EN_CONTROLE", "etat_depuis": call.now, "depose_le": call.now, "motif": None}
    agent = body["agent"]
    identifier = sandbox.db.insert("demande", agent_nom=agent["nom"], agent_courriel=agent["courriel"], **columns)
    if sandbox.account_state(siret) is None:
        sandbox.db.insert("compte", **columns)
    else:
        names = ", ".join(f"{name} = :{name}" for name in columns)
        sandbox.db.connection.execute(f"UPDATE compte SET {names} WHERE siret = :siret", columns)
    call.afterwards.append(lambda: people.control_by_policy(sandbox, siret))
    return Answer(201, views.request(sandbox.db, identifier))


def account_request_get(call: CheckedCall) -> Answer:
    row = call.sandbox.db.fetch_one(
        "SELECT id, agent_courriel FROM demande WHERE siret = ? ORDER BY id DESC LIMIT 1", call.parameters["siret"]
    )
    if row is None or row["agent_courriel"].casefold() != call.parameters["courriel"].casefold():
        raise _missing("La demande")
    return Answer(200, views.request(call.sandbox.db, row["id"]))


# --- spaces ---


def space_list(call: CheckedCall) -> Answer:
    parameters, size = call.parameters, call.parameters["taille"]
    sirets = call.sandbox.agent_spaces.sirets(str(call.caller.login), parameters["sort"], parameters["desc"])
    begin = (parameters["page"] - 1) * size
    rows = views.spaces(call.sandbox.db, sirets[begin : begin + size], call.now)
    text = f'{{"page":{parameters["page"]},"taille":{size},"total":{len(sirets)},"elements":[{",".join(rows)}]}}'
    return Answer(200, text.encode())


def space_get(call: CheckedCall) -> Answer:
    space = views.space(call.sandbox.db, call.parameters["siret"], call.now)
    if space is None:
        raise _missing("L'espace de cette collectivité")
    return Answer(200, space)


def account_update(call: CheckedCall) -> Answer:
    siret = call.parameters["siret"]
    refuse_if(rules.judge_change(_account_state(call)), 409)
    columns = {**_columns(call.body), "siret": siret}
    names = ", ".join(f"{name} = :{name}" for name in columns)
    call.sandbox.db.connection.execute(f"UPDATE compte SET {names} WHERE siret = :siret", columns)
    return Answer(200, views.account(call.sandbox.db, siret))


def account_close(call: CheckedCall) -> Answer:
    sandbox, siret = call.sandbox, call.parameters["siret"]
    state = _account_state(call)
    if state != "CLOS":
        row = sandbox.db.fetch_one("SELECT count(*) FROM certificat WHERE siret = ? AND etat = 'ACTIF'", siret)
        refuse_if(rules.judge_close(state, row[0] if row else 0), 409)
        sandbox.db.run("UPDATE compte SET etat = 'CLOS', etat_depuis = ? WHERE siret = ?", call.now, siret)
    return Answer(200, views.account(sandbox.db, siret))


# --- conventions ---


def convention_blank(call: CheckedCall) -> Answer:
    return Answer(200, documents.blank(call.parameters["cycle"]), PDF)


def convention_values(call: CheckedCall) -> None:
    try:
        call.body["content"] = documents.decode(call.body["document"])
    except documents.DocumentRefused as error:
        raise validation.wrong(str(error), code="DOCUMENT") from error
    validation.check_not_blank({"nom_fichier": call.body["nom_fichier"]})


def convention_upload(call: CheckedCall) -> Answer:
    """Letter, operation 3: signed by the collectivité, uploaded, then signed by ANTAI."""
    sandbox, siret, cycle = call.sandbox, call.parameters["siret"], call.body["cycle"]
    refuse_if(rules.judge_upload(_account_state(call), cycle, sandbox.conventions(siret), call.now[:10]), 409)
    empreinte = documents.fingerprint(call.body["content"])
    sandbox.store_document(call.body["content"], empreinte)
    identifier = sandbox.db.insert(
        "convention",
        siret=siret,
        cycle=cycle,
        decision="DEPOSEE",
        nom_fichier=call.body["nom_fichier"],
        depose_le=call.now,
        empreinte=empreinte,
    )
    call.afterwards.append(lambda: people.countersign_by_policy(sandbox, siret))
    return Answer(201, views.convention(sandbox.db, identifier, call.now[:10]))


def convention_document(call: CheckedCall) -> Answer:
    sql = "SELECT empreinte_contresignee FROM convention WHERE id = ? AND siret = ? AND empreinte_contresignee IS NOT NULL"
    row = call.sandbox.db.fetch_one(sql, call.parameters["id"], call.parameters["siret"])
    if row is None:
        raise _missing("La copie contresignée de cette convention")
    return Answer(200, call.sandbox.document(row[0]), PDF)


# --- certificates ---


def _listed(call: CheckedCall) -> Any:
    _account_state(call)
    sql = "SELECT * FROM certificat WHERE siret = ? AND empreinte = ? AND liste_le <= ?"
    row = call.sandbox.db.fetch_one(sql, call.parameters["siret"], call.parameters["empreinte"], call.now)
    if row is None:
        raise _missing("Ce certificat, dans l'espace de la collectivité,")
    return row


def certificate_activate(call: CheckedCall) -> Answer:
    row = _listed(call)
    if row["etat"] != "ACTIF":
        refuse_if(call.sandbox.activation_ruling(row, call.now), 409)
    return _set_state(call, row, "ACTIF")


def certificate_deactivate(call: CheckedCall) -> Answer:
    return _set_state(call, _listed(call), "INACTIF")


def _set_state(call: CheckedCall, row: Any, state: str) -> Answer:
    call.sandbox.set_certificate_state(row, state, call.now)
    return Answer(200, views.certificate(call.sandbox.db, row["siret"], row["empreinte"]))


HANDLERS = {
    "init": OperationHandler(init),
    "login": OperationHandler(login),
    "agentMe": OperationHandler(agent_me),
    "accountRequest": OperationHandler(account_request, account_values),
    "accountRequestGet": OperationHandler(account_request_get),
    "spaceList": OperationHandler(space_list),
    "spaceGet": OperationHandler(space_get),
    "accountUpdate": OperationHandler(account_update, account_values),
    "accountClose": OperationHandler(account_close),
    "conventionBlank": OperationHandler(convention_blank),
    "conventionUpload": OperationHandler(convention_upload, convention_values),
    "conventionDocument": OperationHandler(convention_document),
    "certificateActivate": OperationHandler(certificate_activate),
    "certificateDeactivate": OperationHandler(certificate_deactivate),
}
