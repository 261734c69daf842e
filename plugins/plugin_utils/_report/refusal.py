# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a run is refused as a whole, before anything is asked or written: its inventory is not what it should be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .words import Words, said

SHOWN = 20  # duplicates and sources; the rest is counted
TEXTS: dict[str, Words] = {
    "unread": (
        "L'inventaire n'est pas complet : Ansible n'a pas pu lire {count}. Rien n'a été demandé ni écrit : une partie du parc serait prise pour le "
        "tout. Corrigez-la, ou retirez-la de l'inventaire, puis relancez.",
        "The inventory is not whole: Ansible could not read {count}. Nothing was asked or written: part of the fleet would be taken for the "
        "whole. Mend it, or take it out of the inventory, and run again.",
    ),
    "sources_one": ("une de ses sources", "one of its sources"),
    "sources": ("{count} de ses sources", "{count} of its sources"),
    "see_warnings": ("les avertissements d'Ansible, tout en haut, disent pourquoi", "Ansible's warnings, at the very top, say why"),
    "no_host": (
        "Aucun hôte de l'inventaire ne correspond à « {pattern} »{limit} : rien n'a été fait pour personne. Les collectivités sont dans le groupe "
        "antai, ou dans celui que nomme antai_hosts. Inventaire lu : {sources}",
        'No host of the inventory matches "{pattern}"{limit}: nothing was done for anybody. The collectivités are in the group antai, or in '
        "the one that antai_hosts names. Inventory read: {sources}",
    ),
    "limit": (" dans --limit {limit}", " within --limit {limit}"),
    "no_source": ("aucun ; donnez-le avec -i", "none; give it with -i"),
    "connection": (
        "Aucune collectivité ne peut être jointe : {variable} ne peut pas être lue. {reason}",
        "No collectivité can be reached: {variable} cannot be read. {reason}",
    ),
    "duplicates": (
        "Plusieurs hôtes de l'inventaire sont la même collectivité ; rien n'a été écrit, car ils écraseraient l'espace l'un de l'autre. "
        "Gardez un hôte par SIRET :",
        "Several hosts of the inventory are the same collectivité; nothing was written, because they would overwrite each other's account. "
        "Keep one host for each SIRET:",
    ),
    "and_more": ("et {count} de plus", "and {count} more"),
}


def unread_sources(sources: Sequence[tuple[str, str]], language: str) -> str:
    """sources: (path, why) of each that could not be read; why is "" where only Ansible's own warnings tell it."""
    count = said(TEXTS, "sources_one" if len(sources) == 1 else "sources", language, count=len(sources))
    lines = [f"{path}: {_without(path, why) or said(TEXTS, 'see_warnings', language)}" for path, why in sources]
    return _listed(said(TEXTS, "unread", language, count=count), lines, language)


def no_host(pattern: str, limit: str | None, sources: Iterable[str], language: str) -> str:
    """sources: of the inventory; they were read."""
    within = said(TEXTS, "limit", language, limit=limit) if limit else ""
    named = ", ".join(sources) or said(TEXTS, "no_source", language)
    return said(TEXTS, "no_host", language, pattern=pattern, limit=within, sources=named)


def unusable_connection(variable: str, reason: str, language: str) -> str:
    return said(TEXTS, "connection", language, variable=variable, reason=reason)


def duplicates(hosts: Mapping[str, Sequence[str]], language: str) -> str:
    """hosts: by the SIRET that they share."""
    lines = [f"SIRET {siret}: {', '.join(names)}" for siret, names in sorted(hosts.items())]
    return _listed(said(TEXTS, "duplicates", language), lines, language)


def _listed(head: str, lines: list[str], language: str) -> str:
    more = len(lines) - SHOWN
    rest = [said(TEXTS, "and_more", language, count=more)] if more > 0 else []
    return "\n  ".join([head, *lines[:SHOWN], *rest])


def _without(path: str, why: str) -> str:
    return why.removeprefix(f"{path}: ")
