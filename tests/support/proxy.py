# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small real HTTP proxy: CONNECT tunnels, with credentials where a test wants them, refusals, and TLS inspection with its own CA."""

from __future__ import annotations

import base64
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.front import serving


@dataclass
class Proxy:
    """credentials: (user, password) to ask for. refuses: status for every tunnel. elsewhere: where tunnels really go, as an inspecting proxy has it.

    asked: the targets, in order; let: those that were let through.
    """

    credentials: tuple[str, str] | None = None
    refuses: int | None = None
    elsewhere: str | None = None
    asked: list[str] = field(default_factory=list)
    let: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def address(self) -> str:
        return urlsplit(self.url).netloc

    def with_user(self, user: str, password: str) -> str:
        return self.url.replace("://", f"://{user}:{password}@")


@contextmanager
def proxy_settings(proxy: Proxy, certificate: Path | None = None, key: Path | None = None) -> Iterator[Proxy]:
    """Over TLS itself, where it has a certificate."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            self.close_connection = True
            proxy.asked.append(self.path)
            if proxy.credentials and self.headers.get("Proxy-Authorization") != _basic(proxy.credentials):
                self._end(407, {"Proxy-Authenticate": 'Basic realm="test"'})
            elif proxy.refuses:
                self._end(proxy.refuses, {})
            else:
                proxy.let.append(self.path)
                host, _colon, port = (proxy.elsewhere or self.path).rpartition(":")
                with socket.create_connection((host, int(port)), 10) as upstream:
                    self.send_response(200, "Connection established")
                    self.end_headers()
                    _between(self.connection, upstream)

        def _end(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_about: Any) -> None:
            pass

    with serving(Handler, certificate, key) as url:
        proxy.url = url
        yield proxy


def _basic(credentials: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(credentials).encode()).decode()


def _between(client: socket.socket, server: socket.socket) -> None:
    """Both ways, until one side ends."""
    ends = {client: server, server: client}
    while True:
        waiting = [end for end in ends if getattr(end, "pending", int)()]
        ready = waiting or select.select(list(ends), [], [], 30)[0]
        if not ready:
            return
        for end in ready:
            try:
                part = end.recv(65536)
            except OSError:
                part = b""
            if not part:
                return
            ends[end].sendall(part)
