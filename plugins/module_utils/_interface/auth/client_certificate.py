# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutual TLS: the client certificate is the identity; an editor adds its own name and key as headers."""

from __future__ import annotations

from ..profile.schema import Key, Table
from .base import OPTION, Authentication


class ClientCertificateAuthentication(Authentication):
    text = "Mutual TLS alone: see `client_certificate` of the face."
    keys = {"headers": Key(Table(OPTION, called="header"), "Header to the option sent in it, where that is declared.")}

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        values = {header: getattr(self.credentials, name) for header, name in self.settings.get("headers", {}).items()}
        return {header: value for header, value in values.items() if value}
