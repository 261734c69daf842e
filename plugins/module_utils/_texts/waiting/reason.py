# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of the catalogue of what is waited for."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import Bilingual


@dataclass(frozen=True)
class Reason:
    """on: who is waited for, a key of PEOPLE; purpose: what for, a key of PURPOSES; next_action: what to do next, with {placeholders}."""

    on: str
    purpose: str
    next_action: Bilingual
