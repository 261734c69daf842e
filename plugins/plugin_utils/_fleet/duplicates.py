# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two that are declared as one and the same collectivité: they would overwrite each other's account."""

from __future__ import annotations

from collections.abc import Iterable


def shared(declared: Iterable[tuple[str, str]], among: Iterable[str]) -> dict[str, list[str]]:
    """SIRET -> the hosts that declare it, for those SIRETs that several hosts declare and at least one of `among` does.

    declared: (host, SIRET), of the whole inventory. Linear in their number.
    """
    by_siret: dict[str, list[str]] = {}
    for host, siret in declared:
        by_siret.setdefault(siret, []).append(host)
    concerned = set(among)
    return {siret: hosts for siret, hosts in by_siret.items() if len(hosts) > 1 and not concerned.isdisjoint(hosts)}
