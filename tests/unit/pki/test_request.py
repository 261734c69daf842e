# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for certificates: key types and the subject."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from ansible_collections.collectivites.antai.plugins.module_utils._options.choices import DEFAULT_KEY_TYPE
from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import identifiers
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import (
    KEY_TYPES,
    RequestDescription,
    Subject,
    describe_request,
    make_request,
)
from ansible_collections.collectivites.antai.plugins.module_utils.errors import StoreError
from tests.support.collection import ROOT
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


ABBREVIATIONS = {"CC": "Communauté de communes", "CA": "Communauté d'agglomération", "CU": "Communauté urbaine"}


def official_name(name: str) -> str:
    """The shipped table abbreviates what the name of an EPCI begins with."""
    first, _, rest = name.partition(" ")
    return f"{ABBREVIATIONS[first]} {rest}" if first in ABBREVIATIONS else name


def epci_names() -> list[str]:
    rows = [
        line.split(";")
        for line in (ROOT / "plugins/plugin_utils/_shipped/reference/collectivites.csv").read_text(encoding="utf-8").splitlines()
    ]
    return [official_name(name) for _siren, name, departement in rows if not departement]


def test_the_bound_counts_characters_and_not_bytes() -> None:
    """X.520 counts characters. Of the 1,255 EPCI, 19 were refused for their accents; 29 are truly too long."""
    names = epci_names()
    accented = [name for name in names if len(name) <= 64 < len(name.encode())]
    assert (len(names), len(accented), sum(len(name) > 64 for name in names)) == (1255, 19, 29)
    for name in accented:
        request = x509.load_pem_x509_csr(make_request(Subject(SIRET, name, "FPS acme"), "ec-p256")[1])
        (organization,) = request.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        assert organization.value == name
        assert request.is_signature_valid


def test_no_key_is_made_twice() -> None:
    assert make_request(SUBJECT, "ec-p256")[0] != make_request(SUBJECT, "ec-p256")[0]


@pytest.mark.parametrize(("key_type", "said"), [("ec-p384", "EC secp384r1"), ("rsa-2048", "RSA 2048")])
def test_what_a_request_says(key_type: str, said: str) -> None:
    _key, pem = make_request(SUBJECT, key_type)
    request = x509.load_pem_x509_csr(pem)
    der = request.public_bytes(Encoding.DER)
    spki = request.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert describe_request(pem) == RequestDescription(
        der,
        (("C", "FR"), ("O", "Commune d'Évry"), ("OU", f"0002 {SIRET}"), ("organizationIdentifier", f"NTRFR-{SIRET}"), ("CN", "FPS acme")),
        said,
        sha256(der).hexdigest(),
        sha256(spki).hexdigest(),
    )


def test_a_request_made_elsewhere_may_name_more() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.LOCALITY_NAME, "Évry"), x509.NameAttribute(NameOID.COMMON_NAME, "FPS")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(ec.generate_private_key(ec.SECP256R1()), SHA256())
    assert describe_request(request.public_bytes(Encoding.PEM)).subject == (("2.5.4.7", "Évry"), ("CN", "FPS"))


def test_a_request_that_cannot_be_read() -> None:
    with pytest.raises(StoreError) as caught:
        describe_request(b"x")
    assert (caught.value.message, caught.value.hint) == (
        "the request in the store cannot be read",
        "discard it (state: absent) and order anew",
    )
