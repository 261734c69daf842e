# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as people get them (pyca/cryptography 12936; SCEPy 2; go-pkcs12 54), told by what they hold; and what the others are called."""

from __future__ import annotations

import base64
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils._pki.formats import is_plain_key, is_plain_pem
from ansible_collections.collectivites.antai.plugins.module_utils._pki.leaf import find_leaf
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import (
    MAX_CERTIFICATES,
    load_bundle,
    load_crl,
    load_key,
    load_ocsp,
)
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.certificates import FROM, Family, pem_of, self_signed
from tests.support.keys import key_pem, new_key
from tests.support.observed import OTHER, SIRET
from tests.support.psce import OcspSpec, Ours, Spec, make_key

FAMILY = Family()
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
LEAF, ISSUING, ROOT = (each.public_bytes(DER) for each in (FAMILY.leaf, FAMILY.issuing, FAMILY.root))
LEAF_PEM, ROOT_PEM = pem_of(FAMILY.leaf), pem_of(FAMILY.root)
CHAIN = pkcs7.serialize_certificates([FAMILY.root, FAMILY.leaf, FAMILY.issuing], DER)
KEY, KEY_PEM = FAMILY.key, key_pem(FAMILY.key)
FORM = serialization.PrivateFormat
LOCKED = serialization.BestAvailableEncryption(b"canari")


def armour(der: bytes, label: str = "CERTIFICATE") -> bytes:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n".encode()


