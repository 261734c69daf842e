# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host of the inventory, as it takes part in a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...module_utils.errors import AntaiError


@dataclass(frozen=True)
class DeclaredHost:
    """parameters: as antai_onboarding_info takes them, checked; problem: why there are none.

    request_wait: seconds to wait for the PSCE after a request. warnings: what is odd about the declaration, and no error.
    """

    name: str
    parameters: dict[str, Any]
    problem: AntaiError | None = None
    request_wait: float = 0.0
    warnings: tuple[str, ...] = ()

    @property
    def store(self) -> str:
        """The path of its store; empty where it has none."""
        return self.parameters.get("store") or ""

    @property
    def title(self) -> str:
        """The collectivité's name as declared; else the host's."""
        return str(self.parameters["name"] or self.name)
