# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of a fleet: read by the lists, plan everything, brake, then the road for those that drifted.

One agent logs in once; all share the connections and the rate limit. One collectivité's failure never stops the others.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ...module_utils._http.proxy import ProxySettings
from ...module_utils._http.revocation_fetcher import RevocationFetcher
from ...module_utils._interface.agent import Network
from ...module_utils._pki.trust import TrustStore
from ...module_utils._plan.settings import Settings
from ...module_utils.errors import AntaiError, InvalidInput, UnexpectedFailure
from .._report.model import RunProblem
from . import brake, earlier_sirets
from .agents import AgentDirectory
from .collectivite import Collectivite, Services
from .convergence import OBSERVED_AT_ONCE, Convergence
from .deadline import Deadline
from .declared_host import DeclaredHost
from .listing_stage import ListingStage
from .progress import Counting
from .progress_display import shown_progress
from .prover import Prover
from .run_state import FleetOptions, RunState
from .stops import OrderTotals, StoppedOrder, problems_of
from .summary import summary, undeclared_spaces
from .workers import Workers


class Fleet:
    """One run. Build it, call `result()` once."""

    def __init__(self, hosts: list[DeclaredHost], settings: Settings, options: FleetOptions) -> None:
        self._hosts = hosts
        self._network = Network(options.workers, options.requests_per_second)
        first = hosts[0].parameters if hosts else {}
        # A CRL is downloaded once, however many certificates it is about.
        fetcher = RevocationFetcher(proxy_settings=ProxySettings(first.get("proxy"), first.get("use_proxy", True)))
        deadline = Deadline(options.deadline, settings.monotonic)
        counting = Counting(len(hosts), settings.monotonic, lambda: deadline.seconds_left)
        prover = Prover(options.proving, settings.now)
        self._run = RunState(settings, options, Workers(options.workers), fetcher, counting, prover, deadline)
        self._run.warnings += _trust_store_warnings(hosts)
        self._listing = ListingStage(self._run)
        self._recorded: dict[str, str] = {}  # by SIRET, the host that an earlier run from this store had for it

    def result(self) -> dict[str, Any]:
        """{changed, hosts, summary}: hosts by name, each a HostResult; see summary.py."""
        run = self._run
        try:
            with shown_progress(run.options.show, run.options.show_every, lambda: run.counting.tally(self._network.requests)):
                collectivites = self._collectivites()
                verdict = self._plan(collectivites)
                has_stopped = self._act(collectivites, verdict)
                run.counting.begin("concluding")
                askable = [] if run.deadline.has_passed else collectivites
                run.prover.choose(candidate for collectivite in askable for candidate in collectivite.candidates)
                run.workers.run_each(run.finish, collectivites)
                if not has_stopped and run.settings.acts:
                    self._record(collectivites)
        finally:
            self._close()
        return self._result(verdict)

    def order_problems(self) -> list[RunProblem]:
        """What this run must not order, as far as the stores and the lists tell. Writes nothing; where nothing is to be ordered, asks nobody.

        For who goes on with each collectivité by itself: one alone hears of it from its own task.
        """
        try:
            collectivites = [collectivite for collectivite in self._collectivites() if _may_order(collectivite)]
            if len(collectivites) < 2:
                return []
            unlisted = self._listing.read(collectivites)
            for collectivite in collectivites:
                collectivite.guard(partial(collectivite.plan_orders, listed=collectivite.siret not in unlisted))
            return self._stop_problems(collectivites)
        finally:
            self._close()

    def _close(self) -> None:
        self._run.workers.close()
        self._network.close()
        self._run.fetcher.close()

    # Who takes part

    def _collectivites(self) -> list[Collectivite]:
        """Those whose declaration can be used; the others have their result at once, before any request."""
        run = self._run
        agents = AgentDirectory(self._network)
        services = Services(run.settings, run.fetcher, run.prover, run.options.skips_locked)
        collectivites = []
        for host in self._hosts:
            try:
                if host.problem:
                    raise host.problem
                collectivites.append(Collectivite(host, agents.find(host.parameters), services))
            except AntaiError as problem:
                run.refuse(host, problem)
            except Exception as error:  # whatever stands in one host's variables, the others go through
                run.refuse(host, UnexpectedFailure(error))
        return self._without_duplicates(collectivites)

    def _without_duplicates(self, collectivites: list[Collectivite]) -> list[Collectivite]:
        """Two hosts with one SIRET would overwrite each other's account: neither takes part."""
        hosts: dict[str, list[str]] = {}
        for collectivite in collectivites:
            hosts.setdefault(collectivite.siret, []).append(collectivite.host.name)
        for collectivite in collectivites:
            same = hosts[collectivite.siret]
            if len(same) > 1:
                hint = "one host for each collectivité: correct the SIRET, or take one of them out of the run; nothing was sent for either"
                reason = f"{collectivite.siret} is declared by {', '.join(same)}"
                self._run.refuse(collectivite.host, InvalidInput("siret", reason, hint, siret=collectivite.siret, hosts=same))
        return [collectivite for collectivite in collectivites if len(hosts[collectivite.siret]) == 1]

    # Reading and planning

    def _plan(self, collectivites: list[Collectivite]) -> brake.BrakeVerdict:
        """Read the fleet by the lists where that is cheaper; plan everything that can be planned so; count what would be taken away."""
        run = self._run
        unlisted = self._listing.read(collectivites)
        # Who is on no page is absent, or not mandated: nothing of it is known, so nothing can be taken away; its one read is that of the road.
        later = unlisted if run.settings.acts else set()
        readable = [collectivite for collectivite in collectivites if collectivite.siret not in later and not collectivite.error]
        asking = [collectivite for collectivite in readable if not collectivite.asks_nobody]
        run.counting.begin("planning", len(readable))
        # Threads that only read the disk and plan stand in each other's way: twice the time of one.
        for collectivite in readable:
            if collectivite.asks_nobody:
                self._observe(collectivite)
        run.workers.run_each(self._observe, asking, at_once=OBSERVED_AT_ONCE)
        earlier, problems = earlier_sirets.read_all({collectivite.host.store for collectivite in collectivites} - {""})
        run.warnings += problems
        self._recorded = {siret: host for hosts in earlier.values() for host, siret in hosts.items()}
        dangers = [danger for collectivite in collectivites if not collectivite.done for danger in _dangers(collectivite, earlier)]
        return brake.judge(dangers, len(collectivites), run.options.allowed)

    def _observe(self, collectivite: Collectivite) -> None:
        if self._run.is_in_time(collectivite):
            with collectivite.reading():
                collectivite.guard(collectivite.observe)
                collectivite.counted = frozenset(step.key for step in collectivite.steps if brake.takes_away(step))
                if collectivite.done:
                    self._run.finish(collectivite)
        self._run.counting.passed()

    # Acting, or why not

    def _act(self, collectivites: list[Collectivite], verdict: brake.BrakeVerdict) -> bool:
        """Whether the run has stopped before its first write."""
        problems = self._stop_problems(collectivites)
        if problems:
            self._stop(collectivites, problems)
        elif verdict.engaged and self._run.settings.acts:
            self._brake(collectivites, verdict)
        else:
            Convergence(self._run, self._listing).bring_up(collectivites)
            return False
        return True

    def _stop_problems(self, collectivites: list[Collectivite]) -> list[RunProblem]:
        """Why the run must not write anything, because of what it would order."""
        going_on = [collectivite for collectivite in collectivites if not collectivite.error]
        stopped = [
            StoppedOrder(collectivite.host.name, collectivite.host.title, collectivite.siret, collectivite.host.store, stop)
            for collectivite in going_on
            for stop in collectivite.stops
        ]
        return problems_of(stopped, self._order_totals(going_on), self._run.settings.language)

    def _order_totals(self, collectivites: list[Collectivite]) -> list[OrderTotals]:
        """By store."""
        by_store: dict[str, list[Collectivite]] = {}
        for collectivite in collectivites:
            if collectivite.orders:
                by_store.setdefault(collectivite.host.store, []).append(collectivite)
        return [
            OrderTotals(
                root,
                sum(collectivite.orders for collectivite in group),
                group[0].orders_made(self._run.settings.now()),
                min(collectivite.host.parameters["order_limit"] for collectivite in group),
            )
            for root, group in by_store.items()
        ]

    def _stop(self, collectivites: list[Collectivite], problems: list[RunProblem]) -> None:
        """Nothing is written for anybody, but for what makes a store whole; the run fails, once, and says why."""
        self._run.problems += problems
        self._run.stop_problems = problems
        if self._run.settings.acts:
            for collectivite in collectivites:
                if collectivite.stops:
                    collectivite.guard(collectivite.repair_store)

    def _brake(self, collectivites: list[Collectivite], verdict: brake.BrakeVerdict) -> None:
        """Nothing is written for anybody, and who had something to be done hears why it was not."""
        for collectivite in collectivites:
            if not collectivite.done:
                collectivite.error = AntaiError(verdict.sentence(self._run.options.language))
                collectivite.error.code = "braked"

    def _record(self, collectivites: list[Collectivite]) -> None:
        """Which SIRET each host had, for the next run's brake."""
        by_root: dict[str, dict[str, str]] = {}
        for collectivite in collectivites:
            if collectivite.host.store and not collectivite.failed:
                by_root.setdefault(collectivite.host.store, {})[collectivite.host.name] = collectivite.siret
        for root, sirets in by_root.items():
            try:
                earlier_sirets.EarlierSirets(root).record(sirets)
            except AntaiError as error:
                self._run.warnings.append(error.sentence)

    # Its result

    def _result(self, verdict: brake.BrakeVerdict) -> dict[str, Any]:
        hosts = {host.name: self._run.results[host.name] for host in self._hosts}
        others = self._listing.others
        declared = self._run.options.declared() if others else ()
        whole = summary(self._run, hosts, verdict, self._listing.counts, self._network.requests)
        return {
            "changed": any(host["changed"] for host in hosts.values()),
            "hosts": hosts,
            "summary": {**whole, **undeclared_spaces(others, declared, self._recorded)},
        }


def _may_order(collectivite: Collectivite) -> bool:
    try:
        return bool(collectivite.orders_ahead())
    except AntaiError:  # its own task tells
        return False


def _dangers(collectivite: Collectivite, earlier: dict[str, dict[str, str]]) -> list[brake.Danger]:
    """What its steps would take away. earlier: {store: {host: SIRET}}."""
    before = earlier.get(collectivite.host.store, {}).get(collectivite.host.name)
    return brake.dangers_of(collectivite.host.name, collectivite.siret, collectivite.steps, before)


def _trust_store_warnings(hosts: list[DeclaredHost]) -> list[str]:
    """Of each trust store once, however many hosts share it."""
    stores: list[TrustStore] = []
    for host in hosts:
        store = host.parameters.get("trust_store")
        if isinstance(store, TrustStore) and not any(store is known for known in stores):
            stores.append(store)
    return [warning for store in stores for warning in store.warnings()]
