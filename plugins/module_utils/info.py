# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the read-only modules answer. Nothing here writes, at ANTAI or on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ._store.layout import check_label
from ._store.proofs import read_proofs
from .arguments import (
    CERTIFICATE_STATE,
    CONTENTS,
    DOCUMENTS,
    ELSEWHERE,
    JUDGING_SPEC,
    ORDERING_NAMES,
    ROTATION_SPEC,
    Spec,
    declared_certificate,
    is_ordered,
    judging_if_declared,
    onboarding,
    order_of,
    provider_switch,
    rotation,
    rotation_wish,
    to_be_there,
)
from .dates import instant
from .declaration import FIELDS
from .doctor.answer import FAIL_ON, doctor
from .errors import InvalidInput
from .pki.renewal import Lifetime, Policy, renewal
from .pki.trust import TrustStore, read_store
from .plan import Plan
from .resources.account import view as account_view
from .resources.base import World
from .resources.certificate import held_here, labelled
from .resources.certificate_request import view as request_view
from .resources.dialogue import dialogue
from .resources.lifetimes import held, of_listed
from .resources.ordering import kept
from .resources.rotation_seen import may_be_under_way
from .resources.space import Space, observe_space
from .runner import Settings, told_facts, waiting_list
from .server_certificate import said_aloud, server_judged
from .siret import check_siret
from .status import status

Answer = dict[str, Any]


@dataclass(frozen=True)
class InfoKind:
    """One read-only module: its options, and what it answers."""

    spec: Spec
    answer: Callable[[dict[str, Any], World, Settings], Answer]


def _options(*names: str, required: tuple[str, ...] = ()) -> Spec:
    return {FIELDS[name].option_name: FIELDS[name].spec(required=True) if name in required else FIELDS[name].spec() for name in names}


def _spaces(parameters: dict[str, Any], world: World) -> list[tuple[str, Space]]:
    """The space of one SIRET, or of all that the agent may see."""
    if parameters["siret"]:
        siret = check_siret(parameters["siret"])
        return [(siret, observe_space(world.operations, siret, parameters["agent_email"]))]
    if not world.operations.has_login:
        raise InvalidInput(
            "siret",
            "is not set, and without credentials there is no list to read",
            f"give siret, or declare {world.operations.login_options}",
        )
    if not world.operations.has_list:
        raise InvalidInput("siret", "is not set, and this interface has no list to read", "give siret, one collectivité at a time")
    lacks = world.operations.absent
    return [
        (
            each["account"]["siret"],
            Space("open", each["account"]["state"], each["account"], tuple(each["conventions"]), tuple(each["certificates"]), lacks),
        )
        for each in world.operations.space_list()
    ]


def _seen(name: str, spaces: list[tuple[str, Space]], told: Callable[[str, Space], list[Answer]]) -> Answer:
    """access: an empty list means "none" only where it is open; else it means "not to be seen"."""
    access = next((space.access for _siret, space in spaces if not space.visible), "open")
    return {name: [each for siret, space in spaces for each in told(siret, space)], "access": access}


def account_info(parameters: dict[str, Any], world: World, settings: Settings) -> Answer:
    return _seen("accounts", _spaces(parameters, world), lambda siret, space: [account_view(siret, space)])


def convention_info(parameters: dict[str, Any], world: World, settings: Settings) -> Answer:
    return _seen("conventions", _spaces(parameters, world), lambda siret, space: [{"siret": siret} | each for each in space.conventions])


