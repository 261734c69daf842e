# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of an exchange, as a table: by the SI FPS where the key is here, by the space where it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils.resources.base import World
from ansible_collections.collectivites.antai.plugins.module_utils.resources.certificate import Item
from ansible_collections.collectivites.antai.plugins.module_utils.resources.dialogue import dialogue
from ansible_collections.collectivites.antai.plugins.module_utils.resources.space import Space
from tests.support import observed
from tests.support.fake_operations import FakeOperations
from tests.support.observed import SINCE, SIRET, item, listed, space

A, LATER = "a" * 64, "2026-03-01T08:00:00Z"
LISTED = space(certificates=(listed("b" * 64, "active", last_exchange_at=LATER), listed(A, "active", last_exchange_at=SINCE)))
NOT_LISTED = space(certificates=(listed("b" * 64, "active", last_exchange_at=LATER),))
HERE, ELSEWHERE = item(A, "active", key=True), item(A, "active")
REFUSED = observed.dialogue(A, "refused", rule="R7", message="SIRET", last_exchange_at=LATER)
SAID = {name: REFUSED[name] for name in ("state", "rule", "message", "last_exchange_at")} | {"source": "query"}
ITS_END, LISTED_END = "2027-03-02T10:00:00Z", "2028-01-01T00:00:00Z"
NOTHING = {
    "provider": "acme",
    "fingerprint": A,
    "state": "unknown",
    "rule": None,
    "message": None,
    "last_exchange_at": None,
    "not_after": None,
    "source": "none",
}


@pytest.mark.parametrize(
    ("found", "seen", "how", "told", "asked"),
    [
        pytest.param(ELSEWHERE, NOT_LISTED, {}, {}, False, id="nothing"),
        pytest.param(
            ELSEWHERE, LISTED, {}, {"last_exchange_at": SINCE, "not_after": LISTED_END, "source": "space"}, False, id="the space alone"
        ),
        pytest.param(HERE, LISTED, {}, SAID | {"not_after": ITS_END}, True, id="asked"),
        pytest.param(HERE, NOT_LISTED, {}, SAID | {"not_after": ITS_END}, True, id="asked, not listed"),
        pytest.param(
            HERE,
            LISTED,
            {"ask": False},
            {"last_exchange_at": SINCE, "not_after": ITS_END, "source": "space"},
            False,
            id="not to be asked",
        ),
        pytest.param(
            replace(HERE, dialogue=REFUSED), LISTED, {"ask": False}, SAID | {"not_after": ITS_END}, False, id="it has answered already"
        ),
        pytest.param(HERE, NOT_LISTED, {"absent": ("exchange_query",)}, {"not_after": ITS_END}, False, id="nothing to ask with"),
    ],
)
def test_what_is_known(found: Item, seen: Space, how: dict[str, Any], told: dict[str, Any], asked: bool) -> None:
    operations = FakeOperations({"exchange_query": REFUSED}, absent=how.get("absent", ()))
    world = World(cast(Operations, operations))
    kept = {name: value for name, value in how.items() if name == "ask"}
    assert dialogue(world, SIRET, found, seen, **kept) == NOTHING | told
    assert operations.calls == ([("exchange_query", SIRET, found.client)] if asked else [])
