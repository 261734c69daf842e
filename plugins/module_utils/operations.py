# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ANTAI's operations by name, spoken through a profile: sessions, pages, jobs, and errors in one vocabulary.

One instance serves one agent. Reads are remembered within one observation, so that operations a profile maps to the same
page cost one request; every write, and `observe_afresh`, forgets them.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from .answers import Unexplained, plain
from .auth import OPEN_NAMES, Authentication, Credentials, authentication, has_credentials, options_of
from .catalogue import LOOKUPS, OPERATIONS
from .errors import AuthenticationFailed, Forbidden, InvalidInput, OperationAbsent, RefusedByServer, StillRunning, UnexpectedAnswer
from .https import PAUSES, ClientCertificate, HttpClient, Observer, Request, Response
from .jobs import Job, follow
from .links import on_the_same_server
from .pki.certificate import Certificate, other_names
from .profile import Call, Profile, unexpected
from .proxy import FROM_ENVIRONMENT, Proxying
from .rendering import Values

NOT_THERE = object()


@dataclass(frozen=True)
class Endpoints:
    """Where the faces are. ca_file: PEM file that signs their server certificates (None: the system's). timeout: seconds.

    client_certificate: presented by faces whose profile says `client_certificate: declared`.
    proxying: the proxies before them.
    """

    portal_url: str | None
    sifps_url: str | None
    portal_ca_file: str | None = None
    sifps_ca_file: str | None = None
    timeout: float = 30.0
    client_certificate: ClientCertificate | None = None
    proxying: Proxying = FROM_ENVIRONMENT

    def url(self, face: str) -> str | None:
        return self.portal_url if face == "portal" else self.sifps_url

    def ca_file(self, face: str) -> str | None:
        return self.portal_ca_file if face == "portal" else self.sifps_ca_file


@dataclass(frozen=True)
class Raw:
    """The answer to a read operation before it is judged. values: what the templates of the profile stand for."""

    call: Call
    values: Values
    request: Request
    response: Response


