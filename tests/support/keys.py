# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, CSRs and certificates as a collectivité gets them: through the PSCE's folder."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Issued:
    """A client certificate with its key, in files for requests' `cert=`."""

    certificate_file: Path
    key_file: Path

    @property
    def pair(self) -> tuple[str, str]:
        return str(self.certificate_file), str(self.key_file)

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate_file.read_bytes())

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def private_lines(pem: str) -> list[str]:
    """The lines of a key in PEM that nobody else may see: its public half stands in it too, and in every certificate."""
    public = serialization.load_pem_private_key(pem.encode(), None).public_key()
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    lines = [line for line in pem.splitlines() if line and not line.startswith("-----")]
    return [line for line in lines if base64.b64decode(line) not in spki]


def make_csr(siret: str | None, key: PrivateKey | None = None, common_name: str = "fps.exemple") -> tuple[bytes, PrivateKey]:
    """A CSR in PEM, and its key; without SIRET its OU is an ordinary one."""
    key = key or new_key()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Commune d'essai"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"0002 {siret}" if siret else "Stationnement"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return csr.public_bytes(serialization.Encoding.PEM), key


def flipped(content: bytes) -> Iterator[bytes]:
    """The same with one bit flipped: in each byte one."""
    for place in range(len(content)):
        yield content[:place] + bytes([content[place] ^ (1 << place % 8)]) + content[place + 1 :]


def drop(endpoints: dict[str, Any], stem: str, content: bytes) -> Path:
    """Lay a CSR in the PSCE's folder, whole at once."""
    folder = Path(endpoints["psce"]["drop_folder"])
    temporary = folder / f".{stem}.tmp"
    temporary.write_bytes(content)
    return temporary.rename(folder / f"{stem}.csr")


def await_file(path: Path, seconds: float = 20.0) -> Path:
    deadline = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > deadline:
            raise AssertionError(f"{path} did not appear within {seconds} s")
        time.sleep(0.01)
    return path


def get_issued(endpoints: dict[str, Any], folder: Path, siret: str, stem: str | None = None) -> Issued:
    """Make a key and a CSR, drop it, await the certificate (the policy must say `issue: accept`)."""
    stem = stem or f"essai-{siret}"
    content, key = make_csr(siret)
    folder.mkdir(parents=True, exist_ok=True)
    key_file = folder / f"{stem}.key"
    key_file.write_bytes(key_pem(key))
    drop(endpoints, stem, content)
    return Issued(await_file(Path(endpoints["psce"]["pickup_folder"]) / f"{stem}.pem"), key_file)
