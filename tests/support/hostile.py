# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers as none should: drop by drop, without end, or not at all; over TLS, or plain."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.support.keys import key_pem
from tests.support.psce import Ours, Spec, make_key

# Far shorter than any time-out of the tests: each drop comes in time.
DROP = 0.01
NOW = datetime.now(UTC)
CERTIFICATE = Spec(
    (("CN", "serveur"),), "ec-p256-server", NOW - timedelta(days=1), NOW + timedelta(days=1), eku=("server",), san=("ip:127.0.0.1",)
)


@dataclass
class Hostile:
    """behaviour: is called with what sends bytes to the client, once its request has come. connections: how many have been made so far."""

    behaviour: Callable[[Callable[[bytes], None]], Any]
    url: str = ""
    ca_file: str = ""
    stopped: Event = field(default_factory=Event)
    connections: int = 0

    def drip(self, text: bytes) -> Callable[[Callable[[bytes], None]], None]:
        """A behaviour: these bytes, again and again, each by itself."""

        def endless(send: Callable[[bytes], None]) -> None:
            while not self.stopped.wait(DROP):
                for byte in text:
                    send(bytes([byte]))
                    if self.stopped.wait(DROP):
                        return

        return endless


def _serve(server: Hostile, connection: Any) -> None:
    with suppress(OSError), connection:
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(4096)
            if not part:
                return
            received += part
        server.behaviour(connection.sendall)


@contextmanager
def hostile_server(folder: Path, *, tls: bool = True) -> Iterator[Hostile]:
    server = Hostile(lambda send: None)
    listener = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate, key = folder / "server.pem", folder / "server.key"
    certificate.write_text(ssl.DER_cert_to_PEM_cert(Ours().certificate(CERTIFICATE, CERTIFICATE)), encoding="utf-8")
    key.write_bytes(key_pem(make_key(CERTIFICATE.key)))
    context.load_cert_chain(certificate, key)

    def handle(connection: socket.socket) -> None:
        with suppress(OSError):
            _serve(server, context.wrap_socket(connection, server_side=True) if tls else connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _address = listener.accept()
                server.connections += 1
                Thread(target=handle, args=(connection,), daemon=True).start()

    Thread(target=accept, daemon=True).start()
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    server.ca_file = str(certificate)
    try:
        yield server
    finally:
        server.stopped.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
