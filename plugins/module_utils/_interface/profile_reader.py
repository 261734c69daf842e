# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading through a profile: one record, a list in pages that is proved whole, a document; and the values that a request's templates stand for."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import Any

from .._http.client_certificate import ClientCertificate
from .._http.links import on_the_same_server
from .._http.messages import Request, Response
from ..errors import AuthenticationFailed, RefusedByServer, TransportError, UnexpectedAnswer
from .auth.methods import OPEN_NAMES
from .catalogue import LOOKUPS, OPERATIONS
from .certificate_identities import CertificateIdentities
from .profile.operation import ProfileOperation
from .profile.paging import ListProof, Page, PageEvidence
from .profile.profile import unexpected
from .refusals import accept, explained, incomplete
from .request_sender import RequestSender

# What lists have shown of one collectivité: account, conventions, certificates, or those of them that they show; with their extra fields.
Listed = dict[str, Any]
# Which part of that answers which operation.
PARTS = {"account_get": "account", "convention_list": "conventions", "certificate_list": "certificates"}
# Beside account_list: the lists of all that show a part.
LISTS = {"conventions": "convention_list_all", "certificates": "certificate_list_all"}


@dataclass(frozen=True)
class NumberedPage:
    """records: with their extra fields. size: how many items the page holds. pages: how many there are in all. evidence: that they are whole."""

    records: list[dict[str, Any]]
    size: int
    pages: int
    evidence: PageEvidence


class RecordNotFound(Exception):
    """What a request names is not there, so that it cannot even be made."""


class OperationValues(dict[str, Any]):
    """The values of one operation; what is missing is looked up when a template asks for it. Raises RecordNotFound then."""

    def __init__(self, values: dict[str, Any], look_up: Callable[[str], Any]) -> None:
        super().__init__(values)
        self._look_up = look_up

    def __missing__(self, name: str) -> Any:
        self[name] = self._look_up(name)
        return self[name]


