# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The spaces that a question is about: one collectivité's, or all that the agent may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._options.spec import options
from .._plan.results import Answer
from ..errors import InvalidInput
from ..siret import check_siret
from .base import Context
from .space import Space, observe_space


def read_spaces(parameters: dict[str, Any], context: Context) -> list[tuple[str, Space]]:
    """The space of one SIRET, or of all that the agent may see."""
    if parameters["siret"]:
        siret = check_siret(parameters["siret"])
        return [(siret, observe_space(context.operations, siret, parameters["agent_email"]))]
    if not context.operations.has_login:
        raise InvalidInput(
            "siret",
            "is not set, and without credentials there is no list to read",
            f"give siret, or declare {context.operations.login_options}",
        )
    if not context.operations.has_list:
        raise InvalidInput("siret", "is not set, and this interface has no list to read", "give siret, one collectivité at a time")
    lacks = context.operations.absent
    return [
        (
            listing["account"]["siret"],
            Space(
                "open",
                listing["account"]["state"],
                listing["account"],
                tuple(listing["conventions"]),
                tuple(listing["certificates"]),
                lacks,
            ),
        )
        for listing in context.operations.space_list()
    ]


def visible(name: str, spaces: list[tuple[str, Space]], records_of: Callable[[str, Space], list[Answer]]) -> Answer:
    """access: an empty list means "none" only where it is open; else it means "not to be seen"."""
    access = next((space.access for _siret, space in spaces if not space.visible), "open")
    return {name: [record for siret, space in spaces for record in records_of(siret, space)], "access": access}


ONE_OR_ALL = options("siret", "agent_email")
