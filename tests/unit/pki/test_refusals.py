# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read where something of theirs cannot be used, word for word: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import (
    check_owner,
    find_leaf_of_key_pem,
    load_chain,
    load_private_key,
)
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle, load_crl, load_key, load_ocsp
from ansible_collections.collectivites.antai.plugins.module_utils._pki.renewal import RenewalPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import describe_request
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import read_store
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Override, check_overrides
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AntaiError
from tests.support.certificates import pem_of, self_signed
from tests.support.collection import ROOT
from tests.support.keys import key_pem, new_key
from tests.support.observed import OTHER, SIRET

KEY = new_key()
MINE = pem_of(self_signed(KEY, units=(f"0002 {SIRET}",)))
NOBODY = pem_of(self_signed(KEY, units=()))
LOCKED = serialization.BestAvailableEncryption(b"secret")
LOCKED_KEY = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, LOCKED)
EMPTY_PKCS12 = pkcs12.serialize_key_and_certificates(None, KEY, None, None, LOCKED)
PKCS12 = pkcs12.serialize_key_and_certificates(b"x", KEY, self_signed(KEY), None, LOCKED)
P256, UNKNOWN = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f")
STRANGE = self_signed(new_key()).public_bytes(serialization.Encoding.DER).replace(P256, UNKNOWN)
EMPTY_PKCS7 = bytes.fromhex("302506092a864886f70d010702a01830160201013100300b06092a864886f70d010701a0003100")
WHOLE = "give the file as it was delivered, whole"
DELIVERED = "give the file that the PSCE delivered"


def fingerprint(pem: bytes) -> str:
    return load_chain(pem, "x")[0].fingerprint


