# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be ordered at a PSCE, and how the declaration compares with a request that was made from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from ..._enrolment.est import EstService
from ..._enrolment.order_sheet import Contact
from ..._options.choices import ORDER_LIMIT
from ..._pki.request import Subject
from .key_pair import Source
from .pending_request import PendingRequest

# What tokens and signatures commonly allow (Kerberos, RFC 4120, 8.2: five minutes is the usual choice). Beyond it an order is not paid for: what a
# PSCE delivers would be expired, or not valid yet, by our clock.
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Order:
    """What to order. drop_folder: where a copy of the request is laid for the PSCE; pickup_folder: where its certificate is looked for, besides the store.

    limit: how many orders the store may see in a day, this one included. adopted: SIRETs whose keys are lost, by the user's word.
    psce_ca_file: CA certificates that complete the chain; est: the PSCE's service, instead of people; source: a key made elsewhere, instead of an order;
    passphrase: of a PKCS#12 that is delivered.
    """

    subject: Subject
    provider: str
    key_type: str
    drop_folder: str | None = None
    pickup_folder: str | None = None
    psce_ca_file: str | None = None
    est: EstService | None = None
    source: Source | None = None
    passphrase: str | None = field(default=None, repr=False)
    contact: Contact = field(default_factory=Contact)
    language: str = "fr"
    limit: int = ORDER_LIMIT
    adopted: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        return f"{self.subject.siret}-{self.provider}"


def requested_fields(order: Order) -> PendingRequest:
    """What a request is made from, as request.json and results show it."""
    return {"organization": order.subject.organization, "common_name": order.subject.common_name, "key_type": order.key_type}


def differing_fields(order: Order, pending: PendingRequest) -> list[str]:
    """The fields in which the declaration differs from the request."""
    return [name for name, value in requested_fields(order).items() if pending.get(name) != value]


def was_asked_as_declared(order: Order, pending: PendingRequest) -> bool:
    """Whether the PSCE's refusal answers what is declared now: the same request, by the same account, at the same address."""
    declared: PendingRequest = {**requested_fields(order), **(est_account(order.est) if order.est else {})}
    return all(pending.get(name) == value for name, value in declared.items())


def est_account(est: EstService) -> PendingRequest:
    """Who is asked, by which account, as request.json shows it."""
    return {"est_url": est.url, "est_username": est.username}
