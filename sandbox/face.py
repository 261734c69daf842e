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

from sandbox import validation, wire
from sandbox.answers import Answer, refusal_answer
from sandbox.contract import Operation
from sandbox.errors import Refusal
from sandbox.identity import Identity
from sandbox.request_log import Entry, RequestLog
from sandbox.world import World

BODY_LIMIT = 8 * 1024 * 1024


@dataclass
class Call:
    """One request, checked, as an operation gets it."""

    world: World
    operation: Operation
    identity: Identity
    now: str
    parameters: dict[str, Any]
    body: Any  # JSON, or bytes of another type
    about: str | None = None  # whom a body that is not JSON names, for the log
    afterwards: list[Callable[[], None]] = field(default_factory=list)  # what the people do at once: after the answer, in its transaction

    @property
    def siret(self) -> str | None:
        if self.about:
            return self.about
        if isinstance(self.body, dict):
            given = self.body.get("siret") or str(self.body.get("numero", ""))[:14]
            return given or self.parameters.get("siret")
        return self.parameters.get("siret")


Handler = Callable[[Call], Answer]
# Who is asking, from the request's headers and its TLS connection; raises Refusal.
Authenticator = Callable[[World, Operation, web.BaseRequest], Identity]


@dataclass(frozen=True)
class Handling:
    """An operation's own part: its values in themselves (422), then existence, state and the deed."""

    handle: Handler
    check_values: Callable[[Call], None] | None = None
    own_transactions: bool = False  # of a deed that writes files too, and says itself what must be committed before them


class Face:
    def __init__(
        self,
        name: str,
        world: World,
        log: RequestLog,
        operations: list[Operation],
        handlings: Mapping[str, Handling],
        authenticate: Authenticator,
        refuse: Callable[[Refusal], Answer] = refusal_answer,
        plain: bool = False,
        mutual_tls: bool = False,
    ) -> None:
        self.name = name
        self.mutual_tls = mutual_tls
        self.plain = plain
        self.refuse = refuse
        self.world = world
        self.log = log
        self.operations = [(o, handlings[o.id]) for o in operations if (o.face, o.plain) == (name, plain)]
        self.authenticate = authenticate

    @property
    def site(self) -> str:
        """What listens on a port."""
        return f"{self.name}-http" if self.plain else self.name

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.world.refresh()
        entry = Entry(self.world.now(), self.name, "-", "unknown", "write", request.method, request.path)
        found = self._find(request)
        if isinstance(found, Refusal):
            entry.operation_class = "read" if request.method in ("GET", "HEAD") else "write"
            return self._leave(entry, self.refuse(found))
        operation, handling, path = found
        entry.operation, entry.operation_class = operation.id, operation.operation_class
        entry.siret = path.get("siret") or wire.siret_of_query(request)
        latency, fault = self.world.faults.take(self.name, operation.id)
        if latency or fault:
            entry.fault = "+".join(f.kind for f in (latency, fault) if f)
        if early := await wire.before(request, latency, fault):
            if early.status == 0:
                self.log.write(entry)
                return wire.reset(request)
            return self._leave(entry, early)
        answer = await self._answer(request, operation, handling, path, entry)
        if fault is None:
            return self._leave(entry, answer)
        self._note(entry, answer)
        return await wire.spoil(request, fault, answer, self.world.clock)

    def _find(self, request: web.BaseRequest) -> tuple[Operation, Handling, dict[str, str]] | Refusal:
        allowed = []
        for operation, handling in self.operations:
            match = operation.pattern.fullmatch(request.path)
            if match and operation.method == request.method:
                return operation, handling, match.groupdict()
            if match:
                allowed.append(operation.method)
        if allowed:
            return Refusal(405, "METHODE", "Cette méthode n'existe pas ici.", headers={"Allow": ", ".join(allowed)})
        return Refusal(404, "CHEMIN_INCONNU", "Ce chemin n'existe pas dans le bac à sable.")

    async def _answer(
        self, request: web.BaseRequest, operation: Operation, handling: Handling, path: dict[str, str], entry: Entry
    ) -> Answer:
        try:
            identity = self.authenticate(self.world, operation, request)
            entry.who = identity.who
            raw = await wire.read_body(request, BODY_LIMIT) if operation.body_type else b""
            parameters = validation.check_parameters(operation, path, request.rel_url.raw_query_string, request.headers)
            body = validation.read(operation, raw, request.content_type)
            call = Call(self.world, operation, identity, self.world.now(), parameters, body)
            entry.siret = call.siret
            identity.check_mandate(self.world, parameters.get("siret") if "siret" in path else None)
            if handling.check_values:
                handling.check_values(call)
                entry.siret = call.siret
            return self._do(call, handling)
        except Refusal as refusal:
            return self.refuse(refusal)
        except (ConnectionError, HttpProcessingError, web.RequestPayloadError):
            return self.refuse(validation.malformed("Le corps de la requête est incomplet."))
        except Exception:  # a defect of ours: say so, in the form of every other error
            traceback.print_exc(file=sys.stderr)
            return self.refuse(Refusal(500, "INTERNE", "Défaut du bac à sable : voir sa sortie d'erreur."))

    def _do(self, call: Call, handling: Handling) -> Answer:
        if call.operation.operation_class != "write" or handling.own_transactions:
            return handling.handle(call)
        with self.world.db.transaction():
            answer = handling.handle(call)
            for deed in call.afterwards:
                deed()
        if call.operation.id.startswith("account"):
            self.world.directory.forget()
        return answer

    def _note(self, entry: Entry, answer: Answer) -> None:
        entry.status, entry.rule = answer.status, answer.rule
        self.log.write(entry)

    def _leave(self, entry: Entry, answer: Answer) -> web.StreamResponse:
        """The line is in the log before the answer leaves."""
        self._note(entry, answer)
        return wire.response(answer, self.world.clock)
