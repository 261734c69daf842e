# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts into the state what a policy says exists: agents and editors at each start, collectivités once."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from sandbox import documents, people, rules, sifps
from sandbox.authentication import read_certificate
from sandbox.errors import UserError
from sandbox.sandbox_state import SandboxState
from sandbox.sessions import hash_password, password_matches


def apply_policy(sandbox: SandboxState) -> None:
    with sandbox.db.transaction():
        for agent in sandbox.policy.agents:
            _agent(sandbox, agent)
        for editor in sandbox.policy.editors:
            _editor(sandbox, editor)
        for siret, entry in sandbox.policy.collectivites.items():
            collectivite(sandbox, siret, entry)
    for siret in sandbox.policy.collectivites:
        if sandbox.policy.decide("sign", siret).kind == "accept":
            people.sign(sandbox, siret, again=False)


def _agent(sandbox: SandboxState, agent: dict[str, Any]) -> None:
    login = agent["login"]
    agent_row = sandbox.db.fetch_one("SELECT password FROM agent WHERE login = ?", login)
    password = (
        agent_row["password"]
        if agent_row and password_matches(agent["password"], agent_row["password"])
        else hash_password(agent["password"])
    )
    # An agent that ANTAI created earlier for this e-mail gives way to the one the policy names.
    namesake = sandbox.db.fetch_one("SELECT login FROM agent WHERE courriel = ? AND login <> ?", agent["email"], login)
    if namesake:
        sandbox.db.run("UPDATE agent SET courriel = 'ancien+' || login WHERE login = ?", namesake["login"])
    sandbox.db.run(
        "INSERT INTO agent VALUES (?, ?, ?, ?, ?) ON CONFLICT (login) DO UPDATE"
        " SET nom = excluded.nom, courriel = excluded.courriel, role = excluded.role, password = excluded.password",
        login,
        agent["name"],
        agent["email"],
        agent.get("role", "collectivite").upper(),
        password,
    )
    if namesake:
        sandbox.db.run("INSERT OR IGNORE INTO mandat SELECT ?, siret FROM mandat WHERE login = ?", login, namesake["login"])
    for siret in agent.get("mandates", []):
        sandbox.db.run("INSERT OR IGNORE INTO mandat VALUES (?, ?)", login, siret)


def _editor(sandbox: SandboxState, editor: dict[str, Any]) -> None:
    sandbox.db.run(
        "INSERT OR REPLACE INTO editeur VALUES (?, ?, ?, ?)",
        editor["id"],
        editor["name"],
        editor["key"],
        int(editor.get("qualified", True)),
    )


def collectivite(sandbox: SandboxState, siret: str, entry: dict[str, Any]) -> None:
    """Its name and cycle at each start; what existed before the sandbox once."""
    sandbox.db.run("INSERT OR REPLACE INTO collectivite VALUES (?, ?, ?)", siret, entry.get("name"), entry.get("cycle", "complet"))
    existing = entry.get("existing")
    if existing is None:
        return
    if login := existing.get("agent"):
        sandbox.db.run("INSERT OR IGNORE INTO mandat SELECT login, ? FROM agent WHERE login = ?", siret, login)
    if sandbox.account_state(siret) is None and existing.get("account", "active"):
        _account(sandbox, siret, entry, existing)


def _account(sandbox: SandboxState, siret: str, entry: dict[str, Any], existing: dict[str, Any]) -> None:
    name = entry.get("name") or f"Collectivité {siret}"
    address = existing.get("address") or {"voie": "1 place de la Mairie", "code_postal": "00000", "commune": name[:100]}
    now = sandbox.now()
    fields = {
        "siret": siret,
        "nom": name,
        "departement": existing.get("departement", "75"),
        **address,
        "courriel": existing.get("email", f"contact-{siret}@bac-a-sable.example"),
        "etat_depuis": now,
        "depose_le": now,
    }
    sandbox.db.insert("compte", etat="CLOS" if existing.get("account") == "closed" else "ACTIF", **fields)
    if login := existing.get("agent"):
        agent = sandbox.db.fetch_one("SELECT nom, courriel FROM agent WHERE login = ?", login)
        if agent:
            sandbox.db.insert("demande", etat="ACCEPTEE", agent_nom=agent["nom"], agent_courriel=agent["courriel"], **fields)
    if existing.get("convention"):
        _convention(sandbox, siret, entry.get("cycle", "complet"), existing["convention"])
    for certificate in existing.get("certificates", []):
        _certificate(sandbox, siret, Path(certificate["file"]), certificate["provider"])


def _certificate(sandbox: SandboxState, siret: str, path: Path, provider: str) -> None:
    try:
        certificate = read_certificate(load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER))
    except (OSError, ValueError) as error:
        raise UserError(f"The certificate of {siret} cannot be read from {path}: {error}", 2) from error
    sifps.install(sandbox, siret, certificate, provider)
    row = sandbox.db.fetch_one("SELECT * FROM certificat WHERE siret = ? AND empreinte = ?", siret, certificate.empreinte)
    sandbox.set_certificate_state(row, "ACTIF", sandbox.now())


def _convention(sandbox: SandboxState, siret: str, cycle: str, state: str) -> None:
    """In force: that of the running wave, from its first day; ended: that of the wave before."""
    end = rules.wave_end(date.fromisoformat(sandbox.now()[:10]))
    if state == "ended":
        end = end.replace(year=end.year - rules.WAVE_YEARS)
    begin = date(end.year - rules.WAVE_YEARS + 1, 1, 1)
    document, copy = _earlier_documents(cycle, begin, end)
    for content in (document, copy):
        sandbox.store_document(content, documents.fingerprint(content))
    signed_on = f"{begin.isoformat()}T08:00:00Z"
    sandbox.db.insert(
        "convention",
        siret=siret,
        cycle=cycle,
        decision="CONTRESIGNEE",
        nom_fichier="anterieure.pdf",
        depose_le=signed_on,
        contresignee_le=signed_on,
        debut=begin.isoformat(),
        fin=end.isoformat(),
        empreinte=documents.fingerprint(document),
        empreinte_contresignee=documents.fingerprint(copy),
    )


@lru_cache
def _earlier_documents(cycle: str, begin: date, end: date) -> tuple[bytes, bytes]:
    """One document for all: 35,000 collectivités are seeded in seconds."""
    document = documents.signed(cycle, {"nom": "convention antérieure au bac à sable", "date": begin.isoformat()})
    return document, documents.countersigned(document, "(antérieure)", begin.isoformat(), begin.isoformat(), end.isoformat())
