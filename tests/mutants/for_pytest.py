# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""conftest.py of the folder that mutmut works in: each mutant is tried by a process that was forked after all tests had run once."""

from __future__ import annotations

import os
import sys
from typing import Any

PLUGINS = "ansible_collections.collectivites.antai.plugins."


def pytest_sessionstart() -> None:
    """What the code remembers, it remembers from before the mutation."""
    for module in [module for name, module in sys.modules.items() if name.startswith(PLUGINS)]:
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Those first that bear the mutated function's name (the proof's bear the rule's), then the quick ones: they kill soonest."""
    name = (
        os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".")[2].partition("__mutmut")[0].rpartition("ǁ")[2].removeprefix("x_").strip("_")
    )
    items.sort(key=lambda item: (not name or name not in item.nodeid, "tests/unit/" not in item.nodeid))
