# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a run that is refused as a whole."""

from __future__ import annotations

from .text import Bilingual

TEXTS: dict[str, Bilingual] = {
    "unread": Bilingual(
        "L'inventaire n'est pas complet : Ansible n'a pas pu lire {count}. Rien n'a été demandé ni écrit : une partie du parc serait prise pour le "
        "tout. Corrigez-la, ou retirez-la de l'inventaire, puis relancez.",
        "The inventory is not whole: Ansible could not read {count}. Nothing was asked or written: part of the fleet would be taken for the "
        "whole. Mend it, or take it out of the inventory, and run again.",
    ),
    "sources_one": Bilingual("une de ses sources", "one of its sources"),
    "sources": Bilingual("{count} de ses sources", "{count} of its sources"),
    "see_warnings": Bilingual(
        "les avertissements d'Ansible, tout en haut, disent pourquoi", "Ansible's warnings, at the very top, say why"
    ),
    "no_host": Bilingual(
        "Aucun hôte de l'inventaire ne correspond à « {pattern} »{limit} : rien n'a été fait pour personne. Les collectivités sont dans le groupe "
        "antai, ou dans celui que nomme antai_hosts. Inventaire lu : {sources}",
        'No host of the inventory matches "{pattern}"{limit}: nothing was done for anybody. The collectivités are in the group antai, or in '
        "the one that antai_hosts names. Inventory read: {sources}",
    ),
    "limit": Bilingual(" dans --limit {limit}", " within --limit {limit}"),
    "no_source": Bilingual("aucun ; donnez-le avec -i", "none; give it with -i"),
    "connection": Bilingual(
        "Aucune collectivité ne peut être jointe : {variable} ne peut pas être lue. {reason}",
        "No collectivité can be reached: {variable} cannot be read. {reason}",
    ),
    "duplicates": Bilingual(
        "Plusieurs hôtes de l'inventaire sont la même collectivité ; rien n'a été écrit, car ils écraseraient l'espace l'un de l'autre. "
        "Gardez un hôte par SIRET :",
        "Several hosts of the inventory are the same collectivité; nothing was written, because they would overwrite each other's account. "
        "Keep one host for each SIRET:",
    ),
    "and_more": Bilingual("et {count} de plus", "and {count} more"),
}
