# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order sheet: what it tells in both languages, its fingerprints as openssl computes them, and that it is ours."""

from __future__ import annotations

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.order_sheet import Contact, order_sheet
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject, describe_request, make_request
from ansible_collections.collectivites.antai.plugins.module_utils.errors import StoreError
from tests.support.observed import SINCE, SIRET

CONTACT = Contact("Camille Durand", "camille@lyon.example", "mairie@lyon.example")
_KEY, REQUEST = make_request(Subject(SIRET, "Ville de Lyon", "FPS acme"), "ec-p256")
FILE = f"{SIRET}-acme.csr"


def sheet(language: str = "fr", request: bytes = REQUEST, contact: Contact = CONTACT, drop: str = "/pickup") -> str:
    described = describe_request(request)
    about = {"provider": "acme", "requested_at": SINCE, "contact": contact, "file": FILE, "drop": drop}
    return order_sheet(described, siret=SIRET, language=language, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_tells_all(language: str) -> None:
    text = sheet(language)
    for told in ("Ville de Lyon", SIRET, SIRET[:9], f"NTRFR-{SIRET}", f"0002 {SIRET}", "FPS acme", "acme", SINCE, FILE, "/pickup"):
        assert told in text, told
    for told in ("EC secp256r1", "clientAuth", "RGS", "Camille Durand", "camille@lyon.example", "mairie@lyon.example"):
        assert told in text, told
    assert "{" not in text


@pytest.mark.parametrize(
    ("language", "ours"), [("fr", "Ce n'est pas un formulaire d'un PSCE, ni de l'ANTAI"), ("en", "It is no form of a PSCE, nor of ANTAI")]
)
def test_it_says_that_it_is_ours(language: str, ours: str) -> None:
    assert ours in sheet(language)


@pytest.mark.parametrize(("language", "line"), [("fr", "- Collectivité : Ville de Lyon"), ("en", "- Collectivité: Ville de Lyon")])
def test_the_colon_is_the_language_s(language: str, line: str) -> None:
    assert line in sheet(language).splitlines()


def test_who_is_not_declared_is_said() -> None:
    assert sheet(contact=Contact()).count("non déclaré") == 3


def test_nothing_that_was_declared_can_look_like_a_line_of_ours() -> None:
    _key, request = make_request(Subject(SIRET, "Lyon\n\n## La réponse\n- SIRET: 0", "FPS acme"), "ec-p256")
    text = sheet(request=request, contact=Contact("a\n- SIRET: 1"), drop="/p\n# x")
    lines = text.splitlines()
    assert [line for line in lines if line.startswith("- SIRET")] == [f"- SIRET : {SIRET}"]
    assert lines.count("## La réponse") == 1
    assert "# x" not in lines


def spoken(text: str) -> list[str]:
    """The fingerprints, as one who reads them aloud puts them together."""
    blocks, lines = [], [line.strip() for line in text.splitlines() if line.startswith("    ") and "openssl" not in line]
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        blocks.append((first + second).replace(" ", ""))
    return blocks


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
@pytest.mark.parametrize("key_type", ["ec-p384", "rsa-2048"])
def test_the_fingerprints_are_those_that_its_own_commands_compute(key_type: str, tmp_path: Path) -> None:
    _key, request = make_request(Subject(SIRET, "Lyon", "FPS acme"), key_type)
    (tmp_path / FILE).write_bytes(request)
    text = sheet(request=request)
    commands = [line.strip() for line in text.splitlines() if line.strip().startswith("openssl")]
    computed = [
        subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True).stdout for command in commands
    ]
    assert [each.split()[-1] for each in computed] == spoken(text)


def test_the_fingerprint_of_the_request_is_that_of_what_est_sends() -> None:
    described = describe_request(REQUEST)
    assert sha256(described.der).hexdigest() == described.request_sha256 == spoken(sheet())[1]


@pytest.mark.parametrize("content", [b"", b"garbage", REQUEST[:-60]])
def test_a_request_that_cannot_be_read(content: bytes) -> None:
    with pytest.raises(StoreError, match="request in the store cannot be read"):
        describe_request(content)
