# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_exchange_info answers."""

from __future__ import annotations

from typing import Any

from .._options.spec import options
from .._plan.results import Answer
from .._plan.settings import Settings
from .._store.proofs import read_proofs
from ..siret import check_siret
from .base import Context
from .certificate.evaluation_options import JUDGING_SPEC, VALIDATION, judging_if_declared
from .certificate.observed_certificate import expand_labels, read_certificate
from .certificate.options import declared_certificate
from .dialogue import dialogue
from .kinds import InfoKind
from .server_certificate import judge_server, server_warnings
from .space import observe_space


def exchange_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
    """{dialogues, server, warnings} of antai_exchange_info: the SI FPS is asked with each certificate whose key is here. Raises the errors of errors.py."""
    return exchange(parameters, context, settings, set())


def exchange(parameters: dict[str, Any], context: Context, settings: Settings, unasked: set[str]) -> Answer:
    """unasked: certificates with which the SI FPS is not asked."""
    siret = check_siret(parameters["siret"])
    declared = [declared_certificate(entry, "present") for entry in parameters["certificates"]]
    items = [read_certificate(entry, siret, context.store) for entry in declared]  # first: bad input is refused before any request
    for item in items:
        if item.local:
            context.operations.hold(item.local, item.client)
    judging = judging_if_declared(parameters)
    space = observe_space(context.operations, siret, parameters["agent_email"])
    last = read_proofs(context.store) if context.store else {}
    dialogues = [
        dialogue(
            context, siret, item, space, ask=item.fingerprint not in unasked, now=settings.now(), last=last.get(item.fingerprint or "")
        )
        for item in expand_labels(items, space)
    ]
    server = judge_server(context, judging, settings.now())
    return {"dialogues": dialogues, "server": server, "warnings": server_warnings(server)}


EXCHANGE_INFO = InfoKind(
    options("siret", "certificates", "agent_email", required=("siret", "certificates")) | JUDGING_SPEC, exchange_info, VALIDATION
)
