# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words as people write them, made comparable: without accents, case, hyphens and the like."""

from __future__ import annotations

import re

from ...module_utils.text import strip_accents


def plain(text: str) -> str:
    """Small letters without accents and digits, everything else one space: "Évry - Courcouronnes" is "evry courcouronnes"."""
    whole = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    return re.sub(r"[^a-z0-9]+", " ", strip_accents(whole).lower()).strip()


def slug(text: str, joined_by: str) -> str:
    """The same words, joined: for names of variables, groups and hosts."""
    return plain(text).replace(" ", joined_by)
