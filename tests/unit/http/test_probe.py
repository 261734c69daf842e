# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against servers that do not do as they should: each stage stops with the right code, and what came before is told."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.check_result import CheckResult
from ansible_collections.collectivites.antai.plugins.module_utils._doctor.line import findings
from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._http.probe import probe, tls_code
from ansible_collections.collectivites.antai.plugins.module_utils._http.proxy import ProxyRoute
from tests.support.observed import NOW

DIRECT = ProxyRoute(None, "none")
Answer = Callable[[socket.socket], object]


@contextmanager
def listening(answer: Answer) -> Iterator[int]:
    """A port of 127.0.0.1 where each connection is answered like this, then held until the test is over."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection = server.accept()[0]
                    held.append(connection)
                    answer(connection)
                except OSError:
                    return

        thread = Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    for each in held:
        each.close()


def says(text: bytes) -> Answer:
    return lambda connection: (connection.recv(4096), connection.sendall(text))


@pytest.mark.parametrize(
    ("answer", "failed", "code"),
    [
        pytest.param(lambda connection: None, "tls", "tls_silent", id="it says nothing"),
        pytest.param(lambda connection: connection.close(), "tls", "tls_closed", id="it hangs up"),
        pytest.param(says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "tls", "not_tls", id="it speaks HTTP"),
        pytest.param(says(b"\x15\x03\x01\x00\x02\x02\x46"), "tls", "no_common", id="an alert: another protocol version"),
        pytest.param(says(b"\x15\x03\x03\x00\x02\x02\x50"), "tls", "tls_alert", id="another alert"),
    ],
)
def test_a_server(answer: Answer, failed: str, code: str) -> None:
    with listening(answer) as port:
        found = probe(f"https://127.0.0.1:{port}", DIRECT, None, None, 0.5)
    assert (found.failed, found.code, found.addresses) == (failed, code, ("127.0.0.1",))
    told = findings(found, "portal", NOW)
    assert [(each.check, each.outcome) for each in told] == [("dns", "ok"), ("tcp", "ok"), ("proxy", "ok"), ("tls", "fail")]
    assert all(each.as_dict(language)["what"] for each in told for language in ("fr", "en"))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(says(b"SSH-2.0-OpenSSH\r\n\r\n"), "not_a_proxy", id="it speaks something else"),
        pytest.param(lambda connection: connection.close(), "proxy_broke", id="it hangs up"),
        pytest.param(lambda connection: None, "proxy_broke", id="it says nothing"),
        pytest.param(says(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"), "proxy_refuses", id="it cannot reach the server"),
        pytest.param(says(b"HTTP/1.1 407 Who are you\r\n\r\n"), "proxy_credentials", id="it refuses the credentials"),
    ],
)
def test_a_proxy(answer: Answer, code: str) -> None:
    with listening(answer) as port:
        found = probe("https://portail.invalid", ProxyRoute(f"http://u:canari@127.0.0.1:{port}", "declared"), None, None, 0.5)
    assert (found.failed, found.code) == ("proxy", code)
    told = [each.as_dict("en") for each in findings(found, "portal", NOW)]
    assert [each["outcome"] for each in told] == ["ok", "ok", "fail", "skipped"]
    assert "canari" not in str(told) + repr(found)


def test_a_client_certificate_that_is_none(tmp_path: Path) -> None:
    client = ClientCertificate(str(tmp_path / "no.pem"), str(tmp_path / "no.key"))
    with listening(lambda connection: None) as port:
        found = probe(f"https://127.0.0.1:{port}", DIRECT, None, client, 0.5)
    assert found.code == "client_files"
    assert findings(found, "sifps", NOW)[3] == CheckResult("tls", "sifps", "skipped", "prerequisite", {"because": "client_certificate"})


@pytest.mark.parametrize(
    ("reason", "presents", "code"),
    [
        ("TLSV1_ALERT_UNKNOWN_CA", True, "client_refused"),
        ("SSLV3_ALERT_BAD_CERTIFICATE", True, "client_refused"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", False, "client_refused"),
        ("TLSV1_ALERT_INTERNAL_ERROR", False, "tls_alert"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", True, "no_common"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", False, "no_common"),
        ("WRONG_VERSION_NUMBER", True, "not_tls"),
        ("UNEXPECTED_EOF_WHILE_READING", False, "tls_closed"),
        (None, True, "tls_closed"),
    ],
)
def test_what_a_failed_greeting_means(reason: str | None, presents: bool, code: str) -> None:
    error = ssl.SSLError(1, "x")
    error.reason = reason  # type: ignore[assignment]
    assert tls_code(error, presents=presents) == code
