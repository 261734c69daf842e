# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request of a certificate that is not answered yet, as its version in the store remembers it (request.json)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, cast

from ..._pki.certificate_files import (
    load_private_key,
)
from ..._store.files import read_file, read_json
from ..._store.links import ABOUT, KEY
from ..._store.store import Store
from ...dates import instant
from ...errors import InvalidInput, StoreError


class BadDelivery(TypedDict):
    """What the PSCE delivered and cannot be used: never paid a second time. path: where it was; reason: by language; at: since when, RFC 3339."""

    path: str
    fingerprint: str
    reason: dict[str, str] | None
    at: str | None


class PendingRequest(TypedDict, total=False):
    """request.json: requested_at and handed_out stand there always. rotates: fingerprint of the certificate that the requested one is to follow (the
    answer then goes by `next`, not by `current`). answer_lost: whether the answer to it was lost on its way. retry_at, refused, est_url,
    est_username: what the EST service said, and who was asked by which account. Instants are RFC 3339 in UTC.
    """

    requested_at: str | None
    handed_out: bool
    organization: str
    common_name: str
    key_type: str
    rotates: str | None
    bad_delivery: BadDelivery
    answer_lost: bool
    retry_at: str | None
    refused: str | None
    est_url: str | None
    est_username: str | None


def read_request(version: Path) -> PendingRequest:
    """What request.json says of a request. Raises StoreError where it does not say it."""
    request = read_json(version / ABOUT)
    if not {"requested_at", "handed_out"} <= request.keys():
        raise StoreError(f"{version / ABOUT} is incomplete", "restore it from a backup, or discard the request (state: absent)")
    return cast(PendingRequest, request)


def note_request(store: Store, provider: str, changes: PendingRequest) -> None:
    """Into request.json of the pending request, beside what stands there. Raises StoreError."""
    folder = pending_folder(store, provider)
    store.write(folder / ABOUT, encode_request(cast(PendingRequest, read_json(folder / ABOUT) | changes)))


def read_pending(store: Store, provider: str) -> PendingRequest:
    """What request.json says of the pending request. Raises StoreError where there is none."""
    return read_request(pending_folder(store, provider))


def pending_folder(store: Store, provider: str) -> Path:
    """The version that waits for the PSCE's answer. Raises StoreError where there is none."""
    folder = store.version(provider, "pending")
    if folder is None:
        raise StoreError(f"{store.certificates(provider)} has no pending request", "request a certificate first")
    return folder


def read_pending_file(store: Store, provider: str, name: str) -> bytes:
    """A file of the pending request. Raises StoreError or InvalidInput where it cannot be read."""
    return read_file(pending_folder(store, provider) / name, "store")


def read_pending_key(store: Store, provider: str) -> Any:
    """The private key of the pending request. Raises InvalidInput, which names the file."""
    content = read_pending_file(store, provider, KEY)
    try:
        return load_private_key(content, "store")
    except InvalidInput as error:
        path = store.certificates(provider) / "pending" / KEY
        raise InvalidInput(
            "store",
            f"{path}: this is no unencrypted private key in PEM",
            "restore it from a backup, or discard the request (state: absent)",
        ) from error


def note_bad_delivery(store: Store, provider: str, path: str, fingerprint: str, reason: dict[str, str], now: datetime) -> None:
    """Remember what was delivered and cannot be used. reason: by language."""
    bad: BadDelivery = {"path": path, "fingerprint": fingerprint, "reason": reason, "at": instant(now)}
    note_request(store, provider, {"bad_delivery": bad})


def encode_request(request: PendingRequest) -> bytes:
    """As request.json holds it."""
    return json.dumps(request, indent=1, sort_keys=True).encode() + b"\n"
