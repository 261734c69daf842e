# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the way to a server, one stage after the other, up to a TLS connection; sends no request. What is found is told, never raised.

Certificates are verified here as everywhere: what is wrong with one is told by the verification itself.
"""

from __future__ import annotations

import base64
import os
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..libraries import SSLTransport, ca_bundle
from .client import ClientCertificate
from .proxy import ProxyRoute

STAGES = ("dns", "tcp", "proxy", "tls")
MOST_HEADERS = 64 * 1024
# Reasons of OpenSSL (X509_V_ERR_*) by what they mean for people.
VERIFICATION = {
    9: "not_yet_valid",
    10: "expired",
    **dict.fromkeys((2, 18, 19, 20, 21), "unknown_ca"),
    **dict.fromkeys((62, 64), "host_name"),
}
NOT_TLS = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
    "UNEXPECTED_MESSAGE",
    "UNKNOWN_PROTOCOL",
)
NO_COMMON = ("NO_PROTOCOLS", "PROTOCOL_VERSION", "HANDSHAKE_FAILURE", "UNSUPPORTED_PROTOCOL", "DH_KEY_TOO_SMALL", "INSUFFICIENT_SECURITY")


@dataclass(frozen=True)
class Probe:
    """failed: the stage that did not work, and code why; reason: what the system, the proxy or the TLS library says of it.

    addresses: of the server, or of the proxy before it. shown: certificates of the server (DER), the leaf first.
    """

    host: str
    port: int
    way: ProxyRoute
    addresses: tuple[str, ...] = ()
    protocol: str = ""
    shown: tuple[bytes, ...] = field(default=(), repr=False)
    failed: str = ""
    code: str = ""
    reason: str = ""
    status: int | None = None


class _Stopped(Exception):
    def __init__(self, stage: str, code: str, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.fields = {"failed": stage, "code": code, "reason": reason, "status": status}


def probe(url: str, way: ProxyRoute, ca_file: str | None, client: ClientCertificate | None, timeout: float) -> Probe:
    """url: begins with https://. timeout: seconds for each stage."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    fields: dict[str, Any] = {}
    try:
        first = way.address if way.url else (host, port)
        fields["addresses"] = _resolved(*first)
        with _connected(first, timeout) as connection:
            channel = _through_proxy(connection, way, ca_file, (host, port)) if way.url else connection
            fields |= _greeted(channel, _context(ca_file, client), host, presents=client is not None)
    except _Stopped as stopped:
        fields |= stopped.fields
    return Probe(host, port, way, **fields)


def _context(ca_file: str | None, client: ClientCertificate | None) -> ssl.SSLContext:
    anchors = ca_file or ca_bundle()
    try:
        folder = os.path.isdir(anchors)
        context = ssl.create_default_context(cafile=None if folder else anchors, capath=anchors if folder else None)
    except (OSError, ssl.SSLError) as error:
        raise _Stopped("tls", "ca_file", f"{anchors}: {error}") from error
    if client:
        try:
            with client.files() as files:
                context.load_cert_chain(*files)
        except (OSError, ssl.SSLError) as error:
            raise _Stopped("tls", "client_files", str(error)) from error
    return context


def _resolved(host: str, port: int) -> tuple[str, ...]:
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Stopped("dns", "unresolved", str(getattr(error, "strerror", None) or error)) from error
    return tuple(dict.fromkeys(str(resolved[4][0]) for resolved in addresses))


def _connected(address: tuple[str, int], timeout: float) -> socket.socket:
    try:
        return socket.create_connection(address, timeout)
    except TimeoutError as error:
        raise _Stopped("tcp", "silent", f"no answer within {timeout:g} s") from error
    except OSError as error:
        code = "refused" if isinstance(error, ConnectionRefusedError) else "unreachable"
        raise _Stopped("tcp", code, error.strerror or str(error)) from error


def _through_proxy(connection: socket.socket, way: ProxyRoute, ca_file: str | None, target: tuple[str, int]) -> Any:
    """A tunnel to the target (RFC 9110, 9.3.6)."""
    try:
        channel = _context(ca_file, None).wrap_socket(connection, server_hostname=way.address[0]) if way.over_tls else connection
        name = f"[{target[0]}]" if ":" in target[0] else target[0]
        lines = [f"CONNECT {name}:{target[1]} HTTP/1.1", f"Host: {name}:{target[1]}"]
        if way.credentials:
            lines.append("Proxy-Authorization: Basic " + base64.b64encode(":".join(way.credentials).encode()).decode())
        channel.sendall("\r\n".join([*lines, "", ""]).encode())
        answer, timeout = b"", channel.gettimeout()
        until = time.monotonic() + (timeout or 0)
        while b"\r\n\r\n" not in answer and len(answer) < MOST_HEADERS:
            channel.settimeout(max(0.01, until - time.monotonic()))  # one that drips its answer has no more time than one that is silent
            part = channel.recv(4096)
            if not part:
                break
            answer += part
        channel.settimeout(timeout)
    except OSError as error:
        raise _Stopped("proxy", "proxy_broke", str(error)) from error
    if not answer:
        raise _Stopped("proxy", "proxy_broke", "it hangs up")
    first = answer.split(b"\r\n")[0].decode("latin-1").split(" ", 2)
    if len(first) < 2 or not first[0].startswith("HTTP/") or not first[1].isdecimal():
        raise _Stopped("proxy", "not_a_proxy", "it does not answer in HTTP")
    status = int(first[1])
    if not 200 <= status < 300:
        asks = "proxy_credentials" if way.credentials else "proxy_asks"
        raise _Stopped("proxy", asks if status == 407 else "proxy_refuses", " ".join(first[1:]), status)
    return channel


def _greeted(channel: Any, context: ssl.SSLContext, host: str, *, presents: bool) -> dict[str, Any]:
    try:
        with _wrapped(channel, context, host) as secured:
            whole = getattr(getattr(secured, "sslobj", secured), "get_unverified_chain", None)  # public from Python 3.13 on
            shown = whole() if whole else [secured.getpeercert(True)]
            return {
                "protocol": secured.version() or "",
                "shown": tuple(certificate for certificate in shown if isinstance(certificate, bytes)),
            }
    except ssl.SSLCertVerificationError as error:
        code = VERIFICATION.get(error.verify_code, "certificate")
        raise _Stopped("tls", code, error.verify_message or str(error)) from error
    except TimeoutError as error:
        raise _Stopped("tls", "tls_silent", "no answer to the TLS greeting") from error
    except (ssl.SSLError, OSError) as error:
        raise _Stopped("tls", tls_code(error, presents=presents), getattr(error, "reason", None) or str(error)) from error


def _wrapped(channel: Any, context: ssl.SSLContext, host: str) -> Any:
    if isinstance(channel, ssl.SSLSocket):  # TLS to the server inside TLS to the proxy
        return SSLTransport(channel, context, server_hostname=host)
    return context.wrap_socket(channel, server_hostname=host)


def tls_code(error: Exception, *, presents: bool) -> str:
    """What a failed greeting means, where the certificate of the server is not the reason. presents: a client certificate is shown."""
    reason = str(getattr(error, "reason", "") or "").upper()
    if any(word in reason for word in NO_COMMON):
        return "no_common"
    if "ALERT" in reason:
        return "client_refused" if presents or "CERTIFICATE_REQUIRED" in reason else "tls_alert"
    if any(word in reason for word in NOT_TLS):
        return "not_tls"
    return "tls_closed"
