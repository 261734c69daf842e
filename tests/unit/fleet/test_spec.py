# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers that a fleet is run with: out of range, they are refused by the name of their variable."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.spec import check_numbers

GOOD: dict[str, Any] = {"workers": 16, "requests_per_second": None, "brake": None, "prove_max": 1000, "canary": 3, "deadline": None}


@pytest.mark.parametrize("change", [{}, {"workers": 1}, {"workers": 1000}, {"requests_per_second": 0.5}, {"brake": 0}, {"brake": 34_875}])
def test_in_range(change: dict[str, Any]) -> None:
    check_numbers(GOOD | change)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("workers", 0),
        ("workers", -2),
        ("workers", 1001),
        ("requests_per_second", 0.0),
        ("requests_per_second", -3.0),
        ("requests_per_second", math.nan),
        ("requests_per_second", math.inf),
        ("brake", -1),
        ("prove_max", 0),
        ("canary", -1),
        ("deadline", 0.0),
        ("deadline", math.inf),
    ],
)
def test_out_of_range(option: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_numbers(GOOD | {option: value})
    assert caught.value.details["field"] == option
    assert f"antai_{option}" in caught.value.hint
