# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The orders that were made from this store, all collectivités together (<store>/orders.jsonl): each one is paid, so they are counted.

One JSON object a line: {at, siret, provider, cause}. A day is the 24 hours before now, whatever the time zone.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from ..dates import date_or_none, instant
from ..errors import OrderLimit
from .files import guarded, open_own, read_own
from .lock import wait_for_store

FILE = "orders.jsonl"
DAY = timedelta(days=1)


def count_orders(root: Path, now: datetime) -> int:
    """Those of the last 24 hours; one whose time cannot be read, or is to come, counts. Raises StoreError."""
    path = root / FILE
    if not os.path.lexists(path):
        return 0
    with guarded(path):
        lines = read_own(path).decode("utf-8", errors="replace").splitlines()
    return sum(not _is_over(line, now) for line in lines if line.strip())


def claim_order(root: Path, now: datetime, siret: str, provider: str, cause: str, limit: int) -> None:
    """Note an order that is about to be made. Raises OrderLimit where that would be more than `limit` in a day, and StoreError."""
    with wait_for_store(root):
        count = count_orders(root, now)
        if count >= limit:
            raise OrderLimit(count, limit, str(root))
        entry = {"at": instant(now), "siret": siret, "provider": provider, "cause": cause}
        with guarded(root / FILE), os.fdopen(open_own(root / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "a") as file:
            file.write(json.dumps(entry) + "\n")


def _is_over(line: str, now: datetime) -> bool:
    try:
        at = date_or_none(str(json.loads(line)["at"]))
    except (ValueError, KeyError, TypeError):
        return False
    return at is not None and at <= now - DAY
