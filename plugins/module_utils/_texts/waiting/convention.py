# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of who is waited for: the convention."""

from __future__ import annotations

from ..text import Bilingual
from .reason import Reason

CONVENTION: dict[str, Reason] = {
    "convention_upload_by_hand": Reason(
        "collectivite",
        "convention",
        Bilingual(
            "L'interface ne permet pas de déposer la convention signée : déposez-la à la main dans l'espace numérique.",
            "The interface does not allow uploading the signed convention: upload it by hand, in the space.",
        ),
    ),
    "convention_signature": Reason(
        "collectivite",
        "convention",
        Bilingual(
            "Faites signer la convention (cycle {cycle}) puis déposez le PDF signé : {path}",
            "Have the convention (cycle {cycle}) signed, then lay the signed PDF here: {path}",
        ),
    ),
    "convention_countersignature": Reason(
        "antai",
        "convention",
        Bilingual(
            "La convention signée est déposée ; l'ANTAI doit la contresigner.",
            "The signed convention is uploaded; ANTAI has to countersign it.",
        ),
    ),
    "convention_refused": Reason(
        "collectivite",
        "convention",
        Bilingual(
            "L'ANTAI a refusé la convention : « {reason} ». Faites signer un document corrigé : {path}",
            'ANTAI refused the convention: "{reason}". Have a corrected document signed: {path}',
        ),
    ),
    "convention_document": Reason(
        "collectivite",
        "convention",
        Bilingual(
            "Le document {name} n'est pas envoyé : {reasons}. Déposez un document corrigé : {path}",
            "The document {name} is not sent: {reasons}. Lay a corrected one here: {path}",
        ),
    ),
    "convention_data": Reason(
        "collectivite",
        "convention",
        Bilingual(
            "La convention préremplie {path} est incomplète : {fields}. Complétez la déclaration.",
            "The prefilled convention {path} is incomplete: {fields}. Complete the declaration.",
        ),
    ),
    "convention_ended": Reason(
        "collectivite",
        "convention",
        Bilingual(
            "La convention a pris fin le {end} : aucun FPS ne passe plus. Faites-en signer une nouvelle : {path}",
            "The convention ended on {end}: no FPS passes any more. Have a new one signed: {path}",
        ),
    ),
    "convention_lapsed": Reason(
        "antai",
        "convention",
        Bilingual(
            "La convention a pris fin le {end} : aucun FPS ne passe plus tant que l'ANTAI n'a pas contresigné la nouvelle, qui est déposée.",
            "The convention ended on {end}: no FPS passes any more until ANTAI countersigns the new one, which is uploaded.",
        ),
    ),
    "convention_lapsed_next": Reason(
        "antai",
        "convention",
        Bilingual(
            "La convention a pris fin le {end} : aucun FPS ne passe plus tant que la suivante, contresignée par l'ANTAI, n'est pas en vigueur.",
            "The convention ended on {end}: no FPS passes any more until the next one, countersigned by ANTAI, is in force.",
        ),
    ),
    "convention_renewal": Reason(
        "collectivite",
        "convention",
        Bilingual(
            "La convention prend fin le {end} : à partir du {after}, aucun FPS ne passe plus, sauf si la suivante est contresignée d'ici là. "
            "Faites-la signer (cycle {cycle}) puis déposez le PDF signé : {path}",
            "The convention ends on {end}: from {after} no FPS passes any more, unless the next one is countersigned by then. "
            "Have it (cycle {cycle}) signed, then lay the signed PDF here: {path}",
        ),
    ),
    "convention_renewal_refused": Reason(
        "collectivite",
        "convention",
        Bilingual(
            "La convention prend fin le {end} : à partir du {after}, aucun FPS ne passe plus. L'ANTAI a refusé la suivante : « {reason} ». "
            "Faites signer un document corrigé : {path}",
            'The convention ends on {end}: from {after} no FPS passes any more. ANTAI refused the next one: "{reason}". '
            "Have a corrected document signed: {path}",
        ),
    ),
    "convention_renewal_countersignature": Reason(
        "antai",
        "convention",
        Bilingual(
            "La convention prend fin le {end} ; la suivante est déposée et l'ANTAI doit la contresigner avant le {after}, "
            "sans quoi aucun FPS ne passe plus.",
            "The convention ends on {end}; the next one is uploaded, and ANTAI has to countersign it before {after}, "
            "or else no FPS passes any more.",
        ),
    ),
    "convention_begins": Reason(
        "date",
        "convention",
        Bilingual("La convention contresignée entre en vigueur le {start}.", "The countersigned convention comes into force on {start}."),
    ),
    "convention_exclusive": Reason(
        "date",
        "convention",
        Bilingual(
            "Une convention cycle complet est en vigueur jusqu'au {end} ; elle exclut le cycle partiel (R5).",
            "A convention cycle complet is in force until {end}; it excludes the cycle partiel (R5).",
        ),
    ),
}
