# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TLS server in front of the sandbox, with any certificate, that passes everything on and may change what comes back.

It passes on what it is asked, so the sandbox's request log stays the proof of what was done.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

OURS = ("transfer-encoding", "connection", "content-length", "date", "server")


@dataclass
class Passed:
    """An answer on its way back. path: with its query. over: set when the test is."""

    path: str
    status: int
    headers: dict[str, str]
    body: bytes
    over: Event

    def json(self, change: Callable[[Any], Any]) -> None:
        """Replace the body by what `change` makes of it, or has changed in it."""
        content = json.loads(self.body)
        changed = change(content)
        self.body = json.dumps(content if changed is None else changed).encode()


@dataclass(frozen=True)
class Target:
    """client: (certificate, key) that the front itself presents, whatever it is presented."""

    url: str
    ca_file: str
    client: tuple[Path, Path] | None = None
    change: Callable[[Passed], None] = field(default=lambda passed: None)


@contextmanager
def fronting(target: Target, certificate: Path, key: Path) -> Iterator[str]:
    """The URL (https://127.0.0.1:port) of a front with this server certificate."""
    over = Event()
    parts = urlsplit(target.url)
    outward = ssl.create_default_context(cafile=target.ca_file)
    if target.client:
        outward.load_cert_chain(*target.client)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
            connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=outward, timeout=30)
            try:
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                passed = Passed(self.path, answer.status, dict(answer.headers.items()), answer.read(), over)
            finally:
                connection.close()
            target.change(passed)
            self.send_response_only(passed.status)
            headers = {name.lower(): value for name, value in passed.headers.items()}
            self.send_header("Date", headers.get("date", ""))
            for name, value in headers.items():
                if name not in OURS:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(passed.body)))
            self.end_headers()
            self.wfile.write(passed.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on

        def log_message(self, *_about: Any) -> None:
            pass

    with serving(Handler, certificate, key) as url:
        try:
            yield url
        finally:
            over.set()


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_about: Any) -> None:
        """A client that leaves at the greeting is what many tests are about."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], certificate: Path | None = None, key: Path | None = None) -> Iterator[str]:
    """A server on a free port, over TLS where it has a certificate. The greeting is done in the thread of each connection."""
    server = _Quiet(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
