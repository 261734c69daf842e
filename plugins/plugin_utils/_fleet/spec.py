# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of antai_fleet. What is to be done for whom stands in the variables of the hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...module_utils._options.spec import Spec
from ...module_utils.errors import InvalidInput
from .canary import DEFAULT_SIZE
from .progress_display import CHOICES
from .proving import MODES

# Each is a thread with its connections; what is asked of a server is limited by requests_per_second, not by these.
MOST_WORKERS = 1000

SPEC: Spec = {
    "workers": {"type": "int", "default": 16},
    "requests_per_second": {"type": "float"},
    "brake": {"type": "int"},
    "canary": {"type": "int", "default": DEFAULT_SIZE},
    "prove": {"type": "str", "choices": list(MODES), "default": "daily"},
    "prove_max": {"type": "int", "default": 1000},
    "orders_only": {"type": "bool", "default": False},
    "whole_inventory": {"type": "path"},
    "deadline": {"type": "float"},
    "held": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
    "progress": {"type": "str", "choices": list(CHOICES), "default": "auto"},
    "language": {"type": "str", "choices": ["fr", "en"], "default": "fr"},
}


# (option, whether a number is good, what it must be). What is not set is not limited.
NUMBERS: tuple[tuple[str, Callable[[float], bool], str], ...] = (
    ("workers", lambda value: 1 <= value <= MOST_WORKERS, f"a whole number from 1 to {MOST_WORKERS}"),
    ("requests_per_second", lambda value: 0 < value < float("inf"), "a number above 0; leave it out for no limit"),
    ("deadline", lambda value: 0 < value < float("inf"), "a number of seconds above 0; leave it out for no end"),
    ("prove_max", lambda value: value >= 1, "a whole number, 1 or more; to ask nobody there is antai_prove: never"),
    (
        "canary",
        lambda value: value >= 0,
        "a whole number, 0 or more: how many collectivités are written to before the others; 0: all at once",
    ),
    ("brake", lambda value: value >= 0, "a whole number, 0 or more: how much this run may take away"),
)


def check_numbers(options: dict[str, Any]) -> None:
    """Raises InvalidInput, which names the variable."""
    for option, is_good, requirement in NUMBERS:
        value = options[option]
        if value is not None and not is_good(value):
            raise InvalidInput(option, f"{value:g} is out of range", f"antai_{option} must be {requirement}; nothing was sent")
