# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate that the user declares, with its key or without: as files where the task runs, or as content that never touches the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..._http.client_certificate import ClientCertificate, ClientCertificateInMemory
from ..._pki.certificate import Certificate
from ..._pki.certificate_files import check_owner, find_leaf_of_key, key_pem, summarise_certificates
from ..._pki.formats import is_plain_key, is_plain_pem
from ..._pki.leaf import find_leaf
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.parsing import load_bundle, load_key
from ..._store.files import read_file
from ...errors import InvalidInput


@dataclass(frozen=True)
class Source:
    """certificate and private_key: paths. certificate_content: bytes in any form that load_bundle reads; private_key_content: PEM.

    passphrase: opens a PKCS#12 or an encrypted key.
    """

    certificate: str | None = None
    private_key: str | None = None
    certificate_content: bytes | None = field(default=None, repr=False)
    private_key_content: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The option that the certificate comes from."""
        return "certificate" if self.certificate else "certificate_content"


@dataclass(frozen=True)
class KeyPair:
    """leaf: the certificate itself. chain: what else the source held. key: its private key, None where it is elsewhere, and client likewise."""

    leaf: Certificate
    chain: tuple[ParsedCertificate, ...]
    key: Any = field(repr=False)
    client: ClientCertificate | None


def read_key_pair(source: Source, siret: str) -> KeyPair:
    """Raises InvalidInput where it cannot be read, or key, certificate and SIRET do not belong together."""
    content = read_file(source.certificate, source.name) if source.certificate else source.certificate_content or b""
    bundle = load_bundle(content, source.name, source.passphrase)
    key, key_content = bundle.key, _key_content(source)
    if key_content:
        key = load_key(key_content, "private_key" if source.private_key else "private_key_content", source.passphrase)
    chain = summarise_certificates(bundle.certificates, source.name)
    if key is None:
        leaf = chain[bundle.certificates.index(find_leaf(bundle.certificates, source.name, siret=siret))]
        check_owner(leaf, siret, source.name)
        return KeyPair(leaf, _without(bundle.certificates, leaf), None, None)
    leaf = find_leaf_of_key(chain, key, siret, source.name)
    client: ClientCertificate
    if source.certificate and source.private_key and _plain(content, key_content, leaf, chain):
        client = ClientCertificate(source.certificate, source.private_key)
    else:
        pem = b"".join(
            certificate.pem for certificate in (leaf, *(authority for authority in chain if authority.fingerprint != leaf.fingerprint))
        )
        client = ClientCertificateInMemory(pem.decode(), key_pem(key).decode())
    return KeyPair(leaf, _without(bundle.certificates, leaf), key, client)


def _key_content(source: Source) -> bytes:
    if source.private_key:
        return read_file(source.private_key, "private_key")
    return (source.private_key_content or "").encode()


def _plain(certificate: bytes, key: bytes, leaf: Certificate, chain: list[Certificate]) -> bool:
    """Whether TLS can read these files as they are: PEM, the leaf first, the key unencrypted."""
    return is_plain_pem(certificate, len(chain)) and is_plain_key(key) and chain[0].fingerprint == leaf.fingerprint


def _without(certificates: tuple[ParsedCertificate, ...], leaf: Certificate) -> tuple[ParsedCertificate, ...]:
    return tuple(certificate for certificate in certificates if certificate.fingerprint != leaf.fingerprint)


def with_key(pair: KeyPair, field: str) -> KeyPair:
    """Raises InvalidInput where the key is not there: nothing can be kept without it."""
    if pair.key is None:
        raise InvalidInput(field, "holds no private key", "give a PKCS#12, or the private key too")
    return pair
