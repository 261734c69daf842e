# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one examination has learned so far: its checks, what was exchanged, and who showed which collectivité."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .._http.client_certificate import ClientCertificate
from .._http.messages import Exchange
from .._interface.catalogue import FACES
from .._pki.evaluation import ValidationPolicy
from .._resources.base import Context
from .._resources.certificate.observed_certificate import DeclaredCertificate, ObservedCertificate
from .check_result import CheckResult
from .face_checks import TOO_MANY

TOKEN = "token"
# (label, client certificate) of what a face is shown.
Presented = list[tuple[str, ClientCertificate]]


@dataclass(frozen=True)
class DoctorRequest:
    """What the doctor is asked to look at. sirets: those whose mandate is looked at; the first is the one that is read."""

    sirets: tuple[str, ...]
    agent_email: str | None
    cycle: str
    certificates: tuple[DeclaredCertificate, ...]
    judging: ValidationPolicy | None
    timeout: float
    store: str | None

    @property
    def siret(self) -> str | None:
        return self.sirets[0] if self.sirets else None


class DoctorSession:
    """results: the checks so far, in their order. exchanges: (face, exchange) of all that was sent and answered.

    shown_by: SIRET -> the operation that showed it. certificates: the declared ones, as they lie here.
    """

    def __init__(self, request: DoctorRequest, context: Context, now: Callable[[], datetime]) -> None:
        self.request = request
        self.context = context
        self.now = now
        self.operations = context.operations
        self.profile = context.operations.profile
        self.endpoints = context.operations.agent.endpoints
        self.certificates: list[ObservedCertificate] = []
        self.shown_by: dict[str, str] = {}
        self.results: list[CheckResult] = []
        self.exchanges: list[tuple[str, Exchange]] = []
        self.operations.watch(self._record)

    def add(self, *results: CheckResult) -> None:
        self.results += results

    def in_the_way(self, face: str, *checks: str) -> str | None:
        """The check that stands in the way; of one that was skipped itself, what stood in its way."""
        for result in self.results:
            if result.face == face and result.check in checks and result.blocks:
                return str(result.facts.get("because", result.check)) if result.code == "prerequisite" else result.check
        return None

    def exchanges_of(self, face: str) -> list[Exchange]:
        return [exchange for spoken_to, exchange in self.exchanges if spoken_to == face]

    def is_limited(self, face: str) -> bool:
        """Whether this face has answered that there are too many requests."""
        return any(exchange.response and exchange.response.status == TOO_MANY for exchange in self.exchanges_of(face))

    def _record(self, exchange: Exchange) -> None:
        bases = [(url, face) for face in FACES if (url := self.endpoints.url(face))]
        self.exchanges.append((next((face for url, face in bases if exchange.url.startswith(url.rstrip("/"))), TOKEN), exchange))
