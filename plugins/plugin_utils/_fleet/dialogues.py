# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogues of one collectivité of a fleet: which could be asked about, what the SI FPS answers, and what the store remembers of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property

from ...module_utils._plan.settings import Settings
from ...module_utils._reconcile.onboarding import unfit_fingerprints
from ...module_utils._resources.base import Context
from ...module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ...module_utils._resources.certificate.observed_certificate import ObservedCertificate
from ...module_utils._resources.dialogue import Dialogue, dialogue
from ...module_utils._store.proofs import ProofRecord, keep_proofs, read_proofs
from ...module_utils.errors import Held
from .host_result import Planned
from .prover import Prover, Unanswered, answered, asked_in_vain
from .proving import Candidate

TO_BE_THERE = ("present", "active")


class CollectiviteDialogues:
    """observed: gives the certificates as last observed; None where they never were, or were let go."""

    def __init__(
        self, siret: str, context: Context, settings: Settings, prover: Prover, observed: Callable[[], ObservedCertificates | None]
    ) -> None:
        self._siret = siret
        self._context = context
        self._settings = settings
        self._prover = prover
        self._observed = observed
        self._answers: dict[str, ProofRecord] = {}  # of this run, by fingerprint

    def candidates(self, planned: Planned) -> list[Candidate]:
        """Dialogues that could be asked about: all whose key is here where they are always proved, else those that may exchange. Asks nobody."""
        if self._observed() is None or not self._context.operations.has("exchange_query"):
            return []
        is_always = self._prover.policy.mode == "always"
        unasked = unfit_fingerprints(planned)
        known = [(certificate, self._unasked(certificate)) for certificate in self._expected() if certificate.fingerprint not in unasked]
        return [
            Candidate(self._siret, str(certificate.fingerprint), self._records.get(str(certificate.fingerprint)))
            for certificate, status in known
            if certificate.client and status["source"] != "query" and (status["verifiable"] or is_always)
        ]

    def prove(self, candidates: list[Candidate]) -> list[Dialogue]:
        """Ask the SI FPS now about these. Raises AntaiError."""
        fingerprints = {candidate.fingerprint for candidate in candidates}
        return [self._asked(certificate) for certificate in self._expected() if certificate.fingerprint in fingerprints]

    def conclude(self) -> list[Dialogue]:
        """Of the exchange of each certificate that is to be there; those are asked about that the run has chosen. Raises AntaiError."""
        return [
            self._asked(certificate) if self._prover.has_chosen(self._siret, certificate.fingerprint) else self._heard(certificate)
            for certificate in self._expected()
        ]

    def record(self) -> None:
        """For the runs to come. Where another run works on it at this moment, the next one asks again."""
        if self._settings.acts and self._context.store and self._answers:
            with suppress(Held):
                keep_proofs(self._context.store, self._answers, frozenset(str(certificate.fingerprint) for certificate in self._expected()))

    def release(self) -> None:
        self.__dict__.pop("_records", None)

    @cached_property
    def _records(self) -> dict[str, ProofRecord]:
        """What the store remembers, by fingerprint."""
        return read_proofs(self._context.store) if self._context.store else {}

    def _expected(self) -> list[ObservedCertificate]:
        """The certificates that are to be there."""
        observed = self._observed()
        return [certificate for certificate in observed.certificates if certificate.declared.state in TO_BE_THERE] if observed else []

    def _dialogue(self, certificate: ObservedCertificate, *, ask: bool) -> Dialogue:
        observed, last = self._observed(), self._records.get(certificate.fingerprint or "")
        if observed is None:
            raise AssertionError("a certificate was observed, but not its resource")
        return dialogue(self._context, self._siret, certificate, observed.space, ask=ask, now=self._settings.now(), last=last)

    def _unasked(self, certificate: ObservedCertificate) -> Dialogue:
        return self._dialogue(certificate, ask=False)

    def _heard(self, certificate: ObservedCertificate) -> Dialogue:
        """Without asking; what the SI FPS has answered for another reason of this run is a proof all the same."""
        status = self._unasked(certificate)
        fingerprint = status["fingerprint"]
        if fingerprint and status["source"] == "query" and status["verifiable"]:
            self._answers[fingerprint] = answered(status, self._settings.now(), self._records.get(fingerprint))
        return status

    def _asked(self, certificate: ObservedCertificate) -> Dialogue:
        fingerprint, now = str(certificate.fingerprint), self._settings.now()
        last = self._records.get(fingerprint)
        try:
            status = self._prover.ask(self._context.operations.agent.endpoints.sifps_url, lambda: self._dialogue(certificate, ask=True))
        except Unanswered as unanswered:
            if unanswered.asked:
                self._answers[fingerprint] = asked_in_vain(now, last)
            return self._unasked(certificate)
        self._answers[fingerprint] = answered(status, now, last)
        return status
