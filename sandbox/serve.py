# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`serve`: both faces and the PSCE's counter in one process, until it is told to stop."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger

from sandbox import contract, identity, portal, psce, seeding, sifps, tls
from sandbox.errors import UserError
from sandbox.face import Face
from sandbox.layout import NOTICE, Layout, write_json
from sandbox.policy import Policy
from sandbox.psce_folder import Counter
from sandbox.request_log import RequestLog
from sandbox.world import World

HOST = "127.0.0.1"
COUNTER_SECONDS = 0.05
SHUTDOWN_SECONDS = 2.0


class _OursOnly(logging.Filter):
    """A request that is not HTTP gets its 400 from aiohttp; its traceback would only hide defects of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


@contextmanager
def _held(layout: Layout) -> Iterator[None]:
    """One server per state directory; the lock goes with the process, however it ends."""
    with layout.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"Another sandbox serves {layout.root} already: stop it, or give another --state.", 2) from error
        yield


def serve(layout: Layout, policy: Policy, ports: dict[str, int], until_stdin_closes: bool = False) -> None:
    layout.create()
    with _held(layout):
        layout.endpoints.unlink(missing_ok=True)
        world = World.open(layout, policy)
        try:
            psce.ensure_ca(layout, world.clock.now())
            tls.ensure_server_certificates(layout)
            seeding.apply_policy(world)
            asyncio.run(_serve(world, ports, until_stdin_closes))
        finally:
            layout.endpoints.unlink(missing_ok=True)
            world.close()


async def _serve(world: World, ports: dict[str, int], until_stdin_closes: bool) -> None:
    stop = asyncio.Event()
    server_logger.addFilter(_OursOnly())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if until_stdin_closes:
        loop.add_reader(sys.stdin.fileno(), _stop_at_end, stop)
    log = RequestLog(world.layout.requests)
    runners = [await _start(face, world.layout, ports.get(face.name, 0)) for face in _faces(world, log)]
    counter = asyncio.create_task(_keep_counter(world))
    try:
        write_json(world.layout.endpoints, _endpoints(world, runners))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, counter}, return_when=asyncio.FIRST_COMPLETED)
        if counter.done():
            await counter
    finally:
        counter.cancel()
        for runner in runners:
            await runner.cleanup()
        log.close()


def _stop_at_end(stop: asyncio.Event) -> None:
    """Who started us is gone: so are we."""
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


def _faces(world: World, log: RequestLog) -> list[Face]:
    operations = contract.operations()
    return [
        Face("portal", world, log, operations, portal.HANDLINGS, identity.of_agent),
        Face("sifps", world, log, operations, sifps.HANDLINGS, identity.of_certificate),
    ]


async def _start(face: Face, layout: Layout, port: int) -> web.ServerRunner:
    server = web.Server(face, access_log=None, auto_decompress=False, keepalive_timeout=120.0)
    runner = web.ServerRunner(server)
    await runner.setup()
    client_ca = psce.chain_file(layout) if face.name == "sifps" else None
    site = web.TCPSite(runner, HOST, port, ssl_context=tls.server_context(layout, face.name, client_ca), shutdown_timeout=SHUTDOWN_SECONDS)
    try:
        await site.start()
    except OSError as error:
        raise UserError(
            f"Port {port} of {HOST} cannot be used for the {face.name}: {error.strerror}. Choose another, or 0 for a free one.", 2
        ) from error
    return runner


async def _keep_counter(world: World) -> None:
    """The PSCE's clerk looks at the folder now and then; what the policy leaves to a person stays."""
    counter = Counter(world.layout)

    def wanted(named: tuple[str, ...]) -> bool:
        # What names nobody is refused at once: no person could do better.
        return not named or all(world.policy.decide("issue", siret).kind == "accept" for siret in named)

    while True:
        world.refresh()
        try:
            counter.serve(wanted, world.clock.now)
        except OSError as error:
            # A file was taken away under the clerk's hands, or the disk is full: the next round may do better.
            print(f"PSCE: {error}", file=sys.stderr)
        await asyncio.sleep(COUNTER_SECONDS)


def _endpoints(world: World, runners: list[web.ServerRunner]) -> dict[str, Any]:
    layout = world.layout
    urls = [f"https://{HOST}:{runner.addresses[0][1]}" for runner in runners]
    faces = {name: {"url": url, "ca_file": str(tls.server_ca(layout))} for name, url in zip(("portal", "sifps"), urls, strict=True)}
    agents = [
        {"login": a["login"], "password": a["password"], "role": a.get("role", "collectivite").upper(), "name": a["name"]}
        for a in world.policy.agents
    ]
    editors = [{"id": e["id"], "name": e["name"], "key": e["key"], "qualified": e.get("qualified", True)} for e in world.policy.editors]
    return {
        "notice": NOTICE,
        "pid": os.getpid(),
        **faces,
        "psce": {"drop_folder": str(layout.psce_in), "pickup_folder": str(layout.psce_out), "ca_file": str(psce.chain_file(layout))},
        "mail_folder": str(layout.mail),
        "signed_folder": str(layout.signed),
        "agents": agents,
        "editors": editors,
        "requests_log": str(layout.requests),
    }
