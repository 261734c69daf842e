# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all faces do with a request, whatever the operation. The order of the checks is decided here and nowhere else:

XSRF (403), authentication (401), size (413), form (400), mandate (403), values in themselves (422),
existence (404), state (409, on the SI FPS 403). The last two belong to the operation.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sandbox import http_messages, validation
from sandbox.answers import Answer, refusal_answer
from sandbox.authentication import Caller
from sandbox.contract import ContractOperation
from sandbox.errors import Refusal
from sandbox.request_log import LogLine, RequestLog
from sandbox.sandbox_state import SandboxState

BODY_LIMIT = 8 * 1024 * 1024


@dataclass
class CheckedCall:
    """One request, checked, as an operation gets it."""

    sandbox: SandboxState
    operation: ContractOperation
    caller: Caller
    now: str
    parameters: dict[str, Any]
    body: Any  # JSON, or bytes of another type
    named_siret: str | None = None  # whom a body that is not JSON names, for the log
    afterwards: list[Callable[[], None]] = field(default_factory=list)  # what the people do at once: after the answer, in its transaction

    @property
    def siret(self) -> str | None:
        if self.named_siret:
            return self.named_siret
        if isinstance(self.body, dict):
            named = self.body.get("siret") or str(self.body.get("numero", ""))[:14]
            return named or self.parameters.get("siret")
        return self.parameters.get("siret")


OperationFunction = Callable[[CheckedCall], Answer]
# Who is asking, from the request's headers and its TLS connection; raises Refusal.
Authenticator = Callable[[SandboxState, ContractOperation, web.BaseRequest], Caller]


@dataclass(frozen=True)
class OperationHandler:
    """An operation's own part: its values in themselves (422), then existence, state and the change."""

    handle: OperationFunction
    check_values: Callable[[CheckedCall], None] | None = None
    own_transactions: bool = False  # of an operation that writes files too, and knows what must be committed before them


@dataclass(frozen=True)
class FaceKind:
    """What sets one face apart: its name in openapi.yaml, who may come in, how it refuses, and what it is served over."""

    name: str
    authenticate: Authenticator
    refuse: Callable[[Refusal], Answer] = refusal_answer
    plain: bool = False  # over plain HTTP
    mutual_tls: bool = False


class Face:
    def __init__(
        self,
        kind: FaceKind,
        sandbox: SandboxState,
        log: RequestLog,
        operations: list[ContractOperation],
        handlers: Mapping[str, OperationHandler],
    ) -> None:
        self.kind = kind
        self.sandbox = sandbox
        self.log = log
        self.operations = [(o, handlers[o.id]) for o in operations if (o.face, o.plain) == (kind.name, kind.plain)]

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def site(self) -> str:
        """What listens on a port."""
        return f"{self.name}-http" if self.kind.plain else self.name

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.sandbox.refresh()
        log_line = LogLine(self.sandbox.now(), self.name, "-", "unknown", "write", request.method, request.path)
        match = self._find(request)
        if isinstance(match, Refusal):
            log_line.operation_class = "read" if request.method in ("GET", "HEAD") else "write"
            return self._leave(log_line, self.kind.refuse(match))
        operation, handler, path = match
        log_line.operation, log_line.operation_class = operation.id, operation.operation_class
        log_line.siret = path.get("siret") or http_messages.siret_of_query(request)
        latency, fault = self.sandbox.faults.take(self.name, operation.id)
        if latency or fault:
            log_line.fault = "+".join(f.kind for f in (latency, fault) if f)
        if early := await http_messages.before(request, latency, fault):
            if early.status == 0:
                self.log.write(log_line)
                return http_messages.reset(request)
            return self._leave(log_line, early)
        answer = await self._answer(request, operation, handler, path, log_line)
        if fault is None:
            return self._leave(log_line, answer)
        self._note(log_line, answer)
        return await http_messages.spoil(request, fault, answer, self.sandbox.clock)

    def _find(self, request: web.BaseRequest) -> tuple[ContractOperation, OperationHandler, dict[str, str]] | Refusal:
        allowed = []
        for operation, handler in self.operations:
            match = operation.pattern.fullmatch(request.path)
            if match and operation.method == request.method:
                return operation, handler, match.groupdict()
            if match:
                allowed.append(operation.method)
        if allowed:
            return Refusal(405, "METHODE", "Cette méthode n'existe pas ici.", headers={"Allow": ", ".join(allowed)})
        return Refusal(404, "CHEMIN_INCONNU", "Ce chemin n'existe pas dans le bac à sable.")

    async def _answer(
        self, request: web.BaseRequest, operation: ContractOperation, handler: OperationHandler, path: dict[str, str], log_line: LogLine
    ) -> Answer:
        try:
            caller = self.kind.authenticate(self.sandbox, operation, request)
            log_line.who = caller.who
            raw = await http_messages.read_body(request, BODY_LIMIT) if operation.body_type else b""
            parameters = validation.check_parameters(operation, path, request.rel_url.raw_query_string, request.headers)
            body = validation.read(operation, raw, request.content_type)
            call = CheckedCall(self.sandbox, operation, caller, self.sandbox.now(), parameters, body)
            log_line.siret = call.siret
            caller.check_mandate(self.sandbox, parameters.get("siret") if "siret" in path else None)
            if handler.check_values:
                handler.check_values(call)
                log_line.siret = call.siret
            return self._do(call, handler)
        except Refusal as refusal:
            return self.kind.refuse(refusal)
        except (ConnectionError, HttpProcessingError, web.RequestPayloadError):
            return self.kind.refuse(validation.malformed("Le corps de la requête est incomplet."))
        except Exception:  # a defect of ours: say so, in the form of every other error
            traceback.print_exc(file=sys.stderr)
            return self.kind.refuse(Refusal(500, "INTERNE", "Défaut du bac à sable : voir sa sortie d'erreur."))

    def _do(self, call: CheckedCall, handler: OperationHandler) -> Answer:
        if call.operation.operation_class != "write" or handler.own_transactions:
            return handler.handle(call)
        with self.sandbox.db.transaction():
            answer = handler.handle(call)
            for action in call.afterwards:
                action()
        if call.operation.id.startswith("account"):
            self.sandbox.agent_spaces.forget()
        return answer

    def _note(self, log_line: LogLine, answer: Answer) -> None:
        log_line.status, log_line.rule = answer.status, answer.rule
        self.log.write(log_line)

    def _leave(self, log_line: LogLine, answer: Answer) -> web.StreamResponse:
        """The line is in the log before the answer leaves."""
        self._note(log_line, answer)
        return http_messages.response(answer, self.sandbox.clock)
