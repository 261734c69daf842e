# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a run is refused as a whole, before anything is asked or written: its inventory is not what it should be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...module_utils._texts.refusal import TEXTS

SHOWN = 20  # duplicates and sources; the rest is counted


def unread_sources(sources: Sequence[tuple[str, str]], language: str) -> str:
    """sources: (path, why) of each that could not be read; why is "" where only Ansible's own warnings tell it."""
    count = TEXTS["sources_one" if len(sources) == 1 else "sources"].text(language, count=len(sources))
    lines = [f"{path}: {_without(path, why) or TEXTS['see_warnings'].text(language)}" for path, why in sources]
    return _listed(TEXTS["unread"].text(language, count=count), lines, language)


def no_host(pattern: str, limit: str | None, sources: Iterable[str], language: str) -> str:
    """sources: of the inventory; they were read."""
    within = TEXTS["limit"].text(language, limit=limit) if limit else ""
    named = ", ".join(sources) or TEXTS["no_source"].text(language)
    return TEXTS["no_host"].text(language, pattern=pattern, limit=within, sources=named)


def unusable_connection(variable: str, reason: str, language: str) -> str:
    return TEXTS["connection"].text(language, variable=variable, reason=reason)


def duplicates(hosts: Mapping[str, Sequence[str]], language: str) -> str:
    """hosts: by the SIRET that they share."""
    lines = [f"SIRET {siret}: {', '.join(names)}" for siret, names in sorted(hosts.items())]
    return _listed(TEXTS["duplicates"].text(language), lines, language)


def _listed(head: str, lines: list[str], language: str) -> str:
    more = len(lines) - SHOWN
    rest = [TEXTS["and_more"].text(language, count=more)] if more > 0 else []
    return "\n  ".join([head, *lines[:SHOWN], *rest])


def _without(path: str, why: str) -> str:
    return why.removeprefix(f"{path}: ")
