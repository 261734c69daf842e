# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statuses of Lyon, made from plans: for tests of the status and of the report."""

from __future__ import annotations

from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan, Step
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.status import status
from tests.support.observed import SINCE, SIRET
from tests.support.words import Clock

DONE = Plan({}, {})
STEP = Plan({}, {}, (Step("activate_certificate", "why", "t"),))
CONTROL = Plan({}, {}, (), (Waiting("account_control", SINCE),))
ORDER = Plan({}, {}, (), (Waiting("certificate_order", None, {"provider": "acme"}),))
ROAD = ("account", "certificate_request", "convention", "certificates")


def told(provider: str, state: str, rule: str | None = None, not_after: str | None = None) -> dict[str, Any]:
    """As the SI FPS answered a query."""
    return {
        "provider": provider,
        "fingerprint": "f",
        "state": state,
        "rule": rule,
        "message": None,
        "last_exchange_at": None,
        "not_after": not_after,
        "source": "query",
        "proved_at": None,
        "verifiable": None,
    }


def status_of(*plans: Plan, language: str = "fr", dialogues: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    planned = list(zip(ROAD, plans, strict=True))
    return status(SIRET, "Lyon", planned, list(dialogues), Clock().settings(language=language))
