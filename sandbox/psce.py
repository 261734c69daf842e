# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PSCE's CA: judges a CSR and issues a machine certificate with the profile of RGS one star (annexes A4 and B1).

The PSCE is ours: nothing it issues is an RGS certificate. Its policy OID lies under 1.3.6.1.4.1.32473, the enterprise
number that RFC 5612 keeps for examples.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from sandbox.ports import Urls
from sandbox.state_paths import NOTICE, StatePaths, write_atomically
from sandbox.tls import key_usage, make_ca, private_pem, public_pem

POLICY_OID = x509.ObjectIdentifier("1.3.6.1.4.1.32473.2017.1.1")
ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
CURVES = ("secp256r1", "secp384r1", "secp521r1")
MINIMUM_RSA_BITS = 2048
RSA_EXPONENT = 65537
LIFE = timedelta(days=730)
ROOT_YEARS, ISSUING_YEARS = 20, 10


class BadRequest(Exception):
    """The CSR is refused; the text says why."""


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class CertificateProfile:
    """What may differ from one certificate to another; `bad_certificates.py` makes them wrong on demand."""

    subject: x509.Name
    key: CertificatePublicKeyTypes
    begin: datetime
    end: datetime
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH
    policy: x509.ObjectIdentifier | None = POLICY_OID


def chain_file(paths: StatePaths) -> Path:
    return paths.psce_ca / "chain.pem"


def ensure_ca(paths: StatePaths, now: datetime) -> None:
    """Root and issuing CA, made once; chain.pem is written last, so its presence means that all is there."""
    if chain_file(paths).exists():
        return
    start = datetime(now.year - 1, 1, 1, tzinfo=UTC)
    root, root_key = make_ca("Bac a sable - PSCE racine", start, datetime(start.year + ROOT_YEARS, 12, 31, tzinfo=UTC), path_length=1)
    end = datetime(start.year + ISSUING_YEARS - 1, 12, 31, tzinfo=UTC)
    issuing, issuing_key = make_ca("Bac a sable - PSCE clients une etoile", start, end, issuer=(root, root_key))
    write_atomically(paths.psce_ca / "root.key", private_pem(root_key))
    write_atomically(paths.psce_ca / "root.pem", public_pem(root))
    write_atomically(paths.psce_ca / "issuing.key", private_pem(issuing_key))
    write_atomically(paths.psce_ca / "issuing.pem", public_pem(issuing))
    write_atomically(chain_file(paths), public_pem(issuing) + public_pem(root))


def trust_store(paths: StatePaths) -> Path:
    return paths.psce_ca / "trust.yml"


def write_trust_store(paths: StatePaths) -> None:
    """The issuing CA as an entry of a trust store of the collection, for demos and tests: who declares it trusts a PSCE that anybody can run."""
    entry = {
        "name": "bac-a-sable",
        "certificate": "issuing.pem",
        "policies": [POLICY_OID.dotted_string],
        "level": "none: the sandbox's PSCE is nobody's",
        "usage": ["client"],
        "source": NOTICE,
    }
    content = yaml.safe_dump({"version": 1, "entries": [entry]}, allow_unicode=True, sort_keys=False)
    write_atomically(trust_store(paths), f"---\n{content}".encode())


def load_authority(paths: StatePaths) -> Authority:
    certificate = x509.load_pem_x509_certificate((paths.psce_ca / "issuing.pem").read_bytes())
    key = serialization.load_pem_private_key((paths.psce_ca / "issuing.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{paths.psce_ca / 'issuing.key'} is not an EC key")
    return Authority(certificate, key)


def identifiers(subject: x509.Name) -> tuple[str, ...]:
    """Every SIREN or SIRET that a subject names: OU `0002 <digits>` and organizationIdentifier `NTRFR-<digits>` (or bare `0002 ...`)."""
    numbers = []
    for attribute in subject:
        if attribute.oid in (NameOID.ORGANIZATIONAL_UNIT_NAME, ORGANIZATION_IDENTIFIER):
            match = re.fullmatch(r"(?:0002 |NTRFR-|SI:FR-)([0-9]{14}|[0-9]{9})", str(attribute.value))
            if match:
                numbers.append(match[1])
    return tuple(dict.fromkeys(numbers))


def read_csr(
    content: bytes, load: Callable[[bytes], x509.CertificateSigningRequest]
) -> tuple[x509.CertificateSigningRequest, tuple[str, ...]]:
    """A CSR, and whom it names; ValueError for all that cannot be read, of which the library has several kinds."""
    try:
        csr = load(content)
        return csr, identifiers(csr.subject)
    except (TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise ValueError(str(error)) from error


def check(csr: x509.CertificateSigningRequest) -> tuple[str, ...]:
    """Who the CSR is for, or BadRequest."""
    try:
        signed = csr.is_signature_valid
        key = csr.public_key()
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError) as error:
        raise BadRequest(f"its key or signature cannot be read: {error}") from error
    if not signed:
        raise BadRequest("its signature does not verify: the key in it is not the key that signed it")
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < MINIMUM_RSA_BITS or key.public_numbers().e != RSA_EXPONENT:
            raise BadRequest(f"weak key: RSA needs at least {MINIMUM_RSA_BITS} bits and the exponent {RSA_EXPONENT}")
    elif not (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES):
        raise BadRequest("unsupported key: RSA (2048 bits or more), or EC on P-256, P-384 or P-521")
    named = identifiers(csr.subject)
    if not any(str(a.value).startswith("0002 ") for a in csr.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)) or not named:
        raise BadRequest('its subject names no SIRET: one OU must read "0002 <SIREN or SIRET>"')
    return named


def profile_for(authority: Authority, csr: x509.CertificateSigningRequest, now: datetime) -> CertificateProfile:
    """As it should be, or BadRequest."""
    check(csr)
    last = authority.certificate.not_valid_after_utc
    if now >= last:
        raise BadRequest(f"the issuing CA of this sandbox ended on {last:%Y-%m-%d}; move its clock back or begin a new state directory")
    return CertificateProfile(csr.subject, csr.public_key(), now, min(now + LIFE, last))


def issue(authority: Authority, profile: CertificateProfile, urls: Urls) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(profile.subject)
        .issuer_name(authority.certificate.subject)
        .public_key(profile.key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(profile.begin)
        .not_valid_after(profile.end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([profile.usage]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(profile.key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .add_extension(_distribution(urls), critical=False)
        .add_extension(_access(urls), critical=False)
    )
    if profile.policy:
        builder = builder.add_extension(x509.CertificatePolicies([x509.PolicyInformation(profile.policy, None)]), critical=False)
    try:
        return builder.sign(authority.key, hashes.SHA256())
    except ValueError as error:
        raise BadRequest(f"its subject cannot be put into a certificate: {error}") from error


def _distribution(urls: Urls) -> x509.CRLDistributionPoints:
    return x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier(urls.crl)], None, None, None)])


def _access(urls: Urls) -> x509.AuthorityInformationAccess:
    places = ((AuthorityInformationAccessOID.OCSP, urls.ocsp), (AuthorityInformationAccessOID.CA_ISSUERS, urls.ca_issuers))
    return x509.AuthorityInformationAccess([x509.AccessDescription(oid, x509.UniformResourceIdentifier(url)) for oid, url in places])
