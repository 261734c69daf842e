# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token that was handed out once and for all."""

from __future__ import annotations

from ..profile.schema import Key, Text
from .base import Authentication


class Bearer(Authentication):
    text = "A static token, in `Authorization: Bearer`."
    keys = {"scheme": Key(Text(pattern=r"[A-Za-z][A-Za-z0-9-]*", description="a word"), "Word before the token; default: `Bearer`.")}
    needs = {"token": "token"}

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        return {} if anonymous else {"Authorization": f"{self.settings.get('scheme', 'Bearer')} {self.credential('token')}"}
