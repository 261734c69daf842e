# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutual TLS: the client certificate is the identity; an editor adds its own name and key as headers."""

from __future__ import annotations

from .base import Authentication


class ClientCertificateAuthentication(Authentication):
    """settings: headers, a mapping of header name to credential (editor_id, editor_key), sent where the credential is declared."""

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        declared = {"editor_id": self.credentials.editor_id, "editor_key": self.credentials.editor_key}
        wanted = {header: declared.get(name) for header, name in self.settings.get("headers", {}).items()}
        return {header: value for header, value in wanted.items() if value}
