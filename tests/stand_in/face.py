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
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sandbox import validation, wire
from sandbox.answers import Answer
from sandbox.contract import Operation
from sandbox.errors import Refusal
from sandbox.face import BODY_LIMIT, Authenticator, Call, Face, Handling
from sandbox.identity import Identity
from sandbox.request_log import Entry, RequestLog
from sandbox.world import World

PROBLEM = "application/problem+json"
VERSION = "2026-1"


@dataclass
class Asked:
    """A request as a route reads it. now: of the world's clock. jobs: those that run, by their number."""

    world: World
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
Reading = Callable[[Asked], tuple[dict[str, Any], Any]]
Writing = Callable[[Asked, Answer], Answer]


@dataclass(frozen=True)
class Route:
    """instead: for what the sandbox has no operation; `operation` then only names it in the log."""

    method: str
    pattern: re.Pattern[str]
    operation: Operation
    handling: Handling
    read: Reading | None
    write: Writing | None
    anonymous: bool = False
    instead: Callable[[StandInFace, Asked, Identity], Answer] | None = None
    deferred: bool = False


class StandInFace(Face):
    def __init__(
        self, name: str, world: World, log: RequestLog, routes: list[Route], authenticate: Authenticator, mutual_tls: bool = False
    ) -> None:
        super().__init__(name, world, log, [], {}, authenticate, problem, mutual_tls=mutual_tls)
        self.routes = routes
        self.jobs: dict[str, Any] = {}

    def _find(self, request: web.BaseRequest) -> tuple[Operation, Handling, dict[str, str]] | Refusal:
        for position, route in enumerate(self.routes):
            match = route.pattern.fullmatch(request.path)
            if match and route.method == request.method:
                return route.operation, route.handling, match.groupdict() | {"route": str(position)}
        return Refusal(404, "CHEMIN_INCONNU", "Ce chemin n'existe pas ici.")

    async def _answer(
        self, request: web.BaseRequest, operation: Operation, handling: Handling, path: dict[str, str], entry: Entry
    ) -> Answer:
        route = self.routes[int(path.pop("route"))]
        try:
            self._check_headers(request, route)
            identity = Identity() if route.anonymous else self.authenticate(self.world, operation, request)
            entry.who = identity.who
            query = {name: values[-1] for name, values in parse_qs(request.rel_url.raw_query_string).items()}
            raw = await wire.read_body(request, BODY_LIMIT)
            asked = Asked(self.world, path, query, raw, request.headers.get("Content-Type", ""), self.jobs, request.headers)
            if self.mutual_tls:
                connection = request.get_extra_info("ssl_object")
                asked.certificate = connection.getpeercert(binary_form=True)
            if route.instead:
                return route.instead(self, asked, identity)
            return self._spoken(route, asked, identity, entry)
        except Refusal as refusal:
            return problem(refusal)
        except (ConnectionError, HttpProcessingError, web.RequestPayloadError):
            return problem(validation.malformed("Le corps de la requête est incomplet."))
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return problem(Refusal(500, "INTERNE", "Défaut de la doublure : voir sa sortie d'erreur."))

    def _spoken(self, route: Route, asked: Asked, identity: Identity, entry: Entry) -> Answer:
        assert route.read is not None and route.write is not None, "a route without `instead` reads and writes"
        parameters, body = route.read(asked)
        if route.operation.body:
            validation.check_body(route.operation, body)
        known = {each.name: each.default for each in route.operation.parameters}
        call = Call(self.world, route.operation, identity, self.world.now(), known | parameters, body)
        entry.siret = call.siret
        identity.check_mandate(self.world, None if self.mutual_tls else parameters.get("siret"))
        if route.handling.check_values and not route.deferred:
            route.handling.check_values(call)
        if route.deferred:
            return self.begin(route, call)
        return route.write(asked, self._do(call, route.handling))

    def begin(self, route: Route, call: Call) -> Answer:
        """Accepted: the deed is done when the job has been looked at often enough (`jobs_after` in the state, default 1)."""
        number = f"T{len(self.jobs) + 1}"
        self.jobs[number] = {"call": call, "route": route, "looks": 0, "answer": None}
        return Answer(202, b"", headers={"Location": f"/guichet/v2/traitements/{number}"})

    def job(self, number: str, login: str | None) -> dict[str, Any]:
        job = self.jobs.get(number)
        if job is None or job["call"].identity.login != login:
            raise Refusal(404, "INTROUVABLE", "Ce traitement n'existe pas.")
        after = self.world.layout.root / "jobs_after"
        if job["answer"] is None and job["looks"] >= (int(after.read_text()) if after.exists() else 1):
            job["answer"] = self._done(job)
        job["looks"] += 1
        found: dict[str, Any] = job
        return found

    def _done(self, job: dict[str, Any]) -> Answer:
        try:
            job["call"].now = self.world.now()
            if job["route"].handling.check_values:
                job["route"].handling.check_values(job["call"])
            return self._do(job["call"], job["route"].handling)
        except Refusal as refusal:
            return problem(refusal)

    def _check_headers(self, request: web.BaseRequest, route: Route) -> None:
        if self.mutual_tls or request.path == "/jeton":
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


def of_bearer(world: World, operation: Operation, request: web.BaseRequest) -> Identity:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    login = world.sessions.login_of(token.strip(), world.clock.now()) if scheme.lower() == "bearer" else None
    if login is None or world.db.one("SELECT 1 FROM agent WHERE login = ?", login) is None:
        raise Refusal(401, "JETON", "Jeton absent, inconnu ou expiré.", headers={"WWW-Authenticate": "Bearer"})
    return Identity(login, login)
