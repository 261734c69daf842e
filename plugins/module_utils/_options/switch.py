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
class Switch:
    """giving, taking: labels of the provider that leaves and of the one that comes. date: from when on the first is forbidden."""

    giving: str
    taking: str
    date: datetime
    rollback: bool = False

    @property
    def kept(self) -> str:
        return self.giving if self.rollback else self.taking

    @property
    def forbidden(self) -> str:
        return self.taking if self.rollback else self.giving


def declared_switch(parameters: dict[str, Any]) -> Switch | None:
    given = parameters.get("switch")
    if given is None:
        return None
    for name in ("from", "to", "date"):
        FIELDS["switch"].element(name).checked(given[name], f"switch.{name}")
    if given["from"] == given["to"]:
        raise InvalidInput("switch", f"from and to are both {given['from']}", "name two providers")
    return Switch(given["from"], given["to"], parse_date(given["date"]), bool(given["rollback"]))
