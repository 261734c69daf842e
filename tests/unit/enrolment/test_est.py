# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an EST service may answer, without a network; over TLS it is tests/integration/test_est.py."""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7

from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.est import (
    LONGEST_PAUSE,
    USUAL_PAUSE,
    CertificateIssued,
    EnrolmentPending,
    EnrolmentRefused,
    EstClient,
    EstService,
)
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import parse_loaded
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AuthenticationFailed, UnexpectedAnswer
from ansible_collections.collectivites.antai.plugins.module_utils.redact import HIDDEN, Redactor
from tests.support.certificates import Family

FAMILY = Family()
DER = pkcs7.serialize_certificates([FAMILY.leaf, FAMILY.issuing], serialization.Encoding.DER)
CERTIFICATES = {FAMILY.leaf, FAMILY.issuing}


def client(response: Response, redactor: Redactor | None = None) -> tuple[EstClient, list[Request], Counter[str]]:
    counts: Counter[str] = Counter()
    made = EstClient(EstService("https://psce.example/.well-known/est", username="lyon", password="canari"), counts, redactor or Redactor())
    sent: list[Request] = []

    def send(request: Request) -> Response:
        sent.append(request)
        return response

    made._client.send = send  # type: ignore[method-assign]
    return made, sent, counts


def answer(status: int, body: bytes = b"", kind: str = "text/plain; charset=utf-8", **headers: str) -> Response:
    return Response(status, {"content-type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}, body, {})


def enrolled(response: Response) -> Any:
    return client(response)[0].enroll(b"der")


@pytest.mark.parametrize("body", [base64.encodebytes(DER), base64.b64encode(DER), base64.encodebytes(DER).replace(b"\n", b"\r\n"), DER])
def test_enrolled(body: bytes) -> None:
    outcome = enrolled(answer(200, body, "application/pkcs7-mime"))
    assert isinstance(outcome, CertificateIssued)
    assert {certificate.x509 for certificate in outcome.certificates} == CERTIFICATES


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "3600"}, 3600),
        ({"retry_after": "0"}, 0),
        ({}, USUAL_PAUSE),
        ({"retry_after": "bientôt"}, USUAL_PAUSE),
        ({"retry_after": "9" * 40}, LONGEST_PAUSE),
        ({"retry_after": "Mon, 02 Mar 2026 10:10:00 GMT", "date": "Mon, 02 Mar 2026 10:00:00 GMT"}, 600),
    ],
)
def test_later_never_asks_too_early(headers: dict[str, str], seconds: int) -> None:
    outcome = enrolled(answer(202, **headers))
    assert isinstance(outcome, EnrolmentPending)
    assert outcome.seconds in (seconds, seconds + 1), "what the answer took is added, rounded up"


@pytest.mark.parametrize("status", [400, 403, 409, 422])
@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"  trop\ncourt ", "text/plain", "trop court"),
        (b"<html>", "text/html", "HTTP {}"),
        (b"", "text/plain", "HTTP {}"),
        (b"\xff" * 5000, "text/plain", "\ufffd" * 400 + "... (2000 characters)"),
        ("\x1b[2Jtout va bien\u202e".encode(), "text/plain", "\\x1b[2Jtout va bien\\u202e"),
    ],
)
def test_refused_in_the_words_of_the_psce(status: int, body: bytes, kind: str, reason: str) -> None:
    assert enrolled(answer(status, body, kind)) == EnrolmentRefused(reason.format(status))


@pytest.mark.parametrize(
    ("response", "kind", "text"),
    [
        (answer(401), AuthenticationFailed, "est_password"),
        (answer(404), UnexpectedAnswer, "est_url"),
        (answer(301), UnexpectedAnswer, "est_url"),
        (answer(500, b"boum"), UnexpectedAnswer, "HTTP 500 boum"),
        (answer(503), UnexpectedAnswer, "run again later"),
        (answer(200), UnexpectedAnswer, "something else than certificates"),
        (answer(200, b"<html>ok</html>", "text/html"), UnexpectedAnswer, "something else than certificates"),
        (answer(200, base64.b64encode(DER[:-3])), UnexpectedAnswer, "something else than certificates"),
        (answer(204), UnexpectedAnswer, "HTTP 204"),
    ],
)
def test_other_answers_are_typed_errors(response: Response, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind) as caught:
        enrolled(response)
    assert text in caught.value.sentence  # type: ignore[attr-defined]


def test_what_is_sent() -> None:
    redactor = Redactor()
    made, (sent), counts = client(answer(202), redactor)
    made.enroll(b"der")
    (request,) = sent
    assert (request.method, request.path, base64.b64decode(request.content or b"")) == ("POST", "/simpleenroll", b"der")
    assert request.headers["Content-Type"] == "application/pkcs10"
    assert base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")) == b"lyon:canari"
    assert redactor.clean(request.headers["Authorization"]) == f"Basic {HIDDEN}"
    assert dict(counts) == {"write": 1}


def test_credentials_are_not_sent_for_what_is_public() -> None:
    made, sent, counts = client(answer(200, base64.encodebytes(DER)))
    made.cacerts(())
    assert (sent[0].headers, dict(counts)) == ({}, {"read": 1})


def test_cacerts_come_from_what_is_declared() -> None:
    made = client(answer(200, base64.encodebytes(DER)))[0]
    root, issuing, leaf = (parse_loaded(each) for each in (FAMILY.root, FAMILY.issuing, FAMILY.leaf))
    assert set(made.cacerts(())) == set(made.cacerts((root,))) == {issuing, leaf}
    assert set(made.cacerts((leaf,))) == {leaf}
    with pytest.raises(UnexpectedAnswer, match="none comes from psce_ca_file"):
        made.cacerts((parse_loaded(Family().root),))


@pytest.mark.parametrize("status", [202, 401, 404, 500])
def test_cacerts_that_are_not_there(status: int) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"cacerts: HTTP {status}"):
        client(answer(status))[0].cacerts(())
