# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading certificates and keys: whose they are, and which belong together."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import (
    check_owner,
    find_leaf_of_key_pem,
    load_chain,
    load_private_key,
)
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.certificates import FROM, fingerprint_of, pem_of, self_signed
from tests.support.keys import key_pem, new_key
from tests.support.observed import OTHER, SIRET

KEY = new_key()
MINE = self_signed(KEY, units=(f"0002 {SIRET}",))
PEM = pem_of(MINE)
DER = MINE.public_bytes(serialization.Encoding.DER)
P256_OID = bytes.fromhex("2a8648ce3d030107")
UNKNOWN_CURVE = bytes.fromhex("2a8648ce3d0301ff")[:-1] + b"\x7f"
SIREN = SIRET[:9]


def test_a_chain_in_a_pkcs12_opens_with_its_passphrase() -> None:
    content = pkcs12.serialize_key_and_certificates(None, KEY, MINE, None, serialization.BestAvailableEncryption(b"canari"))
    (certificate,) = load_chain(content, "certificate", "canari")
    assert certificate.fingerprint == fingerprint_of(MINE)
    with pytest.raises(InvalidInput):
        load_chain(content, "certificate")


def test_a_certificate_in_a_pkcs12_that_cannot_be_read_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library opens the file, and a certificate in it is malformed."""
    content = pkcs12.serialize_key_and_certificates(None, KEY, MINE, None, serialization.NoEncryption())

    def refuse(_certificate: Any) -> Any:
        raise ValueError("malformed")

    monkeypatch.setattr("ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing.parse_certificate", refuse)
    with pytest.raises(InvalidInput) as caught:
        load_chain(content, "certificate")
    assert caught.value.message == "certificate: this is no certificate that can be read: malformed"


def test_what_else_it_is_known_by() -> None:
    (certificate,) = load_chain(PEM, "certificate")
    assert (certificate.sha1, certificate.serial, certificate.der) == (hashlib.sha1(DER).hexdigest(), f"{MINE.serial_number:x}", DER)


@pytest.mark.parametrize("content", [PEM, DER, b"Bag Attributes\n" + PEM, PEM.replace(b"\n", b"\r\n")], ids=["PEM", "DER", "text", "CRLF"])
def test_forms(content: bytes) -> None:
    (certificate,) = load_chain(content, "certificate")
    assert certificate.fingerprint == fingerprint_of(MINE)
    assert (certificate.not_before, certificate.not_after) == (FROM, FROM + timedelta(days=700))
    assert certificate.subject == f"CN=fps.exemple,OU=0002 {SIRET},O=Essai,C=FR"
    assert certificate.pem == PEM


def test_chain_in_its_order() -> None:
    certificate = self_signed(new_key())
    certificates = load_chain(pem_of(certificate) + PEM, "certificate")
    assert [each.fingerprint for each in certificates] == [fingerprint_of(certificate), fingerprint_of(MINE)]


@pytest.mark.parametrize(
    ("units", "organization_identifier", "named"),
    [
        ((f"0002 {SIRET}",), None, (SIRET,)),
        ((f"0002{SIRET}",), None, (SIRET,)),
        ((f" 0002 {SIRET} ",), None, (SIRET,)),
        ((f"0002 {SIREN}",), None, (SIREN,)),
        ((), f"NTRFR-{SIRET}", (SIRET,)),
        ((), f"NTRFR-{SIREN}", (SIREN,)),
        ((), f"SI:FR-{SIRET}", (SIRET,)),
        ((), f"0002 {SIRET}", (SIRET,)),
        ((), f"0002{SIREN}", (SIREN,)),
        (("Stationnement", f"0002 {SIRET}"), f"NTRFR-{SIREN}", (SIRET, SIREN)),
        ((f"0002 {SIRET}",), f"NTRFR-{SIRET}", (SIRET,)),
        (("Stationnement",), None, ()),
        ((f"0003 {SIRET}",), None, ()),
        ((f"0002 {SIRET}1",), None, ()),
        ((SIRET,), None, ()),
        ((), f"VATFR-83{SIREN}", (SIREN,)),
        ((), f"NTRDE-{SIRET}", ()),
        ((), None, ()),
    ],
)
def test_identifiers(units: tuple[str, ...], organization_identifier: str | None, named: tuple[str, ...]) -> None:
    certificate = self_signed(KEY, units=units, organization_identifier=organization_identifier)
    (certificate,) = load_chain(pem_of(certificate), "certificate")
    assert certificate.identifiers == named


@pytest.mark.parametrize(
    ("units", "siret", "owned"),
    [
        pytest.param((f"0002 {SIRET}",), SIRET, True, id="its SIRET"),
        pytest.param((f"0002 {SIREN}",), SIRET, True, id="its SIREN"),
        pytest.param((f"0002 {SIRET}", f"0002 {SIREN}"), SIRET, True, id="both"),
        pytest.param((f"0002 {SIRET}",), OTHER, False, id="another's"),
        pytest.param((f"0002 {SIREN}00029",), SIRET, False, id="another establishment of its own"),
        pytest.param((f"0002 {SIRET}", f"0002 {OTHER}"), SIRET, False, id="two of them"),
        pytest.param((), SIRET, False, id="nobody"),
    ],
)
def test_owner(units: tuple[str, ...], siret: str, owned: bool) -> None:
    (certificate,) = load_chain(pem_of(self_signed(KEY, units=units)), "certificate")
    assert certificate.names(siret) is owned
    if owned:
        check_owner(certificate, siret, "certificate")
        return
    named = ", ".join(certificate.identifiers) or "nobody"
    with pytest.raises(
        InvalidInput, match=rf"^certificate: certificate {certificate.fingerprint[:16]}\.\.\. names {named}, not {siret}$"
    ) as caught:
        check_owner(certificate, siret, "certificate")
    assert caught.value.details["fingerprint"] == certificate.fingerprint


def test_leaf_is_found_by_its_key() -> None:
    chain = load_chain(pem_of(self_signed(new_key())) + PEM, "certificate")
    assert find_leaf_of_key_pem(chain, key_pem(KEY), SIRET, "certificate") is chain[1]


def test_key_that_does_not_match() -> None:
    with pytest.raises(InvalidInput, match=r"^certificate: no certificate in this file matches the private key$"):
        find_leaf_of_key_pem(load_chain(PEM, "certificate"), key_pem(new_key()), SIRET, "certificate")


def test_leaf_of_another_siret() -> None:
    with pytest.raises(InvalidInput, match=f"names {SIRET}, not {OTHER}$"):
        find_leaf_of_key_pem(load_chain(PEM, "certificate"), key_pem(KEY), OTHER, "certificate")


def encrypted() -> bytes:
    return KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"canari")
    )


def armoured(label: str, der: bytes) -> bytes:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n".encode()


KEY_DER = KEY.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", PEM, encrypted(), key_pem(KEY)[:-40], KEY_DER, armoured("PRIVATE KEY", KEY_DER.replace(P256_OID, UNKNOWN_CURVE))],
    ids=["empty", "garbage", "certificate", "encrypted", "cut short", "DER", "unknown curve"],
)
def test_bad_key(content: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"^private_key: this is no unencrypted private key in PEM$"):
        load_private_key(content, "private_key")


@pytest.mark.parametrize("key", [new_key(), ec.generate_private_key(ec.SECP521R1()), ed25519.Ed25519PrivateKey.generate()])
def test_key(key: Any) -> None:
    assert load_private_key(key_pem(key), "private_key").public_key() == key.public_key()


STRANGE_KEY = f"the key of {MINE.subject.rfc4514_string()} is of a kind that is not known: Curve 1.2.840.10045.3.1.127 is not supported"
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "this is an empty file, no certificate"),
    "garbage": (b"garbage", "this is no certificate that can be read"),
    "cut": (
        DER[:-1],
        f"this is no certificate that can be read: it ends too early: {len(DER)} bytes are announced, {len(DER) - 1} are there",
    ),
    "trailing": (DER + b"x", "its part 2 of 2 (no certificate) cannot be read"),
    "key": (key_pem(KEY), "this is a private key without its certificate, no certificate"),
    "no base64": (PEM.replace(b"MII", b"***", 1), "this is no certificate that can be read (a block CERTIFICATE)"),
    "no end": (PEM[:-30], "a block in this file begins and never ends: it was cut"),
    "unknown curve": (DER.replace(P256_OID, UNKNOWN_CURVE), STRANGE_KEY),
    "unknown curve, PEM": (armoured("CERTIFICATE", DER.replace(P256_OID, UNKNOWN_CURVE)), STRANGE_KEY),
    "second is garbage": (PEM + armoured("CERTIFICATE", b"\0\0\0"), "its part 2 of 2 (block CERTIFICATE) cannot be read"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_certificate(name: str) -> None:
    content, message = BAD[name]
    with pytest.raises(InvalidInput) as refused:
        load_chain(content, "certificate")
    assert refused.value.message == f"certificate: {message}"


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_garbage_is_invalid_input_only(content: bytes) -> None:
    for read in (load_chain, load_private_key):
        with pytest.raises(InvalidInput):
            read(content, "certificate")


@settings(max_examples=500)
@given(st.integers(0, len(DER) - 1), st.integers(1, 255))
def test_a_damaged_certificate_is_read_or_refused(place: int, flip: int) -> None:
    damaged = DER[:place] + bytes([DER[place] ^ flip]) + DER[place + 1 :]
    try:
        load_chain(damaged, "certificate")
    except InvalidInput as error:
        assert error.details["field"] == "certificate"


@settings(max_examples=200)
@given(st.integers(0, len(KEY_DER) - 1), st.integers(1, 255))
def test_a_damaged_key_is_read_or_refused(place: int, flip: int) -> None:
    damaged = KEY_DER[:place] + bytes([KEY_DER[place] ^ flip]) + KEY_DER[place + 1 :]
    try:
        load_private_key(armoured("PRIVATE KEY", damaged), "private_key")
    except InvalidInput as error:
        assert error.details["field"] == "private_key"


def test_a_certificate_is_read_once_and_broken_ones_fail_each_time_under_their_own_name() -> None:
    """A fleet looks at the same ones again and again; another certificate is never taken for it."""
    (first,), (again,) = load_chain(PEM, "certificate"), load_chain(b"# a copy\n" + PEM, "chain")
    assert again is first
    (certificate,) = load_chain(pem_of(self_signed(KEY, units=(f"0002 {OTHER}",))), "certificate")
    assert (certificate.names(OTHER), certificate.names(SIRET), first.names(SIRET)) == (True, False, True)
    broken = b"-----BEGIN CERTIFICATE-----\nTm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"
    for field in ("certificate", "store"):
        with pytest.raises(InvalidInput, match=field):
            load_chain(broken, field)
