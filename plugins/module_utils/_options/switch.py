# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switch of provider that a collectivité declares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..dates import parse_date
from ..errors import InvalidInput
from .declaration import FIELDS


@dataclass(frozen=True)
class DeclaredSwitch:
    """giving, taking: labels of the provider that leaves and of the one that comes. date: from when on the first is forbidden."""

    giving: str
    taking: str
    date: datetime
    rollback: bool = False

    @property
    def staying(self) -> str:
        return self.giving if self.rollback else self.taking

    @property
    def forbidden(self) -> str:
        return self.taking if self.rollback else self.giving


def declared_switch(parameters: dict[str, Any]) -> DeclaredSwitch | None:
    switch = parameters.get("switch")
    if switch is None:
        return None
    for name in ("from", "to", "date"):
        FIELDS["switch"].element(name).checked(switch[name], f"switch.{name}")
    if switch["from"] == switch["to"]:
        raise InvalidInput("switch", f"from and to are both {switch['from']}", "name two providers")
    return DeclaredSwitch(switch["from"], switch["to"], parse_date(switch["date"]), bool(switch["rollback"]))
