# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ANTAI's operations by name, spoken through a profile: pages, and errors in one vocabulary.

One instance serves one collectivité's run, in one thread; the agent behind it serves many. Reads are remembered within one observation,
so that operations a profile maps to the same page cost one request; every write, and `observe_afresh`, forgets them.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .agent import Agent, Conversation
from .auth import Credentials
from .errors import AuthenticationFailed, Forbidden, OperationAbsent, RefusedByServer, UnexpectedAnswer
from .https import ClientCertificate, Request, Response
from .profile import Call, Profile

Listed = dict[str, Any]


class Operations:
    """Every method is one operation of the catalogue; see there for what it answers. Raises the errors of errors.py."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.counts: Counter[str] = Counter(read=0, write=0, session=0)
        self._own: dict[ClientCertificate, Conversation] = {}
        self._remembered: dict[Any, Response] = {}
        self._listed: dict[str, Listed] = {}

    @property
    def profile(self) -> Profile:
        return self.agent.profile

    @property
    def credentials(self) -> Credentials:
        return self.agent.credentials

    @property
    def has_login(self) -> bool:
        return self.agent.has_login

    def has(self, operation: str) -> bool:
        return self.profile.call(operation) is not None

    def remember(self, siret: str, listed: Listed) -> None:
        """Take what a list showed of this collectivité as the first observation: {account, conventions, certificates}."""
        self._listed[siret] = listed

    @property
    def remembers(self) -> bool:
        """Whether something was read since the last write."""
        return bool(self._remembered or self._listed)

    def observe_afresh(self) -> None:
        """Forget what was read: the next reads ask the server."""
        self._remembered.clear()
        self._listed.clear()

    def release(self) -> None:
        """Close the connections of this collectivité, those that present a certificate of it; the others are shared."""
        for conversation in self._own.values():
            conversation.close()
        self._own.clear()

    def close(self) -> None:
        """Close all connections, the shared ones too."""
        self.release()
        self.agent.network.close()

    def server_chain(self, face: str) -> tuple[bytes, ...]:
        """DER of the certificates that this face's server has shown us, its own first; empty where it was not asked anything yet."""
        conversations = list(self._own.values()) if face == "sifps" else [self.agent.conversation(face)]
        return next((each.server_chain for each in conversations if each.server_chain), ())

    # The portal

    def account_request(self, account: dict[str, str]) -> None:
        self._call("account_request", account)

    def account_request_get(self, siret: str, agent_email: str) -> dict[str, Any] | None:
        return self._call("account_request_get", {"siret": siret, "agent_email": agent_email})

    def account_get(self, siret: str) -> dict[str, Any] | None:
        return self._listed[siret]["account"] if siret in self._listed else self._call("account_get", {"siret": siret})

    def account_update(self, account: dict[str, str]) -> None:
        self._call("account_update", account)

    def account_close(self, siret: str) -> None:
        self._call("account_close", {"siret": siret})

    def convention_blank(self, cycle: str) -> bytes:
        return self._call("convention_blank", {"cycle": cycle})

    def convention_list(self, siret: str) -> list[dict[str, Any]]:
        return self._listed[siret]["conventions"] if siret in self._listed else self._call("convention_list", {"siret": siret}) or []

    def convention_upload(self, siret: str, cycle: str, filename: str, document: bytes) -> None:
        encoded = base64.b64encode(document).decode()
        self._call("convention_upload", {"siret": siret, "cycle": cycle, "filename": filename, "document": encoded})

    def convention_document(self, siret: str, convention_id: Any) -> bytes | None:
        return self._call("convention_document", {"siret": siret, "id": convention_id})

    def certificate_list(self, siret: str) -> list[dict[str, Any]]:
        return self._listed[siret]["certificates"] if siret in self._listed else self._call("certificate_list", {"siret": siret}) or []

    def certificate_change(self, operation: str, siret: str, fingerprint: str) -> bool:
        """operation: certificate_activate, _deactivate or _remove. False where the space does not list the certificate (yet)."""
        return self._call(operation, {"siret": siret, "fingerprint": fingerprint}) is not NOT_THERE

    def space_list(self) -> Iterator[Listed]:
        """Every collectivité that the agent may see, page by page."""
        items, total = self.space_page(0)
        number, seen = 1, len(items)
        yield from items
        while items and seen < total:
            items, total = self.space_page(number)
            number, seen = number + 1, seen + len(items)
            yield from items

    def space_page(self, number: int) -> tuple[list[Listed], int]:
        """One page of the list, from 0 on: (its items, how many there are in all). Without pagination, page 0 is everything."""
        call = self._declared("space_list")
        paging = call.pagination
        query = {paging["page"]: str(paging["first"] + number), paging["size"]: str(paging["per_page"])} if paging else {}
        response = self._answered(call, self.profile.render(call, {}, query=query), None)
        items: list[Listed] = self.profile.read(call, response)
        return items, self.profile.total(call, response) if paging else len(items)

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
            self.observe_afresh()
            return self._judged(call, self._sent(call, request, certificate))
        key = (request.method, request.path, tuple(sorted(request.query.items())), certificate)
        if key not in self._remembered:
            self._remembered[key] = self._sent(call, request, certificate)
        return self._judged(call, self._remembered[key])

    def _sent(self, call: Call, request: Request, certificate: ClientCertificate | None) -> Response:
        conversation = self._conversation(call.spec.face, certificate)
        return conversation.send(request, anonymous=call.anonymous, kind=call.spec.kind, counts=self.counts)

    def _conversation(self, face: str, certificate: ClientCertificate | None) -> Conversation:
        if certificate is None:
            return self.agent.conversation(face)
        if certificate not in self._own:
            self._own[certificate] = self.agent.own_conversation(face, certificate)
        return self._own[certificate]

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
