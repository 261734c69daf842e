# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and certificates in a folder that the user names, in any form that people have: which private key belongs to which certificate."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...module_utils._pki.certificate import Certificate
from ...module_utils._pki.certificate_files import summarise_certificates
from ...module_utils._pki.leaf import public_bytes
from ...module_utils._pki.parsing import load_bundle, load_key
from ...module_utils._resources.certificate.key_pair import Source
from ...module_utils._store.files import read_file
from ...module_utils.errors import InvalidInput

SUFFIXES = (".pem", ".key", ".crt", ".cer", ".der", ".p7b", ".p12", ".pfx")
OPTION = "keys_folder"


@dataclass(frozen=True)
class KeyFolder:
    """What lies there. sources: by the SHA-256 of the certificate, where it and its private key are. certificates: all of them.

    lonely: files with a private key of which no certificate is there. unreadable: (file, why).
    """

    sources: dict[str, Source] = field(default_factory=dict, repr=False)
    certificates: tuple[Certificate, ...] = ()
    lonely: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _File:
    path: str
    certificates: tuple[Certificate, ...]
    key: Any = field(repr=False)


def read_key_folder(folder: str, passphrase: str | None) -> KeyFolder:
    """passphrase: opens every PKCS#12 and every encrypted key there. Raises InvalidInput where the folder cannot be listed."""
    files, unreadable = [], []
    for path in _paths(folder):
        try:
            files.append(_read(path, passphrase))
        except InvalidInput as error:
            unreadable.append((path, error.message.removeprefix(f"{OPTION}: ")))
    sources: dict[str, Source] = {}
    lonely = []
    for holder in files:
        if holder.key is None:
            continue
        pairs = list(_pairs(holder, files, passphrase))
        lonely += [] if pairs else [holder.path]
        for fingerprint, source in pairs:
            sources.setdefault(fingerprint, source)
    certificates = {certificate.fingerprint: certificate for file in files for certificate in file.certificates}
    return KeyFolder(sources, tuple(certificates.values()), tuple(lonely), tuple(unreadable))


def _paths(folder: str) -> list[str]:
    if not os.path.isdir(folder):
        raise InvalidInput(OPTION, f"{folder} is no folder", "give the folder on the controller that the keys lie in; nothing was sent")
    paths = [Path(place) / name for place, _folders, names in os.walk(folder) for name in names]
    return sorted(str(path) for path in paths if path.suffix.lower() in SUFFIXES and not path.name.startswith("."))


def _read(path: str, passphrase: str | None) -> _File:
    """Raises InvalidInput where neither a certificate nor a key can be read from it."""
    content = read_file(path, OPTION)
    try:
        bundle = load_bundle(content, OPTION, passphrase)
    except InvalidInput:
        return _File(path, (), load_key(content, OPTION, passphrase))
    return _File(path, tuple(summarise_certificates(bundle.certificates, OPTION)), bundle.key)


def _pairs(holder: _File, files: list[_File], passphrase: str | None) -> Iterator[tuple[str, Source]]:
    """(SHA-256 of a certificate of this key, where both are): those of the same file first."""
    public = public_bytes(holder.key.public_key())
    for file in (holder, *(file for file in files if file is not holder)):
        key_path = None if file is holder else holder.path
        for certificate in file.certificates:
            if certificate.public_key == public:
                yield certificate.fingerprint, Source(file.path, key_path, passphrase=passphrase)
