# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of an adoption: lists, declarations, pairs and documents into the store, and what the next run would still do. Writes no inventory."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...module_utils._plan.settings import Settings
from .._csv_inventory.entries import InventoryEntry
from .keys import KeyFolder
from .reading import ListingAgent, read_spaces
from .rows import keep_readable, read_back
from .spaces import AdoptedSpace, LeftOutSpace, Remark, declare_space, first_of_each, sha256_or_none
from .store_entry import StoreAccess, fetch_documents, steps_left, with_keys
from .summary import Adoption

Steps = list[dict[str, Any]]


@dataclass(frozen=True)
class AdoptionOptions:
    """pin: name each certificate by its fingerprint. workers: threads. settings: check mode among them."""

    settings: Settings
    language: str = "fr"
    pin: bool = False
    workers: int = 8


def adopt(agents: Sequence[ListingAgent], keys: KeyFolder, options: AdoptionOptions) -> tuple[Adoption, Steps]:
    """(what it comes to, the steps that were done in the store, or in check mode would be).

    Raises the errors of errors.py: where one list is not whole, nothing is written anywhere.
    """
    listed = [(agent.host, space) for agent in agents for space in read_spaces(agent, keys.certificates)]
    spaces, left_out = _declared(listed, options)
    access = {agent.host: _access(agent, keys, options) for agent in agents}
    adopted, done = _with_keys(spaces, access)
    entries = read_back(adopted, options.language)
    remarks, fetched = _with_documents(adopted, entries, access, options)
    adopted = [space.remarked(*remarks.get(space.siret, ())) for space in adopted]
    steps = _steps_left(adopted, entries, access) if options.settings.acts else None
    sources = {fingerprint: source.certificate or "" for fingerprint, source in keys.sources.items()}
    shown = {sha256_or_none(record["fingerprint"]) for space in adopted for entry in space.certificates for record in entry.listed}
    adoption = Adoption(
        adopted,
        entries,
        left_out,
        {agent.host: agent.parameters for agent in agents},
        steps,
        lonely=keys.lonely,
        unmatched=sorted({path for fingerprint, path in sources.items() if fingerprint not in shown}),
        unreadable=[f"{path} ({why})" for path, why in keys.unreadable],
    )
    return adoption, [*done, *fetched]


def _declared(listed: list[tuple[str, dict[str, Any]]], options: AdoptionOptions) -> tuple[list[AdoptedSpace], list[LeftOutSpace]]:
    """Each SIRET once, and as the inventory plugin reads it."""
    once, later_agents = first_of_each(listed)
    declared = [declare_space(agent, space, options.settings.now(), pin=options.pin) for agent, space in once]
    left_out = [space for space in declared if isinstance(space, LeftOutSpace)]
    readable = keep_readable([space for space in declared if isinstance(space, AdoptedSpace)], options.language)
    left_out += [space for space in readable if isinstance(space, LeftOutSpace)]
    spaces = [
        space.remarked(Remark("several_agents", ", ".join(later_agents[space.siret]))) if space.siret in later_agents else space
        for space in readable
        if isinstance(space, AdoptedSpace)
    ]
    return sorted(spaces, key=lambda space: (space.name, space.siret)), left_out


def _access(agent: ListingAgent, keys: KeyFolder, options: AdoptionOptions) -> StoreAccess:
    return StoreAccess(agent.parameters, partial(agent.operations, keys.certificates), keys.sources, options.settings)


def _with_keys(spaces: list[AdoptedSpace], access: dict[str, StoreAccess]) -> tuple[list[AdoptedSpace], Steps]:
    adopted, steps = [], []
    for space in spaces:
        with_pairs, done = with_keys(space, access[space.agent])
        adopted.append(with_pairs)
        steps += done
    return adopted, steps


def _with_documents(
    spaces: list[AdoptedSpace], entries: list[InventoryEntry], access: dict[str, StoreAccess], options: AdoptionOptions
) -> tuple[dict[str, list[Remark]], Steps]:
    """(remarks by SIRET, steps): many at once, for each document is a request."""
    with ThreadPoolExecutor(options.workers, thread_name_prefix="antai") as pool:
        results = list(pool.map(fetch_documents, spaces, entries, [access[space.agent] for space in spaces]))
    remarks = {space.siret: messages for space, (messages, _steps) in zip(spaces, results, strict=True) if messages}
    return remarks, [step for _messages, steps in results for step in steps]


def _steps_left(spaces: list[AdoptedSpace], entries: list[InventoryEntry], access: dict[str, StoreAccess]) -> list[dict[str, str]]:
    return [step for space, entry in zip(spaces, entries, strict=True) for step in steps_left(space, entry, access[space.agent])]
