# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ANTAI's people, the collectivité's mayor and agent, and the PSCE's clerk: by policy at once, or by hand. The caller opens the transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sandbox import documents, rules
from sandbox.errors import UserError
from sandbox.sandbox_state import SandboxState
from sandbox.sessions import hash_password, new_password
from sandbox.state_paths import NOTICE, write_atomically, write_json

# --- ANTAI: control of an account request ---


def accept_request(sandbox: SandboxState, siret: str) -> str:
    """The account becomes active and the agent of the request is mandated, created first if need be."""
    demand = _request_under_control(sandbox, siret)
    now = sandbox.now()
    sandbox.db.run("UPDATE demande SET etat = 'ACCEPTEE', etat_depuis = ? WHERE id = ?", now, demand["id"])
    sandbox.db.run("UPDATE compte SET etat = 'ACTIF', etat_depuis = ?, motif = NULL WHERE siret = ?", now, siret)
    agent = sandbox.db.fetch_one("SELECT login FROM agent WHERE courriel = ?", demand["agent_courriel"])
    login = agent["login"] if agent else _create_agent(sandbox, siret, demand["agent_nom"], demand["agent_courriel"])
    sandbox.db.run("INSERT OR IGNORE INTO mandat VALUES (?, ?)", login, siret)
    return f"account of {siret} accepted; {login} is mandated"


def refuse_request(sandbox: SandboxState, siret: str, reason: str) -> str:
    demand = _request_under_control(sandbox, siret)
    now = sandbox.now()
    sandbox.db.run("UPDATE demande SET etat = 'REFUSEE', etat_depuis = ?, motif = ? WHERE id = ?", now, reason, demand["id"])
    sandbox.db.run("UPDATE compte SET etat = 'REFUSE', etat_depuis = ?, motif = ? WHERE siret = ?", now, reason, siret)
    return f"account request of {siret} refused: {reason}"


def _request_under_control(sandbox: SandboxState, siret: str) -> Any:
    row = sandbox.db.fetch_one("SELECT * FROM demande WHERE siret = ? AND etat = 'EN_CONTROLE' ORDER BY id DESC LIMIT 1", siret)
    if row is None:
        raise UserError(f"No account request of {siret} is under control. See `python -m sandbox status`.")
    return row


def _create_agent(sandbox: SandboxState, siret: str, name: str, email: str) -> str:
    """The mail is laid before the commit: a password that nobody got would lock the agent out."""
    password = new_password()
    login_exists = sandbox.db.fetch_one("SELECT 1 FROM agent WHERE login = ?", email)
    login = f"{siret}-{email}" if login_exists else email
    sandbox.db.insert("agent", login=login, nom=name, courriel=email, role="COLLECTIVITE", password=hash_password(password))
    body = (
        f"Bonjour,\n\nLe compte de la collectivité {siret} est actif dans l'espace numérique du bac à sable.\n"
        f"Identifiant : {login}\nMot de passe : {password}\n\nCe message est fictif : il ne vient pas de l'ANTAI.\n"
    )
    mail = {"notice": NOTICE, "to": email, "login": login, "password": password, "subject": "Vos identifiants (bac à sable)", "body": body}
    write_json(sandbox.paths.mail / f"{siret}.json", mail)
    return login


# --- ANTAI: countersignature ---


def countersign(sandbox: SandboxState, siret: str) -> str:
    waiting = _waiting_convention(sandbox, siret)
    now = sandbox.now()
    today = date.fromisoformat(now[:10])
    debut, fin = rules.term(waiting["cycle"], today, sandbox.conventions(siret))
    try:
        copy = documents.countersigned(sandbox.document(waiting["empreinte"]), siret, now[:10], debut.isoformat(), fin.isoformat())
    except documents.DocumentRefused as error:
        return refuse_convention(sandbox, siret, str(error))
    empreinte = documents.fingerprint(copy)
    sandbox.store_document(copy, empreinte)
    sandbox.db.run(
        "UPDATE convention SET decision = 'CONTRESIGNEE', contresignee_le = ?, debut = ?, fin = ?, empreinte_contresignee = ? WHERE id = ?",
        now,
        debut.isoformat(),
        fin.isoformat(),
        empreinte,
        waiting["id"],
    )
    if waiting["cycle"] == "complet":
        _end_partial(sandbox, siret, today, now)
    return f"convention of {siret} (cycle {waiting['cycle']}) countersigned: from {debut} to {fin}"