@dataclass
class _Conversation:
    client: HttpClient
    auth: Authentication


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
        self,
        profile: Profile,
        endpoints: Endpoints,
        credentials: Credentials,
        *,
        pause: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.profile = profile
        self.endpoints = endpoints
        self.credentials = credentials
        self.counts: Counter[str] = Counter(read=0, write=0, session=0)
        self._pause = pause
        self._monotonic = monotonic
        self._pauses: tuple[float, ...] = PAUSES
        self._observer: Observer | None = None
        self._conversations: dict[tuple[str, ClientCertificate | None], _Conversation] = {}
        self._servers: dict[tuple[str, str, ClientCertificate | None], HttpClient] = {}
        self._remembered: dict[Any, Response] = {}
        self._held: dict[str, Certificate] = {}
        self._fingerprints: dict[ClientCertificate, str] = {}

    @property
    def has_login(self) -> bool:
        """Whether all that the portal's authentication needs is declared."""
        presents = self.profile.client_certificate("portal") != "declared" or self.endpoints.client_certificate is not None
        return presents and has_credentials(self.profile.auth("portal"), self.credentials)

    @property
    def login_options(self) -> str:
        """The options that give the login, for people."""
        return _named(options_of(self.profile.auth("portal")))

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

    def observe_afresh(self) -> None:
        """Forget what was read: the next reads ask the server."""
        self._remembered.clear()

    def close(self) -> None:
        for client in [*(each.client for each in self._conversations.values()), *self._servers.values()]:
            client.close()

    # Looking at the interface itself (the doctor)

    def watch(self, observer: Observer) -> None:
        """Before the first request: the observer is told of all of them, and none is repeated."""
        self._observer, self._pauses = observer, ()

    def log_in(self, face: str, certificate: ClientCertificate | None) -> None:
        """Begin the session of a face, where it has one. Raises AuthenticationFailed where the credentials are refused."""
        self._conversation(face, self.presented(face, certificate)).auth.headers(anonymous=False)

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

    def address_of(self, call: Call, request: Request, certificate: ClientCertificate | None = None) -> str:
        return self._conversation(call.face, self.presented(call.face, certificate)).client.url_of(request)

    def server_chain(self, face: str) -> tuple[bytes, ...]:
        """DER of the certificates that this face's server has shown us, its own first; empty where it was not asked anything yet."""
        shown = [conversation.client.server_chain for (spoken, _key), conversation in list(self._conversations.items()) if spoken == face]
        return next((each for each in shown if each), ())

    # The portal

    def account_request(self, account: dict[str, str]) -> None:
        self._write("account_request", account)

    def account_request_get(self, siret: str, agent_email: str) -> dict[str, Any] | None:
        return _plain(self._one("account_request_get", {"siret": siret, "agent_email": agent_email}))

    def account_get(self, siret: str) -> dict[str, Any] | None:
        return _plain(self._one("account_get", {"siret": siret}))

    def account_update(self, account: dict[str, Any]) -> None:
        self._write("account_update", account)

    def account_close(self, siret: str) -> None:
        self._write("account_close", {"siret": siret})

    def convention_blank(self, cycle: str) -> bytes | None:
        return self._document("convention_blank", {"cycle": cycle})

    def convention_list(self, siret: str) -> list[dict[str, Any]]:
        return [plain(each) for each in self._many("convention_list", {"siret": siret})]

    def convention_upload(self, siret: str, cycle: str, filename: str, document: bytes) -> None:
        about = {"document_sha256": hashlib.sha256(document).hexdigest(), "document_size": len(document)}
        self._write("convention_upload", {"siret": siret, "cycle": cycle, "filename": filename, "document": document} | about)

    def convention_document(self, siret: str, convention_id: Any) -> bytes | None:
        return self._document("convention_document", {"siret": siret, "id": convention_id})

    def certificate_list(self, siret: str) -> list[dict[str, Any]]:
        return [plain(each) for each in self._many("certificate_list", {"siret": siret})]

    def certificate_change(self, operation: str, siret: str, fingerprint: str) -> bool:
        """operation: certificate_activate, _deactivate or _remove. False where the space does not list the certificate (yet)."""
        return self._write(operation, {"siret": siret, "fingerprint": fingerprint}) is not NOT_THERE

    def space_list(self) -> Iterator[dict[str, Any]]:
        """Every collectivité that the agent may see: {account, conventions, certificates}, page by page."""
        if not self.has("space_list"):
            yield from self._spaces_joined()
            return
        for each in self._pages("space_list", {}):
            yield {part: plain(found) if part == "account" else [plain(one) for one in found] for part, found in each.items()}

    def _spaces_joined(self) -> Iterator[dict[str, Any]]:
        """The same from separate lists, joined by SIRET; what has no list is read one collectivité at a time."""
        conventions, certificates = self._of_all("convention"), self._of_all("certificate")
        for account in self._pages("account_list", {}):
            siret = account["siret"]
            yield {
                "account": plain(account),
                "conventions": self._part("convention_list", siret, conventions),
                "certificates": self._part("certificate_list", siret, certificates),
            }

    def _of_all(self, kind: str) -> dict[str, list[dict[str, Any]]] | None:
        if not self.has(f"{kind}_list_all"):
            return None
        found: dict[str, list[dict[str, Any]]] = {}
        for each in self._pages(f"{kind}_list_all", {}):
            found.setdefault(str(each["extra"]["siret"]), []).append(plain(each))
        return found

    def _part(self, operation: str, siret: str, listed: dict[str, list[dict[str, Any]]] | None) -> list[dict[str, Any]]:
        if listed is not None:
            return listed.get(siret, [])
        return [plain(each) for each in self._many(operation, {"siret": siret})] if self.has(operation) else []

    # The SI FPS: the certificate that the connection presents is the subject of the operation

    def certificate_install(self, siret: str, provider: str, certificate: ClientCertificate) -> None:
        self._write("certificate_install", {"siret": siret, "provider": provider} | self._of(certificate), certificate)

    def exchange_query(self, siret: str, certificate: ClientCertificate) -> dict[str, Any]:
        found = self._one("exchange_query", {"siret": siret} | self._of(certificate), certificate)
        return _plain(found) or {"fingerprint": None, "state": "unknown", "rule": None, "message": None, "last_exchange_at": None}

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
        self._remembered.clear()
        response = self._sent(call, request, certificate)
        meaning = self._judged(call, response)
        if meaning == "not_there":
            return NOT_THERE
        if meaning == "already_done":
            return None
        if call.job and response.status in call.job.statuses:
            self._followed(call, response, request, certificate)
        elif not call.ignored:
            self._kept(given, call.keep, self.profile.json(call, response))
        for further in call.then:
            response = self._sent(call, self.profile.render(call, given, further=further), certificate)
            if response.status not in further.success:
                self._refuse(call, response, self.profile.meaning(call, response))
            if not further.ignored:
                self._kept(given, further.keep, self.profile.json(call, response))
        return None

    @staticmethod
    def _kept(given: dict[str, Any], keep: dict[str, Any], body: Any) -> None:
        given.update({f"kept.{name}": path.search(body) for name, path in keep.items()})

    def _one(self, operation: str, values: dict[str, Any], certificate: ClientCertificate | None = None) -> dict[str, Any] | None:
        call = self._declared(operation)
        if call.paging:
            return next(iter(self._many(operation, values)), None)
        try:
            given = self._given(call, values)
            response = self._read(call, self.profile.render(call, given), certificate)
        except _NotFound:
            return None
        found = None if self._judged(call, response) == "not_there" else self.profile.one(call, response, given)
        return self._own(found) if found else None

    def _many(self, operation: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._pages(operation, values))

    def _pages(self, operation: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Records (or spaces) of a list, page by page; nothing where it is not there."""
        call = self._declared(operation)
        try:
            given = self._given(call, values)
            first = self.profile.render(call, given)
        except _NotFound:
            return
        client = self._conversation(call.face, self.presented(call.face, None)).client

        def ask(request: Request) -> tuple[Response, Any, list[Any]]:
            response = self._read(call, request, None)
            if self._judged(call, response) == "not_there":
                return response, None, []
            body = self.profile.json(call, response)
            return response, body, self.profile.items(call, body)

        try:
            pages = call.paging.walk(first, ask, client.url_of) if call.paging else iter([ask(first)])
            for response, _body, items in pages:
                for record in self.profile.records(call, response, self.profile.chosen(call, items, given)):
                    yield self._own(record)
        except Unexplained as error:
            raise unexpected(call, str(error)) from error

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
            client = self._conversation(call.face, self.presented(call.face, None)).client
            path = on_the_same_server(f"{client.base_url}/", str(address)) if address else None
            if path is None:
                raise unexpected(call, f"the document is at {address or 'no address'}, which is not on this server: it is not followed")
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
        names = other_names(held)
        found: dict[str, Any] = {
            "sha1": names.sha1,
            "serial": names.serial,
            "certificate_pem": held.pem.decode(),
            "certificate_der": names.der,
        }
        return found[name]

    def _own(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record, or a space, with the SHA-256 of certificates that lie here, whatever the server knows them by."""
        if "certificates" in record:
            return record | {"certificates": [self._own(each) for each in record["certificates"]]}
        told = record.get("fingerprint")
        if not isinstance(told, str) or ":" not in told:
            return record
        known = {
            f"{form}:{getattr(other_names(each), form)}": each.fingerprint for each in self._held.values() for form in ("sha1", "serial")
        }
        return record | {"fingerprint": known.get(told, told)}

    # Jobs

    def job_state(self, told: dict[str, Any]) -> str:
        """Of a job that an earlier run left: pending, done or unknown. Raises RefusedByServer where it has failed."""
        job = Job(**told)
        call = self._declared(job.operation)
        if call.job is None:
            return "unknown"
        try:
            state, response = self._look(call, job, None)
        except Unexplained as error:
            raise unexpected(call, str(error)) from error
        if state == "failed":
            raise self._failed(call, response)
        return state

    def _followed(self, call: Call, response: Response, request: Request, certificate: ClientCertificate | None) -> None:
        """Until it is done. Raises StillRunning, or RefusedByServer where it fails."""
        if call.job is None:
            return
        client = self._conversation(call.face, self.presented(call.face, certificate)).client
        try:
            job = call.job.begun(response, self.profile.lenient(response), client.url_of(request))
        except Unexplained as error:
            raise unexpected(call, str(error)) from error
        state, last = follow(call.job, lambda: self._look(call, job, certificate), self._pause, self._monotonic)
        if state == "failed" and last:
            raise self._failed(call, last)
        if state != "done":
            raise StillRunning(job.as_dict())

    def _look(self, call: Call, job: Job, certificate: ClientCertificate | None) -> tuple[str, Response]:
        if call.job is None:
            raise Unexplained("the profile knows no job of this operation")
        response = self._sent(call, replace(job.request), certificate, kind="read")
        return call.job.state(response, self.profile.lenient(response)), response

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
        key = (call.face, request.key, self.presented(call.face, certificate))
        if key not in self._remembered:
            self._remembered[key] = self._sent(call, request, certificate)
        return self._remembered[key]

    def _sent(self, call: Call, request: Request, certificate: ClientCertificate | None, kind: str = "") -> Response:
        conversation = self._conversation(call.face, self.presented(call.face, certificate))
        response = self._once(call, request, conversation, kind)
        # It is said before anything is done: one new login, one repetition, whatever the class of the operation.
        if self.profile.meaning(call, response) == "unauthenticated" and conversation.auth.forget():
            response = self._once(call, request, conversation, kind)
        return response

    def _once(self, call: Call, request: Request, conversation: _Conversation, kind: str) -> Response:
        face = self.profile.faces[call.face]
        headers = face.get("headers", {}) | request.headers | conversation.auth.headers(anonymous=call.anonymous)
        correlation = face.get("correlation_header")
        if correlation:
            headers[correlation] = str(uuid.uuid4())
        self.counts[kind or call.spec.kind] += 1
        return conversation.client.send(replace(request, headers=headers))

    def presented(self, face: str, certificate: ClientCertificate | None) -> ClientCertificate | None:
        """The client certificate of a connection to this face."""
        presents = self.profile.client_certificate(face)
        if presents == "declared" and self.endpoints.client_certificate is None:
            raise InvalidInput(
                "client_certificate", "is not set", f"the profile wants one for the {face}: antai_client_certificate, antai_client_key"
            )
        return {"none": None, "subject": certificate, "declared": self.endpoints.client_certificate}[presents]

    def _conversation(self, face: str, certificate: ClientCertificate | None) -> _Conversation:
        key = (face, certificate)
        if key not in self._conversations:
            url = self.endpoints.url(face)
            if not url:
                raise InvalidInput(
                    f"{face}_url", "is not set", f"declare antai_{face}_url, or the environment variable ANTAI_{face.upper()}_URL"
                )
            client = self._client(url, f"{face}_url", face, certificate)
            auth = authentication(self.profile.auth(face), self.credentials, self._session_sender(client, face, certificate))
            self._conversations[key] = _Conversation(client, auth)
        return self._conversations[key]

    def _client(self, url: str, option: str, face: str, certificate: ClientCertificate | None) -> HttpClient:
        return HttpClient(
            url,
            option=option,
            ca_file=self.endpoints.ca_file(face),
            timeout=self.endpoints.timeout,
            client_certificate=certificate,
            proxying=self.endpoints.proxying,
            pauses=self._pauses,
            observer=self._observer,
        )

    def _session_sender(self, client: HttpClient, face: str, certificate: ClientCertificate | None) -> Callable[..., Response]:
        def send(request: Request, server: str | None = None) -> Response:
            self.counts["session"] += 1
            if server is None:
                return client.send(request)
            key = (server, face, certificate)
            if key not in self._servers:
                self._servers[key] = self._client(server, "token_url", face, certificate)
            return self._servers[key].send(request)

        return send

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
        raise UnexpectedAnswer(
            f"{call.name}: HTTP {response.status}",
            "the server is in trouble: run again later; the next run observes first",
            ambiguous=call.spec.kind == "write",  # a 200 that the profile does not explain may have done it, as a 500 may
            **about,
        )


def _plain(record: dict[str, Any] | None) -> dict[str, Any] | None:
    return plain(record) if record else None


def _named(options: list[str]) -> str:
    return ", ".join(f"antai_{option}" for option in options)
