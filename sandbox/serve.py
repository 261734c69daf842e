# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`serve`: the faces and the PSCE's counter in one process, until it is told to stop."""

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

from sandbox import contract, endpoints, identity, portal, ports, psce, register, responder, seeding, sifps, tls
from sandbox.answers import text_refusal
from sandbox.errors import UserError
from sandbox.est import Est
from sandbox.face import Face
from sandbox.layout import FOR_ITS_STARTER, NOTICE, STAYING, Layout, write_json
from sandbox.policy import Policy
from sandbox.ports import HOST
from sandbox.psce_folder import Counter, by_policy
from sandbox.request_log import RequestLog
from sandbox.revocation import Revocation
from sandbox.world import World

COUNTER_SECONDS = 0.05
SHUTDOWN_SECONDS = 2.0


class _OursOnly(logging.Filter):
    """A request that is not HTTP gets its 400 from aiohttp; its traceback would only hide defects of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


@contextmanager
def _held(layout: Layout, kind: str) -> Iterator[None]:
    """One server per state directory; the lock goes with the process, however it ends. kind: told to `run`, which may use one that stays."""
    with layout.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"Another sandbox serves {layout.root} already: stop it, or give another --state.", 2) from error
        lock.truncate(0)
        lock.write(kind)
        lock.flush()
        yield


@dataclass(frozen=True)
class Beside:
    """More faces of the same world, for who starts us with an interface of his own (tests do). told: what endpoints.json says of them."""

    faces: Callable[[World, RequestLog], list[Face]]
    told: Callable[[World, dict[str, int]], dict[str, Any]]


def serve(layout: Layout, policy: Policy, asked: dict[str, int], until_stdin_closes: bool = False, beside: Beside | None = None) -> None:
    layout.create()
    with _held(layout, FOR_ITS_STARTER if until_stdin_closes else STAYING):
        layout.endpoints.unlink(missing_ok=True)
        world = World.open(layout, policy)
        try:
            psce.ensure_ca(layout, world.clock.now())
            psce.write_trust_store(layout)
            responder.ensure_responder(layout, psce.load_authority(layout))
            register.adopt(world.db, layout)
            tls.ensure_server_certificates(layout)
            seeding.apply_policy(world)
            asyncio.run(_serve(world, asked, until_stdin_closes, beside))
        finally:
            layout.endpoints.unlink(missing_ok=True)
            world.close()


async def _serve(world: World, asked: dict[str, int], until_stdin_closes: bool, beside: Beside | None) -> None:
    stop = asyncio.Event()
    server_logger.addFilter(_OursOnly())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if until_stdin_closes:
        loop.add_reader(sys.stdin.fileno(), _stop_at_end, stop)
    log = RequestLog(world.layout.requests)
    desk = Counter(world)
    faces = _faces(world, log, desk) + (beside.faces(world, log) if beside else [])
    runners = {face.site: await _start(face, world, asked.get(face.site, 0)) for face in faces}
    counter = asyncio.create_task(_keep_counter(world, desk))
    try:
        listening = {site: _port(runner) for site, runner in runners.items()}
        write_json(world.layout.endpoints, endpoints.content(world, listening) | (beside.told(world, listening) if beside else {}))
        if not until_stdin_closes:
            print(_welcome(world.layout), flush=True)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, counter}, return_when=asyncio.FIRST_COMPLETED)
        if counter.done():
            await counter
    finally:
        counter.cancel()
        for runner in runners.values():
            await runner.cleanup()
        log.close()


def _welcome(layout: Layout) -> str:
    """For who started it in a terminal: where it is, and what to do with it."""
    told = json.loads(layout.endpoints.read_text(encoding="utf-8"))
    return f"""\
{NOTICE}

  portal     {told["portal"]["url"]}
  SI FPS     {told["sifps"]["url"]}
  PSCE, EST  {told["psce"]["est_url"]}
  all of it  {layout.endpoints}

While it serves, in another terminal: make onboard, make audit, make doctor; or with the playbook of your choice
  .venv/bin/ansible-playbook -i inventories/demo playbooks/onboard_fleet.yml
and .venv/bin/python -m sandbox status, which tells who has to act. Ctrl-C ends it."""


def _stop_at_end(stop: asyncio.Event) -> None:
    """Who started us is gone: so are we."""
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


def _faces(world: World, log: RequestLog, desk: Counter) -> list[Face]:
    operations = contract.operations()
    revocation = Revocation(desk.authority, responder.Responder(world.layout, desk.authority))
    return [
        # Its ports first: no other face may be given one of them. Plain HTTP before EST: the certificates that EST issues carry its port.
        Face("psce", world, log, operations, revocation.handlings(), identity.of_est_account, text_refusal, plain=True),
        Face("psce", world, log, operations, Est(desk).handlings(), identity.of_est_account, text_refusal),
        Face("portal", world, log, operations, portal.HANDLINGS, identity.of_agent),
        Face("sifps", world, log, operations, sifps.HANDLINGS, identity.of_certificate, mutual_tls=True),
    ]


async def _start(face: Face, world: World, asked: int) -> web.ServerRunner:
    server = web.Server(face, access_log=None, auto_decompress=False, keepalive_timeout=120.0)
    runner = web.ServerRunner(server)
    await runner.setup()
    client_ca = psce.chain_file(world.layout) if face.mutual_tls else None
    context = None if face.plain else tls.server_context(world.layout, face.name, client_ca)
    kept = ports.kept(world.db, face.site) if face.name == "psce" and not asked else None
    if not (kept and await _listen_again(runner, kept, context, face.site)):
        try:
            await _listen(runner, asked, context)
        except OSError as error:
            raise UserError(
                f"Port {asked} of {HOST} cannot be used for the {face.site}: {error.strerror}. Choose another, or 0 for a free one.", 2
            ) from error
    if face.name == "psce":
        ports.keep(world.db, face.site, _port(runner))
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


async def _keep_counter(world: World, desk: Counter) -> None:
    """The PSCE's clerk looks at the folder now and then; what the policy leaves to a person stays."""
    wanted = by_policy(world.policy)
    while True:
        world.refresh()
        try:
            desk.serve(wanted)
        except OSError as error:
            # A file was taken away under the clerk's hands, or the disk is full: the next round may do better.
            print(f"PSCE: {error}", file=sys.stderr)
        await asyncio.sleep(COUNTER_SECONDS)
