# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing what is planned: the canaries first, then the others; those who were written to are observed again, as long as that shows something new."""

from __future__ import annotations

from collections import Counter

from ...module_utils._interface.agent import Agent
from ...module_utils._reconcile.runner import MOST_ROUNDS, BatchContext
from ...module_utils.errors import Withheld
from .._report.model import RunProblem
from . import brake, canary
from .collectivite import Collectivite
from .listing_stage import ListingStage
from .run_state import RunState

# Seconds between two looks at the disk while the PSCE is waited for.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
OBSERVED_AT_ONCE = 50


class Convergence:
    def __init__(self, run: RunState, listing: ListingStage) -> None:
        self._run = run
        self._listing = listing
        self._by_pages: set[Agent] = set()  # whose collectivités are observed once more by the pages

    def bring_up(self, collectivites: list[Collectivite]) -> None:
        """The canaries first, and the others only where these ended as planned."""
        size = self._run.options.canary
        drifted = [collectivite for collectivite in collectivites if not collectivite.done]
        if self._run.settings.acts and 0 < size < len(drifted):
            drifted = self._after_canaries(drifted, size)
        self._converge(drifted)
        self._follow_up(collectivites)

    def _follow_up(self, collectivites: list[Collectivite]) -> None:
        """What their first steps lead to: at ANTAI, and where the PSCE is given a moment."""
        self._observe_again(collectivites)
        self._await_certificates(collectivites)
        self._observe_again(collectivites)

    def _after_canaries(self, collectivites: list[Collectivite], size: int) -> list[Collectivite]:
        """Those that may be gone on with. A canary that wrote nothing has shown nothing: another takes its place."""
        ordered = canary.by_agent_in_turn((collectivite.agent, collectivite) for collectivite in collectivites)
        begun = 0
        for batch in canary.batches(ordered, size):
            begun += len(batch)
            self._converge(batch)
            self._follow_up(batch)
            written = [collectivite for collectivite in batch if collectivite.has_written]
            self._run.workers.run_each(self._prove, [collectivite for collectivite in written if not collectivite.error])
            faults = [
                canary.CanaryFault(collectivite.host.name, collectivite.host.title, fault)
                for collectivite in batch
                if (fault := collectivite.fault)
            ]
            if faults:
                problem = canary.problem(faults, begun, len(ordered) - begun, self._run.settings.language)
                self._withhold(ordered[begun:], problem)
                return []
            if written:
                break
        return ordered[begun:]

    @staticmethod
    def _prove(collectivite: Collectivite) -> None:
        collectivite.guard(collectivite.prove)

    def _withhold(self, collectivites: list[Collectivite], problem: RunProblem) -> None:
        self._run.problems.append(problem)
        self._run.stop_problems = [problem]
        for collectivite in collectivites:
            collectivite.error = collectivite.error or Withheld(problem.text)

    def _converge(self, collectivites: list[Collectivite]) -> None:
        """Each goes the road as far as it leads; of those whom the pages show for fewer requests, each only to where it must be observed again."""
        pages, counts = self._listing.pages, Counter(collectivite.agent for collectivite in collectivites)
        acts = self._run.settings.acts
        self._by_pages = {agent for agent, count in counts.items() if acts and count > pages.get(agent, len(collectivites))}
        if collectivites:
            self._run.counting.begin("converging", len(collectivites))
        self._run.workers.run_each(self._advance, collectivites)

    def _advance(self, collectivite: Collectivite) -> None:
        if self._run.is_in_time(collectivite):
            batch = BatchContext(
                lambda step: not brake.takes_away(step) or step.key in collectivite.counted, collectivite.agent in self._by_pages
            )
            collectivite.guard(lambda: collectivite.converge(batch))
        self._run.finish_if_over(collectivite)
        self._run.counting.passed()

    def _observe_again(self, collectivites: list[Collectivite]) -> None:
        """Those who were written to are observed all at once; for whom that shows something new to do, it is done, and so on."""
        run = self._run
        for round_ in range(MOST_ROUNDS + 1):
            written = [collectivite for collectivite in collectivites if collectivite.must_observe and not collectivite.error]
            if not written:
                return
            begin = run.settings.monotonic()
            run.counting.begin("reading")
            self._listing.read(written)
            for collectivite in written:  # lists that are joined may miss a part of one, where somebody adds another meanwhile
                collectivite.read_at = begin if collectivite.context.operations.has("space_list") else None
            run.counting.begin("planning", len(written))
            run.workers.run_each(self._reobserve, written, at_once=OBSERVED_AT_ONCE)
            self._converge([collectivite for collectivite in written if round_ < MOST_ROUNDS and collectivite.has_become_possible()])

    def _reobserve(self, collectivite: Collectivite) -> None:
        with collectivite.reading():
            collectivite.guard(collectivite.observe)
            self._run.finish_if_over(collectivite)
        self._run.counting.passed()

    def _await_certificates(self, collectivites: list[Collectivite]) -> None:
        """Those whose user gives the PSCE a moment: all wait together, and each goes on as soon as its certificate is there."""
        settings = self._run.settings
        begin, pause = settings.monotonic(), FIRST_PAUSE
        waiting = [collectivite for collectivite in collectivites if self._waits(collectivite)] if settings.acts else []
        while waiting and not self._run.deadline.has_passed:
            self._converge([collectivite for collectivite in waiting if collectivite.has_been_delivered()])
            waited = settings.monotonic() - begin
            waiting = [collectivite for collectivite in waiting if self._waits(collectivite) and collectivite.host.request_wait > waited]
            if waiting:
                self._run.counting.begin("certificates")
                settings.pause(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE)

    def _waits(self, collectivite: Collectivite) -> bool:
        """For the PSCE, and for nobody else in this run."""
        is_open = collectivite.host.name not in self._run.results and not collectivite.must_observe
        return is_open and collectivite.awaits_certificate()
