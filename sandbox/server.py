# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`serve`: the faces and the PSCE's counter in one process, until a signal ends it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger

from sandbox import authentication, contract, endpoints, ocsp_responder, portal, ports, psce, psce_register, seeding, sifps, tls
from sandbox.answers import text_refusal
from sandbox.errors import UserError
from sandbox.est import Est
from sandbox.face import Face, FaceKind
from sandbox.policy import SandboxPolicy
from sandbox.ports import HOST
from sandbox.psce_desk import PsceDesk, served_by_policy
from sandbox.psce_http import RevocationServices
from sandbox.request_log import RequestLog
from sandbox.sandbox_state import SandboxState
from sandbox.state_paths import FOR_ITS_STARTER, NOTICE, STAYING, StatePaths, write_json

COUNTER_SECONDS = 0.05
SHUTDOWN_SECONDS = 2.0


class _OursOnly(logging.Filter):
    """A request that is not HTTP gets its 400 from aiohttp; its traceback would only hide defects of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


@contextmanager
def _server_lock(paths: StatePaths, kind: str) -> Iterator[None]:
    """One server per state directory; the lock goes with the process, however it ends. kind: read by `run`, which may use one that stays."""
    with paths.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"Another sandbox serves {paths.root} already: stop it, or give another --state.", 2) from error
        lock.truncate(0)
        lock.write(kind)
        lock.flush()
        yield


@dataclass(frozen=True)
class ExtraFaces:
    """More faces of the same state, for who starts us with an interface of his own (tests do). endpoints_of: what endpoints.json says of them."""

    faces: Callable[[SandboxState, RequestLog], list[Face]]
    endpoints_of: Callable[[SandboxState, dict[str, int]], dict[str, Any]]


def serve(
    paths: StatePaths,
    policy: SandboxPolicy,
    requested_ports: dict[str, int],
    until_stdin_closes: bool = False,
    extra_faces: ExtraFaces | None = None,
) -> None:
    paths.create()
    with _server_lock(paths, FOR_ITS_STARTER if until_stdin_closes else STAYING):
        paths.endpoints.unlink(missing_ok=True)
        sandbox = SandboxState.open(paths, policy)
        try:
            psce.ensure_ca(paths, sandbox.clock.now())
            psce.write_trust_store(paths)
            ocsp_responder.ensure_responder(paths, psce.load_authority(paths))
            psce_register.adopt(sandbox.db, paths)
            tls.ensure_server_certificates(paths)
            seeding.apply_policy(sandbox)
            asyncio.run(_serve(sandbox, requested_ports, until_stdin_closes, extra_faces))
        finally:
            paths.endpoints.unlink(missing_ok=True)
            sandbox.close()


async def _serve(sandbox: SandboxState, requested_ports: dict[str, int], until_stdin_closes: bool, extra_faces: ExtraFaces | None) -> None:
    stop = asyncio.Event()
    server_logger.addFilter(_OursOnly())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if until_stdin_closes:
        loop.add_reader(sys.stdin.fileno(), _stop_at_end, stop)
    log = RequestLog(sandbox.paths.requests)
    desk = PsceDesk(sandbox)
    faces = _faces(sandbox, log, desk) + (extra_faces.faces(sandbox, log) if extra_faces else [])
    runners = {face.site: await _start(face, sandbox, requested_ports.get(face.site, 0)) for face in faces}
    counter = asyncio.create_task(_keep_counter(sandbox, desk))
    try:
        listening = {site: _port(runner) for site, runner in runners.items()}
        write_json(
            sandbox.paths.endpoints,
            endpoints.content(sandbox, listening) | (extra_faces.endpoints_of(sandbox, listening) if extra_faces else {}),
        )
        if not until_stdin_closes:
            print(_welcome(sandbox.paths), flush=True)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, counter}, return_when=asyncio.FIRST_COMPLETED)
        if counter.done():
            await counter
    finally:
        counter.cancel()
        for runner in runners.values():
            await runner.cleanup()
        log.close()


def _welcome(paths: StatePaths) -> str:
    """For who started it in a terminal: where it is, and what to do with it."""
    endpoints_file = json.loads(paths.endpoints.read_text(encoding="utf-8"))
    return f"""\
{NOTICE}

  portal     {endpoints_file["portal"]["url"]}
  SI FPS     {endpoints_file["sifps"]["url"]}
  PSCE, EST  {endpoints_file["psce"]["est_url"]}
  all of it  {paths.endpoints}

