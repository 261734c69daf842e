# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers know a certificate by, of those that lie here: its SHA-256, its SHA-1, its serial number, or all of it."""

from __future__ import annotations

from typing import Any, Protocol

from .._http.client_certificate import ClientCertificate
from ..errors import InvalidInput

# Other identities than the SHA-256, as records write them before a colon (answers.py).
OTHER_IDENTITIES = ("sha1", "serial")


class KnownCertificate(Protocol):
    """A certificate that has been parsed. fingerprint: SHA-256 of the DER. sha1, serial: lower-case hexadecimal."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def sha1(self) -> str: ...
    @property
    def serial(self) -> str: ...
    @property
    def pem(self) -> bytes: ...
    @property
    def der(self) -> bytes: ...


class CertificateIdentities:
    """The certificates that lie here, by their fingerprints and by the connections that present them."""

    def __init__(self) -> None:
        self._certificates: dict[str, KnownCertificate] = {}
        self._fingerprints: dict[ClientCertificate, str] = {}

    def add(self, certificate: KnownCertificate, client: ClientCertificate | None) -> None:
        self._certificates[certificate.fingerprint] = certificate
        if client:
            self._fingerprints[client] = certificate.fingerprint

    def fingerprint_of(self, client: ClientCertificate) -> str | None:
        return self._fingerprints.get(client)

    def value(self, name: str, fingerprint: str) -> Any:
        """sha1, serial, certificate_pem or certificate_der, by the file that lies here, or by the name under which the server lists it.

        Raises InvalidInput where neither tells.
        """
        certificate = self._certificates.get(fingerprint)
        form, _colon, digits = fingerprint.partition(":")
        if certificate is None and form == name:
            return digits
        if certificate is None:
            raise InvalidInput(
                name, f"of certificate {fingerprint[:16]}... is not known", "the profile needs it: the certificate must lie on this machine"
            )
        if name == "certificate_pem":
            return certificate.pem.decode()
        return certificate.der if name == "certificate_der" else getattr(certificate, name)

    def recognise(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record, or a space, with the SHA-256 of certificates that lie here, whatever the server knows them by."""
        if "certificates" in record:
            return record | {"certificates": [self.recognise(certificate) for certificate in record["certificates"]]}
        identity = record.get("fingerprint")
        if not isinstance(identity, str) or ":" not in identity:
            return record
        fingerprints = {
            f"{form}:{getattr(local, form)}": local.fingerprint for local in self._certificates.values() for form in OTHER_IDENTITIES
        }
        return record | {"fingerprint": fingerprints.get(identity, identity)}
