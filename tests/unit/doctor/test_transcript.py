# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The redacted transcript: what leaves and what does not, by value, by name and by form."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.transcript import MOST_BODY, Transcript
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Exchange, Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.profile import Profile
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from ansible_collections.collectivites.antai.plugins.module_utils.redact import Redactor
from tests.support.run_module import profile

KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def told(request: Request, body: Any = None, content_type: str = "application/json", **headers: str) -> str:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(200, {"content-type": content_type} | headers, content, {})
    exchange = Exchange("https://portail/api" + request.path, request, response, None, 0.1, datetime.now(UTC))
    transcript = Transcript(Profile(profile()), Redactor({"password": "canari"}), ["Nadia Fontaine"])
    return json.dumps(transcript.of([("portal", exchange)]), ensure_ascii=False)


GET = Request("GET", "/x")


@pytest.mark.parametrize(
    ("request_", "body", "secret"),
    [
        (Request("GET", "/x", headers={"Authorization": "Bearer abc"}), {}, "abc"),
        (Request("GET", "/x", headers={"X-Api-Key": "abcdef"}), {}, "abcdef"),
        (Request("GET", "/x", headers={"X-Editeur-Cle": "abcdef"}), {}, "abcdef"),
        (Request("GET", "/x", headers={"Cookie": "XSRF-TOKEN=abc"}), {}, "abc"),
        (Request("GET", "/x", query={"courriel": "a.b@c.example"}), {}, "a.b"),
        (Request("GET", "/x/a.b%40c.example"), {}, "a.b"),
        (
            Request("POST", "/x", content=b"client_secret=abcdef&scope=s", headers={"Content-Type": "application/x-www-form-urlencoded"}),
            {},
            "abcdef",
        ),
        (Request("POST", "/x", json={"a": "canari"}), {}, "canari"),
        (GET, {"access_token": "abcdef"}, "abcdef"),
        (GET, {"note": f"voir {JWT}"}, JWT),
        (GET, {"note": KEY}, "MIGH"),
        (GET, {"note": "écrire à nadia@mairie.example"}, "nadia@"),
        (GET, {"note": "Nadia Fontaine a signé"}, "Fontaine"),
        (GET, {"elements": [{"agent": {"nom": "Jean Petit", "courriel": "j"}}, {"vu": "par Jean Petit"}]}, "Petit"),
        (GET, {"document": "A" * 5000}, "AAAAAA"),
        (GET, {"motDePasse": "abcdef", "mot_de_passe": "ghijkl"}, "ghijkl"),
    ],
)
def test_what_does_not_leave(request_: Request, body: Any, secret: str) -> None:
    text = told(request_, body)
    assert secret not in text
    assert "portail/api/x" in text


def test_what_support_needs_leaves() -> None:
    text = told(
        Request("GET", "/espaces/21690123100011", query={"page": 1}), {"compte": {"etat": "ACTIF", "commune": "Lyon"}}, date="today"
    )
    assert all(each in text for each in ('"etat": "ACTIF"', "Lyon", "21690123100011", '"page": 1', "today"))


def test_bodies_are_bounded_and_binary_ones_left_out() -> None:
    assert len(told(GET, {"texte": "un mot " * 5000})) < MOST_BODY + 2000
    assert "<9 bytes of application/pdf>" in told(GET, b"%PDF-1.4\n", "application/pdf")
    assert "<4 bytes of application/json>" in told(GET, b"{\xff\xfe}")
    assert "<p>" in told(GET, b"<p>Bonjour</p>", "text/html; charset=utf-8")


def test_an_error_is_told_too() -> None:
    exchange = Exchange("https://x/a", GET, None, TransportError("https://x: canari"), 0.1, datetime.now(UTC))
    found = Transcript(Profile(profile()), Redactor({"password": "canari"}), []).of([("portal", exchange)])["exchanges"][0]
    assert (found["error"], "response" in found) == ("https://x: ********", False)
