# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stages of one run over a fleet share: its options, its threads, and what has come of it so far."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from ...module_utils._http.revocation_fetcher import RevocationFetcher
from ...module_utils._plan.settings import Settings
from ...module_utils.errors import AntaiError
from ...module_utils.redact import Redactor
from .._report.model import RunProblem
from .collectivite import Collectivite
from .deadline import Deadline
from .declared_host import DeclaredHost
from .host_result import HostResult, refused_result
from .progress import Counting, Tally
from .prover import Prover
from .proving import ProvingPolicy
from .workers import Workers

Show = Callable[[Tally], None]


@dataclass(frozen=True)
class FleetOptions:
    """workers: threads, and connections. requests_per_second: for each endpoint, None: no limit. allowed: what the user lets the run take away.

    canary: how many are written to first; 0: all at once. deadline: seconds, None: without end.
    proving: whether, and how many, certificates the SI FPS is asked about. skips_locked: leave alone, and say so, whom another run is working on.
    declared: (host, SIRET) of the whole inventory, also of hosts that are not in this run; asked only where the lists show others than these.
    show: called with the Tally every show_every seconds, by a thread of its own. language: of the brake's sentence, fr or en.
    """

    workers: int = 16
    requests_per_second: float | None = None
    allowed: int | None = None
    canary: int = 0
    deadline: float | None = None
    proving: ProvingPolicy = field(default_factory=ProvingPolicy)
    skips_locked: bool = False
    declared: Callable[[], Collection[tuple[str, str]]] = tuple
    show: Show | None = None
    show_every: float = 1.0
    language: str = "en"


@dataclass
class RunState:
    """results: by host. warnings: of the run. problems: what its exit code has to tell, beside what each host does; stop_problems: why it stopped."""

    settings: Settings
    options: FleetOptions
    workers: Workers
    fetcher: RevocationFetcher
    counting: Counting
    prover: Prover
    deadline: Deadline
    results: dict[str, HostResult] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    problems: list[RunProblem] = field(default_factory=list)
    stop_problems: list[RunProblem] = field(default_factory=list)

    def refuse(self, host: DeclaredHost, problem: AntaiError) -> None:
        """The result of a host that takes no part; no request was made for it."""
        self.results[host.name] = Redactor(host.parameters).clean(refused_result(host, problem))
        self.counting.count(changed=False, waiting=False, failed=True)

    def is_in_time(self, collectivite: Collectivite) -> bool:
        """Whether something may still be begun for it; where not, it fails with the deadline."""
        if self.deadline.has_passed:
            collectivite.error = collectivite.error or self.deadline.error(collectivite.settings.language)
            return False
        return True

    def finish(self, collectivite: Collectivite) -> None:
        """Its result, once; what it holds is let go. Who may be asked about comes last: that is chosen for all together."""
        if collectivite.host.name in self.results or self._waits_to_be_asked(collectivite):
            return
        collectivite.guard(collectivite.summarise)
        result = self.results[collectivite.host.name] = collectivite.result()
        collectivite.release()
        self.counting.count(changed=result["changed"], waiting=bool(result["waiting"]), failed=result["failed"])

    def finish_if_over(self, collectivite: Collectivite) -> None:
        comes_again = collectivite.must_observe and not collectivite.error
        waits = collectivite.awaits_certificate() and collectivite.host.request_wait
        if not (comes_again or collectivite.has_become_possible() or waits):
            self.finish(collectivite)

    def _waits_to_be_asked(self, collectivite: Collectivite) -> bool:
        if self.prover.has_decided:
            return False
        collectivite.guard(collectivite.find_candidates)
        return self.prover.waits_to_choose(collectivite.candidates)
