# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the agents may see, from their lists: whole, or an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...module_utils._interface.agent import Agent, Network
from ...module_utils._interface.connection import credentials, endpoints
from ...module_utils._interface.operations import Operations
from ...module_utils._interface.profile.profile import Profile
from ...module_utils._interface.profile_reader import Listed
from ...module_utils._options.spec import connection_spec
from ...module_utils._pki.certificate import Certificate
from ...module_utils.errors import IncompleteList, InvalidInput
from ...module_utils.redact import Redactor

# What makes two hosts the same agent at the same place.
LOGIN = tuple(name for name in connection_spec() if name not in ("profile", "store", "language"))


@dataclass(frozen=True)
class ListingAgent:
    """An agent whose lists are read. host: of the inventory, which has its connection variables. parameters: the connection, checked."""

    host: str
    parameters: dict[str, Any]
    agent: Agent

    def operations(self, certificates: Iterable[Certificate] = ()) -> Operations:
        """certificates: that lie here; an interface may show them by another name than their SHA-256."""
        operations = Operations(self.agent)
        for certificate in certificates:
            operations.hold(certificate)
        return operations


def distinct_agents(connections: Iterable[tuple[str, dict[str, Any]]], network: Network) -> list[ListingAgent]:
    """Each login once, under the name of its first host. connections: (host, connection parameters).

    Raises ProfileError, and InvalidInput where one cannot list anything.
    """
    agents: dict[Any, ListingAgent] = {}
    profiles: list[tuple[object, Profile]] = []  # a profile that many hosts share is read once
    for host, parameters in connections:
        declared_profile = parameters["profile"]
        profile = next((profile for declared, profile in profiles if declared is declared_profile), None)
        if profile is None:
            profile = Profile(declared_profile)
            profiles.append((declared_profile, profile))
        key = (id(profile), *(parameters[name] for name in LOGIN))
        if key not in agents:
            agent = Agent(profile, endpoints(parameters), credentials(parameters, Redactor(parameters)), network)
            agents[key] = ListingAgent(host, parameters, agent)
            _check_lists(agents[key])
    return list(agents.values())


def _check_lists(lister: ListingAgent) -> None:
    operations = lister.operations()
    if not operations.has_login:
        raise InvalidInput(
            operations.login_options, f"is not set for {lister.host}", "the spaces are those that its agent may see; nothing was sent"
        )
    if not operations.has_list:
        raise InvalidInput(
            "profile",
            "knows neither space_list nor account_list: this interface lists nobody",
            "the inventory has to be written by hand, for instance from a CSV (docs/inventory.md); nothing was sent",
        )


def read_spaces(lister: ListingAgent, certificates: Iterable[Certificate]) -> list[Listed]:
    """Every space of this agent. A list that contradicts itself may have changed while it was read: it is read once more.

    Raises IncompleteList where it is not whole then either, and the other errors of errors.py.
    """
    active = tuple(certificates)
    try:
        return list(lister.operations(active).space_list())
    except IncompleteList:
        return list(lister.operations(active).space_list())
