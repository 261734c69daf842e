# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the fleet of one agent by the pages of its lists, where that costs fewer requests than one read for each collectivité.

Pages that are numbered are read many at once; those that only the page before leads to, one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ...module_utils._interface.agent import Agent
from ...module_utils._interface.operations import Operations
from ...module_utils._interface.profile.paging import ListProof
from ...module_utils._interface.profile_reader import LISTS, Listed, NumberedPage, whose
from ...module_utils._interface.refusals import explained
from ...module_utils.errors import IncompleteList
from ...module_utils.text import one_line

# Runs a function over many things at once, and gives the results in order.
Mapping = Callable[[Callable[[int], Any], Iterable[int]], Iterable[Any]]


@dataclass
class Listing:
    """spaces: by SIRET; parts that no list shows are not in them. pages: how many there are, as far as is known.

    whole: whether every page was read that could show somebody, so that who is not there is absent or not mandated.
    others: the names of those that were not asked for, by SIRET, closed ones left out; complete says whether they are all. counts: the requests.
    """

    spaces: dict[str, Listed] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    complete: bool = True
    pages: int = 0
    whole: bool = False
    counts: Counter[str] = field(default_factory=Counter)


def is_worth_it(agent: Agent, wanted: int) -> bool:
    """One collectivité is read singly for the same price, and nobody lists anything without credentials."""
    return wanted > 1 and agent.has_login and Operations(agent).has_list


def read_listing(agent: Agent, wanted: set[str], each: Mapping) -> Listing:
    """What the pages show of these SIRETs. Where few are wanted of very many, a list is left as soon as that shows.

    A list that contradicts itself may have changed while it was read: it is read once more. Raises the errors of errors.py.
    """
    listing = Listing()
    try:
        return _read_into(listing, agent, wanted, each)
    except IncompleteList:
        return _read_into(Listing(counts=listing.counts), agent, wanted, each)


def _read_into(listing: Listing, agent: Agent, wanted: set[str], each: Mapping) -> Listing:
    together = Operations(agent).has("space_list")

    def keep(record: dict[str, Any]) -> None:
        found = record if together else {"account": record}
        account = found["account"]
        if account["siret"] in wanted:
            listing.spaces[account["siret"]] = found
        elif account.get("state") != "closed":
            listing.others[account["siret"]] = one_line(account.get("name") or "")

    reading = ListReader(agent, each, listing)
    listing.whole = reading.read("space_list" if together else "account_list", keep, lambda: len(wanted) - len(listing.spaces))
    if not together and listing.spaces:
        _join(reading, listing)
    return listing


def _join(reading: ListReader, listing: Listing) -> None:
    """What lists of their own show of those who have an account; a list that is not read to its end says nothing of anybody."""
    for part, operation in LISTS.items():
        if not Operations(reading.agent).has(operation):
            continue
        found: dict[str, list[dict[str, Any]]] = {siret: [] for siret in listing.spaces}

        def keep(record: dict[str, Any], found: dict[str, list[dict[str, Any]]] = found) -> None:
            if whose(record) in found:
                found[whose(record)].append(record)

        if reading.read(operation, keep, lambda: len(listing.spaces)):
            for siret, records in found.items():
                listing.spaces[siret][part] = records


@dataclass
class ListReader:
    agent: Agent
    each: Mapping
    listing: Listing

    def read(self, operation: str, keep: Callable[[dict[str, Any]], None], saved: Callable[[], int]) -> bool:
        """Whether every page was read. keep: is given each record. saved: how many single reads the pages still to be read would save."""
        numbered = Operations(self.agent).is_numbered(operation)
        return (self._at_once if numbered else self._one_after_the_other)(operation, keep, saved)

    def _at_once(self, operation: str, keep: Callable[[dict[str, Any]], None], saved: Callable[[], int]) -> bool:
        proof = ListProof()
        first = self._page(operation, 0, 0)
        self._take(operation, first, proof, keep)
        self.listing.pages += first[0].pages
        if first[0].pages - 1 > saved():
            return False
        for page in self.each(lambda number: self._page(operation, number, first[0].size), range(1, first[0].pages)):
            self._take(operation, page, proof, keep)
        with explained(operation):
            proof.conclude()
        return True

    def _page(self, operation: str, number: int, size: int) -> tuple[NumberedPage, Counter[str]]:
        operations = Operations(self.agent)
        return operations.numbered_page(operation, number, size), operations.counts

    def _take(
        self, operation: str, page: tuple[NumberedPage, Counter[str]], proof: ListProof, keep: Callable[[dict[str, Any]], None]
    ) -> None:
        self.listing.counts.update(page[1])
        with explained(operation):
            proof.add(page[0].evidence)
        for record in page[0].records:
            keep(record)

    def _one_after_the_other(self, operation: str, keep: Callable[[dict[str, Any]], None], saved: Callable[[], int]) -> bool:
        """How many pages there are shows at the end only: one more than they can save is one too many."""
        operations, most = Operations(self.agent), saved()
        whole = True
        for number, records in enumerate(operations.pages(operation), 1):
            self.listing.pages += 1
            for record in records:
                keep(record)
            if not saved():  # nobody is left to be looked for, and who else is there stays unknown
                self.listing.complete = False
                break
            if number > most:
                whole = False
                break
        self.listing.counts.update(operations.counts)
        return whole
