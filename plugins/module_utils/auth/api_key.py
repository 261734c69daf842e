# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key in a header. Never in the query: addresses are logged everywhere."""

from __future__ import annotations

from ..shapes import Key
from .base import Authentication
from .names import HEADER


class ApiKey(Authentication):
    text = "A key in a header of its own."
    keys = {"header": Key(HEADER, "Name of that header, for instance `X-Api-Key`.", required=True)}
    needs = {"key": "api_key"}

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        return {} if anonymous else {self.settings["header"]: self.credential("key")}
