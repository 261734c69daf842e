# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to read operations before anything is made of them, for whoever examines the interface itself (the doctor)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._http.client_certificate import ClientCertificate
from .._http.messages import Request, Response
from .operations import Operations
from .profile.operation import ProfileOperation
from .profile.paging import ListProof, Page, PageEvidence
from .profile.templates import Values
from .profile_reader import RecordNotFound
from .refusals import explained


@dataclass(frozen=True)
class RawAnswer:
    """values: what the templates of the profile stand for."""

    call: ProfileOperation
    values: Values
    request: Request
    response: Response


def raw_answer(
    operations: Operations, operation: str, values: Mapping[str, Any], certificate: ClientCertificate | None = None
) -> RawAnswer | None:
    """A read operation and its answer (of a list: the first page); None where what the request names is not there."""
    sender, profile = operations.sender, operations.profile
    call = sender.call(operation)
    if call.spec.kind != "read":
        raise ValueError(f"{operation} is no read operation")
    subject = {"fingerprint": operations.identities.fingerprint_of(certificate)} if certificate else {}
    try:
        filled = operations.reader.values(call, {**values, **subject})
        request = profile.render(call, filled)
    except RecordNotFound:
        return None
    return RawAnswer(call, filled, request, sender.read(call, call.paging.first(request) if call.paging else request, certificate))


def second_page(operations: Operations, raw: RawAnswer) -> RawAnswer | None:
    """Of a list whose first page this is; None where it ends with the first. Raises UnexpectedAnswer where both are not what a list is."""
    profile, call, proof = operations.profile, raw.call, ListProof()
    body = profile.json(call, raw.response)
    page: Page = (raw.response, body, profile.items(call, body))
    keys = profile.keys(call, page[2])
    if call.paging is None:
        with explained(call.name):
            proof.add(PageEvidence(keys))
        return None
    first, url_of = profile.render(call, raw.values), operations.sender.conversation(call.face).url_of
    with explained(call.name):
        proof.add(call.paging.evidence(page, keys))
        request = call.paging.following(first, raw.request, page, proof, url_of)
        if request is None:
            return None
        page = operations.reader.page(call, request, 2)
        proof.add(call.paging.evidence(page, profile.keys(call, page[2])))
        call.paging.following(first, request, page, proof, url_of)
    return RawAnswer(call, raw.values, request, page[0])
