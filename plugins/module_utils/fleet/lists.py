# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the fleet of one agent by the pages of its list, where that costs fewer requests than one read for each collectivité."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ..agent import Agent
from ..operations import Listed, Operations

# Runs a function over many things at once, and gives the results in order.
Mapping = Callable[[Callable[[int], Any], Iterable[int]], Iterable[Any]]


@dataclass
class Listing:
    """spaces: by SIRET. pages: how many there are. whole: whether every page was read, so that who is not there is absent or not mandated.

    counts: the requests.
    """

    spaces: dict[str, Listed] = field(default_factory=dict)
    pages: int = 1
    whole: bool = False
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Page:
    items: list[Listed]
    total: int
    counts: Counter[str]


def is_worth_it(agent: Agent, wanted: int) -> bool:
    """One collectivité is read singly for the same price, and nobody lists anything without credentials."""
    return wanted > 1 and agent.has_login and agent.profile.call("space_list") is not None


def read_listing(agent: Agent, wanted: set[str], each: Mapping) -> Listing:
    """What the pages show of these SIRETs. The first page tells how many there are; where few are wanted of very many, it is left at that.

    Raises the errors of errors.py.
    """
    listing = Listing()
    first = _page(agent, 0)
    _keep(first, wanted, listing)
    pages = listing.pages = ceil(first.total / len(first.items)) if first.items else 1
    if pages - 1 > len(wanted) - len(listing.spaces):
        return listing
    for page in each(lambda number: _page(agent, number), range(1, pages)):
        _keep(page, wanted, listing)
    listing.whole = True
    return listing


def _page(agent: Agent, number: int) -> _Page:
    operations = Operations(agent)
    items, total = operations.space_page(number)
    return _Page(items, total, operations.counts)


def _keep(page: _Page, wanted: set[str], listing: Listing) -> None:
    listing.counts.update(page.counts)
    for item in page.items:
        siret = item["account"]["siret"]
        if siret in wanted:
            listing.spaces[siret] = item
