# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP Basic (RFC 7617): login and password with every call."""

from __future__ import annotations

import base64

from .base import Authentication


class Basic(Authentication):
    text = "HTTP Basic (RFC 7617), with every call."
    needs = {"username": "username", "password": "password"}

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        if anonymous:
            return {}
        value = base64.b64encode(f"{self.credential('username')}:{self.credential('password')}".encode()).decode()
        self.credentials.redactor.learn(value)
        return {"Authorization": f"Basic {value}"}
