# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain HTTP server that answers what a test tells it: CRLs, OCSP responses, or anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Responder:
    """What each path answers: (status, body). headers: what a path's answer has beside. asked: the paths, in order; posted: the bodies.

    heard: the headers of each request. before: called with the path before it is answered.
    """

    url: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    heard: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)
    before: Callable[[str], Any] = lambda path: None


@contextmanager
def responding() -> Iterator[Responder]:
    responder = Responder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            responder.asked.append(self.path)
            responder.heard.append({name.lower(): value for name, value in self.headers.items()})
            responder.before(self.path)
            status, body = responder.answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in responder.headers.get(self.path, {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/ocsp-request"
            responder.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def log_message(self, *_about: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    responder.url = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield responder
    finally:
        server.shutdown()
        server.server_close()
