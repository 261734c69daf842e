# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a fleet by the lists of its agents, all agents at once; who is on no list is read singly."""

from __future__ import annotations

from collections import Counter

from ...module_utils._interface.agent import Agent
from ...module_utils.errors import AntaiError, AuthenticationFailed, TransportError
from .._report.model import RunProblem
from .collectivite import Collectivite
from .lists import Listing, is_worth_it, read_listing
from .run_state import RunState

Group = tuple[Agent, list[Collectivite]]


class ListingStage:
    """counts: requests. pages: of the agents whose whole list was read. others: the spaces on the lists that no host of this run declares, names by
    SIRET; None where no list was read to its end.
    """

    def __init__(self, run: RunState) -> None:
        self._run = run
        self.counts: Counter[str] = Counter(read=0, write=0, session=0)
        self.pages: dict[Agent, int] = {}
        self.others: dict[str, str] | None = None

    def read(self, collectivites: list[Collectivite]) -> set[str]:
        """Hand each its part of the list of its agent. The SIRETs that a whole list does not show."""
        groups: dict[Agent, list[Collectivite]] = {}
        for collectivite in collectivites:
            groups.setdefault(collectivite.agent, []).append(collectivite)
        listed = [(agent, group) for agent, group in groups.items() if is_worth_it(agent, len(group))]
        unlisted: set[str] = set()
        for (agent, group), outcome in zip(listed, self._run.workers.map_groups(self._listing, listed), strict=True):
            if isinstance(outcome, Listing):
                unlisted |= self._hand_out(agent, group, outcome)
            else:
                self._fail(agent, group, outcome)
        return unlisted

    def _listing(self, group: Group) -> Listing | AntaiError:
        agent, collectivites = group
        try:
            return read_listing(agent, {collectivite.siret for collectivite in collectivites}, self._run.workers.map)
        except AntaiError as error:
            return error

    def _hand_out(self, agent: Agent, group: list[Collectivite], listing: Listing) -> set[str]:
        self.counts.update(listing.counts)
        for collectivite in group:
            if collectivite.siret in listing.spaces:
                collectivite.remember(listing.spaces[collectivite.siret])
        if not listing.whole:
            return set()
        self.pages[agent] = listing.pages
        if listing.complete:
            self.others = (self.others or {}) | agent.credentials.redactor.clean(listing.others)
        return {collectivite.siret for collectivite in group} - set(listing.spaces)

    def _fail(self, agent: Agent, group: list[Collectivite], error: AntaiError) -> None:
        is_everybodys = isinstance(error, (AuthenticationFailed, TransportError))  # it would be the same for each of them
        if is_everybodys and not any(collectivite.must_observe for collectivite in group):
            for collectivite in group:
                collectivite.error = error
            return
        sentence = agent.credentials.redactor.clean(error.sentence)
        self._run.problems.append(RunProblem("list_incomplete", sentence))
        self._run.warnings.append(f"the list could not be read whole, so each collectivité is read singly: {sentence}")