RIGHT = (
    "the SIRET stands in the subject's OU (0002 ...) or organizationIdentifier: order a certificate for this collectivité, "
    "or declare the right file"
)
FILES: dict[str, tuple[Callable[[], Any], str, str]] = {
    "no certificate": (lambda: load_bundle(b"x", "leaf"), "leaf: this is no certificate that can be read", WHOLE),
    "no PEM inside": (
        lambda: load_bundle(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "leaf"),
        "leaf: this is no certificate that can be read (a block CERTIFICATE)",
        WHOLE,
    ),
    "no certificate in a chain": (lambda: load_chain(b"x", "file"), "file: this is no certificate that can be read", WHOLE),
    "a key of an unknown curve": (
        lambda: load_chain(STRANGE, "file"),
        "file: the key of CN=fps.exemple,O=Essai,C=FR is of a kind that is not known: Curve 1.2.840.10045.3.1.127 is not supported",
        DELIVERED,
    ),
    "PKCS#12, wrong passphrase": (
        lambda: load_bundle(PKCS12, "leaf", "x"),
        "leaf: this passphrase does not open this PKCS#12 (Invalid password or PKCS12 data)",
        "correct the passphrase; or the file is damaged: give it as it was delivered, whole",
    ),
    "PKCS#12, empty": (lambda: load_bundle(EMPTY_PKCS12, "leaf", "secret"), "leaf: this PKCS#12 holds no certificate", DELIVERED),
    "PKCS#7, cut": (
        lambda: load_bundle(pkcs7.serialize_certificates([self_signed(KEY)], serialization.Encoding.DER)[:-1] + b"x", "leaf"),
        "leaf: this is no PKCS#7 with certificates that can be read: Unable to parse PKCS7 data",
        WHOLE,
    ),
    "PKCS#7, empty": (lambda: load_bundle(EMPTY_PKCS7, "leaf"), "leaf: this PKCS#7 holds no certificate", DELIVERED),
    "key, encrypted": (lambda: load_key(LOCKED_KEY, "key"), "key: this private key is encrypted", "declare its passphrase too"),
    "key, wrong passphrase": (
        lambda: load_key(LOCKED_KEY, "key", "x"),
        "key: this passphrase does not open this private key, or the key is damaged",
        "correct the passphrase",
    ),
    "key beside its certificate, encrypted": (
        lambda: load_bundle(MINE + LOCKED_KEY, "both"),
        "both: this private key is encrypted",
        "declare its passphrase too",
    ),
    "no key": (
        lambda: load_private_key(b"x", "store"),
        "store: this is no unencrypted private key in PEM",
        "give the key that the request was made with",
    ),
    "no CRL": (lambda: load_crl(b"x"), "crl: this is no CRL that can be read", WHOLE),
    "no OCSP response": (lambda: load_ocsp(b"x"), "ocsp: this is no OCSP response that can be read", WHOLE),
    "no request": (
        lambda: describe_request(b"x"),
        "the request in the store cannot be read",
        "discard it (state: absent) and order anew",
    ),
    "another's key": (
        lambda: find_leaf_of_key_pem(load_chain(MINE, "x"), key_pem(new_key()), SIRET, "file"),
        "file: no certificate in this file matches the private key",
        "give the certificate that was issued for this request; another request's does not work with this key",
    ),
    "no key for the leaf": (
        lambda: find_leaf_of_key_pem(load_chain(MINE, "x"), b"x", SIRET, "file"),
        "private_key: this is no unencrypted private key in PEM",
        "give the key that the request was made with",
    ),
    "another's certificate": (
        lambda: find_leaf_of_key_pem(load_chain(MINE, "x"), key_pem(KEY), OTHER, "file"),
        f"file: certificate {fingerprint(MINE)[:16]}... names {SIRET}, not {OTHER}",
        RIGHT,
    ),
    "nobody's certificate": (
        lambda: check_owner(load_chain(NOBODY, "x")[0], SIRET, "file"),
        f"file: certificate {fingerprint(NOBODY)[:16]}... names nobody, not {SIRET}",
        RIGHT,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name: str) -> None:
    read, message, hint = FILES[name]
    with pytest.raises(AntaiError) as refused:
        read()
    assert (refused.value.message, refused.value.hint) == (message, hint)


PEM = (ROOT / "tests/data/pki/certigna_services_ca_by_rootca_2015_2033.pem").read_text(encoding="utf-8")
ROOT_PEM = (ROOT / "tests/data/pki/certigna_root_ca_2013.pem").read_text(encoding="utf-8")
NO_CA = load_chain(MINE, "x")[0].subject
NEVER = "valid_from: 2027-01-02 comes after valid_to, 2027-01-01: the entry would never count"
GOOD: dict[str, Any] = {"name": "a", "certificate": PEM, "usage": ["client"], "source": "a test"}


def store(*entries: Any) -> dict[str, Any]:
    return {"version": 1, "entries": list(entries)}


@pytest.mark.parametrize(
    ("entry", "problems"),
    [
        ({"name": "a"}, ["lacks certificate, source, usage"]),
        ({"name": "a", "colour": 1, 2: 3}, ["lacks certificate, source, usage; does not know 2, colour"]),
        (GOOD | {"colour": 1, "age": 2}, ["does not know age, colour"]),
        (GOOD | {"name": "", "source": " "}, ["name, source: must be text"]),
        (GOOD | {"certificate": PEM + ROOT_PEM}, ["certificate: holds 2 certificates"]),
        (GOOD | {"certificate": MINE.decode()}, [f"certificate: {NO_CA} is no CA (basicConstraints); an entry is the CA that issues"]),
        (GOOD | {"valid_from": "2027-01-02", "valid_to": "2027-01-01"}, [NEVER]),
        (GOOD | {"certificate": "x"}, ["certificate: this is no certificate that can be read"]),
        (GOOD | {"policies": "1.2"}, ["policies: is no list"]),
        (GOOD | {"policies": [1.2]}, ["policies: 1.2 is not an OID, in quotes"]),
        (GOOD | {"usage": []}, ["usage: is empty"]),
        (GOOD | {"usage": ["mail"]}, ["usage: 'mail' is not client or server"]),
        (GOOD | {"valid_to": "2026"}, ["valid_to: '2026' is not a day (YYYY-MM-DD)"]),
        (GOOD | {"valid_from": 1}, ["valid_from: 1 is not a day (YYYY-MM-DD)"]),
    ],
)
def test_entries_of_a_trust_store(entry: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(AntaiError) as refused:
        read_store(store(entry), "mine")
    placed = [f"entries[0]: {problem}" for problem in problems]
    assert (refused.value.message, refused.value.hint) == ("mine: " + "; ".join(placed), "correct the trust store")
    assert refused.value.details == {"field": "mine", "problems": placed}


def test_all_problems_of_a_trust_store_at_once() -> None:
    with pytest.raises(AntaiError) as refused:
        read_store(store("x", GOOD, GOOD | {"usage": []}, GOOD, GOOD | {"name": "b"}))
    assert refused.value.message == "trust_store: entries[0]: is no mapping; entries[2]: usage: is empty; the name 'a' is given twice"


@pytest.mark.parametrize("content", [None, [], {"version": 1}, {"version": 2, "entries": []}, {"version": 1, "entries": {}}])
def test_no_trust_store(content: Any) -> None:
    with pytest.raises(AntaiError) as refused:
        read_store(content, "mine")
    assert refused.value.message == "mine: is no trust store: it wants `version: 1` and a list `entries`"
    assert refused.value.hint == "plugins/plugin_utils/_shipped/trust/france.yml is an example"


@pytest.mark.parametrize(
    ("overrides", "message", "hint"),
    [
        ([Override("all", "pass", "x")], "there is no rule 'all'", "name one of: chain, policy"),
        (
            [Override("chain", "pass", " ")],
            "the override of chain has no reason",
            "say why; the reason is shown in every result",
        ),
        ([Override("chain", "fail", "x")], "'fail' is no outcome to override chain with", "choose warn or pass"),
        ([Override("chain", "warn", "x"), Override("chain", "pass", "y")], "rule chain is overridden twice", "declare each rule once"),
    ],
)
def test_overrides(overrides: list[Override], message: str, hint: str) -> None:
    with pytest.raises(AntaiError) as refused:
        check_overrides(overrides, ["policy", "chain"])
    assert (refused.value.message, refused.value.hint) == (f"overrides: {message}", hint)
    with pytest.raises(AntaiError, match=f"^mine: {message}$"):
        check_overrides(overrides, ["policy", "chain"], "mine")


def test_stages_of_renewal() -> None:
    with pytest.raises(AntaiError) as refused:
        RenewalPolicy((7, 30))
    assert refused.value.message == "renewal_days: [7, 30] is no list of stages"
    assert refused.value.hint == "give days before the end, greater than 0, the longest first"
