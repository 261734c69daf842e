# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One order at a PSCE, in the store: made, handed out, given up. What is done when is not decided here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ..._enrolment.order_sheet import order_sheet
from ..._pki.request import describe_request, make_request
from ..._store.links import ABOUT, KEY, REQUEST
from ..._store.store import Store
from ...dates import instant
from .order import Order, requested_fields
from .pending_request import PendingRequest, encode_request, note_request, read_pending, read_pending_file

SHEET = "order.md"


def new_request(order: Order, store: Store, now: datetime, rotates: str | None = None, cause: str = "") -> None:
    """A key and its request, in the store alone. rotates: fingerprint of the certificate that the new one is to follow. cause: why, for the ledger.

    Raises OrderLimit where the store has seen as many orders as it may in a day.
    """
    store.claim_order(now, order.provider, cause, order.limit)
    key, request = make_request(order.subject, order.key_type)
    pending: PendingRequest = {**requested_fields(order), "requested_at": instant(now), "handed_out": False}
    if rotates:
        pending["rotates"] = rotates
    sheet = _sheet(order, store, request, pending)
    store.new_version(order.provider, {KEY: key, REQUEST: request, SHEET: sheet, ABOUT: encode_request(pending)})


def hand_out(order: Order, store: Store) -> None:
    """Request and order sheet, in the folder that people or a program of the PSCE look into; the sheet first: who sees the request has it."""
    if not order.drop_folder:
        return
    request, pending = read_pending_file(store, order.provider, REQUEST), read_pending(store, order.provider)
    drop = Path(order.drop_folder)
    store.write(drop / f"{order.stem}.md", _sheet(order, store, request, pending), mode=0o644)
    store.write(drop / f"{order.stem}.csr", request, mode=0o644)
    note_request(store, order.provider, {"handed_out": True})


def discard(store: Store, provider: str) -> None:
    """Drop the request that is not answered, with its key; one that has lost its link, too."""
    if not store.version(provider, "pending"):
        store.link_newest(provider, "pending")
    store.discard_pending(provider)


def _sheet(order: Order, store: Store, request: bytes, pending: PendingRequest) -> bytes:
    """The order sheet, in Markdown."""
    text = order_sheet(
        describe_request(request),
        siret=order.subject.siret,
        provider=order.provider,
        requested_at=pending["requested_at"] or "",
        contact=order.contact,
        file=f"{order.stem}.csr" if order.drop_folder else REQUEST,
        drop=order.pickup_folder or str(store.dropped(order.provider)),
        language=order.language,
    )
    return text.encode()
