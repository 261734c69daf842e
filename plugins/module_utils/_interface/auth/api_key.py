# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key in a header. Never in the query: addresses are logged everywhere."""

from __future__ import annotations

from ..profile.schema import Flag, Key
from .base import Authentication
from .names import HEADER


class ApiKey(Authentication):
    text = "A key in a header of its own."
    keys = {
        "header": Key(HEADER, "Name of that header, for instance `X-Api-Key`.", required=True),
        "always": Key(Flag(), "Also with operations that need no login: the key of a gateway."),
    }
    needs = {"key": "api_key"}

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        if anonymous and not self.settings.get("always"):
            return {}
        return {self.settings["header"]: self.credential("key")}
