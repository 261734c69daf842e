# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of an order, done one at a time: the same for a first certificate and for the next one of a rotation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..._pki.parsed_certificate import ParsedCertificate
from ..._plan.plan import Step, WaitRequired
from ..._store.store import Store
from ..base import Context
from . import delivery, enrolment, ordering
from .delivery import DeliveredCertificate
from .order import Order


@dataclass(frozen=True)
class OrderStep:
    """One step to be done. authorities: the CAs that psce_ca_file names. rotates: fingerprint of the certificate that the ordered one is to follow."""

    context: Context
    store: Store
    order: Order
    step: Step
    now: datetime
    delivered: DeliveredCertificate | None = None
    authorities: tuple[ParsedCertificate, ...] = ()
    rotates: str | None = None

    @property
    def provider(self) -> str:
        return self.order.provider


def _enroll(run: OrderStep) -> None:
    operations = run.context.operations
    waiting = enrolment.enroll(run.order, run.store, run.authorities, operations.counts, operations.credentials.redactor, run.now)
    if waiting:
        raise WaitRequired(waiting, done=run.step.code == "enroll")


def _note_delivery(run: OrderStep) -> None:
    if run.delivered:
        delivery.note_unusable(run.store, run.provider, run.delivered, run.now)


def _pick_up(run: OrderStep) -> None:
    if run.delivered:
        delivery.pick_up(run.provider, run.store, run.delivered, run.authorities, run.now)


# By code. adopt_store: the journal's line about this step is all there is to be done.
ORDER_STEPS: dict[str, Callable[[OrderStep], None]] = {
    "repair_links": lambda run: run.store.repair_links(run.provider),
    "finish_move": lambda run: run.store.tidy(run.provider),
    "adopt_store": lambda run: None,
    "make_request": lambda run: ordering.new_request(run.order, run.store, run.now, run.rotates, run.step.reason),
    "hand_out": lambda run: ordering.hand_out(run.order, run.store),
    "enroll": _enroll,
    "ask_again": _enroll,
    "note_delivery": _note_delivery,
    "pick_up": _pick_up,
    "repair_link": lambda run: run.store.link_newest(run.provider, "pending"),
    "discard_request": lambda run: ordering.discard(run.store, run.provider),
}
