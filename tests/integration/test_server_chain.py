# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate of a live TLS connection is noted, whether the server keeps the connection or closes it after its answer."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client import HttpClient, Server
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request
from ansible_collections.collectivites.antai.plugins.module_utils._http.session import server_chain_of
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.support.keys import key_pem
from tests.support.psce import Ours, Spec, make_key

READ = Request("GET", "/")
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
SERVER = Spec((("CN", "serveur"),), "ec-p256-server", NOW - DAY, NOW + DAY, eku=("server",), san=("ip:127.0.0.1",))


def self_signed(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "server.pem", folder / "server.key"
    certificate.write_text(ssl.DER_cert_to_PEM_cert(Ours().certificate(SERVER, SERVER)), encoding="utf-8")
    key.write_bytes(key_pem(make_key(SERVER.key)))
    return certificate, key


@contextmanager
def serving(certificate: Path, key: Path, protocol: str, headers: dict[str, str]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = protocol

        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in ({"Content-Length": "2"} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_about: Any) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("protocol", "headers"),
    [
        pytest.param("HTTP/1.1", {}, id="kept open"),
        pytest.param("HTTP/1.1", {"Connection": "close"}, id="closed, as it says"),
        pytest.param("HTTP/1.0", {}, id="closed, as HTTP/1.0 does"),
        pytest.param("HTTP/1.1", {"Content-Length": "0"}, id="an empty body"),
    ],
)
def test_what_the_server_shows(tmp_path: Path, protocol: str, headers: dict[str, str]) -> None:
    certificate, key = self_signed(tmp_path)
    with serving(certificate, key, protocol, headers) as url:
        client = HttpClient(Server(url, ca_file=str(certificate)))
        assert client.server_chain == ()
        assert client.send(READ).status == 200
        assert client.server_chain[0] == ssl.PEM_cert_to_DER_cert(certificate.read_text(encoding="utf-8"))
        client.close()


def test_nothing_is_noted_of_a_server_that_is_not_verified(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with serving(certificate, key, "HTTP/1.1", {}) as url:
        client = HttpClient(Server(url))
        with pytest.raises(TransportError, match="not accepted"):
            client.send(READ)
        assert client.server_chain == ()
        client.close()


def test_the_whole_chain_where_python_hands_it_out() -> None:
    """From 3.13 on; the tests may run on an older one."""
    socket = SimpleNamespace(get_unverified_chain=lambda: [b"leaf", b"between"])
    assert server_chain_of(SimpleNamespace(raw=SimpleNamespace(connection=SimpleNamespace(sock=socket)))) == (b"leaf", b"between")
    assert server_chain_of(SimpleNamespace(raw=SimpleNamespace(connection=None))) == ()
