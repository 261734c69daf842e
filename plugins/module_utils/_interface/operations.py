# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ANTAI's operations by name, spoken through a profile: pages, jobs, and errors in one vocabulary.

One instance serves one collectivité's run, in one thread; the agent behind it serves many. Reads are remembered within one observation,
so that operations a profile maps to the same page cost one request; every write, and `observe_afresh`, forgets them.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, cast

from .._http.client_certificate import ClientCertificate
from .._http.links import on_the_same_server
from .._http.messages import Observer, Request, Response
from .._pki.certificate import Certificate
from .._plan.foreseen import NOTHING_FORESEEN
from .._plan.records import NO_ANSWER, AccessRequestRecord, AccountRecord, ConventionRecord, DialogueAnswer, ListedCertificate
from ..compute_lock import aside
from ..errors import (
    AuthenticationFailed,
    Forbidden,
    IncompleteList,
    InvalidInput,
    OperationAbsent,
    RefusedByServer,
    StillRunning,
    TransportError,
    UnexpectedAnswer,
)
from .agent import Agent, Conversation
from .auth.methods import OPEN_NAMES, Credentials, options_of
from .catalogue import LOOKUPS, OPERATIONS
from .profile.answers import Unexplained, plain
from .profile.jobs import Job, JobFollowing, follow
from .profile.paging import ListProof, NotWhole, Page, PageEvidence
from .profile.profile import Call, Further, Profile, unexpected
from .profile.templates import Values

# What lists have shown of one collectivité: account, conventions, certificates, or those of them that they show; with their extra fields.
Listed = dict[str, Any]
NOT_THERE = object()
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


@dataclass(frozen=True)
class Raw:
    """The answer to a read operation before it is judged. values: what the templates of the profile stand for."""

    call: Call
    values: Values
    request: Request
    response: Response


class _NotFound(Exception):
    """What a request names is not there, so that it cannot even be made."""


class _Given(dict[str, Any]):
    """The values of one call; what is missing is looked up when a template asks for it."""

    def __init__(self, values: dict[str, Any], look_up: Callable[[str], Any]) -> None:
        super().__init__(values)
        self._look_up = look_up

    def __missing__(self, name: str) -> Any:
        self[name] = self._look_up(name)
        return self[name]