While it serves, in another terminal: make onboard, make audit, make doctor; or with the playbook of your choice
  .venv/bin/ansible-playbook -i inventories/demo playbooks/onboard_fleet.yml
and .venv/bin/python -m sandbox status, which tells who has to act. Ctrl-C ends it."""


def _stop_at_end(stop: asyncio.Event) -> None:
    """Who started us is gone: so are we."""
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


def _faces(sandbox: SandboxState, log: RequestLog, desk: PsceDesk) -> list[Face]:
    operations = contract.operations()
    revocation = RevocationServices(desk.authority, ocsp_responder.Responder(sandbox.paths, desk.authority))
    faces = (
        # Its ports first: no other face may be given one of them. Plain HTTP before EST: the certificates that EST issues carry its port.
        (FaceKind("psce", authentication.est_caller, text_refusal, plain=True), revocation.handlers()),
        (FaceKind("psce", authentication.est_caller, text_refusal), Est(desk).handlers()),
        (FaceKind("portal", authentication.portal_caller), portal.HANDLERS),
        (FaceKind("sifps", authentication.sifps_caller, mutual_tls=True), sifps.HANDLERS),
    )
    return [Face(kind, sandbox, log, operations, handlers) for kind, handlers in faces]


async def _start(face: Face, sandbox: SandboxState, requested_port: int) -> web.ServerRunner:
    server = web.Server(face, access_log=None, auto_decompress=False, keepalive_timeout=120.0)
    runner = web.ServerRunner(server)
    await runner.setup()
    client_ca = psce.chain_file(sandbox.paths) if face.kind.mutual_tls else None
    context = None if face.kind.plain else tls.server_context(sandbox.paths, face.name, client_ca)
    last_port = ports.remembered_port(sandbox.db, face.site) if face.name == "psce" and not requested_port else None
    if not (last_port and await _listen_again(runner, last_port, context, face.site)):
        try:
            await _listen(runner, requested_port, context)
        except OSError as error:
            raise UserError(
                f"Port {requested_port} of {HOST} cannot be used for the {face.site}: {error.strerror}. Choose another, or 0 for a free one.",
                2,
            ) from error
    if face.name == "psce":
        ports.remember_port(sandbox.db, face.site, _port(runner))
    return runner


async def _listen(runner: web.ServerRunner, port: int, context: ssl.SSLContext | None) -> None:
    await web.TCPSite(runner, HOST, port, ssl_context=context, shutdown_timeout=SHUTDOWN_SECONDS).start()


async def _listen_again(runner: web.ServerRunner, port: int, context: ssl.SSLContext | None, site: str) -> bool:
    """On the port of the last time, which certificates may name; if it is taken, say what that means."""
    try:
        await _listen(runner, port, context)
    except OSError as error:
        lost = " Certificates issued until now point to the old port for their CRL and OCSP." if site == ports.HTTP else ""
        print(f"sandbox: port {port} of the {site} cannot be used again ({error.strerror}): another is taken.{lost}", file=sys.stderr)
        return False
    return True


def _port(runner: web.ServerRunner) -> int:
    port: int = runner.addresses[0][1]
    return port


async def _keep_counter(sandbox: SandboxState, desk: PsceDesk) -> None:
    """The PSCE's clerk looks at the folder now and then; what the policy leaves to a person stays."""
    is_served = served_by_policy(sandbox.policy)
    while True:
        sandbox.refresh()
        try:
            desk.serve(is_served)
        except OSError as error:
            # A file was taken away under the clerk's hands, or the disk is full: the next round may do better.
            print(f"PSCE: {error}", file=sys.stderr)
        await asyncio.sleep(COUNTER_SECONDS)
