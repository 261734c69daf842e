# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a run over the whole fleet."""

from __future__ import annotations

from .text import Bilingual

BRAKE_HOLDS = Bilingual(
    "le frein de sécurité retient ce passage avant sa première écriture : il prévoit de retirer {count} choses ({kinds}), et le peut pour {limit}. "
    "Regardez-en la liste ; si tout est voulu, donnez-en le nombre : antai_brake={count}",
    "the safety brake holds this run before its first write: of what takes away, it plans {count} ({kinds}), and may {limit} - look at the list; "
    "if all of it is meant, name the number: antai_brake={count}",
)