def certificate_info(parameters: dict[str, Any], world: World, settings: Settings) -> Answer:
    policy = Policy(tuple(parameters["renewal_days"]))
    trusted = TrustStore(()) if parameters.get("trust_store") is None else read_store(parameters["trust_store"])
    here = held(parameters["siret"], world, trusted, settings.now())
    known = {item.fingerprint: lifetime for item, lifetime in here}

    def due(lifetime: Lifetime | None) -> Answer:
        return {"renewal": renewal(lifetime, settings.now(), policy).as_dict() if lifetime else None}

    def told(siret: str, space: Space) -> list[Answer]:
        return [
            {"siret": siret} | each | due(known.get(each["fingerprint"]) or of_listed(each, trusted, settings.now()))
            for each in space.certificates
        ]

    shown = [
        {"provider": item.declared.provider, "fingerprint": item.fingerprint, "not_after": instant(lifetime.not_after)} | due(lifetime)
        for item, lifetime in here
    ]
    return _seen("certificates", _spaces(parameters, world), told) | {"held": shown}


def certificate_request_info(parameters: dict[str, Any], world: World, settings: Settings) -> Answer:
    siret, store = check_siret(parameters["siret"]), world.store
    if store is None:
        raise InvalidInput("store", "is not set", "declare antai_store: requests are kept there and nowhere else")
    providers = [check_label(parameters["provider"])] if parameters["provider"] else store.providers()
    return {"requests": [request_view(store, siret, provider, kept(store, provider)) for provider in providers]}


def exchange_info(parameters: dict[str, Any], world: World, settings: Settings) -> Answer:
    return _exchange(parameters, world, settings, set())


def unfit(planned: list[tuple[str, Plan]]) -> set[str]:
    """Fingerprints of the certificates that break a rule and are not installed: TLS may refuse them without a word, and nothing would be learned."""
    return {each.about["fingerprint"] for _name, plan in planned for each in plan.waiting if each.code == "certificate_not_rgs"}


def _exchange(parameters: dict[str, Any], world: World, settings: Settings, unasked: set[str]) -> Answer:
    """unasked: certificates with which the SI FPS is not asked."""
    siret = check_siret(parameters["siret"])
    declared = [declared_certificate(each, "present") for each in parameters["certificates"]]
    items = [held_here(each, siret, world.store) for each in declared]  # first: bad input is refused before any request
    for item in items:
        if item.local:
            world.operations.hold(item.local, item.client)
    judging = judging_if_declared(parameters)
    space = observe_space(world.operations, siret, parameters["agent_email"])
    last = read_proofs(world.store) if world.store else {}
    dialogues = [
        dialogue(world, siret, item, space, ask=item.fingerprint not in unasked, now=settings.now(), last=last.get(item.fingerprint or ""))
        for item in labelled(items, space)
    ]
    server = server_judged(world, judging, settings.now())
    return {"dialogues": dialogues, "server": server, "warnings": said_aloud(server)}


def onboarding_info(parameters: dict[str, Any], world: World, settings: Settings) -> Answer:
    """Plan everything and do nothing: the stage, the steps that a run would do, and who is waited for."""
    resources = onboarding(parameters)
    planned: list[tuple[str, Plan]] = []
    for resource in resources:
        planned.append((resource.name, resource.plan(resource.observe(world), settings.now())))
    facts = {name: value for _resource, plan in planned for name, value in told_facts(plan.facts, settings).items()}
    planned += beside_the_road(parameters, world, settings)
    told = _exchange(parameters | {"certificates": to_be_there(parameters)}, world, settings, unfit(planned))
    found = status(check_siret(parameters["siret"]), parameters["name"], planned, told["dialogues"], settings)
    return {"status": found | facts | {"server": told["server"]}, "warnings": told["warnings"]}


def beside_the_road(parameters: dict[str, Any], world: World, settings: Settings) -> list[tuple[str, Plan]]:
    """The switch of provider that is declared, and the rotations under way: others bring them about, and the status tells of them."""
    return _switching(parameters, world, settings) + _rotating(parameters, world, settings)


def _switching(parameters: dict[str, Any], world: World, settings: Settings) -> list[tuple[str, Plan]]:
    if parameters.get("switch") is None:
        return []
    resource = provider_switch(parameters)
    return [(resource.name, resource.plan(resource.observe(world), settings.now()))]


