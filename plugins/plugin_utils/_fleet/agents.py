# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agents of a run: one for all hosts that log in as the same, at the same place, through the same profile."""

from __future__ import annotations

from typing import Any

from ...module_utils._interface.agent import Agent, Network
from ...module_utils._interface.connection import credentials, endpoints
from ...module_utils._interface.profile.profile import Profile
from ...module_utils._options.spec import connection_spec
from ...module_utils.errors import ProfileError
from ...module_utils.redact import Redactor

# Options that make an agent, beside the profile.
CONNECTION = tuple(name for name in connection_spec() if name not in ("profile", "store", "language"))


class AgentDirectory:
    def __init__(self, network: Network) -> None:
        self._network = network
        self._agents: dict[tuple[object, ...], Agent] = {}
        self._compiled: list[tuple[Any, Profile | ProfileError]] = []  # (what was declared, shared by many hosts; what it is)

    def find(self, parameters: dict[str, Any]) -> Agent:
        """The agent of a host. Raises ProfileError or InvalidInput."""
        profile = self._profile(parameters["profile"])
        key = (profile, *(parameters[name] for name in CONNECTION))
        if key not in self._agents:
            self._agents[key] = Agent(profile, endpoints(parameters), credentials(parameters, Redactor(parameters)), self._network)
        return self._agents[key]

    def _profile(self, data: Any) -> Profile:
        """Each compiled once."""
        compiled = next((profile for declared, profile in self._compiled if declared is data), None)
        if compiled is None:
            try:
                compiled = Profile(data)
            except ProfileError as error:
                compiled = error
            self._compiled.append((data, compiled))
        if isinstance(compiled, ProfileError):
            raise compiled
        return compiled
