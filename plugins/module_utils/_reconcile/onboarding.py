# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole collectivité: every resource of it, in the order of the letter, and where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._options.spec import ORDERING_NAMES, options
from .._pdf.document import holds_document
from .._plan.plan import Plan
from .._plan.results import Answer, facts_of
from .._plan.settings import Settings
from .._resources.account import OPTIONS as ACCOUNT_OPTIONS
from .._resources.account import account
from .._resources.base import Context, Resource
from .._resources.certificate.evaluation_options import JUDGING_SPEC, VALIDATION
from .._resources.certificate.options import (
    CERTIFICATE_STATE,
    ELSEWHERE,
    certificate_request,
    certificates,
    is_ordered,
    order_of,
    to_be_there,
)
from .._resources.convention.options import CONTENTS, DOCUMENTS, convention
from .._resources.exchange_info import exchange
from .._resources.kinds import InfoKind
from .._resources.provider_switch import provider_switch
from .._resources.rotation.observation import may_be_under_way
from .._resources.rotation.options import NO_WISH, rotation, rotation_wish
from ..siret import check_siret
from .status import status


def onboarding(parameters: dict[str, Any]) -> list[Resource]:
    """Every resource of one collectivité, in the order of the letter: whatever can advance advances, whoever else is waited for."""
    requests = [
        certificate_request(parameters | order_of(item) | {"state": "present"}) for item in to_be_there(parameters) if is_ordered(item)
    ]
    return [account(parameters | {"state": "present"}), *requests, convention(parameters), certificates(parameters)]


def unfit_fingerprints(planned: list[tuple[str, Plan]]) -> set[str]:
    """Fingerprints of the certificates that break a rule and are not installed: TLS may refuse them without a word, and nothing would be learned."""
    return {waiting.facts["fingerprint"] for _name, plan in planned for waiting in plan.waiting if waiting.code == "certificate_not_rgs"}


def onboarding_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
    """Plan everything and do nothing: the stage, the steps that a run would do, and who is waited for."""
    resources = onboarding(parameters)
    planned: list[tuple[str, Plan]] = []
    for resource in resources:
        planned.append((resource.name, resource.plan_dated(resource.observe(context), context, settings.now())))
    facts = {name: value for _resource, plan in planned for name, value in facts_of(plan.facts, settings).items()}
    planned += switch_and_rotations(parameters, context, settings)
    exchanges = exchange(parameters | {"certificates": to_be_there(parameters)}, context, settings, unfit_fingerprints(planned))
    summary = status(check_siret(parameters["siret"]), parameters["name"], planned, exchanges["dialogues"], settings)
    return {"status": summary | facts | {"server": exchanges["server"]}, "warnings": exchanges["warnings"]}


def switch_and_rotations(parameters: dict[str, Any], context: Context, settings: Settings) -> list[tuple[str, Plan]]:
    """The switch of provider that is declared, and the rotations under way: others bring them about, and the status tells of them."""
    return _switching(parameters, context, settings) + _rotating(parameters, context, settings)


def _switching(parameters: dict[str, Any], context: Context, settings: Settings) -> list[tuple[str, Plan]]:
    if parameters.get("switch") is None:
        return []
    resource = provider_switch(parameters)
    return [(resource.name, resource.plan_dated(resource.observe(context), context, settings.now()))]


def _rotating(parameters: dict[str, Any], context: Context, settings: Settings) -> list[tuple[str, Plan]]:
    """The rotations under way; one that is only due is no matter of the onboarding's."""
    store, planned = context.store, []
    items = [item for item in to_be_there(parameters) if is_ordered(item) and not item.get("keep")]
    if store is None or not items:
        return []
    declared = parameters | NO_WISH
    rotation_wish(declared)  # what is declared of rotations is checked, whether there is one or not
    for item in items:
        if not may_be_under_way(store, item["provider"]):
            continue
        resource = rotation(declared | dict.fromkeys(ELSEWHERE) | order_of(item))
        state = resource.observe(context)
        if state.under_way or (state.current and (state.pending or state.lost)):
            planned.append((resource.name, resource.plan_dated(state, context, settings.now())))
    return planned


ONBOARDING_INFO = InfoKind(
    options(
        "siret",
        *ACCOUNT_OPTIONS,
        "certificate_organisation",
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
    replace(VALIDATION, documents=holds_document),
)
