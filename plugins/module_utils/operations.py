# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ANTAI's operations by name, spoken through a profile: sessions, pages, and errors in one vocabulary.

One instance serves one agent. Reads are remembered within one observation, so that operations a profile maps to the same
page cost one request; every write, and `observe_afresh`, forgets them.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .auth import Authentication, Credentials, authentication
from .errors import AuthenticationFailed, Forbidden, InvalidInput, OperationAbsent, RefusedByServer, UnexpectedAnswer
from .https import ClientCertificate, HttpClient, Request, Response
from .profile import Call, Profile


@dataclass(frozen=True)
class Endpoints:
    """Where the faces are. ca_file: PEM file that signs their server certificates (None: the system's). timeout: seconds."""

    portal_url: str | None
    sifps_url: str | None
    portal_ca_file: str | None = None
    sifps_ca_file: str | None = None
    timeout: float = 30.0


@dataclass
class _Conversation:
    client: HttpClient
    auth: Authentication


class Operations:
    """Every method is one operation of the catalogue; see there for what it answers. Raises the errors of errors.py."""

    def __init__(self, profile: Profile, endpoints: Endpoints, credentials: Credentials) -> None:
        self.profile = profile
        self.endpoints = endpoints
        self.credentials = credentials
        self.counts: Counter[str] = Counter(read=0, write=0, session=0)
        self._conversations: dict[tuple[str, ClientCertificate | None], _Conversation] = {}
        self._remembered: dict[Any, Response] = {}

    @property
    def has_login(self) -> bool:
        return bool(self.credentials.username and self.credentials.password)

    def has(self, operation: str) -> bool:
        return self.profile.call(operation) is not None

    def observe_afresh(self) -> None:
        """Forget what was read: the next reads ask the server."""
        self._remembered.clear()

    def close(self) -> None:
        for conversation in self._conversations.values():
            conversation.client.close()

    def server_chain(self, face: str) -> tuple[bytes, ...]:
        """DER of the certificates that this face's server has shown us, its own first; empty where it was not asked anything yet."""
        shown = [conversation.client.server_chain for (spoken, _key), conversation in list(self._conversations.items()) if spoken == face]
        return next((each for each in shown if each), ())

    # The portal

    def account_request(self, account: dict[str, str]) -> None:
        self._call("account_request", account)

    def account_request_get(self, siret: str, agent_email: str) -> dict[str, Any] | None:
        return self._call("account_request_get", {"siret": siret, "agent_email": agent_email})

    def account_get(self, siret: str) -> dict[str, Any] | None:
        return self._call("account_get", {"siret": siret})

    def account_update(self, account: dict[str, str]) -> None:
        self._call("account_update", account)

    def account_close(self, siret: str) -> None:
        self._call("account_close", {"siret": siret})

    def convention_blank(self, cycle: str) -> bytes:
        return self._call("convention_blank", {"cycle": cycle})

    def convention_list(self, siret: str) -> list[dict[str, Any]]:
        return self._call("convention_list", {"siret": siret}) or []

    def convention_upload(self, siret: str, cycle: str, filename: str, document: bytes) -> None:
        encoded = base64.b64encode(document).decode()
        self._call("convention_upload", {"siret": siret, "cycle": cycle, "filename": filename, "document": encoded})

    def convention_document(self, siret: str, convention_id: Any) -> bytes | None:
        return self._call("convention_document", {"siret": siret, "id": convention_id})

    def certificate_list(self, siret: str) -> list[dict[str, Any]]:
        return self._call("certificate_list", {"siret": siret}) or []

    def certificate_change(self, operation: str, siret: str, fingerprint: str) -> bool:
        """operation: certificate_activate, _deactivate or _remove. False where the space does not list the certificate (yet)."""
        return self._call(operation, {"siret": siret, "fingerprint": fingerprint}) is not NOT_THERE

    def space_list(self) -> Iterator[dict[str, Any]]:
        """Every collectivité that the agent may see: {account, conventions, certificates}, page by page."""
        call = self._declared("space_list")
        paging = call.pagination
        page, seen = (paging or {}).get("first", 1), 0
        while True:
            query = {paging["page"]: str(page), paging["size"]: str(paging["per_page"])} if paging else {}
            request = self.profile.render(call, {}, query=query)
            response = self._answered(call, request, None)
            items = self.profile.read(call, response)
            yield from items
            seen += len(items)
            if not paging or not items or seen >= self.profile.total(call, response):
                return
            page += 1

    # The SI FPS: the certificate that the connection presents is the subject of the operation

    def certificate_install(self, siret: str, provider: str, certificate: ClientCertificate) -> None:
        self._call("certificate_install", {"siret": siret, "provider": provider}, certificate)

    def exchange_query(self, siret: str, certificate: ClientCertificate) -> dict[str, Any]:
        return self._call("exchange_query", {"siret": siret}, certificate)

    # How an operation is spoken

    def _call(self, operation: str, values: dict[str, Any], certificate: ClientCertificate | None = None) -> Any:
        """What the profile reads in the answer; None (NOT_THERE for a write) where the answer says "not there"."""
        call = self._declared(operation)
        response = self._answered(call, self.profile.render(call, values), certificate)
        if call.outcome[response.status] == "not_there":
            return NOT_THERE if call.spec.kind == "write" else None
        return self.profile.read(call, response)

    def _declared(self, operation: str) -> Call:
        call = self.profile.call(operation)
        if call is None:
            raise OperationAbsent(operation)
        return call

    def _answered(self, call: Call, request: Request, certificate: ClientCertificate | None) -> Response:
        if call.spec.kind == "write":
            self._remembered.clear()
            return self._judged(call, self._sent(call, request, certificate))
        key = (request.method, request.path, tuple(sorted(request.query.items())), certificate)
        if key not in self._remembered:
            self._remembered[key] = self._sent(call, request, certificate)
        return self._judged(call, self._remembered[key])

    def _sent(self, call: Call, request: Request, certificate: ClientCertificate | None) -> Response:
        conversation = self._conversation(call.spec.face, certificate)
        response = self._once(call, request, conversation)
        # A 401 is said before anything is done: one new login, one repetition, whatever the class of the operation.
        if response.status == 401 and conversation.auth.forget():
            response = self._once(call, request, conversation)
        return response

    def _once(self, call: Call, request: Request, conversation: _Conversation) -> Response:
        headers = request.headers | conversation.auth.headers(anonymous=call.anonymous)
        self.counts[call.spec.kind] += 1
        return conversation.client.send(Request(request.method, request.path, request.query, headers, request.json, request.safe))

    def _conversation(self, face: str, certificate: ClientCertificate | None) -> _Conversation:
        key = (face, certificate)
        if key not in self._conversations:
            url = self.endpoints.portal_url if face == "portal" else self.endpoints.sifps_url
            if not url:
                raise InvalidInput(
                    f"{face}_url", "is not set", f"declare antai_{face}_url, or the environment variable ANTAI_{face.upper()}_URL"
                )
            ca_file = self.endpoints.portal_ca_file if face == "portal" else self.endpoints.sifps_ca_file
            client = HttpClient(url, option=f"{face}_url", ca_file=ca_file, timeout=self.endpoints.timeout, client_certificate=certificate)
            auth = authentication(self.profile.faces[face]["auth"], self.credentials, self._session_sender(client))
            self._conversations[key] = _Conversation(client, auth)
        return self._conversations[key]

    def _session_sender(self, client: HttpClient) -> Any:
        def send(request: Request) -> Response:
            self.counts["session"] += 1
            return client.send(request)

        return send

    def _judged(self, call: Call, response: Response) -> Response:
        """The response, if its status is one that the profile explains as success or "not there"; else the error it stands for."""
        outcome = call.outcome.get(response.status)
        if outcome in ("success", "not_there"):
            return response
        error = self.profile.error(response)
        said = error["message"] or f"HTTP {response.status}"
        about: dict[str, Any] = {"status": response.status, "rule": error["rule"], "server_code": error["code"], "operation": call.name}
        if outcome == "forbidden" and (not self.profile.mandate_codes or error["code"] in self.profile.mandate_codes):
            raise Forbidden(f"{call.name}: {said}", "these credentials hold no mandate for this collectivité", **about)
        if response.status == 401:
            raise AuthenticationFailed(f"{call.name}: {said}", "check username and password", **about)
        if 400 <= response.status < 500:
            raise RefusedByServer(f"{call.name}: {said}", "the server names what it refuses; correct it and run again", **about)
        raise UnexpectedAnswer(
            f"{call.name}: HTTP {response.status}",
            "the server is in trouble: run again later; the next run observes first",
            ambiguous=call.spec.kind == "write",  # a 200 that the profile does not explain may have done it, as a 500 may
            **about,
        )


NOT_THERE = object()