def _end_partial(sandbox: SandboxState, siret: str, today: date, now: str) -> None:
    """R5: complet replaces partiel at once, so the last day of partiel is the day before."""
    sandbox.db.run(
        "UPDATE convention SET fin = ?, remplacee_le = ? WHERE siret = ? AND cycle = 'partiel' AND decision = 'CONTRESIGNEE' AND fin >= ?",
        (today - timedelta(days=1)).isoformat(),
        now,
        siret,
        today.isoformat(),
    )


def refuse_convention(sandbox: SandboxState, siret: str, reason: str) -> str:
    waiting = _waiting_convention(sandbox, siret)
    sandbox.db.run(
        "UPDATE convention SET decision = 'REFUSEE', refusee_le = ?, motif = ? WHERE id = ?", sandbox.now(), reason, waiting["id"]
    )
    return f"convention of {siret} refused: {reason}"


def _waiting_convention(sandbox: SandboxState, siret: str) -> Any:
    row = sandbox.db.fetch_one("SELECT * FROM convention WHERE siret = ? AND decision = 'DEPOSEE' ORDER BY id DESC LIMIT 1", siret)
    if row is None:
        raise UserError(f"No convention of {siret} waits for ANTAI. See `python -m sandbox status`.")
    return row


def refuse(sandbox: SandboxState, siret: str, reason: str) -> str:
    """By hand: the account request under control, else the convention that waits."""
    if sandbox.account_state(siret) == "EN_CONTROLE":
        return refuse_request(sandbox, siret, reason)
    if any(c.decision == "DEPOSEE" for c in sandbox.conventions(siret)):
        return refuse_convention(sandbox, siret, reason)
    raise UserError(f"Neither an account request nor a convention of {siret} waits for ANTAI. See `python -m sandbox status`.")


# --- the collectivité's own agent, in its space ---


def activate(sandbox: SandboxState, siret: str) -> str:
    """Every certificate that the space lists and that is not active, as the agent would do it by hand."""
    now = sandbox.now()
    sql = "SELECT * FROM certificat WHERE siret = ? AND etat = 'INACTIF' AND liste_le <= ? ORDER BY id"
    waiting = sandbox.db.fetch_all(sql, siret, now)
    if not waiting:
        raise UserError(f"The space of {siret} lists no inactive certificate. See `python -m sandbox status`.")
    for row in waiting:
        ruling = sandbox.activation_ruling(row, now)
        if ruling:
            raise UserError(f"{siret} cannot activate {row['empreinte']}: {ruling.message} ({ruling.rule})")
        sandbox.set_certificate_state(row, "ACTIF", now)
    return f"{siret} activated in its space: {', '.join(row['empreinte'] for row in waiting)}"


# --- ANTAI, by policy ---


def control_by_policy(sandbox: SandboxState, siret: str) -> None:
    decision = sandbox.policy.decide("control", siret)
    if decision.kind == "accept":
        accept_request(sandbox, siret)
    elif decision.reason:
        refuse_request(sandbox, siret, decision.reason)


def countersign_by_policy(sandbox: SandboxState, siret: str) -> None:
    decision = sandbox.policy.decide("countersign", siret)
    if decision.kind == "accept":
        countersign(sandbox, siret)
    elif decision.reason:
        refuse_convention(sandbox, siret, decision.reason)


# --- the mayor ---


def sign(sandbox: SandboxState, siret: str, again: bool = True) -> str:
    """Lay a signed copy of the blank of the collectivité's cycle."""
    path = sandbox.paths.signed / f"{siret}.pdf"
    if path.exists() and not again:
        return f"{path} is there already"
    entry = sandbox.db.fetch_one("SELECT nom, cycle FROM collectivite WHERE siret = ?", siret)
    account = sandbox.db.fetch_one("SELECT * FROM compte WHERE siret = ?", siret)
    cycle = entry["cycle"] if entry else "complet"
    name = (account["nom"] if account else None) or (entry["nom"] if entry else None) or f"Collectivité {siret}"
    values = {
        "nom": name,
        "siret": siret,
        "adresse": f"{account['voie']}, {account['code_postal']} {account['commune']}" if account else "",
        "courriel": account["courriel"] if account else "",
        "signataire": "Camille Exemple",
        "fonction": "Maire",
        "deliberation_numero": f"{sandbox.now()[:4]}-001",
        "deliberation_date": sandbox.now()[:10],
        "lieu": account["commune"] if account else "",
        "date": sandbox.now()[:10],
    }
    write_atomically(path, documents.signed(cycle, values))
    return f"convention of {siret} (cycle {cycle}) signed by the mayor: {path}"
