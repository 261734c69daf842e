# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps that a journal knows as done, and the lines of a journal."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store


def note(store: Store, now: datetime, code: str, target: str = "") -> None:
    """As a run does that did this step."""
    store.conclude(now, store.announce(now, Step(code, "a test", target)))


def journal_lines(store: Store | Path) -> list[dict[str, Any]]:
    """Of all collectivités; store: or its folder."""
    path = (Path(store.top) if isinstance(store, Store) else store) / "journal.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def concluded_steps(store: Store | Path) -> list[tuple[str, str, str]]:
    """(step, target, outcome) of all that was concluded, in order."""
    return [(line["step"], line["target"], line["outcome"]) for line in journal_lines(store) if line["event"] == "outcome"]
