# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every resource is: a declaration that can be observed, planned and applied (the one road, see runner.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from .._interface.operations import Operations
from .._plan.plan import Plan, Step
from .._store.store import Store
from ..dates import utc_now
from .request_dates import date_plan


class Fetcher(Protocol):
    """What fetches CRLs and OCSP responses: see _http/revocation_fetcher.py."""

    def __call__(self, url: str, body: bytes | None = None) -> bytes: ...

    def close(self) -> None: ...


class NoFetcher:
    """For modules that validate no certificate."""

    def __call__(self, url: str, body: bytes | None = None) -> bytes:
        raise AssertionError(f"{url} is to be fetched by a module that did not say so: name what it needs (kinds.Needs)")

    def close(self) -> None: ...


@dataclass(frozen=True)
class Context:
    """All that a resource may touch. store: None where the user declared none. fetch: CRLs and OCSP responses; a fleet gives all its contexts one.

    picked_up: fingerprints of certificates that came in this very run and were not installed yet. Their keys were made here and have never been
    anywhere else, so nobody need ask the SI FPS whether it knows them. opened: likewise the SIRET whose account was asked for in this very run,
    where there was none: nothing is installed before it is active (R1). jobs: what ANTAI works on since this run (pending_jobs.py).
    now: the clock, for observing alone: what is decided by it is decided by a plan.
    """

    operations: Operations
    store: Store | None = None
    fetch: Fetcher = field(default_factory=NoFetcher)
    picked_up: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    now: Callable[[], datetime] = utc_now

    def close(self) -> None:
        """For who owns it whole: what contexts share is closed by who shared it."""
        self.operations.close()
        self.fetch.close()


class Resource:
    """One declaration. `plan` is pure: no I/O, no clock of its own; it alone decides. Only `apply` changes anything."""

    # Name of the resource, and of the field of the result that shows it.
    name = ""
    # Whether observing it reads anything at ANTAI; else it lies on disk alone.
    asks_antai = True

    def __init__(self, siret: str) -> None:
        self.siret = siret

    def observe(self, context: Context) -> Any:
        """Everything that `plan` needs to know. Local files first: bad input is refused before any request."""
        raise NotImplementedError

    def prepare(self, context: Context) -> None:
        """What will be needed and asks nothing of ANTAI: done while others of a fleet wait for it. Writes nothing."""

    def plan(self, observed: Any, now: datetime) -> Plan:
        raise NotImplementedError

    def plan_dated(self, observed: Any, context: Context, now: datetime) -> Plan:
        """The plan; where the server does not say since when somebody is waited for, the journal says since when we have asked."""
        return date_plan(self.plan(observed, now), context.store, now)

    def apply(self, context: Context, observed: Any, step: Step, now: datetime) -> None:
        """Do one step of the plan made from `observed`. Raises WaitRequired where somebody is waited for instead."""
        raise NotImplementedError
