# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the portal shows, as JSON made by SQLite itself: one query per answer, whatever the number of spaces in it.

`:today` and `:now` are bound by the caller; the states of a convention come from rules.py through an SQL function.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from sandbox.database import Database

ADDRESS = "json_object('voie', {0}.voie, 'code_postal', {0}.code_postal, 'commune', {0}.commune)"
REQUEST = (
    "json_object('siret', d.siret, 'nom', d.nom, 'departement', d.departement, 'adresse', "
    + ADDRESS.format("d")
    + ", 'courriel', d.courriel,"
    " 'agent', json_object('nom', d.agent_nom, 'courriel', d.agent_courriel), 'etat', d.etat, 'etat_depuis', d.etat_depuis,"
    " 'motif', d.motif, 'depose_le', d.depose_le)"
)
ACCOUNT = (
    "json_object('siret', c.siret, 'nom', c.nom, 'departement', c.departement, 'adresse', " + ADDRESS.format("c") + ","
    " 'courriel', c.courriel, 'etat', c.etat, 'etat_depuis', c.etat_depuis, 'motif', c.motif, 'depose_le', c.depose_le)"
)
CONVENTION = (
    "json_object('id', v.id, 'cycle', v.cycle, 'etat', v.etat, 'etat_depuis',"
    " etat_convention_depuis(v.etat, v.depose_le, v.refusee_le, v.contresignee_le, v.remplacee_le, v.debut, v.fin),"
    " 'motif', v.motif, 'depose_le', v.depose_le, 'contresignee_le', v.contresignee_le, 'debut', v.debut, 'fin', v.fin,"
    " 'empreinte', v.empreinte, 'empreinte_contresignee', v.empreinte_contresignee)"
)
CERTIFICATE = (
    "json_object('empreinte', k.empreinte, 'sujet', k.sujet, 'emetteur', k.emetteur, 'prestataire', k.prestataire, 'etat', k.etat,"
    " 'etat_depuis', k.etat_depuis, 'valide_du', k.valide_du, 'valide_au', k.valide_au, 'installe_le', k.installe_le,"
    " 'dernier_echange_le', k.dernier_echange_le)"
)
CONVENTIONS_OF = "(SELECT *, etat_convention(decision, debut, fin, :today) AS etat FROM convention WHERE {} ORDER BY id) v"
SPACE = (
    "json_object('compte', " + ACCOUNT + ","
    " 'conventions', (SELECT json_group_array(" + CONVENTION + ") FROM " + CONVENTIONS_OF.format("siret = c.siret") + "),"
    " 'certificats', (SELECT json_group_array(" + CERTIFICATE + ")"
    " FROM (SELECT * FROM certificat WHERE siret = c.siret AND liste_le <= :now ORDER BY id) k))"
)
PAGE = f"SELECT {SPACE} FROM json_each(:sirets) p CROSS JOIN compte c ON c.siret = p.value ORDER BY p.key"


def _text(row: sqlite3.Row | None) -> bytes | None:
    return row[0].encode() if row else None


def request(db: Database, identifier: int) -> bytes:
    return _text(db.fetch_one(f"SELECT {REQUEST} FROM demande d WHERE d.id = ?", identifier)) or b"null"


def account(db: Database, siret: str) -> bytes:
    return _text(db.fetch_one(f"SELECT {ACCOUNT} FROM compte c WHERE c.siret = ?", siret)) or b"null"


def space(db: Database, siret: str, now: str) -> bytes | None:
    sql = f"SELECT {SPACE} FROM compte c WHERE c.siret = :siret"
    return _text(db.connection.execute(sql, {"siret": siret, "now": now, "today": now[:10]}).fetchone())


def convention(db: Database, identifier: int, today: str) -> bytes:
    sql = f"SELECT {CONVENTION} FROM {CONVENTIONS_OF.format('id = :id')}"
    return _text(db.connection.execute(sql, {"id": identifier, "today": today}).fetchone()) or b"null"


def certificate(db: Database, siret: str, fingerprint: str) -> bytes:
    return (
        _text(db.fetch_one(f"SELECT {CERTIFICATE} FROM certificat k WHERE k.siret = ? AND k.empreinte = ?", siret, fingerprint)) or b"null"
    )


def spaces(db: Database, sirets: Sequence[str], now: str) -> list[str]:
    """The spaces of these SIRETs, in this order, by one query."""
    return [row[0] for row in db.connection.execute(PAGE, {"sirets": json.dumps(sirets), "now": now, "today": now[:10]})]
