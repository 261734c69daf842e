# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a certificate's exchange, without ever sending an FPS."""

from __future__ import annotations

from typing import Any

from ..dates import instant
from .base import World
from .certificate import Item
from .space import Space


def dialogue(world: World, siret: str, item: Item, space: Space, *, ask: bool = True) -> dict[str, Any]:
    """What is known of one certificate's exchange. source: query (we hold the key), space (we do not: last_exchange_at is all there is), or none.

    ask: whether to ask the SI FPS; without it, what it has already answered still counts.
    """
    listed = next((each for each in space.certificates if each["fingerprint"] == item.fingerprint), None) or {}
    found = {
        "provider": item.declared.provider,
        "fingerprint": item.fingerprint,
        "state": "unknown",
        "rule": None,
        "message": None,
        "last_exchange_at": listed.get("last_exchange_at"),
        "not_after": instant(item.local.not_after) if item.local else listed.get("not_after"),
        "source": "space" if listed else "none",
    }
    asked = item.client if ask and world.operations.has("exchange_query") else None
    answer = world.operations.exchange_query(siret, asked) if asked else item.dialogue
    if answer:
        found |= {field: answer[field] for field in ("state", "rule", "message", "last_exchange_at")} | {"source": "query"}
    return found
