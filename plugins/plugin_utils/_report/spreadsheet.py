# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV files that a French Excel opens right by a double click. Pure.

Semicolons, a byte order mark and CRLF are what it expects. A SIRET would become 2.17E+13: it is written as the formula ="...". A text that
Excel would take for a formula (a name given by somebody else) begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def sheet(lines: Iterable[list[str]]) -> bytes:
    """The whole file, the titles first."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(lines)
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")


def siret_cell(siret: str | None) -> str:
    """As a formula that is a text."""
    return f'="{siret}"' if siret and siret.isascii() and siret.isdigit() else safe(siret or "")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
