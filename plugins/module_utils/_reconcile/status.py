# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where one collectivité stands: pure, from the plans of all its resources."""

from __future__ import annotations

from typing import Any

from .._plan.plan import Plan
from .._plan.results import waiting_list
from .._plan.settings import Settings
from .._plan.steps import STEPS
from .._plan.waiting import STOPS, Waiting
from .._resources.convention.gate import SIGNED_BY_BOTH
from .._resources.dialogue import Dialogue
from .._texts.stages import STAGES

Planned = list[tuple[str, Plan]]

# What the steps of a resource bring about: while they are not done, nobody else can be waited for about it.
BROUGHT_ABOUT = {"account": "account", "certificate_request": "certificate", "convention": "convention"}

# What the convention waits for it says itself, knowing the cycle and the document; the others only know that none is signed by both.
CONVENTION = "convention"


def status(siret: str, name: str | None, planned: Planned, dialogues: list[Dialogue], settings: Settings) -> dict[str, Any]:
    """planned: (resource, its plan) in the order of the letter. dialogues: what is known of the exchange of each certificate that is to be there.

    {siret, name, stage, stage_text, steps, waiting, certificate_until, convention_until, convention_lapsed, last_exchange_at, active_since, dialogues}.
    certificate_until: the earliest end, RFC 3339, or None. convention_until: the last day of the one signed by both (R6), or None.
    convention_lapsed: the last day of the latest convention where it is over and none is in force, or None.
    last_exchange_at: the latest of all certificates (R11), or None; active_since: since when one may exchange, None where none may or nobody says.
    What is waited for is what is waited for now: not what would be, once the steps are done. A stop is told whatever else is to be done.
    """
    waited = _waited(planned, dialogues)
    stops = _unsaid_stops(planned, dialogues, [waiting for _resource, waiting in waited])
    unsettled = [
        resource for resource, plan in planned if plan.steps or any(resource == waiting_resource for waiting_resource, _waiting in waited)
    ]
    if not unsettled:  # all is as declared, and the SI FPS refuses all the same, whatever the space says
        stops = [("dialogue", _refused(dialogue)) for dialogue in dialogues if dialogue["state"] == "refused"] or stops
    waited += stops
    stage = unsettled[0] if unsettled else (stops[0][0] if stops else "onboarded")
    return {
        "siret": siret,
        "name": name,
        "stage": stage,
        "stage_text": STAGES[stage].text(settings.language),
        "steps": [
            {"resource": resource, "code": step.code, "target": step.target, "reason": step.reason}
            for resource, plan in planned
            for step in plan.steps
        ],
        "waiting": waiting_list(tuple(waiting for _resource, waiting in waited), settings),
        "certificate_until": min((end for dialogue in dialogues if (end := dialogue["not_after"])), default=None),
        "convention_until": _convention_until(planned),
        "convention_lapsed": _before(planned, "convention").get("lapsed"),
        "last_exchange_at": max((moment for dialogue in dialogues if (moment := dialogue["last_exchange_at"])), default=None),
        "active_since": _active_since(planned),
        "dialogues": dialogues,
    }


def _waited(planned: Planned, dialogues: list[Dialogue]) -> list[tuple[str, Waiting]]:
    acting = {resource for resource, plan in planned if any(not STEPS[step.code].leaves_waiting for step in plan.steps)}
    coming = {BROUGHT_ABOUT.get(resource) for resource in acting}
    says_convention = any(
        waiting.reason.purpose == CONVENTION for resource, plan in planned if resource == CONVENTION for waiting in plan.waiting
    )
    # What is to be done about the space, the account itself knows best: the rest only see that it is not there.
    says_account = any(resource == "account" and plan.waiting for resource, plan in planned)
    # Who must not order is not told to order.
    stopped = {stop.provider for _resource, plan in planned for stop in plan.stops}
    return [
        (resource, waiting)
        for resource, plan in planned
        for waiting in plan.waiting
        if (waiting.code in STOPS or (resource not in acting and waiting.reason.purpose not in coming))
        and not (says_convention and waiting.reason.purpose == CONVENTION != resource)
        and not (says_account and waiting.code == "account_missing" and resource != "account")
        and not (waiting.code == "certificate_order" and waiting.facts.get("provider") in stopped)
        and not (waiting.code in ("mandate", "unseen") and authorised(dialogues))
    ]


def _unsaid_stops(planned: Planned, dialogues: list[Dialogue], waited: list[Waiting]) -> list[tuple[str, Waiting]]:
    """Why nothing passes any more, where no plan says it: a convention that is over while the next one is on its way, a certificate that may exchange
    and is refused.
    """
    codes = {waiting.code for waiting in waited}
    refused = {waiting.facts.get("fingerprint") for waiting in waited if waiting.code in ("certificate_refused", "certificate_expired")}
    stops = [
        ("dialogue", _refused(dialogue))
        for dialogue in dialogues
        if dialogue["state"] == "refused" and dialogue["verifiable"] is not None and dialogue["fingerprint"] not in refused
    ]
    lapsed = _before(planned, CONVENTION).get("lapsed")
    if lapsed and codes.isdisjoint(("convention_ended", "convention_lapsed")):
        stops.insert(0, (CONVENTION, Waiting("convention_lapsed", None, {"end": lapsed}, wording="convention_lapsed_next")))
    return stops


def _convention_until(planned: Planned) -> str | None:
    convention = _before(planned, CONVENTION)
    return convention.get("end") if convention.get("state") in SIGNED_BY_BOTH else None


def _before(planned: Planned, name: str) -> dict[str, Any]:
    """What the resource of this name is now; empty where it is not planned."""
    return next((plan.before for resource, plan in planned if resource == name), None) or {}


def _active_since(planned: Planned) -> str | None:
    certificates = _before(planned, "certificates").get("declared", [])
    return min(
        (since for certificate in certificates if certificate["state"] == "active" and (since := certificate["since"])), default=None
    )


def _refused(dialogue: Dialogue) -> Waiting:
    """Everything is as declared, and the SI FPS refuses all the same: a town that loses its notices without a word (R11)."""
    facts = {
        "provider": dialogue["provider"],
        "fingerprint": dialogue["fingerprint"],
        "reason": dialogue["message"],
        "rule": dialogue["rule"],
    }
    return Waiting("dialogue_refused", None, facts)


def authorised(dialogues: list[Dialogue]) -> bool:
    """Whether the SI FPS said in this run that all may exchange: that proves account and convention too, even to who may not see them."""
    return bool(dialogues) and all(dialogue["state"] == "authorised" and dialogue["source"] == "query" for dialogue in dialogues)
