# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A face with a wire of its own in front of the sandbox's operations: other paths and verbs, other words, RFC 9457 errors."""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sandbox import http_messages, validation
from sandbox.answers import Answer
from sandbox.authentication import Caller
from sandbox.contract import ContractOperation
from sandbox.errors import Refusal
from sandbox.face import BODY_LIMIT, CheckedCall, Face, FaceKind, OperationHandler
from sandbox.request_log import LogLine, RequestLog
from sandbox.sandbox_state import SandboxState

PROBLEM = "application/problem+json"
VERSION = "2026-1"


@dataclass
class RouteRequest:
    """A request as a route reads it. jobs: those that run, by their number."""

    sandbox: SandboxState
    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    content_type: str
    jobs: dict[str, Any]
    headers: Mapping[str, str]
    certificate: bytes | None = None

    def json(self) -> Any:
        if self.content_type.split(";")[0] != "application/json":
            raise validation.malformed("Du JSON est attendu.")
        return validation.parse_json(self.body)


# What the sandbox's operation gets: its parameters by name, and its body.
Reading = Callable[[RouteRequest], tuple[dict[str, Any], Any]]
Writing = Callable[[RouteRequest, Answer], Answer]


@dataclass(frozen=True)
class Route:
    """instead: for what the sandbox has no operation; `operation` then only names it in the log."""

    method: str
    pattern: re.Pattern[str]
    operation: ContractOperation
    handler: OperationHandler
    read: Reading | None
    write: Writing | None
    anonymous: bool = False
    instead: Callable[[StandInFace, RouteRequest, Caller], Answer] | None = None
    deferred: bool = False


class StandInFace(Face):
    def __init__(self, kind: FaceKind, sandbox: SandboxState, log: RequestLog, routes: list[Route]) -> None:
        super().__init__(replace(kind, refuse=problem), sandbox, log, [], {})
        self.routes = routes
        self.jobs: dict[str, Any] = {}

    def _find(self, request: web.BaseRequest) -> tuple[ContractOperation, OperationHandler, dict[str, str]] | Refusal:
        for position, route in enumerate(self.routes):
            match = route.pattern.fullmatch(request.path)
            if match and route.method == request.method:
                return route.operation, route.handler, match.groupdict() | {"route": str(position)}
        return Refusal(404, "CHEMIN_INCONNU", "Ce chemin n'existe pas ici.")

    async def _answer(
        self, request: web.BaseRequest, operation: ContractOperation, handler: OperationHandler, path: dict[str, str], log_line: LogLine
    ) -> Answer:
        route = self.routes[int(path.pop("route"))]
        try:
            self._check_headers(request, route)
            caller = Caller() if route.anonymous else self.kind.authenticate(self.sandbox, operation, request)
            log_line.who = caller.who
            query = {name: values[-1] for name, values in parse_qs(request.rel_url.raw_query_string).items()}
            raw = await http_messages.read_body(request, BODY_LIMIT)
            route_request = RouteRequest(
                self.sandbox, path, query, raw, request.headers.get("Content-Type", ""), self.jobs, request.headers
            )
            if self.kind.mutual_tls:
                connection = request.get_extra_info("ssl_object")
                route_request.certificate = connection.getpeercert(binary_form=True)
            if route.instead:
                return route.instead(self, route_request, caller)
            return self._spoken(route, route_request, caller, log_line)
        except Refusal as refusal:
            return problem(refusal)
        except (ConnectionError, HttpProcessingError, web.RequestPayloadError):
            return problem(validation.malformed("Le corps de la requête est incomplet."))
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return problem(Refusal(500, "INTERNE", "Défaut de la doublure : voir sa sortie d'erreur."))

    def _spoken(self, route: Route, route_request: RouteRequest, caller: Caller, log_line: LogLine) -> Answer:
        assert route.read is not None and route.write is not None, "a route without `instead` reads and writes"
        parameters, body = route.read(route_request)
        if route.operation.body:
            validation.check_body(route.operation, body)
        defaults = {parameter.name: parameter.default for parameter in route.operation.parameters}
        call = CheckedCall(self.sandbox, route.operation, caller, self.sandbox.now(), defaults | parameters, body)
        log_line.siret = call.siret
        caller.check_mandate(self.sandbox, None if self.kind.mutual_tls else parameters.get("siret"))
        if route.handler.check_values and not route.deferred:
            route.handler.check_values(call)
        if route.deferred:
            return self.begin(route, call)
        return route.write(route_request, self._do(call, route.handler))

    def begin(self, route: Route, call: CheckedCall) -> Answer:
        """Accepted: the change is made when the job has been asked for often enough (`jobs_after` in the state, default 1)."""
        number = f"T{len(self.jobs) + 1}"
        self.jobs[number] = {"call": call, "route": route, "looks": 0, "answer": None}
        return Answer(202, b"", headers={"Location": f"/guichet/v2/traitements/{number}"})

    def job(self, number: str, login: str | None) -> dict[str, Any]:
        job = self.jobs.get(number)
        if job is None or job["call"].caller.login != login:
            raise Refusal(404, "INTROUVABLE", "Ce traitement n'existe pas.")
        after = self.sandbox.paths.root / "jobs_after"
        if job["answer"] is None and job["looks"] >= (int(after.read_text()) if after.exists() else 1):
            job["answer"] = self._done(job)
        job["looks"] += 1
        job_record: dict[str, Any] = job
        return job_record

    def _done(self, job: dict[str, Any]) -> Answer:
        try:
            job["call"].now = self.sandbox.now()
            if job["route"].handler.check_values:
                job["route"].handler.check_values(job["call"])
            return self._do(job["call"], job["route"].handler)
        except Refusal as refusal:
            return problem(refusal)

    def _check_headers(self, request: web.BaseRequest, route: Route) -> None:
        if self.kind.mutual_tls or request.path == "/jeton":
            return
        if request.headers.get("Version-Api") != VERSION:
            raise validation.malformed(f"En-tête Version-Api : {VERSION} attendu.")
        if not re.fullmatch(r"[0-9a-f-]{36}", request.headers.get("Id-Correlation", "")):
            raise validation.malformed("En-tête Id-Correlation : un UUID est attendu.")


def problem(refusal: Refusal) -> Answer:
    """RFC 9457. A conflict is a 422 here, as a refused value is: only its type tells them apart."""
    status = 422 if refusal.status == 409 else refusal.status
    kind = "conflit" if refusal.status == 409 else refusal.code.lower().replace("_", "-")
    content = {"type": f"urn:doublure:{kind}", "title": refusal.code, "status": status, "detail": refusal.message, "regle": refusal.rule}
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), PROBLEM, refusal.headers, refusal.rule)


def bearer_caller(sandbox: SandboxState, operation: ContractOperation, request: web.BaseRequest) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    login = sandbox.sessions.login_of(token.strip(), sandbox.clock.now()) if scheme.lower() == "bearer" else None
    if login is None or sandbox.db.fetch_one("SELECT 1 FROM agent WHERE login = ?", login) is None:
        raise Refusal(401, "JETON", "Jeton absent, inconnu ou expiré.", headers={"WWW-Authenticate": "Bearer"})
    return Caller(login, login)