def one_line(der: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(der) + b"\n-----END CERTIFICATE-----\n"


def as_utf16(text: bytes, codec: str = "utf-16") -> bytes:
    return text.decode().replace("\n", "\r\n").encode(codec)


CERTIFICATES: dict[str, bytes] = {
    "DER, a line end after it": LEAF + b"\r\n",
    "DER, NULs after it": LEAF + bytes(16),
    "base64 without armour": base64.encodebytes(LEAF),
    "base64 in one line": base64.b64encode(LEAF),
    "UTF-8 with a mark, CRLF": b"\xef\xbb\xbf" + LEAF_PEM.replace(b"\n", b"\r\n"),
    "UTF-16 with a mark": as_utf16(LEAF_PEM),
    "UTF-16, little end first": as_utf16(LEAF_PEM, "utf-16-le"),
    "UTF-16, big end first": as_utf16(LEAF_PEM, "utf-16-be"),
    "a TRUSTED CERTIFICATE": armour(LEAF + bytes.fromhex("300c300a06082b06010505070302"), "TRUSTED CERTIFICATE"),
    "an X509 CERTIFICATE": armour(LEAF, "X509 CERTIFICATE"),
    "attributes in Latin-1 before it": b"Bag Attributes\n    friendlyName: L'Ha\xffy\n\n" + LEAF_PEM,
    "in one line": one_line(LEAF),
    "line ends written out": LEAF_PEM.replace(b"\n", b"\\n"),
    "in a JSON text": b'{"certificate": "' + LEAF_PEM.replace(b"\n", b"\\r\\n") + b'"}',
    "indented": b"".join(b"    " + line + b"\n" for line in LEAF_PEM.splitlines()),
    "with parameters of its curve": b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + LEAF_PEM,
    "twice": LEAF_PEM + LEAF_PEM,
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_one_certificate(name: str) -> None:
    (certificate,) = load_bundle(CERTIFICATES[name], "x").certificates
    assert certificate.der == LEAF
    assert certificate.pem == LEAF_PEM
    assert not certificate.oddities


CHAINS: dict[str, bytes] = {
    "PKCS#7": CHAIN,
    "BEGIN PKCS7": armour(CHAIN, "PKCS7"),
    "BEGIN CERTIFICATE, as AD CS does": armour(CHAIN),
    "BEGIN CMS": armour(CHAIN, "CMS"),
    "BEGIN PKCS #7 SIGNED DATA": armour(CHAIN, "PKCS #7 SIGNED DATA"),
    "PKCS#7 in base64": base64.encodebytes(CHAIN),
    "PKCS#7 in UTF-16": as_utf16(armour(CHAIN)),
    "PEM, the root first": ROOT_PEM + pem_of(FAMILY.issuing) + LEAF_PEM,
    "DER, one after the other": ROOT + ISSUING + LEAF,
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_and_its_leaf(name: str) -> None:
    found = load_bundle(CHAINS[name], "x").certificates
    assert {each.der for each in found} == {LEAF, ISSUING, ROOT}
    assert find_leaf(found, "x").der == LEAF
    assert find_leaf(found, "x", KEY).der == LEAF


KEYS: dict[str, bytes] = {
    "PEM": KEY_PEM,
    "PKCS#8, DER": KEY.private_bytes(DER, FORM.PKCS8, serialization.NoEncryption()),
    "SEC 1, DER": KEY.private_bytes(DER, FORM.TraditionalOpenSSL, serialization.NoEncryption()),
    "SEC 1, PEM": KEY.private_bytes(PEM, FORM.TraditionalOpenSSL, serialization.NoEncryption()),
    "PKCS#8 encrypted, DER": KEY.private_bytes(DER, FORM.PKCS8, LOCKED),
    "PKCS#8 encrypted, PEM": KEY.private_bytes(PEM, FORM.PKCS8, LOCKED),
    "encrypted by PEM itself": KEY.private_bytes(PEM, FORM.TraditionalOpenSSL, LOCKED),
    "encrypted by PEM itself, CRLF": KEY.private_bytes(PEM, FORM.TraditionalOpenSSL, LOCKED).replace(b"\n", b"\r\n"),
    "base64": base64.encodebytes(KEY.private_bytes(DER, FORM.PKCS8, serialization.NoEncryption())),
    "UTF-16": as_utf16(KEY_PEM),
    "beside its certificate": LEAF_PEM + KEY_PEM,
    "in a PKCS#12": pkcs12.serialize_key_and_certificates(None, KEY, FAMILY.leaf, None, LOCKED),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys(name: str) -> None:
    assert load_key(KEYS[name], "x", "canari").public_key() == KEY.public_key()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_accents_of_a_passphrase(form: Any, typed: Any) -> None:
    """A Mac writes a letter and its accent, Windows one sign."""
    locked = serialization.BestAvailableEncryption(unicodedata.normalize(form, "Mérignac à l'été").encode())
    passphrase = unicodedata.normalize(typed, "Mérignac à l'été")
    bundle = load_bundle(pkcs12.serialize_key_and_certificates(None, KEY, FAMILY.leaf, [FAMILY.issuing], locked), "x", passphrase)
    assert {certificate.der for certificate in bundle.certificates} == {LEAF, ISSUING}
    assert load_key(KEY.private_bytes(PEM, FORM.PKCS8, locked), "x", passphrase).public_key() == KEY.public_key()


def crl_der() -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(FAMILY.issuing.subject)
    builder = builder.last_update(FROM).next_update(FROM + timedelta(days=1))
    return builder.sign(new_key(), hashes.SHA256()).public_bytes(DER)


CRL = crl_der()
CRL_PEM = armour(CRL, "X509 CRL")
CRLS: dict[str, bytes] = {
    "DER": CRL,
    "DER, a line end after it": CRL + b"\n",
    "PEM": CRL_PEM,
    "text before it": b"Certificate Revocation List (CRL):\n        Version 2 (0x1)\n    Issuer: C=FR\n" + CRL_PEM,
    "UTF-8 with a mark, CRLF": b"\xef\xbb\xbf" + CRL_PEM.replace(b"\n", b"\r\n"),
    "UTF-16": as_utf16(CRL_PEM),
    "base64": base64.encodebytes(CRL),
    "another label": armour(CRL, "CRL"),
}


@pytest.mark.parametrize("name", CRLS)
def test_crls(name: str) -> None:
    assert load_crl(CRLS[name]).x509.public_bytes(DER) == CRL


REQUEST = x509.CertificateSigningRequestBuilder().subject_name(FAMILY.leaf.subject).sign(KEY, hashes.SHA256())
PUBLIC = KEY.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
MACHINE = Spec((("CN", "FPS"),), "ec-p256-x")
RESPONSE = Ours().ocsp(OcspSpec(7, MACHINE))
HTML = b"<!DOCTYPE html>\n<html><body>Service indisponible</body></html>"
NO_CERTIFICATE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "this is an empty file, no certificate"),
    "blanks": (b" \r\n\0", "this is a file of blanks, no certificate"),
    "a JKS": (bytes.fromhex("feedfeed00000002") + bytes(20), "this is a Java keystore (JKS), no certificate"),
    "a JCEKS": (bytes.fromhex("cececece00000002") + bytes(20), "this is a Java keystore (JCEKS), no certificate"),
    "a ZIP": (b"PK\x03\x04" + bytes(30), "this is a ZIP archive (or an office document), no certificate"),
    "a gzip": (b"\x1f\x8b\x08" + bytes(30), "this is a gzip archive, no certificate"),
    "a PDF": (b"%PDF-1.7\n", "this is a PDF, no certificate"),
    "a message of Outlook": (b"\xd0\xcf\x11\xe0" + bytes(8), "this is a message of Outlook (.msg) or an old office document, no certificate"),
    "HTML": (HTML, "this is an HTML page, such as an error page of a server, no certificate"),
    "XML": (b'<?xml version="1.0"?><a/>', "this is an XML file, no certificate"),
    "JSON": (b'{"error": 404}', "this is a JSON file, no certificate"),
    "an e-mail": (b"Subject: votre certificat\r\nMIME-Version: 1.0\r\n\r\n", "this is an e-mail, no certificate"),
    "a request": (REQUEST.public_bytes(PEM), "this is a certificate signing request (CSR), which goes to the PSCE, no certificate"),
    "a request in DER": (REQUEST.public_bytes(DER), "this is a certificate signing request (CSR), which goes to the PSCE, no certificate"),
    "a key": (KEY_PEM, "this is a private key without its certificate, no certificate"),
    "an encrypted key": (KEYS["PKCS#8 encrypted, PEM"], "this is an encrypted private key without its certificate, no certificate"),
    "a key encrypted by PEM": (KEYS["encrypted by PEM itself"], "this is an encrypted private key without its certificate, no certificate"),
    "a public key": (PUBLIC, "this is a public key, no certificate"),
    "a CRL": (CRL, "this is a list of revoked certificates (CRL), no certificate"),
    "an OCSP response": (RESPONSE, "this is an OCSP response, no certificate"),
    "a key of OpenSSH": (
        KEY.private_bytes(PEM, FORM.OpenSSH, serialization.NoEncryption()),
        "this is a private key of OpenSSH, no certificate",
    ),
    "a public key of SSH": (b"ecdsa-sha2-nistp256 AAAA mairie", "this is a public key of SSH, no certificate"),
    "a key of PuTTY": (b"PuTTY-User-Key-File-3: ecdsa", "this is a key of PuTTY (.ppk), no certificate"),
    "OpenPGP": (
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n",
        "this is a key or message of OpenPGP, no certificate",
    ),
    "anything": (b"bonjour", "this is no certificate that can be read"),
    "cut DER": (LEAF[:-9], f"this is no certificate that can be read: it ends too early: {len(LEAF)} bytes are announced, {len(LEAF) - 9} are there"),
    "cut PEM": (LEAF_PEM + ROOT_PEM[:-30], "a block in this file begins and never ends: it was cut"),
    "damaged after a good one": (LEAF_PEM + armour(b"x"), "its part 2 of 2 (block CERTIFICATE) cannot be read"),
    "something after DER": (LEAF + b"x", "its part 2 of 2 (no certificate) cannot be read"),
    "two keys": (LEAF_PEM + KEY_PEM + key_pem(new_key()), "this file holds 2 private keys"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_CERTIFICATE)
def test_what_is_no_certificate_is_named(name: str) -> None:
    content, message = NO_CERTIFICATE[name]
    with pytest.raises(InvalidInput) as refused:
        load_bundle(content, "x")
    assert refused.value.message == f"x: {message}"
    assert refused.value.hint


def test_an_encrypted_message_is_named() -> None:
    recipient = x509.load_der_x509_certificate(Ours().certificate(replace(MACHINE, key="rsa-2048-x"), replace(MACHINE, key="rsa-2048-x")))
    content = pkcs7.PKCS7EnvelopeBuilder().set_data(b"x").add_recipient(recipient).encrypt(DER, [pkcs7.PKCS7Options.Binary])
    with pytest.raises(InvalidInput, match="encrypted message"):
        load_bundle(content, "x")


@pytest.mark.parametrize(
    ("load", "content", "message"),
    [
        (load_crl, HTML, "this is an HTML page, such as an error page of a server, no CRL"),
        (load_crl, LEAF, "this is a certificate, no CRL"),
        (load_crl, CRL_PEM + CRL_PEM, "this file holds 2 of them"),
        (load_ocsp, HTML, "this is an HTML page, such as an error page of a server, no OCSP response"),
        (load_ocsp, CRL, "this is a list of revoked certificates (CRL), no OCSP response"),
        (load_key, LEAF, "this is a certificate, no private key"),
        (load_key, REQUEST.public_bytes(PEM), "this is a certificate signing request (CSR), which goes to the PSCE, no private key"),
        (load_key, KEY_PEM + key_pem(new_key()), "this file holds 2 private keys"),
    ],
)
def test_one_thing_given_for_another(load: Any, content: bytes, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load(content, "x")
    assert refused.value.message == f"x: {message}"


def test_over_the_most_is_an_error_and_no_cut() -> None:
    """A chain that is cut in silence lacks its issuer: the verdict would be about nobody's certificate."""
    many = [self_signed(new_key()) for _ in range(MAX_CERTIFICATES + 1)]
    pem = b"".join(map(pem_of, many))
    for content in (pem, pkcs7.serialize_certificates(many, DER)):
        with pytest.raises(InvalidInput, match="holds 21 certificates; at most 20 are read"):
            load_bundle(content, "x")
        assert len(load_bundle(content, "x", most=21).certificates) == 21
    assert len(load_bundle(b"".join(map(pem_of, many[1:])), "x").certificates) == MAX_CERTIFICATES


def test_of_several_leaves_the_key_or_the_siret_says_which() -> None:
    other_key = new_key()
    mine, other = FAMILY.leaf, FAMILY.issue(other_key, OTHER)
    found = load_bundle(b"".join(map(pem_of, (FAMILY.root, other, mine, FAMILY.issuing))), "x").certificates
    assert find_leaf(found, "x", other_key).der == other.public_bytes(DER)
    assert find_leaf(found, "x", siret=SIRET).der == LEAF
    assert find_leaf(found, "x", siret=OTHER).der == other.public_bytes(DER)
    with pytest.raises(InvalidInput, match="2 certificates of which none issued another") as refused:
        find_leaf(found, "x")
    assert SIRET in refused.value.message
    with pytest.raises(InvalidInput, match="2 certificates of which none"):
        find_leaf(load_bundle(LEAF_PEM + pem_of(FAMILY.issue(other_key)), "x").certificates, "x", siret=SIRET)


def test_of_several_of_one_key_the_newest_counts() -> None:
    old, later = (
        x509.load_der_x509_certificate(Ours().certificate(replace(MACHINE, not_before=FROM + timedelta(days=day)), MACHINE))
        for day in (0, 1)
    )
    found = load_bundle(pem_of(old) + pem_of(later), "x").certificates
    assert find_leaf(found, "x", make_key(MACHINE.key)).der == later.public_bytes(DER)


def test_a_ca_alone_is_taken_for_what_is_asked_about() -> None:
    (certificate,) = load_bundle(ROOT_PEM, "x").certificates
    assert find_leaf((certificate,), "x", new_key()) == certificate


@pytest.mark.parametrize("name", sorted(set(CERTIFICATES) - {"attributes in Latin-1 before it", "with parameters of its curve", "twice"}))
def test_tls_does_not_get_the_odd_ones(name: str) -> None:
    assert not is_plain_pem(CERTIFICATES[name], 1)


def test_tls_gets_the_usual_ones() -> None:
    assert is_plain_pem(LEAF_PEM + ROOT_PEM, 2)
    assert is_plain_pem(LEAF_PEM.replace(b"\n", b"\r\n"), 1)
    assert not is_plain_pem(LEAF_PEM + armour(ROOT, "TRUSTED CERTIFICATE"), 2)
    assert is_plain_key(KEY_PEM)
    for name in set(KEYS) - {"PEM", "SEC 1, PEM", "beside its certificate"}:
        assert not is_plain_key(KEYS[name]), name


def test_a_ca_with_an_unknown_key_does_not_refuse_its_file() -> None:
    """A PSCE's new root may have a key that this library does not know; the certificate itself is none the worse for it."""
    curve, unknown = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f")
    strange = ROOT.replace(curve, unknown)
    leaf, ca = load_chain(LEAF_PEM + armour(strange), "x")
    assert (leaf.public_key != b"", ca.public_key) == (True, b"")