class Operations:
    """Every method is one operation of the catalogue; see there for what it answers. Raises the errors of errors.py."""

    def __init__(
        self, agent: Agent, *, pause: Callable[[float], None] = time.sleep, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.agent = agent
        self.counts: Counter[str] = Counter(read=0, write=0, session=0)
        self._pauses = pause
        self._monotonic = monotonic
        self._spoken: dict[tuple[str, ClientCertificate | None], Conversation] = {}
        self._remembered: dict[Any, Response] = {}
        self._listed: dict[str, Listed] = {}
        self._held: dict[str, Certificate] = {}
        self._fingerprints: dict[ClientCertificate, str] = {}
        self.foreseen = NOTHING_FORESEEN

    @property
    def profile(self) -> Profile:
        return self.agent.profile

    @property
    def credentials(self) -> Credentials:
        return self.agent.credentials

    @property
    def clock_offset(self) -> timedelta | None:
        """As Network has it."""
        return self.agent.network.clock_offset

    @property
    def has_login(self) -> bool:
        return self.agent.has_login

    @property
    def login_options(self) -> str:
        """The options that give the login, for people."""
        return _named(self.agent.login_options)

    @property
    def has_list(self) -> bool:
        """Whether all that the agent may see can be read without knowing the SIRETs."""
        return self.has("space_list") or self.has("account_list")

    @property
    def absent(self) -> frozenset[str]:
        """The operations that the interface does not have."""
        return frozenset(self.profile.absent)

    def has(self, operation: str) -> bool:
        return self.profile.call(operation) is not None

    def may(self, operation: str) -> bool:
        """Whether it can be asked for with these credentials."""
        call = self.profile.call(operation)
        return call is not None and (call.anonymous or call.face != "portal" or self.has_login)

    def shows(self, kind: str) -> frozenset[str]:
        """The fields of this record that the interface shows at all."""
        return self.profile.shows(kind)

    def hold(self, certificate: Certificate, client: ClientCertificate | None = None) -> None:
        """A certificate that lies here: servers may know it by another name than its SHA-256, or ask for the whole of it."""
        self._held[certificate.fingerprint] = certificate
        if client:
            self._fingerprints[client] = certificate.fingerprint

    def remember(self, siret: str, listed: Listed) -> None:
        """Take what lists have shown of this collectivité as the first observation."""
        self._listed[siret] = listed

    def was_listed(self, siret: str) -> bool:
        """Whether the lists have shown all of it, and nothing was written since."""
        return self._listed.get(siret, {}).keys() >= set(PARTS.values())

    @property
    def remembers(self) -> bool:
        """Whether something was read since the last write."""
        return bool(self._remembered or self._listed)

    def observe_afresh(self) -> None:
        """Forget what was read: the next reads ask the server."""
        self._remembered.clear()
        self._listed.clear()

    def release(self) -> None:
        """Forget what was read, and close the connections of this collectivité, those that present a certificate of it; the others are shared."""
        self.observe_afresh()
        for (_face, own), conversation in self._spoken.items():
            if own:
                conversation.close()
        self._spoken.clear()

    def close(self) -> None:
        """Close all connections, the shared ones too."""
        self.release()
        self.agent.network.close()

    # Looking at the interface itself (the doctor)

    def watch(self, observer: Observer) -> None:
        """Before the first request: the observer is told of all of them, and none is repeated."""
        self.agent.network.watch(observer)

    def log_in(self, face: str, certificate: ClientCertificate | None) -> None:
        """Begin the session of a face, where it has one. Raises AuthenticationFailed where the credentials are refused."""
        self._conversation(face, certificate).log_in(self.counts)

    def raw(self, operation: str, values: dict[str, Any], certificate: ClientCertificate | None = None) -> Raw | None:
        """A read operation and its answer (of a list: the first page) before it is judged; None where what the request names is not there."""
        call = self._declared(operation)
        if call.spec.kind != "read":
            raise ValueError(f"{operation} is no read operation")
        try:
            given = self._given(call, values | (self._of(certificate) if certificate else {}))
            request = self.profile.render(call, given)
        except _NotFound:
            return None
        return Raw(call, given, request, self._read(call, call.paging.first(request) if call.paging else request, certificate))

    def second_page(self, raw: Raw) -> Raw | None:
        """Of a list whose first page this is; None where it ends with the first. Raises UnexpectedAnswer where both are not what a list is."""
        call, proof = raw.call, ListProof()
        body = self.profile.json(call, raw.response)
        page: Page = (raw.response, body, self.profile.items(call, body))
        keys = self.profile.keys(call, page[2])
        if call.paging is None:
            with explained(call.name):
                proof.add(PageEvidence(keys))
            return None
        first, url_of = self.profile.render(call, raw.values), self._conversation(call.face, None).url_of
        with explained(call.name):
            proof.add(call.paging.evidence(page, keys))
            request = call.paging.following(first, raw.request, page, proof, url_of)
            if request is None:
                return None
            page = self._page(call, request, 2)
            proof.add(call.paging.evidence(page, self.profile.keys(call, page[2])))
            call.paging.following(first, request, page, proof, url_of)
        return Raw(call, raw.values, request, page[0])

    def server_chain(self, face: str) -> tuple[bytes, ...]:
        """DER of the certificates that this face's server has shown us, its own first; empty where it was not asked anything yet."""
        chains = [each.server_chain for (spoken, _own), each in self._spoken.items() if spoken == face]
        return next((each for each in chains if each), ())

    # The portal

    def account_request(self, account: dict[str, str]) -> None:
        self._write("account_request", account)

    def account_request_get(self, siret: str, agent_email: str) -> AccessRequestRecord | None:
        return cast("AccessRequestRecord | None", _plain(self._one("account_request_get", {"siret": siret, "agent_email": agent_email})))

    def account_get(self, siret: str) -> AccountRecord | None:
        return cast("AccountRecord | None", _plain(self._one("account_get", {"siret": siret})))

    def account_update(self, account: dict[str, Any]) -> None:
        self._write("account_update", account)

    def account_close(self, siret: str) -> None:
        self._write("account_close", {"siret": siret})

    def convention_blank(self, cycle: str) -> bytes | None:
        return self._document("convention_blank", {"cycle": cycle})

    def convention_list(self, siret: str) -> list[ConventionRecord]:
        return [cast(ConventionRecord, plain(record)) for record in self._many("convention_list", {"siret": siret})]

    def convention_upload(self, siret: str, cycle: str, filename: str, document: bytes) -> None:
        about = {"document_sha256": hashlib.sha256(document).hexdigest(), "document_size": len(document)}
        self._write("convention_upload", {"siret": siret, "cycle": cycle, "filename": filename, "document": document} | about)

    def convention_document(self, siret: str, convention_id: Any) -> bytes | None:
        return self._document("convention_document", {"siret": siret, "id": convention_id})

    def certificate_list(self, siret: str) -> list[ListedCertificate]:
        return [cast(ListedCertificate, plain(record)) for record in self._many("certificate_list", {"siret": siret})]

    def certificate_change(self, operation: str, siret: str, fingerprint: str) -> bool:
        """operation: certificate_activate, _deactivate or _remove. False where the space does not list the certificate (yet)."""
        return self._write(operation, {"siret": siret, "fingerprint": fingerprint}) is not NOT_THERE

    def space_list(self) -> Iterator[Listed]:
        """Every collectivité that the agent may see: {account, conventions, certificates}, page by page; what no list shows is read singly."""
        for each in self._pages("space_list", {}) if self.has("space_list") else self._joined():
            singly = {part: self._many(operation, {"siret": each["account"]["siret"]}) for operation, part in self._missing(each)}
            yield {part: plain(found) if part == "account" else [plain(one) for one in found] for part, found in (each | singly).items()}

    def _joined(self) -> Iterator[Listed]:
        """The same from separate lists, joined by SIRET."""
        lists = {part: self._of_all(operation) for part, operation in LISTS.items() if self.has(operation)}
        for account in self._pages("account_list", {}):
            yield {"account": account} | {part: found.get(account["siret"], []) for part, found in lists.items()}

    def _of_all(self, operation: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for each in self._pages(operation, {}):
            found.setdefault(whose(each), []).append(each)
        return found

    def _missing(self, listed: Listed) -> list[tuple[str, str]]:
        return [(operation, part) for operation, part in PARTS.items() if part not in listed and self.has(operation)]

    # A list of all, page by page, for who reads many at once

    def is_numbered(self, operation: str) -> bool:
        """Whether the first page tells how many there are, and each can be asked for by itself."""
        paging = self._declared(operation).paging
        return paging is not None and paging.numbered

    def numbered_page(self, operation: str, number: int, size: int = 0) -> NumberedPage:
        """One page, from 0 on. size: of the first one."""
        call = self._declared(operation)
        if call.paging is None:
            raise ValueError(f"{operation} has no pages")
        given = self._given(call, {})
        page = self._page(call, call.paging.at(self.profile.render(call, given), number, size), number + 1)
        with explained(call.name):
            evidence = call.paging.evidence(page, self.profile.keys(call, page[2]))
            return NumberedPage(self._records(call, page, given), len(page[2]), call.paging.page_count(page), evidence)

    def pages(self, operation: str) -> Iterator[list[dict[str, Any]]]:
        """One page after the other, each asked for when the one before has been looked at."""
        return self._walk(operation, {})

    # The SI FPS: the certificate that the connection presents is the subject of the operation

    def certificate_install(self, siret: str, provider: str, certificate: ClientCertificate) -> None:
        self._write("certificate_install", {"siret": siret, "provider": provider} | self._of(certificate), certificate)

    def exchange_query(self, siret: str, certificate: ClientCertificate) -> DialogueAnswer:
        answer = _plain(self._one("exchange_query", {"siret": siret} | self._of(certificate), certificate))
        return cast(DialogueAnswer, answer) if answer else NO_ANSWER

    def presents_subject(self, operation: str) -> bool:
        """Whether the connection of this operation shows the certificate that it is about."""
        return self.profile.client_certificate(self._declared(operation).face) == "subject"

    def _of(self, certificate: ClientCertificate) -> dict[str, Any]:
        """The fingerprint of a certificate that was told of (hold)."""
        return {"fingerprint": self._fingerprints.get(certificate)}

    # The kinds of operations

    def _write(self, operation: str, values: dict[str, Any], certificate: ClientCertificate | None = None) -> Any:
        """NOT_THERE where the answer says so. Raises StillRunning where it has become a job that still runs."""
        call = self._declared(operation)
        try:
            given = self._given(call, values)
            request = self.profile.render(call, given)
        except _NotFound:
            return NOT_THERE
        self.observe_afresh()
        response = self._sent(call, request, certificate)
        meaning = self._judged(call, response)
        if meaning == "not_there":
            return NOT_THERE
        if meaning == "already_done":
            return None
        self._taken(call, call, given, request, response, certificate)
        for further in call.then:
            request = self.profile.render(call, given, further=further)
            response = self._sent(call, request, certificate)
            found = self.profile.meaning(call, response, further)
            if found != "success":
                self._refuse(call, response, found)
            self._taken(call, further, given, request, response, certificate)
        return None

    def _taken(
        self, call: Call, part: Call | Further, given: _Given, request: Request, response: Response, certificate: ClientCertificate | None
    ) -> None:
        """From the answer to one request of a write: what is kept of it, and its job to its end."""
        given.update(self.profile.kept(call, part, response))
        if part.job and response.status in part.job.statuses:
            self._followed(call, part.job, given, response, request, certificate)

    def _one(self, operation: str, values: dict[str, Any], certificate: ClientCertificate | None = None) -> dict[str, Any] | None:
        listed = self._listed.get(str(values["siret"]), {})
        if PARTS.get(operation) in listed:
            return listed[PARTS[operation]]
        call = self._declared(operation)
        if call.paging:
            return next(self._pages(operation, values), None)
        try:
            given = self._given(call, values)
            response = self._read(call, self.profile.render(call, given), certificate)
        except _NotFound:
            return None
        found = None if self._judged(call, response) == "not_there" else self.profile.one(call, response, given)
        return self._own(found) if found else None

    def _many(self, operation: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        """Of one collectivité: as lists have shown it, else as it is asked for."""
        listed = self._listed.get(str(values["siret"]), {})
        if PARTS[operation] in listed:
            return [self._own(each) for each in listed[PARTS[operation]]]
        return list(self._pages(operation, values))

    def _pages(self, operation: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Records (or spaces) of a list; nothing where it is not there."""
        return (record for page in self._walk(operation, values) for record in page)

    def _walk(self, operation: str, values: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        call = self._declared(operation)
        try:
            given = self._given(call, values)
            first = self.profile.render(call, given)
        except _NotFound:
            return
        with explained(call.name):
            for page in self._whole(call, first):
                yield self._records(call, page, given)

    def _whole(self, call: Call, first: Request) -> Iterator[Page]:
        keys_of = partial(self.profile.keys, call)
        if call.paging:
            yield from call.paging.walk(first, partial(self._page, call), keys_of, self._conversation(call.face, None).url_of)
            return
        page = self._page(call, first, 1)
        ListProof().add(PageEvidence(keys_of(page[2])))
        yield page

    def _page(self, call: Call, request: Request, number: int) -> Page:
        """number: from 1 on. Only of the first page may the server say that there is no such thing, or that one may not see it."""
        try:
            response = self._read(call, request, None)
            if self._judged(call, response) != "not_there":
                body = self.profile.json(call, response)
                return response, body, self.profile.items(call, body)
        except (RefusedByServer, UnexpectedAnswer) as error:
            if number == 1 or isinstance(error, AuthenticationFailed):
                raise
            raise incomplete(call.name, f"page {number} fails: {error.message.removeprefix(f'{call.name}: ')}") from error
        except TransportError as error:
            error.message = error.message if number == 1 else f"{call.name}: page {number} fails: {error.message}"
            raise
        if number > 1:
            raise incomplete(call.name, f"page {number} is not there (HTTP {response.status}), although the page before leads to it")
        return response, None, []

    def _records(self, call: Call, page: Page, given: _Given) -> list[dict[str, Any]]:
        response, _body, items = page
        return [self._own(each) for each in self.profile.records(call, response, self.profile.chosen(call, items, given), given)]

    def _document(self, operation: str, values: dict[str, Any]) -> bytes | None:
        call = self._declared(operation)
        try:
            response = self._read(call, self.profile.render(call, self._given(call, values)), None)
        except _NotFound:
            return None
        if self._judged(call, response) == "not_there":
            return None
        address = self.profile.link(call, response)
        if "link" in call.answer:
            here = self._conversation(call.face, None).url_of(Request("GET", "/"))
            path = on_the_same_server(here, str(address)) if address else None
            if path is None:
                raise unexpected(
                    call.name, f"the document is at {address or 'no address'}, which is not on this server: it is not followed"
                )
            response = self._read(call, Request("GET", path, rooted=True), None)
            if self._judged(call, response) == "not_there":
                return None
        return self.profile.document(call, response)

    # Values

    def _given(self, call: Call, values: dict[str, Any]) -> _Given:
        written = {name: self.profile.written(name, value) for name, value in values.items()}
        common = {"now": datetime.now(timezone.utc).replace(microsecond=0), "uuid": str(uuid.uuid4())}
        known = common | {name: getattr(self.credentials, name) for name in OPEN_NAMES} | written
        return _Given(known, lambda name: self._looked_up(name, values))

    def _looked_up(self, name: str, values: dict[str, Any]) -> Any:
        kind, dot, field = name.partition(".")
        if not dot:
            return self._of_certificate(name, str(values.get("fingerprint") or ""))
        record = self._record(kind, values)
        if record is None:
            raise _NotFound
        return record["extra"][field] if field in record["extra"] else record[field]

    def _record(self, kind: str, values: dict[str, Any]) -> dict[str, Any] | None:
        """The record that these values name, read by the operation that reads it."""
        operation, needed = LOOKUPS[kind]
        if OPERATIONS[operation].answer == "one":
            return self._one(operation, {name: values[name] for name in needed})
        key = needed[-1]
        return next((each for each in self._many(operation, {"siret": values["siret"]}) if each[key] == values[key]), None)

    def _of_certificate(self, name: str, fingerprint: str) -> Any:
        """What else a certificate is known by: by the file that lies here, or by the name under which the server lists it."""
        held = self._held.get(fingerprint)
        form, _colon, digits = fingerprint.partition(":")
        if held is None and form == name:
            return digits
        if held is None:
            raise InvalidInput(
                name, f"of certificate {fingerprint[:16]}... is not known", "the profile needs it: the certificate must lie on this machine"
            )
        found: dict[str, Any] = {
            "sha1": held.sha1,
            "serial": held.serial,
            "certificate_pem": held.pem.decode(),
            "certificate_der": held.der,
        }
        return found[name]

    def _own(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record, or a space, with the SHA-256 of certificates that lie here, whatever the server knows them by."""
        if "certificates" in record:
            return record | {"certificates": [self._own(each) for each in record["certificates"]]}
        told = record.get("fingerprint")
        if not isinstance(told, str) or ":" not in told:
            return record
        known = {f"{form}:{getattr(each, form)}": each.fingerprint for each in self._held.values() for form in ("sha1", "serial")}
        return record | {"fingerprint": known.get(told, told)}

    # Jobs

    def job_state(self, told: dict[str, Any]) -> str:
        """Of a job that an earlier run left: pending, done or unknown. Raises RefusedByServer where it has failed."""
        job = Job(**told)
        call = self._declared(job.operation)
        following = call.jobs
        if following is None:
            return "unknown"
        with explained(call.name):
            state, response = self._look(call, following, job, None)
        if state == "failed":
            raise self._failed(call, response)
        return state

    def _followed(
        self,
        call: Call,
        following: JobFollowing,
        given: _Given,
        response: Response,
        request: Request,
        certificate: ClientCertificate | None,
    ) -> None:
        """Until it is done. Raises StillRunning, or RefusedByServer where it fails."""
        with explained(call.name):
            url = self._conversation(call.face, certificate).url_of(request)
            job = following.begun(response, self.profile.lenient(response), url, given)
        state, last = follow(following, lambda: self._look(call, following, job, certificate), self._pause, self._monotonic)
        if state == "failed" and last:
            raise self._failed(call, last)
        if state != "done":
            raise StillRunning(job.as_dict())

    def _pause(self, seconds: float) -> None:
        with aside():
            self._pauses(seconds)

    def _look(self, call: Call, following: JobFollowing, job: Job, certificate: ClientCertificate | None) -> tuple[str, Response]:
        response = self._sent(call, replace(job.request), certificate, kind="read")
        return following.state(response, self.profile.lenient(response)), response

    def _failed(self, call: Call, response: Response) -> RefusedByServer:
        error = self.profile.error(response)
        said = error["message"] or "no reason is given"
        about: dict[str, Any] = {"rule": error["rule"], "server_code": error["code"], "operation": call.name}
        return RefusedByServer(
            f"{call.name}: the job has failed: {said}", "correct what the server names and run again", status=response.status, **about
        )

    # How a request is sent

    def _declared(self, operation: str) -> Call:
        call = self.profile.call(operation)
        if call is None:
            raise OperationAbsent(operation, OPERATIONS[operation].without)
        return call

    def _read(self, call: Call, request: Request, certificate: ClientCertificate | None) -> Response:
        key = (call.face, request.key, self.agent.presents(call.face, certificate))
        if key not in self._remembered:
            self._remembered[key] = self._sent(call, request, certificate)
        return self._remembered[key]

    def _sent(self, call: Call, request: Request, certificate: ClientCertificate | None, kind: str = "") -> Response:
        conversation = self._conversation(call.face, certificate)
        with aside():  # from here on, for a conversation is locked while it logs in
            return conversation.send(
                request,
                anonymous=call.anonymous,
                kind=kind or call.spec.kind,
                counts=self.counts,
                is_unauthenticated=lambda response: self.profile.meaning(call, response) == "unauthenticated",
            )

    def _conversation(self, face: str, certificate: ClientCertificate | None) -> Conversation:
        """Of all, but where it is the certificate of the collectivité that the connection presents."""
        own = certificate if self.agent.presents(face, certificate) == certificate else None
        if (face, own) not in self._spoken:
            self._spoken[face, own] = self.agent.own_conversation(face, own) if own else self.agent.conversation(face)
        return self._spoken[face, own]

    def _judged(self, call: Call, response: Response) -> str:
        """success, not_there or already_done; else the error that the answer stands for."""
        meaning = self.profile.meaning(call, response)
        if meaning in ("success", "not_there") or (meaning == "already_done" and call.spec.kind == "write"):
            return str(meaning)
        self._refuse(call, response, meaning)
        raise AssertionError("_refuse always raises")

    def _refuse(self, call: Call, response: Response, meaning: str | None) -> None:
        error = self.profile.error(response)
        said = error["message"] or f"HTTP {response.status}"
        about: dict[str, Any] = {"status": response.status, "rule": error["rule"], "server_code": error["code"], "operation": call.name}
        if meaning == "forbidden" and (not self.profile.mandate_codes or error["code"] in self.profile.mandate_codes):
            raise Forbidden(f"{call.name}: {said}", "these credentials hold no mandate for this collectivité", **about)
        if meaning == "unauthenticated":
            hint = f"check {_named(options_of(self.profile.auth(call.face))) or 'the credentials'}"
            raise AuthenticationFailed(f"{call.name}: {said}", hint, **about)
        if meaning != "busy" and (400 <= response.status < 500 or meaning in ("refused", "conflict", "forbidden")):
            hint = "the server names what it refuses; correct it and run again"
            raise RefusedByServer(f"{call.name}: {said}", hint, conflict=meaning == "conflict", **about)
        unexplained = meaning is None and response.status < 400
        raise UnexpectedAnswer(
            f"{call.name}: HTTP {response.status}",
            "the profile does not say what this status means here (success, for instance): correct it; the next run observes first"
            if unexplained
            else "the server is in trouble: run again later; the next run observes first",
            ambiguous=call.spec.kind == "write",  # a 200 that the profile does not explain may have done it, as a 500 may
            **about,
        )


def whose(record: dict[str, Any]) -> str:
    """The SIRET of a record from a list of all."""
    return str(record["extra"]["siret"])


@contextmanager
def explained(operation: str) -> Iterator[None]:
    """What the profile does not explain is an answer that nobody expected."""
    try:
        yield
    except NotWhole as error:
        raise incomplete(operation, str(error)) from error
    except Unexplained as error:
        raise unexpected(operation, str(error)) from error


def incomplete(operation: str, what: str) -> IncompleteList:
    return IncompleteList(
        f"{operation}: {what}",
        "the list is not whole, so nothing is concluded from who is not on it: run again, it may have changed meanwhile; "
        "if it stays so, hold the pagination of the profile against the server (antai_doctor reads two pages)",
        operation=operation,
    )


def _plain(record: dict[str, Any] | None) -> dict[str, Any] | None:
    return plain(record) if record else None


def _named(options: Iterable[str]) -> str:
    return ", ".join(f"antai_{option}" for option in options)
