# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an error says is bounded, whatever a server has answered or somebody has declared."""

from __future__ import annotations

import json

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.errors import (
    LONGEST_REFUSAL,
    AntaiError,
    CircuitOpen,
    InvalidInput,
    RefusedByServer,
    TransportError,
)

HUGE = "x" * 10_000_000


@pytest.mark.parametrize(
    "error",
    [
        AntaiError(HUGE, details=HUGE),
        InvalidInput("siret", HUGE, value=HUGE),
        RefusedByServer(HUGE, status=422, rule=HUGE, server_code=HUGE),
        TransportError(HUGE, path=HUGE).at("page 2"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_ten_megabytes_are_cut(error: AntaiError) -> None:
    assert len(json.dumps(error.as_dict())) < 2 * LONGEST_REFUSAL
    assert error.message.endswith(" characters)")


def test_a_shared_error_is_told_with_its_place_and_stays_as_it_is() -> None:
    shared = CircuitOpen("https://portal.example", "no answer in time", 3)
    placed = shared.at("certificate_list: page 2 fails")
    assert (type(placed), placed.code, placed.is_outage) == (CircuitOpen, "server_down", False)
    assert placed.message == f"certificate_list: page 2 fails: {shared.message}" == str(placed)
    assert shared.message.startswith("https://portal.example is down")
