# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The portal (espace numérique FPS): its operations. Paths and fields are ours; the rules are those of the letter."""

from __future__ import annotations

from typing import Any

from sandbox import documents, people, rules, validation, views
from sandbox.answers import PDF, Answer, json_answer, refuse_if
from sandbox.errors import Refusal
from sandbox.face import Call, Handling

FIELDS = ("nom", "departement", "courriel")
ADDRESS = ("voie", "code_postal", "commune")


def _missing(what: str) -> Refusal:
    return Refusal(404, "INTROUVABLE", f"{what} n'existe pas.")


def _account_state(call: Call) -> str:
    state = call.world.account_state(call.parameters["siret"])
    if state is None:
        raise _missing("Le compte de cette collectivité")
    return state


# --- session ---


def init(call: Call) -> Answer:
    return Answer(204, headers={"Set-Cookie": f"XSRF-TOKEN={call.world.sessions.new_xsrf()}; Path=/; Secure; SameSite=Strict"})


def login(call: Call) -> Answer:
    answer = agent_me(call)
    token = call.world.sessions.new_token(str(call.identity.login), call.world.clock.now())
    answer.headers["Authorization"] = f"Bearer {token}"
    return answer


def agent_me(call: Call) -> Answer:
    sql = "SELECT login, nom, role, (SELECT count(*) FROM mandat m WHERE m.login = a.login) AS mandats FROM agent a WHERE login = ?"
    row = call.world.db.one(sql, call.identity.login)
    return json_answer(dict(row) if row else None)


# --- account requests ---


def _columns(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in FIELDS} | {name: body["adresse"][name] for name in ADDRESS}


def account_values(call: Call) -> None:
    body = call.body
    if "siret" in body:
        validation.check_siret(body["siret"])
    agent = body.get("agent")
    validation.check_emails([body["courriel"]] + ([agent["courriel"]] if agent else []))
    names = {"nom": body["nom"], "adresse.voie": body["adresse"]["voie"], "adresse.commune": body["adresse"]["commune"]}
    validation.check_not_blank(names | ({"agent.nom": agent["nom"]} if agent else {}))


def account_request(call: Call) -> Answer:
    """Letter, operation 1: the agent fills in the form; ANTAI checks it."""
    world, body, siret = call.world, call.body, call.body["siret"]
    refuse_if(rules.judge_request(world.account_state(siret)), 409)
    columns = {"siret": siret, **_columns(body), "etat": "EN_CONTROLE", "etat_depuis": call.now, "depose_le": call.now, "motif": None}
    agent = body["agent"]
    identifier = world.db.insert("demande", agent_nom=agent["nom"], agent_courriel=agent["courriel"], **columns)
    if world.account_state(siret) is None:
        world.db.insert("compte", **columns)
    else:
        names = ", ".join(f"{name} = :{name}" for name in columns)
        world.db.connection.execute(f"UPDATE compte SET {names} WHERE siret = :siret", columns)
    call.afterwards.append(lambda: people.control_by_policy(world, siret))
    return Answer(201, views.request(world.db, identifier))


def account_request_get(call: Call) -> Answer:
    row = call.world.db.one("SELECT id, agent_courriel FROM demande WHERE siret = ? ORDER BY id DESC LIMIT 1", call.parameters["siret"])
    if row is None or row["agent_courriel"].casefold() != call.parameters["courriel"].casefold():
        raise _missing("La demande")
    return Answer(200, views.request(call.world.db, row["id"]))


# --- spaces ---


def space_list(call: Call) -> Answer:
    given, size = call.parameters, call.parameters["taille"]
    sirets = call.world.directory.sirets(str(call.identity.login), given["sort"], given["desc"])
    begin = (given["page"] - 1) * size
    rows = views.spaces(call.world.db, sirets[begin : begin + size], call.now)
    text = f'{{"page":{given["page"]},"taille":{size},"total":{len(sirets)},"elements":[{",".join(rows)}]}}'
    return Answer(200, text.encode())


def space_get(call: Call) -> Answer:
    found = views.space(call.world.db, call.parameters["siret"], call.now)
    if found is None:
        raise _missing("L'espace de cette collectivité")
    return Answer(200, found)


