# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chain completed from what was sent and what is known, in any form that a PSCE sends."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from ansible_collections.collectivites.antai.plugins.module_utils._pki.chain import complete_chain, issued_under
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import parse_loaded
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle, load_key
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.certificates import FROM, Family, pem_of
from tests.support.keys import key_pem, new_key

FAMILY = Family()
LEAF, ISSUING, ROOT = (parse_loaded(each) for each in (FAMILY.leaf, FAMILY.issuing, FAMILY.root))
OTHER = Family()
STRANGER = parse_loaded(OTHER.issuing)
NAMESAKE = parse_loaded(OTHER.root)  # the same name as ROOT, and another key

# id: (given, known, chain)
CHAINS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]] = {
    "nothing": ((), (), ()),
    "the issuer was sent": ((ISSUING,), (), (ISSUING,)),
    "the issuer is known": ((), (ISSUING,), (ISSUING,)),
    "both are known": ((), (ROOT, ISSUING), (ISSUING, ROOT)),
    "sent in any order, with the leaf": ((ROOT, LEAF, ISSUING), (), (ISSUING, ROOT)),
    "sent and known": ((ISSUING,), (ISSUING, ROOT), (ISSUING, ROOT)),
    "a stranger is left out": ((STRANGER,), (ISSUING, NAMESAKE), (ISSUING,)),
    "a gap is not jumped": ((), (ROOT,), ()),
}


@pytest.mark.parametrize("name", CHAINS)
def test_completed(name: str) -> None:
    given, known, chain = CHAINS[name]
    assert complete_chain(LEAF, given, known, FROM) == chain


def test_a_root_alone_ends_it() -> None:
    assert complete_chain(ROOT, (ISSUING,), (ROOT,), FROM) == ()


@pytest.mark.parametrize(
    ("found", "anchors", "sure"),
    [
        ((LEAF, ISSUING), (ROOT,), {LEAF, ISSUING}),
        ((LEAF,), (ROOT,), set()),
        ((LEAF,), (ISSUING,), {LEAF}),
        ((ISSUING, ROOT), (ISSUING,), {ISSUING}),
        ((ISSUING, STRANGER), (ROOT, NAMESAKE), {ISSUING, STRANGER}),
        ((LEAF, ISSUING), (NAMESAKE,), set()),
        ((LEAF, ISSUING), (), set()),
    ],
)
def test_descending(found: tuple[Any, ...], anchors: tuple[Any, ...], sure: set[Any]) -> None:
    assert set(issued_under(found, anchors)) == sure


# Forms

CERTIFICATES = [FAMILY.leaf, FAMILY.issuing, FAMILY.root]
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
LOCKED = serialization.BestAvailableEncryption(b"canari")


def pfx(algorithm: Any = LOCKED) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"x", FAMILY.key, FAMILY.leaf, CERTIFICATES[1:], algorithm)


@pytest.mark.parametrize("encoding", [DER, PEM])
def test_pkcs7(encoding: Any) -> None:
    bundle = load_bundle(pkcs7.serialize_certificates(CERTIFICATES, encoding), "x")
    assert {certificate.x509 for certificate in bundle.certificates} == set(CERTIFICATES)
    assert bundle.key is None


@pytest.mark.parametrize(
    "around", [b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", b"Sujet : CN=FPS\n"], ids=["block", "text"]
)
def test_a_pkcs7_in_armour_is_found_among_other_things(around: bytes) -> None:
    bundle = load_bundle(around + pkcs7.serialize_certificates(CERTIFICATES, PEM) + around, "x")
    assert {certificate.x509 for certificate in bundle.certificates} == set(CERTIFICATES)


# A SEQUENCE in each form of its length (X.690, 8.1.3): of one byte, of one that tells of 1 to 4 more, and indefinite.
OPENINGS = ("30 20", "30 81 20", "30 82 00 20", "30 83 00 00 20", "30 84 00 00 00 20", "30 80")
KINDS = {"PKCS#7 with certificates": "06092a864886f70d010702", "certificate": "3003"}


@pytest.mark.parametrize("what", KINDS)
@pytest.mark.parametrize("opening", OPENINGS)
def test_what_a_file_is_shows_in_its_first_bytes(opening: str, what: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_bundle(bytes.fromhex(opening) + bytes.fromhex(KINDS[what]) + bytes(32), "x")
    assert caught.value.message.startswith(f"x: this is no {what} that can be read")


def test_pkcs12() -> None:
    bundle = load_bundle(pfx(), "x", "canari")
    assert (bundle.certificates[0], set(bundle.certificates)) == (LEAF, {LEAF, ISSUING, ROOT})
    assert bundle.key.public_key() == FAMILY.key.public_key()


P7B = pkcs7.serialize_certificates(CERTIFICATES, DER)


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        (P7B[:-1], None),
        (P7B[:40], None),
        (b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", None),
        (pfx(), None),
        (pfx(), "faux"),
        (pfx()[:-9], "canari"),
        (pkcs12.serialize_key_and_certificates(None, FAMILY.key, None, None, LOCKED), "canari"),
    ],
    ids=["cut", "cut short", "armour", "no passphrase", "wrong passphrase", "PKCS#12 cut", "no certificate"],
)
def test_what_cannot_be_read_is_named(content: bytes, passphrase: str | None) -> None:
    with pytest.raises(InvalidInput, match=r"^field: ") as caught:
        load_bundle(content, "field", passphrase)
    assert "canari" not in str(caught.value)


@pytest.mark.parametrize("place", range(0, len(P7B), 7))
def test_a_damaged_pkcs7_is_read_or_refused(place: int) -> None:
    damaged = P7B[:place] + bytes([P7B[place] ^ 0x11]) + P7B[place + 1 :]
    try:
        load_bundle(damaged, "field")
    except InvalidInput as error:
        assert error.details["field"] == "field"


def test_an_encrypted_key() -> None:
    key = new_key()
    content = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, LOCKED)
    assert load_key(content, "x", "canari").public_key() == key.public_key()
    assert load_key(key_pem(key), "x", "not needed").public_key() == key.public_key()
    for passphrase, text in ((None, "encrypted"), ("", "encrypted"), ("faux", "does not open this private key")):
        with pytest.raises(InvalidInput, match=text):
            load_key(content, "x", passphrase)


def test_an_encrypted_key_beside_its_certificate() -> None:
    locked = FAMILY.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, LOCKED)
    bundle = load_bundle(pem_of(FAMILY.leaf) + locked, "x", "canari")
    assert (bundle.certificates, bundle.key.public_key()) == ((LEAF,), FAMILY.key.public_key())


def test_a_key_is_not_tested_for_being_well_made() -> None:
    """That takes 0.14 s for each RSA key of 3072 bits; what counts is its public half."""
    key = rsa.generate_private_key(65537, 2048)
    numbers = key.private_numbers()
    damaged = rsa.RSAPrivateNumbers(
        numbers.p, numbers.q, numbers.d + 2, numbers.dmp1, numbers.dmq1, numbers.iqmp, numbers.public_numbers
    ).private_key(unsafe_skip_rsa_key_validation=True)
    with pytest.raises(ValueError, match="Invalid private key"):
        serialization.load_pem_private_key(key_pem(damaged), None)
    assert load_key(key_pem(damaged), "x").public_key() == key.public_key()


def test_two_certificates_of_the_same_name_are_not_mixed_up() -> None:
    assert x509.load_pem_x509_certificate(pem_of(OTHER.root)).subject == FAMILY.root.subject
