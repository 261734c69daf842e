# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A declared certificate with its key: every form, and whether TLS gets its files or a copy in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import (
    ClientCertificate,
    ClientCertificateInMemory,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.key_pair import Source, read_key_pair
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.certificates import Family, fingerprint_of, pem_of
from tests.support.keys import key_pem, new_key
from tests.support.observed import OTHER, SIRET

FAMILY = Family()
LOCKED = serialization.BestAvailableEncryption(b"canari")
LEAF, ISSUING, KEY = pem_of(FAMILY.leaf), pem_of(FAMILY.issuing), key_pem(FAMILY.key)
DER = FAMILY.leaf.public_bytes(serialization.Encoding.DER)
ENCRYPTED = FAMILY.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, LOCKED)
PFX = pkcs12.serialize_key_and_certificates(None, FAMILY.key, FAMILY.leaf, [FAMILY.issuing], LOCKED)

# id: (content of `certificate`, of `private_key`, whether TLS can take the files as they are)
FILES: dict[str, tuple[bytes, bytes | None, bool]] = {
    "PEM": (LEAF, KEY, True),
    "PEM and its chain": (LEAF + ISSUING, KEY, True),
    "the chain first": (ISSUING + LEAF, KEY, False),
    "DER": (DER, KEY, False),
    "encrypted key": (LEAF, ENCRYPTED, False),
    "key in the same file": (LEAF + KEY, None, False),
    "PKCS#12": (PFX, None, False),
    "PKCS#12, and its key once more": (PFX, KEY, False),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name: str, tmp_path: Path) -> None:
    certificate, key, as_they_are = FILES[name]
    paths = tmp_path / "certificate", tmp_path / "key"
    paths[0].write_bytes(certificate)
    if key:
        paths[1].write_bytes(key)
    pair = read_key_pair(Source(str(paths[0]), str(paths[1]) if key else None, passphrase="canari"), SIRET)
    assert pair.leaf.fingerprint == fingerprint_of(FAMILY.leaf)
    assert pair.key.public_key() == FAMILY.key.public_key()
    if as_they_are:
        assert pair.client == ClientCertificate(str(paths[0]), str(paths[1]))
        return
    assert isinstance(pair.client, ClientCertificateInMemory)
    assert pair.client.certificate.encode() in (LEAF, LEAF + ISSUING), "the leaf first"
    assert pair.client.key.encode() == KEY


@pytest.mark.parametrize(
    "source",
    [
        Source(certificate_content=LEAF, private_key_content=KEY.decode()),
        Source(certificate_content=LEAF, private_key_content=ENCRYPTED.decode(), passphrase="canari"),
        Source(certificate_content=PFX, passphrase="canari"),
    ],
    ids=["PEM", "encrypted", "PKCS#12"],
)
def test_contents(source: Source) -> None:
    pair = read_key_pair(source, SIRET)
    assert isinstance(pair.client, ClientCertificateInMemory)
    assert "PRIVATE KEY" not in repr((source, pair, pair.client)), "nothing shows it by mistake"
    assert "canari" not in repr(source)


def test_without_a_key_there_is_no_client() -> None:
    pair = read_key_pair(Source(certificate_content=ISSUING + LEAF), SIRET)
    assert (pair.leaf.fingerprint, pair.key, pair.client) == (fingerprint_of(FAMILY.leaf), None, None)
    assert [certificate.x509 for certificate in pair.chain] == [FAMILY.issuing]


@pytest.mark.parametrize(
    ("source", "siret", "field", "text"),
    [
        (
            Source(certificate_content=LEAF, private_key_content=key_pem(new_key()).decode()),
            SIRET,
            "certificate_content",
            "matches the private key",
        ),
        (Source(certificate_content=LEAF, private_key_content=KEY.decode()), OTHER, "certificate_content", f"names {SIRET}"),
        (Source(certificate_content=LEAF), OTHER, "certificate_content", f"names {SIRET}"),
        (Source(certificate_content=LEAF, private_key_content=ENCRYPTED.decode()), SIRET, "private_key_content", "encrypted"),
        (Source(certificate_content=LEAF, private_key_content="canari"), SIRET, "private_key_content", "no private key"),
        (Source(certificate_content=PFX, passphrase="faux"), SIRET, "certificate_content", "PKCS#12"),
        (Source(certificate_content=b""), SIRET, "certificate_content", "no certificate"),
        (Source("/none.pem"), SIRET, "certificate", "No such file"),
    ],
)
def test_what_does_not_belong_together(source: Source, siret: str, field: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=text) as caught:
        read_key_pair(source, siret)
    assert caught.value.details["field"] == field
    assert "canari" not in str(caught.value) + caught.value.hint


def test_memory_is_good_as_long_as_it_is_open() -> None:
    client: Any = read_key_pair(Source(certificate_content=LEAF + ISSUING, private_key_content=KEY.decode()), SIRET).client
    with client.files() as (certificate, key):
        for _time in range(2):  # each connection reads it anew
            assert (Path(certificate).read_bytes(), Path(key).read_bytes()) == (LEAF + ISSUING, KEY)
        assert {certificate, key}.isdisjoint(str(each) for each in Path("/tmp").iterdir())
    assert not Path(key).exists() or Path(key).read_bytes() != KEY


def test_a_client_can_be_a_key_of_a_dictionary() -> None:
    one, same = (read_key_pair(Source(certificate_content=PFX, passphrase="canari"), SIRET).client for _time in range(2))
    assert one is not None
    assert {one: 1}[same] == 1  # type: ignore[index]
    assert one != ClientCertificate(one.certificate, one.key), "paths and texts are never taken for each other"
