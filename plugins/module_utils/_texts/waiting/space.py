# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of who is waited for: the space, the credentials and the SIRET."""

from __future__ import annotations

from ..text import Bilingual
from .reason import Reason

SPACE: dict[str, Reason] = {
    "account_control": Reason(
        "antai",
        "account",
        Bilingual(
            "L'ANTAI contrôle la demande d'espace numérique ; rien à faire.", "ANTAI is checking the request for the space; nothing to do."
        ),
    ),
    "account_refused": Reason(
        "collectivite",
        "account",
        Bilingual(
            "L'ANTAI a refusé la demande : « {reason} ». Corrigez la déclaration ; elle est renvoyée dès qu'elle diffère.",
            'ANTAI refused the request: "{reason}". Correct the declaration; it is sent again as soon as it differs.',
        ),
    ),
    "account_missing": Reason(
        "collectivite",
        "account",
        Bilingual(
            "L'espace numérique n'existe pas encore : déclarez-le (antai_account).",
            "The space does not exist yet: declare it (antai_account).",
        ),
    ),
    "account_closed": Reason(
        "collectivite",
        "account",
        Bilingual(
            "L'espace numérique est clos. Pour en demander un nouveau : antai_reopen: true. Sinon, retirez la collectivité de l'inventaire.",
            "The space is closed. To ask for a new one: antai_reopen: true. Otherwise take the collectivité out of the inventory.",
        ),
    ),
    "credentials": Reason(
        "collectivite",
        "credentials",
        Bilingual(
            "L'ANTAI a accepté la demande et envoyé les identifiants à {agent_email} : déclarez-les ({login}).",
            "ANTAI accepted the request and sent the credentials to {agent_email}: declare them ({login}).",
        ),
    ),
    "mandate": Reason(
        "collectivite",
        "mandate",
        Bilingual(
            "Ces identifiants n'ont pas de mandat pour cette collectivité : demandez-le-lui, ou qu'elle fasse elle-même l'opération.",
            "These credentials hold no mandate for this collectivité: ask it for one, or to do the operation itself.",
        ),
    ),
    "access": Reason(
        "collectivite",
        "credentials",
        Bilingual(
            "Rien ne permet de voir cet espace : déclarez {login} ou, pour suivre la demande, antai_agent_email.",
            "Nothing lets this space be seen: declare {login} or, to follow the request, antai_agent_email.",
        ),
    ),
    "account_request_by_hand": Reason(
        "collectivite",
        "account",
        Bilingual(
            "L'interface ne permet pas de demander l'espace numérique : demandez-le à la main, sur le portail.",
            "The interface does not allow asking for the space: ask for it by hand, on the portal.",
        ),
    ),
    "account_update_by_hand": Reason(
        "collectivite",
        "account",
        Bilingual(
            "L'espace numérique diffère de la déclaration ({fields}) et l'interface ne permet pas de le modifier : corrigez-le à la main.",
            "The space differs from the declaration ({fields}) and the interface does not allow changing it: correct it by hand.",
        ),
    ),
    "account_close_by_hand": Reason(
        "collectivite",
        "account",
        Bilingual(
            "L'interface ne permet pas de clore l'espace numérique : faites-le à la main, sur le portail.",
            "The interface does not allow closing the space: do it by hand, on the portal.",
        ),
    ),
    "unseen": Reason(
        "collectivite",
        "space",
        Bilingual(
            "L'interface ne montre pas cet état : vérifiez-le à la main dans l'espace numérique.",
            "The interface does not show this: check it by hand, in the space.",
        ),
    ),
    "job_running": Reason(
        "antai",
        "processing",
        Bilingual(
            "L'ANTAI a reçu l'opération et la traite encore ; elle n'est pas renvoyée.",
            "ANTAI has received the operation and is still working on it; it is not sent again.",
        ),
    ),
    "certificates_still_active": Reason(
        "collectivite",
        "deactivation",
        Bilingual(
            "L'espace ne peut être clos tant que {count} certificat(s) sont actifs : désactivez-les d'abord.",
            "The space cannot be closed while {count} certificate(s) are active: deactivate them first.",
        ),
    ),
    "siret_change_date": Reason(
        "date",
        "siret",
        Bilingual(
            "Le SIRET {leaving} reste en service jusqu'au changement, le {on} ; à partir de ce jour, {siret} seul sert.",
            "The SIRET {leaving} stays in service until the change, on {on}; from that day on {siret} alone is used.",
        ),
    ),
    "siret_change_dialogue": Reason(
        "collectivite",
        "siret",
        Bilingual(
            "Le SIRET {leaving} reste en service : le dialogue sous {siret} n'est pas encore prouvé ({providers}).",
            "The SIRET {leaving} stays in service: the dialogue under {siret} is not proven yet ({providers}).",
        ),
    ),
}
