# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PSCE by EST (RFC 7030): its CA certificates, and a certificate for a request, at once or later.

The same request may be sent again and again: that is how a client asks whether it was decided on (4.2.3), and how a lost answer is settled.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import math
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from .._http.client import HttpClient, Server
from .._http.client_certificate import ClientCertificate
from .._http.messages import Request, Response, retry_after
from .._http.proxy import FROM_ENVIRONMENT, ProxySettings
from .._pki.chain import issued_under
from .._pki.parsed_certificate import ParsedCertificate
from .._pki.parsing import Bundle, load_bundle
from ..errors import AuthenticationFailed, InvalidInput, UnexpectedAnswer
from ..redact import Redactor
from ..text import one_line

# Where a 202 says nothing of when to ask again, which the RFC demands (ours); and the longest that is believed.
USUAL_PAUSE, LONGEST_PAUSE = 3600, 90 * 24 * 3600
REFUSALS = (400, 403, 409, 422)


@dataclass(frozen=True)
class EstService:
    """url: up to `.well-known/est`, or to a label after it. ca_file: signs the server's certificate. By login or by client certificate, or both."""

    url: str
    ca_file: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_certificate: ClientCertificate | None = None
    timeout: float = 30.0
    proxy_settings: ProxySettings = FROM_ENVIRONMENT


@dataclass(frozen=True)
class CertificateIssued:
    certificates: tuple[ParsedCertificate, ...]


@dataclass(frozen=True)
class EnrolmentPending:
    """seconds: not to be asked again before."""

    seconds: int


@dataclass(frozen=True)
class EnrolmentRefused:
    """reason: in the PSCE's words."""

    reason: str


class EstClient:
    """One conversation; counts: where requests are counted, by class of operation."""

    def __init__(self, service: EstService, counts: Counter[str], redactor: Redactor) -> None:
        server = Server(service.url, "est_url", service.ca_file, "antai_est_ca_file", service.timeout, service.proxy_settings)
        self._client = HttpClient(server, client_certificate=service.client_certificate)
        self._counts = counts
        self._redactor = redactor
        self._headers: dict[str, str] = {}
        if service.username:
            basic = base64.b64encode(f"{service.username}:{service.password or ''}".encode()).decode()
            redactor.learn(basic)
            self._headers["Authorization"] = f"Basic {basic}"

    @property
    def clock_offset(self) -> timedelta | None:
        """As HttpClient has it."""
        return self._client.clock_offset

    def close(self) -> None:
        self._client.close()

    def cacerts(self, anchors: tuple[ParsedCertificate, ...]) -> tuple[ParsedCertificate, ...]:
        """The CA certificates of the PSCE; those that come from `anchors`, where there are any. Raises UnexpectedAnswer where none does."""
        response = self._sent("read", Request("GET", "/cacerts"))
        if response.status != 200:
            raise _unexpected("cacerts", response)
        certificates = _certificates(response, "cacerts").certificates
        trusted = issued_under(certificates, anchors) if anchors else certificates
        if not trusted:
            raise UnexpectedAnswer(
                "the PSCE's EST service shows CA certificates of which none comes from psce_ca_file; nothing was sent to it",
                "check est_url and psce_ca_file: this may be another PSCE, or another of its CAs",
                shown=[certificate.named for certificate in certificates],
            )
        return trusted

    def enroll(self, request_der: bytes) -> CertificateIssued | EnrolmentPending | EnrolmentRefused:
        """What the PSCE says to a request. Raises AuthenticationFailed, UnexpectedAnswer and TransportError."""
        body = base64.encodebytes(request_der)
        headers = self._headers | {"Content-Type": "application/pkcs10", "Content-Transfer-Encoding": "base64"}
        began = time.monotonic()
        response = self._sent("write", Request("POST", "/simpleenroll", headers=headers, content=body))
        if response.status == 200:
            return CertificateIssued(_certificates(response, "simpleenroll").certificates)
        if response.status == 202:
            announced = retry_after(response)
            pause = USUAL_PAUSE if announced is None else min(announced, LONGEST_PAUSE)
            return EnrolmentPending(math.ceil(pause + time.monotonic() - began))
        if response.status == 401:
            raise AuthenticationFailed(
                "the PSCE's EST service refuses these credentials",
                "check est_username and est_password, or est_certificate and est_private_key",
                status=401,
            )
        if response.status in REFUSALS:
            return EnrolmentRefused(self._redactor.clean(_reason_of(response)))
        raise _unexpected("simpleenroll", response)

    def _sent(self, kind: str, request: Request) -> Response:
        self._counts[kind] += 1
        return self._client.send(request)


def _certificates(response: Response, operation: str) -> Bundle:
    """Of a certs-only PKCS#7 in base64 (RFC 7030, 4.1.3); one that comes as plain DER is read as well."""
    body = response.body
    with contextlib.suppress(binascii.Error):
        body = base64.b64decode(b"".join(body.split()), validate=True)
    try:
        return load_bundle(body, "answer")
    except InvalidInput as error:
        raise UnexpectedAnswer(
            f"{operation}: the PSCE's EST service answers with something else than certificates (PKCS#7 in base64)",
            "run again; where it stays so, show it to the PSCE. The manual way stays open: lay the certificate in the store",
            content_type=response.content_type,
            size=len(response.body),
        ) from error


def _unexpected(operation: str, response: Response) -> UnexpectedAnswer:
    reason = _reason_of(response)
    hint = (
        "check est_url"
        if 300 <= response.status < 500
        else "the PSCE's service is in trouble: run again later; it is asked with the same request"
    )
    return UnexpectedAnswer(f"{operation}: HTTP {response.status} {reason}".strip(), hint, status=response.status)


def _reason_of(response: Response) -> str:
    """The reason in words, where the body is text: some lines of it."""
    if not response.content_type.startswith("text/plain"):
        return f"HTTP {response.status}"
    return one_line(response.body[:2000].decode("utf-8", "replace")) or f"HTTP {response.status}"
