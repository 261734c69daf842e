# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where one collectivité stands on the road: pure, from the plans of all its resources."""

from __future__ import annotations

from typing import Any

from .plan import Plan
from .runner import Settings, waiting_list

# Stage: the first resource of the road that is not as declared. (French, English).
STAGES = {
    "account": ("espace numérique", "space"),
    "certificate_request": ("certificat à délivrer", "certificate to be issued"),
    "convention": ("convention", "convention"),
    "certificates": ("activation", "activation"),
    "onboarded": ("en service", "in service"),
}

Planned = list[tuple[str, Plan]]


def status(siret: str, name: str | None, planned: Planned, dialogues: list[dict[str, Any]], settings: Settings) -> dict[str, Any]:
    """planned: (resource, its plan) in the order of the road. dialogues: what is known of each declared certificate's exchange.

    {siret, name, stage, stage_text, steps, waiting, certificate_until, dialogues}; certificate_until: the earliest end, RFC 3339, or None.
    """
    waited = [
        (resource, each) for resource, plan in planned for each in plan.waiting if not (each.code == "mandate" and authorised(dialogues))
    ]
    unsettled = [resource for resource, plan in planned if plan.steps or any(resource == each for each, _waiting in waited)]
    stage = unsettled[0] if unsettled else "onboarded"
    return {
        "siret": siret,
        "name": name,
        "stage": stage,
        "stage_text": STAGES[stage][0 if settings.language == "fr" else 1],
        "steps": [
            {"resource": resource, "code": step.code, "target": step.target, "reason": step.reason}
            for resource, plan in planned
            for step in plan.steps
        ],
        "waiting": waiting_list(tuple(each for _resource, each in waited), settings),
        "certificate_until": min((each["not_after"] for each in dialogues if each["not_after"]), default=None),
        "dialogues": dialogues,
    }


def authorised(dialogues: list[dict[str, Any]]) -> bool:
    """Whether the SI FPS lets every declared certificate exchange: that proves account and convention too, even to who may not see them."""
    return bool(dialogues) and all(each["state"] == "authorised" for each in dialogues)
