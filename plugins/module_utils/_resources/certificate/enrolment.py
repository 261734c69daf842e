# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An order by the EST service of the PSCE (RFC 7030): asked for, and kept where it is issued at once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from ..._enrolment.est import CertificateIssued, EnrolmentPending, EnrolmentRefused, EstClient
from ..._pki.certificate import Certificate
from ..._pki.certificate_files import (
    find_leaf_of_key,
    summarise_certificates,
)
from ..._pki.chain import issued_under
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.request import describe_request
from ..._plan.waiting import Waiting
from ..._store.links import REQUEST
from ..._store.store import Store
from ...dates import instant
from ...errors import InvalidInput, OrderStopped, TransportError, UnexpectedAnswer
from ...redact import Redactor
from .delivery import complete_request, issued_files, why_unusable
from .order import CLOCK_TOLERANCE, Order, est_account
from .order_plan import answer_waiting
from .pending_request import note_bad_delivery, note_request, read_pending, read_pending_file, read_pending_key


def enroll(
    order: Order, store: Store, authorities: tuple[ParsedCertificate, ...], counts: Counter[str], redactor: Redactor, now: datetime
) -> Waiting | None:
    """Ask the PSCE's EST service for the certificate of the pending request, and keep it; who is waited for, where it does not come at once."""
    est = order.est
    if est is None:
        raise InvalidInput("est_url", "is not set", "declare antai_est_url, or order through the folders")
    request = describe_request(read_pending_file(store, order.provider, REQUEST))
    client = EstClient(est, counts, redactor)
    try:
        issuers = client.cacerts(authorities)
        _check_clock(order, client.clock_offset, now)
        _claim_repetition(order, store, now)
        answer = client.enroll(request.der)
    except TransportError as error:
        if error.ambiguous:
            note_request(store, order.provider, {"answer_lost": True})
        raise
    finally:
        client.close()
    if isinstance(answer, EnrolmentPending):
        retry_at = instant(now + timedelta(seconds=answer.seconds + 1))  # one second more: `now` was cut to the second
        note_request(store, order.provider, {**est_account(est), "retry_at": retry_at, "refused": None})
    elif isinstance(answer, EnrolmentRefused):
        note_request(store, order.provider, {**est_account(est), "retry_at": None, "refused": answer.reason})
    else:
        try:
            leaf = _enrolled(order, store, answer, (*authorities, *issuers))
        except UnexpectedAnswer as error:  # it was issued, and paid, all the same
            note_bad_delivery(store, order.provider, est.url, "", dict.fromkeys(("fr", "en"), error.message), now)
            raise
        unusable = why_unusable(leaf, now)
        if unusable:
            note_bad_delivery(store, order.provider, est.url, leaf.fingerprint, unusable, now)
            return answer_waiting(store, order.provider, read_pending(store, order.provider), order)
        complete_request(order.provider, store, issued_files(leaf, (*answer.certificates, *issuers), authorities, now))
        return None
    return answer_waiting(store, order.provider, read_pending(store, order.provider), order)


def _check_clock(order: Order, offset: timedelta | None, now: datetime) -> None:
    """Raises OrderStopped where our clock differs from the PSCE's by more than it may."""
    if offset is None or abs(offset) <= CLOCK_TOLERANCE:
        return
    waiting = Waiting("order_clock", None, {"provider": order.provider, "seconds": round(offset.total_seconds())})
    error = OrderStopped(waiting.as_dict(order.language, now)["next_action"]["text"])
    error.code = waiting.code
    raise error


def _claim_repetition(order: Order, store: Store, now: datetime) -> None:
    """Whose answer to the last time was lost may issue, and be paid for, once more: that counts as an order. Raises OrderLimit."""
    if read_pending(store, order.provider).get("answer_lost"):
        store.claim_order(now, order.provider, "the PSCE is asked again, its answer was lost", order.limit)


def _enrolled(order: Order, store: Store, answer: CertificateIssued, authorities: tuple[ParsedCertificate, ...]) -> Certificate:
    """The certificate that was asked for, or UnexpectedAnswer."""
    try:
        chain = summarise_certificates(answer.certificates, "simpleenroll")
        leaf = find_leaf_of_key(chain, read_pending_key(store, order.provider), order.subject.siret, "simpleenroll")
    except InvalidInput as error:
        raise UnexpectedAnswer(
            error.message, "this is not what was asked for: show it to the PSCE; nothing was kept", **error.details
        ) from error
    if leaf.fingerprint not in {certificate.fingerprint for certificate in issued_under(answer.certificates, authorities)}:
        raise UnexpectedAnswer(
            "simpleenroll: the certificate comes from none of the CAs that the PSCE shows (cacerts) and that psce_ca_file names",
            "show it to the PSCE; nothing was kept",
            fingerprint=leaf.fingerprint,
        )
    return leaf