class ProfileReader:
    """The reads of one collectivité's run. Records come with their extra fields, under `extra`."""

    def __init__(self, sender: RequestSender, identities: CertificateIdentities) -> None:
        self._sender = sender
        self._profile = sender.profile
        self._identities = identities
        self._listed: dict[str, Listed] = {}

    # What lists have shown

    def remember(self, siret: str, listed: Listed) -> None:
        """Take what lists have shown of this collectivité as the first observation."""
        self._listed[siret] = listed

    def was_listed(self, siret: str) -> bool:
        """Whether the lists have shown all of it, and nothing was written since."""
        return self._listed.get(siret, {}).keys() >= set(PARTS.values())

    @property
    def has_listed(self) -> bool:
        return bool(self._listed)

    def forget(self) -> None:
        self._sender.forget()
        self._listed.clear()

    # Reading

    def read_one(self, operation: str, values: Mapping[str, Any], certificate: ClientCertificate | None = None) -> dict[str, Any] | None:
        """The record, or None where there is none."""
        listed = self._listed.get(str(values["siret"]), {})
        if PARTS.get(operation) in listed:
            record: dict[str, Any] | None = listed[PARTS[operation]]
            return record
        call = self._sender.call(operation)
        if call.paging:
            return next(self.records(operation, values), None)
        try:
            filled = self.values(call, values)
            response = self._sender.read(call, self._profile.render(call, filled), certificate)
        except RecordNotFound:
            return None
        record = None if accept(self._profile, call, response) == "not_there" else self._profile.read_one(call, response, filled)
        return self._identities.recognise(record) if record else None

    def many(self, operation: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Of one collectivité: as lists have shown it, else as it is asked for."""
        listed = self._listed.get(str(values["siret"]), {})
        if PARTS[operation] in listed:
            return [self._identities.recognise(record) for record in listed[PARTS[operation]]]
        return list(self.records(operation, values))

    def records(self, operation: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Records (or spaces) of a list; nothing where it is not there."""
        return (record for page in self.pages(operation, values) for record in page)

    def pages(self, operation: str, values: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """One page after the other, each asked for when the one before has been looked at. Raises IncompleteList."""
        call = self._sender.call(operation)
        try:
            filled = self.values(call, values)
            first = self._profile.render(call, filled)
        except RecordNotFound:
            return
        with explained(call.name):
            for page in self._all_pages(call, first):
                yield self._records_of(call, page, filled)

    def numbered_page(self, operation: str, number: int, size: int) -> NumberedPage:
        """number: from 0 on. size: of the first one."""
        call = self._sender.call(operation)
        if call.paging is None:
            raise ValueError(f"{operation} has no pages")
        filled = self.values(call, {})
        page = self.page(call, call.paging.at(self._profile.render(call, filled), number, size), number + 1)
        with explained(call.name):
            evidence = call.paging.evidence(page, self._profile.keys(call, page[2]))
            return NumberedPage(self._records_of(call, page, filled), len(page[2]), call.paging.page_count(page), evidence)

    def page(self, call: ProfileOperation, request: Request, number: int) -> Page:
        """number: from 1 on. Only of the first page may the server say that there is no such thing, or that one may not see it."""
        try:
            response = self._sender.read(call, request)
            if accept(self._profile, call, response) != "not_there":
                body = self._profile.json(call, response)
                return response, body, self._profile.items(call, body)
        except (RefusedByServer, UnexpectedAnswer) as error:
            if number == 1 or isinstance(error, AuthenticationFailed):
                raise
            raise incomplete(call.name, f"page {number} fails: {error.message.removeprefix(f'{call.name}: ')}") from error
        except TransportError as error:
            if number == 1:
                raise
            raise error.at(f"{call.name}: page {number} fails") from error
        if number > 1:
            raise incomplete(call.name, f"page {number} is not there (HTTP {response.status}), although the page before leads to it")
        return response, None, []

    def document(self, operation: str, values: Mapping[str, Any]) -> bytes | None:
        """The PDF, or None where there is none."""
        call = self._sender.call(operation)
        try:
            response = self._sender.read(call, self._profile.render(call, self.values(call, values)))
        except RecordNotFound:
            return None
        if accept(self._profile, call, response) == "not_there":
            return None
        if "link" in call.answer:
            response = self._sender.read(call, self._linked(call, response))
            if accept(self._profile, call, response) == "not_there":
                return None
        return self._profile.document(call, response)

    def _linked(self, call: ProfileOperation, response: Response) -> Request:
        """The request of the document whose address the answer gives. Raises UnexpectedAnswer where it is not on this server."""
        address = self._profile.link(call, response)
        current = self._sender.conversation(call.face).url_of(Request("GET", "/"))
        path = on_the_same_server(current, str(address)) if address else None
        if path is None:
            raise unexpected(call.name, f"the document is at {address or 'no address'}, which is not on this server: it is not followed")
        return Request("GET", path, rooted=True)

    def _all_pages(self, call: ProfileOperation, first: Request) -> Iterator[Page]:
        keys_of = partial(self._profile.keys, call)
        if call.paging:
            yield from call.paging.walk(first, partial(self.page, call), keys_of, self._sender.conversation(call.face).url_of)
            return
        page = self.page(call, first, 1)
        ListProof().add(PageEvidence(keys_of(page[2])))
        yield page

    def _records_of(self, call: ProfileOperation, page: Page, values: OperationValues) -> list[dict[str, Any]]:
        response, _body, items = page
        records = self._profile.records(call, response, self._profile.chosen(call, items, values), values)
        return [self._identities.recognise(record) for record in records]

    # Values

    def values(self, call: ProfileOperation, values: Mapping[str, Any]) -> OperationValues:
        """What the templates of this operation stand for, in the server's words. Raises InvalidInput."""
        written = {name: self._profile.written(name, value) for name, value in values.items()}
        common = {"now": datetime.now(timezone.utc).replace(microsecond=0), "uuid": str(uuid.uuid4())}
        logins = {name: getattr(self._sender.agent.credentials, name) for name in OPEN_NAMES}
        return OperationValues(common | logins | written, lambda name: self._look_up(name, values))

    def _look_up(self, name: str, values: Mapping[str, Any]) -> Any:
        kind, dot, field = name.partition(".")
        if not dot:
            return self._identities.value(name, str(values.get("fingerprint") or ""))
        record = self._record(kind, values)
        if record is None:
            raise RecordNotFound
        return record["extra"][field] if field in record["extra"] else record[field]

    def _record(self, kind: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The record that these values name, read by the operation that reads it."""
        operation, names = LOOKUPS[kind]
        if OPERATIONS[operation].answer == "one":
            return self.read_one(operation, {name: values[name] for name in names})
        key = names[-1]
        return next((record for record in self.many(operation, {"siret": values["siret"]}) if record[key] == values[key]), None)


def whose(record: dict[str, Any]) -> str:
    """The SIRET of a record from a list of all."""
    return str(record["extra"]["siret"])
