# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of a fleet: read by the lists, plan everything, brake, then the road for those that drifted.

One agent logs in once; all share the connections and the pace. One collectivité's failure never stops the others.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ...module_utils._http.proxy import ProxySettings
from ...module_utils._http.revocation_fetcher import RevocationFetcher
from ...module_utils._interface.agent import Agent, Network
from ...module_utils._interface.connection import credentials, endpoints
from ...module_utils._interface.profile.profile import Profile
from ...module_utils._options.spec import connection_spec
from ...module_utils._pki.trust import TrustStore
from ...module_utils._plan.settings import Settings
from ...module_utils._reconcile.runner import MOST_ROUNDS, BatchContext
from ...module_utils.errors import AntaiError, AuthenticationFailed, InvalidInput, ProfileError, TransportError, UnexpectedFailure, Withheld
from ...module_utils.redact import Redactor
from .._report.model import RunProblem
from . import brake, canary, earlier_sirets
from .lists import is_worth_it, read_listing
from .member import Entry, Member, Result, refused
from .progress import Counting, Tally
from .prover import Prover
from .proving import ProvingPolicy
from .stops import Orders, Stopped, problems_of

Show = Callable[[Tally], None]
# Seconds between two looks at the disk while the PSCE is waited for.
FIRST_LOOK, LONGEST_LOOK = 0.2, 2.0
LOOKED_AT_ONCE = 50
# Options that make an agent, beside the profile.
CONNECTION = tuple(name for name in connection_spec() if name not in ("profile", "store", "language"))


@dataclass(frozen=True)
class Options:
    """workers: threads, and connections. requests_per_second: for each endpoint, None: no limit. allowed: what the user lets the run take away.

    canary: how many are written to first; 0: all at once.
    proving: whether, and how many, certificates the SI FPS is asked about. skips_held: leave alone, and say so, whom another run is working on.
    declared: (host, SIRET) of the whole inventory, also of hosts that are not in this run; asked only where the lists show others than these.
    show: called with the Tally every show_every seconds, by a thread of its own. language: of the brake's sentence, fr or en.
    """

    workers: int = 16
    requests_per_second: float | None = None
    allowed: int | None = None
    canary: int = 0
    proving: ProvingPolicy = field(default_factory=ProvingPolicy)
    skips_held: bool = False
    declared: Callable[[], Collection[tuple[str, str]]] = tuple
    show: Show | None = None
    show_every: float = 1.0
    language: str = "en"


