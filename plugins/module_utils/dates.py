# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instants as text, in the one form that results and the store use (RFC 3339, UTC, whole seconds, ending in Z)."""

from __future__ import annotations

from datetime import datetime, timezone


def instant(moment: datetime) -> str:
    """An aware UTC moment as text."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_date(text: str) -> datetime:
    """An RFC 3339 instant; without an offset it is taken as UTC. Raises ValueError."""
    instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)
