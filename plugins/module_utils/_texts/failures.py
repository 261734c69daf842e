# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failure means and what to do about it, by the code of its error. Its own message, {message}, is English: a French report says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .text import Bilingual


def _explained(french: str) -> Bilingual:
    """English needs no more than the message."""
    return Bilingual(f"{french} Détail, en anglais : {{message}}", "{message}")


FAILURES: dict[str, Bilingual] = {
    "error": _explained("L'opération a échoué."),
    "missing_library": _explained(
        "Une bibliothèque Python manque ou est trop ancienne là où la tâche s'exécute ; rien n'a été envoyé. Installez-la."
    ),
    "invalid_input": _explained("Une valeur déclarée ne peut pas être juste. Corrigez-la, puis relancez."),
    "unusable_files": _explained("Le fichier du parc est inutilisable ; aucune collectivité n'en sort. Corrigez les lignes citées."),
    "document": _explained("Un document PDF est illisible."),
    "invalid_profile": _explained("Le profil de l'interface est inutilisable. Corrigez-le, puis relancez."),
    "store": _explained("Le dépôt (antai_store) n'a pas pu être lu ou écrit."),
    "store_incomplete": _explained(
        "Un certificat serait commandé alors qu'il ne doit pas l'être : la suite a été arrêtée avant toute autre écriture."
    ),
    "journal": _explained(
        "Le journal du dépôt n'est plus tel qu'il a été écrit. Cherchez qui l'a modifié, et comparez avec une sauvegarde."
    ),
    "held": _explained("Une autre exécution travaille en ce moment sur cette collectivité. Relancez plus tard."),
    "order_limit": _explained("Le plafond de commandes de certificats est atteint ; rien de plus n'est commandé."),
    "operation_absent": _explained("Le profil ne décrit pas cette opération."),
    "still_running": _explained("Le serveur traite encore ce qui lui a été demandé. La prochaine exécution regardera."),
    "braked": _explained("Le frein a arrêté cette étape, qu'il n'avait pas comptée. Regardez ce qui a changé, puis relancez."),
    "deadline": _explained("Le temps accordé à cette exécution était écoulé. La prochaine reprendra."),
    "withheld": _explained("Rien n'a été écrit : une des premières collectivités n'a pas fini comme prévu."),
    "request": _explained("Une requête a échoué."),
    "transport": _explained("Le serveur n'a pas donné de réponse complète (nom, connexion, TLS ou délai)."),
    "server_down": _explained("Le serveur ne répond plus à personne ; rien n'a été envoyé. Relancez quand il sera revenu."),
    "unexpected_answer": _explained("Le serveur a répondu autrement que le profil ne le décrit."),
    "incomplete_list": _explained("Une liste du serveur n'est pas complète ; rien n'en est conclu."),
    "refused_by_server": _explained("Le serveur a refusé."),
    "forbidden": _explained("Ces identifiants ne donnent pas accès à cette collectivité (mandat)."),
    "authentication_failed": _explained("Les identifiants eux-mêmes ont été refusés."),
    "unexpected": _explained("C'est un défaut de cette collection : signalez-le avec ce détail."),
}


def failure_text(result: Mapping[str, Any], language: str) -> str | None:
    """Why a task failed, from its result: its msg, explained in the language of the report where its error has a code. None where it did not fail."""
    if not result.get("failed"):
        return None
    text, message = FAILURES.get((result.get("error") or {}).get("code", "")), str(result.get("msg", ""))
    return text.text(language, message=message) if text else message