def _rotating(parameters: dict[str, Any], world: World, settings: Settings) -> list[tuple[str, Plan]]:
    """The rotations under way; one that is only due is no matter of the road's."""
    store, found = world.store, []
    items = [item for item in to_be_there(parameters) if is_ordered(item) and not item.get("keep")]
    if store is None or not items:
        return []
    wished = parameters | NO_WISH
    rotation_wish(wished)  # what is declared of rotations is checked, whether there is one or not
    for item in items:
        if not may_be_under_way(store, item["provider"]):
            continue
        resource = rotation(wished | dict.fromkeys(ELSEWHERE) | order_of(item))
        seen = resource.observe(world)
        if seen.under_way or (seen.current and (seen.pending or seen.lost)):
            found.append((resource.name, resource.plan(seen, settings.now())))
    return found


def certificate_rotation_info(parameters: dict[str, Any], world: World, settings: Settings) -> Answer:
    resource = rotation(parameters | NO_WISH)
    seen = resource.observe(world)
    plan = resource.plan(seen, settings.now())
    decided = resource.due(seen, settings.now())
    return {"rotation": plan.before, "renewal": decided.as_dict() if decided else None} | plan.facts | _to_come(plan, settings)


def provider_switch_info(parameters: dict[str, Any], world: World, settings: Settings) -> Answer:
    resource = provider_switch(parameters)
    plan = resource.plan(resource.observe(world), settings.now())
    return {"switch": plan.before} | plan.facts | _to_come(plan, settings)


def _to_come(plan: Plan, settings: Settings) -> Answer:
    steps = [{"code": step.code, "target": step.target, "reason": step.reason} for step in plan.steps]
    return {"steps_to_come": steps, "waiting": waiting_list(plan.waiting, settings)}


# A rotation that only goes its way.
NO_WISH = {"replace": None, "compromised": False, "rollback": False, "until": "retired", "reloaded": True}

_ONE_OR_ALL = _options("siret", "agent_email")

INFORMING: dict[str, InfoKind] = {
    "doctor": InfoKind(
        _options("siret", "agent_email", "cycle", "certificates", required=("siret", "certificates"))
        | JUDGING_SPEC
        | {
            "sirets": {"type": "list", "elements": "str", "default": []},
            "record": {"type": "path"},
            "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": FAIL_ON[0]},
        },
        doctor,
    ),
    "account_info": InfoKind(_ONE_OR_ALL, account_info),
    "convention_info": InfoKind(_ONE_OR_ALL, convention_info),
    "certificate_info": InfoKind(_ONE_OR_ALL | _options("trust_store", "renewal_days"), certificate_info),
    "certificate_request_info": InfoKind(_options("siret", required=("siret",)) | {"provider": {"type": "str"}}, certificate_request_info),
    "exchange_info": InfoKind(
        _options("siret", "certificates", "agent_email", required=("siret", "certificates")) | JUDGING_SPEC, exchange_info
    ),
    "certificate_rotation_info": InfoKind(ROTATION_SPEC, certificate_rotation_info),
    "provider_switch_info": InfoKind(
        _options("siret", "certificates", "switch", "agent_email", required=("siret", "certificates", "switch")) | JUDGING_SPEC,
        provider_switch_info,
    ),
    "onboarding_info": InfoKind(
        _options(
            "siret",
            "name",
            "certificate_organisation",
            "departement",
            "address",
            "contact_email",
            "agent_name",
            "agent_email",
            "reopen",
            "cycle",
            *DOCUMENTS,
            "convention_renewal_days",
            "signatory_name",
            "signatory_function",
            "deliberation_number",
            "deliberation_date",
            "form",
            "document_overrides",
            "document_max_mib",
            "signature_anchors",
            "certificates",
            "exclusive",
            "switch",
            "rotation_grace",
            "renewal_days",
            *ORDERING_NAMES,
            required=("siret", "name", "certificates"),
        )
        | CONTENTS
        | CERTIFICATE_STATE
        | JUDGING_SPEC,
        onboarding_info,
    ),
}
