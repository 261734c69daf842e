# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check mode has planned so far in one run, so that what comes after is planned as if it were done. Pure.

A run goes on from what it has done: it installs the certificate that it has just picked up, and closes the space whose certificates it has
just deactivated. Check mode does nothing, and would foretell neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from .records import ListedCertificate
from .steps import state_after

PICK_UP = "pick_up"


class PlannedStep(TypedDict, total=False):
    """code and target: of the step, always there. path and fingerprint: of what a pick-up brings."""

    code: str
    target: str
    path: str
    fingerprint: str


@dataclass(frozen=True)
class Delivery:
    """A certificate that would be picked up. path: of the file that holds it; fingerprint: SHA-256 of its DER, lower-case hexadecimal."""

    path: str
    fingerprint: str


@dataclass(frozen=True)
class Foreseen:
    """states: of certificates, by fingerprint, as the planned steps leave them. deliveries: what would be picked up, by provider."""

    states: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Iterable[PlannedStep]) -> Foreseen:
        """steps: as planned_steps gives them, in their order."""
        states: dict[str, str] = {}
        deliveries: dict[str, Delivery] = {}
        for step in steps:
            state = state_after(step["code"])
            if state and step["target"]:
                states[step["target"]] = state
            elif step["code"] == PICK_UP and step.get("path") and step.get("fingerprint"):
                deliveries[step["target"]] = Delivery(step["path"], step["fingerprint"])
        return cls(states, deliveries)

    def certificate(self, listed: ListedCertificate) -> ListedCertificate:
        """A certificate of the space, in the state that it would have."""
        state = self.states.get(listed["fingerprint"], listed["state"])
        return listed if state == listed["state"] else {**listed, "state": state, "since": None}


NOTHING_FORESEEN = Foreseen()


def planned_steps(result: Mapping[str, Any]) -> list[PlannedStep]:
    """The steps that the result of a module in check mode foretells."""
    return [_planned(step, result.get("delivered") or {}) for step in result.get("steps") or () if step["outcome"] == "planned"]


def _planned(step: Mapping[str, str], delivered: Mapping[str, str]) -> PlannedStep:
    planned = PlannedStep(code=step["code"], target=step["target"])
    if step["code"] == PICK_UP and delivered:
        planned |= PlannedStep(path=delivered["path"], fingerprint=delivered["fingerprint"])
    return planned
