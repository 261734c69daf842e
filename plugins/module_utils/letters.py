# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters without their accents, for who compares or sorts names."""

from __future__ import annotations

import re
import unicodedata

NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def unaccented(text: str) -> str:
    """Each letter in its plainest form (NFKD), without the accents that stood on it."""
    return NOT_ASCII.sub(_uncombined, unicodedata.normalize("NFKD", text))


def _uncombined(found: re.Match[str]) -> str:
    return "".join(each for each in found[0] if not unicodedata.combining(each))
