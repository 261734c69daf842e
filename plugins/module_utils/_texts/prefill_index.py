# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the index of conventions to be signed."""

from __future__ import annotations

from .text import Bilingual

COLUMNS: dict[str, Bilingual] = {
    "name": Bilingual("Collectivité", "Collectivité"),
    "siret": Bilingual("SIRET", "SIRET"),
    "cycle": Bilingual("Cycle", "Cycle"),
    "state": Bilingual("État", "State"),
    "missing": Bilingual("À déclarer", "To declare"),
    "unmapped": Bilingual("Champs sans correspondance", "Fields without mapping"),
    "too_long": Bilingual("Trop long", "Too long"),
    "unprintable": Bilingual("Caractères impossibles", "Impossible characters"),
    "no_choice": Bilingual("Choix impossible", "Impossible choice"),
    "not_in_form": Bilingual("Absent du formulaire", "Not in the form"),
    "by_hand": Bilingual("À remplir à la main", "To fill by hand"),
    "document": Bilingual("Document", "Document"),
    "failure": Bilingual("Erreur", "Error"),
}
STATES: dict[str, Bilingual] = {
    "ready": Bilingual("prête à signer", "ready to sign"),
    "incomplete": Bilingual("incomplète", "incomplete"),
    "none": Bilingual("absente", "none"),
    "failed": Bilingual("échec", "failed"),
}
NOT_PREFILLED = Bilingual("pas préremplie dans ce passage", "not prefilled in this play")