def account_update(call: Call) -> Answer:
    siret = call.parameters["siret"]
    refuse_if(rules.judge_change(_account_state(call)), 409)
    columns = {**_columns(call.body), "siret": siret}
    names = ", ".join(f"{name} = :{name}" for name in columns)
    call.world.db.connection.execute(f"UPDATE compte SET {names} WHERE siret = :siret", columns)
    return Answer(200, views.account(call.world.db, siret))


def account_close(call: Call) -> Answer:
    world, siret = call.world, call.parameters["siret"]
    state = _account_state(call)
    if state != "CLOS":
        row = world.db.one("SELECT count(*) FROM certificat WHERE siret = ? AND etat = 'ACTIF'", siret)
        refuse_if(rules.judge_close(state, row[0] if row else 0), 409)
        world.db.run("UPDATE compte SET etat = 'CLOS', etat_depuis = ? WHERE siret = ?", call.now, siret)
    return Answer(200, views.account(world.db, siret))


# --- conventions ---


def convention_blank(call: Call) -> Answer:
    return Answer(200, documents.blank(call.parameters["cycle"]), PDF)


def convention_values(call: Call) -> None:
    try:
        call.body["content"] = documents.decode(call.body["document"])
    except documents.DocumentError as error:
        raise validation.wrong(str(error), code="DOCUMENT") from error
    validation.check_not_blank({"nom_fichier": call.body["nom_fichier"]})


def convention_upload(call: Call) -> Answer:
    """Letter, operation 3: signed by the collectivité, uploaded, then signed by ANTAI."""
    world, siret, cycle = call.world, call.parameters["siret"], call.body["cycle"]
    refuse_if(rules.judge_upload(_account_state(call), cycle, world.conventions(siret), call.now[:10]), 409)
    empreinte = documents.fingerprint(call.body["content"])
    world.keep_document(call.body["content"], empreinte)
    identifier = world.db.insert(
        "convention",
        siret=siret,
        cycle=cycle,
        decision="DEPOSEE",
        nom_fichier=call.body["nom_fichier"],
        depose_le=call.now,
        empreinte=empreinte,
    )
    call.afterwards.append(lambda: people.countersign_by_policy(world, siret))
    return Answer(201, views.convention(world.db, identifier, call.now[:10]))


def convention_document(call: Call) -> Answer:
    sql = "SELECT empreinte_contresignee FROM convention WHERE id = ? AND siret = ? AND empreinte_contresignee IS NOT NULL"
    row = call.world.db.one(sql, call.parameters["id"], call.parameters["siret"])
    if row is None:
        raise _missing("La copie contresignée de cette convention")
    return Answer(200, call.world.document(row[0]), PDF)


# --- certificates ---


def _listed(call: Call) -> Any:
    _account_state(call)
    sql = "SELECT * FROM certificat WHERE siret = ? AND empreinte = ? AND liste_le <= ?"
    row = call.world.db.one(sql, call.parameters["siret"], call.parameters["empreinte"], call.now)
    if row is None:
        raise _missing("Ce certificat, dans l'espace de la collectivité,")
    return row


def certificate_activate(call: Call) -> Answer:
    row = _listed(call)
    if row["etat"] != "ACTIF":
        refuse_if(call.world.activation_ruling(row, call.now), 409)
    return _set_state(call, row, "ACTIF")


def certificate_deactivate(call: Call) -> Answer:
    return _set_state(call, _listed(call), "INACTIF")


def _set_state(call: Call, row: Any, state: str) -> Answer:
    call.world.set_certificate_state(row, state, call.now)
    return Answer(200, views.certificate(call.world.db, row["siret"], row["empreinte"]))


HANDLINGS = {
    "init": Handling(init),
    "login": Handling(login),
    "agentMe": Handling(agent_me),
    "accountRequest": Handling(account_request, account_values),
    "accountRequestGet": Handling(account_request_get),
    "spaceList": Handling(space_list),
    "spaceGet": Handling(space_get),
    "accountUpdate": Handling(account_update, account_values),
    "accountClose": Handling(account_close),
    "conventionBlank": Handling(convention_blank),
    "conventionUpload": Handling(convention_upload, convention_values),
    "conventionDocument": Handling(convention_document),
    "certificateActivate": Handling(certificate_activate),
    "certificateDeactivate": Handling(certificate_deactivate),
}
