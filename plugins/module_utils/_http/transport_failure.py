# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why there is no complete answer, and what to do: from the errors of requests, urllib3, ssl and the system. Opens no connection."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..libraries import requests

CLIENT_REFUSED = "the server refuses the client certificate during the TLS handshake"


class Failure(NamedTuple):
    """message: what happened. hint: what to do. arrived: the request may have reached the server. is_outage: nothing at all answers (circuit.py)."""

    message: str
    hint: str
    arrived: bool = False
    is_outage: bool = False


def explain(error: Exception, proxy: str = "", ca_option: str = "ca_file") -> Failure:
    """proxy: host:port of the one in use. ca_option: what names the CA file."""
    text = str(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return _explain_proxy(text, proxy)
    if isinstance(error, requests.exceptions.SSLError) or "[SSL:" in text or "SSLError" in text:
        return _explain_tls(text, ca_option)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Failure("no connection in time", "check the address, the firewall and the proxy", is_outage=True)
    if isinstance(error, requests.exceptions.ReadTimeout) or "Read timed out" in text:
        return Failure("no answer in time", "try again; raise timeout if the server is slow", arrived=True, is_outage=True)
    if "NameResolutionError" in text or "Name or service not known" in text:
        return Failure("this host name does not resolve", "check the URL and the DNS", is_outage=True)
    if "Connection refused" in text or "NewConnectionError" in text:
        return Failure("connection refused", "check the URL and that the server runs", is_outage=True)
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        unreadable = _explain_file(error, text, ca_option)
        if unreadable:
            return unreadable
    return Failure("the connection broke before the answer was complete", "try again; the next run observes first", arrived=True)


def _explain_file(error: OSError, text: str, ca_option: str) -> Failure | None:
    """Of a file that TLS was to read; None where the error is about none."""
    path = text.rpartition("invalid path: ")[2]
    if "CA certificate bundle" in text:
        return Failure(f"there is no CA file {path}", f"correct {ca_option}: the path of a PEM file on the machine where the task runs")
    file = re.search(r"TLS (certificate|key) file", text)
    if file:
        role = "client certificate" if file[1] == "certificate" else "private key of the client certificate"
        return Failure(f"there is no {role} {path}", "check the path on the machine where the task runs")
    if isinstance(error, PermissionError):
        return Failure("the client certificate or its key may not be read", "check their owner and mode on the machine where the task runs")
    return None


def _explain_proxy(text: str, proxy: str) -> Failure:
    refusal = re.search(r"Tunnel connection failed: ([0-9]{3})", text)
    if refusal is None:
        return Failure(
            f"the proxy {proxy} cannot be reached", "check proxy (antai_proxy), or the proxy variables of the environment", is_outage=True
        )
    if refusal[1] == "407":
        return Failure(
            f"the proxy {proxy} asks for credentials",
            "give them in the URL: http://user:password@host:port (antai_proxy, or the proxy variables of the environment)",
        )
    return Failure(
        f"the proxy {proxy} does not let this through (HTTP {refusal[1]})",
        "have this host allowed there, or name it in NO_PROXY where it is reached directly",
    )


def _explain_tls(text: str, ca_option: str) -> Failure:
    if "CERTIFICATE_VERIFY_FAILED" in text:
        reason = text.split("certificate verify failed:")[-1].split("(")[0].strip()
        return Failure(
            f"the server's certificate is not accepted: {reason}",
            f"give the CA that signs it ({ca_option}); verification is never turned off",
        )
    if "NO_CERTIFICATE_OR_CRL_FOUND" in text:
        return Failure("the CA file holds no certificate", f"give a file with the CA's certificate in PEM ({ca_option})")
    if "Permission denied" in text:
        return Failure("the CA file may not be read", f"check its owner and mode on the machine where the task runs ({ca_option})")
    if "EOF occurred" in text:  # with TLS, a connection that breaks while we write; or a port that closes at the handshake
        return Failure(
            "the connection broke before the answer was complete",
            "try again, and check that this port speaks TLS; the next run observes first",
            arrived=True,
        )
    if "alert" in text.lower():  # TLS 1.3 sends it after the handshake, while the first answer is read
        return Failure(
            CLIENT_REFUSED,
            "check that the certificate comes from a PSCE the server trusts, and that key and certificate belong together",
        )
    return Failure("the TLS connection failed", "check that this port speaks TLS")
