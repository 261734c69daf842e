# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PSCE for tests: certificates, CRLs and OCSP responses of any kind, right and wrong, described once and made by two independent programs.

`Ours` builds them with cryptography, `Certomancer` (certomancer_psce.py) with certomancer and asn1crypto: a misreading of ours does not hide in both.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from ipaddress import ip_address
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from tests.support.certificates import Validity, build_certificate, x509_name
from tests.support.malformed import make_malformed

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HASHES = {"sha1": hashes.SHA1(), "sha224": hashes.SHA224(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
EKUS = {
    "client": (ExtendedKeyUsageOID.CLIENT_AUTH, "client_auth"),
    "server": (ExtendedKeyUsageOID.SERVER_AUTH, "server_auth"),
    "email": (ExtendedKeyUsageOID.EMAIL_PROTECTION, "email_protection"),
    "ocsp": (ExtendedKeyUsageOID.OCSP_SIGNING, "ocsp_signing"),
    "any": (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE, "any_extended_key_usage"),
}
# Names of cryptography, then of asn1crypto.
USAGES = {
    "digital_signature": "digital_signature",
    "content_commitment": "non_repudiation",
    "key_encipherment": "key_encipherment",
    "data_encipherment": "data_encipherment",
    "key_agreement": "key_agreement",
    "key_cert_sign": "key_cert_sign",
    "crl_sign": "crl_sign",
}

Names = tuple[tuple[str, str], ...]
Key = Any


@dataclass(frozen=True)
class Spec:
    """A certificate to be made. key: name of a key (see make_key). None leaves an extension out. extra: (OID, critical, DER).

    oddity: one of malformed.ODDITIES. authority_key: the DER of another AuthorityKeyIdentifier than the issuer's (cryptography only).
    """

    subject: Names
    key: str
    not_before: datetime = NOW - timedelta(days=30)
    not_after: datetime = NOW + timedelta(days=700)
    hash: str = "sha256"
    serial: int = 4096
    key_usage: tuple[str, ...] | None = ("digital_signature",)
    key_usage_critical: bool = True
    eku: tuple[str, ...] | None = ("client",)
    eku_critical: bool = False
    ca: bool | None = False
    path_length: int | None = None
    policies: tuple[str, ...] = ()
    san: tuple[str, ...] = ()
    crl_point: str | None = None
    ocsp_url: str | None = None
    nocheck: bool = False
    authority_key: bytes | None = None
    extra: tuple[tuple[str, bool, bytes], ...] = ()
    oddity: str = ""


@dataclass(frozen=True)
class CrlSpec:
    """A CRL of `issuer`, signed with the key named key. revoked: serial to date. point: fields of the issuingDistributionPoint.

    reason: of all entries, also `unknown` or `damaged`; entry_issuer: whom their certificateIssuer names.
    """

    issuer: Spec
    key: str
    this: datetime = NOW - timedelta(hours=1)
    next: datetime = NOW + timedelta(hours=1)
    revoked: tuple[tuple[int, datetime], ...] = ()
    point: dict[str, Any] | None = None
    delta: bool = False
    unknown: bool = False
    hash: str = "sha256"
    reason: str = "superseded"
    entry_issuer: Spec | None = None


@dataclass(frozen=True)
class OcspSpec:
    """A response about (serial, issuer), signed by `signer` whose certificate `signer_issuer` issued; no signer: by the issuer itself.
    key: what it is really signed with, where that is another's. also: the status in a second answer about the same certificate.
    """

    serial: int
    issuer: Spec
    status: str = "good"
    this: datetime = NOW - timedelta(hours=1)
    next: datetime | None = NOW + timedelta(hours=1)
    revoked_at: datetime = NOW - timedelta(days=1)
    id_hash: str = "sha1"
    hash: str = "sha256"
    signer: Spec | None = None
    signer_issuer: Spec | None = None
    key: str | None = None
    also: str | None = None


def made_once(make: Callable[..., bytes]) -> Callable[..., bytes]:
    """What is described alike is made once: it takes longer than judging it, and an EC signature would be another one each time."""
    known: dict[str, bytes] = {}

    @wraps(make)
    def made(maker: Any, *described: Any) -> bytes:
        name = repr((maker.name, described))
        if name not in known:
            known[name] = make(maker, *described)
        return known[name]

    return made


class Maker(Protocol):
    """All answers are DER."""

    name: str

    def certificate(self, spec: Spec, issuer: Spec) -> bytes: ...

    def crl(self, spec: CrlSpec) -> bytes: ...

    def ocsp(self, spec: OcspSpec) -> bytes: ...


CURVES: dict[str, Any] = {
    "p192": ec.SECP192R1,
    "p224": ec.SECP224R1,
    "p256": ec.SECP256R1,
    "p384": ec.SECP384R1,
    "p521": ec.SECP521R1,
    "k256": ec.SECP256K1,
    "bp256": ec.BrainpoolP256R1,
}


@cache
def make_key(name: str) -> Key:
    """`kind-size[-anything]`: rsa-2048, rsa-2048-of-another, ec-p256, rsa-2048-e3, rsa-2048-even, ed25519."""
    kind, _, rest = name.partition("-")
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    size, _, more = rest.partition("-")
    if kind == "ec":
        return ec.generate_private_key(CURVES[size]())
    key = rsa.generate_private_key(3 if more == "e3" else 65537, int(size))
    return _with_exponent_below(key, 65536) if more == "e65535" else key


def _with_exponent_below(key: rsa.RSAPrivateKey, limit: int) -> rsa.RSAPrivateKey:
    """The greatest odd exponent below the limit that works with these primes."""
    numbers = key.private_numbers()
    order = math.lcm(numbers.p - 1, numbers.q - 1)
    exponent = next(each for each in range(limit - 1, 3, -2) if math.gcd(each, order) == 1)
    d = pow(exponent, -1, order)
    public = rsa.RSAPublicNumbers(exponent, numbers.public_numbers.n)
    parts = (rsa.rsa_crt_dmp1(d, numbers.p), rsa.rsa_crt_dmq1(d, numbers.q), rsa.rsa_crt_iqmp(numbers.p, numbers.q))
    return rsa.RSAPrivateNumbers(numbers.p, numbers.q, d, *parts, public).private_key()


def key_der(key: Key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return bytes(key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption()))


@dataclass
class Ours:
    """With cryptography's builders."""

    name: str = "ours"

    @made_once
    def certificate(self, spec: Spec, issuer: Spec) -> bytes:
        return make_malformed(self._certificate(spec, issuer).public_bytes(serialization.Encoding.DER), spec.oddity, make_key(issuer.key))

    def _certificate(self, spec: Spec, issuer: Spec) -> x509.Certificate:
        public, signing = make_key(spec.key).public_key(), make_key(issuer.key)
        named = x509.UnrecognizedExtension(x509.AuthorityKeyIdentifier.oid, spec.authority_key) if spec.authority_key else None
        usual = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
        identifiers = [(x509.SubjectKeyIdentifier.from_public_key(public), False), (named or usual, False)]
        return build_certificate(
            x509_name(*spec.subject),
            public,
            signing,
            issuer=x509_name(*issuer.subject),
            validity=Validity(spec.not_before, spec.not_after),
            serial=spec.serial,
            extensions=[*identifiers, *self._extensions(spec)],
            digest=None if spec.hash == "none" else HASHES[spec.hash],
        )

    @staticmethod
    def _extensions(spec: Spec) -> list[tuple[Any, bool]]:
        found: list[tuple[Any, bool]] = [(x509.UnrecognizedExtension(ObjectIdentifier(oid), der), c) for oid, c, der in spec.extra]
        if spec.ca is not None:
            found.append((x509.BasicConstraints(spec.ca, spec.path_length), True))
        if spec.key_usage is not None:
            wanted = {name: name in spec.key_usage for name in USAGES}
            found.append((x509.KeyUsage(**wanted, encipher_only=False, decipher_only=False), spec.key_usage_critical))
        if spec.eku is not None:
            found.append((x509.ExtendedKeyUsage([EKUS[each][0] for each in spec.eku]), spec.eku_critical))
        if spec.policies:
            found.append(
                (x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier(policy), None) for policy in spec.policies]), False)
            )
        if spec.san:
            found.append((x509.SubjectAlternativeName([_general(each) for each in spec.san]), False))
        if spec.crl_point:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(spec.crl_point)], None, None, None)
            found.append((x509.CRLDistributionPoints([point]), False))
        if spec.ocsp_url:
            where = x509.AccessDescription(x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(spec.ocsp_url))
            found.append((x509.AuthorityInformationAccess([where]), False))
        if spec.nocheck:
            found.append((x509.OCSPNoCheck(), False))
        return found

    @made_once
    def crl(self, spec: CrlSpec) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(x509_name(*spec.issuer.subject))
        builder = builder.last_update(spec.this).next_update(spec.next).add_extension(x509.CRLNumber(7), critical=False)
        known = make_key(spec.issuer.key).public_key()
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(known), critical=False)
        for serial, date in spec.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(date).add_extension(_reason(spec.reason), False)
            if spec.entry_issuer:
                entry = entry.add_extension(x509.CertificateIssuer([x509.DirectoryName(x509_name(*spec.entry_issuer.subject))]), True)
            builder = builder.add_revoked_certificate(entry.build())
        if spec.delta:
            builder = builder.add_extension(x509.DeltaCRLIndicator(3), critical=True)
        if spec.unknown:
            builder = builder.add_extension(x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00"), critical=True)
        if spec.point is not None:
            builder = builder.add_extension(_issuing_point(**spec.point), critical=True)
        return builder.sign(make_key(spec.key), HASHES[spec.hash]).public_bytes(serialization.Encoding.DER)

    @made_once
    def ocsp(self, spec: OcspSpec) -> bytes:
        subject = Spec((("CN", "x"),), spec.issuer.key, serial=spec.serial)
        statuses = {"good": ocsp.OCSPCertStatus.GOOD, "unknown": ocsp.OCSPCertStatus.UNKNOWN, "revoked": ocsp.OCSPCertStatus.REVOKED}
        revoked = spec.status == "revoked"
        issuer = self._certificate(replace(spec.issuer, hash="sha256"), spec.issuer)
        builder = ocsp.OCSPResponseBuilder().add_response(
            self._certificate(subject, spec.issuer),
            issuer,
            HASHES[spec.id_hash],
            statuses[spec.status],
            spec.this,
            spec.next,
            spec.revoked_at if revoked else None,
            x509.ReasonFlags.key_compromise if revoked else None,
        )
        signer = self._certificate(spec.signer, spec.signer_issuer or spec.issuer) if spec.signer else issuer
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer)
        if spec.signer:
            builder = builder.certificates([signer])
        own = spec.key or (spec.signer or spec.issuer).key
        return builder.sign(make_key(own), HASHES[spec.hash]).public_bytes(serialization.Encoding.DER)


def _reason(name: str) -> Any:
    contents = {"unknown": b"\x0a\x01\x63", "damaged": b"\x0a\x05\x01"}
    if name in contents:
        return x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.21"), contents[name])
    return x509.CRLReason(x509.ReasonFlags[name])


def _general(text: str) -> Any:
    kind, _, value = text.partition(":")
    return x509.DNSName(value) if kind == "dns" else x509.IPAddress(ip_address(value))


def _issuing_point(url: str | None = None, **flags: bool) -> x509.IssuingDistributionPoint:
    names = ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl", "only_contains_attribute_certs")
    wanted = {name: flags.get(name, False) for name in names}
    reasons = frozenset([x509.ReasonFlags.key_compromise]) if flags.get("only_some_reasons") else None
    where = [x509.UniformResourceIdentifier(url)] if url else None
    return x509.IssuingDistributionPoint(full_name=where, relative_name=None, only_some_reasons=reasons, **wanted)
