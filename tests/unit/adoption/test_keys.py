# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which private key of a folder belongs to which certificate, and that a pair in the store is never replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from ansible_collections.collectivites.antai.plugins.plugin_utils._adoption.keys import read_key_folder
from tests.support.certificates import fingerprint_of, pem_of, self_signed
from tests.support.keys import key_pem, new_key

SIRET = "21810004800014"


def made() -> tuple[Any, Any]:
    key = new_key()
    return key, self_signed(key, units=(f"0002 {SIRET}",))


def lay(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_key_and_certificate_in_one_file(tmp_path: Path) -> None:
    key, leaf = made()
    path = lay(tmp_path, "sub/both.pem", key_pem(key) + pem_of(leaf))
    pairs = read_key_folder(str(tmp_path), None)
    assert [(name, source.certificate, source.private_key) for name, source in pairs.sources.items()] == [
        (fingerprint_of(leaf), str(path), None)
    ]


def test_in_files_of_their_own_whatever_their_names(tmp_path: Path) -> None:
    (key, leaf), (other_key, other) = made(), made()
    lay(tmp_path, "a.crt", pem_of(leaf) + pem_of(other))
    lay(tmp_path, "z.key", key_pem(key))
    lay(tmp_path, "b.key", key_pem(other_key))
    pairs = read_key_folder(str(tmp_path), None).sources
    assert {name: Path(source.private_key or "").name for name, source in pairs.items()} == {
        fingerprint_of(leaf): "z.key",
        fingerprint_of(other): "b.key",
    }


def test_a_pkcs12_with_its_passphrase_and_without(tmp_path: Path) -> None:
    key, leaf = made()
    lay(tmp_path, "pair.p12", serialize_key_and_certificates(b"", key, leaf, None, BestAvailableEncryption(b"secret-p12")))
    assert list(read_key_folder(str(tmp_path), "secret-p12").sources) == [fingerprint_of(leaf)]
    locked = read_key_folder(str(tmp_path), None)
    assert (locked.sources, [Path(path).name for path, _why in locked.unreadable]) == ({}, ["pair.p12"])
    assert "secret-p12" not in str(locked) and "PRIVATE KEY" not in str(locked)


def test_a_locked_key_beside_its_certificate(tmp_path: Path) -> None:
    key, leaf = made()
    lay(tmp_path, "leaf.pem", pem_of(leaf))
    lay(tmp_path, "leaf.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret-key")))
    assert list(read_key_folder(str(tmp_path), "secret-key").sources) == [fingerprint_of(leaf)]


def test_what_belongs_to_nothing_is_named(tmp_path: Path) -> None:
    key, leaf = made()
    lonely = lay(tmp_path, "lonely.key", key_pem(new_key()))
    lay(tmp_path, "leaf.der", leaf.public_bytes(Encoding.DER))
    lay(tmp_path, "key.der", key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    broken = lay(tmp_path, "broken.pem", b"nothing")
    lay(tmp_path, "notes.txt", b"not looked at")
    pairs = read_key_folder(str(tmp_path), None)
    assert list(pairs.sources) == [fingerprint_of(leaf)]
    assert (pairs.lonely, [path for path, _why in pairs.unreadable]) == ((str(lonely),), [str(broken)])
    assert [certificate_there.fingerprint for certificate_there in pairs.certificates] == [fingerprint_of(leaf)]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is no folder"):
        read_key_folder(str(tmp_path / "nowhere"), None)
