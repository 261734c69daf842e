# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a run over many writes to first, and what it says where one of these does not end as planned. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TypeVar

from .._report.model import RunProblem

T = TypeVar("T")
DEFAULT_SIZE = 3
# What stops the others, in French and English: of one canary that did not end as planned.
TEXTS = {
    "fr": "le passage s'arrête après {written} collectivité(s) d'essai (antai_canary) : {name} ne finit pas comme prévu ({fault}) ; rien n'est écrit pour les"
    " {others} autres. Corrigez, puis relancez",
    "en": "the run stops after {written} canary collectivité(s) (antai_canary): {name} does not end as planned ({fault}); nothing is written for the {others}"
    " others. Correct it, then run again",
}


@dataclass(frozen=True)
class CanaryFault:
    """A canary that wrote and did not end as planned. name: of the collectivité; reason: why, in one sentence."""

    host: str
    name: str
    reason: str


def by_agent_in_turn(members: Iterable[tuple[Hashable, T]]) -> list[T]:
    """(agent, member) -> the members, one of each agent after the other: a fault of one agent's interface shows among the first."""
    groups: dict[Hashable, list[T]] = {}
    for agent, member in members:
        groups.setdefault(agent, []).append(member)
    missing = object()
    return [member for member in chain.from_iterable(zip_longest(*groups.values(), fillvalue=missing)) if member is not missing]  # type: ignore[misc]


def batches(members: Sequence[T], size: int) -> Iterator[list[T]]:
    """Of size members, then of twice as many, and so on: for as long as nobody of a batch wrote anything, it has shown nothing."""
    remaining = iter(members)
    while batch := list(islice(remaining, size)):
        yield batch
        size *= 2


def problem(faults: Sequence[CanaryFault], written: int, others: int, language: str) -> RunProblem:
    """Why nothing is written for the others; the first fault stands for all."""
    first = faults[0]
    text = TEXTS[language].format(written=written, name=first.name, fault=first.reason.rstrip("."), others=others)
    return RunProblem("canary", text, tuple(fault.host for fault in faults))
