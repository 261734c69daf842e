# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for certificates: key types and the subject."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from ansible_collections.collectivites.antai.plugins.module_utils.pki.certificate import identifiers
from ansible_collections.collectivites.antai.plugins.module_utils.pki.request import DEFAULT_KEY_TYPE, KEY_TYPES, Subject, make_request
from tests.support.observed import SIRET

SUBJECT = Subject(SIRET, "Commune d'Évry", "FPS acme")
KINDS = {
    "rsa-2048": (rsa.RSAPrivateKey, 2048),
    "rsa-3072": (rsa.RSAPrivateKey, 3072),
    "rsa-4096": (rsa.RSAPrivateKey, 4096),
    "ec-p256": (ec.EllipticCurvePrivateKey, 256),
    "ec-p384": (ec.EllipticCurvePrivateKey, 384),
    "ec-p521": (ec.EllipticCurvePrivateKey, 521),
}


def test_every_key_type_is_tested() -> None:
    assert set(KINDS) == set(KEY_TYPES)
    assert DEFAULT_KEY_TYPE == "rsa-3072"


@pytest.mark.parametrize("key_type", KINDS)
def test_key_and_request(key_type: str) -> None:
    key_pem, request_pem = make_request(SUBJECT, key_type)
    kind, size = KINDS[key_type]
    key, request = load_pem_private_key(key_pem, None), x509.load_pem_x509_csr(request_pem)
    assert isinstance(key, kind)
    assert key.key_size == size
    assert key_pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert request.is_signature_valid
    assert request.public_key() == key.public_key()
    assert request.signature_hash_algorithm is not None
    assert request.signature_hash_algorithm.name == "sha256"
    if isinstance(key, rsa.RSAPrivateKey):
        assert key.public_key().public_numbers().e == 65537


def test_subject() -> None:
    request = x509.load_pem_x509_csr(make_request(SUBJECT, "ec-p256")[1])
    assert [(attribute.oid, attribute.value) for attribute in request.subject] == [
        (NameOID.COUNTRY_NAME, "FR"),
        (NameOID.ORGANIZATION_NAME, "Commune d'Évry"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, f"0002 {SIRET}"),
        (NameOID.ORGANIZATION_IDENTIFIER, f"NTRFR-{SIRET}"),
        (NameOID.COMMON_NAME, "FPS acme"),
    ]
    assert len(request.extensions) == 0
    assert identifiers(request.subject) == [SIRET]


def test_no_key_is_made_twice() -> None:
    assert make_request(SUBJECT, "ec-p256")[0] != make_request(SUBJECT, "ec-p256")[0]