class Fleet:
    """One run. Build it, call `result()` once."""

    def __init__(self, entries: list[Entry], settings: Settings, options: Options) -> None:
        self._entries = entries
        self._settings = settings
        self._options = options
        self._network = Network(options.workers, options.requests_per_second)
        first = entries[0].parameters if entries else {}
        # A CRL is downloaded once, however many certificates it is about.
        self._fetch = RevocationFetcher(proxy_settings=ProxySettings(first.get("proxy"), first.get("use_proxy", True)))
        self._pool = ThreadPoolExecutor(options.workers, thread_name_prefix="antai")
        self._prover = Prover(options.proving, settings.now)
        self._counting = Counting(len(entries), settings.monotonic)
        self._results: dict[str, Result] = {}
        self._agents: dict[Any, Agent] = {}
        self._profiles: dict[int, Profile | ProfileError] = {}
        self._lists: Counter[str] = Counter(read=0, write=0, session=0)
        self._pages: dict[int, int] = {}  # by agent, where the whole list was read
        self._by_pages: set[int] = set()  # agents whose collectivités are looked at once more by the pages
        # Spaces on the lists that no host of this run declares, their names by SIRET; None where no list was read to its end.
        self._others: dict[str, str] | None = None
        self._recorded: dict[str, str] = {}  # by SIRET, the host that an earlier run from this store had for it
        stores = {id(each.parameters.get("trust_store")): each.parameters.get("trust_store") for each in entries}
        self._warnings: list[str] = [one for store in stores.values() if isinstance(store, TrustStore) for one in store.warnings()]
        self._stops_told: list[RunProblem] = []  # why it stopped before its first write
        self._problems: list[RunProblem] = []  # what the exit code of the run has to tell, beside what each host does

    def result(self) -> dict[str, Any]:
        """{changed, hosts, summary}: hosts by name, each as member.Result; see _summary."""
        try:
            with self._shown():
                members = self._members()
                verdict = self._plan(members)
                stops = self._stops(members)
                held = stops or (verdict.engaged and self._settings.acts)
                if stops:
                    self._stop(members, stops)
                elif held:
                    self._hold(members, verdict)
                else:
                    self._bring_up(members)
                self._counting.begin("concluding")
                self._prover.choose(candidate for member in members for candidate in member.candidates)
                self._each(members, self._finish)
                if not held:
                    self._record(members)
        finally:
            self._close()
        return self._told(verdict)

    def _close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._network.close()
        self._fetch.close()

    def order_problems(self) -> list[RunProblem]:
        """What this run must not order, as far as the stores and the lists tell. Writes nothing; where nothing is to be ordered, asks nobody.

        For who goes on with each collectivité by itself: one alone is told by its own task.
        """
        try:
            members = [member for member in self._members() if self._may_order(member)]
            if len(members) < 2:
                return []
            unlisted = self._listed(members)
            for member in members:
                listed = member.siret not in unlisted
                member.guarded(partial(member.look_at_orders, listed=listed))
            return self._stops(members)
        finally:
            self._close()

    @staticmethod
    def _may_order(member: Member) -> bool:
        try:
            return bool(member.orders_ahead())
        except AntaiError:  # its own task tells
            return False

    # Who takes part

    def _members(self) -> list[Member]:
        """Those whose declaration can be used; the others have their result at once, before any request."""
        members = []
        for entry in self._entries:
            try:
                if entry.problem:
                    raise entry.problem
                members.append(self._member(entry))
            except AntaiError as problem:
                self._refuse(entry, problem)
            except Exception as error:  # whatever stands in one host's variables, the others go through
                self._refuse(entry, UnexpectedFailure(error))
        return self._once_each(members)

    def _member(self, entry: Entry) -> Member:
        """Raises AntaiError."""
        agent, options = self._agent(entry.parameters), self._options
        return Member(entry, agent, self._of(entry), self._fetch, prover=self._prover, skips_held=options.skips_held)

    def _once_each(self, members: list[Member]) -> list[Member]:
        """Two hosts with one SIRET would overwrite each other's account: neither takes part."""
        hosts: dict[str, list[str]] = {}
        for member in members:
            hosts.setdefault(member.siret, []).append(member.entry.host)
        for member in members:
            same = hosts[member.siret]
            if len(same) > 1:
                self._refuse(
                    member.entry,
                    InvalidInput(
                        "siret",
                        f"{member.siret} is declared by {', '.join(same)}",
                        "one host for each collectivité: correct the SIRET, or take one of them out of the run; nothing was sent for either",
                        siret=member.siret,
                        hosts=same,
                    ),
                )
        return [member for member in members if len(hosts[member.siret]) == 1]

    def _refuse(self, entry: Entry, problem: AntaiError) -> None:
        self._results[entry.host] = Redactor(entry.parameters).clean(refused(entry, problem))
        self._counting.count(changed=False, waiting=False, failed=True)

    def _of(self, entry: Entry) -> Settings:
        return replace(self._settings, language=entry.parameters["language"])

    def _agent(self, parameters: dict[str, Any]) -> Agent:
        """The same for all that log in as the same, at the same place. Raises ProfileError or InvalidInput."""
        profile = self._profile(parameters["profile"])
        key = (id(profile), *(parameters[name] for name in CONNECTION))
        if key not in self._agents:
            self._agents[key] = Agent(profile, endpoints(parameters), credentials(parameters, Redactor(parameters)), self._network)
        return self._agents[key]

    def _profile(self, data: Any) -> Profile:
        """Each compiled once. data: the entries keep it alive, so its identity is a key."""
        if id(data) not in self._profiles:
            try:
                self._profiles[id(data)] = Profile(data)
            except ProfileError as error:
                self._profiles[id(data)] = error
        found = self._profiles[id(data)]
        if isinstance(found, ProfileError):
            raise found
        return found

    # Reading and planning

    def _plan(self, members: list[Member]) -> brake.Verdict:
        """Read the fleet by the lists where that is cheaper; plan everything that can be planned so; count what would be taken away."""
        unlisted = self._listed(members)
        # Who is on no page is absent, or not mandated: nothing of it is seen, so nothing can be taken away; its one read is that of the road.
        later = unlisted if self._settings.acts else set()
        seen = [member for member in members if member.siret not in later and not member.error]
        asking = [member for member in seen if not member.asks_nobody]
        self._counting.begin("planning", len(seen))
        # Threads that only read the disk and plan stand in each other's way: twice the time of one.
        for member in seen:
            if member.asks_nobody:
                self._look(member)
        self._each(asking, self._look, at_once=LOOKED_AT_ONCE)
        roots = {root for member in members if (root := member.entry.parameters["store"])}
        earlier, problems = earlier_sirets.read_all(roots)
        self._warnings += problems
        self._recorded = {siret: host for hosts in earlier.values() for host, siret in hosts.items()}
        dangers = [danger for member in members if not member.done for danger in self._dangers(member, earlier)]
        return brake.judge(dangers, len(members), self._options.allowed)

    def _listed(self, members: list[Member]) -> set[str]:
        """Hand each its part of the list of its agent. The SIRETs that a whole list does not show."""
        by_agent: dict[int, list[Member]] = {}
        for member in members:
            by_agent.setdefault(id(member.agent), []).append(member)
        unlisted: set[str] = set()
        for group in by_agent.values():
            if is_worth_it(group[0].agent, len(group)):
                unlisted |= self._listed_for(group)
        return unlisted

    def _listed_for(self, group: list[Member]) -> set[str]:
        agent, wanted = group[0].agent, {member.siret for member in group}
        try:
            listing = read_listing(agent, wanted, self._pool.map)
        except AntaiError as error:
            refused_all = isinstance(error, (AuthenticationFailed, TransportError))  # it would be the same for each of them
            if refused_all and not any(member.to_be_looked_at for member in group):
                for member in group:
                    member.error = error
                return set()
            sentence = agent.credentials.redactor.clean(error.sentence)
            self._problems.append(RunProblem("list_incomplete", sentence))
            self._warnings.append(f"the list could not be read whole, so each collectivité is read singly: {sentence}")
            return set()
        self._lists.update(listing.counts)
        for member in group:
            if member.siret in listing.spaces:
                member.remember(listing.spaces[member.siret])
        if not listing.whole:
            return set()
        self._pages[id(agent)] = listing.pages
        if listing.complete:
            self._others = (self._others or {}) | agent.credentials.redactor.clean(listing.others)
        return wanted - set(listing.spaces)

    def _look(self, member: Member) -> None:
        with member.looking():
            member.guarded(member.look)
            member.counted = frozenset(step.key for step in member.steps if brake.takes_away(step))
            if member.done:
                self._finish(member)
        self._counting.passed()

    @staticmethod
    def _dangers(member: Member, earlier: dict[str, dict[str, str]]) -> list[brake.Danger]:
        before = earlier.get(member.entry.parameters["store"] or "", {}).get(member.entry.host)
        return brake.dangers_of(member.entry.host, member.siret, member.steps, before)

    def _stops(self, members: list[Member]) -> list[RunProblem]:
        """Why the run must not write anything, because of what it would order."""
        going_on = [member for member in members if not member.error]
        stopped = [
            Stopped(member.entry.host, member.entry.parameters["name"] or member.entry.host, member.siret, member.store_path, stop)
            for member in going_on
            for stop in member.stops
        ]
        return problems_of(stopped, self._orders(going_on), self._settings.language)

    def _orders(self, members: list[Member]) -> list[Orders]:
        """By store."""
        by_store: dict[str, list[Member]] = {}
        for member in members:
            if member.orders:
                by_store.setdefault(member.store_path, []).append(member)
        return [
            Orders(
                root,
                sum(member.orders for member in group),
                group[0].orders_made(self._settings.now()),
                min(member.entry.parameters["order_limit"] for member in group),
            )
            for root, group in by_store.items()
        ]

    def _stop(self, members: list[Member], problems: list[RunProblem]) -> None:
        """Nothing is written for anybody, but for what makes a store whole; the run fails, once, and says why."""
        self._problems += problems
        self._stops_told = problems
        if self._settings.acts:
            for member in members:
                if member.stops:
                    member.guarded(member.mend)

    def _hold(self, members: list[Member], verdict: brake.Verdict) -> None:
        """The brake holds: nothing is written for anybody, and who had something to be done is told why it was not."""
        for member in members:
            if not member.done:
                member.error = AntaiError(verdict.sentence(self._options.language))
                member.error.code = "braked"

    # Doing

    def _bring_up(self, members: list[Member]) -> None:
        """The canaries first, and the others only where these ended as planned."""
        size, drifted = self._options.canary, [member for member in members if not member.done]
        if self._settings.acts and 0 < size < len(drifted):
            drifted = self._after_canaries(drifted, size)
        self._converge(drifted)
        self._follow_up(members)

    def _follow_up(self, members: list[Member]) -> None:
        """What their first steps lead to: at ANTAI, and where the PSCE is given a moment."""
        self._look_again(members)
        self._await_certificates(members)
        self._look_again(members)

    def _after_canaries(self, members: list[Member], size: int) -> list[Member]:
        """Those that may be gone on with. A canary that wrote nothing has shown nothing: another takes its place."""
        ordered = canary.by_agent_in_turn((id(member.agent), member) for member in members)
        begun = 0
        for batch in canary.batches(ordered, size):
            begun += len(batch)
            self._converge(batch)
            self._follow_up(batch)
            self._each([member for member in batch if member.has_written and not member.error], self._prove)
            faults = [canary.Fault(member.entry.host, member.name, fault) for member in batch if (fault := member.fault)]
            if faults:
                self._withhold(ordered[begun:], canary.problem(faults, begun, len(ordered) - begun, self._settings.language))
                return []
            if any(member.has_written for member in batch):
                break
        return ordered[begun:]

    @staticmethod
    def _prove(member: Member) -> None:
        member.guarded(member.prove)

    def _withhold(self, members: list[Member], problem: RunProblem) -> None:
        self._problems.append(problem)
        self._stops_told = [problem]
        for member in members:
            member.error = member.error or Withheld(problem.text)

    def _converge(self, members: list[Member]) -> None:
        """Each goes the road as far as it leads; of those whom the pages show for fewer requests, each only to where it must be seen again."""
        many = Counter(id(member.agent) for member in members)
        self._by_pages = {agent for agent, count in many.items() if self._settings.acts and count > self._pages.get(agent, len(members))}
        if members:
            self._counting.begin("converging", len(members))
        self._each(members, self._advance)

    def _advance(self, member: Member) -> None:
        batch = BatchContext(lambda step: not brake.takes_away(step) or step.key in member.counted, id(member.agent) in self._by_pages)
        member.guarded(lambda: member.converge(batch))
        self._finish_if_over(member)
        self._counting.passed()

    def _look_again(self, members: list[Member]) -> None:
        """Those who were written to are seen all at once; for whom that shows something new to do, it is done, and so on."""
        for round_ in range(MOST_ROUNDS + 1):
            left = [member for member in members if member.to_be_looked_at and not member.error]
            if not left:
                return
            begin = self._settings.monotonic()
            self._counting.begin("reading")
            self._listed(left)
            for member in left:  # lists that are joined may miss a part of one, where somebody adds another meanwhile
                member.read_at = begin if member.context.operations.has("space_list") else None
            self._counting.begin("planning", len(left))
            self._each(left, self._seen_again, at_once=LOOKED_AT_ONCE)
            self._converge([member for member in left if round_ < MOST_ROUNDS and member.has_become_possible()])

    def _seen_again(self, member: Member) -> None:
        with member.looking():
            member.guarded(member.look)
            self._finish_if_over(member)
        self._counting.passed()

    def _finish_if_over(self, member: Member) -> None:
        comes_again = member.to_be_looked_at and not member.error
        goes_on = comes_again or member.has_become_possible() or (member.awaits_certificate() and member.entry.request_wait)
        if not goes_on:
            self._finish(member)

    def _await_certificates(self, members: list[Member]) -> None:
        """Those whose user gives the PSCE a moment: all wait together, and each goes on as soon as its certificate is there."""
        begin, pause = self._settings.monotonic(), FIRST_LOOK
        left = [member for member in members if self._waits(member)] if self._settings.acts else []
        while left:
            self._converge([member for member in left if member.has_been_delivered()])
            waited = self._settings.monotonic() - begin
            left = [member for member in left if self._waits(member) and member.entry.request_wait > waited]
            if left:
                self._counting.begin("certificates")
                self._settings.pause(pause)
                pause = min(pause * 1.5, LONGEST_LOOK)

    def _waits(self, member: Member) -> bool:
        """For the PSCE, and for nobody else in this run."""
        return member.entry.host not in self._results and not member.to_be_looked_at and member.awaits_certificate()

    def _record(self, members: list[Member]) -> None:
        """Which SIRET each host had, for the next run's brake."""
        if not self._settings.acts:
            return
        by_root: dict[str, dict[str, str]] = {}
        for member in members:
            if member.entry.parameters["store"] and not member.failed:
                by_root.setdefault(member.entry.parameters["store"], {})[member.entry.host] = member.siret
        for root, sirets in by_root.items():
            try:
                earlier_sirets.EarlierSirets(root).record(sirets)
            except AntaiError as error:
                self._warnings.append(error.sentence)

    def _each(self, members: list[Member], deed: Callable[[Member], None], at_once: int = 1) -> None:
        """at_once: how many a thread takes at a time; more than one where most need no request, and handing over costs more than the deed."""
        size = max(1, min(at_once, len(members) // (4 * self._options.workers)))

        def several(begin: int) -> None:
            for member in members[begin : begin + size]:
                deed(member)

        for _done in self._pool.map(several, range(0, len(members), size)):
            pass

    def _finish(self, member: Member) -> None:
        """Its result, once; what it holds is let go. Who may be asked about comes last: that is chosen for all together."""
        if member.entry.host in self._results or self._waits_to_be_asked(member):
            return
        member.guarded(member.conclude)
        result = self._results[member.entry.host] = member.result()
        member.release()
        self._counting.count(changed=result["changed"], waiting=bool(result["waiting"]), failed=result["failed"])

    def _waits_to_be_asked(self, member: Member) -> bool:
        if self._prover.has_decided:
            return False
        member.candidates = []
        member.guarded(member.find_candidates)
        return self._prover.waits_to_choose(member.candidates)

    # Telling

    def _told(self, verdict: brake.Verdict) -> dict[str, Any]:
        hosts = {entry.host: self._results[entry.host] for entry in self._entries}
        return {"changed": any(each["changed"] for each in hosts.values()), "hosts": hosts, "summary": self._summary(hosts, verdict)}

    def _summary(self, hosts: dict[str, Result], verdict: brake.Verdict) -> dict[str, Any]:
        """Numbers of collectivités, and requests: operations by class (lists and logins included), requests as they went over HTTP."""
        stages = Counter(each["status"]["stage"] for each in hosts.values() if each["status"])
        operations = Counter(self._lists)
        for each in hosts.values():
            operations.update(each["operations"])
        numbers = {
            "total": len(hosts),
            "changed": sum(each["changed"] for each in hosts.values()),
            "failed": sum(each["failed"] for each in hosts.values()),
            "waiting": sum(bool(each["waiting"]) for each in hosts.values()),
            "onboarded": stages["onboarded"],
            "held": sum(each["held"] for each in hosts.values()),
        }
        told = ", ".join(f"{numbers[name]} {name}" for name in ("changed", "waiting", "failed", "onboarded"))
        told += f", {numbers['held']} left to another run" if numbers["held"] else ""
        return numbers | {
            "msg": " ".join(problem.text for problem in self._stops_told)
            or (verdict.sentence(self._options.language) if verdict.engaged else f"{numbers['total']} collectivités: {told}"),
            "stages": dict(sorted(stages.items())),
            "failures": [{"host": host, "msg": each["msg"]} for host, each in hosts.items() if each["failed"]],
            "operations": {kind: operations[kind] for kind in ("read", "write", "session")},
            "requests": self._network.requests,
            "brake": verdict.as_dict(),
            **self._undeclared(),
            "problems": [problem.as_dict() for problem in dict.fromkeys(self._problems)],
            "warnings": list(dict.fromkeys([*self._warnings, *filter(None, [self._prover.warning()])])),
        }

    def _undeclared(self) -> dict[str, list[dict[str, str]] | None]:
        """Spaces that a whole list showed and no host of the inventory declares: told, and left as they are. None where that is not known.

        declared_elsewhere: those of them that a host had in an earlier run from this store, which this inventory has not: another slice's, or
        one that has left.
        """
        if self._others is None:
            return {"undeclared": None, "declared_elsewhere": None}
        pairs = self._options.declared() if self._others else ()
        hosts, sirets = {host for host, _siret in pairs}, {siret for _host, siret in pairs}
        undeclared, elsewhere = [], []
        for siret, name in sorted(self._others.items()):
            space, host = {"siret": siret, "name": name}, self._recorded.get(siret)
            if siret not in sirets and (host is None or host in hosts):
                undeclared.append(space)
            elif siret not in sirets:
                elsewhere.append(space | {"host": str(host)})
        return {"undeclared": undeclared, "declared_elsewhere": elsewhere}

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """Say every now and then how far it has come, from a thread of its own: also while everybody waits for an answer."""
        show, over = self._options.show, threading.Event()
        if show is None:
            yield
            return

        def telling() -> None:
            while not over.wait(self._options.show_every):
                show(self._counting.tally(self._network.requests))

        teller = threading.Thread(target=telling, name="antai-progress", daemon=True)
        teller.start()
        try:
            yield
        finally:
            over.set()
            teller.join()
