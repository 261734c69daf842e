# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the renewal of conventions."""

from __future__ import annotations

from .text import Bilingual

COLUMNS: dict[str, Bilingual] = {
    "name": Bilingual("Collectivité", "Collectivité"),
    "siret": Bilingual("SIRET", "SIRET"),
    "cycle": Bilingual("Cycle", "Cycle"),
    "end": Bilingual("Fin de la convention", "Convention ends"),
    "days_left": Bilingual("Jours restants", "Days left"),
    "state": Bilingual("Renouvellement", "Renewal"),
    "late": Bilingual("En retard", "Late"),
    "waiting_for": Bilingual("En attente de", "Waiting for"),
    "since": Bilingual("Depuis", "Since"),
    "missing": Bilingual("À compléter", "To complete"),
    "document": Bilingual("Document à signer", "Document to sign"),
    "next_action": Bilingual("Que faire", "What to do"),
}
# The worst first.
STATES: dict[str, Bilingual] = {
    "failed": Bilingual("échec", "failed"),
    "lapsed": Bilingual("a pris fin : rien ne passe", "ended: nothing passes"),
    "refused": Bilingual("refusée, à corriger", "refused, to be corrected"),
    "to_sign": Bilingual("à faire signer", "to be signed"),
    "submitted": Bilingual("à contresigner par l'ANTAI", "to be countersigned by ANTAI"),
    "secured": Bilingual("la suivante est contresignée", "the next one is countersigned"),
    "not_due": Bilingual("pas encore dû", "not due yet"),
    "first": Bilingual("pas encore de convention en vigueur", "no convention in force yet"),
    "unknown": Bilingual("inconnu", "unknown"),
}
YES = Bilingual("oui", "yes")
# Of whom neither task has run.
NOT_EXAMINED = Bilingual("pas examinée dans ce passage", "not looked at in this play")
